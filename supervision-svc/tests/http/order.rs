//! Events come twice, late and in any order, and the figures do not care; nor do they after a rebuild.

use std::sync::Arc;

use contracts::{Clock, Envelope, Service};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use supervision_svc::{Migrator, rebuild, recovery_totals, totals};
use tx_kit::{Bus, Fault, InTx, Tx, bus::in_process::InProcessBus, relay, testing::Backend};
use uuid::Uuid;

use crate::{
    market::{FACILITY_A, FACILITY_B, LOAN_1, LOAN_2, LOAN_3, events},
    place::Place,
    workouts::{AGREEMENT, CASE},
};

/// A shuffle that is the same every time: Fisher–Yates over a linear congruential generator.
fn shuffled(mut events: Vec<Envelope>, seed: u64) -> Vec<Envelope> {
    let mut state = seed;
    for last in (1..events.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap() % (last + 1);
        events.swap(last, other);
    }
    events
}

/// Everything that can be read, without what tells how it came.
async fn everything(place: &Place) -> Vec<Value> {
    let mut found = Vec::new();
    let ids = [
        ("facilities", FACILITY_A),
        ("facilities", FACILITY_B),
        ("loans", LOAN_1),
        ("loans", LOAN_2),
        ("loans", LOAN_3),
        ("disposals", CASE),
        ("fund-agreements", AGREEMENT),
    ];
    let details = ids.map(|(list, id)| format!("/{list}/{}", Uuid::from_u128(id)));
    let lists = [
        "/overview",
        "/facilities",
        "/loans",
        "/applications",
        "/pledges",
        "/policies",
        "/valuations",
        "/valuation-deviations",
        "/warnings",
        "/recoveries",
        "/disposals",
        "/funds",
        "/fund-agreements",
        "/fund-movements",
        "/appeals",
        "/events",
    ];
    for path in lists.into_iter().chain(details.iter().map(String::as_str)) {
        let mut value = place.read(path).await;
        if let Some(overview) = value.as_object_mut() {
            overview.remove("lag_seconds");
        }
        found.push(value);
    }
    found.push(serde_json::to_value(totals(place.db.read()).await.unwrap()).unwrap());
    found.push(serde_json::to_value(recovery_totals(place.db.read()).await.unwrap()).unwrap());
    found
}

#[tokio::test]
async fn duplicates_and_any_order_give_the_same_figures() {
    for backend in Backend::available().unwrap() {
        let expected = everything(&Place::fed(backend, &events(), 200).await).await;
        for (seed, batch) in [(1, 1), (2, 3), (3, 7), (4, 200), (5, 2), (6, 5), (7, 1)] {
            let twice = [shuffled(events(), seed), shuffled(events(), seed + 100)].concat();
            let place = Place::fed(backend, &twice, batch).await;
            assert_eq!(everything(&place).await, expected, "seed {seed}, batches of {batch}");
        }
    }
}

#[tokio::test]
async fn an_older_state_never_overwrites_a_newer_one() {
    for backend in Backend::available().unwrap() {
        let mut backwards = events();
        backwards.reverse();
        let place = Place::fed(backend, &backwards, 1).await;
        let facility = place.read(&format!("/facilities/{}", Uuid::from_u128(FACILITY_A))).await;
        assert_eq!(facility["status"], "active");
        assert_eq!(facility["limit"], "10000000.00");
        assert_eq!(facility["drawn"], "3500000.00");
    }
}

#[tokio::test]
async fn totals_agree_with_themselves_facility_by_facility() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 4).await;
        let found = totals(place.db.read()).await.unwrap();
        assert_eq!(found.facilities.len(), 2);
        for facility in &found.facilities {
            assert_eq!(facility.drawn, facility.loans_outstanding);
            assert_eq!(facility.drawn, facility.members_drawn);
        }
        for bank in found.banks.values() {
            assert_eq!(bank.granted.checked_sub(bank.repaid).unwrap(), bank.outstanding);
        }
    }
}

#[tokio::test]
async fn a_rebuild_by_replay_gives_the_figures_that_were_there() {
    for backend in Backend::available().unwrap() {
        let place = Place::on(backend).await;
        let clock: Arc<dyn Clock> = place.clock.clone();
        let mut sources = Vec::new();
        for service in [Service::Pledge, Service::Insurance, Service::Valuation] {
            sources.push(place.folder.open::<Migrator>(service, Arc::clone(&clock)).await.unwrap());
        }
        let now = clock.now();
        for envelope in events() {
            place.clock.set(envelope.occurred_at);
            let source = sources.iter().find(|source| source.service() == envelope.source).unwrap();
            let told = &envelope;
            let published: Result<(), Fault> = source
                .run(|tx: &mut Tx| {
                    async move { tx.publish([(told.aggregate, told.version, told.event.clone())]).await }
                        .in_tx()
                })
                .await;
            published.unwrap();
        }
        place.clock.set(now);
        let bus = InProcessBus::default();
        bus.attach(Arc::clone(&place.consumer), tokio_util::sync::CancellationToken::new()).await.unwrap();
        for source in &sources {
            relay::drain(source, &bus).await.unwrap();
        }
        let expected = everything(&place).await;
        assert_eq!(expected[0]["totals"]["outstanding"], "5500000.00");
        let harm = place.db.migrator();
        harm.execute_unprepared("UPDATE loan SET outstanding_fen = 1").await.unwrap();
        harm.execute_unprepared("DELETE FROM repayment").await.unwrap();
        harm.execute_unprepared("DELETE FROM disposal_movement").await.unwrap();
        harm.execute_unprepared("UPDATE fund_agreement SET pending_fen = 1").await.unwrap();
        assert_ne!(everything(&place).await, expected);
        let sources: Vec<&tx_kit::Db> = sources.iter().collect();
        assert_eq!(rebuild(&place.db, &sources).await.unwrap(), events().len());
        assert_eq!(everything(&place).await, expected);
        assert_eq!(place.read("/overview").await["lag_seconds"], 0);
        assert_eq!(rebuild(&place.db, &sources).await.unwrap(), events().len());
        assert_eq!(everything(&place).await, expected);
    }
}
