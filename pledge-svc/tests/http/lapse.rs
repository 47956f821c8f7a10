//! An approval that nobody uses, over the router: it lapses once its term is over, by a person or by the close of business.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, finance, officer, operations, other_finance},
    facility::{draw, pledged},
};

/// An approval of 1,000,000 of 2026-11-24 that holds for three working days, until Friday 27 November.
struct Approved {
    facility: String,
    id: String,
}

impl Approved {
    fn path(&self, step: &str) -> String {
        format!("/applications/{}/{step}", self.id)
    }

    async fn seen(&self, bench: &Bench) -> Value {
        bench.get(&officer(), &format!("/applications/{}", self.id)).await.expect(200)
    }
}

async fn approved(bench: &Bench) -> Approved {
    let manager = Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    };
    let body = json!({ "content": { "approval_valid_days": 3 }, "effective_from": "2026-11-24", "reason": "缩短有效期" });
    let proposed = bench.post(&manager, "/parameters/service_levels/proposals", body).await.expect(201);
    let path = format!("/parameters/service_levels/proposals/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({})).await.expect(200);
    let facility = bench.facility().await;
    let patent = bench.patent(1, &finance(), json!({}));
    let valuation = bench.valuation(patent, &officer(), json!({}));
    let asked = json!({ "facility_id": facility, "amount": "1000000.00", "tenor_months": 12, "purpose": "采购原料",
        "patent_ids": [patent] });
    let application = bench.post(&finance(), "/applications", asked).await.expect(201);
    let one = Approved { facility, id: application["id"].as_str().unwrap().to_owned() };
    let assessment = json!({ "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
        "recommended_amount": "1000000.00", "comment": "可行" });
    bench.post(&officer(), &one.path("assess"), assessment).await.expect(200);
    let granted = bench.post(&approver(), &one.path("approve"), json!({})).await.expect(200);
    assert_eq!(granted["approval_until"], "2026-11-27");
    one
}

#[tokio::test]
async fn an_officer_ends_an_approval_that_was_not_used_and_the_line_is_free_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let one = approved(&bench).await;
        let why = json!({ "reason": "企业未办理质押" });
        bench.at("2026-11-27T02:00:00Z");
        let holds =
            bench.post(&officer(), &one.path("lapse"), why.clone()).await.refused(409, "approval-holds");
        assert_eq!(holds["until"], "2026-11-27");
        assert_eq!(bench.member(&one.facility, &finance()).await.0, "1000000.00");
        bench.at("2026-11-28T02:00:00Z");
        bench.post(&officer(), &one.path("pledge"), json!({})).await.refused(409, "approval-over");
        bench.post(&finance(), &one.path("lapse"), why.clone()).await.refused(403, "forbidden");
        let first =
            bench.send(&operations(), "POST", &one.path("lapse"), why.clone(), Some("k1")).await.expect(200);
        assert_eq!((&first["status"], &first["holds_reservation"]), (&json!("lapsed"), &json!(false)));
        assert_eq!(first["decision"]["outcome"], "lapsed");
        let again =
            bench.send(&operations(), "POST", &one.path("lapse"), why.clone(), Some("k1")).await.expect(200);
        assert_eq!(first, again, "the key gets the first answer");
        assert_eq!(bench.member(&one.facility, &finance()).await.0, "0.00");
        bench.post(&officer(), &one.path("lapse"), why).await.refused(409, "not-in-status");
        bench
            .post(&finance(), &one.path("withdraw"), json!({ "reason": "另有安排" }))
            .await
            .refused(409, "not-in-status");
        let events = "SELECT name AS text FROM outbox WHERE name = 'application.decided.v1'";
        assert_eq!(bench.texts(events).await.len(), 2, "the approval and its end");
    }
}

#[tokio::test]
async fn the_close_of_the_last_day_ends_an_approval_and_no_close_before_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let one = approved(&bench).await;
        // A bank closes its days from its first loan on.
        let other = bench.facility().await;
        pledged(&bench, &other, &other_finance(), 9).await;
        draw(&bench, &other, &other_finance(), "100000.00", "k1").await.expect(201);
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        assert_eq!(one.seen(&bench).await["status"], "approved");
        bench.at("2026-11-28T02:00:00Z");
        close(&bench, "2026-11-27").await;
        let seen = one.seen(&bench).await;
        assert_eq!((&seen["status"], &seen["decision"]["outcome"]), (&json!("lapsed"), &json!("lapsed")));
        assert_eq!(bench.member(&one.facility, &finance()).await.0, "0.00");
    }
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
