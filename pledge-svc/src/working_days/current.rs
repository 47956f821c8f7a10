//! The calendar that a bank goes by on a day.

use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use contracts::OrgId;
use finance::WorkingDays;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::ArrangedYears;
use crate::parameters::{self, ParameterSet, Sets};

/// Calendars with recorded years that this process has met. They stay for good, so that the rules can hold one by
/// reference and terms stay a plain value; there are as many as banks have recorded different years, a few a year.
static MET: Mutex<Vec<(ArrangedYears, &'static WorkingDays)>> = Mutex::new(Vec::new());

/// The working days of a bank: those that ship, with the years that the bank has recorded and that hold on the day.
///
/// # Errors
/// The database's fault, or a stored version that does not read back.
pub async fn of_bank(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<&'static WorkingDays, Fault> {
    Ok(calendar(parameters::current(conn, bank, on).await?))
}

/// The working days of several banks, read with one statement.
///
/// # Errors
/// The database's fault.
pub async fn of_banks(
    conn: &impl ConnectionTrait,
    banks: &[OrgId],
    on: NaiveDate,
) -> Result<Calendars, Fault> {
    let sets = match banks {
        [] => None,
        _ => Some(Sets::read(conn, banks, &[ArrangedYears::KIND], on).await?),
    };
    Ok(Calendars(sets))
}

/// The working days of several banks.
pub struct Calendars(Option<Sets>);

impl Calendars {
    /// A bank's.
    ///
    /// # Errors
    /// A stored version that does not read back.
    pub fn of(&self, bank: OrgId) -> Result<&'static WorkingDays, Fault> {
        self.0.as_ref().map_or(Ok(WorkingDays::china()), |sets| Ok(calendar(sets.of(bank)?)))
    }
}

/// The calendar with some years in it, made once.
pub(crate) fn calendar(arranged: ArrangedYears) -> &'static WorkingDays {
    if arranged.years.is_empty() {
        return WorkingDays::china();
    }
    let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    let known = met.iter().find(|(years, _)| *years == arranged).map(|(_, known)| *known);
    if let Some(known) = known {
        return known;
    }
    let made: &'static WorkingDays = Box::leak(Box::new(arranged.calendar()));
    met.push((arranged, made));
    made
}

#[cfg(test)]
mod tests {
    use finance::Arrangement;

    use super::*;

    #[test]
    fn one_set_of_years_makes_one_calendar() {
        let years = |year| ArrangedYears {
            years: vec![Arrangement { year, source: "通知".into(), holidays: vec![], working: vec![] }],
        };
        assert!(std::ptr::eq(calendar(ArrangedYears::default()), WorkingDays::china()));
        assert!(std::ptr::eq(calendar(years(2091)), calendar(years(2091))));
        assert!(!calendar(years(2091)).covers(2092) && calendar(years(2092)).covers(2092));
    }
}
