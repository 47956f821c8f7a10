//! The promises of the crate, on every database that is here.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::events::ApplicationDecided;
use contracts::{Actor, ApplicationId, Envelope, Event, JobId, OrgId, Service, SimulatedClock, UserId};
use finance::Money;
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::{
    AsFault, AuditEntry, Bus, Consumer, Db, Fault, IdempotencyKey, InTx, KeyReused, Tx,
    bus::in_process::InProcessBus,
    inbox,
    jobs::{self, Job, JobHandler, JobState, Progress},
    migrations::TxKitTables,
    relay, seal,
    testing::{Backend, Break, TestPlace},
};
use uuid::Uuid;

struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(TxKitTables)]
    }
}

#[derive(Debug)]
enum Answer {
    Refused,
    KeyReused,
    Fault(Fault),
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl AsFault for Answer {
    fn as_fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused | Self::KeyReused => None,
        }
    }
}

impl KeyReused for Answer {
    fn key_reused() -> Self {
        Self::KeyReused
    }
}

fn actor() -> Actor {
    Actor {
        user: UserId::from_uuid(Uuid::from_u128(1)),
        name: "甲".into(),
        tenant: OrgId::from_uuid(Uuid::from_u128(2)),
    }
}

fn event() -> Event {
    Event::ApplicationDecided(ApplicationDecided {
        application_id: ApplicationId::from_uuid(Uuid::from_u128(7)),
        bank_id: actor().tenant,
        enterprise_id: actor().tenant,
        outcome: "approved".into(),
        approved_amount: Money::from_fen(1),
        days: 1,
    })
}

#[expect(clippy::unwrap_used, reason = "a test without its database has nothing to prove")]
async fn databases() -> Vec<(TestPlace, Db)> {
    let mut all = Vec::new();
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let clock = Arc::new(SimulatedClock::at("2026-01-05T01:00:00Z".parse().unwrap()));
        let db = place.open::<Migrator>(Service::Pledge, clock).await.unwrap();
        all.push((place, db));
    }
    all
}

/// A command that publishes and audits, or refuses after having written.
async fn command(tx: &mut Tx, refuse: bool) -> Result<Uuid, Answer> {
    let id = Uuid::new_v4();
    tx.publish([(id, 1, event())]).await?;
    tx.audit([AuditEntry::new(&actor(), "test.done", "test", id).with("why")]).await?;
    if refuse { Err(Answer::Refused) } else { Ok(id) }
}

async fn keyed(db: Db, body: String, refuse: bool) -> Result<Uuid, Answer> {
    let key = IdempotencyKey::new(actor().tenant, "POST /x", "key-1", body.as_bytes());
    db.run_once(Some(&key), |tx| command(tx, refuse).in_tx()).await
}

#[derive(Default)]
struct Counter {
    seen: AtomicUsize,
    deliveries: AtomicUsize,
    db: Option<Db>,
}

#[async_trait]
impl Consumer for Counter {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "application.decided.v1"
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.deliveries.fetch_add(batch.len(), Ordering::SeqCst);
        let Some(db) = &self.db else { return Ok(()) };
        let fresh = db
            .run(|tx| {
                async move { Ok::<_, Fault>(inbox::first_time(tx, "counter", batch).await?.len()) }.in_tx()
            })
            .await?;
        self.seen.fetch_add(fresh, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_with_one_key_get_one_answer_and_have_one_effect() {
    for (_place, db) in databases().await {
        let twins: Vec<_> = (0..20).map(|_| tokio::spawn(keyed(db.clone(), "{}".into(), false))).collect();
        let mut answers = Vec::new();
        for twin in twins {
            answers.push(twin.await.unwrap().unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        let counter = Counter::default();
        assert_eq!(relay::replay(&db, &counter).await.unwrap(), 1);
        assert!(matches!(keyed(db.clone(), "{\"other\":1}".into(), false).await, Err(Answer::KeyReused)));
    }
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_and_may_be_asked_again() {
    for (_place, db) in databases().await {
        assert!(matches!(keyed(db.clone(), "{}".into(), true).await, Err(Answer::Refused)));
        assert_eq!(relay::replay(&db, &Counter::default()).await.unwrap(), 0);
        assert_eq!(seal::verify(&db).await.unwrap().sealed, 0);
        assert!(keyed(db.clone(), "{}".into(), false).await.is_ok());
    }
}

#[tokio::test]
async fn an_event_that_comes_twice_has_its_effect_once() {
    for (_place, db) in databases().await {
        for _ in 0..3 {
            db.run(|tx| command(tx, false).in_tx()).await.unwrap();
        }
        let bus = InProcessBus::default();
        let counter = Arc::new(Counter { db: Some(db.clone()), ..Counter::default() });
        bus.attach(counter.clone(), tokio_util::sync::CancellationToken::new()).await.unwrap();
        assert_eq!(relay::drain(&db, &bus).await.unwrap(), 3);
        assert_eq!(relay::drain(&db, &bus).await.unwrap(), 0);
        relay::replay(&db, counter.as_ref()).await.unwrap();
        assert_eq!(counter.deliveries.load(Ordering::SeqCst), 6);
        assert_eq!(counter.seen.load(Ordering::SeqCst), 3);
    }
}

#[tokio::test]
async fn the_audit_chain_proves_itself_and_a_forged_row_breaks_it() {
    for (_place, db) in databases().await {
        for _ in 0..5 {
            db.run(|tx| command(tx, false).in_tx()).await.unwrap();
        }
        seal::seal_all(&db).await.unwrap();
        let whole = seal::verify(&db).await.unwrap();
        assert_eq!((whole.sealed, whole.broken_at), (5, None));
        db.migrator()
            .execute_unprepared("UPDATE audit SET details = '\"forged\"' WHERE id IN (SELECT audit_id FROM audit_seal WHERE position = 3)")
            .await
            .unwrap();
        assert_eq!(seal::verify(&db).await.unwrap().broken_at.map(|(position, _)| position), Some(3));
    }
}

/// Three chunks, each of which publishes an event.
struct Three;

#[async_trait]
impl JobHandler for Three {
    fn kind(&self) -> &'static str {
        "test.three"
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let done = job.done + 1;
        tx.publish([(job.id.uuid(), done, event())]).await?;
        let (cursor, report) = (serde_json::json!({ "next": done }), serde_json::Value::Null);
        Ok(Progress { done, total: 3, cursor, report, finished: done == 3 })
    }
}

async fn finished(db: &Db, id: JobId) -> Result<bool, Fault> {
    let job = jobs::find(db.read(), None, id).await?;
    Ok(job.is_none_or(|job| !matches!(job.state, JobState::Queued | JobState::Running)))
}

#[tokio::test]
async fn a_job_whose_database_is_lost_at_any_step_is_not_given_up_and_does_each_chunk_once() {
    /// More than the statements of three chunks.
    const STEPS: u64 = 30;
    for backend in Backend::available().unwrap() {
        let place = TestPlace::new(backend).unwrap();
        let mut now: DateTime<Utc> = "2026-01-05T01:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::at(now));
        let db = place.open::<Migrator>(Service::Pledge, clock.clone()).await.unwrap();
        let actor = &actor();
        let (mut jobs_done, mut faults) = (0_i64, 0);
        for (step, how) in (2..STEPS).flat_map(|step| [(step, Break::Before), (step, Break::After)]) {
            let id = db
                .run(|tx| {
                    async move { jobs::enqueue(tx, "test.three", actor.tenant, actor, &"payload").await }
                        .in_tx()
                })
                .await
                .unwrap();
            db.probe().break_at(step, how);
            loop {
                match jobs::step(&db, &Three).await {
                    Ok(true) => {}
                    Ok(false) if finished(&db, id).await.unwrap() => break,
                    // The server has not yet noticed that a connection is gone, and keeps the row for it.
                    Ok(false) => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
                    Err(fault) => {
                        assert!(fault.is_outage() || matches!(fault, Fault::Unanswered(_)), "{fault}");
                        faults += 1;
                        // Whoever had it is taken for dead once the lease has run out.
                        now += TimeDelta::seconds(31);
                        clock.set(now);
                    }
                }
            }
            let _ = db.probe().take_back();
            let job = jobs::find(db.read(), None, id).await.unwrap().unwrap();
            assert_eq!((job.state, job.done), (JobState::Finished, 3), "{how:?} step {step}");
            jobs_done += 1;
            let count = Statement::from_string(
                db.read().get_database_backend(),
                "SELECT COUNT(*) AS n FROM outbox".to_owned(),
            );
            let told: i64 = db.read().query_one_raw(count).await.unwrap().unwrap().try_get("", "n").unwrap();
            assert_eq!(told, 3 * jobs_done, "{how:?} step {step}");
        }
        assert!(faults > 30, "{faults} of the steps broke");
    }
}

/// Enters one row so often that its key is taken by itself on the first `twice` attempts; how often it was tried.
async fn tried(db: &Db, twice: usize) -> (usize, Result<(), Fault>) {
    let tries = &AtomicUsize::new(0);
    let row = &format!(
        "INSERT INTO inbox (consumer, event_id, received_at) VALUES ('twins', '{}', '2026-01-05 01:00:00+00:00')",
        Uuid::new_v4()
    );
    let answer = db
        .run(|tx| {
            async move {
                let times = if tries.fetch_add(1, Ordering::SeqCst) < twice { 2 } else { 1 };
                for _ in 0..times {
                    tx.conn().execute_unprepared(row).await?;
                }
                Ok::<_, Fault>(())
            }
            .in_tx()
        })
        .await;
    (tries.load(Ordering::SeqCst), answer)
}

#[tokio::test]
async fn an_act_that_meets_a_key_which_a_twin_took_looks_again_and_does_not_for_ever() {
    for (_place, db) in databases().await {
        let (tries, answer) = tried(&db, 1).await;
        assert!(answer.is_ok(), "{answer:?}");
        assert_eq!(tries, 2);
        let (tries, answer) = tried(&db, usize::MAX).await;
        assert!(answer.unwrap_err().is_unique_violation());
        assert_eq!(tries, 4);
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_worth_waiting_for_and_one_that_refuses_is_not() {
    let clock = Arc::new(SimulatedClock::at("2026-01-05T01:00:00Z".parse().unwrap()));
    let open = async |url: &str| {
        let opened = Db::open(Service::Pledge, &tx_kit::DbConfig::at(url), clock.clone()).await;
        opened.err().unwrap()
    };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = std::time::Instant::now();
    let away = open(&format!("postgres://ipf:secret@{nobody}/pledge")).await;
    assert!(away.is_away(), "{away}");
    assert!(began.elapsed() < std::time::Duration::from_secs(8), "it is told while somebody still looks");
    let forwarder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let before_it = forwarder.local_addr().unwrap();
    let hanging_up = std::thread::spawn(move || {
        let (mut knocking, _) = forwarder.accept().unwrap();
        std::io::Read::read_exact(&mut knocking, &mut [0; 8]).unwrap();
    });
    let hung_up = open(&format!("postgres://ipf:secret@{before_it}/pledge")).await;
    hanging_up.join().unwrap();
    assert!(hung_up.is_away(), "{hung_up}");
    let malformed = open("postgres://ipf@127.0.0.1:many/pledge").await;
    assert!(!malformed.is_away(), "{malformed}");
    for backend in Backend::available().unwrap() {
        if backend == Backend::Sqlite {
            continue;
        }
        let place = TestPlace::new(backend).unwrap();
        let url = place.database_url(Service::Pledge).await.unwrap();
        let refused = open(&format!("{url}_of_nobody")).await;
        assert!(!refused.is_away(), "{refused}");
        assert!(refused.to_string().starts_with("the database of pledge is not on its server"), "{refused}");
    }
}
