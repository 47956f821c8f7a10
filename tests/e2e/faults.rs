//! Two thousand draws at once, a SIGKILL in the middle, a restart: no limit is passed, nothing that was answered is
//! lost, every retried key gets its first answer.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};
use tokio::sync::{Mutex, Semaphore};
use tx_kit::testing::Backend;

use super::{
    story::{pledged, valued},
    world::{Door, PASSWORD, Program, World, free_port, ready, variables},
};

const MEMBERS: usize = 8;
const DRAWS: usize = 2_000;
/// Each member is approved for 180,000 and asks 250 times for 1,000.
const APPROVED: &str = "180000.00";
const GRANTED: usize = MEMBERS * 180;
/// Requests on their way at one time.
const AT_ONCE: usize = 96;
/// After so many answers the process is killed.
const KILLED_AFTER: usize = 600;

fn borrower(number: usize) -> String {
    format!("finance@enterprise-{}.demo", number % MEMBERS + 1)
}

async fn facility(door: &Door) -> String {
    let mut members = Vec::new();
    for number in 0..MEMBERS {
        let me = door.get(&borrower(number), "/api/platform/v1/me").await.expect(200);
        members.push(json!({
            "enterprise_id": me["organisation"]["id"], "enterprise_name": me["organisation"]["name"],
            "sub_limit": APPROVED,
        }));
    }
    let proposal = json!({
        "name": "集群集合授信", "cluster": "集群", "industry": "new_materials", "limit": "1500000.00",
        "revolving": true, "available_from": "2025-01-01", "available_until": "2034-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.2", "ltv_cap": "0.6",
        "members": members,
    });
    let made = door.post("officer@bank-a.demo", "/api/pledge/v1/facilities", proposal).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/api/pledge/v1/facilities/{id}/approve");
    door.post("approver@bank-a.demo", &path, json!({})).await.expect(200);
    for number in 0..MEMBERS {
        let who = borrower(number);
        let valued = valued(door, &id, &who).await;
        pledged(door, &id, &who, &valued, APPROVED).await;
    }
    id
}

/// What is known of each key: the status and the loan of its first answer.
type Answers = Arc<Mutex<HashMap<usize, (u16, Value)>>>;

/// Sends the draws that have no answer yet; those the process did not live to answer stay without one.
async fn send(door: &Door, facility: &str, answers: &Answers, stop_after: Option<usize>) {
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let client = http_kit::client().unwrap();
    let mut tokens = Vec::new();
    let mut enterprises = Vec::new();
    for number in 0..MEMBERS {
        tokens.push(door.token(&borrower(number)).await);
        let me = door.get(&borrower(number), "/api/platform/v1/me").await.expect(200);
        enterprises.push(me["organisation"]["id"].clone());
    }
    let mut tasks = Vec::new();
    for number in 0..DRAWS {
        let place = gate.clone().acquire_owned().await.unwrap();
        if stop_after.is_some_and(|enough| answers.try_lock().is_ok_and(|all| all.len() >= enough)) {
            break;
        }
        let url = format!("{}/api/pledge/v1/facilities/{facility}/drawdowns", door.base);
        let body = json!({ "enterprise_id": enterprises[number % MEMBERS], "amount": "1000.00", "tenor_months": 12 });
        let request = client
            .post(url)
            .bearer_auth(&tokens[number % MEMBERS])
            .header("idempotency-key", format!("draw-{number}"))
            .json(&body);
        let answers = answers.clone();
        tasks.push(tokio::spawn(async move {
            let _place = place;
            let Ok(answer) = request.send().await else { return };
            let status = answer.status().as_u16();
            let Ok(body) = answer.json::<Value>().await else { return };
            assert!(matches!(status, 201 | 409 | 503), "{status} {body}");
            if status == 503 {
                return;
            }
            let key = if status == 201 { body["loan_id"].clone() } else { body["type"].clone() };
            let mut all = answers.lock().await;
            let first = all.entry(number).or_insert((status, key.clone()));
            assert_eq!(*first, (status, key), "draw {number} got another answer than at first");
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn loans(door: &Door) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = "/api/pledge/v1/loans?limit=200".to_owned();
    loop {
        let page = door.get("officer@bank-a.demo", &path).await.expect(200);
        found.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/pledge/v1/loans?limit=200&cursor={cursor}"),
            None => return found,
        }
    }
}

async fn within_limits(door: &Door, facility: &str) -> Value {
    let path = format!("/api/pledge/v1/facilities/{facility}");
    let line = door.get("officer@bank-a.demo", &path).await.expect(200);
    let fen = |value: &Value| value.as_str().unwrap().parse::<finance::Money>().unwrap().fen();
    assert!(fen(&line["drawn"]) + fen(&line["reserved"]) <= fen(&line["limit"]), "{line}");
    for member in line["members"].as_array().unwrap() {
        assert!(fen(&member["drawn"]) <= fen(&member["sub_limit"]), "{member}");
    }
    let books = door.get("examiner@regulator.demo", "/api/pledge/v1/ledger/reconciliation").await.expect(200);
    for one in books["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_draws_and_a_kill_in_the_middle_keep_every_promise() {
    for backend in Backend::available().unwrap() {
        let world = World::new(backend).await;
        let facility = facility(&world.door).await;
        let (settings, place) = world.end().await;
        let address = format!("127.0.0.1:{}", free_port());
        let base = format!("http://{address}");
        let data = place.folder().display().to_string();
        let mut variables = variables(&settings);
        variables.push(("IPF_DEMO_PASSWORD".into(), PASSWORD.into()));
        variables.push(("IPF_REQUESTS_PER_SECOND_MAX".into(), "100000".into()));
        let arguments = ["serve", "--listen", &address, "--data", &data];
        let answers = Answers::default();
        let mut first = Program::start("ip-finance", &arguments, &variables);
        ready(&base, &mut first).await;
        let door = Door::new(base.clone());
        // The killer waits for the middle of the storm.
        let watched = answers.clone();
        let killer = tokio::spawn(async move {
            while watched.lock().await.len() < KILLED_AFTER {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            first.kill();
        });
        send(&door, &facility, &answers, None).await;
        killer.await.unwrap();
        let before = answers.lock().await.clone();
        assert!(before.len() < DRAWS, "the kill came after the storm");

        let mut second = Program::start("ip-finance", &arguments, &variables);
        ready(&base, &mut second).await;
        let door = Door::new(base);
        within_limits(&door, &facility).await;
        let there = loans(&door).await;
        for (number, (status, loan)) in &before {
            if *status == 201 {
                assert!(there.contains(loan), "draw {number} was answered 201 and is gone");
            }
        }
        // Everything again under the same keys: first answers stay, the rest is decided now.
        for _ in 0..3 {
            send(&door, &facility, &answers, None).await;
        }
        let answers = answers.lock().await;
        assert_eq!(answers.len(), DRAWS);
        let granted = answers.values().filter(|(status, _)| *status == 201).count();
        assert_eq!(granted, GRANTED);
        let line = within_limits(&door, &facility).await;
        assert_eq!(line["drawn"], json!(format!("{}.00", GRANTED * 1_000)));
        assert_eq!(loans(&door).await.len(), GRANTED);
        drop(second);
    }
}
