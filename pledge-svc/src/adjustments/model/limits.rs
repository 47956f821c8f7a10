//! How late a loan may be made to fall due, and how long a restructured one is observed.

use chrono::{Months, NaiveDate};
use finance::{Schedule, ScheduleTerms};

use super::{Past, Refusal};

/// The longest short-term loan, in months (贷款通则, article 8).
const SHORT_TERM_MONTHS: u32 = 12;
/// The longest medium-term loan, in months (贷款通则, article 8).
const MEDIUM_TERM_MONTHS: u32 = 60;
/// By how much a long-term loan may be extended at most (贷款通则, article 12).
const LONG_TERM_EXTENSION_MONTHS: u32 = 36;

/// By how many months a loan of a term may be extended, all extensions together (贷款通则, 中国人民银行令〔1996〕第2号,
/// article 12): a short-term loan by its own term, a medium-term one by half of it, a long-term one by three years.
#[must_use]
pub const fn extension_months_max(term_months: u32) -> u32 {
    if term_months <= SHORT_TERM_MONTHS {
        term_months
    } else if term_months <= MEDIUM_TERM_MONTHS {
        term_months / 2
    } else {
        LONG_TERM_EXTENSION_MONTHS
    }
}

/// The latest day on which an extended loan may fall due.
#[must_use]
pub fn latest_maturity(past: &Past) -> NaiveDate {
    let months = Months::new(extension_months_max(past.agreed_months));
    past.agreed_maturity.checked_add_months(months).unwrap_or(NaiveDate::MAX)
}

/// Whether the rights that secure a loan last as long as the debt under a new plan: the register refuses a debt that
/// outlives a patent (专利权质押登记办法, 国家知识产权局公告第461号, 2021), and an application for one is not eligible.
/// The last day of the right is in time.
pub(super) fn within_rights(plan: &Schedule, rights_end_on: Option<NaiveDate>) -> Result<(), Refusal> {
    match (plan.instalments.last().map(|last| last.due), rights_end_on) {
        (Some(asked), Some(ends)) if asked > ends => Err(Refusal::BeyondRights { asked, ends }),
        _ => Ok(()),
    }
}

/// Until when a restructured loan is observed: counted from the first payment agreed after the restructuring, at least
/// so many months and so many consecutive repayment periods (金融资产风险分类办法, 2023: a year and two periods).
#[must_use]
pub(super) fn observed_until(
    plan: &Schedule,
    on: NaiveDate,
    (months, periods): (u32, u32),
) -> Option<NaiveDate> {
    let mut dues =
        plan.instalments.iter().filter(|one| one.due > on && one.total.is_positive()).map(|one| one.due);
    let first = dues.next()?;
    let by_time = first.checked_add_months(Months::new(months))?;
    let periods = usize::try_from(periods).unwrap_or(usize::MAX);
    let by_periods = dues.take(periods).last().unwrap_or(first);
    Some(by_time.max(by_periods))
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
    fn a_short_loan_is_extended_by_its_term_a_medium_one_by_half_a_long_one_by_three_years() {
        let most: Vec<u32> = [6, 12, 13, 24, 60, 61, 120].map(extension_months_max).to_vec();
        assert_eq!(most, [6, 12, 6, 12, 30, 36, 36]);
    }

    #[test]
    fn months_are_whole_intervals_of_the_loan() {
        assert_eq!(whole_periods(6, 3), Some(2));
        assert_eq!(whole_periods(7, 3), None);
        assert_eq!(whole_periods(0, 1), None);
        assert_eq!(whole_periods(601, 1), None);
    }
}
