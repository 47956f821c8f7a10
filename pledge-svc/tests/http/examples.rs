//! The API's document: what it shows of a command is what the command takes.

use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, finance, officer},
    fund::person,
};

/// An operation of the document.
struct Operation {
    id: String,
    method: String,
    path: String,
    said: Value,
}

fn operations(bench: &Bench) -> Vec<Operation> {
    let document = serde_json::to_value(&bench.document).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                found.push(Operation {
                    id: said["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    said: said.clone(),
                });
            }
        }
    }
    assert!(found.len() > 150, "{}", found.len());
    found
}

/// One who holds every role, in the bank of the bench.
fn everybody() -> Caller {
    person(9_001, 10, officer().name.as_str(), OrgKind::Bank, Role::ALL)
}

#[tokio::test]
async fn every_operation_says_what_it_does_and_every_command_shows_a_body() {
    let bench = Bench::new(Backend::Sqlite).await;
    let operations = operations(&bench);
    let silent: Vec<&str> = operations
        .iter()
        .filter(|one| one.said["summary"].is_null() && one.said["description"].is_null())
        .map(|one| one.id.as_str())
        .collect();
    assert!(silent.is_empty(), "operations without a word: {silent:?}");
    let bare: Vec<&str> = operations
        .iter()
        .filter(|one| {
            let body = &one.said["requestBody"]["content"]["application/json"];
            !body.is_null() && body["example"].is_null()
        })
        .map(|one| one.id.as_str())
        .collect();
    assert!(bare.is_empty(), "commands without an example: {bare:?}");
}

#[tokio::test]
async fn the_body_that_is_shown_of_a_command_is_one_that_it_takes() {
    let bench = Bench::new(Backend::Sqlite).await;
    let base = contracts::Service::Pledge.base_path();
    // Those whom the examples name.
    let id = |text: &str| text.parse::<Uuid>().unwrap();
    let (one, other) =
        (id("018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e01"), id("018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e02"));
    bench.platform.register(one.into(), OrgKind::Enterprise, "甲公司");
    bench.platform.register(other.into(), OrgKind::Enterprise, "乙公司");
    let number = other.as_u128() - 50_000;
    assert_eq!(bench.patent(number, &finance(), json!({})), other, "the patent of the examples");
    assert_eq!(bench.valuation(Uuid::from_u128(number), &officer(), json!({})), other, "its valuation");
    let colleague = Caller { user: one.into(), ..everybody() };
    bench.post(&colleague, "/approvers", json!({})).await.expect(200);
    for one in operations(&bench) {
        let example = &one.said["requestBody"]["content"]["application/json"]["example"];
        if example.is_null() || one.said["x-permission"].is_null() {
            continue;
        }
        // Nothing is known under the ids of the path: whatever reads well finds nothing there.
        let path = one.path.strip_prefix(base).unwrap().replace("{kind}", "approval_authority");
        let parts = path
            .split('/')
            .map(|part| if part.starts_with('{') { Uuid::new_v4().to_string() } else { part.to_owned() });
        let path = parts.collect::<Vec<_>>().join("/");
        let key = Uuid::new_v4().to_string();
        let answer = bench.send(&everybody(), &one.method, &path, example.clone(), Some(&key)).await;
        let status = answer.status.as_u16();
        assert!(
            matches!(status, 200..=202 | 403 | 404 | 409),
            "{} {path}: {status} {} to {example}",
            one.id,
            answer.body
        );
    }
}

#[tokio::test]
async fn what_a_command_does_not_take_is_told_apart_from_what_it_does_not_find() {
    let bench = Bench::new(Backend::Sqlite).await;
    let path = format!("/loans/{}/repayments", Uuid::new_v4());
    let known = json!({ "amount": "1.00" });
    bench.send(&everybody(), "POST", &path, known, Some("k")).await.refused(404, "not-found");
    let unknown = json!({ "sum": "1.00" });
    let refused = bench.send(&everybody(), "POST", &path, unknown, Some("k2")).await;
    assert!(matches!(refused.status.as_u16(), 400 | 422), "{}", refused.body);
}
