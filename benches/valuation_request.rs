//! How long a valuation request takes in process: door, permission, patent, score, methods, simulation, transaction
//! with synchronous commit, answer. Prints the median, the 95th and the 99th hundredth, one caller at a time.
//!
//! `cargo bench --bench valuation_request`

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{Request, header},
};
use contracts::{Clock, OrgId, OrgKind, Service, SystemClock, UserId};
use http_body_util::BodyExt;
use http_kit::config::Settings;
use identity::{Caller, Role};
use ip_finance::{demo, suite::Suite};
use serde_json::{Value, json};
use tower::ServiceExt;

const WARM_UP: usize = 50;
const MEASURED: usize = 1_000;

type Failed = Box<dyn std::error::Error>;

fn caller(role: Role) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::from_u128(1)),
        name: "客户经理".into(),
        tenant: OrgId::from_uuid(uuid::Uuid::from_u128(2)),
        tenant_name: "银行".into(),
        org_kind: OrgKind::Bank,
        roles: vec![role],
    }
}

async fn call(suite: &Suite, method: &str, path: &str, body: Value) -> Result<(u16, Value), Failed> {
    let token = suite.keys.internal_issuer().sign(&caller(Role::LoanOfficer), Service::Valuation)?;
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", Service::Valuation.base_path()))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))?;
    let door = suite.doors.iter().find(|(name, _)| *name == Service::Valuation).ok_or("no valuation-svc")?;
    let answer = door.1.clone().oneshot(request).await?;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes)?))
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let settings = Settings { data: folder.path().to_owned(), ..Settings::default() };
    let suite = Suite::open(&settings, Arc::new(SystemClock)).await?;
    demo::people_and_patents(&suite.databases, SystemClock.business_date(), "bench").await?;
    let (_, found) = call(&suite, "GET", "/patents?legal_status=granted&limit=200", Value::Null).await?;
    let mut assessable = Vec::new();
    for patent in found["items"].as_array().ok_or("no patents")? {
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        if call(&suite, "POST", "/valuations", body.clone()).await?.0 == 201 {
            assessable.push(body);
        }
        if assessable.len() == WARM_UP {
            break;
        }
    }
    let mut times = Vec::with_capacity(MEASURED);
    for round in 0..MEASURED {
        let body = assessable[round % assessable.len()].clone();
        let start = Instant::now();
        let (status, _) = call(&suite, "POST", "/valuations", body).await?;
        times.push(start.elapsed());
        if status != 201 {
            return Err(format!("a valuation was answered {status}").into());
        }
    }
    times.sort_unstable();
    let at = |hundredth: usize| times[(MEASURED - 1) * hundredth / 100];
    println!("{MEASURED} valuations in process: p50 {:?}, p95 {:?}, p99 {:?}", at(50), at(95), at(99));
    Ok(())
}
