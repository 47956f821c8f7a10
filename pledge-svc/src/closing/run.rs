//! Runs: one for a bank and a business date, cut into shards (`shards.rs`); days in order, none left out.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contracts::{OrgId, clock::china_date};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    finish,
    model::{OrderRefused, next_day},
    others, shards,
    stretches::{self, Stretch},
};
use crate::{loan::store as loans, risk};

/// How the work of a day is cut. What comes of the day is the same however it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Loans decided and written in one transaction, 1 at least.
    pub chunk: i64,
    /// Loans that make a shard of their own worth while, 1 at least.
    pub shard_loans: i64,
}

impl Default for Cut {
    fn default() -> Self {
        Self { chunk: 5_000, shard_loans: 500 }
    }
}

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
        /// About how many there were when the run was cut.
        pub loans: i64,
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

/// How long after midnight a day is left open for what began before it.
const SETTLES: TimeDelta = TimeDelta::minutes(10);
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
        /// Days closed by this call before it.
        days: u32,
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

/// What came of a bank's next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Everything is closed.
    None,
    /// It is closed now.
    Closed,
    /// It is not finished.
    Waiting(NaiveDate),
}

/// Closes every day of a bank that is not closed yet, in order, up to and with `until`. Another replica may work on the
/// same day at the same time: each takes shards of its own.
///
/// # Errors
/// A day that is not over; the database's fault.
pub async fn catch_up(
    db: &Db,
    bank: OrgId,
    until: NaiveDate,
    by: &str,
    going_on: impl Fn() -> bool + Send + Sync,
) -> Result<CaughtUp, CatchUpError> {
    catch_up_cut(db, bank, until, by, Cut::default(), going_on).await
}

/// The same, with the work of a day cut in another way.
///
/// # Errors
/// As [`catch_up`].
pub async fn catch_up_cut(
    db: &Db,
    bank: OrgId,
    until: NaiveDate,
    by: &str,
    cut: Cut,
    going_on: impl Fn() -> bool + Send + Sync,
) -> Result<CaughtUp, CatchUpError> {
    let mut days = 0;
    loop {
        match close_next(db, bank, until, by, cut, &going_on).await? {
            Next::None => return Ok(CaughtUp::Closed { days }),
            Next::Closed => days += 1,
            Next::Waiting(day) => return Ok(CaughtUp::Waiting { day, days }),
        }
    }
}

/// Closes every day of every bank up to and with `until`, one day of each bank in turn, so that no bank's long absence
/// keeps the days of the others open; then what no bank's run does (`others.rs`). Says for each bank what came of it.
///
/// # Errors
/// The database's fault where it is no bank's own.
pub async fn catch_up_all(
    db: &Db,
    until: NaiveDate,
    by: &str,
    going_on: impl Fn() -> bool + Send + Sync,
) -> Result<Vec<(OrgId, Result<CaughtUp, CatchUpError>)>, Fault> {
    let banks = banks(db).await?;
    let mut turn: Vec<(OrgId, u32)> = banks.iter().map(|bank| (*bank, 0)).collect();
    let mut ended = Vec::with_capacity(turn.len());
    while !turn.is_empty() {
        for (bank, days) in std::mem::take(&mut turn) {
            match close_next(db, bank, until, by, Cut::default(), &going_on).await {
                Ok(Next::Closed) => turn.push((bank, days + 1)),
                Ok(Next::None) => ended.push((bank, Ok(CaughtUp::Closed { days }))),
                Ok(Next::Waiting(day)) => ended.push((bank, Ok(CaughtUp::Waiting { day, days }))),
                // One bank's trouble is not another's.
                Err(error) => ended.push((bank, Err(error))),
            }
        }
    }
    if until < today(db) && going_on() {
        let all = ended.iter().all(|(_, outcome)| matches!(outcome, Ok(CaughtUp::Closed { .. })));
        others::close(db, &banks, until, all).await?;
    }
    Ok(ended)
}

/// Every bank that ever lent.
async fn banks(db: &Db) -> Result<Vec<OrgId>, Fault> {
    let ids: Vec<Uuid> = loans::loan::Entity::find()
        .select_only()
        .column(loans::loan::Column::BankId)
        .distinct()
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(ids.into_iter().map(OrgId::from_uuid).collect())
}

async fn close_next(
    db: &Db,
    bank: OrgId,
    until: NaiveDate,
    by: &str,
    cut: Cut,
    going_on: &(impl Fn() -> bool + Send + Sync),
) -> Result<Next, CatchUpError> {
    let Some(day) = next(db, bank, until).await? else { return Ok(Next::None) };
    if !going_on() {
        return Ok(Next::Waiting(day));
    }
    let run = match of_day(db.read(), bank, day).await? {
        Some(run) => run,
        None => {
            let reviewed = db.run_read_committed(|tx| risk::review_lines(tx, bank).in_tx());
            let (stretches, ()) = futures::try_join!(stretches::of_day(db, bank, cut), reviewed)?;
            db.run(|tx| open(tx, bank, day, by, &stretches).in_tx()).await?
        }
    };
    shards::work(db, &run, cut, going_on).await?;
    Ok(if finish::finish(db, &run).await? { Next::Closed } else { Next::Waiting(day) })
}

/// The business date for closing days: a day is over for good some minutes after midnight, when what began before it has
/// committed and the last replica's clock has passed it too.
fn today(db: &Db) -> NaiveDate {
    china_date(db.clock().now() - SETTLES)
}

/// The last day that is over: the one that is closed where nobody names another, by the worker, over the API and from the
/// command line. In the first ten minutes after midnight it is the day before yesterday.
#[must_use]
pub fn last_day_over(db: &Db) -> NaiveDate {
    let today = today(db);
    today.pred_opt().unwrap_or(today)
}

/// Until when others hold what is left of a bank's day. A process that works renews its hold with every chunk; one that
/// has died holds it no longer than this. `None` where nobody holds anything.
///
/// # Errors
/// The database's fault.
pub async fn held_until(db: &Db, bank: OrgId, day: NaiveDate) -> Result<Option<DateTime<Utc>>, Fault> {
    let Some(run) = of_day(db.read(), bank, day).await? else { return Ok(None) };
    let held = shard::Entity::find()
        .filter(shard::Column::RunId.eq(run.id))
        .filter(shard::Column::Finished.eq(false))
        .filter(shard::Column::LeasedUntil.gt(db.clock().now()))
        .order_by_desc(shard::Column::LeasedUntil)
        .one(db.read())
        .await?;
    Ok(held.and_then(|shard| shard.leased_until))
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
    Ok(next_day(finished, first, until, today(db))?)
}

/// The last day of a bank that is closed.
pub(super) async fn last_finished(
    conn: &impl ConnectionTrait,
    bank: OrgId,
) -> Result<Option<NaiveDate>, Fault> {
    let day = finished(bank).select_only().column(entity::Column::BusinessDate).into_tuple();
    Ok(day.one(conn).await?)
}

/// The runs of a bank that are through, the last day first.
pub(super) fn finished(bank: OrgId) -> Select<entity::Entity> {
    entity::Entity::find()
        .filter(entity::Column::BankId.eq(bank.uuid()))
        .filter(entity::Column::Status.eq(FINISHED))
        .order_by_desc(entity::Column::BusinessDate)
}

async fn of_day(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    day: NaiveDate,
) -> Result<Option<entity::Model>, Fault> {
    Ok(entity::Entity::find()
        .filter(entity::Column::BankId.eq(bank.uuid()))
        .filter(entity::Column::BusinessDate.eq(day))
        .one(conn)
        .await?)
}

/// The run of a day, made with a shard for each stretch of the bank's loans where it is not there yet.
async fn open(
    tx: &mut Tx,
    bank: OrgId,
    day: NaiveDate,
    by: &str,
    stretches: &[Stretch],
) -> Result<entity::Model, Fault> {
    if let Some(run) = of_day(tx.conn(), bank, day).await? {
        return Ok(run);
    }
    let run = entity::Model {
        id: contracts::JobId::fresh(tx.now()).uuid(),
        bank_id: bank.uuid(),
        business_date: day,
        status: RUNNING.to_owned(),
        loans: stretches.iter().map(|stretch| stretch.loans).sum(),
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
    let mut rows = Vec::new();
    for (number, stretch) in (0..).zip(stretches) {
        rows.push(shard::ActiveModel {
            run_id: Set(run.id),
            shard: Set(number),
            after_id: Set(stretch.after),
            until_id: Set(stretch.until),
            loans: Set(stretch.loans),
            done: Set(0),
            failed: Set(0),
            accrued_fen: Set(0),
            finished: Set(false),
            leased_until: Set(None),
        });
    }
    shard::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(run)
}
