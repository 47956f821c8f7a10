//! Which loans are to be assessed at a close of business. A performing loan on which nothing happens keeps its
//! assessment until a day that is known beforehand (`review_on`); everything that may change it earlier is compared
//! here with what the last assessment rested on. The statement reads loans by position, and the tables of other
//! subjects in the same turn: a million loans a night are not asked about one by one.

use std::collections::HashSet;

use chrono::NaiveDate;
use identity::Scope;
use sea_orm::{ConnectionTrait, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

/// `$5` is the first day of the bank's parameters that hold.
const DUE: &str = "SELECT l.id FROM loan l \
     LEFT JOIN loan_risk r ON r.loan_id = l.id \
     LEFT JOIN facility_member m ON m.facility_id = l.facility_id AND m.enterprise_id = l.enterprise_id \
     LEFT JOIN facility f ON f.id = l.facility_id \
     WHERE l.bank_id = $1 AND l.status = 'active' AND l.id > $2 AND l.id <= $3 AND (\
     r.loan_id IS NULL OR r.review_on <= $4 OR r.assessed_on < $5 OR r.loan_version <> l.version \
     OR r.line_fen <> m.drawn_fen OR r.limit_fen <> f.limit_fen OR r.carries_fen <> COALESCE((\
     SELECT CAST(SUM(p.carrying_fen) AS BIGINT) FROM pledge p WHERE p.facility_id = l.facility_id \
     AND p.enterprise_id = l.enterprise_id AND p.status = 'registered'), 0))";

/// The active loans of the scope's bank with ids after one and up to another that are to be assessed on a day.
///
/// # Errors
/// The database's fault.
pub async fn find_due(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (after, until): (Uuid, Uuid),
    on: NaiveDate,
    parameters_since: NaiveDate,
) -> Result<HashSet<Uuid>, Fault> {
    let values: [Value; 5] =
        [scope.tenant().uuid().into(), after.into(), until.into(), on.into(), parameters_since.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), DUE, values);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<Uuid>(0)?)).collect()
}

/// Loans that were repaid while a provision or warning of theirs still stands.
const SETTLED: &str = "SELECT r.loan_id FROM loan_risk r JOIN loan l ON l.id = r.loan_id \
     WHERE r.bank_id = $1 AND r.settled = FALSE AND l.status = 'repaid' ORDER BY r.loan_id LIMIT $2";

/// The next repaid loans of the scope's bank whose risk still stands.
///
/// # Errors
/// The database's fault.
pub async fn find_settled(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<Uuid>, Fault> {
    let values: [Value; 2] = [scope.tenant().uuid().into(), limit.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), SETTLED, values);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<Uuid>(0)?)).collect()
}
