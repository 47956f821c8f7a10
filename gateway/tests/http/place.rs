//! A gateway with two banks, an enterprise and an administrator, one service in this process and, where asked for,
//! one at an address.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
    routing::{get, post},
};
use chrono::TimeDelta;
use contracts::{Actor, OrgId, OrgKind, Service, SimulatedClock, UserId};
use gateway::{
    Deps, Keys, Migrator, Upstream,
    accounts::{HashedPassword, NewOrganisation, NewUser, create_organisation, create_user},
};
use http_body_util::BodyExt;
use http_kit::{ActError, config::Settings, server};
use identity::{Role, Verifier, token::KeySource};
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::ServiceExt;
use tx_kit::{
    Db, InTx,
    testing::{Backend, TestPlace},
};
use uuid::Uuid;

pub const PASSWORD: &str = "a good password";
pub const SECRET: &str = "services-secret";

/// The organisations by number: 1 and 2 are banks, 3 an enterprise, 4 the platform.
pub fn organisation(number: u128) -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(number))
}

pub struct Place {
    pub clock: Arc<SimulatedClock>,
    pub db: Db,
    pub keys: Arc<Keys>,
    pub router: Router,
    _folder: TestPlace,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn problem(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn text_of(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_default().to_owned()
    }
}

/// How a place differs from the usual one.
#[derive(Default)]
pub struct Plan {
    pub settings: Settings,
    pub insurance_at: Option<String>,
}

impl Place {
    pub async fn new(backend: Backend) -> Self {
        Self::planned(backend, Plan::default()).await
    }

    pub async fn planned(backend: Backend, plan: Plan) -> Self {
        let folder = TestPlace::new(backend).unwrap();
        let clock = Arc::new(SimulatedClock::at("2026-03-02T01:00:00Z".parse().unwrap()));
        let db = folder.open::<Migrator>(Service::Gateway, clock.clone()).await.unwrap();
        people(&db).await;
        let (keys, router) = gateway_over(&db, &clock, plan).await;
        Self { clock, db, keys, router, _folder: folder }
    }

    /// Another gateway over the same data: a replica, or the same one after a restart.
    pub async fn replica(&self) -> (Arc<Keys>, Router) {
        gateway_over(&self.db, &self.clock, Plan::default()).await
    }

    pub fn pass(&self, time: TimeDelta) {
        use contracts::Clock;
        self.clock.set(self.clock.now() + time);
    }

    pub async fn send(&self, request: Request) -> Answer {
        send(&self.router, request).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(request(Method::GET, path, token, None)).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.send(request(Method::POST, path, token, Some(body))).await
    }

    pub async fn try_sign_in(&self, username: &str, password: &str) -> Answer {
        self.post("", "/auth/token", json!({ "username": username, "password": password })).await
    }

    /// Signs in: access token and refresh token.
    pub async fn sign_in(&self, username: &str) -> (String, String) {
        let answer = self.try_sign_in(username, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        (answer.text_of("access_token"), answer.text_of("refresh_token"))
    }
}

/// A request from 10.1.2.3; no `Authorization` where the token is empty.
pub fn request(method: Method, path: &str, token: &str, body: Option<Value>) -> Request {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .extension(ConnectInfo(SocketAddr::from(([10, 1, 2, 3], 4000))))
        .header(header::CONTENT_TYPE, "application/json");
    if !token.is_empty() {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    builder.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()
}

pub async fn send(router: &Router, request: Request) -> Answer {
    let response: Response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn gateway_over(db: &Db, clock: &Arc<SimulatedClock>, plan: Plan) -> (Arc<Keys>, Router) {
    let keys = Arc::new(Keys::open(db).await.unwrap());
    let mut upstreams = vec![(Service::Pledge, Upstream::InProcess(echo(&keys, clock)))];
    if let Some(address) = plan.insurance_at {
        upstreams.push((Service::Insurance, Upstream::Http(address)));
    }
    let settings = plan.settings.clone();
    let service = gateway::build(Deps {
        db: db.clone(),
        keys: Arc::clone(&keys),
        upstreams,
        documents: vec![(Service::Pledge, echo_document())],
        settings: plan.settings,
        client_secret: Some(SecretString::from(SECRET)),
    })
    .unwrap();
    (keys, server::dress(gateway::front(service.router, &settings)))
}

/// A service that verifies its token as every service does and says what it was sent.
pub fn echo(keys: &Keys, clock: &Arc<SimulatedClock>) -> Router {
    let source = KeySource::Fixed(keys.internal_issuer().public_keys());
    let verifier = Arc::new(Verifier::new(Service::Pledge, source, clock.clone()));
    let seen = |request: Request| async move {
        let caller = request.extensions().get::<identity::Caller>().cloned();
        let headers: serde_json::Map<String, Value> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into()))
            .collect();
        let path = request.uri().to_string();
        let length = request.into_body().collect().await.map(|body| body.to_bytes().len()).ok();
        (
            [("set-cookie", "a=b"), ("x-kept", "yes"), ("server", "echo")],
            Json(json!({ "caller": caller, "headers": headers, "path": path, "length": length })),
        )
    };
    Router::new()
        .route("/api/pledge/v1/echo", get(seen).post(seen))
        .route("/api/pledge/v1/imports", post(seen))
        .layer(axum::middleware::from_fn_with_state(verifier, http_kit::api::authenticate))
}

fn echo_document() -> utoipa::openapi::OpenApi {
    serde_json::from_value(json!({
        "openapi": "3.1.0",
        "info": { "title": "pledge", "version": "1" },
        "paths": { "/api/pledge/v1/echo": { "get": { "operationId": "me", "responses": {} } } },
        "components": { "schemas": { "User": { "type": "string" } } },
    }))
    .unwrap()
}

async fn people(db: &Db) {
    let password = &HashedPassword::of(PASSWORD).await.unwrap();
    let made: Result<(), ActError> = db
        .run(|tx| {
            async move {
                for (number, kind, name) in [
                    (1, OrgKind::Bank, "甲银行"),
                    (2, OrgKind::Bank, "乙银行"),
                    (3, OrgKind::Enterprise, "一号企业"),
                    (4, OrgKind::Platform, "平台"),
                ] {
                    let new = NewOrganisation {
                        id: Some(organisation(number)),
                        kind,
                        name: name.to_owned(),
                        credit_code: None,
                        district: None,
                        industry: Some("new_materials".to_owned()),
                        cluster: None,
                    };
                    create_organisation(tx, &Actor::system(), &new).await?;
                }
                for (number, organisation_number, username, role) in [
                    (11, 1, "officer@bank-a", Role::LoanOfficer),
                    (12, 1, "admin@bank-a", Role::BankAdmin),
                    (21, 2, "officer@bank-b", Role::LoanOfficer),
                    (31, 3, "finance@enterprise", Role::Finance),
                    (41, 4, "admin@platform", Role::PlatformAdmin),
                ] {
                    let new = NewUser {
                        id: Some(UserId::from_uuid(Uuid::from_u128(number))),
                        organisation: organisation(organisation_number),
                        username: username.to_owned(),
                        name: format!("{username} 先生"),
                        roles: vec![role],
                        password: password.clone(),
                        must_change: false,
                    };
                    create_user(tx, &Actor::system(), &new).await?;
                }
                Ok(())
            }
            .in_tx()
        })
        .await;
    made.unwrap();
}
