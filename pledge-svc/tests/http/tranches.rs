//! Further tranches of a running loan: what they move, what refuses them, and what holds under load and breaks.

use std::sync::Arc;

use finance::Money;
use identity::Caller;
use serde_json::{Value, json};
use tx_kit::{
    Isolation,
    testing::{Backend, Break},
};

use super::{
    bench::{Answer, Bench, finance, officer, operations, other_finance, other_officer},
    products::{all_agree, approve_products, draw_as, line, loan_of, risk_manager, set_products},
};

async fn tranche(bench: &Bench, loan: &str, amount: &str, key: &str) -> Answer {
    let body = json!({ "amount": amount, "purpose": "设备尾款" });
    bench.send(&finance(), "POST", &format!("/loans/{loan}/tranches"), body, Some(key)).await
}

async fn preview(bench: &Bench, who: &Caller, loan: &str, amount: &str) -> Answer {
    bench.post(who, &format!("/loans/{loan}/tranches/preview"), json!({ "amount": amount })).await
}

async fn repay(bench: &Bench, loan: &str, amount: &str, key: &str) -> Answer {
    let body = json!({ "amount": amount });
    bench.send(&finance(), "POST", &format!("/loans/{loan}/repayments"), body, Some(key)).await
}

async fn schedule(bench: &Bench, loan: &str) -> Value {
    bench.get(&finance(), &format!("/loans/{loan}/schedule")).await.expect(200)
}

/// A loan of 600,000 whose product admits tranches; its id.
async fn lent(bench: &Bench, facility: &str, beside: Value, key: &str) -> String {
    let mut asks = json!({ "product": "equipment" });
    for (name, value) in beside.as_object().unwrap() {
        asks[name] = value.clone();
    }
    let drawn = draw_as(bench, facility, asks, key).await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn drawn_on(bench: &Bench, facility: &str) -> String {
    let body = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
    body["drawn"].as_str().unwrap().to_owned()
}

/// Closes up to a day; a request works for some seconds at a time.
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

fn syndicate() -> Value {
    json!({ "shares": [
        { "bank_id": officer().tenant, "share": "0.3333" },
        { "bank_id": other_officer().tenant, "share": "0.6667" },
    ] })
}

#[tokio::test]
async fn a_tranche_moves_line_member_loan_shares_plan_and_ledger_together() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, syndicate()).await;
        let loan = lent(&bench, &facility, json!({ "amount": "600000.01" }), "k").await;
        bench.at("2026-12-10T02:00:00Z");
        close(&bench, "2026-12-09").await;
        let shown = preview(&bench, &finance(), &loan, "300000.05").await.expect(200);
        assert_eq!(shown["outstanding_after"], "900000.06");
        let drawn = tranche(&bench, &loan, "300000.05", "t").await.expect(201);
        assert_eq!((&drawn["principal"], &drawn["outstanding"]), (&json!("900000.06"), &json!("900000.06")));
        assert_eq!((&drawn["matures_on"], &drawn["plan_version"]), (&json!("2027-11-24"), &json!(1)));
        assert_eq!(
            (&drawn["facility"]["drawn"], &drawn["member"]["drawn"]),
            (&json!("900000.06"), &json!("900000.06"))
        );
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        let sum = |field: &str| -> i64 {
            let shares = view["shares"].as_array().unwrap();
            shares.iter().map(|one| one[field].as_str().unwrap().parse::<Money>().unwrap().fen()).sum()
        };
        assert_eq!((sum("amount"), sum("outstanding")), (90_000_006, 90_000_006));
        // 300,000.05 at 33.33 % and 66.67 %: 99,990.016… and 200,010.033…; the fen goes to the larger remainder.
        assert_eq!(view["shares"][0]["amount"], "299970.02");
        let plan = schedule(&bench, &loan).await;
        assert_eq!(plan, shown["after"], "what was shown is what was done");
        assert_eq!(plan["totals"]["principal"], "900000.06");
        // Sixteen days at 600,000.01 and fourteen at 900,000.06, 3.45 %, actual/360: 920.00 + 1,207.50.
        assert_eq!(
            (&plan["instalments"][0]["due"], &plan["instalments"][0]["interest"]),
            (&json!("2026-12-24"), &json!("2127.50"))
        );
        assert_eq!(plan["instalments"][11]["due"], "2027-11-24");
        let listed = bench.get(&officer(), &format!("/loans/{loan}/tranches")).await.expect(200);
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["amount"]),
            (&drawn["id"], &json!("300000.05"))
        );
        let told =
            bench.texts("SELECT envelope AS text FROM outbox WHERE name = 'loan.tranche_drawn.v1'").await;
        let told: Value = serde_json::from_str(&told[0]).unwrap();
        let data = &told["event"]["data"];
        assert_eq!((&data["amount"], &data["outstanding"]), (&json!("300000.05"), &json!("900000.06")));
        assert_eq!(
            (&data["facility_drawn"], &data["member_drawn"]),
            (&json!("900000.06"), &json!("900000.06"))
        );
        assert_eq!(data["shares"][0]["amount"], "99990.02");
        all_agree(&bench).await;
        // Closed and paid on, the loan still ends at nothing in every book.
        bench.at("2026-12-24T02:00:00Z");
        close(&bench, "2026-12-23").await;
        all_agree(&bench).await;
        let view = bench.get(&finance(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(view["next_due"], json!({ "due": "2026-12-24", "total": "2127.50" }));
        let payoff = view["payoff"].as_str().unwrap().to_owned();
        assert_eq!(repay(&bench, &loan, &payoff, "r").await.expect(201)["status"], "repaid");
        assert_eq!(drawn_on(&bench, &facility).await, "0.00");
        all_agree(&bench).await;
        let statement = format!("/loans/{loan}/statement?from=2026-11-01&to=2026-12-24");
        let statement = bench.get(&officer(), &statement).await.expect(200);
        let lines = statement["lines"].as_array().unwrap();
        let drawn: Vec<(&Value, &Value)> = lines
            .iter()
            .filter(|one| one["kind"] == "drawdown")
            .map(|one| (&one["on"], &one["principal"]))
            .collect();
        let expected = [("2026-11-24", "600000.01"), ("2026-12-10", "300000.05")]
            .map(|(on, sum)| (json!(on), json!(sum)));
        assert_eq!(drawn, expected.iter().map(|(on, sum)| (on, sum)).collect::<Vec<_>>());
        assert_eq!(statement["closing"], "0.00");
    }
}

#[tokio::test]
async fn a_retried_tranche_is_drawn_once_and_needs_its_key() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let loan = lent(&bench, &facility, json!({}), "k").await;
        let first = tranche(&bench, &loan, "1000.00", "t").await.expect(201);
        assert_eq!(tranche(&bench, &loan, "1000.00", "t").await.expect(201), first);
        tranche(&bench, &loan, "2000.00", "t").await.refused(422, "idempotency-key-reused");
        assert_eq!(drawn_on(&bench, &facility).await, "601000.00");
        let path = format!("/loans/{loan}/tranches");
        bench
            .post(&finance(), &path, json!({ "amount": "1.00" }))
            .await
            .refused(400, "idempotency-key-required");
        for amount in ["0.00", "-1.00", "0.001", "999999999999999999999.00"] {
            let status = tranche(&bench, &loan, amount, amount).await.status.as_u16();
            assert_eq!(status, 422, "{amount}");
        }
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_that_does_not_admit_a_tranche_says_why() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let both = async |loan: &str, slug: &str, key: &str| {
            tranche(&bench, loan, "1000.00", key).await.refused(409, slug);
            preview(&bench, &finance(), loan, "1000.00").await.refused(409, slug);
        };
        let standard = draw_as(&bench, &facility, json!({}), "standard").await.expect(201);
        both(standard["loan_id"].as_str().unwrap(), "tranche-not-admitted", "t1").await;
        let repaid = lent(&bench, &facility, json!({}), "repaid").await;
        repay(&bench, &repaid, "603000.00", "r1").await.expect(201);
        both(&repaid, "loan-not-active", "t2").await;
        let disposed = lent(&bench, &facility, json!({}), "disposed").await;
        let case = json!({ "loan_id": disposed, "cause": "decision", "reason": "挪用贷款资金" });
        bench.post(&risk_manager(), "/disposal-cases", case).await.expect(201);
        both(&disposed, "in-disposal", "t3").await;
        let short = |all: &mut Vec<Value>| {
            let mut one = all[2].clone();
            one["code"] = json!("short_window");
            one["tranche_months"] = json!(1);
            all.push(one);
        };
        let proposed = set_products(&bench, short, "2026-11-24").await.expect(201);
        approve_products(&bench, &proposed).await;
        let windowed = lent(&bench, &facility, json!({ "product": "short_window" }), "window").await;
        let overdue = lent(&bench, &facility, json!({}), "overdue").await;
        bench.at("2026-12-24T02:00:00Z");
        tranche(&bench, &windowed, "1000.00", "last").await.expect(201);
        let view = bench.get(&finance(), &format!("/loans/{windowed}")).await.expect(200);
        repay(&bench, &windowed, view["next_due"]["total"].as_str().unwrap(), "r2").await.expect(201);
        bench.at("2026-12-25T02:00:00Z");
        both(&windowed, "tranche-window-passed", "t4").await;
        both(&overdue, "loan-overdue", "t5").await;
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_tranche_keeps_to_the_rules_of_the_line_as_a_draw_does() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({ "available_until": "2026-12-15" })).await;
        let loan = lent(&bench, &facility, json!({}), "k").await;
        let above = tranche(&bench, &loan, "49400000.01", "above").await.refused(409, "limit-exceeded");
        assert_eq!(above["available"], "49400000.00");
        let path = format!("/loans/{loan}/tranches");
        let body = json!({ "amount": "1.00" });
        let stale =
            bench.send_seen(&finance(), ("POST", &path), body.clone(), Some("s"), Some("\"99\"")).await;
        stale.refused(412, "stale-version");
        let etag = bench.get(&finance(), &format!("/loans/{loan}")).await.etag.unwrap();
        bench.send_seen(&finance(), ("POST", &path), body.clone(), Some("s"), Some(&etag)).await.expect(201);
        for stranger in [other_finance(), other_officer()] {
            let answer = bench.send(&stranger, "POST", &path, body.clone(), Some("x")).await;
            assert!(matches!(answer.status.as_u16(), 403 | 404), "{answer:?}");
        }
        bench.send(&other_finance(), "POST", &path, body.clone(), Some("y")).await.refused(404, "not-found");
        preview(&bench, &other_finance(), &loan, "1.00").await.refused(404, "not-found");
        bench.send(&officer(), "POST", &path, body.clone(), Some("z")).await.refused(403, "forbidden");
        let reason = json!({ "reason": "复核" });
        bench
            .post(&risk_manager(), &format!("/facilities/{facility}/suspend"), reason.clone())
            .await
            .expect(200);
        tranche(&bench, &loan, "1.00", "suspended").await.refused(409, "facility-not-active");
        bench.post(&risk_manager(), &format!("/facilities/{facility}/resume"), reason).await.expect(200);
        bench.at("2026-12-16T02:00:00Z");
        tranche(&bench, &loan, "1.00", "late").await.refused(409, "outside-window");
        assert_eq!(drawn_on(&bench, &facility).await, "600001.00");
        all_agree(&bench).await;
    }
}

/// Where everything must hold.
fn grounds() -> Vec<(Backend, Isolation)> {
    let levels = |backend| match backend {
        Backend::Sqlite => vec![(backend, Isolation::Serializable)],
        Backend::Postgres => vec![(backend, Isolation::Serializable), (backend, Isolation::ReadCommitted)],
    };
    Backend::available().unwrap().into_iter().flat_map(levels).collect()
}

/// What a caller does whose answer was "come again": it comes again, with the same key.
async fn until_answered<F: Future<Output = Answer>>(ask: impl Fn() -> F) -> Answer {
    for _ in 0..100 {
        let answer = ask().await;
        if answer.status.as_u16() != 503 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no answer after a hundred times");
}

#[tokio::test(flavor = "multi_thread")]
async fn tranches_and_draws_at_once_reach_the_limit_and_never_pass_it() {
    for ground in grounds() {
        let replicas: Vec<Arc<Bench>> =
            Bench::replicas(ground.0, ground.1, 2).await.into_iter().map(Arc::new).collect();
        let facility = line(
            &replicas[0],
            json!({ "limit": "10000000.00", "members": [{
            "enterprise_id": finance().tenant, "sub_limit": "10000000.00" }] }),
        )
        .await;
        let loan = lent(&replicas[0], &facility, json!({ "amount": "1000000.00" }), "first").await;
        let asks: Vec<_> = (0..40_usize)
            .map(|number| {
                let (bench, facility, loan) =
                    (Arc::clone(&replicas[number % 2]), facility.clone(), loan.clone());
                tokio::spawn(async move {
                    let key = format!("k{number}");
                    until_answered(|| async {
                        if number % 4 < 2 {
                            tranche(&bench, &loan, "500000.00", &key).await
                        } else {
                            draw_as(&bench, &facility, json!({ "amount": "500000.00" }), &key).await
                        }
                    })
                    .await
                })
            })
            .collect();
        let mut granted = 0;
        for one in asks {
            let answer = one.await.unwrap();
            match answer.status.as_u16() {
                201 => granted += 1,
                409 => assert_eq!(answer.body["type"], "/problems/limit-exceeded", "{}", answer.body),
                _ => panic!("{answer:?}"),
            }
        }
        assert_eq!(granted, 18, "{ground:?}: nine million were free");
        assert_eq!(drawn_on(&replicas[1], &facility).await, "10000000.00");
        let view = replicas[0].get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(view["principal"], view["outstanding"]);
        assert_eq!(schedule(&replicas[0], &loan).await["totals"]["principal"], view["principal"]);
        all_agree(&replicas[1]).await;
    }
}

/// More steps than a tranche has.
const STEPS_MAX: u64 = 90;

#[tokio::test(flavor = "multi_thread")]
async fn a_tranche_that_breaks_at_any_step_is_drawn_once() {
    for ground in grounds() {
        let bench = Bench::replicas(ground.0, ground.1, 1).await.remove(0);
        let facility = line(&bench, json!({})).await;
        let loan = lent(&bench, &facility, json!({}), "k").await;
        let mut owed = 60_000_000_i64;
        for how in [Break::Before, Break::After] {
            let mut reached = 0;
            for step in 1..STEPS_MAX {
                let key = format!("{how:?}{step}");
                bench.db.probe().break_at(step, how);
                let first = tranche(&bench, &loan, "100.00", &key).await;
                let whole = bench.db.probe().take_back();
                all_agree(&bench).await;
                if !whole {
                    assert!(first.status.as_u16() == 201 || first.status.is_server_error(), "{first:?}");
                }
                let again = tranche(&bench, &loan, "100.00", &key).await.expect(201);
                owed += 10_000;
                assert_eq!(
                    again["outstanding"],
                    json!(Money::from_fen(owed).to_string()),
                    "{ground:?} {how:?} {step}"
                );
                if whole {
                    break;
                }
                reached = step;
            }
            assert!(reached > 12 && reached < STEPS_MAX - 1, "{reached} steps were broken");
        }
        let view = loan_of(&bench, &json!({ "loan_id": loan })).await;
        assert_eq!(view["principal"], json!(Money::from_fen(owed).to_string()));
        all_agree(&bench).await;
    }
}
