//! Which loans are to be assessed at a close of business. A performing loan on which nothing happens keeps its
//! assessment until a day that is known beforehand (`review_on`). What may change it earlier brings that day forward: once
//! before a day is closed everything outside the loan is compared with what the last assessment rested on, in one
//! statement that reads each table once, however many loans there are ([`review_lines`]); the close then compares what is
//! the loan's own as it reads it ([`IS_DUE`]).

use identity::Scope;
use sea_orm::{ConnectionTrait, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

/// Whether a loan `l` with the risk row `r`, if it has one, is to be assessed on the morning `$2`; `$3` is the first day of
/// the bank's parameters that hold. A credit-impaired loan always is: its interest runs on its net carrying amount. Never null.
pub const IS_DUE: &str = "(r.loan_id IS NULL OR r.review_on <= $2 OR r.assessed_on < $3 OR r.loan_version <> l.version \
     OR r.stage = 3)";

const REVIEW_LINES: &str = "UPDATE loan_risk SET review_on = assessed_on FROM (\
       SELECT m.facility_id, m.enterprise_id, m.drawn_fen, f.limit_fen, COALESCE(c.carrying_fen, 0) AS carrying_fen \
       FROM facility f JOIN facility_member m ON m.facility_id = f.id LEFT JOIN (\
         SELECT p.facility_id, p.enterprise_id, CAST(SUM(p.carrying_fen) AS BIGINT) AS carrying_fen \
         FROM pledge p WHERE p.status = 'registered' GROUP BY p.facility_id, p.enterprise_id) AS c \
       ON c.facility_id = m.facility_id AND c.enterprise_id = m.enterprise_id WHERE f.bank_id = $1) AS line \
     WHERE loan_risk.bank_id = $1 AND loan_risk.facility_id = line.facility_id \
       AND loan_risk.enterprise_id = line.enterprise_id AND loan_risk.settled = FALSE \
       AND loan_risk.review_on > loan_risk.assessed_on AND (loan_risk.line_fen <> line.drawn_fen \
       OR loan_risk.limit_fen <> line.limit_fen OR loan_risk.carries_fen <> line.carrying_fen)";

/// Makes the loans of the scope's bank due whose borrower's use of the line, limit or pledges are others than when they
/// were assessed. Doing it again changes nothing.
///
/// # Errors
/// The database's fault.
pub async fn review_lines(conn: &impl ConnectionTrait, scope: &Scope) -> Result<(), Fault> {
    let values: [Value; 1] = [scope.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), REVIEW_LINES, values);
    conn.execute_raw(statement).await?;
    Ok(())
}

const REVIEW_COVERED: &str = "UPDATE loan_risk SET review_on = assessed_on WHERE settled = FALSE AND review_on > assessed_on \
     AND loan_id IN (SELECT c.loan_id FROM fund_cover c WHERE c.fund_id = $1)";

/// Makes the loans due that a fund covers: what it has left for them is other than when they were assessed.
///
/// # Errors
/// The database's fault.
pub async fn review_covered(conn: &impl ConnectionTrait, fund: Uuid) -> Result<(), Fault> {
    let statement =
        Statement::from_sql_and_values(conn.get_database_backend(), REVIEW_COVERED, [Value::from(fund)]);
    conn.execute_raw(statement).await?;
    Ok(())
}

const REVIEW_LINE: &str = "UPDATE loan_risk SET review_on = assessed_on \
     WHERE facility_id = $1 AND settled = FALSE AND review_on > assessed_on";

/// Makes the loans of a line due: others cover their losses than when they were assessed.
///
/// # Errors
/// The database's fault.
pub async fn review_line(conn: &impl ConnectionTrait, line: Uuid) -> Result<(), Fault> {
    let statement =
        Statement::from_sql_and_values(conn.get_database_backend(), REVIEW_LINE, [Value::from(line)]);
    conn.execute_raw(statement).await?;
    Ok(())
}

const REVIEW_LOAN: &str = "UPDATE loan_risk SET review_on = assessed_on \
     WHERE loan_id = $1 AND settled = FALSE AND review_on > assessed_on";

/// Makes a loan due: another policy insures it than when it was assessed, or none, or its case has come to something.
///
/// # Errors
/// The database's fault.
pub async fn review_loan(conn: &impl ConnectionTrait, loan: Uuid) -> Result<(), Fault> {
    let statement =
        Statement::from_sql_and_values(conn.get_database_backend(), REVIEW_LOAN, [Value::from(loan)]);
    conn.execute_raw(statement).await?;
    Ok(())
}

/// Loans that were repaid while a provision or warning of theirs still stands.
const SETTLED: &str = "SELECT r.loan_id FROM loan_risk r JOIN loan l ON l.id = r.loan_id AND l.bank_id = r.bank_id \
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
