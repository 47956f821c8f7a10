//! A supervision service of its own for each test, with a regulator at its desk.

use std::sync::Arc;

use axum::{Router, body::Body, http::Request};
use chrono::{DateTime, Utc};
use contracts::{Clock, Envelope, OrgId, OrgKind, Service, SimulatedClock, UserId};
use http_body_util::BodyExt;
use identity::{Caller, InternalIssuer, Role, Verifier, keys::SigningKey, token::KeySource};
use serde_json::Value;
use supervision_svc::{Deps, Migrator, build};
use tower::ServiceExt;
use tx_kit::{
    Consumer, Db,
    testing::{Backend, TestPlace},
};
use uuid::Uuid;

/// The instant at which every test stands: 20 July 2026, noon in China.
pub const NOW: &str = "2026-07-20T04:00:00Z";

/// A running service.
pub struct Place {
    pub db: Db,
    pub clock: Arc<SimulatedClock>,
    pub consumer: Arc<dyn Consumer>,
    pub folder: TestPlace,
    router: Router,
    issuer: InternalIssuer,
}

/// An answer with its body as bytes.
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Place {
    pub async fn on(backend: Backend) -> Self {
        let clock = Arc::new(SimulatedClock::at(NOW.parse::<DateTime<Utc>>().unwrap()));
        let folder = TestPlace::new(backend).unwrap();
        let shared: Arc<dyn Clock> = clock.clone();
        let db = folder.open::<Migrator>(Service::Supervision, Arc::clone(&shared)).await.unwrap();
        let issuer = InternalIssuer::new(SigningKey::generate().unwrap(), Arc::clone(&shared));
        let keys = KeySource::Fixed(issuer.public_keys());
        let verifier = Arc::new(Verifier::new(Service::Supervision, keys, shared));
        let service = build(Deps { db: db.clone(), verifier });
        let consumer = Arc::clone(&service.consumers[0]);
        Self { db, clock, consumer, folder, router: service.router, issuer }
    }

    /// A service that has heard these events, in this order, in batches of this size.
    pub async fn fed(backend: Backend, events: &[Envelope], batch: usize) -> Self {
        let place = Self::on(backend).await;
        for part in events.chunks(batch) {
            place.consumer.consume(part).await.unwrap();
        }
        place
    }

    pub async fn ask(&self, caller: Option<&Caller>, method: &str, path: &str, body: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/supervision/v1{path}"))
            .header("content-type", "application/json");
        if let Some(caller) = caller {
            let token = self.issuer.sign(caller, Service::Supervision).unwrap();
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, content_type, body }
    }

    /// What the examiner reads at a path.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.ask(Some(&examiner()), "GET", path, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }
}

pub fn caller(kind: OrgKind, role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(1)),
        name: "someone".into(),
        tenant: OrgId::from_uuid(Uuid::from_u128(2)),
        tenant_name: "an organisation".into(),
        org_kind: kind,
        roles: vec![role],
    }
}

pub fn examiner() -> Caller {
    caller(OrgKind::Regulator, Role::Examiner)
}
