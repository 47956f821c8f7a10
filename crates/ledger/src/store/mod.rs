//! Writing movements in the caller's transaction, and reading what was written.

use chrono::NaiveDate;
use contracts::MovementId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::{Fault, Tx, bulk::Rows};

use crate::{Movement, Side};

mod balances;
mod changes;
mod days;
mod listing;
mod reverse;
mod rows;

pub use balances::{AccountBalance, balance, balances_by_group, books, trial_balance};
pub use changes::{Change, changes_of};
pub use days::{DayBalance, DayClosed, close_day, day_balances};
pub use listing::{
    AccountEntry, EntriesPage, PostedEntry, PostedMovement, Span, entries, movement_by_id, movements_of,
};
pub use reverse::{ReversalRefused, ReverseError, reverse};
use rows::{day, entry, movement};

/// Posts movements, in bulk, on the transaction's business date. Returns their ids in order.
///
/// # Errors
/// The database's fault.
pub async fn post(tx: &mut Tx, movements: &[Movement]) -> Result<Vec<MovementId>, Fault> {
    write(tx, tx.business_date(), movements).await
}

/// Posts movements on another day: the close of business catches up days that have passed. A day of which the balances
/// of a later one are closed takes nothing more.
///
/// # Errors
/// [`Fault::Invariant`] for a day before the last closed one of a book, or one that has not come; the database's fault.
pub async fn post_on(tx: &mut Tx, on: NaiveDate, movements: &[Movement]) -> Result<Vec<MovementId>, Fault> {
    if on > tx.business_date() {
        return Err(Fault::Invariant(format!("ledger: {on} has not come")));
    }
    if on < tx.business_date() {
        let mut books: Vec<uuid::Uuid> = movements.iter().map(|movement| movement.book.uuid()).collect();
        books.sort_unstable();
        books.dedup();
        let later = day::Entity::find()
            .filter(day::Column::Book.is_in(books))
            .filter(day::Column::BusinessDate.gt(on))
            .order_by_asc(day::Column::BusinessDate)
            .one(tx.conn())
            .await?;
        if let Some(later) = later {
            return Err(Fault::Invariant(format!(
                "ledger: {on} takes nothing more in book {}: {} is closed",
                later.book, later.business_date
            )));
        }
    }
    write(tx, on, movements).await
}

async fn write(tx: &mut Tx, on: NaiveDate, movements: &[Movement]) -> Result<Vec<MovementId>, Fault> {
    let (ids, rows) = made(tx, on, movements)?;
    tx.conn().insert(rows).await?;
    Ok(ids)
}

/// The rows of movements on the transaction's business date, for an act that writes rows of several tables at once.
///
/// # Errors
/// None that a caller could cause.
pub fn movement_rows(tx: &Tx, movements: &[Movement]) -> Result<[Rows; 2], Fault> {
    Ok(made(tx, tx.business_date(), movements)?.1)
}

/// The rows of movements and of their entries, with the movements' ids in order.
fn made(tx: &Tx, on: NaiveDate, movements: &[Movement]) -> Result<(Vec<MovementId>, [Rows; 2]), Fault> {
    let mut ids = Vec::with_capacity(movements.len());
    let mut heads = Vec::with_capacity(movements.len());
    let mut entries = Vec::new();
    for posted in movements {
        let id = MovementId::fresh(tx.now());
        ids.push(id);
        heads.push(movement::ActiveModel {
            id: Set(id.uuid()),
            book: Set(posted.book.uuid()),
            kind: Set(posted.kind.to_owned()),
            subject: Set(posted.subject),
            subject_group: Set(posted.group),
            business_date: Set(on),
            posted_at: Set(tx.now()),
            reversal_of: Set(None),
            reason: Set(None),
        });
        for (position, line) in (1..).zip(&posted.lines) {
            let (debit, credit) = match line.side {
                Side::Debit => (line.amount.fen(), 0),
                Side::Credit => (0, line.amount.fen()),
            };
            entries.push(entry::ActiveModel {
                movement_id: Set(id.uuid()),
                position: Set(position),
                book: Set(posted.book.uuid()),
                account: Set(line.account.code.to_owned()),
                subject: Set(posted.subject),
                subject_group: Set(posted.group),
                business_date: Set(on),
                debit_fen: Set(debit),
                credit_fen: Set(credit),
            });
        }
    }
    Ok((ids, [Rows::of(heads)?, Rows::of(entries)?]))
}
