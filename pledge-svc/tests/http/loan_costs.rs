//! What a loan costs beside its interest: the penalty for misuse, fees charged and waived, the fee for repaying ahead.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Answer, Bench, approver, examiner, finance, officer, operations, other_officer},
    facility::{draw, pledged, repay},
};

/// A loan of 1,000,000 at 3.45 % for twelve months from 2026-11-24, interest every month.
async fn lent(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn propose(bench: &Bench, loan: &str, change: Value) -> Answer {
    let body = json!({ "change": change, "reason": "贷后检查" });
    bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await
}

async fn approve(bench: &Bench, who: &Caller, adjustment: &Value) -> Answer {
    let path = format!("/adjustments/{}/approve", adjustment["id"].as_str().unwrap());
    bench.post(who, &path, json!({ "reason": "同意" })).await
}

async fn changed(bench: &Bench, loan: &str, change: Value) -> Value {
    let proposed = propose(bench, loan, change).await.expect(201);
    approve(bench, &approver(), &proposed).await.expect(200)
}

async fn loan_of(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200)
}

async fn charge(bench: &Bench, loan: &str, amount: &str, key: &str) -> Answer {
    let body = json!({ "amount": amount, "reason": "公证费" });
    bench.send(&officer(), "POST", &format!("/loans/{loan}/fees"), body, Some(key)).await
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

/// The balance of an account of the officer's bank: debits less credits.
async fn account(bench: &Bench, code: &str) -> String {
    let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
    assert_eq!(body["totals"]["debit"], body["totals"]["credit"], "{body}");
    let rows = body["accounts"].as_array().unwrap();
    rows.iter()
        .find(|row| row["account"] == code)
        .map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
}

async fn all_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
}

fn misuse(amount: &str, since: &str) -> Value {
    json!({ "kind": "misuse", "amount": amount, "since": since, "surcharge": "0.8" })
}

#[tokio::test]
async fn misused_principal_bears_its_rate_from_its_first_day_until_two_people_end_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2026-12-04T02:00:00Z");
        let change = misuse("400000.00", "2026-11-24");
        let path = format!("/loans/{loan}/adjustments");
        let preview = bench.post(&officer(), &format!("{path}/preview"), change.clone()).await.expect(200);
        // 400,000 at 80 % of 3.45 % for ten days.
        assert_eq!(
            (&preview["before"]["penalty"], &preview["after"]["penalty"]),
            (&json!("0.00"), &json!("306.67"))
        );
        assert_eq!(preview["before"]["plan"], preview["after"]["plan"]);
        let both = Caller { roles: vec![Role::LoanOfficer, Role::CreditApprover], ..officer() };
        let proposed = propose(&bench, &loan, change).await.expect(201);
        approve(&bench, &both, &proposed).await.refused(403, "four-eyes");
        assert_eq!(loan_of(&bench, &loan).await["misuse"], Value::Null, "it waits");
        approve(&bench, &approver(), &proposed).await.expect(200);
        let seen = loan_of(&bench, &loan).await;
        assert_eq!((&seen["misuse"]["amount"], &seen["penalty"]), (&json!("400000.00"), &json!("306.67")));
        assert_eq!((&seen["plan_version"], &seen["overdue_days"]), (&json!(0), &json!(0)));
        let rate: f64 = seen["misuse_rate"].as_str().unwrap().parse().unwrap();
        assert!((rate - 0.0621).abs() < 1e-12, "{rate}");
        let risk = bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200);
        assert_eq!((&risk["tier"], &risk["reasons"][0]["article"]), (&json!("special_mention"), &json!(10)));
        let statement = bench.get(&finance(), &format!("/loans/{loan}/statement")).await.expect(200);
        assert_eq!(
            (&statement["owed"]["misused"], &statement["owed"]["penalty"]),
            (&json!("400000.00"), &json!("306.67"))
        );
        // Ten days of 95.83… and of 30.66… are receivable.
        close(&bench, "2026-12-03").await;
        assert_eq!(account(&bench, "1132").await, "1265.00");
        propose(&bench, &loan, misuse("1.00", "2026-12-01")).await.refused(409, "misused");
        // The penalty is served before interest.
        let paid = repay(&bench, &loan, "306.67", "r1").await.expect(201);
        assert_eq!((&paid["penalty"], &paid["principal"]), (&json!("306.67"), &json!("0.00")));
        bench.at("2026-12-14T02:00:00Z");
        assert_eq!(loan_of(&bench, &loan).await["penalty"], "306.67");
        changed(&bench, &loan, json!({ "kind": "misuse_ended" })).await;
        bench.at("2026-12-24T02:00:00Z");
        let ended = loan_of(&bench, &loan).await;
        assert_eq!((&ended["misuse"], &ended["penalty"]), (&Value::Null, &json!("306.67")));
        assert_eq!(ended["next_due"]["total"], "3181.67", "thirty days of interest and the penalty");
        repay(&bench, &loan, "3181.67", "r2").await.expect(201);
        let paid = loan_of(&bench, &loan).await;
        assert_eq!((&paid["penalty"], &paid["payoff"]), (&json!("0.00"), &json!("1000000.00")));
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_misuse_that_cannot_be_is_refused_and_changes_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let before = loan_of(&bench, &loan).await;
        let day = "2026-11-24";
        for (change, field) in [
            (misuse("0.00", day), "amount"),
            (misuse("-1.00", day), "amount"),
            (misuse("1000000.01", day), "amount"),
            (misuse("1.00", "2026-11-23"), "since"),
            (misuse("1.00", "2026-11-25"), "since"),
            (json!({ "kind": "misuse", "amount": "1.00", "since": day, "surcharge": "0.49" }), "surcharge"),
            (json!({ "kind": "misuse", "amount": "1.00", "since": day, "surcharge": "1.01" }), "surcharge"),
        ] {
            let refused = propose(&bench, &loan, change).await.refused(422, "invalid-request");
            assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        }
        propose(&bench, &loan, json!({ "kind": "misuse_ended" })).await.refused(409, "not-misused");
        let body = json!({ "change": misuse("1.00", day), "reason": "x" });
        let path = format!("/loans/{loan}/adjustments");
        bench.post(&other_officer(), &path, body.clone()).await.refused(404, "not-found");
        bench.post(&finance(), &path, body).await.refused(403, "forbidden");
        assert_eq!(loan_of(&bench, &loan).await, before);
        // What the loan's product says is taken where nothing is said: as much again.
        let plain = json!({ "kind": "misuse", "amount": "1000000.00", "since": day });
        changed(&bench, &loan, plain).await;
        let seen = loan_of(&bench, &loan).await;
        let surcharge: f64 = seen["misuse"]["surcharge"].as_str().unwrap().parse().unwrap();
        assert!((surcharge - 1.0).abs() < 1e-12, "{seen}");
    }
}

#[tokio::test]
async fn what_is_misused_and_overdue_bears_one_penalty_the_higher() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2027-11-24T02:00:00Z");
        changed(&bench, &loan, json!({ "kind": "misuse", "amount": "1000000.00", "since": "2027-11-24" }))
            .await;
        bench.at("2028-01-08T02:00:00Z");
        let late = loan_of(&bench, &loan).await;
        // Forty-five days at 6.90 %; at 5.175 % it would have been 6,468.75, both together 15,093.75.
        assert_eq!((&late["overdue_principal"], &late["penalty"]), (&json!("1000000.00"), &json!("8625.00")));
    }
}

#[tokio::test]
async fn fees_are_charged_within_bounds_and_waived_by_two_people() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let body = json!({ "amount": "300.00", "reason": "公证费" });
        let path = format!("/loans/{loan}/fees");
        bench.post(&officer(), &path, body.clone()).await.refused(400, "idempotency-key-required");
        bench.send(&other_officer(), "POST", &path, body.clone(), Some("f0")).await.refused(404, "not-found");
        bench.send(&finance(), "POST", &path, body, Some("f0")).await.refused(403, "forbidden");
        for amount in ["0.00", "-1.00", "100000000.01", "92233720368547758.07"] {
            charge(&bench, &loan, amount, &format!("bad-{amount}")).await.refused(422, "invalid-request");
        }
        let charged = charge(&bench, &loan, "300.00", "f1").await.expect(201);
        assert_eq!(charged["fees"], "300.00");
        assert_eq!(charge(&bench, &loan, "300.00", "f1").await.expect(201), charged, "once");
        let refused = charge(&bench, &loan, "100000000.00", "f2").await.refused(409, "fees-too-high");
        assert_eq!((&refused["fees"], &refused["left"]), (&json!("300.00"), &json!("99999700.00")));
        let sql = "SELECT envelope AS text FROM outbox WHERE name = 'loan.state_changed.v1' ORDER BY version";
        let told = bench.texts(sql).await.pop().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["event"]["data"]["cause"], "fee");
        let waive = |amount: &str| json!({ "kind": "fee_waiver", "amount": amount });
        propose(&bench, &loan, waive("300.01")).await.refused(409, "no-such-fees");
        propose(&bench, &loan, waive("0.00")).await.refused(409, "no-such-fees");
        let both = Caller { roles: vec![Role::LoanOfficer, Role::CreditApprover], ..officer() };
        let proposed = propose(&bench, &loan, waive("100.00")).await.expect(201);
        approve(&bench, &both, &proposed).await.refused(403, "four-eyes");
        assert_eq!(loan_of(&bench, &loan).await["fees"], "300.00");
        approve(&bench, &approver(), &proposed).await.expect(200);
        let seen = loan_of(&bench, &loan).await;
        assert_eq!((&seen["fees"], &seen["payoff"]), (&json!("200.00"), &json!("1000200.00")));
        let paid = repay(&bench, &loan, "200.00", "r1").await.expect(201);
        assert_eq!((&paid["fees"], &paid["principal"]), (&json!("200.00"), &json!("0.00")));
        assert_eq!(account(&bench, "6021").await, "-200.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn repaying_ahead_costs_what_the_product_says_and_is_fee_income() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let asked = json!({ "enterprise_id": finance().tenant, "amount": "1200000.00", "tenor_months": 12,
            "product": "equipment" });
        let path = format!("/facilities/{facility}/drawdowns");
        let drawn = bench.send(&finance(), "POST", &path, asked, Some("k1")).await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap().to_owned();
        bench.at("2026-12-04T02:00:00Z");
        // Ten days of 115.00, and half a per cent of the principal that is not due.
        let payoff = bench.get(&finance(), &format!("/loans/{loan}/payoff")).await.expect(200);
        assert_eq!(
            (&payoff["prepayment_fee"], &payoff["fees"], &payoff["total"]),
            (&json!("6000.00"), &json!("0.00"), &json!("1207150.00"))
        );
        let free = bench.get(&finance(), &format!("/loans/{loan}/payoff?on=2027-11-24")).await.expect(200);
        assert_eq!(free["prepayment_fee"], "0.00", "all has fallen due");
        let statement = bench.get(&finance(), &format!("/loans/{loan}/statement")).await.expect(200);
        assert_eq!(
            (&statement["owed"]["prepayment_fee"], &statement["owed"]["payoff"]),
            (&json!("6000.00"), &json!("1207150.00"))
        );
        let part = repay(&bench, &loan, "101650.00", "r1").await.expect(201);
        assert_eq!(
            (&part["interest"], &part["fees"], &part["principal"]),
            (&json!("1150.00"), &json!("500.00"), &json!("100000.00"))
        );
        assert_eq!(account(&bench, "6021").await, "-500.00");
        let seen = loan_of(&bench, &loan).await;
        assert_eq!((&seen["prepayment_fee"], &seen["payoff"]), (&json!("5500.00"), &json!("1105500.00")));
        let beyond = repay(&bench, &loan, "1105500.01", "r2").await.refused(409, "above-outstanding");
        assert_eq!(beyond["owed"], "1105500.00");
        let rest = repay(&bench, &loan, "1105500.00", "r3").await.expect(201);
        assert_eq!((&rest["fees"], &rest["status"]), (&json!("5500.00"), &json!("repaid")));
        assert_eq!(account(&bench, "6021").await, "-6000.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_payment_after_which_interest_is_owed_left_the_loan_open() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        // Beyond ninety days principal is served first.
        bench.at("2028-03-01T02:00:00Z");
        let first = repay(&bench, &loan, "1000000.00", "r1").await.expect(201);
        assert_eq!((&first["outstanding"], &first["status"]), (&json!("0.00"), &json!("active")));
        let path = format!("/loans/{loan}/repayments");
        let states = async || {
            let rows = bench.get(&officer(), &path).await.expect(200)["items"].as_array().unwrap().clone();
            rows.iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(states().await, ["active"]);
        let owed = loan_of(&bench, &loan).await["payoff"].as_str().unwrap().to_owned();
        let last = repay(&bench, &loan, &owed, "r2").await.expect(201);
        assert_eq!(last["status"], "repaid");
        assert_eq!(states().await, ["repaid", "active"], "newest first");
    }
}

#[tokio::test]
async fn unpaid_penalty_bears_interest_under_a_product_that_says_so_and_under_no_other() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let manager = Caller {
            user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
            roles: vec![Role::RiskManager],
            ..officer()
        };
        let products = bench.get(&officer(), "/parameters/lending_products").await.expect(200);
        let mut content = products["content"].clone();
        let mut product = content["products"][0].clone();
        assert_eq!(product["penalty_compounds"], false, "off by default");
        product["code"] = json!("compounding");
        product["penalty_compounds"] = json!(true);
        content["products"].as_array_mut().unwrap().push(product);
        let body = json!({ "content": content, "effective_from": "2026-11-24", "reason": "合同约定" });
        let path = "/parameters/lending_products/proposals";
        let proposed = bench.post(&manager, path, body).await.expect(201);
        let path = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({})).await.expect(200);
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let mut owed = Vec::new();
        for product in ["compounding", "standard"] {
            let asked = json!({ "enterprise_id": finance().tenant, "amount": "1000000.00", "tenor_months": 12,
                "repayment": "bullet", "product": product });
            let path = format!("/facilities/{facility}/drawdowns");
            let drawn = bench.send(&finance(), "POST", &path, asked, Some(product)).await.expect(201);
            owed.push(drawn["loan_id"].as_str().unwrap().to_owned());
        }
        bench.at("2028-01-24T02:00:00Z");
        let (compounding, standard) = (loan_of(&bench, &owed[0]).await, loan_of(&bench, &owed[1]).await);
        assert_eq!(compounding["conditions"]["penalty_compounds"], true);
        assert_eq!(compounding["penalty"], standard["penalty"]);
        // 34,979.17 of interest for 61 days at 5.175 %; and 4,312.50 of penalty, which stood on 24 December, for 31 days.
        assert_eq!(standard["interest_on_interest"], "306.72");
        assert_eq!(compounding["interest_on_interest"], "325.94");
    }
}
