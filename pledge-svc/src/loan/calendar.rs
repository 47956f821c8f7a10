//! The working days that a loan's due dates go by: those of its bank, read only where its terms ask for them.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{LoanTerms, store::loan};
use crate::working_days::{self, Calendars};

/// A loan's terms with the calendar of its bank on a day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn by_calendar(
    conn: &impl ConnectionTrait,
    row: &loan::Model,
    terms: LoanTerms,
    on: NaiveDate,
) -> Result<LoanTerms, Fault> {
    if !terms.asks_calendar() {
        return Ok(terms);
    }
    let calendar = working_days::of_bank(conn, row.bank_id.into(), on).await?;
    Ok(LoanTerms { calendar, ..terms })
}

/// The calendars of loans that were found in scope, for all of them at once.
///
/// # Errors
/// The database's fault.
pub(crate) async fn calendars(
    conn: &impl ConnectionTrait,
    rows: &[loan::Model],
    on: NaiveDate,
) -> Result<Calendars, Fault> {
    let asking = rows.iter().filter(|row| row.holiday_grace || row.roll.is_some());
    let banks: std::collections::BTreeSet<uuid::Uuid> = asking.map(|row| row.bank_id).collect();
    let banks: Vec<contracts::OrgId> = banks.into_iter().map(Into::into).collect();
    working_days::of_banks(conn, &banks, on).await
}
