//! A request for invalidation, recorded in the catalogue, across the services: the bank's valuation is to be made anew, the
//! pledge's queue and history say so, the regulator sees it, and a new valuation closes it.

use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    story,
    world::{Door, World},
};

const OFFICER: &str = "officer@bank-a.demo";
const OTHER_BANK: &str = "officer@bank-b.demo";
const BORROWER: &str = "finance@enterprise-1.demo";
const EXAMINER: &str = "examiner@regulator.demo";
const DUE: &str = "/api/pledge/v1/pledge-revaluations-due";

/// The rows of a list, once there are any.
async fn some(door: &Door, who: &str, path: &str) -> Vec<Value> {
    door.until(path, async || {
        let found = door.get(who, path).await.expect(200);
        let rows = found["items"].as_array().unwrap().clone();
        (!rows.is_empty()).then_some(rows)
    })
    .await
}

async fn told(backend: Backend) {
    let world = World::new(backend).await;
    let door = &world.door;
    let facility = story::facility(door).await;
    let valued = story::valued(door, &facility, BORROWER).await;
    story::pledged(door, &facility, BORROWER, &valued, "1000000.00").await;
    let (patent, valuation) = &valued;
    // The catalogue knows of the pledge before its pledgee records anything.
    door.until("the pledge in the catalogue", async || {
        let patent = door.get(OFFICER, &format!("/api/valuation/v1/patents/{patent}")).await.expect(200);
        patent["encumbered"].as_bool().filter(|pledged| *pledged)
    })
    .await;
    let happened = json!({
        "happened_on": valuation["valuation_date"], "source": "国家知识产权局登记簿",
        "what": { "kind": "dispute_opened", "dispute": "invalidation", "by": "丙公司" },
    });
    door.post(OFFICER, &format!("/api/valuation/v1/patents/{patent}/timeline"), happened).await.expect(201);
    let due = some(door, OFFICER, &format!("{DUE}?status=due")).await;
    assert_eq!(due.len(), 1, "{due:?}");
    assert_eq!((&due[0]["cause"], &due[0]["valuation_id"]), (&json!("invalidation_filed"), &valuation["id"]));
    assert!(due[0]["deadline"].as_str() > due[0]["noted_on"].as_str(), "{}", due[0]);
    let pledge = due[0]["pledge_id"].as_str().unwrap();
    let history = door.get(OFFICER, &format!("/api/pledge/v1/pledges/{pledge}/history")).await.expect(200);
    assert!(history.to_string().contains("revaluation_due"), "{history}");
    let theirs = door.get(OTHER_BANK, DUE).await.expect(200);
    assert_eq!(theirs["items"], json!([]), "another bank sees nothing of it");
    let supervised = some(door, EXAMINER, "/api/supervision/v1/revaluations?status=due").await;
    assert_eq!(supervised[0]["patent_id"], json!(patent));
    // Valued anew, it is closed everywhere.
    let body = json!({ "patent_id": patent, "purpose": "pledge" });
    let newer = door.post(OFFICER, "/api/valuation/v1/valuations", body).await.expect(201);
    let closed = some(door, OFFICER, &format!("{DUE}?status=closed")).await;
    assert_eq!(closed[0]["closed_by"], newer["id"], "{closed:?}");
    assert_eq!(door.get(OFFICER, &format!("{DUE}?status=due")).await.expect(200)["items"], json!([]));
    some(door, EXAMINER, "/api/supervision/v1/revaluations?status=closed").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalidation_recorded_in_the_catalogue_makes_the_pledges_revaluation_due() {
    for backend in Backend::available().unwrap() {
        told(backend).await;
    }
}
