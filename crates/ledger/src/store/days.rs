//! Day balances: for each book, account and business date what stood before the day, what the day brought, what stands
//! after it. They are sums of entries and nothing else: closing a day again gives the same rows, and whoever reads
//! balances counts the entries of the last closed day again, so that one that was posted before midnight and committed a
//! moment after the close is never lost. What is posted for a passed day later than that stands on another day
//! (`open_days.rs`). Where many days are closed one right after the other, a transaction may outlast the close that
//! follows; a day is therefore settled only once it was compared with its entries later than any transaction lasts.
//!
//! | step of a close | why |
//! |---|---|
//! | the book is held | nobody posts for a passed day meanwhile |
//! | the closed day before is summed again | an entry of it may have committed after it was closed |
//! | closed days that are not settled are compared with their entries, and summed again from the first that differs | the same, where several days were closed within minutes |
//! | the day is summed, from the closings of the day before | one statement over the day's entries, however many accounts |
//! | the day is marked closed | readers begin from it |

use chrono::{NaiveDate, TimeDelta};
use contracts::{OrgId, clock::china_date};
use finance::Money;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value, sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use super::{
    open_days,
    rows::{day, day_balance},
};

/// How long after a day was closed nothing can come any more that was begun before it: a request has a minute, and no
/// worker posts on today for longer than a chunk takes.
const SETTLES: TimeDelta = TimeDelta::minutes(10);

/// What closing a day came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayClosed {
    /// The day's balances are closed.
    Now,
    /// They were closed before and were summed again.
    Again,
    /// A later day is closed; nothing was changed.
    Before {
        /// That day.
        closed: NaiveDate,
    },
}

/// The accounts that a book has entries in, by jumping from one to the next in the index on (book, account, day):
/// neither database does that by itself, and reading every entry of a book to learn fifteen codes would be the price.
pub(super) const KNOWN: &str = "WITH RECURSIVE known (account) AS (
     SELECT MIN(account) FROM ledger_entry WHERE book = $1
     UNION ALL
     SELECT (SELECT MIN(e.account) FROM ledger_entry e WHERE e.book = $1 AND e.account > known.account)
       FROM known WHERE known.account IS NOT NULL) ";

/// $1 the book, $2 the day, $3 the closed day before it (or one before all days).
const FILL: &str = "INSERT INTO ledger_day_balance
       (book, account, business_date, debits_before_fen, credits_before_fen, opening_fen, debit_fen, credit_fen, closing_fen)
     SELECT whole.book, whole.account, $2, debits, credits, debits - credits, debit, credit, debits - credits + debit - credit
       FROM (SELECT part.book, part.account,
                    CAST(SUM(debits) AS BIGINT) AS debits, CAST(SUM(credits) AS BIGINT) AS credits,
                    CAST(SUM(debit) AS BIGINT) AS debit, CAST(SUM(credit) AS BIGINT) AS credit
               FROM (SELECT b.book, b.account, b.debits_before_fen + b.debit_fen AS debits,
                            b.credits_before_fen + b.credit_fen AS credits, 0 AS debit, 0 AS credit
                       FROM ledger_day_balance b WHERE b.book = $1 AND b.business_date = $3
                     UNION ALL
                     SELECT e.book, e.account,
                            CASE WHEN e.business_date < $2 THEN e.debit_fen ELSE 0 END,
                            CASE WHEN e.business_date < $2 THEN e.credit_fen ELSE 0 END,
                            CASE WHEN e.business_date < $2 THEN 0 ELSE e.debit_fen END,
                            CASE WHEN e.business_date < $2 THEN 0 ELSE e.credit_fen END
                       FROM known JOIN ledger_entry e ON e.book = $1 AND e.account = known.account
                        AND e.business_date > $3 AND e.business_date <= $2) AS part
              GROUP BY part.book, part.account) AS whole
      WHERE TRUE
     ON CONFLICT (book, account, business_date) DO UPDATE SET
       debits_before_fen = excluded.debits_before_fen, credits_before_fen = excluded.credits_before_fen,
       opening_fen = excluded.opening_fen, debit_fen = excluded.debit_fen, credit_fen = excluded.credit_fen,
       closing_fen = excluded.closing_fen";

/// $1 the book, $2 the day up to which: the first closed day that is not settled and whose entries are not those that its
/// balances show. A movement has debits, so one side tells.
const DIFFERS: &str = "SELECT MIN(d.business_date) FROM ledger_day d
      WHERE d.book = $1 AND d.settled = FALSE AND d.business_date <= $2
        AND (SELECT COALESCE(SUM(e.debit_fen), 0) FROM known JOIN ledger_entry e
                 ON e.book = $1 AND e.account = known.account AND e.business_date = d.business_date)
         <> (SELECT COALESCE(SUM(b.debit_fen), 0) FROM ledger_day_balance b
              WHERE b.book = $1 AND b.business_date = d.business_date)";

/// Closes the balances of a book's day. Days are closed in order; one that is closed again gets the same rows unless an
/// entry of it has come since.
///
/// # Errors
/// [`Fault::Invariant`] for a day that is not over; the database's fault.
pub async fn close_day(tx: &mut Tx, book: OrgId, on: NaiveDate) -> Result<DayClosed, Fault> {
    if on >= china_date(tx.now()) {
        return Err(Fault::Invariant(format!("ledger: {on} is not over")));
    }
    open_days::hold(tx, book).await?;
    let from_here = day::Entity::find()
        .filter(day::Column::Book.eq(book.uuid()))
        .filter(day::Column::BusinessDate.gte(on))
        .order_by_desc(day::Column::BusinessDate)
        .one(tx.conn())
        .await?;
    if let Some(later) = from_here.as_ref().filter(|row| row.business_date > on) {
        return Ok(DayClosed::Before { closed: later.business_date });
    }
    let before = day::Entity::find()
        .filter(day::Column::Book.eq(book.uuid()))
        .filter(day::Column::BusinessDate.lt(on))
        .order_by_desc(day::Column::BusinessDate)
        .limit(2)
        .all(tx.conn())
        .await?;
    if let Some(last) = before.first() {
        // While days are closed one right after the other, what is still under way is waited for at the next pause.
        if !last.settled && last.closed_at + SETTLES <= tx.now() {
            settle(tx, book, last.business_date).await?;
        }
        fill(tx, book, last.business_date, before.get(1).map(|row| row.business_date)).await?;
    }
    fill(tx, book, on, before.first().map(|row| row.business_date)).await?;
    if from_here.is_some() {
        return Ok(DayClosed::Again);
    }
    let row = day::ActiveModel {
        book: Set(book.uuid()),
        business_date: Set(on),
        closed_at: Set(tx.now()),
        settled: Set(false),
    };
    day::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        if fault.is_unique_violation() {
            Fault::Conflict("the day was closed at the same time".to_owned())
        } else {
            fault
        }
    })?;
    open_days::closed_to(tx, book, on).await?;
    Ok(DayClosed::Now)
}

/// Settles the closed days of a book that is held, up to and with one: nothing that began before they were closed is
/// still under way.
async fn settle(tx: &Tx, book: OrgId, until: NaiveDate) -> Result<(), Fault> {
    let values: [Value; 2] = [book.uuid().into(), until.into()];
    let sql = format!("{KNOWN}{DIFFERS}");
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, values);
    let found = tx.conn().query_one_raw(statement).await?;
    let differs: Option<NaiveDate> = found.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    if let Some(first) = differs {
        let mut before = match first.pred_opt() {
            Some(eve) => last_closed(tx.conn(), book, eve).await?,
            None => None,
        };
        let days: Vec<NaiveDate> = day::Entity::find()
            .select_only()
            .column(day::Column::BusinessDate)
            .filter(day::Column::Book.eq(book.uuid()))
            .filter(day::Column::BusinessDate.between(first, until))
            .order_by_asc(day::Column::BusinessDate)
            .into_tuple()
            .all(tx.conn())
            .await?;
        for day in days {
            fill(tx, book, day, before).await?;
            before = Some(day);
        }
    }
    day::Entity::update_many()
        .col_expr(day::Column::Settled, Expr::value(true))
        .filter(day::Column::Book.eq(book.uuid()))
        .filter(day::Column::BusinessDate.lte(until))
        .filter(day::Column::Settled.eq(false))
        .exec(tx.conn())
        .await?;
    Ok(())
}

async fn fill(tx: &Tx, book: OrgId, on: NaiveDate, last: Option<NaiveDate>) -> Result<(), Fault> {
    let before_all = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
    let values: [Value; 3] = [book.uuid().into(), on.into(), last.unwrap_or(before_all).into()];
    // The list of accounts stands before the INSERT: SQLite takes a WITH there, PostgreSQL too.
    let sql = format!("{KNOWN}{FILL}");
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

/// The last closed day of a book up to and with a day.
pub(super) async fn last_closed(
    conn: &impl ConnectionTrait,
    book: OrgId,
    until: NaiveDate,
) -> Result<Option<NaiveDate>, Fault> {
    Ok(day::Entity::find()
        .select_only()
        .column(day::Column::BusinessDate)
        .filter(day::Column::Book.eq(book.uuid()))
        .filter(day::Column::BusinessDate.lte(until))
        .order_by_desc(day::Column::BusinessDate)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?)
}

/// The balance of an account over a closed day. Opening and closing are debits less credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayBalance {
    /// The account's code.
    pub account: String,
    /// The day.
    pub business_date: NaiveDate,
    /// Before the day.
    pub opening: Money,
    /// Debits of the day.
    pub debit: Money,
    /// Credits of the day.
    pub credit: Money,
    /// After the day.
    pub closing: Money,
}

/// The closed days of a book within a span of days, by day and account; of one account where it is named.
///
/// # Errors
/// The database's fault.
pub async fn day_balances(
    conn: &impl ConnectionTrait,
    book: OrgId,
    (from, to): (NaiveDate, NaiveDate),
    account: Option<&str>,
) -> Result<Vec<DayBalance>, Fault> {
    use day_balance::Column;
    let mut query = day_balance::Entity::find()
        .filter(Column::Book.eq(book.uuid()))
        .filter(Column::BusinessDate.gte(from))
        .filter(Column::BusinessDate.lte(to));
    if let Some(account) = account {
        query = query.filter(Column::Account.eq(account));
    }
    let rows = query.order_by_asc(Column::BusinessDate).order_by_asc(Column::Account).all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| DayBalance {
            account: row.account,
            business_date: row.business_date,
            opening: Money::from_fen(row.opening_fen),
            debit: Money::from_fen(row.debit_fen),
            credit: Money::from_fen(row.credit_fen),
            closing: Money::from_fen(row.closing_fen),
        })
        .collect())
}
