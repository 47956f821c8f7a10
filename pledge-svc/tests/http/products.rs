//! Drawing under a bank's lending products: the terms that a loan takes, what a product refuses, and what it costs to
//! repay ahead.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::bench::{Answer, Bench, approver, examiner, finance, officer, other_finance, other_officer};

/// The risk manager of the officer's bank.
pub fn risk_manager() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    }
}

/// An active line of fifty million for one member, without collateral; `changes` beside that.
pub async fn line(bench: &Bench, changes: Value) -> String {
    let who = finance();
    let mut proposal = json!({
        "name": "设备更新集合授信", "cluster": "集群", "industry": "C26", "limit": "50000000.00", "revolving": true,
        "available_from": "2026-01-01", "available_until": "2029-12-31", "annual_rate": "0.0345",
        "tenor_cap_months": 48, "single_member_cap": "1", "ltv_cap": "0.6",
        "collateral": {"rule": "unsecured", "up_to": "50000000.00"},
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "50000000.00" }],
    });
    for (name, value) in changes.as_object().unwrap() {
        proposal[name] = value.clone();
    }
    let proposed_with_others = proposal.get("shares").is_some();
    let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    if proposed_with_others {
        bench.participants_agree(&id, &format!("/facilities/{id}")).await;
    }
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    id
}

/// A draw of 600,000 with what is said beside it.
pub async fn draw_as(bench: &Bench, facility: &str, beside: Value, key: &str) -> Answer {
    let body = asked(beside);
    bench.send(&finance(), "POST", &format!("/facilities/{facility}/drawdowns"), body, Some(key)).await
}

fn asked(beside: Value) -> Value {
    let mut body = json!({ "enterprise_id": finance().tenant, "amount": "600000.00", "tenor_months": 12 });
    for (name, value) in beside.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub async fn loan_of(bench: &Bench, drawn: &Value) -> Value {
    let loan = drawn["loan_id"].as_str().unwrap();
    bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200)
}

pub async fn all_agree(bench: &Bench) {
    for path in ["/ledger/reconciliation", "/ledger/control-accounts"] {
        let body = bench.get(&examiner(), path).await.expect(200);
        for one in body["items"].as_array().unwrap() {
            assert_eq!(one["agrees"], json!(true), "{one}");
        }
    }
}

/// The officer's bank sets its products: what ships, changed.
pub async fn set_products(bench: &Bench, change: impl FnOnce(&mut Vec<Value>), from: &str) -> Answer {
    let shipped = bench.get(&officer(), "/parameters/lending_products").await.expect(200);
    let mut content = shipped["content"].clone();
    change(content["products"].as_array_mut().unwrap());
    let body = json!({ "content": content, "effective_from": from, "reason": "调整产品" });
    bench.post(&risk_manager(), "/parameters/lending_products/proposals", body).await
}

pub async fn approve_products(bench: &Bench, proposed: &Value) {
    let id = proposed["id"].as_str().unwrap();
    let path = format!("/parameters/lending_products/proposals/{id}/approve");
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_member_reads_the_products_of_the_bank_whose_line_it_draws_on() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let path = format!("/facilities/{facility}/products");
        let offered = bench.get(&finance(), &path).await.expect(200);
        let codes: Vec<&str> =
            offered["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(
            codes,
            ["standard", "quarterly_interest", "equipment", "lpr_floating", "quarterly_settled"]
        );
        for stranger in [other_finance(), other_officer()] {
            bench.get(&stranger, &path).await.refused(404, "not-found");
        }
    }
}

#[tokio::test]
async fn a_draw_under_the_standard_product_is_the_draw_that_names_none_at_no_more_cost() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let mut steps = Vec::new();
        let mut loans = Vec::new();
        for (beside, key) in [
            (json!({}), "warm"),
            (json!({}), "none"),
            (json!({ "product": "standard", "grace": 0 }), "named"),
            (json!({ "product": "quarterly_interest" }), "other"),
        ] {
            let before = bench.db.probe().steps();
            let drawn = draw_as(&bench, &facility, beside, key).await.expect(201);
            steps.push(bench.db.probe().steps() - before);
            loans.push(loan_of(&bench, &drawn).await);
        }
        assert_eq!(steps[1], steps[2], "naming the standard product reads nothing");
        assert!(steps[3] > steps[2], "another product is read");
        for field in ["every_months", "grace", "product", "penalty_rate", "conditions", "pricing", "next_due"]
        {
            assert_eq!(loans[1][field], loans[2][field], "{field}");
        }
        assert_eq!((&loans[1]["product"], &loans[1]["every_months"]), (&json!("standard"), &json!(1)));
        assert_eq!(loans[1]["penalty_rate"].as_str().unwrap().trim_end_matches('0'), "0.05175");
        assert_eq!(loans[1]["admits_tranche"], false);
    }
}

#[tokio::test]
async fn a_loan_takes_the_terms_of_its_product_and_its_first_due_date_follows() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let beside = json!({ "product": "quarterly_interest" });
        let path = format!("/facilities/{facility}/drawdowns/preview");
        let preview = bench.post(&finance(), &path, asked(beside.clone())).await.expect(200);
        let drawn = draw_as(&bench, &facility, beside, "k").await.expect(201);
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!((&loan["every_months"], &loan["holiday_grace"]), (&json!(3), &json!(true)));
        assert_eq!(loan["conditions"]["name_zh"], "按季付息流动资金贷款");
        assert_eq!(loan["next_due"]["due"], "2027-02-24");
        let schedule = format!("/loans/{}/schedule", drawn["loan_id"].as_str().unwrap());
        let schedule = bench.get(&finance(), &schedule).await.expect(200);
        let dues: Vec<&str> = schedule["instalments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["due"].as_str().unwrap())
            .collect();
        assert_eq!(dues, ["2027-02-24", "2027-05-24", "2027-08-24", "2027-11-24"]);
        assert_eq!(preview["schedule"], schedule, "what was shown before the draw is what was agreed");
        assert_eq!(preview["conditions"], loan["conditions"]);
        let told = bench.texts("SELECT envelope AS text FROM outbox WHERE name = 'loan.drawn.v1'").await;
        let told: Value = serde_json::from_str(&told[0]).unwrap();
        assert_eq!(told["event"]["data"]["next_due_on"], "2027-02-24");
        // A settlement day: the first period is short, and the last ends with the loan.
        let drawn =
            draw_as(&bench, &facility, json!({ "product": "quarterly_settled" }), "s").await.expect(201);
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!((&loan["due_day"], &loan["level_last"]), (&json!(20), &json!(false)));
        assert_eq!(
            (&loan["next_due"]["due"], &loan["matures_on"]),
            (&json!("2026-12-20"), &json!("2027-11-24"))
        );
        // Grace: six instalments of interest alone, unless the draw asks for others.
        let drawn =
            draw_as(&bench, &facility, json!({ "product": "equipment", "grace": 3 }), "g").await.expect(201);
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!((&loan["grace"], &loan["repayment"]), (&json!(3), &json!("equal_principal")));
        assert_eq!(
            (&loan["conditions"]["tranche_until"], &loan["admits_tranche"]),
            (&json!("2027-11-24"), &json!(true))
        );
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_a_product_does_not_admit_is_refused_with_its_code_and_changes_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        for (number, (beside, slug)) in [
            (json!({ "product": "nothing" }), "unknown-product"),
            (json!({ "product": "quarterly_interest", "repayment": "bullet" }), "repayment-not-admitted"),
            (json!({ "product": "quarterly_interest", "tenor_months": 10 }), "tenor-not-multiple"),
            (json!({ "product": "quarterly_interest", "tenor_months": 39 }), "product-tenor-exceeded"),
            (json!({ "product": "equipment", "tenor_months": 24, "grace": 13 }), "grace-too-long"),
            (json!({ "grace": 1 }), "grace-too-long"),
            (json!({ "product": "lpr_floating" }), "no-lpr-fixing"),
            (json!({ "product": "equipment", "tenor_months": 49 }), "tenor-exceeded"),
        ]
        .into_iter()
        .enumerate()
        {
            let key = format!("k{number}");
            let refused = draw_as(&bench, &facility, beside.clone(), &key).await.refused(409, slug);
            let again = draw_as(&bench, &facility, beside.clone(), &key).await.refused(409, slug);
            assert_eq!(refused["detail"], again["detail"]);
            let path = format!("/facilities/{facility}/drawdowns/preview");
            bench.post(&finance(), &path, asked(beside)).await.refused(409, slug);
        }
        let seen = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(seen["drawn"], "0.00");
        let path = format!("/facilities/{facility}/drawdowns/preview");
        bench.post(&other_finance(), &path, asked(json!({}))).await.refused(404, "not-found");
        bench.post(&officer(), &path, asked(json!({}))).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn a_floating_loan_keeps_the_spread_of_its_draw_and_waits_for_its_first_reset() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let fixing =
            json!({ "date": "2026-11-20", "one_year": "0.03", "five_year": "0.035", "source": "公告" });
        let body = json!({ "content": { "fixings": [fixing] }, "effective_from": "2026-11-24", "reason": "补录公告" });
        let proposed =
            bench.post(&risk_manager(), "/parameters/reference_rates/proposals", body).await.expect(201);
        let path =
            format!("/parameters/reference_rates/proposals/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({})).await.expect(200);
        let beside = json!({ "product": "lpr_floating", "tenor_months": 24 });
        let drawn = draw_as(&bench, &facility, beside, "k").await.expect(201);
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!(
            loan["pricing"],
            json!({ "spread_bp": 45, "reset": "anniversary", "reset_on": "2027-11-24" })
        );
        assert_eq!(loan["annual_rate"].as_str().unwrap().trim_end_matches('0'), "0.0345");
        // A surcharge of 30 %: 3.45 % × 1.3.
        assert_eq!(loan["penalty_rate"].as_str().unwrap().trim_end_matches('0'), "0.04485");
    }
}

#[tokio::test]
async fn repaying_ahead_costs_the_products_fee_and_the_payoff_names_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let drawn = draw_as(&bench, &facility, json!({ "product": "equipment" }), "k").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap().to_owned();
        let pay = |amount: &'static str, key: &'static str| {
            let (bench, loan) = (&bench, loan.clone());
            async move {
                let path = format!("/loans/{loan}/repayments");
                bench.send(&finance(), "POST", &path, json!({ "amount": amount }), Some(key)).await
            }
        };
        // On the day of the draw no interest has run: 100,000 of principal and half a per cent of it.
        let paid = pay("100500.00", "p1").await.expect(201);
        assert_eq!((&paid["principal"], &paid["fees"]), (&json!("100000.00"), &json!("500.00")));
        let view = loan_of(&bench, &drawn).await;
        assert_eq!((&view["payoff"], &view["prepayment_fee"]), (&json!("502500.00"), &json!("2500.00")));
        let above = pay("502500.01", "p2").await.refused(409, "above-outstanding");
        assert_eq!(above["owed"], "502500.00");
        let last = pay("502500.00", "p3").await.expect(201);
        assert_eq!((&last["status"], &last["fees"]), (&json!("repaid"), &json!("2500.00")));
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_bank_adds_a_product_of_its_own_and_what_a_loan_agreed_stays_when_it_goes() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let altered =
            set_products(&bench, |all| all[0]["penalty_surcharge"] = json!("0.3"), "2026-11-24").await;
        assert_eq!(altered.refused(422, "invalid-request")["errors"][0]["field"], "content.products");
        let own = |all: &mut Vec<Value>| {
            let mut one = all[1].clone();
            one["code"] = json!("half_yearly");
            one["name_zh"] = json!("按半年付息贷款");
            one["every_months"] = json!(6);
            one["penalty_surcharge"] = json!("0.4");
            all.push(one);
        };
        let proposed = set_products(&bench, own, "2026-11-24").await.expect(201);
        let asks = json!({ "product": "half_yearly" });
        draw_as(&bench, &facility, asks.clone(), "early").await.refused(409, "unknown-product");
        approve_products(&bench, &proposed).await;
        let drawn = draw_as(&bench, &facility, asks.clone(), "k").await.expect(201);
        let before = loan_of(&bench, &drawn).await;
        assert_eq!(
            (&before["every_months"], &before["conditions"]["name_zh"]),
            (&json!(6), &json!("按半年付息贷款"))
        );
        let gone = set_products(&bench, |all| all.truncate(1), "2026-11-24").await.expect(201);
        approve_products(&bench, &gone).await;
        draw_as(&bench, &facility, asks, "late").await.refused(409, "unknown-product");
        let after = loan_of(&bench, &drawn).await;
        for field in ["every_months", "product", "conditions", "penalty_rate", "next_due"] {
            assert_eq!(before[field], after[field], "{field}");
        }
    }
}
