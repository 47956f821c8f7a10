//! The service as its tests meet it: its own database, a catalogue with a few patents, signed callers.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use axum::{
    Json, Router,
    body::Body,
    extract::Path,
    http::{Request, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use chrono::{DateTime, Utc};
use contracts::{
    Clock, DrawdownId, Envelope, Event, EventId, FacilityId, LoanId, OrgId, OrgKind, Service, SimulatedClock,
    UserId,
    events::{CompensationReturned, LoanDrawn, LoanRepaid},
};
use finance::{Money, Rate};
use http_body_util::BodyExt;
use http_kit::Peer;
use identity::{
    Caller, InternalIssuer, Role, TokenExchange, Verifier, exchange::ExchangeFailed, keys::SigningKey,
    token::KeySource,
};
use serde_json::{Value, json};
use tower::ServiceExt;
use tx_kit::{
    Consumer, Db, Fault, relay,
    testing::{Backend, TestPlace},
};
use uuid::Uuid;

pub const INSURER: u128 = 0x11;
pub const OTHER_INSURER: u128 = 0x12;
pub const ENTERPRISE: u128 = 0xE1;
pub const BANK: u128 = 0xB1;
pub const GOOD_PATENT: u128 = 0xF1;
pub const BAD_PATENT: u128 = 0xF2;

/// The id with this number.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The last part of a problem's type.
pub fn slug(problem: &Value) -> &str {
    problem["type"].as_str().unwrap_or_default().trim_start_matches("/problems/")
}

fn instant(day: &str) -> DateTime<Utc> {
    format!("{day}T02:00:00Z").parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

struct AnyToken;

#[async_trait]
impl TokenExchange for AnyToken {
    async fn token(&self, _: &Caller, _: Service) -> Result<String, ExchangeFailed> {
        Ok("t".to_owned())
    }
}

async fn patent(Path(asked): Path<Uuid>) -> axum::response::Response {
    let (expires_on, applicants, disputes) = match asked.as_u128() {
        GOOD_PATENT => ("2036-05-01", json!(["启明科技"]), json!([])),
        BAD_PATENT => {
            let dispute = json!([{ "kind": "invalidation", "status": "pending", "noted_on": "2026-01-10" }]);
            ("2028-03-02", json!(["启明科技", "某大学"]), dispute)
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Json(json!({
        "id": asked, "number": "CN101234567B", "title": "一种无人机", "kind": "invention",
        "legal_status": "granted", "jurisdiction": "CN", "expires_on": expires_on, "applicants": applicants,
        "ipc": ["B64C39/02"], "annuity_status": "paid", "disputes": disputes, "owner_id": id(ENTERPRISE),
    }))
    .into_response()
}

fn catalogue() -> Peer {
    let cell = Arc::new(OnceLock::new());
    let path = format!("{}/patents/{{id}}", Service::Valuation.base_path());
    cell.set(Router::new().route(&path, get(patent))).unwrap();
    Peer::in_process(Service::Valuation, cell, Arc::new(AnyToken))
}

/// One running service.
pub struct Setting {
    router: Router,
    db: Db,
    clock: Arc<SimulatedClock>,
    issuer: InternalIssuer,
    consumers: Vec<Arc<dyn Consumer>>,
    _place: TestPlace,
}

/// The service on every database that is here, on 2026-02-20.
pub async fn settings() -> Vec<Setting> {
    let mut all = Vec::new();
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let clock = Arc::new(SimulatedClock::at(instant("2026-02-20")));
        let db = place.open::<insurance_svc::Migrator>(Service::Insurance, clock.clone()).await.unwrap();
        let issuer = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let keys = KeySource::Fixed(issuer.public_keys());
        let verifier = Arc::new(Verifier::new(Service::Insurance, keys, clock.clone()));
        let deps = insurance_svc::Deps { db: db.clone(), verifier, valuation: catalogue() };
        let service = insurance_svc::build(deps);
        all.push(Setting {
            router: service.router,
            consumers: service.consumers,
            db,
            clock,
            issuer,
            _place: place,
        });
    }
    all
}

fn person(number: u128, tenant: u128, kind: OrgKind, roles: &[Role]) -> Caller {
    Caller {
        user: UserId::from_uuid(id(number)),
        name: format!("user {number:x} of {tenant:x}"),
        tenant: OrgId::from_uuid(id(tenant)),
        tenant_name: "安信财险".to_owned(),
        org_kind: kind,
        roles: roles.to_vec(),
    }
}

impl Setting {
    pub fn underwriter(&self) -> Caller {
        person(1, INSURER, OrgKind::Insurer, &[Role::Underwriter])
    }

    pub fn second_underwriter(&self) -> Caller {
        person(2, INSURER, OrgKind::Insurer, &[Role::Underwriter])
    }

    pub fn handler(&self) -> Caller {
        person(3, INSURER, OrgKind::Insurer, &[Role::ClaimsHandler])
    }

    pub fn approver(&self) -> Caller {
        person(4, INSURER, OrgKind::Insurer, &[Role::ClaimsApprover])
    }

    /// Somebody who was given both roles: the rule must hold where the table does not.
    pub fn both_hands(&self) -> Caller {
        person(5, INSURER, OrgKind::Insurer, &[Role::ClaimsHandler, Role::ClaimsApprover])
    }

    pub fn other_underwriter(&self) -> Caller {
        person(6, OTHER_INSURER, OrgKind::Insurer, &[Role::Underwriter])
    }

    pub fn enterprise(&self, tenant: u128) -> Caller {
        person(tenant << 8, tenant, OrgKind::Enterprise, &[Role::Finance])
    }

    pub fn loan_officer(&self, tenant: u128) -> Caller {
        person(tenant << 8, tenant, OrgKind::Bank, &[Role::LoanOfficer])
    }

    pub fn examiner(&self) -> Caller {
        person(7, 0x99, OrgKind::Regulator, &[Role::Examiner])
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Moves the clock to a day.
    pub fn at(&self, day: &str) {
        self.clock.set(instant(day));
    }

    pub fn today(&self) -> String {
        self.clock.business_date().to_string()
    }

    async fn send(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    fn address(path: &str) -> String {
        format!("{}{path}", Service::Insurance.base_path())
    }

    fn bearer(&self, who: &Caller) -> String {
        format!("Bearer {}", self.issuer.sign(who, Service::Insurance).unwrap())
    }

    pub async fn anonymous(&self, path: &str) -> u16 {
        self.send(Request::get(Self::address(path)).body(Body::empty()).unwrap()).await.0
    }

    pub async fn file(&self, who: &Caller, path: &str) -> (u16, Vec<u8>) {
        let request = Request::get(Self::address(path))
            .header(header::AUTHORIZATION, self.bearer(who))
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, who: &Caller, path: &str) -> (u16, Value) {
        let (status, body) = self.file(who, path).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    pub async fn post(&self, who: &Caller, path: &str, key: Option<&str>, body: Value) -> (u16, Value) {
        let mut request = Request::post(Self::address(path))
            .header(header::AUTHORIZATION, self.bearer(who))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let (status, body) = self.send(request.body(Body::from(body.to_string())).unwrap()).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn heard(&self, aggregate: u128, version: i64, event: Event) {
        let now = self.clock.now();
        let envelope = Envelope {
            id: EventId::fresh(now),
            source: Service::Pledge,
            aggregate: id(aggregate),
            version,
            occurred_at: now,
            business_date: self.clock.business_date(),
            event,
        };
        let heard = self.consumers.iter().filter(|consumer| consumer.wants(envelope.event.name()));
        assert!(heard.clone().count() > 0, "nobody hears {}", envelope.event.name());
        for consumer in heard {
            // At least once is what the bus promises.
            for _ in 0..2 {
                consumer.consume(std::slice::from_ref(&envelope)).await.unwrap();
            }
        }
    }

    /// The enterprise has drawn a loan at the bank.
    pub async fn loan_drawn(&self, loan: u128, amount: &str, matures_on: &str) {
        let drawn = LoanDrawn {
            loan_id: LoanId::from_uuid(id(loan)),
            number: "L20260105-TEST".to_owned(),
            drawdown_id: DrawdownId::from_uuid(id(1)),
            facility_id: FacilityId::from_uuid(id(2)),
            bank_id: OrgId::from_uuid(id(BANK)),
            bank_name: "甲银行".to_owned(),
            enterprise_id: OrgId::from_uuid(id(ENTERPRISE)),
            enterprise_name: "启明科技".to_owned(),
            industry: "C39".to_owned(),
            amount: money(amount),
            annual_rate: Rate::from_basis_points(345),
            drawn_on: self.clock.business_date(),
            matures_on: matures_on.parse().unwrap(),
            next_due_on: Some(matures_on.parse().unwrap()),
            application_product: None,
            payment_mode: None,
            shares: Vec::new(),
            covered: None,
            facility_version: 1,
            facility_drawn: money(amount),
            facility_reserved: Money::ZERO,
            member_drawn: money(amount),
            member_reserved: Money::ZERO,
        };
        self.heard(loan, 1, Event::LoanDrawn(drawn)).await;
    }

    /// The enterprise has paid some of it back.
    pub async fn loan_repaid(&self, loan: u128, outstanding: &str) {
        let repaid = LoanRepaid {
            loan_id: LoanId::from_uuid(id(loan)),
            facility_id: FacilityId::from_uuid(id(2)),
            bank_id: OrgId::from_uuid(id(BANK)),
            enterprise_id: OrgId::from_uuid(id(ENTERPRISE)),
            principal: money("300000.00"),
            interest: money("1000.00"),
            outstanding: money(outstanding),
            status: "active".to_owned(),
            next_due_on: None,
            facility_version: 2,
            facility_drawn: money(outstanding),
            facility_reserved: Money::ZERO,
            member_drawn: money(outstanding),
            member_reserved: Money::ZERO,
        };
        self.heard(loan, 2, Event::LoanRepaid(repaid)).await;
    }

    /// The bank hands back what it recovered of a claim that was paid.
    pub async fn handed_back(&self, claim: &Value, amount: &str, version: i64) {
        let of = |name: &str| claim[name].as_str().unwrap().parse::<Uuid>().unwrap();
        let back = CompensationReturned {
            claim_id: of("id").into(),
            policy_id: of("policy_id").into(),
            insurer_id: OrgId::from_uuid(id(INSURER)),
            compensation_id: Some(id(0xCC).into()),
            compensation_number: "CC20260601-TEST".to_owned(),
            case_id: Some(id(0xCA).into()),
            loan_id: LoanId::from_uuid(id(0xA1)),
            bank_id: OrgId::from_uuid(id(BANK)),
            bank_name: "甲银行".to_owned(),
            amount: money(amount),
        };
        self.heard(of("id").as_u128(), version, Event::CompensationReturned(back)).await;
    }

    /// The names of everything published so far, in order.
    pub async fn published(&self) -> Vec<String> {
        self.told().await.iter().map(|event| event.name().to_owned()).collect()
    }

    /// Everything published so far, in order.
    pub async fn told(&self) -> Vec<Event> {
        let listener = Listener::default();
        relay::replay(&self.db, &listener).await.unwrap();
        listener.events.into_inner().unwrap()
    }
}

#[derive(Default)]
struct Listener {
    events: std::sync::Mutex<Vec<Event>>,
}

#[async_trait]
impl Consumer for Listener {
    fn name(&self) -> &'static str {
        "test.listener"
    }

    fn wants(&self, _: &str) -> bool {
        true
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        let mut events = self.events.lock().unwrap();
        events.extend(batch.iter().map(|envelope| envelope.event.clone()));
        Ok(())
    }
}
