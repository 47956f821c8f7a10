//! How late a loan may be made to fall due, and how long a restructured one is observed.

use chrono::{Months, NaiveDate};
use finance::{Schedule, ScheduleTerms};

use super::{Change, ChangeBounds, FirmSize, LoanNow, Past, Refusal};
use crate::risk::model::observation_ends;

/// The latest day on which an extended loan may fall due: extensions are counted together, from the term that was agreed.
#[must_use]
pub fn latest_maturity(past: &Past, bounds: &ChangeBounds) -> NaiveDate {
    let months = Months::new(bounds.extension_months_max(past.agreed_months));
    past.agreed_maturity.checked_add_months(months).unwrap_or(NaiveDate::MAX)
}

/// Whether what secures a loan lasts as long as a debt that is made to last longer. The register refuses a debt that
/// outlives a patent (专利权质押登记办法, 国家知识产权局公告第461号, 2021), and an application for one is not eligible; only a
/// workout may go beyond it, with the renewed security stated. Beyond the term of the debt in the pledge contract every
/// change states how the security was renewed (民法典, article 695). The last day is in time.
pub(super) fn within_security(now: &LoanNow, change: &Change, plan: &Schedule) -> Result<(), Refusal> {
    let Some(asked) = plan.instalments.last().map(|last| last.due).filter(|end| *end > now.matures_on())
    else {
        return Ok(());
    };
    let stated = change.security().is_some();
    let workout = matches!(change, Change::Restructuring(_));
    if let Some(ends) = now.around.rights_end_on.filter(|ends| asked > *ends && !(workout && stated)) {
        return Err(Refusal::BeyondRights { asked, ends });
    }
    match now.around.debt_until.filter(|until| asked > *until && !stated) {
        Some(until) => Err(Refusal::BeyondDebt { asked, until }),
        None => Ok(()),
    }
}

/// Whether a plan ends within so many months of a day.
pub(super) fn within_term(plan: &Schedule, on: NaiveDate, months: u32) -> Result<(), Refusal> {
    let latest = on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX);
    match plan.instalments.last().map(|last| last.due) {
        Some(asked) if asked > latest => Err(Refusal::TermBound { asked, latest }),
        _ => Ok(()),
    }
}

/// Whether the loan is one that is rolled over: for working capital, of a firm of a size that the notices admit
/// (银监发〔2014〕36号; 金规〔2024〕13号), which the bank still lends to, on security whose value is known, for
/// a term that the line and the product give a new loan, and not once more than the bank allows in a row.
pub(super) fn rollover_admitted(
    now: &LoanNow,
    term_months: u32,
    size: Option<FirmSize>,
) -> Result<(), Refusal> {
    let around = now.around;
    let size = size.ok_or(Refusal::SizeUnknown)?;
    if !around.bounds.admits(size, now.matures_on().max(now.on)) {
        return Err(Refusal::FirmSize { size });
    }
    if !around.bounds.rollover_products.contains(&around.product) {
        return Err(Refusal::NotWorkingCapital);
    }
    if around.blacklisted {
        return Err(Refusal::Blacklisted);
    }
    if let Some(until) = around.valued_until.filter(|until| *until < now.on) {
        return Err(Refusal::ValuationEnded { until });
    }
    if term_months > around.tenor_max_months {
        return Err(Refusal::Tenor { asked: term_months, most: around.tenor_max_months });
    }
    let most = around.bounds.rollovers_in_a_row_max;
    if around.past.rollovers >= most { Err(Refusal::InARow { most }) } else { Ok(()) }
}

/// Until when a loan that is restructured on a day is observed, by the rule and on the plan that its class goes by.
#[must_use]
pub(super) fn observed_until(
    plan: &Schedule,
    on: NaiveDate,
    (months, periods): (u32, u32),
) -> Option<NaiveDate> {
    observation_ends(&plan.instalments, on, (months, periods))
}

/// Whether a number of months is one to the longest schedule, in whole intervals.
#[must_use]
pub(super) fn whole_periods(months: u32, every: u32) -> Option<u32> {
    let every = every.max(1);
    let periods = months / every;
    (months.is_multiple_of(every) && (1..=ScheduleTerms::MAX_INSTALMENTS).contains(&periods))
        .then_some(periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole_intervals_of_the_loan() {
        assert_eq!(whole_periods(6, 3), Some(2));
        assert_eq!(whole_periods(7, 3), None);
        assert_eq!(whole_periods(0, 1), None);
        assert_eq!(whole_periods(601, 1), None);
    }
}
