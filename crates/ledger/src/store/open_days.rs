//! Which day of a book an entry stands on. A day that is closed takes nothing more: what comes late, for a day that has
//! passed, stands on the book's first open day, as an accountant would enter it. So every entry is in the balances of
//! exactly one day, however late it comes and whoever's close of business it comes from.
//!
//! | who | holds the book's row | so that |
//! |---|---|---|
//! | posts on today, and today is open | not at all, but reads it | a draw waits for nobody |
//! | posts on a day that has passed, or on a today that is closed | with others who post | no day is closed between its question and its commit |
//! | closes a day | alone | the day is closed before or after a late posting, never during one |
//!
//! Today is closed where another process has closed it whose clock is a day ahead or more: one of the two clocks is
//! wrong, and nobody here can tell which. The entry stands on the first open day, as a late one does, and the log says
//! so. It is not refused: what was paid was paid, and a process with a wrong clock would stop a whole bank.
//!
//! An entry whose today is closed between its question and its commit is on a closed day after all. It is counted when
//! the day is summed again ([`super::days`]): at the next close, and once more when the day has been closed for longer
//! than a transaction lasts.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicI32, Ordering},
};

use chrono::{Datelike, NaiveDate};
use contracts::{OrgId, clock::china_date};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::rows::{book, entry};

/// The days on which movements of one business date stand, book by book; they hold within the transaction that asked.
#[derive(Debug)]
pub struct OpenDays {
    on: NaiveDate,
    later: HashMap<Uuid, NaiveDate>,
}

impl OpenDays {
    /// The day in a book.
    pub(super) fn of(&self, book: Uuid) -> NaiveDate {
        self.later.get(&book).copied().unwrap_or(self.on)
    }
}

/// The closed today that was last told of, in days since the common era: a log line for each posting would hide it.
static TOLD: AtomicI32 = AtomicI32::new(0);

/// The first day of each of some books, from the transaction's business date on, that is not closed. One read, whatever
/// the number of books, where the date is today; a day that has passed stays open until the transaction ends.
///
/// # Errors
/// [`Fault::Invariant`] for a day that has not come; the database's fault.
pub async fn open_days(tx: &Tx, mut books: Vec<Uuid>) -> Result<OpenDays, Fault> {
    let (on, today) = (tx.business_date(), china_date(tx.now()));
    if on > today {
        return Err(Fault::Invariant(format!("ledger: {on} has not come")));
    }
    let mut days = OpenDays { on, later: HashMap::new() };
    books.sort_unstable();
    books.dedup();
    if books.is_empty() {
        return Ok(days);
    }
    if on == today {
        let read = book::Entity::find().filter(book::Column::Book.is_in(padded(books.iter().copied())));
        let closed = read.all(tx.conn()).await?.into_iter().filter_map(|row| row.closed_to).max();
        match closed.filter(|closed| *closed >= on) {
            None => return Ok(days),
            Some(closed) => tell(on, closed),
        }
    }
    let mut held = share(tx, &books).await?;
    if held.len() < books.len() {
        known(tx, &books).await?;
        held = share(tx, &books).await?;
    }
    for row in held {
        let Some(closed) = row.closed_to.filter(|closed| *closed >= on) else { continue };
        let next = closed.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
        days.later.insert(row.book, next);
    }
    Ok(days)
}

fn tell(on: NaiveDate, closed: NaiveDate) {
    if TOLD.swap(closed.num_days_from_ce(), Ordering::Relaxed) != closed.num_days_from_ce() {
        tracing::warn!(
            today = %on, closed_to = %closed,
            "a book is closed beyond today: the clock of this process is behind, or that of the one that closed it is \
             ahead; what is posted stands on the first open day"
        );
    }
}

/// Holds books against being closed, beside others who post; in one order, so that nobody waits in a circle.
async fn share(tx: &Tx, books: &[Uuid]) -> Result<Vec<book::Model>, Fault> {
    Ok(book::Entity::find()
        .filter(book::Column::Book.is_in(books.iter().copied()))
        .order_by_asc(book::Column::Book)
        .lock_shared()
        .all(tx.conn())
        .await?)
}

/// Makes the rows of books that have none yet.
async fn known(tx: &Tx, books: &[Uuid]) -> Result<(), Fault> {
    let rows = books.iter().map(|book| book::ActiveModel { book: Set(*book), closed_to: Set(None) });
    let once = OnConflict::column(book::Column::Book).do_nothing().to_owned();
    book::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Holds a book alone, for closing a day of it.
pub(super) async fn hold(tx: &Tx, of: OrgId) -> Result<book::Model, Fault> {
    let find = || book::Entity::find_by_id(of.uuid()).lock_exclusive();
    if let Some(row) = find().one(tx.conn()).await? {
        return Ok(row);
    }
    known(tx, &[of.uuid()]).await?;
    let row = find().one(tx.conn()).await?;
    row.ok_or_else(|| Fault::Conflict(format!("the row of book {of} was made at the same time")))
}

/// Holds a book alone and says whether a day of it is still open, for what is to stand on that day once: nobody closes it and
/// nobody posts for a passed day before the transaction ends.
///
/// # Errors
/// The database's fault.
pub async fn hold_open(tx: &Tx, of: OrgId, day: NaiveDate) -> Result<bool, Fault> {
    Ok(hold(tx, of).await?.closed_to.is_none_or(|closed| closed < day))
}

/// Writes how far a book that is held is closed.
pub(super) async fn closed_to(tx: &Tx, of: OrgId, day: NaiveDate) -> Result<(), Fault> {
    let row = book::ActiveModel { book: Set(of.uuid()), closed_to: Set(Some(day)) };
    book::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// The day that follows the last closed one of a book, else the day of its first entry; `None` for a book without one.
///
/// # Errors
/// The database's fault.
pub async fn first_open_day(conn: &impl ConnectionTrait, book: OrgId) -> Result<Option<NaiveDate>, Fault> {
    let row = book::Entity::find_by_id(book.uuid()).one(conn).await?;
    if let Some(closed) = row.and_then(|row| row.closed_to) {
        return Ok(closed.succ_opt());
    }
    Ok(entry::Entity::find()
        .select_only()
        .column_as(entry::Column::BusinessDate.min(), "first")
        .filter(entry::Column::Book.eq(book.uuid()))
        .into_tuple::<Option<NaiveDate>>()
        .one(conn)
        .await?
        .flatten())
}
