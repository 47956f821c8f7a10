//! Whether the mutual-aid pool of a line may have to answer: loans of its members that are overdue, non-performing or in a
//! disposal case. While it may, no deposit leaves it and no member does.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, Statement, Value};
use tx_kit::Fault;

use super::model::Facility;

const AT_RISK: &str = "SELECT COUNT(*) FROM loan l LEFT JOIN loan_risk r ON r.loan_id = l.id WHERE l.facility_id = $1 \
     AND ((l.status = 'active' AND (l.next_due_on < $2 OR r.tier >= 3)) OR EXISTS (\
       SELECT 1 FROM disposal_case c WHERE c.loan_id = l.id AND c.status <> 'closed' AND c.status <> 'proposed'))";

/// How many loans the pool of a locked line may have to answer for; none where its members answer for themselves alone.
///
/// # Errors
/// The database's fault.
pub(super) async fn loans_at_risk(
    conn: &impl ConnectionTrait,
    facility: &Facility,
    on: NaiveDate,
) -> Result<u64, Fault> {
    if !facility.terms.liability.is_joint() {
        return Ok(0);
    }
    let values: [Value; 2] = [facility.id.uuid().into(), on.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), AT_RISK, values);
    let row = conn.query_one_raw(statement).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    u64::try_from(count).map_err(|_| Fault::Corrupt(format!("{count} loans at risk")))
}
