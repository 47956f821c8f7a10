//! Reading and writing a chunk of loans. The statements are written out: a million loans a night are read and written by
//! position, and their text never changes, so that both databases keep them prepared.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Statement, Value, sea_query::ArrayType,
};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::Quiet;
use crate::{facility::store as lines, loan::store as loans};

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
    pub quiet: Quiet,
    pub next_due_on: Option<NaiveDate>,
    pub has_arrears: bool,
    pub day: Option<DayLine>,
}

/// The row of a loan's day as read.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayLine {
    pub closed_on: NaiveDate,
    pub posted: Money,
    pub touched: i64,
}

/// A loan's day to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDay {
    pub loan_id: Uuid,
    pub posted: Money,
    /// As read; `None` where there was no row.
    pub touched: Option<i64>,
}

const READ: &str = "SELECT l.id, l.facility_id, l.outstanding_fen, l.annual_rate, l.day_count, l.interest_from, \
     l.interest_carried, l.next_due_on, CASE WHEN l.arrears IS NULL THEN 0 ELSE 1 END, \
     d.closed_on, d.posted_fen, d.touched \
     FROM loan l LEFT JOIN loan_day d ON d.loan_id = l.id \
     WHERE l.bank_id = $1 AND l.status = 'active' AND l.id > $2 AND l.id <= $3 ORDER BY l.id LIMIT $4";

/// The next loans of a shard that are not repaid, in the order of their ids.
pub(super) async fn find_chunk(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (after, until): (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<Read>, Fault> {
    let values: [Value; 4] = [scope.tenant().uuid().into(), after.into(), until.into(), limit.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), READ, values);
    let rows = conn.query_all_raw(statement).await?;
    let read = |row| -> Result<Read, Fault> {
        let id = QueryResult::try_get_by_index(row, 0)?;
        Ok(Read { id, line: line(row, id) })
    };
    rows.iter().map(read).collect()
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
            posted: Money::from_fen(row.try_get_by_index(10)?),
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
            .filter(loans::loan::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(loans::loan::Column::Id)
            .lock_exclusive()
            .all(conn)
            .await?;
        found.extend(rows);
    }
    Ok(found)
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

const UPDATE_POSTGRES: &str = "UPDATE loan_day SET closed_on = $1, posted_fen = x.posted \
     FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS x (id, posted, touched) \
     WHERE loan_day.loan_id = x.id AND loan_day.touched = x.touched AND loan_day.closed_on < $1";
const INSERT_POSTGRES: &str = "INSERT INTO loan_day (loan_id, bank_id, closed_on, posted_fen, touched) \
     SELECT x.id, $2, $1, x.posted, 0 FROM unnest($3::uuid[], $4::bigint[]) AS x (id, posted)";
const UPDATE_SQLITE: &str = "UPDATE loan_day SET closed_on = $1, posted_fen = x.posted \
     FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS posted, value ->> 2 AS touched FROM json_each($2)) AS x \
     WHERE loan_day.loan_id = x.id AND loan_day.touched = x.touched AND loan_day.closed_on < $1";
const INSERT_SQLITE: &str = "INSERT INTO loan_day (loan_id, bank_id, closed_on, posted_fen, touched) \
     SELECT unhex(value ->> 0), $2, $1, value ->> 1, 0 FROM json_each($3)";

/// Writes the days of a chunk under the guard that nobody touched them since they were read.
///
/// # Errors
/// A conflict where a payment came between: the chunk is decided again.
pub(super) async fn write_days(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
    days: &[NewDay],
) -> Result<(), Fault> {
    let (known, fresh): (Vec<NewDay>, Vec<NewDay>) = days.iter().partition(|day| day.touched.is_some());
    let postgres = conn.get_database_backend() == DatabaseBackend::Postgres;
    let mut written = 0;
    if !known.is_empty() {
        let values: Vec<Value> = if postgres {
            vec![on.into(), ids(&known), posted(&known), touched(&known)]
        } else {
            vec![on.into(), json(&known).into()]
        };
        let sql = if postgres { UPDATE_POSTGRES } else { UPDATE_SQLITE };
        written += execute(conn, sql, values).await?;
    }
    if !fresh.is_empty() {
        let values: Vec<Value> = if postgres {
            vec![on.into(), bank.uuid().into(), ids(&fresh), posted(&fresh)]
        } else {
            vec![on.into(), bank.uuid().into(), json(&fresh).into()]
        };
        let sql = if postgres { INSERT_POSTGRES } else { INSERT_SQLITE };
        written += execute(conn, sql, values).await.map_err(|fault| {
            if fault.is_unique_violation() {
                Fault::Conflict("a payment made the day's row first".to_owned())
            } else {
                fault
            }
        })?;
    }
    if written == days.len() as u64 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("{written} of {} days could be closed", days.len())))
    }
}

const LOANS_POSTGRES: &str = "UPDATE loan SET billed = x.billed, arrears = NULLIF(x.arrears, ''), \
     interest_from = x.interest_from::date, interest_carried = x.carried, \
     next_due_on = NULLIF(x.next_due, '')::date, version = loan.version + 1 \
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) \
     AS x (id, version, billed, arrears, interest_from, carried, next_due) \
     WHERE loan.id = x.id AND loan.version = x.version";
const LOANS_SQLITE: &str = "UPDATE loan SET billed = x.billed, arrears = NULLIF(x.arrears, ''), \
     interest_from = x.interest_from, interest_carried = x.carried, \
     next_due_on = NULLIF(x.next_due, ''), version = loan.version + 1 \
     FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS version, value ->> 2 AS billed, value ->> 3 AS arrears, \
     value ->> 4 AS interest_from, value ->> 5 AS carried, value ->> 6 AS next_due FROM json_each($1)) AS x \
     WHERE loan.id = x.id AND loan.version = x.version";

/// A loan's row as the close of a day leaves it.
#[derive(Debug, Clone)]
pub(super) struct NewLoan {
    pub id: Uuid,
    /// As read; it rises by one.
    pub version: i64,
    pub billed: u32,
    /// Empty where nothing is in arrears.
    pub arrears: String,
    pub interest_from: NaiveDate,
    pub carried: Decimal,
    pub next_due_on: Option<NaiveDate>,
}

/// Writes the loans on which something fell due, under the guard of their versions.
///
/// # Errors
/// A conflict where a payment came between.
pub(super) async fn write_loans(conn: &impl ConnectionTrait, rows: &[NewLoan]) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let next_due = |row: &NewLoan| row.next_due_on.map_or_else(String::new, |day| day.to_string());
    let written = if conn.get_database_backend() == DatabaseBackend::Postgres {
        let numbers = |of: &dyn Fn(&NewLoan) -> i64| {
            let values = rows.iter().map(|row| Value::BigInt(Some(of(row)))).collect();
            Value::Array(ArrayType::BigInt, Some(Box::new(values)))
        };
        let texts = |of: &dyn Fn(&NewLoan) -> String| {
            let values = rows.iter().map(|row| Value::String(Some(of(row)))).collect();
            Value::Array(ArrayType::String, Some(Box::new(values)))
        };
        let ids = rows.iter().map(|row| Value::Uuid(Some(row.id))).collect();
        let values = vec![
            Value::Array(ArrayType::Uuid, Some(Box::new(ids))),
            numbers(&|row| row.version),
            numbers(&|row| i64::from(row.billed)),
            texts(&|row| row.arrears.clone()),
            texts(&|row| row.interest_from.to_string()),
            texts(&|row| row.carried.to_string()),
            texts(&next_due),
        ];
        execute(conn, LOANS_POSTGRES, values).await?
    } else {
        let values: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!([
                    row.id.simple().to_string(),
                    row.version,
                    row.billed,
                    row.arrears,
                    row.interest_from.to_string(),
                    row.carried.to_string(),
                    next_due(row),
                ])
            })
            .collect();
        execute(conn, LOANS_SQLITE, vec![serde_json::Value::Array(values).to_string().into()]).await?
    };
    if written == rows.len() as u64 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("{written} of {} loans could be billed", rows.len())))
    }
}

async fn execute(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, Fault> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(conn.execute_raw(statement).await?.rows_affected())
}

fn ids(days: &[NewDay]) -> Value {
    let values = days.iter().map(|day| Value::Uuid(Some(day.loan_id))).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(values)))
}

fn posted(days: &[NewDay]) -> Value {
    let values = days.iter().map(|day| Value::BigInt(Some(day.posted.fen()))).collect();
    Value::Array(ArrayType::BigInt, Some(Box::new(values)))
}

fn touched(days: &[NewDay]) -> Value {
    let values = days.iter().map(|day| Value::BigInt(Some(day.touched.unwrap_or(0)))).collect();
    Value::Array(ArrayType::BigInt, Some(Box::new(values)))
}

/// Ids travel as hexadecimal digits: SQLite stores them as bytes, which JSON has not.
fn json(days: &[NewDay]) -> String {
    let rows: Vec<_> = days
        .iter()
        .map(|day| {
            serde_json::json!([day.loan_id.simple().to_string(), day.posted.fen(), day.touched.unwrap_or(0)])
        })
        .collect();
    serde_json::Value::Array(rows).to_string()
}
