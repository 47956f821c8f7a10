//! The promises of the crate, on every database that is here.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use contracts::events::ApplicationDecided;
use contracts::{Actor, ApplicationId, Envelope, Event, OrgId, Service, SimulatedClock, UserId};
use finance::Money;
use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tx_kit::{
    AsFault, AuditEntry, Bus, Consumer, Db, Fault, IdempotencyKey, InTx, KeyReused, Tx,
    bus::in_process::InProcessBus,
    inbox,
    migrations::TxKitTables,
    relay, seal,
    testing::{Backend, TestPlace},
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
