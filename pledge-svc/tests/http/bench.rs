//! The bench that the tests stand on: the service's router on a database of its own, a clock that can be set,
//! a catalogue of patents and valuations beside it, and people of two banks, two enterprises and the regulator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{Request, StatusCode, header},
    routing::get,
};
use chrono::{DateTime, Utc};
use contracts::{Clock, OrgId, OrgKind, Service, SimulatedClock, UserId};
use http_body_util::BodyExt;
use http_kit::Peer;
use identity::{
    Caller, InternalIssuer, Role, TokenExchange, Verifier, exchange::InProcessExchange, keys::SigningKey,
    token::KeySource,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tower::ServiceExt;
use tx_kit::{
    Db, DbConfig, Isolation,
    testing::{Backend, TestPlace},
};
use uuid::Uuid;

use super::platform::Platform;

type Shelf = Arc<Mutex<HashMap<String, Value>>>;

/// Everything a test needs.
pub struct Bench {
    pub db: Db,
    pub clock: Arc<SimulatedClock>,
    router: Router,
    issuer: Arc<InternalIssuer>,
    shelf: Shelf,
    /// The platform's directory of organisations.
    pub platform: Platform,
    /// What the service says of its routes.
    pub document: utoipa::openapi::OpenApi,
    _place: Arc<TestPlace>,
}

/// An answer: its status and its JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub etag: Option<String>,
}

impl Answer {
    /// The body, when the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The body of a refusal whose type ends with this.
    #[track_caller]
    pub fn refused(self, status: u16, slug: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        body
    }
}

/// An approval of an amount under the standard product, as an application brings it to the line.
pub fn approval(amount: finance::Money) -> pledge_svc::facility::HeldApproval {
    pledge_svc::facility::HeldApproval {
        application_id: contracts::ApplicationId::from_uuid(Uuid::new_v4()),
        product: "standard".to_owned(),
        tenor_months: 24,
        amount,
        left: amount,
        term_exception: false,
        entrusted: false,
    }
}

/// An organisation's id by a small number.
pub fn org(number: u128) -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(number))
}

fn person(user: u128, tenant: u128, name: &str, kind: OrgKind, role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(user)),
        name: name.to_owned(),
        tenant: org(tenant),
        tenant_name: format!("{name}机构"),
        org_kind: kind,
        roles: vec![role],
    }
}

pub fn officer() -> Caller {
    person(1_001, 10, "客户经理", OrgKind::Bank, Role::LoanOfficer)
}

pub fn approver() -> Caller {
    person(1_002, 10, "审批人", OrgKind::Bank, Role::CreditApprover)
}

pub fn operations() -> Caller {
    person(1_003, 10, "运营", OrgKind::Bank, Role::Operations)
}

/// The second person of operations: who files does not grant.
pub fn granter() -> Caller {
    person(1_005, 10, "运营复核", OrgKind::Bank, Role::Operations)
}

pub fn other_officer() -> Caller {
    person(1_101, 11, "他行客户经理", OrgKind::Bank, Role::LoanOfficer)
}

/// An approver of the bank of this id.
pub fn approver_of(bank: OrgId) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(bank.uuid().as_u128() + 900_000)),
        name: "参加行审批人".to_owned(),
        tenant: bank,
        tenant_name: "参加行".to_owned(),
        org_kind: OrgKind::Bank,
        roles: vec![Role::CreditApprover],
    }
}

pub fn finance() -> Caller {
    person(2_001, 20, "企业财务", OrgKind::Enterprise, Role::Finance)
}

pub fn other_finance() -> Caller {
    person(2_101, 21, "另一企业财务", OrgKind::Enterprise, Role::Finance)
}

pub fn examiner() -> Caller {
    person(3_001, 30, "检查员", OrgKind::Regulator, Role::Examiner)
}

/// The banks of the bench debit the accounts they keep at once, unless a test takes that away.
async fn debits_at_once(db: &Db) {
    let sql = "INSERT INTO parameter_version (id, bank_id, bank_name, kind, version, content, effective_from, reason, \
         status, maker_id, maker, approver_id, approver, created_at, decided_at) VALUES ($1, $2, 'bank', 'payments', 1, \
         '{\"debit_at_once\":true}', $3, 'bench', 'approved', $1, 'bench', $2, 'bench', $4, $4)";
    let (on, at) = ("2020-01-01".parse::<chrono::NaiveDate>().unwrap(), instant("2020-01-01T00:00:00Z"));
    for bank in 10..20_u128 {
        let id = Uuid::from_u128(0x7061_7900_0000 + bank);
        let values = [id.into(), org(bank).uuid().into(), on.into(), at.into()];
        let statement = Statement::from_sql_and_values(db.migrator().get_database_backend(), sql, values);
        db.migrator().execute_raw(statement).await.unwrap();
    }
}

impl Bench {
    /// A bench on a fresh database, on the morning of 2026-11-24 in China.
    pub async fn new(backend: Backend) -> Self {
        Self::replicas(backend, Isolation::default(), 1).await.remove(0)
    }

    /// Replicas of the service on one fresh database, each with connections of its own where the database has room for
    /// several writers.
    pub async fn replicas(backend: Backend, isolation: Isolation, count: usize) -> Vec<Self> {
        Self::with_outside(backend, isolation, count, |_| pledge_svc::Outside::default()).await
    }

    /// The same with something outside the suite, made for the bench's clock.
    pub async fn with_outside(
        backend: Backend,
        isolation: Isolation,
        count: usize,
        outside: impl Fn(&Arc<dyn Clock>) -> pledge_svc::Outside,
    ) -> Vec<Self> {
        let clock = Arc::new(SimulatedClock::at(instant("2026-11-24T02:00:00Z")));
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let place = Arc::new(TestPlace::new(backend).unwrap());
        let url = place.migrated_url::<pledge_svc::Migrator>(Service::Pledge).await.unwrap();
        let config = DbConfig { connections_max: 6, isolation, ..DbConfig::at(url) };
        let open = || Db::open(Service::Pledge, &config, Arc::clone(&shared));
        let first = open().await.unwrap();
        debits_at_once(&first).await;
        let issuer = Arc::new(InternalIssuer::new(SigningKey::generate().unwrap(), Arc::clone(&shared)));
        let (shelf, platform) = (Shelf::default(), Platform::default());
        let mut replicas = Vec::with_capacity(count);
        for number in 0..count {
            let db =
                if number == 0 || backend == Backend::Sqlite { first.clone() } else { open().await.unwrap() };
            let cell = Arc::new(OnceLock::new());
            assert!(cell.set(catalogue(Arc::clone(&shelf))).is_ok());
            let gateway = Arc::new(OnceLock::new());
            assert!(gateway.set(platform.router()).is_ok());
            let exchange: Arc<dyn TokenExchange> = Arc::new(InProcessExchange(Arc::clone(&issuer)));
            let service = pledge_svc::build(pledge_svc::Deps {
                db: db.clone(),
                verifier: Arc::new(Verifier::new(
                    Service::Pledge,
                    KeySource::Fixed(issuer.public_keys()),
                    Arc::clone(&shared),
                )),
                valuation: Peer::in_process(Service::Valuation, cell, Arc::clone(&exchange)),
                directory: Peer::in_process(Service::Gateway, gateway, exchange),
                outside: outside(&shared),
            });
            replicas.push(Self {
                db,
                clock: Arc::clone(&clock),
                router: service.router,
                document: service.openapi,
                issuer: Arc::clone(&issuer),
                shelf: Arc::clone(&shelf),
                platform: platform.clone(),
                _place: Arc::clone(&place),
            });
        }
        replicas
    }

    /// A request as it is, by nobody: the whole answer.
    pub async fn raw(&self, request: Request<Body>) -> (StatusCode, header::HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    /// A command by somebody who sends no `Idempotency-Key`.
    pub async fn without_key(&self, who: &Caller, path: &str, body: Value) -> Answer {
        let token = self.issuer.sign(who, Service::Pledge).unwrap();
        let request = Request::post(format!("{}{path}", Service::Pledge.base_path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, _, bytes) = self.raw(request).await;
        Answer { status, body: serde_json::from_slice(&bytes).unwrap(), etag: None }
    }

    /// A request by somebody: the whole answer, for what is no JSON.
    pub async fn download(&self, who: &Caller, path: &str) -> (StatusCode, header::HeaderMap, Vec<u8>) {
        let token = self.issuer.sign(who, Service::Pledge).unwrap();
        let request = Request::get(format!("{}{path}", Service::Pledge.base_path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        self.raw(request).await
    }

    /// An upload by somebody: the file is the body, or a form with it.
    pub async fn upload(&self, who: &Caller, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        self.upload_under(None, who, path, content_type, body).await
    }

    /// The same under a key.
    pub async fn upload_under(
        &self,
        key: Option<&str>,
        who: &Caller,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Answer {
        self.clock.set(self.clock.now() + chrono::TimeDelta::seconds(1));
        let token = self.issuer.sign(who, Service::Pledge).unwrap();
        let mut request = Request::post(format!("{}{path}", Service::Pledge.base_path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body)).unwrap();
        let (status, _, bytes) = self.raw(request).await;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status, body, etag: None }
    }

    /// Moves the clock.
    pub fn at(&self, text: &str) {
        self.clock.set(instant(text));
    }

    pub async fn get(&self, who: &Caller, path: &str) -> Answer {
        self.send(who, "GET", path, Value::Null, None).await
    }

    pub async fn post(&self, who: &Caller, path: &str, body: Value) -> Answer {
        self.send(who, "POST", path, body, None).await
    }

    /// A request with its `Idempotency-Key`, where it has one.
    pub async fn send(
        &self,
        who: &Caller,
        method: &str,
        path: &str,
        body: Value,
        key: Option<&str>,
    ) -> Answer {
        self.send_seen(who, (method, path), body, key, None).await
    }

    /// The same by somebody who has seen a version of the thing (`If-Match`).
    pub async fn send_seen(
        &self,
        who: &Caller,
        (method, path): (&str, &str),
        body: Value,
        key: Option<&str>,
        seen: Option<&str>,
    ) -> Answer {
        // Time passes between requests, so that what they did has an order.
        self.clock.set(self.clock.now() + chrono::TimeDelta::seconds(1));
        let token = self.issuer.sign(who, Service::Pledge).unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", Service::Pledge.base_path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        // A proposal about a line is made once: it takes a key, here one of its own where the test names none.
        let own = (method == "POST" && is_line_proposal(path)).then(|| Uuid::new_v4().to_string());
        if let Some(key) = key.or(own.as_deref()) {
            request = request.header("idempotency-key", key);
        }
        if let Some(seen) = seen {
            request = request.header(header::IF_MATCH, seen);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let etag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status, body, etag }
    }

    /// Attaches what the register asks for with the pledge of an application, as the parties sign it.
    pub async fn registration_papers(&self, who: &Caller, application: &str) {
        for kind in ["pledge_application_form", "identity_papers", "power_of_attorney", "pledge_contract"] {
            let path = format!("/applications/{application}/documents?kind={kind}&file_name={kind}.pdf");
            let paper = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
            self.upload(who, &path, "application/octet-stream", paper).await.expect(201);
        }
    }

    /// Brings a proposed change of a loan to where it may be approved: attaches the papers that are missing, and has the
    /// borrower consent where that is wanted. Of one that is decided nothing is done.
    pub async fn consented(&self, proposed: &Value) {
        let id = proposed["id"].as_str().unwrap();
        let of = |name: &str| proposed[name].as_str().unwrap().parse::<Uuid>().unwrap();
        let officer = Caller { tenant: OrgId::from_uuid(of("bank_id")), ..officer() };
        let borrower = Caller { tenant: OrgId::from_uuid(of("enterprise_id")), ..finance() };
        let now = self.get(&officer, &format!("/adjustments/{id}")).await.expect(200);
        if now["status"] != "proposed" {
            return;
        }
        let asked = self.get(&officer, &format!("/adjustments/{id}/papers")).await.expect(200);
        for paper in asked["papers"].as_array().unwrap().iter().filter(|paper| paper["present"] == false) {
            let kind = paper["code"].as_str().unwrap();
            let path = format!("/adjustments/{id}/documents?kind={kind}&file_name={kind}.pdf");
            let signed = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
            self.upload(&officer, &path, "application/octet-stream", signed).await.expect(201);
        }
        if now["consent"] == "wanted" {
            self.post(&borrower, &format!("/adjustments/{id}/consent"), json!({})).await.expect(200);
        }
    }

    /// Puts a sound patent of the enterprise on the shelf, with what the test changes about it; gives its id.
    pub fn patent(&self, number: u128, owner: &Caller, changes: Value) -> Uuid {
        let id = Uuid::from_u128(50_000 + number);
        let mut facts = json!({
            "id": id, "number": format!("CN1{number:08}B"), "title": format!("一种催化剂 {number}"),
            "kind": "invention", "legal_status": "granted", "applicants": [owner.tenant_name],
            "owner_id": owner.tenant, "filing_date": "2021-01-04", "grant_date": "2023-06-06",
            "expires_on": "2041-01-04", "annuity_status": "paid", "annuity_paid_until": "2028-01-04",
            "disputes": [], "encumbrances": []
        });
        merge(&mut facts, changes);
        self.shelve(&format!("patents/{id}"), facts);
        id
    }

    /// Puts a valuation of a patent on the shelf, made by the bank; gives its id.
    pub fn valuation(&self, patent: Uuid, bank: &Caller, changes: Value) -> Uuid {
        let id = Uuid::from_u128(patent.as_u128() + 50_000);
        let mut facts = json!({
            "id": id, "patent_id": patent, "tenant_id": bank.tenant, "purpose": "pledge",
            "status": "completed", "valid_until": "2027-05-24",
            "collateral": {"collateral_value": "4000000.00", "ltv_cap": "0.5", "maximum_loan": "2000000.00"}
        });
        merge(&mut facts, changes);
        self.shelve(&format!("valuations/{id}"), facts);
        id
    }

    pub fn shelve(&self, path: &str, value: Value) {
        self.shelf.lock().unwrap().insert(path.to_owned(), value);
    }

    /// An active facility of the bank with both enterprises as members; gives its id.
    pub async fn facility(&self) -> String {
        let members = [finance(), other_finance()].map(|one| {
            json!({"enterprise_id": one.tenant, "enterprise_name": one.tenant_name, "sub_limit": "5000000.00"})
        });
        let proposal = json!({
            "name": "催化剂产业集群集合授信", "cluster": "催化剂产业集群", "industry": "C26",
            "limit": "20000000.00", "revolving": true, "available_from": "2026-01-01",
            "available_until": "2027-12-31", "annual_rate": "0.0345", "tenor_cap_months": 24,
            "single_member_cap": "0.5", "ltv_cap": "0.6", "members": members
        });
        let facility = self.post(&officer(), "/facilities", proposal).await.expect(201);
        let id = facility["id"].as_str().unwrap().to_owned();
        self.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
        id
    }

    /// Every bank that takes part in a line agrees to what lies at this path: the line, a change of it, a waiver under it.
    pub async fn participants_agree(&self, facility: &str, path: &str) {
        let line = self.get(&examiner(), &format!("/facilities/{facility}")).await.expect(200);
        for share in line["shares"].as_array().unwrap() {
            if share["bank_id"] != line["bank_id"] {
                let bank: OrgId = share["bank_id"].as_str().unwrap().parse().unwrap();
                self.post(&approver_of(bank), &format!("{path}/agree"), json!({})).await.expect(200);
            }
        }
    }

    /// The column `text` of what a statement finds.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.db.read().get_database_backend(), sql);
        let rows = self.db.read().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
    }

    /// What the member of a facility has reserved and drawn.
    pub async fn member(&self, facility: &str, who: &Caller) -> (String, String) {
        let body = self.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        let members = body["members"].as_array().unwrap();
        let one = members.iter().find(|one| one["enterprise_id"] == json!(who.tenant)).unwrap();
        (one["reserved"].as_str().unwrap().to_owned(), one["drawn"].as_str().unwrap().to_owned())
    }
}

fn is_line_proposal(path: &str) -> bool {
    path == "/facilities" || (path.starts_with("/facilities/") && path.ends_with("/changes"))
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn merge(facts: &mut Value, changes: Value) {
    if let (Some(facts), Value::Object(changes)) = (facts.as_object_mut(), changes) {
        facts.extend(changes);
    }
}

/// A valuation-svc that answers from a shelf.
fn catalogue(shelf: Shelf) -> Router {
    async fn look(
        State(shelf): State<Shelf>,
        Path((kind, id)): Path<(String, String)>,
    ) -> Result<Json<Value>, StatusCode> {
        let found = shelf.lock().unwrap().get(&format!("{kind}/{id}")).cloned();
        found.map(Json).ok_or(StatusCode::NOT_FOUND)
    }
    async fn encumbrances(State(shelf): State<Shelf>) -> Json<Value> {
        let found = shelf.lock().unwrap().get("encumbrances").cloned();
        Json(found.unwrap_or_else(|| json!({ "items": [], "next_cursor": null })))
    }
    let base = Service::Valuation.base_path();
    Router::new()
        .route(&format!("{base}/encumbrances"), get(encumbrances))
        .route(&format!("{base}/{{kind}}/{{id}}"), get(look))
        .with_state(shelf)
}
