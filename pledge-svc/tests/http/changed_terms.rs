//! What bounds the terms that a loan is changed to, and what follows from them: the next reset, the observation, the age
//! of fees, how the loan is repaid from then on.

use contracts::UserId;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    application_life::set,
    bench::{Answer, Bench, approver, finance, officer, operations, org, other_officer},
    facility::{draw, pledged, repay},
};

const SECURITY: &str = "已签订补充质押协议并办理变更登记";

/// A loan of 1,000,000 at 3.45 % for twelve months from 2026-11-24, interest every month.
async fn lent(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

fn risk_manager() -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(1_006));
    Caller { user, name: "风险经理".to_owned(), roles: vec![Role::RiskManager], ..officer() }
}

async fn propose(bench: &Bench, loan: &str, change: Value) -> Answer {
    let body = json!({ "change": change, "reason": "借款人申请", "assessment": "经营正常，按期付息" });
    bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await
}

async fn changed(bench: &Bench, loan: &str, change: Value) -> Value {
    let proposed = propose(bench, loan, change).await.expect(201);
    bench.consented(&proposed).await;
    let path = format!("/adjustments/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({ "reason": "同意" })).await.expect(200)
}

async fn read(bench: &Bench, path: &str) -> Value {
    bench.get(&officer(), path).await.expect(200)
}

async fn fixings(bench: &Bench, list: &[(&str, &str)], from: &str) {
    let of = |(date, one_year): &(&str, &str)| json!({ "date": date, "one_year": one_year, "five_year": "0.035", "source": "全国银行间同业拆借中心公告" });
    let content = json!({ "fixings": list.iter().map(of).collect::<Vec<_>>() });
    let body = json!({ "content": content, "effective_from": from, "reason": "补录公告" });
    let proposed =
        bench.post(&risk_manager(), "/parameters/reference_rates/proposals", body).await.expect(201);
    let path = format!("/parameters/reference_rates/proposals/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

/// Repriced to LPR + 45 bp, reset on each anniversary: 3.45 % from then on.
async fn floats(bench: &Bench, loan: &str) {
    fixings(bench, &[("2026-11-20", "0.03")], "2026-11-24").await;
    let floating =
        json!({ "kind": "repricing", "basis": "floating", "spread_bp": 45, "reset": "anniversary" });
    changed(bench, loan, floating).await;
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("{until} does not get closed");
}

#[tokio::test]
async fn a_floating_loan_that_is_made_to_last_longer_is_repriced_on_the_anniversary_it_now_has() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        floats(&bench, &loan).await;
        let pricing = format!("/loans/{loan}/pricing");
        assert_eq!(read(&bench, &pricing).await["reset_on"], Value::Null, "it matures on that day");
        let extension = json!({ "kind": "extension", "months": 6, "security": SECURITY });
        changed(&bench, &loan, extension).await;
        let after = read(&bench, &pricing).await;
        assert_eq!((&after["floating"], &after["reset_on"]), (&json!(true), &json!("2027-11-24")));
        bench.at("2027-11-24T02:00:00Z");
        fixings(&bench, &[("2026-11-20", "0.03"), ("2027-11-22", "0.028")], "2027-11-24").await;
        let day = "2027-11-24".parse().unwrap();
        let done = pledge_svc::adjustments::reset_rates(&bench.db, org(10), day).await.unwrap();
        assert_eq!((done.repriced, done.failures), (1, 0), "{done:?}");
        assert_eq!(read(&bench, &format!("/loans/{loan}")).await["annual_rate"], "0.0325");
        assert_eq!(read(&bench, &pricing).await["reset_on"], Value::Null, "the next one is after its end");
    }
}

#[tokio::test]
async fn a_rate_agreed_in_a_restructuring_is_not_taken_back_by_the_next_reset() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let spread = json!({ "repayment": "equal_principal", "months": 24, "grace": 0 });
        let with = |price: (&str, Value)| {
            let mut change = json!({ "kind": "restructuring", "spread": spread, "security": SECURITY });
            change[price.0] = price.1;
            change
        };
        propose(&bench, &loan, with(("spread_bp", json!(10)))).await.refused(409, "not-floating");
        floats(&bench, &loan).await;
        let mut both = with(("spread_bp", json!(10)));
        both["annual_rate"] = json!("0.02");
        propose(&bench, &loan, both).await.refused(422, "invalid-request");
        changed(&bench, &loan, with(("spread_bp", json!(-50)))).await;
        let pricing = format!("/loans/{loan}/pricing");
        let after = read(&bench, &pricing).await;
        assert_eq!((&after["spread_bp"], &after["reset_on"]), (&json!(-50), &json!("2027-11-24")));
        assert_eq!(read(&bench, &format!("/loans/{loan}")).await["annual_rate"], "0.025");
        changed(&bench, &loan, with(("annual_rate", json!("0.02")))).await;
        let fixed = read(&bench, &pricing).await;
        assert_eq!((&fixed["floating"], &fixed["reset_on"]), (&json!(false), &Value::Null));
        bench.at("2027-11-24T02:00:00Z");
        fixings(&bench, &[("2026-11-20", "0.03"), ("2027-11-22", "0.028")], "2027-11-24").await;
        let day = "2027-11-24".parse().unwrap();
        let done = pledge_svc::adjustments::reset_rates(&bench.db, org(10), day).await.unwrap();
        assert_eq!((done.repriced, done.unchanged, done.failures), (0, 0, 0), "{done:?}");
        assert_eq!(read(&bench, &format!("/loans/{loan}")).await["annual_rate"], "0.02");
    }
}

#[tokio::test]
async fn a_restructured_bullet_is_observed_from_its_own_first_payment_and_both_pages_say_so() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let spread = json!({ "repayment": "bullet", "months": 36, "grace": 0 });
        let change = json!({ "kind": "restructuring", "spread": spread, "security": SECURITY });
        let made = changed(&bench, &loan, change).await;
        assert_eq!(
            (&made["matures_on_after"], &made["observed_until"]),
            (&json!("2029-11-24"), &json!("2030-11-24"))
        );
        let risk = read(&bench, &format!("/loans/{loan}/risk")).await;
        assert_eq!((&risk["tier"], &risk["stage"]), (&json!("special_mention"), &json!(2)));
        assert!(risk.to_string().contains("2030-11-24"), "{risk}");
        // Nothing is due for three years: a year later it is where it was.
        bench.at("2028-01-05T02:00:00Z");
        let watch = format!("/loans/{loan}/watch");
        bench.post(&risk_manager(), &watch, json!({ "reason": "复核" })).await.expect(200);
        let risk = read(&bench, &format!("/loans/{loan}/risk")).await;
        assert_eq!(risk["tier"], "special_mention", "{risk}");
        let view = read(&bench, &format!("/loans/{loan}")).await;
        assert_eq!(
            (&view["repayment"], &view["repayment_in_force"]),
            (&json!("interest_only"), &json!("bullet"))
        );
    }
}

#[tokio::test]
async fn an_agreed_list_is_what_the_statement_calls_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let before = read(&bench, &format!("/loans/{loan}")).await;
        assert_eq!(before["repayment_in_force"], "interest_only");
        let list = json!([
            { "due": "2027-05-24", "principal": "400000.00" }, { "due": "2027-11-24", "principal": "600000.00" },
        ]);
        // It ends with the loan and asks for no other security.
        changed(&bench, &loan, json!({ "kind": "restructuring", "instalments": list })).await;
        let after = read(&bench, &format!("/loans/{loan}")).await;
        assert_eq!(after["repayment_in_force"], "agreed_list");
        let statement = read(&bench, &format!("/loans/{loan}/statement?from=2026-11-24&to=2026-11-24")).await;
        assert!(statement.to_string().contains("agreed_list"), "{statement}");
    }
}

#[tokio::test]
async fn new_terms_keep_within_the_security_and_the_banks_bounds() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let spread = |months: u32| json!({ "repayment": "interest_only", "months": months, "grace": 0 });
        // The contract was drawn up for the twelve months after the last day of the line's window.
        let plain = json!({ "kind": "restructuring", "spread": spread(30) });
        let refused = propose(&bench, &loan, plain).await.refused(409, "beyond-debt-term");
        assert_eq!((&refused["asked"], &refused["until"]), (&json!("2029-05-24"), &json!("2028-12-31")));
        // The patent ends on 2041-01-04.
        let long = json!({ "kind": "restructuring", "spread": spread(180) });
        propose(&bench, &loan, long).await.refused(409, "restructuring-too-long");
        let forgiven = json!({
            "kind": "restructuring", "spread": spread(24), "annual_rate": "0", "security": SECURITY,
        });
        let refused = propose(&bench, &loan, forgiven).await.refused(409, "rate-out-of-bounds");
        assert_eq!((&refused["low"], &refused["high"]), (&json!("0.0100"), &json!("0.0645")));
        let dear = |rate: &str| json!({ "kind": "repricing", "basis": "fixed", "annual_rate": rate });
        propose(&bench, &loan, dear("0.9")).await.refused(409, "rate-out-of-bounds");
        propose(&bench, &loan, dear("0.0646")).await.refused(409, "rate-out-of-bounds");
        set(&bench, "loan_changes", json!({ "rate_over_line_max": "0.04" })).await;
        propose(&bench, &loan, dear("0.0646")).await.expect(201);
    }
}

#[tokio::test]
async fn a_rollover_is_a_new_working_capital_loan_to_a_small_firm_in_good_standing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let rollover = |size: Option<&str>, months: u32| {
            let mut change = json!({ "kind": "rollover", "term_months": months, "security": SECURITY });
            if let Some(size) = size {
                change["firm_size"] = json!(size);
            }
            change
        };
        propose(&bench, &loan, rollover(None, 12)).await.refused(422, "invalid-request");
        propose(&bench, &loan, rollover(Some("large"), 12)).await.refused(409, "firm-size");
        // It falls due on 2027-11-24, after the last day of the notice of 2024.
        propose(&bench, &loan, rollover(Some("medium"), 12)).await.refused(409, "firm-size");
        let refused = propose(&bench, &loan, rollover(Some("small"), 36)).await;
        assert_eq!(refused.refused(409, "tenor-above-cap")["most"], 24);
        let entry = json!({
            "name": finance().tenant_name, "source": "dishonest_debtor", "reason": "有履行能力而拒不履行",
        });
        let listed = bench.post(&risk_manager(), "/blacklist", entry).await.expect(201);
        propose(&bench, &loan, rollover(Some("small"), 12)).await.refused(409, "blacklisted");
        let end = format!("/blacklist/{}/end", listed["id"].as_str().unwrap());
        bench.post(&risk_manager(), &end, json!({ "reason": "已履行完毕" })).await.expect(200);
        set(&bench, "loan_changes", json!({ "rollovers_in_a_row_max": 1 })).await;
        changed(&bench, &loan, rollover(Some("micro"), 12)).await;
        propose(&bench, &loan, rollover(Some("micro"), 12)).await.refused(409, "rolled-over-too-often");
    }
}

#[tokio::test]
async fn what_prolongs_a_loan_above_the_level_takes_the_risk_manager_and_two_approvers() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let levels = json!({ "levels": [
            { "up_to": "900000.00", "approvers": 1, "risk_consent": false },
            { "up_to": null, "approvers": 2, "risk_consent": true },
        ] });
        set(&bench, "approval_authority", levels).await;
        let second = Caller {
            user: UserId::from_uuid(Uuid::from_u128(1_005)),
            name: "审批人乙".to_owned(),
            roles: vec![Role::CreditApprover],
            ..officer()
        };
        let extension = json!({ "kind": "extension", "months": 3, "security": SECURITY });
        let proposed = propose(&bench, &loan, extension).await.expect(201);
        bench.consented(&proposed).await;
        let one = format!("/adjustments/{}", proposed["id"].as_str().unwrap());
        let to = |step: &str| format!("{one}/{step}");
        let (yes, agrees) = (json!({ "reason": "同意" }), json!({ "agrees": true, "comment": "抵押率未变" }));
        let takes = bench.get(&approver(), &to("authority")).await.expect(200);
        assert_eq!((&takes["amount"], &takes["demand"]["level"]), (&json!("1000000.00"), &json!(2)));
        bench.get(&finance(), &to("authority")).await.refused(403, "forbidden");
        bench.get(&other_officer(), &to("authority")).await.refused(404, "not-found");
        bench.post(&approver(), &to("approve"), yes.clone()).await.refused(409, "consent-missing");
        // It stands among what waits for the risk manager until that word is said, and again once the loan is another.
        let wanted = async |who: &Caller| {
            let list = bench.get(who, "/adjustments?status=proposed").await.expect(200);
            list["items"][0]["risk_word_wanted"].clone()
        };
        assert_eq!((wanted(&risk_manager()).await, wanted(&finance()).await), (json!(true), json!(false)));
        bench.post(&approver(), &to("risk-consent"), agrees.clone()).await.refused(403, "forbidden");
        let heard = bench.post(&risk_manager(), &to("risk-consent"), agrees.clone()).await.expect(200);
        assert_eq!(heard["approvals_missing"], 2);
        assert_eq!(wanted(&risk_manager()).await, json!(false));
        let once = bench.post(&approver(), &to("approve"), yes.clone()).await.expect(200);
        assert_eq!(
            (&once["status"], &once["approver"], &once["approvals_missing"]),
            (&json!("proposed"), &Value::Null, &json!(1))
        );
        bench.post(&approver(), &to("approve"), yes.clone()).await.refused(403, "same-approver");
        assert_eq!(read(&bench, &format!("/loans/{loan}")).await["matures_on"], "2027-11-24");
        let borrowers = bench.get(&finance(), &one).await.expect(200);
        assert_eq!(borrowers["approvals_missing"], Value::Null, "how the bank decides is its own affair");
        // The loan is another from here on: what was said was about it as it stood.
        let fee = json!({ "amount": "100.00", "reason": "公证费", "due_on": "2026-12-01" });
        bench.send(&officer(), "POST", &format!("/loans/{loan}/fees"), fee, Some("f1")).await.expect(201);
        assert_eq!(read(&bench, &one).await["approvals_missing"], 2);
        assert_eq!(wanted(&risk_manager()).await, json!(true));
        bench.post(&second, &to("approve"), yes.clone()).await.refused(409, "consent-missing");
        bench.post(&risk_manager(), &to("risk-consent"), agrees.clone()).await.expect(200);
        bench.post(&second, &to("approve"), yes.clone()).await.expect(200);
        let done = bench.post(&approver(), &to("approve"), yes).await.expect(200);
        assert_eq!(
            (&done["status"], &done["approver"], &done["approvals_missing"]),
            (&json!("approved"), &json!("审批人乙、审批人"), &Value::Null)
        );
        assert_eq!(read(&bench, &format!("/loans/{loan}")).await["matures_on"], "2028-02-24");
        bench.post(&risk_manager(), &to("risk-consent"), agrees).await.refused(409, "already-decided");
        // A waiver weighs what is waived.
        let waived = changed(&bench, &loan, json!({ "kind": "fee_waiver", "amount": "100.00" })).await;
        assert_eq!((&waived["status"], &waived["approver"]), (&json!("approved"), &json!("审批人")));
    }
}

#[tokio::test]
async fn a_fee_that_is_not_paid_in_time_makes_the_loan_late() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let path = format!("/loans/{loan}/fees");
        let fee = |due: Value| json!({ "amount": "100.00", "reason": "公证费", "due_on": due });
        let past = bench.send(&officer(), "POST", &path, fee(json!("2026-11-23")), Some("f0")).await;
        past.refused(422, "invalid-request");
        let charged = bench.send(&officer(), "POST", &path, fee(json!("2026-12-01")), Some("f1")).await;
        assert_eq!(charged.expect(201)["due_on"], "2026-12-01");
        let next = bench.send(&officer(), "POST", &path, fee(Value::Null), Some("f2")).await.expect(201);
        assert_eq!((&next["due_on"], &next["fees"]), (&json!("2026-12-24"), &json!("200.00")));
        let one = format!("/loans/{loan}");
        let due = read(&bench, &one).await;
        assert_eq!((&due["fees"], &due["fees_due_on"]), (&json!("200.00"), &json!("2026-12-01")));
        assert_eq!((&due["next_due"]["due"], &due["overdue_days"]), (&json!("2026-12-01"), &json!(0)));
        bench.at("2026-12-02T02:00:00Z");
        close(&bench, "2026-12-01").await;
        assert_eq!(read(&bench, &one).await["overdue_days"], 1);
        let risk = read(&bench, &format!("/loans/{loan}/risk")).await;
        assert_eq!((&risk["tier"], &risk["stage"]), (&json!("special_mention"), &json!(2)));
        let told = bench.get(&finance(), "/notices?kind=overdue").await.expect(200);
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
        let extension = json!({ "kind": "extension", "months": 3, "security": SECURITY });
        let refused = propose(&bench, &loan, extension.clone()).await.refused(409, "overdue");
        assert_eq!(refused["overdue_days"], 1);
        // The older fee alone cures it.
        let paid = repay(&bench, &loan, "100.00", "r1").await.expect(201);
        assert_eq!(paid["fees"], "100.00");
        let after = read(&bench, &one).await;
        assert_eq!((&after["overdue_days"], &after["fees"]), (&json!(0), &json!("100.00")));
        propose(&bench, &loan, extension).await.expect(201);
    }
}
