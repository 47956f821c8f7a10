//! Writing movements in the caller's transaction, and reading what was written.

use contracts::MovementId;
use sea_orm::ActiveValue::Set;
use tx_kit::{Fault, Tx, bulk::Rows};

use crate::{Movement, Side};

mod balances;
mod changes;
mod days;
mod listing;
mod open_days;
mod reverse;
mod rows;
mod turnover;

pub use balances::{AccountBalance, balance, balances_by_group, books, trial_balance};
pub use changes::{Change, changes_of};
pub use days::{DayBalance, DayClosed, close_day, day_balances};
pub use listing::{
    AccountEntry, EntriesPage, PostedEntry, PostedMovement, Span, entries, movement_by_id, movements_of,
};
pub use open_days::{OpenDays, first_open_day, hold_open, open_days};
pub use reverse::{ReversalRefused, ReverseError, reverse};
use rows::{entry, movement};
pub use turnover::{Turnover, turnover};

/// Posts movements, in bulk, on the transaction's business date. Where a book is closed up to that day or beyond, because
/// the day has passed or the clocks of two processes are days apart, its movements stand on its first open day. Returns
/// their ids in order.
///
/// # Errors
/// [`Fault::Invariant`] for a business date that has not come; the database's fault.
pub async fn post(tx: &mut Tx, movements: &[Movement]) -> Result<Vec<MovementId>, Fault> {
    let days = open_days(tx, movements.iter().map(|movement| movement.book.uuid()).collect()).await?;
    let (ids, rows) = made(tx, &days, movements)?;
    tx.conn().insert(rows).await?;
    Ok(ids)
}

/// The rows of movements, for an act that writes rows of several tables at once. `days` are those of the movements'
/// books ([`open_days`]), asked for in the same transaction.
///
/// # Errors
/// None that a caller could cause.
pub fn movement_rows(tx: &Tx, days: &OpenDays, movements: &[Movement]) -> Result<[Rows; 2], Fault> {
    Ok(made(tx, days, movements)?.1)
}

/// The rows of movements and of their entries, with the movements' ids in order.
fn made(tx: &Tx, days: &OpenDays, movements: &[Movement]) -> Result<(Vec<MovementId>, [Rows; 2]), Fault> {
    let mut ids = Vec::with_capacity(movements.len());
    let mut heads = Vec::with_capacity(movements.len());
    let mut entries = Vec::new();
    for posted in movements {
        let id = MovementId::fresh(tx.now());
        let on = days.of(posted.book.uuid());
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
                business_date: Set(on),
                debit_fen: Set(debit),
                credit_fen: Set(credit),
            });
        }
    }
    Ok((ids, [Rows::of(heads)?, Rows::of(entries)?]))
}
