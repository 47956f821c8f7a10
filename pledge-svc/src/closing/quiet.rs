//! The quiet loans of a chunk, closed where they stand: what a day does to them was decided the last time they were looked
//! at ([`super::model::Course`]), so that PostgreSQL closes them by one statement and only the others are read, those on which
//! something happens whole and under lock at once. A loan whose row has been written since, whose risk is due, on which something
//! falls due or that several banks lend is one of the others.
//!
//! SQLite reads all loans of a chunk instead: what it reads is in this process already.

use std::sync::LazyLock;

use finance::{DayCount, Money};
use identity::Scope;
use sea_orm::{ConnectionTrait, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

use super::reading::AsOf;
use crate::risk;

/// `$1` bank, `$2` morning, `$3` first day of the parameters, `$4` and `$5` the loans, `$6` the day, `$7` the due date that is
/// announced. The days are changed only where nobody touched them since they were read, as everywhere; no indexed column
/// changes. Ids are told with 0 of a loan that is to be read, with 1 of one that is closed and falls due soon, with 2 of one on
/// which something happens: a day's own rule (`model/day.rs`) or its risk says so.
static CLOSE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH seen AS MATERIALIZED (SELECT l.id, d.posted_fen, d.touched, l.next_due_on = $7::date AS soon, \
           COALESCE(l.vat_exempt_until >= $6::date, FALSE) AS exempt, \
           {due} OR l.arrears IS NOT NULL OR l.day_count = '{by_plan}' OR COALESCE(l.next_due_on <= $2::date, FALSE) AS busy, \
           CASE WHEN d.decided_version = l.version AND d.quiet_until >= $2::date AND d.closed_on < $6::date \
             AND NOT {due} AND l.facility_id NOT IN (SELECT s.facility_id FROM facility_share s) \
           THEN (2 * d.step * GREATEST($2::date - d.runs_from, 0) + d.per) / (2 * d.per) END AS shown_fen \
         FROM loan l LEFT JOIN loan_day d ON d.loan_id = l.id AND d.loan_id > $4 AND d.loan_id <= $5 \
         LEFT JOIN loan_risk r ON r.loan_id = l.id AND r.loan_id > $4 AND r.loan_id <= $5 \
         WHERE l.bank_id = $1 AND l.status = 'active' AND l.id > $4 AND l.id <= $5), \
         closed AS (UPDATE loan_day SET closed_on = $6::date, posted_fen = seen.shown_fen FROM seen \
         WHERE seen.shown_fen IS NOT NULL AND loan_day.loan_id = seen.id AND loan_day.loan_id > $4 \
           AND loan_day.loan_id <= $5 AND loan_day.touched = seen.touched AND loan_day.closed_on < $6::date RETURNING 1) \
         SELECT NULL::uuid, COUNT(shown_fen), (SELECT COUNT(*) FROM closed), \
           COALESCE(SUM(GREATEST(shown_fen - posted_fen, 0)) FILTER (WHERE NOT exempt), 0)::bigint, \
           COALESCE(SUM(LEAST(shown_fen - posted_fen, 0)) FILTER (WHERE NOT exempt), 0)::bigint, \
           COALESCE(SUM(GREATEST(shown_fen - posted_fen, 0)) FILTER (WHERE exempt), 0)::bigint, \
           COALESCE(SUM(LEAST(shown_fen - posted_fen, 0)) FILTER (WHERE exempt), 0)::bigint FROM seen \
         UNION ALL SELECT id, CASE WHEN shown_fen IS NOT NULL THEN 1 WHEN busy THEN 2 ELSE 0 END, 0, 0, 0, 0, 0 \
         FROM seen WHERE shown_fen IS NULL OR soon",
        due = risk::IS_DUE,
        by_plan = DayCount::Thirty360.name(),
    )
});

/// What became of a chunk's quiet loans.
#[derive(Debug, Default)]
pub(super) struct Closed {
    /// How many were closed.
    pub count: usize,
    /// By how much the interest shown as receivable rose on those that are taxed, and by how much it fell, negative.
    pub taxed: (Money, Money),
    /// The same of those that are exempt from VAT.
    pub exempt: (Money, Money),
    /// The loans of the chunk that are to be read.
    pub others: Vec<Uuid>,
    /// Those on which something happens.
    pub busy: Vec<Uuid>,
    /// Those that were closed and of which something falls due soon.
    pub soon: Vec<Uuid>,
}

/// PostgreSQL cannot tell how many ids lie between two that fall into one step of its histogram, takes it for one, and would
/// look through the chunk's days once for every loan: with a million loans a chunk took ten seconds instead of thirty
/// milliseconds.
const WITHOUT_LOOPS: &str = "SET LOCAL enable_nestloop = off";
const WITH_LOOPS: &str = "SET LOCAL enable_nestloop TO DEFAULT";

/// Closes the quiet loans after one and up to another.
///
/// # Errors
/// A conflict where a payment came between; the database's fault.
pub(super) async fn close(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    as_of: AsOf,
    (after, last): (Uuid, Uuid),
) -> Result<Closed, Fault> {
    let values: [Value; 7] = [
        scope.tenant().uuid().into(),
        as_of.morning.into(),
        as_of.ruled_since.into(),
        after.into(),
        last.into(),
        as_of.day.into(),
        as_of.announced.into(),
    ];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), CLOSE.as_str(), values);
    let mut made = Closed::default();
    conn.execute_unprepared(WITHOUT_LOOPS).await?;
    let rows = conn.query_all_raw(statement).await?;
    conn.execute_unprepared(WITH_LOOPS).await?;
    for row in rows {
        if let Some(id) = row.try_get_by_index(0)? {
            match row.try_get_by_index::<i64>(1)? {
                0 => made.others.push(id),
                1 => made.soon.push(id),
                _ => made.busy.push(id),
            }
            continue;
        }
        let (wanted, closed): (i64, i64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        if wanted != closed {
            return Err(Fault::Conflict(format!("{closed} of {wanted} quiet days could be closed")));
        }
        made.count = usize::try_from(closed).unwrap_or_default();
        let sum = |index: usize| row.try_get_by_index(index).map(Money::from_fen);
        made.taxed = (sum(3)?, sum(4)?);
        made.exempt = (sum(5)?, sum(6)?);
    }
    Ok(made)
}
