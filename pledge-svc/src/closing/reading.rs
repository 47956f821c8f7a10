//! Reading the loans of a chunk, by position: what every day asks of all of them, and whole rows of those on which something
//! happens. The texts never change, so that both databases keep them prepared.

use std::sync::LazyLock;

use chrono::NaiveDate;
use finance::{Money, Rate};
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, Statement, Value, sea_query::ArrayType,
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::model::Quiet;
use crate::{books::model::Interest, loan::store as loans, risk};

/// A row as a chunk reads it: one that does not read back is that loan's own trouble.
#[derive(Debug)]
pub(super) struct Read {
    pub id: Uuid,
    pub line: Result<LoanLine, Fault>,
}

/// A loan as a chunk reads it.
#[derive(Debug)]
pub(super) struct LoanLine {
    pub id: Uuid,
    pub facility_id: Uuid,
    pub version: i64,
    pub quiet: Quiet,
    pub next_due_on: Option<NaiveDate>,
    pub has_arrears: bool,
    pub day: Option<DayLine>,
    /// Whether its risk is to be assessed.
    pub is_due: bool,
    /// The last day on which what it earns is exempt from VAT.
    pub exempt_until: Option<NaiveDate>,
}

/// The row of a loan's day as read.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayLine {
    pub closed_on: NaiveDate,
    /// What the books show and keep note of as interest.
    pub interest: Interest,
    pub touched: i64,
}

/// As of when a chunk is closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsOf {
    /// The day.
    pub day: NaiveDate,
    /// The morning after it.
    pub morning: NaiveDate,
    /// The first day of the bank's parameters of risk.
    pub ruled_since: NaiveDate,
    /// The due date that is announced that morning.
    pub announced: NaiveDate,
}

/// `{which}` says which loans, `{of}` the same of the tables beside them: else a planner may read those whole.
fn reading(which: &str, of: fn(&str) -> String, beside: &str, end: &str) -> String {
    format!(
        "SELECT l.id, l.facility_id, l.outstanding_fen, l.annual_rate, l.day_count, l.interest_from, \
         l.interest_carried, l.next_due_on, CASE WHEN l.arrears IS NULL THEN 0 ELSE 1 END, \
         d.closed_on, d.posted_fen, d.touched, l.version, CASE WHEN {due} THEN 1 ELSE 0 END, \
         d.suspended_fen, d.untaxed_fen, l.vat_exempt_until{beside} \
         FROM loan l LEFT JOIN loan_day d ON d.loan_id = l.id AND {of_day} \
         LEFT JOIN loan_risk r ON r.loan_id = l.id AND {of_risk} \
         WHERE l.bank_id = $1 AND l.status = 'active' AND {which} ORDER BY l.id{end}",
        due = risk::IS_DUE,
        of_day = of("d"),
        of_risk = of("r"),
    )
}

static READ_SPAN: LazyLock<String> = LazyLock::new(|| {
    let of = |table: &str| format!("{table}.loan_id > $4 AND {table}.loan_id <= $5");
    reading("l.id > $4 AND l.id <= $5", of, "", "")
});
const LISTED: &str = "l.id = ANY($4)";
static READ_LISTED: LazyLock<String> = LazyLock::new(|| reading(LISTED, is_listed, "", ""));
/// The rows of the loans whole, behind what is read of all.
static READ_WHOLE: LazyLock<String> = LazyLock::new(|| {
    // By their names: a column that a later version adds must not change what a statement gives that is kept prepared.
    let columns = loans::loan::Column::iter().map(|column| format!(", l.{}", column.as_str()));
    reading(LISTED, is_listed, &columns.collect::<String>(), " FOR UPDATE OF l")
});

fn is_listed(table: &str) -> String {
    format!("{table}.loan_id = ANY($4)")
}

/// The loans after one and up to another that are not repaid, in the order of their ids.
pub(super) async fn find_span(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    (after, last): (Uuid, Uuid),
) -> Result<Vec<Read>, Fault> {
    find(conn, scope, as_of, &READ_SPAN, [after.into(), last.into()]).await
}

/// The same of loans that are named, on PostgreSQL.
pub(super) async fn find_listed(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    ids: &[Uuid],
) -> Result<Vec<Read>, Fault> {
    find(conn, scope, as_of, &READ_LISTED, listed(ids)).await
}

/// The same, with their rows whole and locked in the order of their ids (as [`find_whole`]).
pub(super) async fn find_listed_whole(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    ids: &[Uuid],
) -> Result<(Vec<Read>, Vec<loans::loan::Model>), Fault> {
    let rows = rows(conn, scope, as_of, &READ_WHOLE, listed(ids)).await?;
    let whole = rows.iter().map(|row| loans::loan::Model::from_query_result(row, ""));
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, whole.collect::<Result<_, _>>()?))
}

/// The ids as the one list of a statement; nothing where there are none.
fn listed(ids: &[Uuid]) -> Option<Value> {
    let ids: Vec<Value> = ids.iter().map(|id| Value::Uuid(Some(*id))).collect();
    (!ids.is_empty()).then(|| Value::Array(ArrayType::Uuid, Some(Box::new(ids))))
}

async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    text: &str,
    which: impl IntoIterator<Item = Value>,
) -> Result<Vec<Read>, Fault> {
    rows(conn, scope, as_of, text, which).await?.iter().map(read).collect()
}

async fn rows(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    text: &str,
    which: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, Fault> {
    let which: Vec<Value> = which.into_iter().collect();
    if which.is_empty() {
        return Ok(Vec::new());
    }
    let as_of: [Value; 3] = [scope.tenant().uuid().into(), as_of.morning.into(), as_of.ruled_since.into()];
    let values: Vec<Value> = as_of.into_iter().chain(which).collect();
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
    Ok(conn.query_all_raw(statement).await?)
}

fn read(row: &QueryResult) -> Result<Read, Fault> {
    let id = row.try_get_by_index(0)?;
    Ok(Read { id, line: line(row, id) })
}

fn line(row: &QueryResult, id: Uuid) -> Result<LoanLine, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of loan {id}"));
    let text = |index: usize| row.try_get_by_index::<String>(index);
    let rate: Rate = text(3)?.parse().map_err(|_| corrupt("rate"))?;
    let carried: Decimal = text(6)?.parse().map_err(|_| corrupt("carried interest"))?;
    let closed_on: Option<NaiveDate> = row.try_get_by_index(9)?;
    let day = match closed_on {
        None => None,
        Some(closed_on) => Some(DayLine {
            closed_on,
            interest: Interest {
                receivable: Money::from_fen(row.try_get_by_index(10)?),
                suspended: Money::from_fen(row.try_get_by_index(14)?),
                untaxed: Money::from_fen(row.try_get_by_index(15)?),
            },
            touched: row.try_get_by_index(11)?,
        }),
    };
    Ok(LoanLine {
        id,
        facility_id: row.try_get_by_index(1)?,
        quiet: Quiet {
            outstanding: Money::from_fen(row.try_get_by_index(2)?),
            annual_rate: rate,
            day_count: text(4)?.parse().map_err(|_| corrupt("day count"))?,
            interest_from: row.try_get_by_index(5)?,
            carried,
        },
        next_due_on: row.try_get_by_index(7)?,
        has_arrears: row.try_get_by_index::<i32>(8)? != 0,
        day,
        version: row.try_get_by_index(12)?,
        is_due: row.try_get_by_index::<i32>(13)? != 0,
        exempt_until: row.try_get_by_index(16)?,
    })
}

/// Loans whole, by id, locked in this order: whoever acts on one of them locks its row first, so that what is gathered
/// and written of it afterwards is of no older state.
pub(super) async fn find_whole(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<loans::loan::Model>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(1_000) {
        let rows = loans::find(scope)
            .filter(loans::loan::Column::Id.is_in(padded(ids.iter().copied())))
            .order_by_asc(loans::loan::Column::Id)
            .lock_exclusive()
            .all(conn)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}
