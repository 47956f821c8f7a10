//! Who works on jobs, and who may: a job is one worker's until its lease has run out, and a chunk's transaction holds the
//! job's row.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use contracts::JobId;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType},
};
use tokio_util::sync::CancellationToken;

use super::{Job, JobHandler, JobState, Progress, entity};
use crate::{Db, Fault, InTx, Tx};

/// A worker that dies holds its job no longer than this.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How often an idle worker looks for work.
const POLL: Duration = Duration::from_millis(300);

/// A job that a worker holds, as it stands after the worker's last chunk.
struct Held {
    job: Job,
    /// Until when nobody else takes it; that tells this lease from any other of the job.
    until: DateTime<Utc>,
}

/// Works on jobs of the handler's kind until told to stop. Who has begun a job goes on with it, since what the handler has
/// read and computed for it lies in this process.
pub async fn run(db: Db, handler: Arc<dyn JobHandler>, stop: CancellationToken) {
    let mut held = None;
    while !stop.is_cancelled() {
        match advance(&db, handler.as_ref(), held.take(), true).await {
            Ok((true, next)) => held = next,
            Ok((false, _)) => tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(POLL) => {}
            },
            Err(fault) => {
                tracing::error!(kind = handler.kind(), %fault, "a job waits after a fault");
                tokio::time::sleep(POLL * 4).await;
            }
        }
    }
    if let Some(held) = &held
        && let Err(fault) = db.run(|tx| give_back(tx, held).in_tx()).await
    {
        tracing::warn!(job.id = %held.job.id, %fault, "the job goes on elsewhere when its lease has run out");
    }
}

/// Does one chunk of the oldest open job and gives it back; whether there was one.
///
/// # Errors
/// The database's fault: the job then waits for the next that takes it. A fault of the chunk itself fails the job and is
/// written into its report.
pub async fn step(db: &Db, handler: &dyn JobHandler) -> Result<bool, Fault> {
    advance(db, handler, None, false).await.map(|(found, _)| found)
}

/// One chunk of the job that is held, or of the oldest open one: whether there was one, and the job where it is kept and has
/// more to do.
async fn advance(
    db: &Db,
    handler: &dyn JobHandler,
    held: Option<Held>,
    keep: bool,
) -> Result<(bool, Option<Held>), Fault> {
    let held = match held {
        Some(held) => held,
        None => {
            if open_jobs(handler.kind(), db.clock().now()).one(db.read()).await?.is_none() {
                return Ok((false, None));
            }
            match db.run(|tx| lease(tx, handler.kind()).in_tx()).await? {
                Some(held) => held,
                None => return Ok((false, None)),
            }
        }
    };
    let held = &held;
    let outcome = db
        .run(|tx| {
            async move {
                if !hold(tx, held).await? {
                    return Ok::<_, Fault>(None);
                }
                let progress = handler.chunk(tx, &held.job).await?;
                let until = (keep && !progress.finished).then(|| lease_end(db.clock().now()));
                let state = match until {
                    Some(_) => JobState::Running,
                    None if progress.finished => JobState::Finished,
                    None => JobState::Queued,
                };
                write(tx, held.job.id, &progress, state, until).await?;
                Ok(until.map(|until| Held { job: after(&held.job, progress), until }))
            }
            .in_tx()
        })
        .await;
    match outcome {
        Ok(next) => Ok((true, next)),
        // Nothing is wrong with the job: whoever takes it when the lease has run out goes on from its checkpoint.
        Err(fault) if fault.is_transient() || fault.is_outage() || matches!(fault, Fault::Unanswered(_)) => {
            Err(fault)
        }
        Err(fault) => {
            tracing::error!(job.id = %held.job.id, kind = handler.kind(), %fault, "the job failed");
            let reason = &fault.to_string();
            db.run(|tx| fail(tx, held, reason).in_tx()).await?;
            Ok((true, None))
        }
    }
}

fn open_jobs(kind: &str, now: DateTime<Utc>) -> sea_orm::Select<entity::Entity> {
    entity::Entity::find()
        .filter(entity::Column::Kind.eq(kind))
        .filter(
            Condition::any().add(entity::Column::State.eq(JobState::Queued.name())).add(
                Condition::all()
                    .add(entity::Column::State.eq(JobState::Running.name()))
                    .add(entity::Column::LeasedUntil.lt(now)),
            ),
        )
        .order_by_asc(entity::Column::Id)
}

/// When a lease taken now ends; no finer than every database keeps, since it is compared.
fn lease_end(now: DateTime<Utc>) -> DateTime<Utc> {
    (now + LEASE).trunc_subsecs(3)
}

async fn lease(tx: &mut Tx, kind: &str) -> Result<Option<Held>, Fault> {
    let row = open_jobs(kind, tx.now())
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (started_at, until) = (row.started_at.or(Some(tx.now())), lease_end(tx.now()));
    let mut change = row.clone().into_active_model();
    change.state = Set(JobState::Running.name().to_owned());
    change.started_at = Set(started_at);
    change.leased_until = Set(Some(until));
    entity::Entity::update(change).exec(tx.conn()).await?;
    Ok(Some(Held { job: Job::try_from(row)?, until }))
}

/// Whether the job is still held under this lease; its row is then locked for the rest of the transaction, so that nobody
/// takes it however long the chunk lasts. A worker that was too slow to begin, or runs a chunk again that another has
/// meanwhile done, finds here that it holds nothing.
async fn hold(tx: &Tx, held: &Held) -> Result<bool, Fault> {
    let found = entity::Entity::find_by_id(held.job.id.uuid())
        .filter(entity::Column::State.eq(JobState::Running.name()))
        .filter(entity::Column::LeasedUntil.eq(held.until))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    Ok(found.is_some())
}

/// The job as it stands after a chunk.
fn after(job: &Job, progress: Progress) -> Job {
    let Progress { done, total, cursor, report, .. } = progress;
    Job { done, total, cursor, report, state: JobState::Running, ..job.clone() }
}

async fn fail(tx: &mut Tx, held: &Held, reason: &str) -> Result<(), Fault> {
    if !hold(tx, held).await? {
        return Ok(());
    }
    let job = &held.job;
    let failed = Progress {
        done: job.done,
        total: job.total,
        cursor: job.cursor.clone(),
        report: serde_json::json!({ "failure": reason, "so_far": job.report }),
        finished: true,
    };
    write(tx, job.id, &failed, JobState::Failed, None).await
}

/// Lets another go on at once.
async fn give_back(tx: &mut Tx, held: &Held) -> Result<(), Fault> {
    if !hold(tx, held).await? {
        return Ok(());
    }
    let change = entity::ActiveModel {
        id: Set(held.job.id.uuid()),
        state: Set(JobState::Queued.name().to_owned()),
        leased_until: Set(None),
        ..Default::default()
    };
    entity::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

async fn write(
    tx: &mut Tx,
    id: JobId,
    progress: &Progress,
    state: JobState,
    leased_until: Option<DateTime<Utc>>,
) -> Result<(), Fault> {
    let change = entity::ActiveModel {
        id: Set(id.uuid()),
        state: Set(state.name().to_owned()),
        done: Set(progress.done),
        total: Set(progress.total),
        cursor: Set(progress.cursor.to_string()),
        report: Set(progress.report.to_string()),
        finished_at: Set(progress.finished.then(|| tx.now())),
        leased_until: Set(leased_until),
        ..Default::default()
    };
    entity::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}
