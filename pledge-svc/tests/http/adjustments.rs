//! Changes of a loan's repayment over the router: proposed by one, decided by another, kept with both plans.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, examiner, finance, officer, org, other_finance, other_officer},
    facility::{draw, pledged, pledged_over, repay},
};

/// A loan of 1,000,000 at 3.45 % for twelve months from 2026-11-24, interest every month.
async fn lent(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn propose(bench: &Bench, loan: &str, change: Value) -> super::bench::Answer {
    let body = json!({ "change": change, "reason": "借款人申请" });
    bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await
}

fn id_of(adjustment: &Value) -> String {
    adjustment["id"].as_str().unwrap().to_owned()
}

async fn approve(bench: &Bench, adjustment: &Value) -> super::bench::Answer {
    bench.consented(adjustment).await;
    let path = format!("/adjustments/{}/approve", id_of(adjustment));
    bench.post(&approver(), &path, json!({ "reason": "同意" })).await
}

async fn changed(bench: &Bench, loan: &str, change: Value) -> Value {
    let proposed = propose(bench, loan, change).await.expect(201);
    approve(bench, &proposed).await.expect(200)
}

async fn loan_of(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200)
}

async fn plan_of(bench: &Bench, loan: &str) -> Vec<Value> {
    let body = bench.get(&officer(), &format!("/loans/{loan}/schedule")).await.expect(200);
    body["instalments"].as_array().unwrap().clone()
}

async fn all_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
}

/// Every change here runs beyond the debt's term in the pledge contract.
const SECURITY: &str = "已签订补充质押协议";

fn extension(months: u32) -> Value {
    json!({ "kind": "extension", "months": months, "security": SECURITY })
}

fn rollover(term_months: u32) -> Value {
    json!({ "kind": "rollover", "term_months": term_months, "firm_size": "small", "security": SECURITY })
}

#[tokio::test]
async fn a_prepayment_is_spread_over_the_plan_once_another_person_has_approved_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let lower = json!({ "kind": "prepayment_lower" });
        propose(&bench, &loan, lower.clone()).await.refused(409, "nothing-paid-ahead");
        bench.at("2026-12-24T02:00:00Z");
        // Thirty days of interest fall due, 200,000 are paid ahead.
        repay(&bench, &loan, "202875.00", "r1").await.expect(201);
        let before = plan_of(&bench, &loan).await;
        assert_eq!(before[11]["principal"], "1000000.00");
        let preview = bench
            .post(&officer(), &format!("/loans/{loan}/adjustments/preview"), lower.clone())
            .await
            .expect(200);
        assert_eq!(
            (&preview["before"]["instalments"], &preview["after"]["instalments"]),
            (&json!(11), &json!(11))
        );
        assert_eq!(preview["after"]["principal"], "800000.00");
        let shorten = json!({ "kind": "prepayment_shorten" });
        propose(&bench, &loan, shorten).await.refused(409, "nothing-to-shorten");
        let proposed = propose(&bench, &loan, lower.clone()).await.expect(201);
        assert_eq!((&proposed["status"], &proposed["maker"]), (&json!("proposed"), &json!("客户经理")));
        propose(&bench, &loan, lower).await.refused(409, "change-pending");
        let waits = bench.get(&officer(), &format!("/adjustments/{}", id_of(&proposed))).await.expect(200);
        assert_eq!(waits["today"]["outlook"], "possible");
        assert_eq!(waits["plan_after"]["instalments"][11]["principal"], "800000.00");
        assert_eq!(plan_of(&bench, &loan).await, before, "nothing has changed yet");
        let approved = approve(&bench, &proposed).await.expect(200);
        assert_eq!(
            (&approved["status"], &approved["effective_on"], &approved["plan_version"]),
            (&json!("approved"), &json!("2026-12-24"), &json!(1))
        );
        approve(&bench, &proposed).await.refused(409, "already-decided");
        let after = plan_of(&bench, &loan).await;
        assert_eq!((&after[0], after.len()), (&before[0], 12));
        assert_eq!(after[11]["principal"], "800000.00");
        // Thirty-one days of 800,000 at 3.45 %.
        assert_eq!(after[1]["interest"], "2376.67");
        let view = loan_of(&bench, &loan).await;
        assert_eq!((&view["plan_version"], &view["restructured_on"]), (&json!(1), &Value::Null));
        assert_eq!(view["next_due"], json!({ "due": "2027-01-24", "total": "2376.67" }));
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn the_maker_does_not_decide_and_only_the_maker_withdraws() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let both = Caller { roles: vec![Role::LoanOfficer, Role::CreditApprover], ..officer() };
        let path = format!("/loans/{loan}/adjustments");
        let body = json!({ "change": extension(3), "reason": "申请展期" });
        let proposed = bench.post(&both, &path, body.clone()).await.expect(201);
        let to = |what: &str| format!("/adjustments/{}/{what}", id_of(&proposed));
        let reason = json!({ "reason": "意见" });
        bench.post(&both, &to("approve"), reason.clone()).await.refused(403, "four-eyes");
        bench.post(&both, &to("refuse"), reason.clone()).await.refused(403, "four-eyes");
        bench.post(&officer(), &to("approve"), reason.clone()).await.refused(403, "forbidden");
        bench
            .post(&approver(), &to("approve"), json!({ "reason": " " }))
            .await
            .refused(422, "invalid-request");
        let colleague =
            Caller { user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_009)), ..officer() };
        bench.post(&colleague, &to("withdraw"), reason.clone()).await.refused(403, "not-maker");
        let stale = json!({ "reason": "同意", "loan_version": 999 });
        bench.post(&approver(), &to("approve"), stale).await.refused(412, "stale-version");
        let withdrawn = bench.post(&both, &to("withdraw"), reason.clone()).await.expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
        bench.post(&approver(), &to("refuse"), reason.clone()).await.refused(409, "already-decided");
        let again = bench.post(&both, &path, body).await.expect(201);
        let refused = bench
            .post(&approver(), &format!("/adjustments/{}/refuse", id_of(&again)), reason)
            .await
            .expect(200);
        assert_eq!(
            (&refused["status"], &refused["decision_reason"], &refused["effective_on"]),
            (&json!("refused"), &json!("意见"), &Value::Null)
        );
        assert_eq!(loan_of(&bench, &loan).await["plan_version"], 0);
    }
}

#[tokio::test]
async fn an_extension_keeps_to_the_law_and_marks_a_borrower_in_difficulty() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let refused = propose(&bench, &loan, extension(13)).await.refused(409, "extension-too-long");
        assert_eq!((&refused["asked"], &refused["latest"]), (&json!("2028-12-24"), &json!("2028-11-24")));
        propose(&bench, &loan, extension(0)).await.refused(422, "invalid-request");
        let extended = changed(&bench, &loan, extension(6)).await;
        assert_eq!(
            (&extended["matures_on_before"], &extended["matures_on_after"]),
            (&json!("2027-11-24"), &json!("2028-05-24"))
        );
        let view = loan_of(&bench, &loan).await;
        assert_eq!((&view["matures_on"], &view["restructured_on"]), (&json!("2028-05-24"), &Value::Null));
        assert_eq!(plan_of(&bench, &loan).await.len(), 18);
        propose(&bench, &loan, extension(7)).await.refused(409, "extension-too-long");
        let troubled =
            json!({ "kind": "extension", "months": 6, "in_difficulty": true, "security": SECURITY });
        let marked = changed(&bench, &loan, troubled).await;
        // Observed for a year from the first payment.
        assert_eq!(
            (&marked["restructured"], &marked["observed_until"]),
            (&json!(true), &json!("2027-12-24"))
        );
        assert_eq!(loan_of(&bench, &loan).await["restructured_on"], "2026-11-24");
        let risk = bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200);
        assert_eq!(risk["tier"], "special_mention");
        let body = json!({
            "change": rollover(12), "reason": "续贷", "assessment": "经营正常",
        });
        bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.refused(409, "classified");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn neither_an_extension_nor_a_rollover_outlives_the_pledged_patent() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({ "expires_on": "2028-02-01" }));
        pledged_over(&bench, &facility, &finance(), patent).await;
        let drawn = draw(&bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        let refused = propose(&bench, loan, extension(3)).await.refused(409, "beyond-patent-life");
        assert_eq!((&refused["asked"], &refused["ends"]), (&json!("2028-02-24"), &json!("2028-02-01")));
        let body = json!({
            "change": rollover(12), "reason": "续贷", "assessment": "经营正常",
        });
        let path = format!("/loans/{loan}/adjustments");
        bench.post(&officer(), &path, body).await.refused(409, "beyond-patent-life");
        propose(&bench, loan, extension(2)).await.expect(201);
    }
}

#[tokio::test]
async fn a_late_loan_is_restructured_and_nothing_of_it_is_lost() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2027-02-25T02:00:00Z");
        let refused = propose(&bench, &loan, extension(3)).await.refused(409, "overdue");
        assert_eq!(refused["overdue_days"], 63);
        let spread = json!({ "repayment": "equal_principal", "months": 24, "grace": 6 });
        let change = json!({ "kind": "restructuring", "spread": spread, "security": SECURITY });
        let none = json!({ "kind": "restructuring" });
        propose(&bench, &loan, none).await.refused(422, "invalid-request");
        let before = loan_of(&bench, &loan).await;
        assert_eq!(before["interest_on_interest"], "26.75");
        let done = changed(&bench, &loan, change).await;
        assert_eq!(done["restructured"], true);
        let after = loan_of(&bench, &loan).await;
        assert_eq!((&after["overdue_days"], &after["overdue_interest"]), (&json!(0), &json!("0.00")));
        assert_eq!((&after["outstanding"], &after["payoff"]), (&before["outstanding"], &before["payoff"]));
        let plan = plan_of(&bench, &loan).await;
        assert_eq!(plan.len(), 27);
        assert_eq!((&plan[3]["due"], &plan[26]["due"]), (&json!("2027-03-24"), &json!("2029-02-24")));
        // Three months that were billed, 8,816.66, and twenty-eight days of 95.83….
        assert_eq!((&plan[3]["interest"], &plan[3]["principal"]), (&json!("11499.99"), &json!("0.00")));
        assert_eq!(plan[9]["principal"], "55555.56");
        let principal: i64 = plan.iter().map(|one| fen(&one["principal"])).sum();
        assert_eq!(principal, 100_000_000);
        bench.at("2027-02-26T02:00:00Z");
        let later = loan_of(&bench, &loan).await;
        assert_eq!((&later["interest_on_interest"], &later["overdue_days"]), (&json!("26.75"), &json!(0)));
        all_agree(&bench).await;
    }
}

fn fen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[tokio::test]
async fn a_normal_loan_is_rolled_over_with_an_assessment() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let rollover = rollover(12);
        propose(&bench, &loan, rollover.clone()).await.refused(422, "invalid-request");
        let body = json!({ "change": rollover, "reason": "无还本续贷", "assessment": "经营正常，按期付息" });
        let proposed = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.expect(201);
        approve(&bench, &proposed).await.expect(200);
        let plan = plan_of(&bench, &loan).await;
        assert_eq!((plan.len(), &plan[11]["principal"]), (24, &json!("0.00")));
        assert_eq!((&plan[23]["principal"], &plan[23]["due"]), (&json!("1000000.00"), &json!("2028-11-24")));
        // A new contract may be extended by its own term again.
        propose(&bench, &loan, extension(13)).await.refused(409, "extension-too-long");
        propose(&bench, &loan, extension(12)).await.expect(201);
    }
}

/// The fixings that the officer's bank records after those that ship.
async fn record_fixings(bench: &Bench, fixings: Value, from: &str) {
    let manager = Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    };
    let body = json!({ "content": { "fixings": fixings }, "effective_from": from, "reason": "补录公告" });
    let proposed = bench.post(&manager, "/parameters/reference_rates/proposals", body).await.expect(201);
    let path = format!("/parameters/reference_rates/proposals/{}/approve", id_of(&proposed));
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

fn fixing(date: &str, one_year: &str) -> Value {
    json!({ "date": date, "one_year": one_year, "five_year": "0.035", "source": "全国银行间同业拆借中心公告" })
}

#[tokio::test]
async fn a_floating_loan_takes_the_new_rate_on_its_reset_day_and_not_before() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let floating =
            json!({ "kind": "repricing", "basis": "floating", "spread_bp": 45, "reset": "january" });
        propose(&bench, &loan, floating.clone()).await.refused(409, "no-fixing");
        let november = fixing("2026-11-20", "0.030");
        record_fixings(&bench, json!([november]), "2026-11-24").await;
        changed(&bench, &loan, floating).await;
        let pricing = bench.get(&officer(), &format!("/loans/{loan}/pricing")).await.expect(200);
        assert_eq!(
            (&pricing["floating"], &pricing["spread_bp"], &pricing["reset_on"]),
            (&json!(true), &json!(45), &json!("2027-01-01"))
        );
        bench.at("2026-12-24T02:00:00Z");
        repay(&bench, &loan, "2875.00", "r1").await.expect(201);
        bench.at("2027-01-02T02:00:00Z");
        let (bank, day) = (org(10), |text: &str| text.parse().unwrap());
        let early = pledge_svc::adjustments::reset_rates(&bench.db, bank, day("2026-12-31")).await.unwrap();
        assert_eq!((early.repriced, early.failures), (0, 0));
        // The announcement of December is not recorded: the loan waits.
        let waits = pledge_svc::adjustments::reset_rates(&bench.db, bank, day("2027-01-01")).await.unwrap();
        assert_eq!((waits.repriced, waits.failures), (0, 1));
        assert_eq!(loan_of(&bench, &loan).await["annual_rate"], "0.0345");
        bench.at("2027-01-06T02:00:00Z");
        record_fixings(&bench, json!([november, fixing("2026-12-21", "0.029")]), "2027-01-06").await;
        let done = pledge_svc::adjustments::reset_rates(&bench.db, bank, day("2027-01-06")).await.unwrap();
        assert_eq!((done.repriced, done.failures), (1, 0), "{done:?}");
        let again = pledge_svc::adjustments::reset_rates(&bench.db, bank, day("2027-01-06")).await.unwrap();
        assert_eq!((again.repriced, again.unchanged, again.failures), (0, 0, 0));
        assert_eq!(loan_of(&bench, &loan).await["annual_rate"], "0.0335");
        // Eight days at 3.45 % and, from 1 January, ten at 3.35 %.
        let payoff = bench.get(&finance(), &format!("/loans/{loan}/payoff?on=2027-01-11")).await.expect(200);
        assert_eq!((&payoff["interest"], &payoff["total"]), (&json!("1697.22"), &json!("1001697.22")));
        let pricing = bench.get(&officer(), &format!("/loans/{loan}/pricing")).await.expect(200);
        assert_eq!(pricing["reset_on"], Value::Null, "the next January is after its maturity");
        let history =
            bench.get(&officer(), &format!("/loans/{loan}/adjustments?kind=repricing")).await.expect(200);
        let rates: Vec<&Value> =
            history["items"].as_array().unwrap().iter().map(|one| &one["annual_rate_after"]).collect();
        assert_eq!(rates, ["0.0335", "0.0345"]);
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_changed_loan_is_seen_by_its_bank_whole_and_by_its_borrower_without_the_banks_reasons() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let path = format!("/loans/{loan}/adjustments");
        let proposed = propose(&bench, &loan, extension(3)).await.expect(201);
        let one = format!("/adjustments/{}", id_of(&proposed));
        let rows = async |who: &Caller, path: &str| {
            bench.get(who, path).await.expect(200)["items"].as_array().unwrap().clone()
        };
        assert_eq!(rows(&officer(), "/adjustments?status=proposed").await.len(), 1);
        assert_eq!(rows(&examiner(), "/adjustments").await.len(), 1);
        assert_eq!(rows(&other_officer(), "/adjustments").await.len(), 0);
        let asked = rows(&finance(), "/adjustments?consent=wanted").await;
        assert_eq!(
            (asked.len(), &asked[0]["status"], &asked[0]["reason"]),
            (1, &json!("proposed"), &Value::Null)
        );
        // What asks for no consent is the bank's own until it is approved.
        let penalty = json!({ "kind": "misuse", "amount": "1.00", "since": "2026-11-24" });
        bench.post(&officer(), &format!("{one}/withdraw"), json!({ "reason": "先查" })).await.expect(200);
        let found = propose(&bench, &loan, penalty).await.expect(201);
        let hidden = format!("/adjustments/{}", id_of(&found));
        bench.get(&finance(), &hidden).await.refused(404, "not-found");
        bench
            .post(&officer(), &format!("{hidden}/withdraw"), json!({ "reason": "查无挪用" }))
            .await
            .expect(200);
        let proposed = propose(&bench, &loan, extension(3)).await.expect(201);
        let one = format!("/adjustments/{}", id_of(&proposed));
        bench.get(&other_officer(), &one).await.refused(404, "not-found");
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        bench.get(&other_finance(), &format!("/loans/{loan}/payoff")).await.refused(404, "not-found");
        bench.get(&other_finance(), &format!("/loans/{loan}/pricing")).await.refused(404, "not-found");
        let body = json!({ "change": extension(3), "reason": "x" });
        bench.post(&other_officer(), &path, body.clone()).await.refused(404, "not-found");
        bench.post(&finance(), &path, body).await.refused(403, "forbidden");
        bench
            .post(&other_officer(), &format!("{path}/preview"), extension(3))
            .await
            .refused(404, "not-found");
        approve(&bench, &proposed).await.expect(200);
        let seen = rows(&finance(), &format!("{path}?status=approved")).await;
        assert_eq!((seen.len(), &seen[0]["reason"], &seen[0]["maker_id"]), (1, &Value::Null, &Value::Null));
        let detail = bench.get(&finance(), &one).await.expect(200);
        assert_eq!(detail["plan_after"]["instalments"].as_array().unwrap().len(), 15);
        assert_eq!(rows(&other_finance(), "/adjustments").await.len(), 0);
        let file = bench.get(&officer(), "/adjustments/export?format=csv").await;
        assert_eq!(file.status.as_u16(), 200);
        assert!(file.body.as_str().unwrap().contains("展期"), "{}", file.body);
        let day = format!("/loans/{loan}/payoff?on=2020-01-01");
        bench.get(&officer(), &day).await.refused(422, "invalid-request");
    }
}

#[tokio::test]
async fn reference_rates_are_listed_newest_first_with_what_the_bank_has_recorded() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        record_fixings(&bench, json!([fixing("2026-11-20", "0.030")]), "2026-11-24").await;
        let body = bench.get(&officer(), "/reference-rates?limit=2").await.expect(200);
        let rows = body["items"].as_array().unwrap();
        assert_eq!((&rows[0]["date"], &rows[0]["recorded"]), (&json!("2026-11-20"), &json!(true)));
        assert_eq!(rows[1]["recorded"], false);
        let cursor = body["next_cursor"].as_str().unwrap();
        let next =
            bench.get(&officer(), &format!("/reference-rates?limit=2&cursor={cursor}")).await.expect(200);
        assert!(next["items"][0]["date"].as_str().unwrap() < cursor);
        let first = bench.get(&finance(), "/reference-rates?until=2019-08-20").await.expect(200);
        assert_eq!(first["items"][0]["one_year"], "0.0425");
        assert_eq!(first["next_cursor"], Value::Null);
        let others = bench.get(&other_officer(), "/reference-rates?from=2026-06-01").await.expect(200);
        assert_eq!(others["items"], json!([]));
    }
}
