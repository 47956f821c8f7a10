//! What stands before a fund's money, a shared loss, a write-off and a new draw: which agreement covered the loan when it
//! was drawn, default or the declaration that it is due, collateral that is gone, papers, classes and levels, and workout.

use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Answer, Bench, approver, finance, granter, officer, operations, org, other_finance},
    disposal::{
        accelerated, ask, books_agree, case, classified, compensated, done, lent, opened, outstanding, paper,
        risk_manager, sale, shared, worthless, write_off, written_off,
    },
    facility::{draw, pledged, repay},
    facility_life::{approved, change, unsecured, view},
    fund::{agreed, covered_facility, funded, line_on_fund, manager, order, person},
    products::{draw_as, line},
};

fn second_approver() -> Caller {
    person(1_007, 10, "审批人乙", OrgKind::Bank, &[Role::CreditApprover])
}

fn second_risk_manager() -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(1_008));
    Caller { user, name: "风险经理乙".to_owned(), ..risk_manager() }
}

/// An agreement of the fund with the bank on these terms; gives its id.
async fn agreement(bench: &Bench, changes: Value) -> String {
    let mut terms = json!({
        "kind": "agreement", "bank_id": officer().tenant, "commitment": "500000.00",
        "share_max": "0.5", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
    });
    for (name, value) in changes.as_object().unwrap() {
        terms[name] = value.clone();
    }
    order(bench, terms).await;
    let list = bench.get(&manager(1), "/fund-agreements").await.expect(200);
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn covered(bench: &Bench, id: &str) -> Value {
    let seen = bench.get(&officer(), &format!("/fund-agreements/{id}")).await.expect(200);
    seen["standing"]["covered"].clone()
}

/// A draw for a month.
async fn month(bench: &Bench, line: &str, who: &Caller, amount: &str, key: &str) -> Answer {
    let body = json!({ "enterprise_id": who.tenant, "amount": amount, "tenor_months": 1 });
    bench.send(who, "POST", &format!("/facilities/{line}/drawdowns"), body, Some(key)).await
}

fn loan_of(drawn: &Value) -> String {
    drawn["loan_id"].as_str().unwrap().to_owned()
}

/// What the fund and the bank bear of a loan that is shared once it is in default.
async fn borne(bench: &Bench, loan: &str) -> (Value, Value) {
    let id = opened(bench, loan).await;
    worthless(bench, &id).await;
    let shared = done(bench, &id, json!({ "kind": "sharing", "interest": false })).await["result"].clone();
    (shared["parts"][0]["borne"].clone(), shared["bank"].clone())
}

#[tokio::test]
async fn a_fund_bears_nothing_of_a_loan_drawn_before_its_agreement_covers_new_ones() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        let id = agreement(&bench, json!({ "starts_on": "2027-06-01" })).await;
        let line = covered_facility(&bench).await;
        pledged(&bench, &line, &finance(), 1).await;
        let drawn = draw(&bench, &line, &finance(), "600000.00", "d").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "0.00", "it is not the fund's");
        let (fund, bank) = borne(&bench, &loan_of(&drawn)).await;
        assert_eq!((fund, bank), (json!("0.00"), json!("600000.00")));
        let claims = bench.get(&manager(1), "/compensation-claims").await.expect(200);
        assert_eq!(claims["items"], json!([]));
    }
}

#[tokio::test]
async fn a_fund_bears_nothing_of_a_loan_whose_agreement_came_after_it_or_over_its_leverage() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        // The bank lends on this line whether the fund covers it or not.
        let line = line_on_fund(&bench, json!({ "fund_exhausted": false })).await;
        pledged(&bench, &line, &finance(), 1).await;
        let before = draw(&bench, &line, &finance(), "300000.00", "d1").await.expect(201);
        assert_eq!(before["covered"], "0.00");
        // Ten times 50,000 may be covered.
        let id = agreed(&bench, "50000.00").await;
        assert_eq!(covered(&bench, &id).await, "0.00");
        let within = draw(&bench, &line, &finance(), "400000.00", "d2").await.expect(201);
        assert_eq!(within["covered"], "400000.00");
        let beyond = draw(&bench, &line, &finance(), "200000.00", "d3").await.expect(201);
        assert_eq!(beyond["covered"], "0.00", "it is lent, and said not to be covered");
        draw(&bench, &line, &finance(), "100000.00", "d4").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "500000.00", "what does not fit blocks nothing smaller");
        let (fund, bank) = borne(&bench, &loan_of(&before)).await;
        assert_eq!((fund, bank), (json!("0.00"), json!("300000.00")));
        for (drawn, part) in [(beyond, "0.00"), (within, "50000.00")] {
            let body = json!({ "loan_id": loan_of(&drawn), "cause": "overdue" });
            let made = bench.post(&risk_manager(), "/disposal-cases", body).await.expect(201);
            let id = made["id"].as_str().unwrap();
            worthless(&bench, id).await;
            let shared = done(&bench, id, json!({ "kind": "sharing", "interest": false })).await;
            assert_eq!(shared["result"]["parts"][0]["borne"], part, "half, within the commitment");
        }
    }
}

#[tokio::test]
async fn a_line_that_counts_on_a_fund_lends_no_more_than_it_covers_and_room_comes_back_with_repayment() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        let id = agreed(&bench, "50000.00").await;
        let line = covered_facility(&bench).await;
        pledged(&bench, &line, &finance(), 1).await;
        let first = draw(&bench, &line, &finance(), "400000.00", "d1").await.expect(201);
        let beyond = draw(&bench, &line, &finance(), "100000.01", "d2").await;
        let beyond = beyond.refused(409, "beyond-fund-cover");
        assert_eq!((&beyond["asked"], &beyond["available"]), (&json!("100000.01"), &json!("100000.00")));
        draw(&bench, &line, &finance(), "100000.00", "d3").await.expect(201);
        draw(&bench, &line, &finance(), "0.01", "d4").await.refused(409, "beyond-fund-cover");
        // What is settled is no longer counted; a payment taken back counts again.
        let loan = loan_of(&first);
        let paid = repay(&bench, &loan, "400000.00", "r1").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "100000.00");
        let path = format!("/loans/{loan}/repayments/{}/reversals", paid["id"].as_str().unwrap());
        let asked =
            bench.send(&operations(), "POST", &path, json!({ "reason": "记错贷款" }), Some("u")).await;
        let asked = asked.expect(201);
        let path = format!("/repayment-reversals/{}/approve", asked["id"].as_str().unwrap());
        bench.send(&granter(), "POST", &path, json!({ "reason": "已核对回单" }), Some("v")).await.expect(200);
        assert_eq!(covered(&bench, &id).await, "500000.00");
        draw(&bench, &line, &finance(), "0.01", "d5").await.refused(409, "beyond-fund-cover");
    }
}

#[tokio::test]
async fn a_fund_that_has_stopped_the_bank_covers_nothing_that_is_drawn_all_the_same() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "10000000.00").await;
        let id = agreed(&bench, "500000.00").await;
        let line = covered_facility(&bench).await;
        pledged(&bench, &line, &finance(), 1).await;
        draw(&bench, &line, &finance(), "600000.00", "d1").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "600000.00");
        bench.at("2027-03-25T02:00:00Z");
        let review = format!("/fund-agreements/{id}/review");
        assert_eq!(bench.post(&manager(1), &review, json!({})).await.expect(200)["status"], "stopped");
        month(&bench, &line, &finance(), "100000.00", "d2").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "600000.00", "what is covered stays covered, nothing new is");
    }
}

#[tokio::test]
async fn a_tranche_is_covered_by_its_own_day_and_the_loss_of_the_loan_by_that_part() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "10000000.00").await;
        let id = agreement(&bench, json!({ "starts_on": "2026-12-01" })).await;
        let cover = json!({ "cover": [{
            "party": { "kind": "fund", "fund_id": manager(1).tenant, "manager_id": manager(1).tenant },
            "name": "省级风险补偿资金池", "rank": 1, "share_of_loss": "0.5",
        }] });
        let facility = line(&bench, cover).await;
        let drawn = draw_as(&bench, &facility, json!({ "product": "equipment" }), "d").await.expect(201);
        assert_eq!(covered(&bench, &id).await, "0.00");
        bench.at("2026-12-10T02:00:00Z");
        let body = json!({ "amount": "200000.00", "purpose": "设备尾款" });
        let path = format!("/loans/{}/tranches", loan_of(&drawn));
        bench.send(&finance(), "POST", &path, body, Some("t")).await.expect(201);
        assert_eq!(covered(&bench, &id).await, "200000.00");
        let of = format!("/loans/{}", loan_of(&drawn));
        let shown = bench.get(&officer(), &of).await.expect(200)["covered_by"].clone();
        assert_eq!((&shown[0]["agreement_id"], &shown[0]["amount"]), (&json!(id), &json!("200000.00")));
        assert_eq!(shown[0]["fund_id"], json!(manager(1).tenant), "by which a fund knows its own");
        let own = bench.get(&finance(), &of).await.expect(200);
        assert_eq!(own["covered_by"], json!([]), "the banks' affair");
        // Of 800,000 a quarter is covered, and the fund bears half of that.
        let case = opened(&bench, &loan_of(&drawn)).await;
        let shared = done(&bench, &case, json!({ "kind": "sharing", "interest": false })).await;
        assert_eq!(shared["result"]["parts"][0]["borne"], "100000.00");
    }
}

#[tokio::test]
async fn a_loss_is_not_shared_before_default_and_a_loan_is_declared_due_with_its_letter() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let decided = json!({ "loan_id": loan, "cause": "decision", "reason": "挪用贷款资金" });
        let made = bench.post(&risk_manager(), "/disposal-cases", decided).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let opening = format!("/disposal-proposals/{}/approve", made["proposals"][0]["id"].as_str().unwrap());
        bench.send(&approver(), "POST", &opening, json!({}), Some("o")).await.expect(200);
        let sharing = json!({ "kind": "sharing", "interest": false });
        let early = ask(&bench, &id, sharing.clone()).await.refused(409, "not-in-default");
        assert_eq!((&early["overdue_days"], &early["after_days"]), (&json!(0), &json!(90)));

        let mut bare = json!({
            "kind": "acceleration", "ground": "overdue", "reason": "多次违约", "clause": "第十二条",
            "notified_on": "2026-11-24", "document_id": Uuid::from_u128(1),
        });
        let unknown = ask(&bench, &id, bare.clone()).await.refused(422, "invalid-request");
        assert_eq!(unknown["errors"][0]["field"], "document_id");
        bare["document_id"] = paper(&bench, &id, "letter").await;
        ask(&bench, &id, bare).await.refused(409, "not-overdue");
        let result = accelerated(&bench, &id).await["result"].clone();
        assert_eq!((&result["did"], &result["principal"]), (&json!("accelerated"), &json!("600000.00")));
        let due = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(
            (&due["accelerated_on"], &due["matures_on"], &due["next_due"]["total"]),
            (&json!("2026-11-24"), &json!("2026-11-24"), &json!("600000.00"))
        );
        let notices = bench.get(&finance(), "/notices").await.expect(200);
        let told = notices["items"].as_array().unwrap().iter().find(|one| one["kind"] == "declared_due");
        assert_eq!(told.expect("the borrower is told")["amount"], "600000.00");
        let again = json!({
            "kind": "acceleration", "ground": "breach", "reason": "再次", "clause": "第十二条",
            "notified_on": "2026-11-24", "document_id": paper(&bench, &id, "again").await,
        });
        ask(&bench, &id, again).await.refused(409, "declared-due");

        let left = ask(&bench, &id, sharing.clone()).await.refused(409, "collateral-left");
        assert_eq!(left["numbers"], json!(["CN100000001B"]));
        let worth = json!({
            "kind": "finding", "value": "20000.01", "costs": "20000.00", "valued_on": "2026-11-24",
            "valuer": "评估机构", "reason": "两次流拍", "document_id": paper(&bench, &id, "report").await,
        });
        ask(&bench, &id, worth).await.refused(409, "worth-selling");
        let found = worthless(&bench, &id).await["result"].clone();
        assert_eq!(found["worthless"][0]["number"], "CN100000001B");
        assert_eq!(done(&bench, &id, sharing).await["result"]["loss"], "600000.00");
        bench.at("2026-11-26T02:00:00Z");
        let late = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&late["overdue_days"], &late["overdue_principal"]), (&json!(2), &json!("600000.00")));
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_declared_due_owes_the_interest_that_has_run_and_is_paid_off_by_what_is_due() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2026-12-04T02:00:00Z");
        let decided = json!({ "loan_id": loan, "cause": "decision", "reason": "丧失偿债能力" });
        let made = bench.post(&risk_manager(), "/disposal-cases", decided).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let opening = format!("/disposal-proposals/{}/approve", made["proposals"][0]["id"].as_str().unwrap());
        bench.send(&approver(), "POST", &opening, json!({}), Some("o")).await.expect(200);
        accelerated(&bench, &id).await;
        // Ten days at 3.45 % on 600,000, by actual/360.
        let due = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&due["next_due"]["total"], &due["payoff"]), (&json!("600575.00"), &json!("600575.00")));
        let body = json!({ "amount": "600575.00" });
        let path = format!("/loans/{loan}/repayments");
        bench.send(&finance(), "POST", &path, body, Some("r")).await.expect(201);
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "repaid".into()));
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_is_written_off_only_as_lost_with_papers_that_lie_in_the_case() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        // What nobody covers any more is doubtful by the rules; the bank asks for two people who find it lost.
        set(&bench, "workout", json!({ "write_off_tier": "loss" })).await;
        let mut asked = write_off(&bench, &id).await;
        let refused = ask(&bench, &id, asked.clone()).await.refused(409, "class-too-good");
        assert_eq!((&refused["tier"], &refused["least"]), (&json!("doubtful"), &json!("loss")));
        classified(&bench, &loan, "loss").await;
        let good = asked["papers"][0]["document_id"].clone();
        asked["papers"][0]["document_id"] = json!(Uuid::from_u128(1));
        let unknown = ask(&bench, &id, asked.clone()).await.refused(422, "invalid-request");
        assert_eq!(unknown["errors"][0]["field"], "papers.debt");
        asked["papers"][0]["document_id"] = Value::Null;
        let missing = ask(&bench, &id, asked.clone()).await.refused(422, "invalid-request");
        assert_eq!(missing["errors"][0]["field"], "papers.debt");
        // As a small claim it must be small, and pursued for half a year; its first letter is of today.
        let mut small = json!({ "kind": "write_off", "condition": "small", "papers": [] });
        for code in ["debt", "collection", "liability", "pursuit"] {
            let document = json!({ "code": code, "reference": "档案 1 号", "document_id": good });
            small["papers"].as_array_mut().unwrap().push(document);
        }
        let short = ask(&bench, &id, small.clone()).await.refused(409, "pursued-too-shortly");
        assert_eq!((&short["days"], &short["least"]), (&json!(0), &json!(180)));
        let rules = json!({ "small_claim_max": "200000.00", "write_off_tier": "loss" });
        set(&bench, "workout", rules).await;
        ask(&bench, &id, small).await.refused(409, "not-small");
        asked["papers"][0]["document_id"] = good;
        ask(&bench, &id, asked).await.expect(201);
    }
}

/// What the bank sets for itself from today on.
async fn set(bench: &Bench, kind: &str, content: Value) {
    let today = contracts::clock::china_date(bench.db.clock().now());
    let body = json!({"content": content, "effective_from": today, "reason": "行内规定"});
    let path = format!("/parameters/{kind}/proposals");
    let proposed = bench.post(&risk_manager(), &path, body).await.expect(201);
    let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &approve, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_large_write_off_takes_the_risk_managers_word_and_two_approvers() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let levels = json!({"levels": [
            {"up_to": "100000.00", "approvers": 1, "risk_consent": false},
            {"up_to": null, "approvers": 2, "risk_consent": true}]});
        let loan = lent(&bench).await;
        set(&bench, "approval_authority", levels).await;
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        classified(&bench, &loan, "loss").await;
        let asked = write_off(&bench, &id).await;
        let made = ask(&bench, &id, asked).await.expect(201);
        let path = format!("/disposal-proposals/{}", made["id"].as_str().unwrap());
        let takes = bench.get(&approver(), &format!("{path}/authority")).await.expect(200);
        assert_eq!(
            (&takes["demand"]["approvers"], &takes["demand"]["risk_consent"]),
            (&json!(2), &json!(true))
        );
        let approve = async |who: &Caller, key: &str| {
            bench.send(who, "POST", &format!("{path}/approve"), json!({}), Some(key)).await
        };
        approve(&approver(), "a1").await.refused(409, "consent-missing");
        let word = json!({ "agrees": true, "comment": "已穷尽追索" });
        let consent = format!("{path}/consent");
        bench.post(&risk_manager(), &consent, word.clone()).await.refused(403, "four-eyes");
        bench.post(&approver(), &consent, word.clone()).await.refused(403, "forbidden");
        bench.post(&second_risk_manager(), &consent, word).await.expect(200);
        assert_eq!(approve(&approver(), "a2").await.expect(200)["status"], "proposed", "one of two");
        assert_eq!(outstanding(&bench, &loan).await.1, "active");
        approve(&approver(), "a3").await.refused(403, "same-approver");
        let off = approve(&second_approver(), "a4").await.expect(200);
        assert_eq!((&off["status"], &off["approver"]), (&json!("approved"), &json!("审批人、审批人乙")));
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "written_off".into()));
        let word = json!({ "agrees": false, "comment": "迟了" });
        bench.post(&second_risk_manager(), &consent, word).await.refused(409, "already-decided");

        // Its risk page says what became of it instead of what it was classified as before.
        let risk = bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200);
        assert_eq!(
            (&risk["loan_status"], &risk["tier"], &risk["stage"], &risk["written_off"]),
            (&json!("written_off"), &json!("loss"), &json!(3), &json!("250000.00"))
        );
        books_agree(&bench).await;
    }
}

fn place_of(view: &Value, number: u128) -> Value {
    let members = view["members"].as_array().unwrap();
    members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap().clone()
}

/// The first enterprise stands paused on a line for this reason, and its draw is refused.
async fn stopped(bench: &Bench, line: &str, why: &str, key: &str) {
    let place = place_of(&view(bench, &officer(), line).await, 20);
    assert_eq!(place["status"], "paused", "{place}");
    assert!(place["status_reason"].as_str().unwrap().contains(why), "{place}");
    let refused = month(bench, line, &finance(), "1000.00", key).await.refused(409, "member-paused");
    assert!(!refused.to_string().contains(why), "the bank's own affair: {refused}");
}

#[tokio::test]
async fn a_member_with_an_open_case_or_a_loan_written_off_draws_nothing_until_people_let_it_go_on() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let own = approved(&bench, unsecured(json!({}))).await;
        month(&bench, &own, &finance(), "1000.00", "k0").await.expect(201);
        // Opening the case stops the member on every line of the bank, in the same act.
        let id = shared(&bench, &loan).await;
        stopped(&bench, &own, "处置", "k1").await;
        stopped(&bench, case(&bench, &id).await["facility_id"].as_str().unwrap(), "处置", "k2").await;
        let triggers = bench.get(&officer(), &format!("/facilities/{own}/triggers")).await.expect(200);
        let kinds: Vec<(&str, &str)> = triggers["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["kind"].as_str().unwrap(), one["state"].as_str().unwrap()))
            .collect();
        assert!(kinds.contains(&("member_workout", "standing")), "{kinds:?}");
        change(&bench, &own, json!({ "resume": [org(20)] })).await;
        month(&bench, &own, &finance(), "1000.00", "k3").await.expect(201);
        compensated(&bench).await;
        // The write-off is worse than what people have seen.
        written_off(&bench, &id).await;
        let place = place_of(&view(&bench, &officer(), &own).await, 20);
        assert_eq!(place["status"], "paused", "{place}");
        month(&bench, &own, &finance(), "1000.00", "k4").await.refused(409, "member-paused");
        month(&bench, &own, &other_finance(), "1000.00", "k5").await.expect(201);
    }
}

async fn close(bench: &Bench, until: &str) {
    let day = json!({ "business_date": until });
    for _ in 0..200 {
        let answer = bench.post(&operations(), "/closings", day.clone()).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

#[tokio::test]
async fn a_member_that_missed_a_due_date_draws_nothing_from_the_next_morning_until_it_has_paid() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let line = approved(&bench, unsecured(json!({}))).await;
        let other = approved(&bench, unsecured(json!({}))).await;
        let drawn = draw(&bench, &line, &finance(), "100000.00", "d").await.expect(201);
        // Its first interest falls due on 24 December and is not paid.
        bench.at("2026-12-24T02:00:00Z");
        close(&bench, "2026-12-23").await;
        month(&bench, &other, &finance(), "1000.00", "k1").await.expect(201);
        bench.at("2026-12-25T02:00:00Z");
        close(&bench, "2026-12-24").await;
        month(&bench, &other, &finance(), "1000.00", "k2").await.refused(409, "member-overdue");
        month(&bench, &line, &finance(), "1000.00", "k3").await.refused(409, "member-overdue");
        month(&bench, &other, &other_finance(), "1000.00", "k4").await.expect(201);
        // Nobody has to let it go on: what is late is paid, and it draws the same day.
        let path = format!("/loans/{}/repayments", loan_of(&drawn));
        let body = json!({ "amount": "400.00" });
        bench.send(&finance(), "POST", &path, body, Some("r")).await.expect(201);
        month(&bench, &other, &finance(), "1000.00", "k5").await.expect(201);
    }
}

#[tokio::test]
async fn a_member_whose_loan_was_restructured_draws_nothing_while_it_is_observed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let line = bench.facility().await;
        pledged(&bench, &line, &finance(), 1).await;
        let drawn = draw(&bench, &line, &finance(), "1000000.00", "d").await.expect(201);
        let own = approved(&bench, unsecured(json!({}))).await;
        bench.at("2027-02-25T02:00:00Z");
        month(&bench, &own, &finance(), "1000.00", "k1").await.expect(201);
        let spread = json!({ "repayment": "equal_principal", "months": 24, "grace": 6 });
        let terms = json!({ "kind": "restructuring", "spread": spread, "security": "已签订补充质押协议" });
        let body = json!({ "change": terms, "reason": "借款人申请" });
        let path = format!("/loans/{}/adjustments", loan_of(&drawn));
        let made = bench.post(&officer(), &path, body).await.expect(201);
        bench.consented(&made).await;
        let approve = format!("/adjustments/{}/approve", made["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({ "reason": "同意" })).await.expect(200);
        stopped(&bench, &own, "观察期", "k2").await;
        stopped(&bench, &line, "观察期", "k3").await;
        change(&bench, &own, json!({ "resume": [org(20)] })).await;
        month(&bench, &own, &finance(), "1000.00", "k4").await.expect(201);
    }
}

#[tokio::test]
async fn a_deposit_stays_in_the_pool_while_it_may_have_to_answer_for_another_member() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.01" } });
        let line = approved(&bench, unsecured(joint)).await;
        let deposits = format!("/facilities/{line}/deposits");
        for (number, amount) in [(20, "3000.00"), (21, "3000.00")] {
            let body = json!({ "enterprise_id": org(number), "amount": amount });
            let key = format!("p{number}");
            bench.send(&operations(), "POST", &deposits, body, Some(&key)).await.expect(201);
        }
        let drawn = draw(&bench, &line, &finance(), "100000.00", "d").await.expect(201);
        let back = format!("{deposits}/return");
        let ask = json!({ "enterprise_id": org(21), "amount": "1000.00" });
        bench.send(&other_finance(), "POST", &back, ask.clone(), Some("b1")).await.expect(201);
        // A case of the other member's loan is opened by decision of two people: nothing is late yet.
        let decided = json!({ "loan_id": loan_of(&drawn), "cause": "decision", "reason": "挪用贷款资金" });
        let made = bench.post(&risk_manager(), "/disposal-cases", decided).await.expect(201);
        let opening = format!("/disposal-proposals/{}/approve", made["proposals"][0]["id"].as_str().unwrap());
        bench.send(&approver(), "POST", &opening, json!({}), Some("o")).await.expect(200);
        let refused = bench.send(&other_finance(), "POST", &back, ask.clone(), Some("b2")).await;
        assert_eq!(refused.refused(409, "pool-at-risk")["loans"], 1);
        let leave = json!({ "leave": [org(21)], "reason": "退出" });
        let changes = format!("/facilities/{line}/changes");
        let refused = bench.post(&officer(), &changes, leave).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "leave[0]");
        let cured = json!({ "kind": "closing", "outcome": "cured", "reason": "已整改" });
        done(&bench, made["id"].as_str().unwrap(), cured).await;
        bench.send(&other_finance(), "POST", &back, ask, Some("b3")).await.expect(201);
        // Overdue by a day is enough.
        bench.at("2026-12-25T02:00:00Z");
        let rest = json!({ "enterprise_id": org(21) });
        let refused = bench.send(&other_finance(), "POST", &back, rest, Some("b4")).await;
        refused.refused(409, "pool-at-risk");
    }
}

/// What is expected to be lost on a loan.
async fn expected(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200)["expected_loss"].clone()
}

fn fen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[tokio::test]
async fn a_fund_lowers_the_expected_loss_of_those_loans_alone_that_its_agreement_covers() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        let line = covered_facility(&bench).await;
        pledged(&bench, &line, &finance(), 1).await;
        let bare = loan_of(&draw(&bench, &line, &finance(), "300000.00", "d1").await.expect(201));
        let id = agreed(&bench, "500000.00").await;
        let under = loan_of(&draw(&bench, &line, &finance(), "300000.00", "d2").await.expect(201));
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let (without, with) = (expected(&bench, &bare).await, expected(&bench, &under).await);
        assert!(fen(&with) < fen(&without), "{with} of {without}");
        // The fund agrees to bear less: what it covers is assessed anew at the next close, and nothing else.
        let mut less = json!({
            "kind": "amendment", "agreement_id": id, "reason": "调整比例", "commitment": "500000.00",
            "share_max": "0.1", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
        });
        order(&bench, less.clone()).await;
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let after = expected(&bench, &under).await;
        assert!(fen(&with) < fen(&after) && fen(&after) < fen(&without), "{after}");
        assert_eq!(expected(&bench, &bare).await, without);
        // The line no longer counts on it at all.
        less["share_max"] = json!("0.5");
        order(&bench, less).await;
        change(&bench, &line, json!({ "cover": [] })).await;
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        assert!(fen(&expected(&bench, &under).await) > fen(&after));
    }
}

#[tokio::test]
async fn collateral_that_was_sold_needs_no_finding() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let sharing = json!({ "kind": "sharing", "interest": false });
        ask(&bench, &id, sharing.clone()).await.refused(409, "collateral-left");
        done(&bench, &id, super::disposal::plan()).await;
        done(&bench, &id, sale("110000.00")).await;
        let report = paper(&bench, &id, "report").await;
        let finding = json!({
            "kind": "finding", "value": "0.00", "costs": "0.00", "valued_on": "2026-11-24",
            "valuer": "评估机构", "reason": "无", "document_id": report,
        });
        ask(&bench, &id, finding).await.refused(409, "no-collateral-left");
        done(&bench, &id, sharing).await;
    }
}
