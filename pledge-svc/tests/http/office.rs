//! A fake office: a real HTTP server on a port of its own that takes papers and keeps what it has said about them. It
//! delays, fails, drops the line, takes papers without saying so or will not have them, as a test tells it to.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contracts::{Clock, Service};
use pledge_svc::registration::{
    Office,
    office::{
        http::HttpRegister,
        seal::{PROOF_HEADER, STAMP_HEADER, Seal},
    },
};
use serde_json::{Value, json};
use tx_kit::{Isolation, testing::Backend};

use crate::bench::{Answer, Bench};

/// What the office and the bank know.
pub const SECRET: &[u8] = b"a secret that only the office and the bank know";

/// How the office takes its next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Sound,
    /// It takes its time.
    Slow,
    /// 500, and nothing is taken.
    Fails,
    /// It takes the papers, and its answer never arrives.
    TakesAndDropsTheLine,
    /// It takes the papers and answers 500 all the same.
    TakesAndFails,
    /// It will not have papers like these.
    WillNotHaveThem,
}

/// What the office has of one filing.
#[derive(Debug, Default, Clone)]
pub struct Filed {
    /// The papers as first sent.
    pub papers: Value,
    /// How often they came.
    pub times: usize,
    /// What it has said.
    pub messages: Vec<Value>,
    /// The corrections, each once.
    pub corrections: BTreeMap<u64, Value>,
    /// How often it was asked to let it be withdrawn.
    pub withdrawals: usize,
}

#[derive(Default)]
struct Inside {
    moods: VecDeque<Mood>,
    filed: BTreeMap<String, Filed>,
    strangers: usize,
}

#[derive(Clone)]
struct Desk {
    inside: Arc<Mutex<Inside>>,
    clock: Arc<OnceLock<Arc<dyn Clock>>>,
}

/// The office, with the service that files with it.
pub struct FakeOffice {
    pub bench: Bench,
    pub register: Office,
    desk: Desk,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for FakeOffice {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl FakeOffice {
    /// An office that listens, and a service on a fresh database that files with it.
    pub async fn open(backend: Backend) -> Self {
        let desk = Desk { inside: Arc::default(), clock: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = routes(desk.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let register: OnceLock<Office> = OnceLock::new();
        let mut benches = Bench::with_outside(backend, Isolation::default(), 1, |clock| {
            desk.clock.get_or_init(|| Arc::clone(clock));
            let office = Office::new(HttpRegister::new(&url, SECRET, Arc::clone(clock)).unwrap());
            register.get_or_init(|| office.clone());
            pledge_svc::Outside { register: office, ..Default::default() }
        })
        .await;
        let register = register.into_inner().unwrap();
        Self { bench: benches.remove(0), register, desk, server }
    }

    /// How it takes the next requests; after those it is sound.
    pub fn moods(&self, moods: impl IntoIterator<Item = Mood>) {
        self.desk.inside.lock().unwrap().moods.extend(moods);
    }

    /// What it has of a filing.
    pub fn filed(&self, id: &str) -> Option<Filed> {
        self.desk.inside.lock().unwrap().filed.get(id).cloned()
    }

    /// How many filings it has.
    pub fn count(&self) -> usize {
        self.desk.inside.lock().unwrap().filed.len()
    }

    /// Requests that were not proved.
    pub fn strangers(&self) -> usize {
        self.desk.inside.lock().unwrap().strangers
    }

    /// It loses everything it has.
    pub fn burn(&self) {
        self.desk.inside.lock().unwrap().filed.clear();
    }

    /// It decides something about a filing; gives the message, which it also tells whoever asks.
    pub fn says(&self, id: &str, answer: Value) -> Value {
        let mut inside = self.desk.inside.lock().unwrap();
        let filed = inside.filed.entry(id.to_owned()).or_default();
        let on = self.bench.clock.business_date();
        let message = json!({
            "request_id": id, "sequence": filed.messages.len() + 1, "on": on, "answer": answer,
        });
        filed.messages.push(message.clone());
        message
    }

    /// Brings a message to the service's door.
    pub async fn calls(&self, message: &Value) -> Answer {
        let now = self.bench.clock.now().timestamp();
        self.calls_with(message, now, SECRET).await
    }

    /// The same at another second or with another secret.
    pub async fn calls_with(&self, message: &Value, stamp: i64, secret: &[u8]) -> Answer {
        let body = message.to_string();
        let proof = Seal::new(secret).prove(stamp, body.as_bytes());
        let request = Request::post(format!("{}/register/callbacks", Service::Pledge.base_path()))
            .header(STAMP_HEADER, stamp.to_string())
            .header(PROOF_HEADER, proof)
            .body(Body::from(body))
            .unwrap();
        let (status, _, bytes) = self.bench.raw(request).await;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, body, etag: None }
    }

    /// The service's worker does what is due; how much that was.
    pub async fn round(&self) -> usize {
        pledge_svc::registration::deliver(&self.bench.db, &self.register).await.unwrap()
    }

    /// The worker's rounds over some minutes.
    pub async fn minutes(&self, minutes: i64) {
        for _ in 0..minutes {
            self.bench.clock.set(self.bench.clock.now() + chrono::TimeDelta::minutes(1));
            self.round().await;
        }
    }
}

fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/filings", post(take))
        .route("/filings/{id}", get(tell))
        .route("/filings/{id}/corrections", post(correct))
        .route("/filings/{id}/withdrawal", post(withdraw))
        .with_state(desk)
}

impl Desk {
    /// Whether the bank has written this, about now.
    fn is_proved(&self, headers: &HeaderMap, text: &[u8]) -> bool {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let now = self.clock.get().unwrap().now();
        let proved = Seal::new(SECRET).check(header(STAMP_HEADER), header(PROOF_HEADER), text, now).is_ok();
        if !proved {
            self.inside.lock().unwrap().strangers += 1;
        }
        proved
    }

    /// Takes a request in the next mood: `keep` puts what was sent where it belongs.
    async fn answer(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        keep: impl FnOnce(&mut Inside, Value),
    ) -> Response {
        if !self.is_proved(headers, body) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let sent: Value = serde_json::from_slice(body).unwrap();
        let mood = self.inside.lock().unwrap().moods.pop_front().unwrap_or(Mood::Sound);
        match mood {
            Mood::Fails => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Mood::WillNotHaveThem => {
                return (StatusCode::UNPROCESSABLE_ENTITY, "缺少附件").into_response();
            }
            Mood::Slow => tokio::time::sleep(Duration::from_millis(80)).await,
            Mood::Sound | Mood::TakesAndDropsTheLine | Mood::TakesAndFails => {}
        }
        keep(&mut self.inside.lock().unwrap(), sent);
        match mood {
            Mood::TakesAndFails => StatusCode::BAD_GATEWAY.into_response(),
            Mood::TakesAndDropsTheLine => {
                let broken =
                    futures::stream::iter([Err::<Bytes, _>(std::io::Error::other("the line is dead"))]);
                Body::from_stream(broken).into_response()
            }
            _ => Json(json!({ "messages": [] })).into_response(),
        }
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    desk.answer(&headers, &body, |inside, sent| {
        let id = sent["request_id"].as_str().unwrap().to_owned();
        let filed = inside.filed.entry(id).or_default();
        filed.times += 1;
        filed.papers = sent;
    })
    .await
}

async fn correct(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    desk.answer(&headers, &body, |inside, sent| {
        let number = sent["correction"].as_u64().unwrap();
        inside.filed.entry(id).or_default().corrections.insert(number, sent);
    })
    .await
}

async fn withdraw(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    desk.answer(&headers, &body, |inside, _| inside.filed.entry(id).or_default().withdrawals += 1).await
}

async fn tell(State(desk): State<Desk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if !desk.is_proved(&headers, format!("/filings/{id}").as_bytes()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let found = desk.inside.lock().unwrap().filed.get(&id).cloned();
    match found {
        Some(filed) => Json(json!({ "messages": filed.messages })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
