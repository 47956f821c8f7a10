//! The bound of a bank's capital for a group of connected customers holds when the money moves: at every draw on any of its
//! lines, for its own part of each, on several replicas at once, and when a loan is rolled over.

use std::sync::Arc;

use contracts::{Actor, FacilityId, UserId};
use finance::Money;
use identity::{Caller, Role};
use pledge_svc::facility;
use serde_json::{Value, json};
use tx_kit::{InTx, testing::Backend};
use uuid::Uuid;

use super::{
    application_life::set,
    bench::{Bench, approval, approver, finance, officer, org, other_finance},
    facility::{draw, pledged, repay},
    facility_life::{approved, member, unsecured},
};

fn risk_manager() -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(1_006));
    Caller { user, name: "风险经理".to_owned(), roles: vec![Role::RiskManager], ..officer() }
}

/// The bank takes the two enterprises together.
async fn connected(bench: &Bench) {
    let one = |who: &Caller, relation: &str| json!({ "enterprise_id": who.tenant, "name": who.tenant_name, "relation": relation });
    let members = [one(&finance(), "母公司"), one(&other_finance(), "子公司")];
    let body = json!({ "name": "甲系企业", "reason": "同一实际控制人", "members": members });
    bench.post(&risk_manager(), "/connected-groups", body).await.expect(201);
}

/// A line on which the members of a group may use all that is there.
async fn line(bench: &Bench, mut terms: Value) -> String {
    terms["group_cap"] = json!("1");
    approved(bench, unsecured(terms)).await
}

async fn bound(bench: &Bench, amount: &str) {
    set(bench, "application_eligibility", json!({ "group_exposure_max": amount })).await;
}

/// What is left for a group by the refusal of a draw.
async fn left(bench: &Bench, line: &str, who: &Caller, amount: &str, key: &str) -> Value {
    let full = draw(bench, line, who, amount, key).await.refused(409, "limit-exceeded");
    assert_eq!(full["limit_kind"], "connected_group", "{full}");
    full["available"].clone()
}

#[tokio::test]
async fn connected_customers_have_no_more_at_the_bank_than_its_bound_on_all_lines_and_by_its_own_part() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (a, b) = (line(&bench, json!({})).await, line(&bench, json!({})).await);
        connected(&bench).await;
        let first = draw(&bench, &a, &finance(), "300000.00", "k1").await.expect(201);
        bound(&bench, "400000.00").await;
        assert_eq!(left(&bench, &b, &other_finance(), "100000.01", "k2").await, "100000.00");
        let ask = json!({ "enterprise_id": org(21), "amount": "100000.01", "tenor_months": 12 });
        let look = bench.post(&other_finance(), &format!("/facilities/{b}/drawdowns/preview"), ask).await;
        assert_eq!(look.refused(409, "limit-exceeded")["available"], "100000.00", "seen before it is asked");
        draw(&bench, &b, &member(22), "200000.00", "k3").await.expect(201);
        draw(&bench, &b, &other_finance(), "100000.00", "k4").await.expect(201);
        assert_eq!(left(&bench, &b, &finance(), "0.01", "k5").await, "0.00");
        // What one of them repays is room for the other.
        repay(&bench, first["loan_id"].as_str().unwrap(), "60000.00", "r1").await.expect(201);
        assert_eq!(left(&bench, &b, &other_finance(), "60000.01", "k6").await, "60000.00");
        draw(&bench, &b, &other_finance(), "60000.00", "k7").await.expect(201);
        // Of a syndicated line the bank bears two fifths, and a line made later is bound as well.
        let bank = |number: u128, share: &str| json!({ "bank_id": org(number), "share": share });
        bound(&bench, "420000.00").await;
        let shared = line(&bench, json!({ "shares": [bank(10, "0.4"), bank(11, "0.6")] })).await;
        assert_eq!(left(&bench, &shared, &finance(), "50000.01", "k8").await, "50000.00");
        draw(&bench, &shared, &finance(), "50000.00", "k9").await.expect(201);
        assert_eq!(left(&bench, &shared, &other_finance(), "0.01", "k10").await, "0.00");
        // Where the bank has set no bound and stated no capital nothing is held.
        set(&bench, "application_eligibility", json!({})).await;
        draw(&bench, &shared, &other_finance(), "0.01", "k11").await.expect(201);
    }
}

#[tokio::test]
async fn what_is_held_for_one_of_a_group_is_room_for_that_one_and_for_no_other() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (a, b) = (line(&bench, json!({})).await, line(&bench, json!({})).await);
        connected(&bench).await;
        bound(&bench, "400000.00").await;
        draw(&bench, &a, &finance(), "250000.00", "k1").await.expect(201);
        let (on, actor): (FacilityId, Actor) = (b.parse().unwrap(), approver().actor());
        let (db, actor) = (&bench.db, &actor);
        let hold = async |fen: i64| {
            let amount = Money::from_fen(fen);
            db.run(|tx| facility::reserve(tx, on, org(21), approval(amount), actor).in_tx()).await
        };
        assert!(hold(15_000_001).await.is_err(), "an approval is held to the bound as a draw is");
        hold(15_000_000).await.unwrap();
        assert_eq!(left(&bench, &a, &finance(), "0.01", "k2").await, "0.00");
        draw(&bench, &b, &other_finance(), "150000.00", "k3").await.expect(201);
        assert_eq!(left(&bench, &b, &other_finance(), "0.01", "k4").await, "0.00");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_of_two_members_on_two_lines_at_once_stay_together_within_the_bound_for_their_group() {
    for backend in Backend::available().unwrap() {
        let bench = Arc::new(Bench::new(backend).await);
        let lines = [line(&bench, json!({})).await, line(&bench, json!({})).await];
        connected(&bench).await;
        bound(&bench, "400000.00").await;
        // Seven of these fit each line; ten fit the bank's bound.
        let draws = (0..20).map(|number: usize| {
            let (bench, line) = (bench.clone(), lines[number % 2].clone());
            let who = if number.is_multiple_of(2) { finance() } else { other_finance() };
            tokio::spawn(async move {
                draw(&bench, &line, &who, "40000.00", &format!("k{number}")).await.status.as_u16()
            })
        });
        let mut granted = 0;
        for one in draws.collect::<Vec<_>>() {
            match one.await.unwrap() {
                201 => granted += 1,
                409 => {}
                other => panic!("{other}"),
            }
        }
        assert_eq!(granted, 10, "{backend:?}");
    }
}

#[tokio::test]
async fn the_bound_for_a_group_costs_a_draw_two_statements_and_others_none() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = line(&bench, json!({})).await;
        connected(&bench).await;
        let steps = async |who: &Caller, key: &str| {
            let before = bench.db.probe().steps();
            draw(&bench, &id, who, "1.00", key).await.expect(201);
            bench.db.probe().steps() - before
        };
        let (grouped, alone) = (steps(&finance(), "g1").await, steps(&member(22), "a1").await);
        bound(&bench, "400000.00").await;
        assert_eq!(steps(&member(22), "a2").await, alone, "{backend:?}: who is in no group");
        assert_eq!(steps(&finance(), "g2").await, grouped + 2, "{backend:?}: the group, the banks' parts");
    }
}

#[tokio::test]
async fn a_loan_is_not_rolled_over_while_the_bank_has_more_out_than_its_capital_allows() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
        let path = format!("/loans/{}/adjustments", drawn["loan_id"].as_str().unwrap());
        let change = json!({ "kind": "rollover", "term_months": 12, "firm_size": "small",
            "security": "已签订补充质押协议并办理变更登记" });
        let ask = json!({ "change": change, "reason": "借款人申请", "assessment": "经营正常，按期付息" });
        // Ten per cent of 9,000,000.
        set(&bench, "application_eligibility", json!({ "net_capital": "9000000.00" })).await;
        let beyond = bench.post(&officer(), &path, ask.clone()).await.refused(409, "exposure-bound");
        assert_eq!(
            (&beyond["exposure"], &beyond["cap"], &beyond["limit_kind"]),
            (&json!("1000000.00"), &json!("900000.00"), &json!("single_customer"))
        );
        connected(&bench).await;
        // What is out, and what is still held for its approval.
        bound(&bench, "1999999.99").await;
        let beyond = bench.post(&officer(), &path, ask.clone()).await.refused(409, "exposure-bound");
        assert_eq!(beyond["limit_kind"], "connected_group");
        bound(&bench, "2000000.00").await;
        bench.post(&officer(), &path, ask).await.expect(201);
    }
}
