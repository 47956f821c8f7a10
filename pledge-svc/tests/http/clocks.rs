//! Processes and their clocks: what one posts on a day that another, days ahead, has closed is in the books all the
//! same; which day is over; until when a process holds what it closes.

use std::sync::atomic::{AtomicU32, Ordering};

use contracts::Clock;
use pledge_svc::closing::{CaughtUp, Cut, catch_up, catch_up_cut, held_until, last_day_over};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, examiner, finance, operations, org, other_finance},
    facility::{draw, repay},
    facility_life::{approved, unsecured},
    subsidies::controls_agree,
};

async fn close(bench: &Bench, until: &str) {
    let day = json!({ "business_date": until });
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", day.clone()).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

/// Entries on the days up to the 26th.
async fn on_closed_days(bench: &Bench) -> Vec<String> {
    let sql =
        "SELECT CAST(COUNT(*) AS VARCHAR(20)) AS text FROM ledger_entry WHERE business_date <= '2026-11-26'";
    bench.texts(sql).await
}

async fn lines_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/reconciliation").await.expect(200);
    let items = body["items"].as_array().unwrap();
    assert!(items.iter().all(|one| one["agrees"] == Value::Bool(true)), "{body}");
}

#[tokio::test]
async fn draws_and_repayments_of_a_process_that_is_days_behind_stand_on_the_first_open_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let line = approved(&bench, unsecured(json!({}))).await;
        let drawn = draw(&bench, &line, &finance(), "100000.00", "k1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        let before = on_closed_days(&bench).await;
        // The other process believes that it is still the 24th.
        bench.at("2026-11-24T03:00:00Z");
        draw(&bench, &line, &finance(), "50000.00", "k2").await.expect(201);
        for number in 0..5 {
            repay(&bench, loan, "1000.00", &format!("r{number}")).await.expect(201);
        }
        assert_eq!(on_closed_days(&bench).await, before, "a closed day takes nothing more");
        controls_agree(&bench).await;
        lines_agree(&bench).await;
        bench.at("2026-11-27T03:00:00Z");
        controls_agree(&bench).await;
        bench.at("2026-11-29T02:00:00Z");
        close(&bench, "2026-11-28").await;
        controls_agree(&bench).await;
        lines_agree(&bench).await;
    }
}

#[tokio::test]
async fn ten_minutes_into_a_day_the_last_day_that_is_over_is_the_day_before_yesterday_for_everybody() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let line = approved(&bench, unsecured(json!({}))).await;
        draw(&bench, &line, &finance(), "100000.00", "k1").await.expect(201);
        // Five past midnight of the 26th in China.
        bench.at("2026-11-25T16:05:00Z");
        assert_eq!(last_day_over(&bench.db).to_string(), "2026-11-24");
        let closed = bench.post(&operations(), "/closings", json!({})).await.expect(200);
        assert_eq!(closed["closed_to"], "2026-11-24", "{closed}");
        let named = json!({ "business_date": "2026-11-25" });
        let refused = bench.post(&operations(), "/closings", named.clone()).await.refused(409, "day-ahead");
        assert!(refused["detail"].as_str().unwrap().contains("2026-11-24"), "{refused}");
        bench.at("2026-11-25T16:10:00Z");
        assert_eq!(last_day_over(&bench.db).to_string(), "2026-11-25");
        let closed = bench.post(&operations(), "/closings", json!({})).await.expect(200);
        assert_eq!(closed["closed_to"], "2026-11-25", "{closed}");
    }
}

#[tokio::test]
async fn what_a_process_held_that_stopped_in_the_middle_is_told_until_when_and_free_after_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let line = approved(&bench, unsecured(json!({}))).await;
        draw(&bench, &line, &finance(), "1000.00", "k1").await.expect(201);
        draw(&bench, &line, &other_finance(), "1000.00", "k2").await.expect(201);
        bench.at("2026-11-25T02:00:00Z");
        let day = "2026-11-24".parse().unwrap();
        assert_eq!(held_until(&bench.db, org(10), day).await.unwrap(), None, "nobody has begun");
        // It stops after its first loan of two.
        let asked = AtomicU32::new(0);
        let going_on = || asked.fetch_add(1, Ordering::SeqCst) < 3;
        let cut = Cut { chunk: 1, ..Cut::default() };
        let stopped = catch_up_cut(&bench.db, org(10), day, "first", cut, going_on).await.unwrap();
        assert_eq!(stopped, CaughtUp::Waiting { day, days: 0 });
        let again = catch_up(&bench.db, org(10), day, "second", || true).await.unwrap();
        assert_eq!(again, CaughtUp::Waiting { day, days: 0 }, "the first may be alive");
        let until = held_until(&bench.db, org(10), day).await.unwrap().unwrap();
        assert_eq!((until - bench.clock.now()).num_seconds(), 20);
        bench.clock.set(until + chrono::TimeDelta::seconds(1));
        assert_eq!(held_until(&bench.db, org(10), day).await.unwrap(), None);
        let again = catch_up(&bench.db, org(10), day, "second", || true).await.unwrap();
        assert_eq!(again, CaughtUp::Closed { days: 1 });
    }
}
