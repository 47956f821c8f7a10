//! The service with its database, and callers of several organisations.

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    ApplicationId, Envelope, Event, EventId, OrgId, OrgKind, PatentId, PledgeId, Service, SimulatedClock,
    UserId, events::PledgeChanged,
};
use finance::Money;
use http_body_util::BodyExt;
use identity::{Caller, InternalIssuer, Role, Verifier, keys::SigningKey, token::KeySource};
use serde_json::Value;
use tower::ServiceExt;
use tx_kit::{
    Consumer, Db, InTx,
    testing::{Backend, TestPlace},
};
use valuation_svc::{
    Deps, Migrator, build,
    catalogue::{self, PatentRecord, generated::generated_patents},
    matching::Settings,
};

pub const BASE: &str = "/api/valuation/v1";
/// Where people verify reports.
pub const VERIFY: &str = "https://ipf.example/verify";

pub struct Suite {
    pub db: Db,
    pub router: Router,
    pub issuer: InternalIssuer,
    pub consumers: Vec<Arc<dyn Consumer>>,
    pub clock: Arc<SimulatedClock>,
    _place: TestPlace,
}

/// Runs a story on a fresh service over each database.
pub async fn on_each<F: Future<Output = ()>>(story: impl Fn(Suite) -> F) {
    for backend in Backend::available().unwrap() {
        story(Suite::new(backend).await).await;
    }
}

pub fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

pub fn caller(org: u128, name: &str, kind: OrgKind, role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::from_u128(org * 100)),
        name: format!("{role} of {name}"),
        tenant: OrgId::from_uuid(uuid::Uuid::from_u128(org)),
        tenant_name: name.to_owned(),
        org_kind: kind,
        roles: vec![role],
    }
}

pub fn officer(bank: u128) -> Caller {
    caller(bank, &format!("bank {bank}"), OrgKind::Bank, Role::LoanOfficer)
}

pub fn enterprise() -> Caller {
    caller(9, "enterprise", OrgKind::Enterprise, Role::Finance)
}

pub fn examiner() -> Caller {
    caller(8, "regulator", OrgKind::Regulator, Role::Examiner)
}

impl Suite {
    pub async fn new(backend: Backend) -> Self {
        let instant: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::at(instant));
        let place = TestPlace::new(backend).unwrap();
        let db = place.open::<Migrator>(Service::Valuation, clock.clone()).await.unwrap();
        let issuer = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let source = KeySource::Fixed(issuer.public_keys());
        let verifier = Arc::new(Verifier::new(Service::Valuation, source, clock.clone()));
        let service = build(Deps {
            db: db.clone(),
            verifier,
            matching: Settings::default(),
            verification_page: Some(VERIFY.to_owned()),
        });
        Self { db, router: service.router, issuer, consumers: service.consumers, clock, _place: place }
    }

    /// Another process of the service over the same database.
    pub fn replica(&self) -> Router {
        let source = KeySource::Fixed(self.issuer.public_keys());
        let verifier = Arc::new(Verifier::new(Service::Valuation, source, self.clock.clone()));
        let (db, matching) = (self.db.clone(), Settings::default());
        build(Deps { db, verifier, matching, verification_page: None }).router
    }

    pub async fn with_patents(self, count: usize) -> Self {
        let owners = [(enterprise().tenant, "enterprise")];
        let patents = generated_patents(11, count, today(), &owners);
        self.record(&patents).await;
        self
    }

    pub async fn record(&self, patents: &[PatentRecord]) -> catalogue::Upserted {
        let actor = officer(1).actor();
        let actor = &actor;
        self.db.run(|tx| catalogue::upsert(tx, patents, actor).in_tx()).await.unwrap()
    }

    pub async fn send(&self, who: &Caller, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let (mut parts, body) = request.into_parts();
        let token = self.issuer.sign(who, Service::Valuation).unwrap();
        parts.headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let answer = self.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    pub async fn call(
        &self,
        who: &Caller,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        let (status, bytes) = self.send(who, request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, who: &Caller, path: &str) -> Value {
        let (status, body) = self.call(who, Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub async fn upload(&self, who: &Caller, name: &str, bytes: &[u8]) -> (StatusCode, Value) {
        self.upload_under(None, who, name, bytes).await
    }

    /// The same under a key.
    pub async fn upload_under(
        &self,
        key: Option<&str>,
        who: &Caller,
        name: &str,
        bytes: &[u8],
    ) -> (StatusCode, Value) {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let mut request = Request::post(format!("{BASE}/imports"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body)).unwrap();
        let (status, bytes) = self.send(who, request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// A granted, undisputed patent of the made-up ones.
    pub async fn sound_patent(&self) -> Value {
        let listed = self.get(&officer(1), "/patents?legal_status=granted&kind=invention&limit=200").await;
        for item in listed["items"].as_array().unwrap() {
            let patent = self.get(&officer(1), &format!("/patents/{}", item["id"].as_str().unwrap())).await;
            if patent["disputes"].as_array().unwrap().is_empty() && patent["annuity_status"] == "paid" {
                return patent;
            }
        }
        panic!("no sound patent among {}", listed["items"].as_array().unwrap().len());
    }

    pub async fn consume(&self, batch: &[Envelope]) {
        for consumer in &self.consumers {
            consumer.consume(batch).await.unwrap();
        }
    }
}

pub fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

pub fn pledge_event(version: i64, status: &str, patent: PatentId) -> Envelope {
    pledge_over(version, status, vec![patent])
}

pub fn told(aggregate: u128, version: i64, event: Event) -> Envelope {
    let now: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().unwrap();
    Envelope {
        id: EventId::fresh(now),
        source: Service::Pledge,
        aggregate: uuid::Uuid::from_u128(aggregate),
        version,
        occurred_at: now,
        business_date: today(),
        event,
    }
}

pub fn pledge_over(version: i64, status: &str, patents: Vec<PatentId>) -> Envelope {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    told(
        70,
        version,
        Event::PledgeChanged(PledgeChanged {
            pledge_id: PledgeId::from_uuid(id(70)),
            bank_id: officer(1).tenant,
            bank_name: "bank 1".into(),
            enterprise_id: enterprise().tenant,
            enterprise_name: "enterprise".into(),
            application_id: ApplicationId::from_uuid(id(71)),
            status: status.into(),
            registration_number: None,
            secured_amount: Money::from_fen(100),
            collateral_value: Money::from_fen(200),
            patents,
            facility_id: None,
        }),
    )
}

/// Everything that was told.
pub async fn outbox(db: &Db) -> Vec<Envelope> {
    use sea_orm::ConnectionTrait;
    let conn = db.read();
    let sql = "SELECT envelope AS text FROM outbox";
    let statement = sea_orm::Statement::from_string(conn.get_database_backend(), sql);
    let rows = conn.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(&row.try_get::<String>("", "text").unwrap()).unwrap())
        .collect()
}
