//! Facilities, draws and repayments over the router.

use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::bench::{
    Bench, approver, examiner, finance, granter, officer, operations, other_finance, other_officer,
};

/// A member with a registered pledge that carries two million, all of it approved and reserved.
pub async fn pledged(bench: &Bench, facility: &str, who: &identity::Caller, number: u128) {
    let patent = bench.patent(number, who, json!({}));
    pledged_over(bench, facility, who, patent).await;
}

/// The same over a patent that is on the shelf already.
pub async fn pledged_over(bench: &Bench, facility: &str, who: &identity::Caller, patent: uuid::Uuid) {
    let valuation = bench.valuation(patent, &officer(), json!({}));
    let application = bench
        .post(
            who,
            "/applications",
            json!({
                "facility_id": facility, "amount": "2000000.00", "tenor_months": 12, "purpose": "采购原材料",
                "patent_ids": [patent],
            }),
        )
        .await
        .expect(201);
    let id = application["id"].as_str().unwrap();
    let assessment = json!({
        "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
        "recommended_amount": "2000000.00", "comment": "同意",
    });
    bench.post(&officer(), &format!("/applications/{id}/assess"), assessment).await.expect(200);
    bench.post(&approver(), &format!("/applications/{id}/approve"), json!({})).await.expect(200);
    bench.registration_papers(who, id).await;
    let pledge =
        bench.post(&operations(), &format!("/applications/{id}/pledge"), json!({})).await.expect(201);
    let pledge = pledge["id"].as_str().unwrap();
    bench.post(&granter(), &format!("/pledges/{pledge}/register"), json!({})).await.expect(200);
}

pub async fn draw(
    bench: &Bench,
    facility: &str,
    who: &identity::Caller,
    amount: &str,
    key: &str,
) -> super::bench::Answer {
    let body = json!({ "enterprise_id": who.tenant, "amount": amount, "tenor_months": 12 });
    bench.send(who, "POST", &format!("/facilities/{facility}/drawdowns"), body, Some(key)).await
}

pub async fn repay(bench: &Bench, loan: &str, amount: &str, key: &str) -> super::bench::Answer {
    let body = json!({ "amount": amount });
    bench.send(&finance(), "POST", &format!("/loans/{loan}/repayments"), body, Some(key)).await
}

async fn line(bench: &Bench, facility: &str) -> (String, String, String) {
    let body = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("drawn"), text("reserved"), text("available"))
}

async fn all_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    for one in body["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
}

/// A syndicate of two, led by the officer's bank with a third.
async fn syndicated(bench: &Bench, revolving: bool) -> String {
    let who = finance();
    let proposal = json!({
        "name": "银团集合授信", "cluster": "集群", "industry": "C26", "limit": "3000000.00",
        "revolving": revolving, "available_from": "2026-01-01", "available_until": "2027-12-31",
        "annual_rate": "0.036", "tenor_cap_months": 24, "single_member_cap": "1", "ltv_cap": "0.6",
        "shares": [
            { "bank_id": officer().tenant, "share": "0.3333" },
            { "bank_id": other_officer().tenant, "share": "0.6667" },
        ],
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "3000000.00" }],
    });
    let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    bench.participants_agree(&id, &format!("/facilities/{id}")).await;
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    id
}

#[tokio::test]
async fn a_draw_moves_line_member_shares_and_ledger_together() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = syndicated(&bench, true).await;
        pledged(&bench, &facility, &finance(), 1).await;
        assert_eq!(line(&bench, &facility).await.1, "2000000.00");
        let drawn = draw(&bench, &facility, &finance(), "600000.01", "k1").await.expect(201);
        // What is drawn comes out of what was reserved.
        assert_eq!(
            line(&bench, &facility).await,
            ("600000.01".into(), "1399999.99".into(), "1000000.00".into())
        );
        let loan = drawn["loan_id"].as_str().unwrap();
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        // 600,000.01 at 33.33 % and 66.67 %: 199,980.003… and 400,020.006…; the fen goes to the larger remainder.
        assert_eq!(view["shares"][0]["amount"], "199980.00");
        assert_eq!(view["shares"][1]["amount"], "400020.01");
        let own = bench.get(&officer(), &format!("/loans/{loan}/movements")).await.expect(200);
        assert_eq!(own["items"].as_array().unwrap().len(), 1, "a bank reads its own book alone");
        let all = bench.get(&examiner(), &format!("/loans/{loan}/movements")).await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        let balance = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
        assert_eq!(balance["totals"]["debit"], balance["totals"]["credit"]);
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_retried_key_gets_the_first_answer_and_another_body_is_refused() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let first = draw(&bench, &facility, &finance(), "1000.00", "k").await.expect(201);
        let again = draw(&bench, &facility, &finance(), "1000.00", "k").await.expect(201);
        assert_eq!(first, again);
        draw(&bench, &facility, &finance(), "2.00", "k").await.refused(422, "idempotency-key-reused");
        assert_eq!(line(&bench, &facility).await.0, "1000.00");
        // A refusal is an answer too: the same key stays refused even when there is room again.
        let refused =
            draw(&bench, &facility, &finance(), "4000000.00", "big").await.refused(409, "limit-exceeded");
        assert_eq!(refused["limit_kind"], "collateral");
        draw(&bench, &facility, &finance(), "4000000.00", "big").await.refused(409, "limit-exceeded");
        let body = json!({ "enterprise_id": finance().tenant, "amount": "1.00", "tenor_months": 12 });
        bench
            .post(&finance(), &format!("/facilities/{facility}/drawdowns"), body)
            .await
            .refused(400, "idempotency-key-required");
    }
}

#[tokio::test]
async fn who_asks_for_no_month_at_all_is_not_told_to_shorten_the_term() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        for path in ["drawdowns", "drawdowns/preview"] {
            let path = format!("/facilities/{facility}/{path}");
            let asked = |months: u32| {
                let body =
                    json!({ "enterprise_id": finance().tenant, "amount": "1000.00", "tenor_months": months });
                let (bench, path) = (&bench, &path);
                async move {
                    let key = format!("k-{months}");
                    let refused = bench.send(&finance(), "POST", path, body, Some(&key)).await;
                    refused.refused(409, "tenor-exceeded")["detail"].as_str().unwrap().to_owned()
                }
            };
            let (none, long) = (asked(0).await, asked(999).await);
            assert!(!none.contains("缩短") && none.contains("1 个月"), "{none}");
            assert!(long.contains("缩短"), "{long}");
        }
    }
}

#[tokio::test]
async fn nobody_draws_for_another_member_or_on_a_facility_that_is_not_theirs() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &other_finance(), 1).await;
        let path = format!("/facilities/{facility}/drawdowns");
        let body = json!({ "enterprise_id": other_finance().tenant, "amount": "1.00", "tenor_months": 12 });
        bench.send(&finance(), "POST", &path, body, Some("k")).await.refused(404, "not-found");
        draw(&bench, &facility, &finance(), "1.00", "k2").await.refused(409, "no-registered-pledge");
        let lonely = syndicated(&bench, true).await;
        draw(&bench, &lonely, &other_finance(), "1.00", "k3").await.refused(404, "not-found");
        bench.get(&other_officer(), &format!("/facilities/{facility}")).await.refused(404, "not-found");
        let seen = bench.get(&finance(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(seen["members"].as_array().unwrap().len(), 1, "a member sees its own place alone");
        for amount in ["0.00", "-1.00", "0.001", "1e3", "999999999999999999999.00"] {
            let status = draw(&bench, &facility, &finance(), amount, amount).await.status.as_u16();
            assert!(status == 422, "{amount}: {status}");
        }
        for foreign in [json!({ "amount": "USD 100.00" }), json!({ "amount": "100.00", "currency": "USD" })] {
            let mut body = json!({ "enterprise_id": finance().tenant, "tenor_months": 12 });
            body.as_object_mut().unwrap().extend(foreign.as_object().unwrap().clone());
            bench.send(&finance(), "POST", &path, body, Some("usd")).await.refused(422, "invalid-request");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_draws_for_room_for_fifty_are_exactly_fifty() {
    for backend in Backend::available().unwrap() {
        let bench = std::sync::Arc::new(Bench::new(backend).await);
        let facility = bench.facility().await;
        // The pledge carries 2,000,000: fifty draws of 40,000.
        pledged(&bench, &facility, &finance(), 1).await;
        let draws = (0..100).map(|number| {
            let (bench, facility) = (bench.clone(), facility.clone());
            tokio::spawn(async move {
                draw(&bench, &facility, &finance(), "40000.00", &format!("k{number}")).await.status.as_u16()
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
        assert_eq!(granted, 50);
        assert_eq!(line(&bench, &facility).await.0, "2000000.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_repayment_pays_interest_first_and_frees_a_revolving_line() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = syndicated(&bench, true).await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "900000.00", "k").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap().to_owned();
        bench.at("2026-12-24T02:00:00Z");
        // 30 days at 3.6 %, actual/360: 2,700.00
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&view["interest_accrued"], &view["payoff"]), (&json!("2700.00"), &json!("902700.00")));
        let above = repay(&bench, &loan, "902700.01", "r0").await.refused(409, "above-outstanding");
        assert_eq!(above["owed"], "902700.00");
        let paid = repay(&bench, &loan, "302700.00", "r1").await.expect(201);
        assert_eq!((&paid["interest"], &paid["principal"]), (&json!("2700.00"), &json!("300000.00")));
        assert_eq!(repay(&bench, &loan, "302700.00", "r1").await.expect(201), paid);
        assert_eq!(
            line(&bench, &facility).await,
            ("600000.00".into(), "1100000.00".into(), "1300000.00".into())
        );
        all_agree(&bench).await;
        let last = repay(&bench, &loan, "600000.00", "r2").await.expect(201);
        assert_eq!(last["status"], "repaid");
        all_agree(&bench).await;
        // Interest is due monthly: what was paid on 24 December met that day's due date.
        let told = bench
            .texts("SELECT envelope AS text FROM outbox WHERE name LIKE 'loan.%' ORDER BY version")
            .await
            .iter()
            .map(|text| serde_json::from_str::<Value>(text).unwrap()["event"]["data"]["next_due_on"].clone())
            .collect::<Vec<_>>();
        assert_eq!(told, [json!("2026-12-24"), json!("2027-01-24"), Value::Null]);
        bench.get(&other_finance(), &format!("/loans/{loan}")).await.refused(404, "not-found");
        // A bank of the syndicate reads the loan; the lead records what is paid.
        bench.get(&other_officer(), &format!("/loans/{loan}")).await.expect(200);
        bench
            .send(
                &other_officer(),
                "POST",
                &format!("/loans/{loan}/repayments"),
                json!({"amount":"1.00"}),
                Some("x"),
            )
            .await
            .refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_line_that_does_not_revolve_is_not_lent_twice() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = syndicated(&bench, false).await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "500000.00", "k").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap().to_owned();
        repay(&bench, &loan, "500000.00", "r").await.expect(201);
        assert_eq!(line(&bench, &facility).await, ("0.00".into(), "1500000.00".into(), "1000000.00".into()));
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_facility_is_decided_by_another_person_and_suspended_lines_lend_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        bench
            .post(&approver(), &format!("/facilities/{facility}/approve"), json!({}))
            .await
            .refused(409, "wrong-state");
        bench
            .post(&approver(), &format!("/facilities/{facility}/suspend"), json!({ "reason": " " }))
            .await
            .refused(422, "invalid-request");
        let reason = json!({ "reason": "集群逾期率上升" });
        bench.post(&approver(), &format!("/facilities/{facility}/suspend"), reason.clone()).await.expect(200);
        draw(&bench, &facility, &finance(), "1.00", "k").await.refused(409, "facility-not-active");
        bench.post(&approver(), &format!("/facilities/{facility}/resume"), reason).await.expect(200);
        draw(&bench, &facility, &finance(), "1.00", "k2").await.expect(201);
        bench
            .post(&officer(), &format!("/facilities/{facility}/approve"), json!({}))
            .await
            .refused(403, "forbidden");
    }
}

#[tokio::test]
async fn limits_change_by_approval_and_never_below_use() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        draw(&bench, &facility, &finance(), "1000000.00", "k").await.expect(201);
        let path = format!("/facilities/{facility}/changes");
        let cut = json!({ "limit": "999999.99", "reason": "压缩" });
        bench.post(&officer(), &path, cut).await.refused(422, "invalid-request");
        let who = finance();
        let sub = |amount: &str| {
            json!({
                "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": amount }],
                "reason": "调整",
            })
        };
        bench.post(&officer(), &path, sub("999999.99")).await.refused(422, "invalid-request");
        let change = bench.post(&officer(), &path, sub("6000000.00")).await.expect(201);
        bench.post(&officer(), &path, sub("7000000.00")).await.refused(409, "change-pending");
        let id = change["id"].as_str().unwrap();
        let after: Value =
            bench.post(&approver(), &format!("{path}/{id}/approve"), json!({})).await.expect(200);
        let place =
            after["members"].as_array().unwrap().iter().find(|one| one["enterprise_id"] == json!(who.tenant));
        assert_eq!(place.unwrap()["sub_limit"], "6000000.00");
        bench.post(&approver(), &format!("{path}/{id}/approve"), json!({})).await.refused(409, "wrong-state");
    }
}

#[tokio::test]
async fn a_proposal_that_is_sent_again_with_its_key_is_made_once() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let members = json!([{ "enterprise_id": finance().tenant, "sub_limit": "1000000.00" }]);
        let proposal = json!({
            "name": "园区集合授信", "cluster": "园区", "industry": "C26", "limit": "5000000.00", "revolving": true,
            "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345",
            "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6", "members": members,
        });
        let maker = officer();
        let send = |body: Value| bench.send(&maker, "POST", "/facilities", body, Some("p1"));
        let first = send(proposal.clone()).await.expect(201);
        assert_eq!(first, send(proposal.clone()).await.expect(201));
        let listed = bench.get(&officer(), "/facilities").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        bench.without_key(&officer(), "/facilities", proposal).await.refused(400, "idempotency-key-required");
        let path = format!("/facilities/{}/changes", first["id"].as_str().unwrap());
        let change = json!({ "limit": "6000000.00", "reason": "扩大规模" });
        bench.without_key(&officer(), &path, change).await.refused(400, "idempotency-key-required");
    }
}

#[tokio::test]
async fn the_schedule_calculator_gives_the_published_figures() {
    let bench = Bench::new(Backend::Sqlite).await;
    // Apache Fineract, EMI calculation C3155: 100 at 9.4822 %, 30/360, six months.
    let terms = json!({
        "principal": "100.00", "annual_rate": "0.094822", "first_drawdown": "2024-01-01", "instalments": 6,
        "period": "month", "every": 1, "repayment": "equal_instalment", "day_count": "30/360",
    });
    let body = bench.post(&finance(), "/schedules/preview", terms.clone()).await.expect(200);
    let interest: Vec<&str> =
        body["instalments"].as_array().unwrap().iter().map(|one| one["interest"].as_str().unwrap()).collect();
    assert_eq!(interest, ["0.79", "0.66", "0.53", "0.40", "0.27", "0.13"]);
    let with = |field: &str, value: serde_json::Value| {
        let mut other = terms.clone();
        other[field] = value;
        other
    };
    for wrong in [with("instalments", json!(601)), with("annual_rate", json!("3.45"))] {
        bench.post(&finance(), "/schedules/preview", wrong).await.refused(422, "invalid-request");
    }
    let longest =
        bench.post(&finance(), "/schedules/preview", with("instalments", json!(600))).await.expect(200);
    let rows = longest["instalments"].as_array().unwrap();
    let fen =
        |row: &serde_json::Value| row["principal"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    assert_eq!((rows.len(), rows.iter().map(fen).sum::<i64>()), (600, 10_000));
}
