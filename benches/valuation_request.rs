//! How long a valuation takes through the gateway: token, limits, permission, exchange, patent, score, methods, simulation,
//! transaction with synchronous commit, answer; and how long one that is stored takes to be read. Prints the median, the 95th
//! and the 99th hundredth with one caller and with 64: first 64 that each ask at a steady pace, where a request counts from when
//! it was due, so that a slow answer is not excused by those who had to wait for it; then 64 that each ask again
//! as soon as they are answered, which says how much a machine does and nothing about how long a desk waits.
//!
//! `cargo bench --bench valuation_request`

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use contracts::{Clock, Service, SystemClock};
use futures::future::try_join_all;
use http_body_util::BodyExt;
use http_kit::config::Settings;
use ip_finance::{demo, suite::Suite};
use serde_json::{Value, json};
use tower::ServiceExt;

const PATENTS: usize = 50;
/// Requests of a round, over all callers.
const MEASURED: usize = 2_048;
const CALLERS: [usize; 2] = [1, 64];
/// How often each of 64 steady callers asks for a valuation, and reads one.
const VALUED_EVERY: Duration = Duration::from_secs(2);
const READ_EVERY: Duration = Duration::from_millis(200);
/// The product's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
const PASSWORD: &str = "bench";

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Somebody at the gateway's door.
#[derive(Clone)]
struct Door {
    router: Router,
    token: String,
}

impl Door {
    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value), Failed> {
        let mut request = Request::builder().method(method).uri(path);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body)?;
        let answer = self.router.clone().oneshot(request).await?;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&bytes)?))
    }

    async fn signed_in(router: Router, username: &str) -> Result<Self, Failed> {
        let door = Self { router, token: String::new() };
        let who = json!({ "username": username, "password": PASSWORD });
        let (status, answer) = door.call("POST", "/auth/token", Some(&who)).await?;
        let token = answer["access_token"].as_str().ok_or_else(|| format!("{status}: {answer}"))?;
        Ok(Self { token: token.to_owned(), ..door })
    }
}

/// What is asked for, over and over.
enum Ask {
    Valuation(Vec<Value>),
    Reading(Vec<String>),
}

impl Ask {
    async fn once(&self, door: &Door, number: usize) -> Result<(), Failed> {
        let (status, wanted) = match self {
            Self::Valuation(bodies) => {
                let body = &bodies[number % bodies.len()];
                (door.call("POST", &path("/valuations"), Some(body)).await?.0, 201)
            }
            Self::Reading(paths) => (door.call("GET", &paths[number % paths.len()], None).await?.0, 200),
        };
        if status != wanted {
            return Err(format!("answered {status}").into());
        }
        Ok(())
    }
}

fn path(rest: &str) -> String {
    format!("{}{rest}", Service::Valuation.base_path())
}

/// Asks so often with so many callers; at a pace where there is one, else each again as soon as it is answered.
async fn measure(
    what: &str,
    door: &Door,
    ask: &Arc<Ask>,
    callers: usize,
    pace: Option<Duration>,
) -> Result<(), Failed> {
    let began = Instant::now();
    let each = if pace.is_some() { MEASURED / callers / 2 } else { MEASURED / callers };
    let working = (0..callers).map(|caller| {
        let (door, ask) = (door.clone(), Arc::clone(ask));
        tokio::spawn(async move {
            let mut times = Vec::with_capacity(each);
            for round in 0..each {
                let due = pace.map(|pace| {
                    // They do not all ask in one instant.
                    let turns = (round * callers + caller) as f64 / callers as f64;
                    began + pace.mul_f64(turns)
                });
                if let Some(due) = due {
                    tokio::time::sleep_until(due.into()).await;
                }
                let start = due.unwrap_or_else(Instant::now);
                ask.once(&door, caller * each + round).await?;
                times.push(start.elapsed());
            }
            Ok::<_, Failed>(times)
        })
    });
    let mut times = Vec::with_capacity(MEASURED);
    for found in try_join_all(working).await? {
        times.extend(found?);
    }
    let took = began.elapsed();
    times.sort_unstable();
    let at = |hundredth: usize| times[(times.len() - 1) * hundredth / 100];
    let rate = times.len() as f64 / took.as_secs_f64();
    let how = pace.map_or_else(|| "at once".to_owned(), |pace| format!("each every {pace:?}"));
    println!(
        "{what}, {callers} callers, {how}: p50 {:.2?}, p95 {:.2?}, p99 {:.2?}, {rate:.0} a second",
        at(50),
        at(95),
        at(99)
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    // One person asks for all: the limit is for a person, not for the suite.
    let settings =
        Settings { data: folder.path().to_owned(), requests_per_second_max: u32::MAX, ..Settings::default() };
    let suite = Suite::open(&settings, Arc::new(SystemClock)).await?;
    demo::people_and_patents(&suite.databases, SystemClock.business_date(), PASSWORD).await?;
    let door = Door::signed_in(suite.router.clone(), "officer@bank-a.demo").await?;
    let (_, found) = door.call("GET", &path("/patents?legal_status=granted&limit=200"), None).await?;
    let (mut assessable, mut stored) = (Vec::new(), Vec::new());
    for patent in found["items"].as_array().ok_or("no patents")? {
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        let (status, valuation) = door.call("POST", &path("/valuations"), Some(&body)).await?;
        if status == 201 {
            let id = valuation["id"].as_str().ok_or("a valuation without an id")?;
            stored.push(path(&format!("/valuations/{id}")));
            assessable.push(body);
        }
        if assessable.len() == PATENTS {
            break;
        }
    }
    let (asking, reading) = (Arc::new(Ask::Valuation(assessable)), Arc::new(Ask::Reading(stored)));
    measure("a patent valued", &door, &asking, CALLERS[1], Some(VALUED_EVERY)).await?;
    measure("a valuation read", &door, &reading, CALLERS[1], Some(READ_EVERY)).await?;
    for callers in CALLERS {
        measure("a patent valued", &door, &asking, callers, None).await?;
        measure("a valuation read", &door, &reading, callers, None).await?;
    }
    Ok(())
}
