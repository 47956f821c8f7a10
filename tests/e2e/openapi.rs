//! The merged document is under review: what changes in it, changes in `docs/openapi.json`, too.

use tx_kit::testing::Backend;

use super::world::{World, checkout};

#[tokio::test(flavor = "multi_thread")]
async fn the_merged_document_is_the_one_under_review() {
    let world = World::new(Backend::Sqlite).await;
    let answer = reqwest::get(format!("{}/openapi.json", world.door.base)).await.unwrap();
    let document: serde_json::Value = answer.json().await.unwrap();
    let mut text = serde_json::to_string_pretty(&document).unwrap();
    text.push('\n');
    let file = checkout("docs/openapi.json");
    if std::env::var_os("IPF_TEST_UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        reviewed == text,
        "the API has changed: run this test with IPF_TEST_UPDATE_OPENAPI=1 and look at the difference of docs/openapi.json"
    );
    world.end().await;
}
