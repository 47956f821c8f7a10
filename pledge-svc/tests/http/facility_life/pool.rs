//! Lending on a pool of patents: the borrowing base, margin calls, their cure and what follows when there is none.

use contracts::{Actor, Envelope, Event, EventId, Service, events::ValuationCompleted};
use finance::Money;
use pledge_svc::facility::{self, PoolValues};
use serde_json::{Value, json};
use tx_kit::{Consumer, InTx, testing::Backend};
use uuid::Uuid;

use super::{approved, change, member, place, place_of, unsecured, view};
use crate::{
    bench::{Bench, approver, finance, officer, operations, org, other_finance, other_officer},
    disposal::{books_agree, done, opened, outstanding, shared_unsold},
    facility::{draw, pledged},
};

/// A line on which the patents of all carry the loans of all: 80 % of what counts, without caps for one patent or owner.
async fn pooled(bench: &Bench, changes: Value) -> String {
    let mut rule = json!({ "rule": "pooled", "advance_rate": "0.8", "patent_cap": "1", "owner_cap": "1" });
    for (name, value) in changes.as_object().unwrap() {
        rule[name] = value.clone();
    }
    let members = [place(20, "5000000.00"), place(21, "5000000.00")];
    let terms = json!({
        "limit": "20000000.00", "collateral": rule, "members": members, "single_member_cap": "0.5",
    });
    approved(bench, unsecured(terms)).await
}

async fn base(bench: &Bench, id: &str) -> Value {
    bench.get(&officer(), &format!("/facilities/{id}/borrowing-base")).await.expect(200)
}

/// The bank values a patent anew; the suite tells of it.
async fn valued(bench: &Bench, patent: Uuid, value: &str, until: &str) {
    let now = bench.db.clock().now();
    let value: Money = value.parse().unwrap();
    let event = ValuationCompleted {
        valuation_id: Uuid::from_u128(now.timestamp().unsigned_abs().into()).into(),
        tenant: officer().tenant,
        tenant_name: officer().tenant_name,
        patent_id: patent.into(),
        patent_number: "CN1".into(),
        patent_title: "一种催化剂".into(),
        industry: None,
        purpose: "pledge".into(),
        score_hundredths: 7_000,
        grade: Some("B".into()),
        low: value,
        value,
        high: value,
        collateral_value: value,
        maximum_loan: value,
        valuation_date: now.date_naive(),
        valid_until: until.parse().unwrap(),
        model_version: "1".into(),
    };
    let envelope = Envelope {
        id: EventId::fresh(now),
        source: Service::Valuation,
        aggregate: patent,
        version: 1,
        occurred_at: now,
        business_date: now.date_naive(),
        event: Event::ValuationCompleted(event),
    };
    let consumer = PoolValues::new(bench.db.clone());
    // An event comes at least once.
    for _ in 0..2 {
        consumer.consume(std::slice::from_ref(&envelope)).await.unwrap();
    }
}

async fn close(bench: &Bench, id: &str) {
    let (line, actor) = (id.parse().unwrap(), &Actor::system());
    bench.db.run(|tx| facility::recompute_base(tx, line, "close", actor).in_tx()).await.unwrap();
}

async fn calls(bench: &Bench) -> Vec<Value> {
    bench.get(&officer(), "/margin-calls").await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_patents_of_one_carry_the_loans_of_another_up_to_the_base() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({})).await;
        draw(&bench, &id, &other_finance(), "1.00", "k0").await.refused(409, "no-registered-pledge");
        // A pledge over a patent accepted at 4,000,000: 3,200,000 may be lent on it, to whomever.
        pledged(&bench, &id, &finance(), 1).await;
        let now = base(&bench, &id).await;
        assert_eq!((&now["eligible"], &now["base"]), (&json!("4000000.00"), &json!("3200000.00")));
        draw(&bench, &id, &other_finance(), "3000000.00", "k1").await.expect(201);
        let refused =
            draw(&bench, &id, &other_finance(), "200000.01", "k2").await.refused(409, "limit-exceeded");
        assert_eq!(
            (&refused["limit_kind"], &refused["available"]),
            (&json!("borrowing_base"), &json!("200000.00"))
        );
        // A member sees its own patents, another bank nothing, the operator's kind nothing.
        let own = bench.get(&other_finance(), &format!("/facilities/{id}/borrowing-base")).await.expect(200);
        assert_eq!(own["rows"], json!([]));
        let path = format!("/facilities/{id}/borrowing-base");
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        bench.get(&member(60), &path).await.refused(404, "not-found");
        let plain = approved(&bench, unsecured(json!({}))).await;
        let none = bench.get(&officer(), &format!("/facilities/{plain}/borrowing-base")).await;
        none.refused(409, "no-patent-pool");
    }
}

#[tokio::test]
async fn a_lower_valuation_calls_for_margin_once_and_a_deposit_cures_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({})).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &finance(), "2000000.00", "k1").await.expect(201);
        let patent = Uuid::from_u128(50_001);
        valued(&bench, patent, "2000000.00", "2027-06-30").await;
        let now = base(&bench, &id).await;
        assert_eq!((&now["base"], &now["shortfall"]), (&json!("1600000.00"), &json!("400000.00")));
        let called = calls(&bench).await;
        assert_eq!((called.len(), &called[0]["status"]), (1, &json!("open")));
        // Ten working days after Tuesday, 24 November 2026.
        assert_eq!(
            (&called[0]["due_on"], &called[0]["shortfall"]),
            (&json!("2026-12-08"), &json!("400000.00"))
        );
        assert_eq!(
            view(&bench, &officer(), &id).await["status"],
            "active",
            "within its period the line goes on"
        );
        // Who must cure it sees it; another enterprise and another bank do not.
        let mine = bench.get(&finance(), "/margin-calls").await.expect(200);
        assert_eq!(mine["items"], json!(called));
        for stranger in [member(60), other_officer()] {
            let seen = bench.get(&stranger, "/margin-calls").await.expect(200);
            assert_eq!(seen["items"], json!([]), "{}", stranger.name);
        }
        // A worse value later raises the call and leaves its day.
        valued(&bench, patent, "1900000.00", "2027-06-30").await;
        let raised = calls(&bench).await;
        assert_eq!(
            (&raised[0]["shortfall"], &raised[0]["due_on"]),
            (&json!("480000.00"), &json!("2026-12-08"))
        );
        let deposits = format!("/facilities/{id}/deposits");
        let pay = json!({ "enterprise_id": org(20), "amount": "480000.00", "kind": "margin" });
        bench.send(&operations(), "POST", &deposits, pay, Some("m1")).await.expect(201);
        let cured = calls(&bench).await;
        assert_eq!((&cured[0]["status"], &cured[0]["shortfall"]), (&json!("cured"), &json!("0.00")));
        assert_eq!(cured[0]["peak"], "480000.00");
        // The margin stays as long as the base needs it.
        let back = json!({ "enterprise_id": org(20), "kind": "margin", "amount": "0.01" });
        let refused = bench.send(&finance(), "POST", &format!("{deposits}/return"), back, Some("b1")).await;
        refused.refused(409, "deposit-still-needed");
        valued(&bench, patent, "4000000.00", "2027-06-30").await;
        let back = json!({ "enterprise_id": org(20), "kind": "margin" });
        let returned = bench.send(&finance(), "POST", &format!("{deposits}/return"), back, Some("b2")).await;
        assert_eq!(returned.expect(201)["amount"], "480000.00");
        let history =
            bench.get(&officer(), &format!("/facilities/{id}/borrowing-base/history")).await.expect(200);
        let causes: Vec<&str> =
            history["items"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap()).collect();
        assert_eq!(causes, ["deposit", "valuation", "deposit", "valuation", "valuation"]);
    }
}

#[tokio::test]
async fn a_call_that_is_not_met_in_time_stops_the_line_and_people_let_it_go_on() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({ "cure_days": 2 })).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &finance(), "2000000.00", "k1").await.expect(201);
        // The valuation ends: what it stood for does not count any more, and says why.
        valued(&bench, Uuid::from_u128(50_001), "4000000.00", "2026-11-24").await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, &id).await;
        let row = base(&bench, &id).await["rows"][0].clone();
        assert_eq!(
            (&row["eligible"], &row["excluded"][0]["why"]),
            (&json!("0.00"), &json!("valuation_expired"))
        );
        assert_eq!(calls(&bench).await[0]["due_on"], "2026-11-27");
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, &id).await;
        assert_eq!(view(&bench, &officer(), &id).await["status"], "active");
        bench.at("2026-11-28T02:00:00Z");
        close(&bench, &id).await;
        close(&bench, &id).await;
        let stopped = view(&bench, &officer(), &id).await;
        assert_eq!(stopped["status"], "suspended");
        assert!(stopped["reason"].as_str().unwrap().contains("2000000.00"), "{}", stopped["reason"]);
        assert_eq!(calls(&bench).await[0]["status"], "uncured");
        // A repayment is accepted all the same; with a new valuation the call is cured, and the line stays stopped.
        valued(&bench, Uuid::from_u128(50_001), "4000000.00", "2027-06-30").await;
        assert_eq!(calls(&bench).await[0]["status"], "cured");
        assert_eq!(view(&bench, &officer(), &id).await["status"], "suspended");
        let resume = format!("/facilities/{id}/resume");
        bench.post(&approver(), &resume, json!({ "reason": "已补足" })).await.expect(200);
        draw(&bench, &id, &finance(), "1.00", "k2").await.expect(201);
        let told = bench.get(&officer(), &format!("/facilities/{id}/triggers")).await.expect(200);
        assert_eq!(
            (&told["items"][0]["kind"], &told["items"][0]["state"]),
            (&json!("margin_call"), &json!("cleared"))
        );
    }
}

#[tokio::test]
async fn an_uncured_call_may_stop_the_borrowers_alone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({ "cure_days": 1, "uncured": "borrowers" })).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &other_finance(), "2000000.00", "k1").await.expect(201);
        valued(&bench, Uuid::from_u128(50_001), "1000000.00", "2027-06-30").await;
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, &id).await;
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!(shown["status"], "active");
        let status = |number: u128| {
            let members = shown["members"].as_array().unwrap();
            members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap()["status"].clone()
        };
        assert_eq!((status(20), status(21)), (json!("active"), json!("paused")));
    }
}

#[tokio::test]
async fn a_pledge_under_a_pool_stays_while_anybody_owes_and_a_line_with_pledges_is_not_closed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({})).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &other_finance(), "1000.00", "k1").await.expect(201);
        let line = id.parse().unwrap();
        let owed = facility::member_outstanding(bench.db.migrator(), line, org(20)).await.unwrap();
        assert_eq!(owed, Money::from_yuan(1_000).unwrap(), "what all owe is secured by each pledge");
        let idle = bench.facility().await;
        pledged(&bench, &idle, &finance(), 2).await;
        let close = json!({ "close": true, "reason": "到期" });
        let refused = bench.post(&officer(), &format!("/facilities/{idle}/changes"), close).await;
        refused.refused(422, "invalid-request");
        // From own patents to a pool by two people's decision: nothing else changes.
        let rule = json!({ "rule": "pooled", "advance_rate": "0.5" });
        let after = change(&bench, &idle, json!({ "collateral": rule })).await;
        assert_eq!(after["collateral"]["cure_days"], 10);
        assert_eq!(base(&bench, &idle).await["advance_rate"], "0.5");
    }
}

#[tokio::test]
async fn margin_bears_a_loss_before_anybody_else_and_comes_back_from_a_recovery() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({})).await;
        pledged(&bench, &id, &finance(), 1).await;
        let drawn = draw(&bench, &id, &finance(), "600000.00", "k1").await.expect(201);
        let pay = json!({ "enterprise_id": org(20), "amount": "100000.00", "kind": "margin" });
        let deposits = format!("/facilities/{id}/deposits");
        bench.send(&operations(), "POST", &deposits, pay, Some("m1")).await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        let case = opened(&bench, loan).await;
        let shared = shared_unsold(&bench, &case, json!({ "kind": "sharing", "interest": false })).await;
        let part = &shared["result"]["parts"][0];
        assert_eq!((&part["sharer"]["bearer"], &part["borne"]), (&json!("margin"), &json!("100000.00")));
        let path = format!("/disposal-cases/{case}");
        let claim = bench.get(&officer(), &path).await.expect(200)["claims"][0]["id"].clone();
        let answer = json!({ "kind": "answer", "claim_id": claim, "amount": "100000.00", "reference": "保证金扣划 1 号" });
        done(&bench, &case, answer).await;
        assert_eq!(outstanding(&bench, loan).await.0, "500000.00");
        assert_eq!(place_of(&view(&bench, &officer(), &id).await, 20)["margin"], "0.00");
        // Of 240,000 a sixth is the margin's, as it bore a sixth of the loss.
        let recovery =
            json!({ "kind": "recovery", "amount": "240000.00", "payer": "企业", "reference": "回单 1 号" });
        done(&bench, &case, recovery).await;
        assert_eq!(place_of(&view(&bench, &officer(), &id).await, 20)["margin"], "40000.00");
        assert_eq!(outstanding(&bench, loan).await.0, "300000.00");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_call_ends_when_the_line_no_longer_lends_on_a_pool_and_a_new_one_may_follow() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = pooled(&bench, json!({})).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &finance(), "2000000.00", "k1").await.expect(201);
        valued(&bench, Uuid::from_u128(50_001), "2000000.00", "2027-06-30").await;
        assert_eq!(calls(&bench).await[0]["status"], "open");
        change(&bench, &id, json!({ "collateral": { "rule": "own" } })).await;
        let lifted = calls(&bench).await;
        assert_eq!((&lifted[0]["status"], &lifted[0]["lifted_on"]), (&json!("lifted"), &json!("2026-11-24")));
        close(&bench, &id).await;
        assert_eq!(calls(&bench).await.len(), 1);
        let rule = json!({ "rule": "pooled", "advance_rate": "0.8", "patent_cap": "1", "owner_cap": "1" });
        change(&bench, &id, json!({ "collateral": rule })).await;
        close(&bench, &id).await;
        let again = calls(&bench).await;
        let states: Vec<&str> = again.iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(states.iter().filter(|state| **state == "open").count(), 1, "{states:?}");
    }
}
