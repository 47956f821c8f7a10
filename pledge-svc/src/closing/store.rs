//! Where a chunk of loans ends, who lends them, and writing what became of them. The statements are written out: a million loans a
//! night are written by position, and their text never changes, so that both databases keep them prepared.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, Statement, Value,
};
use tx_kit::{
    Conn, Fault,
    bulk::{Rows, Values},
};
use uuid::Uuid;

use super::{model::Course, reading::LoanLine};
use crate::{books::model::Interest, facility::store as lines, loan::store as loans};

/// A loan's day to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDay {
    pub loan_id: Uuid,
    pub interest: Interest,
    /// As read; `None` where there was no row.
    pub touched: Option<i64>,
    /// The version of the loan's row that the course rests on.
    pub version: i64,
    /// How its interest runs on until something happens.
    pub course: Option<Course>,
    /// What falls due on the next due date, the instalment alone, where that was worked out: it stands while the version does.
    pub next: Option<Money>,
}

const END: &str = "SELECT l.id FROM loan l WHERE l.bank_id = $1 AND l.status = 'active' AND l.id > $2 AND l.id <= $3 \
     ORDER BY l.id LIMIT 1 OFFSET $4";

/// The last of the next loans of a shard, so many of them, in the order of their ids; `None` where fewer are left.
pub(super) async fn find_end(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (after, until): (Uuid, Uuid),
    count: i64,
) -> Result<Option<Uuid>, Fault> {
    let values: [Value; 4] =
        [scope.tenant().uuid().into(), after.into(), until.into(), (count.max(1) - 1).into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), END, values);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// A loan's place among those of a bank's active ones that were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub id: Uuid,
    /// How many there are up to and with it.
    pub count: i64,
}

const MARKS: &str = "SELECT id, place FROM (SELECT l.id, ROW_NUMBER() OVER (ORDER BY l.id) AS place, \
       LEAD(l.id) OVER (ORDER BY l.id) AS next FROM loan l WHERE l.bank_id = $1 AND l.status = 'active' AND l.id > $3) AS places \
     WHERE place % $2 = 0 OR next IS NULL ORDER BY place";

/// Every so-manieth active loan of the scope's bank after one and the last of them, in the order of their ids.
pub(super) async fn find_marks(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    after: Uuid,
    apart: i64,
) -> Result<Vec<Mark>, Fault> {
    let values: [Value; 3] = [scope.tenant().uuid().into(), apart.into(), after.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), MARKS, values);
    let rows = conn.query_all_raw(statement).await?;
    let mark = |row: &QueryResult| -> Result<Mark, Fault> {
        Ok(Mark { id: row.try_get_by_index(0)?, count: row.try_get_by_index(1)? })
    };
    rows.iter().map(mark).collect()
}

/// The banks' parts of the loans that are syndicated, as they were lent.
pub(super) async fn find_parts(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    chunk: &[LoanLine],
) -> Result<HashMap<Uuid, Vec<(OrgId, Rate)>>, Fault> {
    let mut facilities: Vec<Uuid> = chunk.iter().map(|line| line.facility_id).collect();
    facilities.sort_unstable();
    facilities.dedup();
    let mut syndicated = std::collections::HashSet::new();
    for ids in facilities.chunks(1_000) {
        let found: Vec<Uuid> = lines::share::Entity::find()
            .select_only()
            .column(lines::share::Column::FacilityId)
            .distinct()
            .filter(lines::share::Column::FacilityId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(conn)
            .await?;
        syndicated.extend(found);
    }
    let mut parts: HashMap<Uuid, Vec<(OrgId, Rate)>> = HashMap::new();
    if syndicated.is_empty() || scope.tenant().uuid().is_nil() {
        return Ok(parts);
    }
    let of: Vec<Uuid> =
        chunk.iter().filter(|line| syndicated.contains(&line.facility_id)).map(|line| line.id).collect();
    for ids in of.chunks(1_000) {
        for share in loans::shares(conn, ids.iter().copied()).await? {
            let weight = Rate::new(Decimal::from(share.amount_fen));
            parts.entry(share.loan_id).or_default().push((share.bank_id.into(), weight));
        }
    }
    Ok(parts)
}

const UPDATE_DAYS: &str = "UPDATE loan_day SET closed_on = x.closed_on, posted_fen = x.posted_fen, \
     suspended_fen = x.suspended_fen, untaxed_fen = x.untaxed_fen, \
     decided_version = x.decided_version, quiet_until = x.quiet_until, runs_from = x.runs_from, step = x.step, \
     per = x.per, next_fen = CASE WHEN loan_day.decided_version = x.decided_version \
     THEN COALESCE(x.next_fen, loan_day.next_fen) ELSE x.next_fen END \
     FROM {rows} WHERE loan_day.loan_id = x.loan_id AND loan_day.touched = x.touched \
     AND loan_day.closed_on < x.closed_on";

/// Writes the days of a chunk under the guard that nobody touched them since they were read.
///
/// # Errors
/// A conflict where a payment came between: the chunk is decided again.
pub(super) async fn write_days(
    conn: &Conn,
    bank: OrgId,
    on: NaiveDate,
    days: &[NewDay],
) -> Result<(), Fault> {
    let (known, fresh): (Vec<NewDay>, Vec<NewDay>) = days.iter().partition(|day| day.touched.is_some());
    let known = conn.execute_with(UPDATE_DAYS, Rows::named("x", columns(on, &known))?).await?;
    if known != (days.len() - fresh.len()) as u64 {
        let known_of = days.len() - fresh.len();
        return Err(Fault::Conflict(format!("{known} of {known_of} days could be closed")));
    }
    let mut columns = columns(on, &fresh);
    columns.push(("bank_id", Values::ids(fresh.iter().map(|_| bank.uuid()))));
    conn.insert([Rows::named("loan_day", columns)?]).await.map_err(|fault| {
        if fault.is_unique_violation() {
            Fault::Conflict("a payment made the day's row first".to_owned())
        } else {
            fault
        }
    })
}

fn columns(on: NaiveDate, days: &[NewDay]) -> Vec<(&'static str, Values)> {
    let date = |of: &dyn Fn(&Course) -> NaiveDate| {
        Values::Date(days.iter().map(|day| day.course.as_ref().map(of)).collect())
    };
    let number = |of: &dyn Fn(&Course) -> i64| {
        Values::Number(days.iter().map(|day| day.course.as_ref().map(of)).collect())
    };
    vec![
        ("loan_id", Values::ids(days.iter().map(|day| day.loan_id))),
        ("closed_on", Values::Date(days.iter().map(|_| Some(on)).collect())),
        ("posted_fen", Values::numbers(days.iter().map(|day| day.interest.receivable.fen()))),
        ("suspended_fen", Values::numbers(days.iter().map(|day| day.interest.suspended.fen()))),
        ("untaxed_fen", Values::numbers(days.iter().map(|day| day.interest.untaxed.fen()))),
        ("touched", Values::numbers(days.iter().map(|day| day.touched.unwrap_or(0)))),
        ("decided_version", Values::numbers(days.iter().map(|day| day.version))),
        ("quiet_until", date(&|course| course.until)),
        ("runs_from", date(&|course| course.from)),
        ("step", number(&|course| course.step)),
        ("per", number(&|course| course.per)),
        ("next_fen", Values::Number(days.iter().map(|day| day.next.map(Money::fen)).collect())),
    ]
}

const UPDATE_LOANS: &str = "UPDATE loan SET billed = x.billed, arrears = x.arrears, interest_from = x.interest_from, \
     interest_carried = x.carried, next_due_on = x.next_due_on, version = loan.version + 1 \
     FROM {rows} WHERE loan.id = x.id AND loan.version = x.version";

/// A loan's row as the close of a day leaves it.
#[derive(Debug, Clone)]
pub(super) struct NewLoan {
    pub id: Uuid,
    /// As read; it rises by one.
    pub version: i64,
    pub billed: i32,
    /// `None` where nothing is in arrears.
    pub arrears: Option<String>,
    pub interest_from: NaiveDate,
    pub carried: Decimal,
    pub next_due_on: Option<NaiveDate>,
}

/// Writes the loans on which something fell due, under the guard of their versions.
///
/// # Errors
/// A conflict where a payment came between.
pub(super) async fn write_loans(conn: &Conn, rows: Vec<NewLoan>) -> Result<(), Fault> {
    let count = rows.len();
    let columns = vec![
        ("id", Values::ids(rows.iter().map(|row| row.id))),
        ("version", Values::numbers(rows.iter().map(|row| row.version))),
        ("billed", Values::Small(rows.iter().map(|row| Some(row.billed)).collect())),
        ("interest_from", Values::Date(rows.iter().map(|row| Some(row.interest_from)).collect())),
        ("carried", Values::texts(rows.iter().map(|row| row.carried.to_string()))),
        ("next_due_on", Values::Date(rows.iter().map(|row| row.next_due_on).collect())),
        ("arrears", Values::Text(rows.into_iter().map(|row| row.arrears).collect())),
    ];
    let written = conn.execute_with(UPDATE_LOANS, Rows::named("x", columns)?).await?;
    if written == count as u64 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("{written} of {count} loans could be billed")))
    }
}
