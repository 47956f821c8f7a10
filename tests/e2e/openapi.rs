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

/// Commands without a key, and why a repetition of each does no harm.
const WITHOUT_A_KEY: [(&str, &str); 22] = [
    // Whoever signs in has no organisation yet, by which keys are kept.
    ("sign_in", "sign-in: every sign-in is a session of its own"),
    ("refresh", "a refresh token is used once; its second use ends the session"),
    ("sign_out", "a session that has ended stays ended"),
    ("change_password", "the old password no longer holds"),
    // An answer that holds a one-time password is shown once and is not kept.
    ("create_user", "the name is taken the second time"),
    ("reset_password", "the one-time password is shown once and not kept"),
    ("deactivate_user", "an account that has ended stays ended"),
    ("rotate_key", "one more key; those before stay valid until their tokens expire"),
    // Calculators and reads by POST change nothing.
    ("resolve_organisations", "reads only"),
    ("preview_adjustment", "reads only"),
    ("check_eligibility", "reads only"),
    ("preview_draw", "reads only"),
    ("preview_tranche", "reads only"),
    ("preview_schedule", "reads only"),
    ("preview_subsidy_claim", "reads only"),
    ("preview_reserves", "reads only"),
    ("preview_appraisal", "reads only"),
    ("preview_capital", "reads only"),
    ("verify_report_file", "answers the same; at most one more value counts as tried"),
    // What ends in the same state however often it is said.
    ("close_business", "a day that is closed is not closed again"),
    ("introduce_approver", "whoever is known stays known"),
    // The office's messages carry their own numbers.
    ("register_callback", "the register's office counts its own messages"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_command_may_be_sent_again_under_its_key() {
    let world = World::new(Backend::Sqlite).await;
    let answer = reqwest::get(format!("{}/openapi.json", world.door.base)).await.unwrap();
    let document: serde_json::Value = answer.json().await.unwrap();
    world.end().await;
    let mut without = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if !["post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let lists = operation["parameters"].as_array().is_some_and(|parameters| {
                parameters.iter().any(|one| one["in"] == "header" && one["name"] == "Idempotency-Key")
            });
            if !lists {
                without.push((
                    operation["operationId"].as_str().unwrap().to_owned(),
                    format!("{method} {path}"),
                ));
            }
        }
    }
    let excused = |id: &str| WITHOUT_A_KEY.iter().any(|(known, _)| id == *known);
    let missing: Vec<_> = without.iter().filter(|(id, _)| !excused(id)).collect();
    assert!(missing.is_empty(), "commands that list no Idempotency-Key: {missing:#?}");
    let gone: Vec<_> =
        WITHOUT_A_KEY.iter().filter(|(known, _)| !without.iter().any(|(id, _)| id == known)).collect();
    assert!(gone.is_empty(), "excused without need: {gone:#?}");
}
