//! Role × endpoint: every operation of the OpenAPI documents names its permission, and every role is let through or
//! refused at it as the permission table says. A new endpoint is here by itself; one without a rule fails.

use axum::{
    body::Body,
    http::{Request, header},
};
use contracts::{Actor, OrgId, OrgKind, Service, SystemClock, UserId};
use gateway::accounts::{HashedPassword, NewOrganisation, NewUser, create_organisation, create_user};
use http_kit::ActError;
use identity::{Caller, Permission, Role, permits};
use ip_finance::suite::Suite;
use tower::ServiceExt;
use tx_kit::{
    Db, InTx,
    testing::{Backend, TestPlace},
};
use utoipa::openapi::{OpenApi, path::Operation};

use super::world::{PASSWORD, World, settings};

/// Operations of a document: method, path, operation.
pub fn operations(document: &OpenApi) -> Vec<(&'static str, String, Operation)> {
    let mut found = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ] {
            if let Some(operation) = operation {
                found.push((method, path.clone(), operation.clone()));
            }
        }
    }
    found
}

/// The permission that an operation names.
pub fn permission(operation: &Operation) -> Option<Permission> {
    let extensions = serde_json::to_value(operation.extensions.as_ref()?).ok()?;
    extensions.get("x-permission")?.as_str()?.parse().ok()
}

fn is_public(operation: &Operation) -> bool {
    operation
        .extensions
        .as_ref()
        .and_then(|all| serde_json::to_value(all).ok())
        .is_some_and(|all| all.get("x-public").is_some())
}

fn caller(role: Role) -> Caller {
    let kind = role.organisation().unwrap_or(OrgKind::Bank);
    Caller {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        name: "某人".into(),
        tenant: OrgId::from_uuid(uuid::Uuid::new_v4()),
        tenant_name: "某机构".into(),
        org_kind: kind,
        roles: vec![role],
    }
}

#[tokio::test]
async fn every_role_is_let_through_or_refused_at_every_endpoint_as_the_table_says() {
    let place = TestPlace::new(Backend::Sqlite).unwrap();
    let settings = settings(&place, Backend::Sqlite).await;
    let suite = Suite::open(&settings, std::sync::Arc::new(SystemClock)).await.unwrap();
    let issuer = suite.keys.internal_issuer();
    let mut checked = 0;
    for (service, document) in suite.documents.iter().filter(|(name, _)| *name != Service::Gateway) {
        let (_, door) = suite.doors.iter().find(|(name, _)| name == service).unwrap();
        for (method, path, operation) in operations(document) {
            if is_public(&operation) {
                continue;
            }
            let permission = permission(&operation)
                .unwrap_or_else(|| panic!("{method} {path} names no permission of the table"));
            for role in Role::ALL {
                let token = issuer.sign(&caller(*role), *service).unwrap();
                let real = path.split('/').map(|part| {
                    if part.starts_with('{') { uuid::Uuid::nil().to_string() } else { part.to_owned() }
                });
                let request = Request::builder()
                    .method(method)
                    .uri(real.collect::<Vec<_>>().join("/"))
                    .header(header::AUTHORIZATION, format!("Bearer {token}"))
                    .header(header::CONTENT_TYPE, "application/json")
                    .header("idempotency-key", "matrix")
                    .body(Body::from("{}"))
                    .unwrap();
                let status = door.clone().oneshot(request).await.unwrap().status().as_u16();
                let allowed = permits(*role, permission);
                assert_eq!(
                    status == 403,
                    !allowed,
                    "{role} at {method} {path} ({permission}): {status}, the table says {}",
                    if allowed { "yes" } else { "no" }
                );
                assert!(status < 500, "{role} at {method} {path}: {status}");
                checked += 1;
            }
            let bare = Request::builder()
                .method(method)
                .uri(path.replace(['{', '}'], "0"))
                .body(Body::empty())
                .unwrap();
            let status = door.clone().oneshot(bare).await.unwrap().status().as_u16();
            assert_eq!(status, 401, "{method} {path} without a token");
        }
    }
    assert!(checked > 1_000, "only {checked} pairs were tried");
}

/// A person of every role, each in an organisation of a fitting kind; the user name is the role's.
/// The gateway opens what it names; a service says in its document what needs no sign-in. Were one of the two to forget
/// the other, a public route would ask for a session, or a closed one would be let through.
#[tokio::test]
async fn the_gateway_opens_exactly_what_the_services_call_public() {
    let place = TestPlace::new(Backend::Sqlite).unwrap();
    let settings = settings(&place, Backend::Sqlite).await;
    let suite = Suite::open(&settings, std::sync::Arc::new(SystemClock)).await.unwrap();
    let mut public: Vec<String> = suite
        .documents
        .iter()
        .filter(|(name, _)| *name != Service::Gateway)
        .flat_map(|(_, document)| operations(document))
        .filter(|(_, _, operation)| is_public(operation))
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let mut open: Vec<String> =
        gateway::open_routes().map(|(method, path)| format!("{method} {path}")).collect();
    public.sort();
    open.sort();
    assert_eq!(public, open, "left: x-public in the documents; right: `gateway/src/proxy/open.rs`");
    assert!(!open.is_empty());
    for (service, document) in suite.documents.iter().filter(|(name, _)| *name != Service::Gateway) {
        for (method, path, operation) in operations(document) {
            let both = is_public(&operation) && permission(&operation).is_some();
            assert!(!both, "{service:?} {method} {path} is public and names a permission");
        }
    }
}

async fn everybody(gateway: &Db) {
    let password = HashedPassword::of(PASSWORD).await.unwrap();
    let password = &password;
    gateway
        .run(|tx| {
            async move {
                for role in Role::ALL {
                    let organisation = NewOrganisation {
                        id: None,
                        kind: caller(*role).org_kind,
                        name: format!("{role} 的机构"),
                        credit_code: None,
                        district: None,
                        industry: None,
                        cluster: None,
                    };
                    let organisation = create_organisation(tx, &Actor::system(), &organisation).await?;
                    let user = NewUser {
                        id: None,
                        organisation: organisation.id,
                        username: format!("{role}@matrix"),
                        name: role.to_string(),
                        roles: vec![*role],
                        password: password.clone(),
                        must_change: false,
                    };
                    create_user(tx, &Actor::system(), &user).await?;
                }
                Ok::<_, ActError>(())
            }
            .in_tx()
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateways_own_endpoints_keep_the_table_too() {
    let world = World::new(Backend::Sqlite).await;
    everybody(&world.databases.gateway).await;
    let (_, document) = world.documents.iter().find(|(name, _)| *name == Service::Gateway).unwrap();
    let mut checked = 0;
    for (method, path, operation) in operations(document) {
        if is_public(&operation) {
            continue;
        }
        let permission = permission(&operation)
            .unwrap_or_else(|| panic!("{method} {path} names no permission of the table"));
        // Signing out would end the session that the next endpoint is tried with.
        if path.ends_with("/sign-out") || path.ends_with("/password") {
            assert_eq!(permission, Permission::SessionOwn);
            continue;
        }
        let real: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "00000000-0000-0000-0000-000000000000" } else { part })
            .collect();
        for role in Role::ALL {
            let who = format!("{role}@matrix");
            let body = (method != "GET").then(|| serde_json::json!({}));
            let answer =
                world.door.send(method.parse().unwrap(), &who, &real.join("/"), body, Some("matrix")).await;
            let status = answer.status.as_u16();
            assert_eq!(status == 403, !permits(*role, permission), "{role} at {method} {path}: {status}");
            assert!(status < 500, "{role} at {method} {path}: {status} {}", answer.body);
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} pairs were tried");
    world.end().await;
}
