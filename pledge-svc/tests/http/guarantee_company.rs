//! A guarantee company stands behind a line by its contract: claimed on for its part of a loss while it may be claimed on, paid
//! by what two people of the bank record, and given back its part of what is recovered.

use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, finance, officer, org},
    disposal::{books_agree, case, done, opened, outstanding, worthless},
    facility::{draw, pledged},
    guarantees::claim_on,
};

fn line(until: &str, contract: Option<&str>) -> Value {
    let who = finance();
    json!({
        "name": "有担保公司的集合授信", "cluster": "集群", "industry": "C26", "limit": "20000000.00",
        "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "cover": [{
            "party": { "kind": "guarantor", "guarantor_id": org(21) }, "rank": 1, "share_of_loss": "0.8",
            "contract": contract, "valid_until": until,
        }],
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "5000000.00" }],
    })
}

#[tokio::test]
async fn a_guarantee_company_bears_its_part_while_it_may_be_claimed_on_and_gets_its_part_of_recoveries() {
    for backend in Backend::available().unwrap() {
        for (until, bears) in [("2027-12-31", true), ("2027-04-09", false)] {
            let bench = Bench::new(backend).await;
            let unnamed = bench.post(&officer(), "/facilities", line(until, None)).await;
            assert_eq!(unnamed.refused(422, "invalid-request")["errors"][0]["field"], "cover[0].contract");
            let made =
                bench.post(&officer(), "/facilities", line(until, Some("保字 1 号"))).await.expect(201);
            let facility = made["id"].as_str().unwrap();
            bench.post(&approver(), &format!("/facilities/{facility}/approve"), json!({})).await.expect(200);
            let shown = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
            assert_eq!(
                (&shown["cover"][0]["contract"], &shown["cover"][0]["valid_until"]),
                (&json!("保字 1 号"), &json!(until))
            );
            pledged(&bench, facility, &finance(), 1).await;
            let drawn = draw(&bench, facility, &finance(), "600000.00", "d").await.expect(201);
            let loan = drawn["loan_id"].as_str().unwrap().to_owned();
            let id = opened(&bench, &loan).await;
            worthless(&bench, &id).await;
            let shared = done(&bench, &id, json!({ "kind": "sharing", "interest": false })).await;
            let part = &shared["result"]["parts"][0];
            assert_eq!(part["sharer"]["bearer"], "guarantor", "{part}");
            if !bears {
                assert_eq!((&part["absent"], &part["borne"]), (&json!("guarantee_ended"), &json!("0.00")));
                assert_eq!(case(&bench, &id).await["claims"], json!([]), "claimed on too late");
                continue;
            }
            let claim = claim_on(&bench, &id, "guarantor").await;
            assert_eq!((&claim["amount"], &claim["status"]), (&json!("480000.00"), &json!("claimed")));
            let paid = json!({ "kind": "answer", "claim_id": claim["id"], "amount": "480000.00", "reference": "代偿凭证 1 号" });
            done(&bench, &id, paid).await;
            assert_eq!(outstanding(&bench, &loan).await.0, "120000.00");
            let recovery = json!({ "kind": "recovery", "amount": "100000.00", "payer": "企业", "reference": "回单 1 号" });
            done(&bench, &id, recovery).await;
            assert_eq!(claim_on(&bench, &id, "guarantor").await["returned"], "80000.00");
            books_agree(&bench).await;
        }
    }
}
