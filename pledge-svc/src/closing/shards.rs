//! Shards of a run: taken by whoever is free, worked off chunk by chunk, moved on in the transaction of each chunk, free
//! again when whoever held one has died.
//!
//! A chunk that fails at what is stored of one of its loans is halved until that loan stands alone; then it is noted and
//! left at the day before, and the chunks grow again. So a loan that cannot be read costs the others a few transactions
//! and nothing else.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    chunk, failures,
    run::{Cut, entity, shard},
};

/// A worker that dies holds its shard no longer than this.
const LEASE: TimeDelta = TimeDelta::seconds(20);

/// The most hands on a run.
const HANDS_MAX: usize = 8;

/// Works on free shards of a run until none is left, as many at a time as the machine has cores, and by no more than half of the
/// connections.
pub(super) async fn work(
    db: &Db,
    run: &entity::Model,
    cut: Cut,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<(), Fault> {
    let hands = if db.is_postgres() {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        cores.min(HANDS_MAX).min(db.connections_max() / 2).max(1)
    } else {
        // SQLite has one writer.
        1
    };
    let each = (0..hands).map(|_| free_shards(db, run, cut, going_on));
    futures::future::try_join_all(each).await.map(drop)
}

async fn free_shards(
    db: &Db,
    run: &entity::Model,
    cut: Cut,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<(), Fault> {
    // Who has been told to stop takes nothing: what is taken and left is nobody's until its lease ends.
    while going_on() {
        let Some(taken) = db.run_read_committed(|tx| take(tx, run.id).in_tx()).await? else { return Ok(()) };
        if !work_off(db, run, taken.shard, cut, going_on).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Works a shard off; `false` where the call was told to stop before its end.
async fn work_off(
    db: &Db,
    run: &entity::Model,
    number: i32,
    cut: Cut,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<bool, Fault> {
    let most = Ord::max(cut.chunk, 1);
    let mut size = most;
    loop {
        if !going_on() {
            return Ok(false);
        }
        let (now, before) = (size, if size == 1 { cursor(db, run.id, number).await? } else { None });
        let outcome = db.run_read_committed(|tx| chunk::chunk(tx, run, number, now).in_tx()).await;
        match outcome {
            Ok(true) => size = Ord::min(size.saturating_mul(2), most),
            Ok(false) => return Ok(true),
            Err(fault) if !failures::is_of_data(&fault) => return Err(fault),
            Err(_) if size > 1 => size /= 2,
            Err(fault) => {
                let (reason, before) = (&fault.to_string(), before.unwrap_or_default());
                db.run_read_committed(|tx| chunk::skip(tx, run, number, before, reason).in_tx()).await?;
            }
        }
    }
}

/// How far a shard is worked off.
async fn cursor(db: &Db, run: Uuid, number: i32) -> Result<Option<Uuid>, Fault> {
    let found = shard::Entity::find_by_id((run, number)).one(db.read()).await?;
    Ok(found.map(|shard| shard.after_id))
}

/// Takes a shard that nobody works on.
async fn take(tx: &mut Tx, run: Uuid) -> Result<Option<shard::Model>, Fault> {
    let free = Condition::any()
        .add(shard::Column::LeasedUntil.is_null())
        .add(shard::Column::LeasedUntil.lt(tx.now()));
    let found = shard::Entity::find()
        .filter(shard::Column::RunId.eq(run))
        .filter(shard::Column::Finished.eq(false))
        .filter(free)
        .order_by_asc(shard::Column::Shard)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx.conn())
        .await?;
    let Some(found) = found else { return Ok(None) };
    lease(tx, &found).await?;
    Ok(Some(found))
}

async fn lease(tx: &Tx, held: &shard::Model) -> Result<(), Fault> {
    shard::Entity::update_many()
        .col_expr(shard::Column::LeasedUntil, Expr::value(tx.now() + LEASE))
        .filter(shard::Column::RunId.eq(held.run_id))
        .filter(shard::Column::Shard.eq(held.shard))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The shards of some runs, in the order of their loans.
pub(super) async fn of_runs(
    conn: &impl ConnectionTrait,
    runs: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<shard::Model>, Fault> {
    Ok(shard::Entity::find()
        .filter(shard::Column::RunId.is_in(runs))
        .order_by_asc(shard::Column::Shard)
        .all(conn)
        .await?)
}

/// A shard as it stands, locked for a chunk.
pub(super) async fn hold_shard(tx: &Tx, run: Uuid, number: i32) -> Result<Option<shard::Model>, Fault> {
    Ok(shard::Entity::find_by_id((run, number)).lock_exclusive().one(tx.conn()).await?)
}

/// What a chunk did.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub after: Uuid,
    pub done: i64,
    pub failed: i64,
    pub accrued_fen: i64,
    pub finished: bool,
}

/// Moves a shard on, in the transaction of its chunk.
pub(super) async fn move_on(tx: &Tx, held: &shard::Model, step: &Step) -> Result<(), Fault> {
    let lease = if step.finished { None } else { Some(tx.now() + LEASE) };
    let touched = shard::Entity::update_many()
        .col_expr(shard::Column::AfterId, Expr::value(step.after))
        .col_expr(shard::Column::Done, Expr::col(shard::Column::Done).add(step.done))
        .col_expr(shard::Column::Failed, Expr::col(shard::Column::Failed).add(step.failed))
        .col_expr(shard::Column::AccruedFen, Expr::col(shard::Column::AccruedFen).add(step.accrued_fen))
        .col_expr(shard::Column::Finished, Expr::value(step.finished))
        .col_expr(shard::Column::LeasedUntil, Expr::value(lease))
        .filter(shard::Column::RunId.eq(held.run_id))
        .filter(shard::Column::Shard.eq(held.shard))
        .filter(shard::Column::AfterId.eq(held.after_id))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("shard {} of run {} moved on", held.shard, held.run_id)))
    }
}

/// What of a shard is left: the loans after one and up to another.
pub(super) fn left(held: &shard::Model) -> (Uuid, Uuid) {
    (held.after_id, held.until_id.unwrap_or(Uuid::max()))
}
