//! Lists as files, in the language of whoever asks.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use contracts::{OrgId, OrgKind, Service, UserId};
use http_body_util::BodyExt;
use identity::{Caller, Role, permits};
use tower::ServiceExt;
use tx_kit::testing::Backend;

use super::{
    matrix::{operations, permission},
    world::World,
};

fn caller(role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        name: "Somebody".into(),
        tenant: OrgId::from_uuid(uuid::Uuid::new_v4()),
        tenant_name: "An organisation".into(),
        org_kind: role.organisation().unwrap_or(OrgKind::Bank),
        roles: vec![role],
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

async fn first_line(door: &Router, path: &str, token: &str, language: &str) -> Option<String> {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, language)
        .body(Body::empty())
        .unwrap();
    let answer = door.clone().oneshot(request).await.unwrap();
    if !answer.status().is_success() {
        return None;
    }
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Some(text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heads_of_every_exported_list_are_in_the_language_of_whoever_asks() {
    let world = World::new(Backend::Sqlite).await;
    let mut read = Vec::new();
    for (service, document) in world.documents.iter().filter(|(name, _)| *name != Service::Gateway) {
        let (_, door) = world.doors.iter().find(|(name, _)| name == service).unwrap();
        for (method, path, operation) in operations(document) {
            if method != "GET" || !path.ends_with("/export") || path.contains('{') {
                continue;
            }
            let permission = permission(&operation).unwrap();
            let mut seen = false;
            for role in Role::ALL.iter().filter(|role| permits(**role, permission)) {
                let token = world.issuer.sign(&caller(*role), *service).unwrap();
                let Some(english) = first_line(door, &path, &token, "en").await else { continue };
                assert!(!is_chinese(&english), "{path} in English: {english}");
                let chinese = first_line(door, &path, &token, "zh-CN").await.unwrap();
                assert!(is_chinese(&chinese), "{path} in Chinese: {chinese}");
                seen = true;
            }
            if seen {
                read.push(path);
            }
        }
    }
    assert!(read.len() > 20, "only {read:?}");
    let client = http_kit::client().unwrap();
    let token = world.door.token("admin@platform.demo").await;
    for path in ["organisations", "users", "audit"] {
        let answer = client
            .get(format!("{}/api/platform/v1/{path}/export", world.door.base))
            .bearer_auth(&token)
            .header("accept-language", "en")
            .send()
            .await
            .unwrap();
        let text = answer.error_for_status().unwrap().text().await.unwrap();
        let heads = text.lines().next().unwrap_or_default();
        assert!(!is_chinese(heads), "{path}: {heads}");
    }
    world.end().await;
}
