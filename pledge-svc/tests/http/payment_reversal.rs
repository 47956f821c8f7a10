//! A payment that was booked by mistake is undone over the router: the loan, its line and its books are as if it had never
//! been made, on the day itself and after days were closed.

use std::{collections::BTreeMap, sync::Arc};

use contracts::{Envelope, Event, OrgKind};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::{Isolation, testing::Backend};

use super::{
    bench::{
        Answer, Bench, approver, examiner, finance, granter, officer, operations, other_finance,
        other_officer,
    },
    facility::{draw, pledged, repay},
    fund::{manager, person},
    products::{draw_as, line},
    subsidies::{controls_agree, scheme},
};

fn other_operations() -> Caller {
    person(1_006, 10, "另一运营", OrgKind::Bank, &[Role::Operations])
}

fn foreign_operations() -> Caller {
    person(1_103, 11, "他行运营", OrgKind::Bank, &[Role::Operations])
}

async fn drawn(bench: &Bench, facility: &str, beside: Value, key: &str) -> String {
    let drawn = draw_as(bench, facility, beside, key).await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn loan_of(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200)
}

async fn plan_of(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}/schedule")).await.expect(200)
}

async fn paid(bench: &Bench, loan: &str, amount: &str, key: &str) -> String {
    let paid = repay(bench, loan, amount, key).await.expect(201);
    paid["id"].as_str().unwrap().to_owned()
}

async fn propose(bench: &Bench, loan: &str, payment: &str, key: &str) -> Answer {
    let path = format!("/loans/{loan}/repayments/{payment}/reversals");
    bench.send(&operations(), "POST", &path, json!({ "reason": "记错贷款" }), Some(key)).await
}

async fn decide(bench: &Bench, who: &Caller, reversal: &Value, what: &str, key: &str) -> Answer {
    let path = format!("/repayment-reversals/{}/{what}", reversal["id"].as_str().unwrap());
    bench.send(who, "POST", &path, json!({ "reason": "已核对回单" }), Some(key)).await
}

/// Proposes and approves; gives the reversal.
pub async fn undone(bench: &Bench, loan: &str, payment: &str, key: &str) -> Value {
    let proposed = propose(bench, loan, payment, &format!("{key}-p")).await.expect(201);
    decide(bench, &other_operations(), &proposed, "approve", &format!("{key}-a")).await.expect(200)
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

/// The accounts of a bank that do not stand at nothing.
async fn balances(bench: &Bench, who: &Caller, as_of: &str) -> BTreeMap<String, String> {
    let path = format!("/ledger/trial-balance?as_of={as_of}");
    let body = bench.get(who, &path).await.expect(200);
    assert_eq!(body["totals"]["debit"], body["totals"]["credit"], "{body}");
    let rows = body["accounts"].as_array().unwrap().iter();
    let stand = rows.filter(|row| row["balance"] != "0.00");
    stand
        .map(|row| (row["account"].as_str().unwrap().to_owned(), row["balance"].as_str().unwrap().to_owned()))
        .collect()
}

async fn all_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
    controls_agree(bench).await;
}

/// What is taken of a line: drawn, free, and what its member has drawn.
async fn taken(bench: &Bench, facility: &str) -> (Value, Value, Value) {
    let body = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
    (body["drawn"].clone(), body["available"].clone(), body["members"][0]["drawn"].clone())
}

fn syndicate(revolving: bool) -> Value {
    json!({
        "revolving": revolving,
        "shares": [
            { "bank_id": officer().tenant, "share": "0.3333" },
            { "bank_id": other_officer().tenant, "share": "0.6667" },
        ],
    })
}

#[tokio::test]
async fn a_payment_of_the_same_day_is_taken_back_to_the_fen_in_the_book_of_every_bank() {
    for backend in Backend::available().unwrap() {
        for revolving in [true, false] {
            let bench = Bench::new(backend).await;
            let facility = line(&bench, syndicate(revolving)).await;
            let loan = drawn(&bench, &facility, json!({ "amount": "600000.01" }), "d1").await;
            bench.at("2026-12-28T02:00:00Z");
            close(&bench, "2026-12-27").await;
            let today = "2026-12-28";
            let before = (
                loan_of(&bench, &loan).await,
                plan_of(&bench, &loan).await,
                taken(&bench, &facility).await,
                balances(&bench, &officer(), today).await,
                balances(&bench, &other_officer(), today).await,
            );
            // Four days late: interest on interest, overdue interest, running interest, principal ahead of the plan.
            let payment = paid(&bench, &loan, "123456.78", "r1").await;
            assert_ne!(loan_of(&bench, &loan).await, before.0);
            let reversal = undone(&bench, &loan, &payment, "u1").await;
            assert_eq!(
                (&reversal["status"], &reversal["reversed_on"], &reversal["correction"]),
                (&json!("approved"), &json!(today), &json!("0.00"))
            );
            let after = (
                loan_of(&bench, &loan).await,
                plan_of(&bench, &loan).await,
                taken(&bench, &facility).await,
                balances(&bench, &officer(), today).await,
                balances(&bench, &other_officer(), today).await,
            );
            assert_eq!(after, before, "revolving: {revolving}");
            let movements = bench.get(&examiner(), &format!("/loans/{loan}/movements")).await.expect(200);
            let movements = movements["items"].as_array().unwrap();
            let mirrors: Vec<&Value> =
                movements.iter().filter(|one| one["reversal_of"] != Value::Null).collect();
            assert_eq!(mirrors.len(), 2, "one in each book");
            for mirror in mirrors {
                let original = movements.iter().find(|one| one["id"] == mirror["reversal_of"]).unwrap();
                assert_eq!(original["reversed_by"], mirror["id"]);
                assert_eq!(mirror["reason"], "记错贷款");
            }
            let list = bench.get(&finance(), &format!("/loans/{loan}/repayments")).await.expect(200);
            assert_eq!(
                (&list["items"][0]["id"], &list["items"][0]["reversed_on"]),
                (&json!(payment), &json!(today))
            );
            let file = bench
                .get(&officer(), &format!("/loans/{loan}/repayments/export?format=csv"))
                .await
                .expect(200);
            assert!(file.as_str().unwrap().contains("冲正日"), "{file}");
            all_agree(&bench).await;
            let told = bench.get(&finance(), "/notices?kind=payment_reversed").await.expect(200);
            assert_eq!(told["items"][0]["amount"], "123456.78", "{told}");
            // The right payment follows, and is the one that counts.
            let right = repay(&bench, &loan, "1725.00", "r2").await.expect(201);
            assert_eq!(right["principal"], "0.00");
            all_agree(&bench).await;
        }
    }
}

#[tokio::test]
async fn a_settled_loan_comes_back_and_its_papers_say_so() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        bench.at("2026-12-10T02:00:00Z");
        close(&bench, "2026-12-09").await;
        let payoff = loan_of(&bench, &loan).await["payoff"].as_str().unwrap().to_owned();
        let payment = paid(&bench, &loan, &payoff, "r1").await;
        assert_eq!(loan_of(&bench, &loan).await["status"], "repaid");
        let certificate = format!("/loans/{loan}/settlement-certificate");
        bench.get(&finance(), &certificate).await.expect(200);
        bench.at("2026-12-12T02:00:00Z");
        close(&bench, "2026-12-11").await;
        assert_eq!(balances(&bench, &officer(), "2026-12-12").await.get("1132"), None);
        let reversal = undone(&bench, &loan, &payment, "u1").await;
        // 57.50 a day: sixteen days had been received, two are accrued for the days closed since.
        assert_eq!(reversal["correction"], "115.00");
        assert_eq!(balances(&bench, &officer(), "2026-12-12").await["1132"], "1035.00");
        let back = loan_of(&bench, &loan).await;
        assert_eq!(
            (&back["status"], &back["outstanding"], &back["interest_accrued"]),
            (&json!("active"), &json!("600000.00"), &json!("1035.00"))
        );
        assert_eq!(taken(&bench, &facility).await.0, "600000.00");
        let refused = bench.get(&finance(), &certificate).await.refused(409, "not-settled");
        assert_eq!(refused["voided_on"], "2026-12-12", "{refused}");
        let statement = bench.get(&finance(), &format!("/loans/{loan}/statement")).await.expect(200);
        let lines: Vec<(&str, &str)> = statement["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (line["kind"].as_str().unwrap(), line["principal"].as_str().unwrap()))
            .collect();
        assert_eq!(lines, [("drawdown", "600000.00"), ("payment", "600000.00"), ("reversal", "-600000.00")]);
        assert_eq!(
            (&statement["closing"], &statement["totals"]["paid"]),
            (&json!("600000.00"), &json!("0.00"))
        );
        let later = format!("/loans/{loan}/statement?from=2026-12-11&to=2026-12-12");
        let later = bench.get(&finance(), &later).await.expect(200);
        assert_eq!((&later["opening"], &later["closing"]), (&json!("0.00"), &json!("600000.00")));
        let path = format!("/loans/{loan}/statement?format=xlsx");
        let (status, _, bytes) = bench.download(&finance(), &path).await;
        assert!(status.is_success() && bytes.starts_with(b"PK"), "{status}");
        bench.at("2026-12-13T02:00:00Z");
        close(&bench, "2026-12-12").await;
        all_agree(&bench).await;
        let payoff = loan_of(&bench, &loan).await["payoff"].as_str().unwrap().to_owned();
        paid(&bench, &loan, &payoff, "r2").await;
        let certified = bench.get(&finance(), &certificate).await.expect(200);
        assert_eq!(
            (&certified["principal"], &certified["settled_on"]),
            (&json!("600000.00"), &json!("2026-12-13")),
            "what was undone is not counted"
        );
        all_agree(&bench).await;
    }
}

/// What the days of loans say, one line for each.
const DAYS: &str = "SELECT CAST(d.posted_fen AS VARCHAR) || ' ' || CAST(l.outstanding_fen AS VARCHAR) || ' ' || \
     CAST(l.billed AS VARCHAR) || ' ' || CAST(l.interest_from AS VARCHAR) || ' ' || COALESCE(l.arrears, '-') || ' ' || \
     COALESCE(CAST(l.next_due_on AS VARCHAR), '-') || ' ' || l.status AS text \
     FROM loan l JOIN loan_day d ON d.loan_id = l.id ORDER BY l.created_at";

#[tokio::test]
async fn after_days_were_closed_the_loan_is_its_twin_that_was_never_paid() {
    for backend in Backend::available().unwrap() {
        for (amount, repayment) in [("52000.00", "equal_instalment"), ("700.00", "interest_only")] {
            let bench = Bench::new(backend).await;
            let facility = line(&bench, syndicate(true)).await;
            let beside = json!({ "repayment": repayment });
            let loan = drawn(&bench, &facility, beside.clone(), "d1").await;
            let twin = drawn(&bench, &facility, beside, "d2").await;
            bench.at("2026-12-23T02:00:00Z");
            close(&bench, "2026-12-22").await;
            let payment = paid(&bench, &loan, amount, "r1").await;
            // An instalment falls due and is missed meanwhile; penalty and interest on interest run.
            bench.at("2026-12-29T02:00:00Z");
            close(&bench, "2026-12-28").await;
            let closed = [officer(), other_officer()].map(|who| (who, "2026-12-28"));
            let mut before = Vec::new();
            for (who, day) in &closed {
                before.push(balances(&bench, who, day).await);
            }
            assert_ne!(bench.texts(DAYS).await[0], bench.texts(DAYS).await[1], "{repayment}");
            let reversal = undone(&bench, &loan, &payment, "u1").await;
            assert_ne!(reversal["correction"], "0.00", "{repayment}");
            for ((who, day), before) in closed.iter().zip(before) {
                assert_eq!(balances(&bench, who, day).await, before, "closed days stay as they were closed");
            }
            let rows = bench.texts(DAYS).await;
            assert_eq!(rows[0], rows[1], "{repayment}");
            let shown = |mut view: Value| {
                for own in ["id", "number", "created_at"] {
                    view[own] = Value::Null;
                }
                view
            };
            assert_eq!(shown(loan_of(&bench, &loan).await), shown(loan_of(&bench, &twin).await));
            assert_eq!(plan_of(&bench, &loan).await, plan_of(&bench, &twin).await);
            all_agree(&bench).await;
            // Classification follows at the next close, and the days go on alike.
            bench.at("2026-12-30T02:00:00Z");
            close(&bench, "2026-12-29").await;
            let rows = bench.texts(DAYS).await;
            assert_eq!(rows[0], rows[1], "{repayment}");
            let mut risks = Vec::new();
            for one in [&loan, &twin] {
                let risk = bench.get(&officer(), &format!("/loans/{one}/risk")).await.expect(200);
                risks.push((risk["tier"].clone(), risk["stage"].clone(), risk["provision"].clone()));
            }
            assert_eq!(risks[0], risks[1], "{repayment}");
            all_agree(&bench).await;
        }
    }
}

#[tokio::test]
async fn a_plan_made_anew_because_of_the_payment_is_the_one_before_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        bench.at("2026-12-24T02:00:00Z");
        let (before, plan) = (loan_of(&bench, &loan).await, plan_of(&bench, &loan).await);
        let payment = paid(&bench, &loan, "201725.00", "r1").await;
        replanned(&bench, &loan).await;
        assert_ne!(plan_of(&bench, &loan).await, plan);
        undone(&bench, &loan, &payment, "u1").await;
        assert_eq!(plan_of(&bench, &loan).await, plan);
        let mut after = loan_of(&bench, &loan).await;
        assert_eq!(after["plan_version"], 2, "every plan is kept");
        after["plan_version"] = before["plan_version"].clone();
        assert_eq!(after, before);
        all_agree(&bench).await;
    }
}

/// The loan's plan is made anew after a payment ahead of it.
async fn replanned(bench: &Bench, loan: &str) {
    let change = json!({ "change": { "kind": "prepayment_lower" }, "reason": "提前还款" });
    let change = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), change).await.expect(201);
    bench.consented(&change).await;
    let path = format!("/adjustments/{}/approve", change["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({ "reason": "同意" })).await.expect(200);
}

#[tokio::test]
async fn payments_that_each_made_the_plan_anew_are_undone_one_after_the_other() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        bench.at("2026-12-24T02:00:00Z");
        let plan = plan_of(&bench, &loan).await;
        let first = paid(&bench, &loan, "201725.00", "r1").await;
        replanned(&bench, &loan).await;
        let between = plan_of(&bench, &loan).await;
        let second = paid(&bench, &loan, "100000.00", "r2").await;
        replanned(&bench, &loan).await;
        undone(&bench, &loan, &second, "u2").await;
        assert_eq!(plan_of(&bench, &loan).await, between);
        undone(&bench, &loan, &first, "u1").await;
        assert_eq!(plan_of(&bench, &loan).await, plan);
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_came_after_the_payment_is_named_and_undone_first() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        bench.at("2026-12-24T02:00:00Z");
        let before = loan_of(&bench, &loan).await;
        let first = paid(&bench, &loan, "1000.00", "r1").await;
        let second = paid(&bench, &loan, "2000.00", "r2").await;
        let refused = propose(&bench, &loan, &first, "p1").await.refused(409, "payment-not-last");
        assert!(refused.to_string().contains("2000.00"), "{refused}");
        undone(&bench, &loan, &second, "u2").await;
        undone(&bench, &loan, &first, "u1").await;
        assert_eq!(loan_of(&bench, &loan).await, before);
        propose(&bench, &loan, &first, "p2").await.refused(409, "payment-reversed");
        // A fee that was charged meanwhile, after the reversal was proposed.
        let third = paid(&bench, &loan, "300.00", "r3").await;
        let waits = propose(&bench, &loan, &third, "p3").await.expect(201);
        let fee = json!({ "amount": "50.00", "reason": "公证费" });
        let path = format!("/loans/{loan}/fees");
        bench.send(&officer(), "POST", &path, fee, Some("f1")).await.expect(201);
        let fee = loan_of(&bench, &loan).await;
        decide(&bench, &other_operations(), &waits, "approve", "a3").await.refused(409, "payment-not-last");
        assert_eq!(loan_of(&bench, &loan).await, fee, "nothing was changed");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn one_proposes_another_decides_and_a_key_does_it_once() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        let payment = paid(&bench, &loan, "1000.00", "r1").await;
        let paid_off = loan_of(&bench, &loan).await;
        let path = format!("/loans/{loan}/repayments/{payment}/reversals");
        let reason = json!({ "reason": "金额有误" });
        for who in [officer(), finance()] {
            bench.send(&who, "POST", &path, reason.clone(), Some("x")).await.refused(403, "forbidden");
        }
        let foreign = bench.send(&foreign_operations(), "POST", &path, reason.clone(), Some("x")).await;
        foreign.refused(404, "not-found");
        let unknown = format!("/loans/{loan}/repayments/{}/reversals", uuid::Uuid::nil());
        bench
            .send(&operations(), "POST", &unknown, reason.clone(), Some("x"))
            .await
            .refused(404, "not-found");
        bench
            .without_key(&operations(), &path, reason.clone())
            .await
            .refused(400, "idempotency-key-required");
        let empty = bench.send(&operations(), "POST", &path, json!({ "reason": " " }), Some("x")).await;
        empty.refused(422, "invalid-request");
        let proposed = propose(&bench, &loan, &payment, "p1").await.expect(201);
        assert_eq!(propose(&bench, &loan, &payment, "p1").await.expect(201), proposed, "a twin");
        let again = bench.send(&other_operations(), "POST", &path, reason.clone(), Some("p2")).await;
        again.refused(409, "payment-reversal-pending");
        let here = format!("/repayment-reversals/{}", proposed["id"].as_str().unwrap());
        for who in [foreign_operations(), finance(), other_finance()] {
            bench.get(&who, &here).await.refused(404, "not-found");
        }
        let waiting = bench.get(&operations(), "/repayment-reversals?status=proposed").await.expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        decide(&bench, &operations(), &proposed, "approve", "a0").await.refused(403, "four-eyes");
        decide(&bench, &operations(), &proposed, "refuse", "n0").await.refused(403, "four-eyes");
        decide(&bench, &other_operations(), &proposed, "withdraw", "w0").await.refused(403, "not-maker");
        decide(&bench, &foreign_operations(), &proposed, "approve", "a0").await.refused(404, "not-found");
        let approve = format!("{here}/approve");
        let keyless = bench.without_key(&other_operations(), &approve, reason.clone()).await;
        keyless.refused(400, "idempotency-key-required");
        let refused = decide(&bench, &other_operations(), &proposed, "refuse", "n1").await.expect(200);
        assert_eq!(
            (&refused["status"], &refused["decision_reason"]),
            (&json!("refused"), &json!("已核对回单"))
        );
        assert_eq!(loan_of(&bench, &loan).await, paid_off);
        let withdrawn = propose(&bench, &loan, &payment, "p3").await.expect(201);
        decide(&bench, &operations(), &withdrawn, "withdraw", "w1").await.expect(200);
        let proposed = propose(&bench, &loan, &payment, "p4").await.expect(201);
        let path = format!("/repayment-reversals/{}", proposed["id"].as_str().unwrap());
        let seen = bench.get(&other_operations(), &path).await;
        assert_eq!(seen.etag.as_deref(), Some("\"1\""));
        let approve = format!("{path}/approve");
        let stale = bench
            .send_seen(&other_operations(), ("POST", &approve), reason.clone(), Some("a1"), Some("\"7\""))
            .await;
        stale.refused(412, "stale-version");
        let done = bench
            .send_seen(&other_operations(), ("POST", &approve), reason.clone(), Some("a2"), Some("\"1\""))
            .await
            .expect(200);
        let twin = bench
            .send_seen(&other_operations(), ("POST", &approve), reason, Some("a2"), Some("\"1\""))
            .await
            .expect(200);
        assert_eq!(done, twin);
        decide(&bench, &other_operations(), &proposed, "approve", "a3").await.refused(409, "already-decided");
        let own = bench.get(&finance(), &path).await.expect(200);
        assert_eq!((&own["status"], &own["reason"]), (&json!("approved"), &Value::Null), "the borrower");
        let history = format!("/loans/{loan}/repayments/{payment}/reversals");
        let history = bench.get(&officer(), &history).await.expect(200);
        assert_eq!(history["items"].as_array().unwrap().len(), 3);
        let audited =
            "SELECT action AS text FROM audit WHERE action LIKE 'loan.repayment_rever%' ORDER BY at, action";
        assert_eq!(
            bench.texts(audited).await,
            [
                "loan.repayment_reversal.propose",
                "loan.repayment_reversal.refuse",
                "loan.repayment_reversal.propose",
                "loan.repayment_reversal.withdraw",
                "loan.repayment_reversal.propose",
                "loan.repayment_reversal.approve",
                "loan.repayment_reversed",
            ]
        );
        let told = bench
            .texts("SELECT envelope AS text FROM outbox WHERE name = 'loan.repayment_reversed.v1'")
            .await;
        let told: Vec<Envelope> = told.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let Event::LoanRepaymentReversed(event) = &told[0].event else { panic!("{told:?}") };
        assert_eq!(told.len(), 1);
        assert_eq!(
            (event.principal.to_string(), event.outstanding.to_string(), event.facility_drawn.to_string()),
            ("1000.00".to_owned(), "600000.00".to_owned(), "600000.00".to_owned())
        );
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn room_that_was_lent_again_is_not_there_and_a_line_never_stands_above_its_limit() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let who = finance();
        let small = json!({
            "limit": "1000000.00", "collateral": { "rule": "unsecured", "up_to": "1000000.00" },
            "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "1000000.00" }],
        });
        let facility = line(&bench, small).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        let payment = paid(&bench, &loan, "300000.00", "r1").await;
        let other = drawn(&bench, &facility, json!({}), "d2").await;
        let full = taken(&bench, &facility).await;
        let refused = propose(&bench, &loan, &payment, "p1").await.refused(409, "line-has-no-room");
        assert_eq!(
            (&refused["needed"], &refused["available"]),
            (&json!("300000.00"), &json!("100000.00")),
            "{refused}"
        );
        assert_eq!(taken(&bench, &facility).await, full);
        repay(&bench, &other, "600000.00", "r2").await.expect(201);
        undone(&bench, &loan, &payment, "u1").await;
        assert_eq!(taken(&bench, &facility).await.0, "600000.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_payment_on_which_a_subsidy_or_the_release_of_a_pledge_rests_stays() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let lent = draw(&bench, &facility, &finance(), "900000.00", "d1").await.expect(201);
        let loan = lent["loan_id"].as_str().unwrap().to_owned();
        bench.at("2026-12-24T02:00:00Z");
        let payment = paid(&bench, &loan, "2587.50", "r1").await;
        let scheme = scheme(&bench, "interest", json!({}), "100000.00").await;
        let claim = json!({
            "kind": "interest", "scheme_id": scheme, "loan_id": loan, "period_from": "2026-12-01",
            "period_to": "2026-12-24",
        });
        let claim = bench.post(&finance(), "/subsidy-claims", claim).await.expect(201);
        let refused = propose(&bench, &loan, &payment, "p1").await.refused(409, "payment-claimed");
        assert_eq!(refused["claim"], claim["number"], "{refused}");
        let path = format!("/subsidy-claims/{}/decide", claim["id"].as_str().unwrap());
        let no = json!({ "approve": false, "reason": "还款有误" });
        bench.post(&manager(1), &path, no).await.expect(200);
        undone(&bench, &loan, &payment, "u1").await;
        // Nothing is left to claim of what was undone.
        let again = json!({
            "kind": "interest", "scheme_id": scheme, "loan_id": loan, "period_from": "2026-12-01",
            "period_to": "2026-12-24",
        });
        bench.post(&finance(), "/subsidy-claims", again).await.refused(409, "nothing-to-claim");
        let payoff = loan_of(&bench, &loan).await["payoff"].as_str().unwrap().to_owned();
        let settled = paid(&bench, &loan, &payoff, "r2").await;
        let pledges = bench.get(&operations(), "/pledges").await.expect(200);
        let pledge = &pledges["items"][0];
        let path = format!("/pledges/{}/cancel", pledge["id"].as_str().unwrap());
        let filed = bench.post(&operations(), &path, json!({ "reason": "结清" })).await;
        assert!(filed.status.is_success(), "{}", filed.body);
        let refused = propose(&bench, &loan, &settled, "p2").await.refused(409, "pledge-released");
        assert_eq!(refused["pledge"], pledge["number"], "{refused}");
        assert_eq!(loan_of(&bench, &loan).await["status"], "repaid");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_was_let_go_of_earlier_that_day_keeps_no_payment_from_being_undone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let pledges = bench.get(&operations(), "/pledges").await.expect(200);
        let first = format!("/pledges/{}", pledges["items"][0]["id"].as_str().unwrap());
        let why = json!({ "reason": "改用其他专利" });
        bench.post(&operations(), &format!("{first}/cancel"), why).await.expect(200);
        let gone = bench.post(&granter(), &format!("{first}/register"), json!({})).await.expect(200);
        assert_eq!((&gone["status"], &gone["cancelled_on"]), (&json!("cancelled"), &json!("2026-11-24")));
        pledged(&bench, &facility, &finance(), 2).await;
        let drawn = draw(&bench, &facility, &finance(), "900000.00", "d1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        let payment = paid(&bench, loan, "100000.00", "r1").await;
        undone(&bench, loan, &payment, "u1").await;
        assert_eq!(loan_of(&bench, loan).await["outstanding"], "900000.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn the_ledger_leads_to_the_payment_instead_of_reversing_it_alone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = drawn(&bench, &facility, json!({}), "d1").await;
        paid(&bench, &loan, "1000.00", "r1").await;
        let movements = bench.get(&operations(), &format!("/loans/{loan}/movements")).await.expect(200);
        let movements = movements["items"].as_array().unwrap();
        let payment = movements.iter().find(|one| one["kind"] == "loan.repayment").unwrap();
        let path = format!("/ledger/movements/{}/reversals", payment["id"].as_str().unwrap());
        let refused =
            bench.post(&operations(), &path, json!({ "reason": "记错" })).await.refused(409, "loan-step");
        assert!(refused.to_string().contains("还款明细"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_at_the_same_moment_comes_before_the_reversal_or_after_it() {
    for backend in Backend::available().unwrap() {
        let replicas = Bench::replicas(backend, Isolation::default(), 2).await;
        let replicas: Vec<Arc<Bench>> = replicas.into_iter().map(Arc::new).collect();
        let facility = line(&replicas[0], json!({})).await;
        let loan = drawn(&replicas[0], &facility, json!({}), "d1").await;
        let mut left: i64 = 600_000;
        for turn in 0..8 {
            let first = paid(&replicas[0], &loan, "1000.00", &format!("r{turn}")).await;
            let proposed = propose(&replicas[0], &loan, &first, &format!("p{turn}")).await.expect(201);
            let undo = {
                let bench = Arc::clone(&replicas[0]);
                tokio::spawn(async move {
                    decide(&bench, &other_operations(), &proposed, "approve", &format!("a{turn}")).await
                })
            };
            let pay = {
                let (bench, loan) = (Arc::clone(&replicas[1]), loan.clone());
                tokio::spawn(async move { repay(&bench, &loan, "200.00", &format!("n{turn}")).await })
            };
            pay.await.unwrap().expect(201);
            let undo = undo.await.unwrap();
            left -= 200;
            if undo.status.as_u16() == 409 {
                undo.refused(409, "payment-not-last");
                left -= 1_000;
            } else {
                undo.expect(200);
            }
            assert_eq!(loan_of(&replicas[1], &loan).await["outstanding"], format!("{left}.00"));
            all_agree(&replicas[0]).await;
        }
    }
}
