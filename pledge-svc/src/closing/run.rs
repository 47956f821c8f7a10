//! Runs: one for a bank and a business date, cut into shards that any replica takes; days in order, none left out.

use chrono::{NaiveDate, TimeDelta};
use contracts::OrgId;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    chunk, finish,
    model::{OrderRefused, next_day},
    store,
};
use crate::loan::store as loans;

/// Loans decided and written in one transaction.
pub(super) const CHUNK: i64 = 5_000;
/// Loans that make a shard of their own worth while.
const SHARD_LOANS: i64 = 50_000;
/// The most shards of a run.
const SHARDS_MAX: i64 = 64;
/// A worker that dies holds its shard no longer than this.
const LEASE: TimeDelta = TimeDelta::seconds(20);

/// Runs.
pub mod entity {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "closing_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub business_date: Date,
        pub status: String,
        pub loans: i64,
        pub done: i64,
        pub failed: i64,
        pub accrued_fen: i64,
        pub started_by: String,
        pub started_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Shards of runs.
pub mod shard {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "closing_shard")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub shard: i32,
        pub after_id: Uuid,
        pub until_id: Option<Uuid>,
        pub done: i64,
        pub failed: i64,
        pub accrued_fen: i64,
        pub finished: bool,
        pub leased_until: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The status of a run that has work left.
pub(super) const RUNNING: &str = "running";
/// The status of a run that is through.
pub(super) const FINISHED: &str = "finished";

/// What came of catching up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaughtUp {
    /// Everything up to the day asked for is closed.
    Closed {
        /// Days closed by this call.
        days: u32,
    },
    /// Others hold what is left, or the call was told to stop.
    Waiting {
        /// The day that is not finished.
        day: NaiveDate,
    },
}

/// Why nothing was closed.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The order of days refuses it.
    #[error(transparent)]
    Refused(#[from] OrderRefused),
    /// The machinery failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Closes every day of a bank that is not closed yet, in order, up to and with `until`. Another replica may work on the
/// same day at the same time: each takes shards of its own.
///
/// # Errors
/// A day that lies ahead; the database's fault.
pub async fn catch_up(
    db: &Db,
    bank: OrgId,
    until: NaiveDate,
    by: &str,
    going_on: impl Fn() -> bool + Send + Sync,
) -> Result<CaughtUp, CatchUpError> {
    let mut days = 0;
    loop {
        let day = match next(db, bank, until).await? {
            Some(day) => day,
            None => return Ok(CaughtUp::Closed { days }),
        };
        if !going_on() {
            return Ok(CaughtUp::Waiting { day });
        }
        let run = db.run(|tx| open(tx, bank, day, by).in_tx()).await?;
        work(db, &run, &going_on).await?;
        if finish::finish(db, &run).await? {
            days += 1;
        } else {
            return Ok(CaughtUp::Waiting { day });
        }
    }
}

/// The next day to close.
async fn next(db: &Db, bank: OrgId, until: NaiveDate) -> Result<Option<NaiveDate>, CatchUpError> {
    let finished: Option<NaiveDate> = last_finished(db.read(), bank).await?;
    let first: Option<NaiveDate> = if finished.is_some() {
        None
    } else {
        loans::loan::Entity::find()
            .select_only()
            .column(loans::loan::Column::DrawnOn)
            .filter(loans::loan::Column::BankId.eq(bank.uuid()))
            .order_by_asc(loans::loan::Column::DrawnOn)
            .into_tuple()
            .one(db.read())
            .await
            .map_err(Fault::from)?
    };
    Ok(next_day(finished, first, until, db.clock().business_date())?)
}

/// The last day of a bank that is closed.
pub(super) async fn last_finished(
    conn: &impl ConnectionTrait,
    bank: OrgId,
) -> Result<Option<NaiveDate>, Fault> {
    Ok(entity::Entity::find()
        .select_only()
        .column(entity::Column::BusinessDate)
        .filter(entity::Column::BankId.eq(bank.uuid()))
        .filter(entity::Column::Status.eq(FINISHED))
        .order_by_desc(entity::Column::BusinessDate)
        .into_tuple()
        .one(conn)
        .await?)
}

/// The run of a day, made and cut into shards where it is not there yet.
async fn open(tx: &mut Tx, bank: OrgId, day: NaiveDate, by: &str) -> Result<entity::Model, Fault> {
    let found = entity::Entity::find()
        .filter(entity::Column::BankId.eq(bank.uuid()))
        .filter(entity::Column::BusinessDate.eq(day))
        .one(tx.conn())
        .await?;
    if let Some(run) = found {
        return Ok(run);
    }
    let open = loans::loan::Entity::find()
        .filter(loans::loan::Column::BankId.eq(bank.uuid()))
        .filter(loans::loan::Column::Status.eq(crate::loan::LoanStatus::Active.name()));
    let count = sea_orm::PaginatorTrait::count(open.clone(), tx.conn()).await?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let shards = (count / SHARD_LOANS).clamp(1, SHARDS_MAX);
    let run = entity::Model {
        id: contracts::JobId::fresh(tx.now()).uuid(),
        bank_id: bank.uuid(),
        business_date: day,
        status: RUNNING.to_owned(),
        loans: count,
        done: 0,
        failed: 0,
        accrued_fen: 0,
        started_by: by.to_owned(),
        started_at: tx.now(),
        finished_at: None,
    };
    let made = entity::ActiveModel::from(run.clone());
    // Two replicas open the same day: the unique index lets one through, the other finds its run.
    entity::Entity::insert(made)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    let mut after = Uuid::nil();
    let mut rows = Vec::new();
    for shard in 0..shards {
        let until: Option<Uuid> = if shard + 1 == shards {
            None
        } else {
            let offset = u64::try_from((shard + 1) * (count / shards)).unwrap_or(0);
            open.clone()
                .select_only()
                .column(loans::loan::Column::Id)
                .order_by_asc(loans::loan::Column::Id)
                .offset(offset)
                .limit(1)
                .into_tuple()
                .one(tx.conn())
                .await?
        };
        rows.push(shard::ActiveModel {
            run_id: Set(run.id),
            shard: Set(i32::try_from(shard).unwrap_or(i32::MAX)),
            after_id: Set(after),
            until_id: Set(until),
            done: Set(0),
            failed: Set(0),
            accrued_fen: Set(0),
            finished: Set(false),
            leased_until: Set(None),
        });
        match until {
            Some(until) => after = until,
            None => break,
        }
    }
    shard::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(run)
}

/// Works on free shards of a run until none is left, as many at a time as the machine has cores.
async fn work(
    db: &Db,
    run: &entity::Model,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<(), Fault> {
    let hands = if db.is_postgres() {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8)
    } else {
        // SQLite has one writer.
        1
    };
    let each = (0..hands).map(|_| shards(db, run, going_on));
    futures::future::try_join_all(each).await.map(drop)
}

async fn shards(
    db: &Db,
    run: &entity::Model,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<(), Fault> {
    while let Some(taken) = db.run(|tx| take(tx, run.id).in_tx()).await? {
        loop {
            if !going_on() {
                return Ok(());
            }
            let shard = taken.shard;
            let more = db.run_read_committed(|tx| chunk::chunk(tx, run, shard).in_tx()).await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
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

/// The end of a shard without an end of its own.
pub(super) const LAST: Uuid = Uuid::max();

/// The next loans of a shard.
pub(super) async fn next_loans(
    conn: &impl ConnectionTrait,
    bank: &identity::Scope,
    held: &shard::Model,
) -> Result<Vec<store::LoanLine>, Fault> {
    store::find_chunk(conn, bank, (held.after_id, held.until_id.unwrap_or(LAST)), CHUNK).await
}
