//! The service over its router, on every database that is here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    ApplicationId, ConsentId, Envelope, Event, EventId, OrgId, OrgKind, PatentId, PledgeId, Service,
    SimulatedClock, UserId,
    events::{PledgeChanged, PledgeConsentGiven},
};
use finance::Money;
use http_body_util::BodyExt;
use identity::{Caller, InternalIssuer, Role, Scope, Verifier, keys::SigningKey, token::KeySource};
use serde_json::{Value, json};
use tower::ServiceExt;
use tx_kit::{
    Consumer, Db, InTx, jobs,
    testing::{Backend, TestPlace},
};
use valuation_svc::{
    Deps, Migrator, build,
    catalogue::{
        self, PatentRecord,
        generated::generated_patents,
        patent::{LegalStatus, PatentFacts, PatentKind},
    },
    imports, valuations,
};

const BASE: &str = "/api/valuation/v1";

struct Suite {
    db: Db,
    router: Router,
    issuer: InternalIssuer,
    consumers: Vec<Arc<dyn Consumer>>,
    clock: Arc<SimulatedClock>,
    _place: TestPlace,
}

/// Runs a story on a fresh service over each database.
async fn on_each<F: Future<Output = ()>>(story: impl Fn(Suite) -> F) {
    for backend in Backend::available().unwrap() {
        story(Suite::new(backend).await).await;
    }
}

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn caller(org: u128, name: &str, kind: OrgKind, role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::from_u128(org * 100)),
        name: format!("{role} of {name}"),
        tenant: OrgId::from_uuid(uuid::Uuid::from_u128(org)),
        tenant_name: name.to_owned(),
        org_kind: kind,
        roles: vec![role],
    }
}

fn officer(bank: u128) -> Caller {
    caller(bank, &format!("bank {bank}"), OrgKind::Bank, Role::LoanOfficer)
}

fn enterprise() -> Caller {
    caller(9, "enterprise", OrgKind::Enterprise, Role::Finance)
}

fn examiner() -> Caller {
    caller(8, "regulator", OrgKind::Regulator, Role::Examiner)
}

impl Suite {
    async fn new(backend: Backend) -> Self {
        let instant: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::at(instant));
        let place = TestPlace::new(backend).unwrap();
        let db = place.open::<Migrator>(Service::Valuation, clock.clone()).await.unwrap();
        let issuer = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let source = KeySource::Fixed(issuer.public_keys());
        let verifier = Arc::new(Verifier::new(Service::Valuation, source, clock.clone()));
        let service = build(Deps { db: db.clone(), verifier });
        Self { db, router: service.router, issuer, consumers: service.consumers, clock, _place: place }
    }

    async fn with_patents(self, count: usize) -> Self {
        let owners = [(enterprise().tenant, "enterprise")];
        let patents = generated_patents(11, count, today(), &owners);
        self.record(&patents).await;
        self
    }

    async fn record(&self, patents: &[PatentRecord]) -> catalogue::Upserted {
        let actor = officer(1).actor();
        let actor = &actor;
        self.db.run(|tx| catalogue::upsert(tx, patents, actor).in_tx()).await.unwrap()
    }

    async fn send(&self, who: &Caller, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let (mut parts, body) = request.into_parts();
        let token = self.issuer.sign(who, Service::Valuation).unwrap();
        parts.headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let answer = self.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    async fn call(
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

    async fn get(&self, who: &Caller, path: &str) -> Value {
        let (status, body) = self.call(who, Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn upload(&self, who: &Caller, name: &str, bytes: &[u8]) -> (StatusCode, Value) {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(format!("{BASE}/imports"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        let (status, bytes) = self.send(who, request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// A granted, undisputed patent of the made-up ones.
    async fn sound_patent(&self) -> Value {
        let listed = self.get(&officer(1), "/patents?legal_status=granted&kind=invention&limit=200").await;
        for item in listed["items"].as_array().unwrap() {
            let patent = self.get(&officer(1), &format!("/patents/{}", item["id"].as_str().unwrap())).await;
            if patent["disputes"].as_array().unwrap().is_empty() && patent["annuity_status"] == "paid" {
                return patent;
            }
        }
        panic!("no sound patent among {}", listed["items"].as_array().unwrap().len());
    }

    async fn consume(&self, batch: &[Envelope]) {
        for consumer in &self.consumers {
            consumer.consume(batch).await.unwrap();
        }
    }
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_patent_is_found_once_by_paging_in_any_order() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        for sort in ["number", "-number", "filing_date", "-filing_date", "title", "-title"] {
            let mut seen = std::collections::BTreeSet::new();
            let mut cursor = String::new();
            loop {
                let page =
                    suite.get(&officer(1), &format!("/patents?limit=25&sort={sort}&cursor={cursor}")).await;
                for item in items(&page) {
                    assert!(seen.insert(text(item, "id").to_owned()), "{sort}");
                }
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), 60, "{sort}");
        }
        let (status, problem) =
            suite.call(&officer(1), Method::GET, "/patents?sort=number&cursor=nonsense", None).await;
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/invalid-request"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_is_found_by_words_class_industry_owner_and_any_spelling_of_its_numbers() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let who = enterprise();
        let some =
            &items(&suite.get(&who, "/patents?limit=1&industry=natural_gas_chemistry").await)[0].clone();
        let (id, number, title) = (text(some, "id"), text(some, "number"), text(some, "title"));
        for q in [number, title, &number.to_lowercase(), &number[2..11], "enterprise"] {
            let query = serde_urlencoded_q(q);
            let found = suite.get(&who, &format!("/patents?limit=200&{query}")).await;
            assert!(items(&found).iter().any(|item| item["id"] == id), "{q}");
        }
        let class = &some["ipc"][0].as_str().unwrap()[..4];
        for item in items(&suite.get(&who, &format!("/patents?limit=200&ipc={class}")).await) {
            assert!(item["ipc"].as_array().unwrap().iter().any(|c| c.as_str().unwrap().starts_with(class)));
        }
        for item in items(&suite.get(&who, "/patents?limit=200&industry=natural_gas_chemistry").await) {
            assert_eq!(item["industry_name"], "天然气化工");
        }
        let owned = suite.get(&who, &format!("/patents?limit=200&owner_id={}", who.tenant)).await;
        assert_eq!(items(&owned).len(), 60);
        let detail = suite.get(&who, &format!("/patents/{id}")).await;
        let application = text(&detail, "application_number").to_owned();
        let bare = application.trim_start_matches("CN").to_owned();
        for spelling in
            [number, &number.to_lowercase(), &number[..11], &application, &bare, &format!("ZL{bare}")]
        {
            let found = suite.get(&who, &format!("/patents/by-number/{spelling}")).await;
            assert_eq!(found["id"], id, "{spelling}");
        }
        let none = format!("/patents/{}", PatentId::from_uuid(uuid::Uuid::nil()));
        for path in [none.as_str(), "/patents/nonsense", "/patents/by-number/CN1", "/patents/by-number/%25"] {
            assert_eq!(suite.call(&who, Method::GET, path, None).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(items(&suite.get(&who, "/patents?q=%25").await).is_empty(), "a wildcard is a character");
    })
    .await;
}

fn serde_urlencoded_q(q: &str) -> String {
    let encoded: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("q={encoded}")
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_can_be_taken_away_as_files() {
    on_each(async |suite| {
        let suite = suite.with_patents(20).await;
        let request =
            Request::get(format!("{BASE}/patents/export?format=csv&kind=invention")).body(Body::empty());
        let (status, bytes) = suite.send(&officer(1), request.unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let file = String::from_utf8(bytes).unwrap();
        assert!(file.starts_with("\u{feff}公开(公告)号,名称"));
        assert!(file.lines().count() > 5 && file.lines().skip(1).all(|line| line.contains("发明")));
        for path in ["/patents/export?format=xlsx", "/valuations/export?format=xlsx"] {
            let request = Request::get(format!("{BASE}{path}")).body(Body::empty()).unwrap();
            let (status, bytes) = suite.send(&officer(1), request).await;
            assert!(status == StatusCode::OK && bytes.starts_with(b"PK"), "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_values_a_patent_and_only_that_bank_and_the_regulator_see_it() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge",
            "assumptions": { "annual_revenue": "80000000.00" } });
        let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let money = |value: &Value| value.as_str().unwrap().parse::<Money>().unwrap();
        assert!(money(&made["value"]["low"]) < money(&made["value"]["value"]));
        assert!(money(&made["value"]["value"]) < money(&made["value"]["high"]));
        assert!(money(&made["collateral"]["maximum_loan"]).is_positive());
        assert_eq!(made["assumptions"]["annual_revenue"]["source"], "request");
        assert_eq!(made["patent_number"], patent["number"]);
        assert_eq!(made["valuation_date"], "2026-11-24");
        assert_eq!(made["score"]["indices"].as_array().unwrap().len(), 3);
        let path = format!("/valuations/{}", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &path).await, made);
        assert_eq!(suite.get(&examiner(), &path).await, made);
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(suite.call(&enterprise(), Method::GET, &path, None).await.0, StatusCode::FORBIDDEN);
        assert_eq!(items(&suite.get(&officer(1), "/valuations").await).len(), 1);
        assert_eq!(items(&suite.get(&examiner(), "/valuations?sort=-value").await).len(), 1);
        assert!(items(&suite.get(&officer(2), "/valuations").await).is_empty());
        let by_patent = format!("/valuations?patent_id={}&valid=true", text(&patent, "id"));
        let listed = suite.get(&officer(1), &by_patent).await;
        assert_eq!(items(&listed)[0]["maximum_loan"], made["collateral"]["maximum_loan"]);
        let asked = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        for refused in [enterprise(), examiner()] {
            let (status, _) = suite.call(&refused, Method::POST, "/valuations", Some(asked.clone())).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_valuation_can_be_made_again_with_identical_figures() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let body = json!({ "patent_id": patent["id"], "purpose": "licence", "assumptions": { "seed": 42 } });
        let (_, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        suite.clock.set("2027-03-01T02:00:00Z".parse().unwrap());
        let path = format!("/valuations/{}/reproduction", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &path).await["identical"], true);
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        let id = text(&made, "id").parse().unwrap();
        let again = valuations::reproduce(&suite.db, &Scope::system(), id).await.unwrap();
        assert!(again.identical);
        assert_eq!(made["seed"], 42);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_with_its_key_gets_the_first_valuation_again() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let send = async |purpose: &str| {
            let body = json!({ "patent_id": patent["id"], "purpose": purpose });
            let request = Request::post(format!("{BASE}/valuations"))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "k-1")
                .body(Body::from(body.to_string()))
                .unwrap();
            let (status, bytes) = suite.send(&officer(1), request).await;
            (status, serde_json::from_slice::<Value>(&bytes).unwrap())
        };
        let (first, again, other) = (send("pledge").await, send("pledge").await, send("licence").await);
        assert_eq!(first.0, StatusCode::CREATED);
        assert_eq!(first, again);
        assert_eq!(other.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(items(&suite.get(&officer(1), "/valuations").await).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_ended_is_not_assessed_and_a_wrong_figure_is_named() {
    on_each(async |suite| {
        let mut patents = generated_patents(3, 2, today(), &[]);
        patents[0].facts.legal_status = LegalStatus::Lapsed;
        patents[1].facts.legal_status = LegalStatus::Pending;
        suite.record(&patents).await;
        for (patent, ground) in patents.iter().zip(["lapsed", "pending"]) {
            let number = &patent.facts.publication_number;
            let found = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
            let body = json!({ "patent_id": found["id"], "purpose": "pledge" });
            let (status, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::CONFLICT);
            assert_eq!(problem["type"], "/problems/not-assessable");
            assert_eq!(problem["grounds"][0]["code"], ground);
            let body = json!({ "patent_id": found["id"], "purpose": "pledge",
                "assumptions": { "royalty_rate": "0.9" }, "grades": { "trl": 12 } });
            let (status, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            let fields: Vec<_> =
                problem["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
            assert_eq!(fields, ["assumptions.royalty_rate", "grades.trl"]);
        }
        let body = json!({ "patent_id": PatentId::from_uuid(uuid::Uuid::nil()), "purpose": "pledge" });
        assert_eq!(
            suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await.0,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

fn pledge_event(version: i64, status: &str, patent: PatentId) -> Envelope {
    pledge_over(version, status, vec![patent])
}

fn told(aggregate: u128, version: i64, event: Event) -> Envelope {
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

fn consent_event(version: i64, patent: PatentId, acts: &[&str], revoked: bool) -> Envelope {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let consent = PledgeConsentGiven {
        consent_id: ConsentId::from_uuid(id(80)),
        pledge_id: PledgeId::from_uuid(id(70)),
        bank_id: officer(1).tenant,
        bank_name: "bank 1".into(),
        enterprise_id: enterprise().tenant,
        patents: vec![patent],
        acts: acts.iter().map(|act| (*act).to_owned()).collect(),
        valid_from: today(),
        valid_until: "2026-12-31".parse().unwrap(),
        revoked,
    };
    told(80, version, Event::PledgeConsentGiven(consent))
}

fn pledge_over(version: i64, status: &str, patents: Vec<PatentId>) -> Envelope {
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
        }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_pledge_shows_with_the_patent_until_it_is_cancelled_whatever_the_order_of_events() {
    on_each(async |suite| {
        let suite = suite.with_patents(10).await;
        let id: PatentId = text(&items(&suite.get(&officer(1), "/patents").await)[0], "id").parse().unwrap();
        let patent = async || suite.get(&enterprise(), &format!("/patents/{id}")).await;
        let registered = pledge_event(2, "registered", id);
        suite.consume(&[pledge_event(1, "submitted", id)]).await;
        assert_eq!(patent().await["encumbered"], false);
        suite.consume(&[registered.clone(), registered.clone()]).await;
        suite.consume(std::slice::from_ref(&registered)).await;
        let shown = patent().await;
        assert_eq!(shown["encumbered"], true);
        assert_eq!(shown["encumbrances"].as_array().unwrap().len(), 1);
        assert_eq!(shown["encumbrances"][0]["bank_name"], "bank 1");
        assert_eq!(items(&suite.get(&officer(1), "/patents?encumbered=true").await).len(), 1);
        suite.consume(&[pledge_event(3, "cancelled", id)]).await;
        suite.consume(&[pledge_event(2, "registered", id)]).await;
        let shown = patent().await;
        assert_eq!(shown["encumbered"], false, "an older event does not bring the pledge back");
        assert!(shown["encumbrances"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_the_same_patents_again_changes_nothing() {
    on_each(async |suite| {
        let patents = generated_patents(5, 700, today(), &[]);
        let first = suite.record(&patents).await;
        assert_eq!((first.imported, first.updated, first.unchanged), (700, 0, 0));
        let again = suite.record(&patents).await;
        assert_eq!((again.imported, again.updated, again.unchanged), (0, 0, 700));
        let mut newer = patents[..3].to_vec();
        newer[0].facts.forward_citations = Some(99);
        newer.push(newer[0].clone());
        let changed = suite.record(&newer).await;
        assert_eq!((changed.imported, changed.updated, changed.unchanged), (0, 1, 3));
        let number = &patents[0].facts.publication_number;
        let shown = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
        assert_eq!(shown["forward_citations"], 99);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_calculator_and_the_model_are_open_to_those_who_may() {
    on_each(async |suite| {
        let one_year = json!({ "method": "relief_from_royalty", "revenue": ["100"], "royalty_rate": "0.05",
            "discount_rate": "0.10", "tax_rate": "0", "timing": "end_of_year", "tab": false });
        let (status, found) =
            suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(one_year)).await;
        assert_eq!((status, &found["value"]), (StatusCode::OK, &json!("4.55")));
        let wrong = json!({ "method": "relief_from_royalty", "revenue": ["100"], "royalty_rate": "2",
            "discount_rate": "0.10" });
        let (status, problem) =
            suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["errors"][0]["field"], "royalty_rate");
        let model = suite.get(&officer(1), "/scoring/model").await;
        assert_eq!(model["indices"].as_array().unwrap().len(), 3);
        let (status, _) = suite.call(&enterprise(), Method::GET, "/scoring/model", None).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(items(&suite.get(&enterprise(), "/ipc-industries").await).len() > 60);
        let anonymous = Request::get(format!("{BASE}/patents")).body(Body::empty()).unwrap();
        let answer = suite.router.clone().oneshot(anonymous).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}

const THREE_ROWS: &str = "公开(公告)号,标题,申请(专利权)人,申请日,IPC\n\
    CN110000001B,一种锂盐的制备方法,甲公司,2019-03-01,C01D15/08\n\
    CN110000002B,一种减速器,乙公司; 丙公司,2019-04-01,F16H57/021\n\
    ,没有号码的一行,甲公司,2019-05-01,C01D15/08\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_file_becomes_visible_all_at_once_and_again_changes_nothing() {
    on_each(async |suite| {
        let (status, import) = suite.upload(&officer(1), "专利.csv", THREE_ROWS.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        assert_eq!((text(&import, "state"), text(&import, "file_name")), ("queued", "专利.csv"));
        assert!(import["result"].is_null());
        let path = format!("/imports/{}", text(&import, "id"));
        jobs::step(&suite.db, &imports::ImportJob).await.unwrap();
        assert_eq!(suite.get(&officer(1), &path).await["state"], "running");
        assert!(items(&suite.get(&officer(1), "/patents").await).is_empty(), "nothing is half imported");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &path).await;
        assert_eq!((text(&done, "state"), &done["percent"]), ("finished", &json!(100)));
        let counts = |done: &Value| {
            ["read", "imported", "updated", "unchanged", "rejected"]
                .map(|n| done["result"][n].as_i64().unwrap())
        };
        assert_eq!(counts(&done), [3, 2, 0, 0, 1]);
        assert_eq!(done["result"]["errors"][0]["line"], 4);
        assert!(done["result"]["errors"][0]["reason"]["zh"].is_string());
        let shown = suite.get(&officer(1), "/patents/by-number/CN110000002B").await;
        assert_eq!(shown["applicants"], json!(["乙公司", "丙公司"]));
        assert_eq!(shown["industry"], "mechanical_engineering");
        let (_, again) = suite.upload(&officer(1), "again.csv", THREE_ROWS.as_bytes()).await;
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let again = suite.get(&officer(1), &format!("/imports/{}", text(&again, "id"))).await;
        assert_eq!(counts(&again), [3, 0, 0, 2, 1]);
        assert_eq!(items(&suite.get(&officer(1), "/imports").await).len(), 2);
        assert!(items(&suite.get(&officer(2), "/imports").await).is_empty());
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(suite.call(&enterprise(), Method::GET, &path, None).await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_changes_nothing_about_a_patent_that_belongs_to_another_organisation() {
    on_each(async |suite| {
        let owner = enterprise();
        let patents = generated_patents(5, 1, today(), &[(owner.tenant, "甲公司")]);
        suite.record(&patents).await;
        let number = patents[0].facts.publication_number.clone();
        let path = format!("/patents/by-number/{number}");
        let before = suite.get(&officer(1), &path).await;
        let file = format!("公开(公告)号,标题,申请(专利权)人\n{number},另一个标题,乙公司\n");
        let (status, import) = suite.upload(&officer(1), "a.csv", file.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &format!("/imports/{}", text(&import, "id"))).await;
        assert_eq!(
            (&done["result"]["updated"], &done["result"]["rejected"]),
            (&json!(0), &json!(1)),
            "{done}"
        );
        assert_eq!(done["result"]["errors"][0]["reason"]["code"], "held_by_others");
        assert_eq!(suite.get(&officer(1), &path).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_table_is_refused_at_once() {
    on_each(async |suite| {
        let (status, problem) = suite.upload(&officer(1), "a.pdf", b"%PDF-1.7 ...").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["type"], "/problems/unreadable-file");
        assert!(items(&suite.get(&officer(1), "/imports").await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_imported_at_once_counts_every_row() {
    on_each(async |suite| {
        let actor = officer(1).actor();
        let import = async || {
            imports::import_file(&suite.db, THREE_ROWS.as_bytes().to_vec(), None, &actor).await.unwrap()
        };
        let first = import().await;
        assert_eq!((first.read, first.imported, first.rejected, first.errors.len()), (3, 2, 1, 1));
        let again = import().await;
        assert_eq!((again.imported, again.updated, again.unchanged), (0, 0, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_export_of_thousands_of_rows_is_imported_whole_and_again_changes_nothing() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/patents/lens_drones_5884.csv");
    let Ok(bytes) = std::fs::read(file) else { return };
    let bytes = &bytes;
    on_each(async |suite| {
        let actor = officer(1).actor();
        let first = imports::import_file(&suite.db, bytes.clone(), None, &actor).await.unwrap();
        assert_eq!(first.read, 5_884);
        assert_eq!(first.read, first.imported + first.updated + first.unchanged + first.rejected);
        assert!(first.imported > 5_000, "{first:?}");
        let again = imports::import_file(&suite.db, bytes.clone(), None, &actor).await.unwrap();
        assert_eq!((again.imported, again.updated), (0, 0));
        let found = suite.get(&officer(1), "/patents?q=drone&limit=5&legal_status=granted").await;
        let some = &items(&found)[0];
        let body = json!({ "patent_id": some["id"], "purpose": "pledge" });
        let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_released_from_a_pledge_is_free_whatever_the_order_of_events() {
    on_each(async |suite| {
        let suite = suite.with_patents(10).await;
        let found = suite.get(&officer(1), "/patents").await;
        let id = |at: usize| text(&items(&found)[at], "id").parse::<PatentId>().unwrap();
        let (kept, released) = (id(0), id(1));
        suite.consume(&[pledge_over(3, "registered", vec![kept])]).await;
        suite.consume(&[pledge_over(2, "registered", vec![kept, released])]).await;
        let pledged = async |patent: PatentId| {
            suite.get(&officer(2), &format!("/patents/{patent}")).await["encumbered"].clone()
        };
        assert_eq!((pledged(kept).await, pledged(released).await), (json!(true), json!(false)));
        suite.consume(&[pledge_over(4, "registered", vec![kept, released])]).await;
        assert_eq!(pledged(released).await, true);
        suite.consume(&[pledge_over(5, "registered", vec![released])]).await;
        assert_eq!((pledged(kept).await, pledged(released).await), (json!(false), json!(true)));
        let list = suite.get(&officer(1), "/encumbrances?limit=1").await;
        assert_eq!(items(&list).len(), 1, "{list}");
        assert_eq!(items(&list)[0]["patent_id"], json!(released));
        let nobodys = format!("/encumbrances?bank_id={}", officer(2).tenant);
        assert!(items(&suite.get(&officer(1), &nobodys).await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledged_patent_is_not_transferred_licensed_or_abandoned_without_the_pledgees_consent() {
    on_each(async |suite| {
        let mut patents = generated_patents(5, 2, today(), &[(enterprise().tenant, "甲公司")]);
        patents[0].facts.legal_status = LegalStatus::Granted;
        suite.record(&patents).await;
        let number = patents[0].facts.publication_number.clone();
        let path = format!("/patents/by-number/{number}");
        let shown = suite.get(&officer(1), &path).await;
        let id: PatentId = text(&shown, "id").parse().unwrap();
        let mut sold = patents[0].clone();
        sold.facts.current_owners = vec!["乙公司".into()];
        let mut given_up = patents[0].clone();
        given_up.facts.legal_status = LegalStatus::Withdrawn;

        suite.consume(&[pledge_event(2, "registered", id)]).await;
        let refused = suite.record(&[sold.clone(), given_up.clone(), patents[1].clone()]).await;
        assert_eq!((refused.updated, refused.unchanged, refused.refused), (0, 1, 2));
        assert_eq!(suite.record(std::slice::from_ref(&sold)).await.refused, 1);
        let shown = suite.get(&officer(1), &path).await;
        assert_eq!(shown["current_owners"], json!(patents[0].facts.current_owners));
        let acts: Vec<&str> =
            shown["refused_disposals"].as_array().unwrap().iter().map(|one| text(one, "act")).collect();
        assert_eq!(acts.len(), 2, "the same act is noted once a day: {acts:?}");
        assert!(acts.contains(&"transfer") && acts.contains(&"abandonment"), "{acts:?}");

        let file = format!(
            "公开(公告)号,标题,当前专利权人,申请(专利权)人\n{number},{},乙公司,甲公司\n",
            shown["title"]
        );
        let (status, import) = suite.upload(&officer(1), "a.csv", file.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &format!("/imports/{}", text(&import, "id"))).await;
        assert_eq!(done["result"]["rejected"], 1, "{done}");
        let reason = &done["result"]["errors"][0]["reason"];
        assert_eq!(reason["code"], "pledged_without_consent", "{done}");
        assert!(text(reason, "zh").contains("bank 1"), "{reason}");

        suite.consume(&[consent_event(1, id, &["transfer"], false)]).await;
        let shown = suite.get(&officer(1), &path).await;
        assert_eq!(shown["encumbrances"][0]["consented"], json!(["transfer"]));
        assert_eq!(suite.record(std::slice::from_ref(&given_up)).await.refused, 1, "another act");
        assert_eq!(suite.record(std::slice::from_ref(&sold)).await.updated, 1);
        suite.consume(&[consent_event(2, id, &["transfer"], true)]).await;
        suite.consume(&[consent_event(1, id, &["transfer"], false)]).await;
        let mut again = sold.clone();
        again.facts.current_owners = vec!["丙公司".into()];
        assert_eq!(suite.record(std::slice::from_ref(&again)).await.refused, 1, "the consent was taken back");
        suite.consume(&[pledge_event(3, "cancelled", id)]).await;
        assert_eq!(suite.record(&[again, given_up]).await.updated, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_utility_model_shows_the_invention_that_its_applicant_filed_for_the_same_thing_that_day() {
    on_each(|suite| async move {
        let filed = |number: &str, kind: PatentKind, applicant: &str, status: LegalStatus| {
            let facts = PatentFacts {
                publication_number: number.into(),
                jurisdiction: "CN".into(),
                kind,
                title: "一种电解槽".into(),
                applicants: vec![applicant.into(), "某大学".into()],
                filing_date: "2022-05-06".parse().ok(),
                legal_status: status,
                ..PatentFacts::default()
            };
            PatentRecord::of(facts, "test")
        };
        let model = filed("CN217000001U", PatentKind::UtilityModel, "甲公司", LegalStatus::Granted);
        let mut stranger = filed("CN114000009A", PatentKind::Invention, "乙公司", LegalStatus::Pending);
        stranger.facts.applicants = vec!["乙公司".into()];
        let refused = filed("CN114000002A", PatentKind::Invention, "甲公司", LegalStatus::Rejected);
        suite.record(&[model, stranger, refused]).await;
        let path = "/patents/by-number/CN217000001U";
        let alone = suite.get(&officer(1), path).await;
        assert_eq!(alone["same_day_twin"], Value::Null, "another applicant's, and one that has ended");
        let pending = filed("CN114000001A", PatentKind::Invention, "甲公司", LegalStatus::Pending);
        suite.record(&[pending]).await;
        let twin = suite.get(&officer(1), path).await["same_day_twin"].clone();
        assert_eq!((&twin["number"], &twin["kind"]), (&json!("CN114000001A"), &json!("invention")));
        let back = suite.get(&officer(1), "/patents/by-number/CN114000001A").await;
        assert_eq!(back["same_day_twin"]["number"], "CN217000001U");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapse_a_challenge_and_a_missed_annuity_are_recorded_and_told_each_under_a_version_of_its_own() {
    on_each(async |suite| {
        let mut patents = generated_patents(5, 1, today(), &[(enterprise().tenant, "甲公司")]);
        patents[0].facts.legal_status = LegalStatus::Granted;
        patents[0].disputes.clear();
        suite.record(&patents).await;
        let number = &patents[0].facts.publication_number;
        let shown = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
        suite.consume(&[pledge_event(2, "registered", text(&shown, "id").parse().unwrap())]).await;
        let mut changed = patents[0].clone();
        changed.facts.legal_status = LegalStatus::Lapsed;
        changed.facts.annuities_paid_to = today().checked_sub_months(chrono::Months::new(7));
        changed.disputes = vec![catalogue::record::Dispute {
            kind: catalogue::record::DisputeKind::Invalidation,
            status: catalogue::record::DisputeStatus::Open,
            noted_on: today(),
        }];
        assert_eq!(suite.record(std::slice::from_ref(&changed)).await.updated, 1, "no act of the owner");
        let mut told: Vec<(String, i64)> = outbox(&suite.db)
            .await
            .into_iter()
            .filter(|envelope| envelope.event.name().starts_with("patent."))
            .map(|envelope| (envelope.event.name().to_owned(), envelope.version))
            .collect();
        told.sort_by_key(|(_, version)| *version);
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["patent.legal_status_changed.v1", "patent.challenged.v1", "patent.annuity_recorded.v1"]
        );
        assert_eq!((told[1].1, told[2].1), (told[0].1 + 1, told[0].1 + 2));
    })
    .await;
}

/// Everything that was told.
async fn outbox(db: &Db) -> Vec<Envelope> {
    use sea_orm::ConnectionTrait;
    let conn = db.read();
    let sql = "SELECT envelope AS text FROM outbox";
    let statement = sea_orm::Statement::from_string(conn.get_database_backend(), sql);
    let rows = conn.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(&row.try_get::<String>("", "text").unwrap()).unwrap())
        .collect()
}
