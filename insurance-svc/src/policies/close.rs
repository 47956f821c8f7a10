//! The monthly close: premium earned up to the last month's end is posted, and policies whose cover is over are
//! told to have expired. Set-based, in chunks; each chunk is one transaction, and a repeat finds nothing to do.

use std::time::Duration;

use contracts::Event;
use finance::Money;
use identity::Scope;
use ledger::Movement;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    cancel,
    model::close,
    postings,
    store::{self, policy},
};
use crate::quotes::model::term::last_month_end;

/// Policies closed in one transaction.
const CHUNK: u64 = 200;
/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(60);

/// Closes whatever is due on the business date, to the end. Returns how many policies were brought up to date.
///
/// # Errors
/// The database's fault; chunks already closed stay so.
pub async fn close_of_month(db: &Db) -> Result<usize, Fault> {
    let mut total = 0;
    loop {
        match db.run(|tx| chunk(tx).in_tx()).await? {
            0 => return Ok(total),
            closed => total += closed,
        }
    }
}

/// Closes from time to time until told to stop.
pub(crate) async fn run(db: Db, stop: CancellationToken) {
    loop {
        match close_of_month(&db).await {
            Ok(0) => {}
            Ok(policies) => tracing::info!(policies, "premium earned was posted"),
            Err(fault) => tracing::warn!(%fault, "the monthly close failed and is tried again"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn chunk(tx: &mut Tx) -> Result<usize, Fault> {
    let today = tx.business_date();
    let mut due =
        Condition::any().add(policy::Column::EndsOn.lt(today)).add(policy::Column::CancelledFrom.lte(today));
    if let Some(month_end) = last_month_end(today) {
        due = due.add(
            Condition::all().add(policy::Column::EarnedThrough.lt(month_end)).add(
                Condition::any()
                    .add(policy::Column::CancelledFrom.is_null())
                    .add(policy::Column::CancelledFrom.gt(today)),
            ),
        );
    }
    let rows = store::find(&Scope::system())
        .filter(policy::Column::Closed.eq(false))
        .filter(due)
        .order_by_asc(policy::Column::Id)
        .limit(CHUNK)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    let mut movements: Vec<Movement> = Vec::new();
    let mut events: Vec<(Uuid, i64, Event)> = Vec::new();
    for row in &rows {
        let posted = Money::from_fen(row.earned_posted_fen);
        let due = close::due(&row.cover(), posted, row.earned_through, today)
            .map_err(|error| Fault::Corrupt(error.to_string()))?
            .ok_or_else(|| Fault::Invariant(format!("policy {} was found due and is not", row.id)))?;
        if due.earned.is_positive() {
            movements.push(postings::earned(row, due.earned)?);
        }
        let changed = policy::ActiveModel {
            earned_posted_fen: Set(row.earned_posted_fen + due.earned.fen()),
            earned_through: Set(due.through),
            closed: Set(due.ended),
            ..Default::default()
        };
        store::save(tx, row, changed).await?;
        if due.ended && row.cancelled_from.is_none() {
            events.push((row.id, row.version + 1, cancel::event(row, "expired", Money::ZERO)));
        }
    }
    ledger::post(tx, &movements).await?;
    tx.publish(events).await?;
    Ok(rows.len())
}
