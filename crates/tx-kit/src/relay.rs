//! The outbox relay: brings committed events to the bus, at least once, any number of replicas at a time.
//!
//! Sequence numbers commit out of order on PostgreSQL, so it takes unsent rows (`SKIP LOCKED`), never
//! "everything after the last one".

use std::{sync::Arc, time::Duration};

use contracts::Envelope;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use tokio_util::sync::CancellationToken;

use crate::{Bus, Consumer, Db, Fault, InTx, Tx};

/// Events taken at a time.
const BATCH: u64 = 200;
/// How long the relay sleeps when nobody wakes it: a crash between commit and wake costs this much.
const POLL: Duration = Duration::from_millis(500);
/// Pause after the bus refused.
const BACK_OFF: Duration = Duration::from_secs(1);

/// The outbox table: one row an event, kept after sending so that a read model can be rebuilt.
pub(crate) mod outbox {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub aggregate: Uuid,
        pub version: i64,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub envelope: String,
        pub occurred_at: DateTimeUtc,
        pub sent: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Relays until told to stop.
pub async fn run(db: Db, bus: Arc<dyn Bus>, stop: CancellationToken) {
    loop {
        match relay_batch(&db, bus.as_ref()).await {
            Ok(0) => tokio::select! {
                () = stop.cancelled() => return,
                () = db.outbox_filled().notified() => {}
                () = tokio::time::sleep(POLL) => {}
            },
            Ok(_) if stop.is_cancelled() => return,
            Ok(_) => {}
            Err(fault) => {
                tracing::warn!(service = %db.service(), %fault, "events wait: the bus or the outbox refused");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(BACK_OFF) => {}
                }
            }
        }
    }
}

/// Relays whatever waits now, to the end. Returns how many events went out.
///
/// # Errors
/// The fault of the database or the bus; what was already marked sent stays so.
pub async fn drain(db: &Db, bus: &dyn Bus) -> Result<usize, Fault> {
    let mut total = 0;
    loop {
        match relay_batch(db, bus).await? {
            0 => return Ok(total),
            sent => total += sent,
        }
    }
}

async fn relay_batch(db: &Db, bus: &dyn Bus) -> Result<usize, Fault> {
    // SQLite has one relay in one process, and a write transaction must not stay open while a consumer in
    // the same process works; PostgreSQL's replicas keep the rows locked until they are marked.
    if db.is_postgres() {
        return db.run(|tx| relay_locked(tx, bus).in_tx()).await;
    }
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Sent.eq(false))
        .order_by_asc(outbox::Column::Id)
        .limit(BATCH)
        .all(db.read())
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    bus.publish(&envelopes(&rows)?).await?;
    let rows = &rows;
    db.run(|tx| async move { mark_sent(tx.conn(), rows).await }.in_tx()).await?;
    Ok(rows.len())
}

async fn relay_locked(tx: &mut Tx, bus: &dyn Bus) -> Result<usize, Fault> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Sent.eq(false))
        .order_by_asc(outbox::Column::Id)
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    bus.publish(&envelopes(&rows)?).await?;
    mark_sent(tx.conn(), &rows).await?;
    Ok(rows.len())
}

async fn mark_sent(conn: &impl sea_orm::ConnectionTrait, rows: &[outbox::Model]) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Sent, Expr::value(true))
        .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(conn)
        .await?;
    Ok(())
}

fn envelopes(rows: &[outbox::Model]) -> Result<Vec<Envelope>, Fault> {
    rows.iter().map(|row| serde_json::from_str(&row.envelope).map_err(Fault::from)).collect()
}

/// Reads every event this service ever published, oldest first, in pages: the source of a rebuild by replay.
///
/// # Errors
/// The database's fault, or the consumer's.
pub async fn replay(db: &Db, consumer: &dyn Consumer) -> Result<usize, Fault> {
    let mut after = uuid::Uuid::nil();
    let mut total = 0;
    loop {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Id.gt(after))
            .order_by_asc(outbox::Column::Id)
            .limit(BATCH)
            .all(db.read())
            .await?;
        let Some(last) = rows.last() else { return Ok(total) };
        after = last.id;
        total += rows.len();
        let wanted: Vec<Envelope> =
            envelopes(&rows)?.into_iter().filter(|envelope| consumer.wants(envelope.event.name())).collect();
        if !wanted.is_empty() {
            consumer.consume(&wanted).await?;
        }
    }
}
