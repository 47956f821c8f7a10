//! Until when an assessment stands if nothing happens.

use chrono::{NaiveDate, TimeDelta};
use finance::EclStage;

use super::{Assessed, Flags, LoanFacts};

/// No assessment stands longer.
const DAYS_MAX: i64 = 30;
/// Days of a month, as the expected loss counts them.
const MONTH_DAYS: i64 = 30;
/// Months that stage 1 looks ahead.
const HORIZON_MONTHS: i64 = 12;

/// The next day on which a loan is to be assessed again though nothing happens to it: the next day for one that is not
/// plain; for a performing one the day on which its expected loss counts a month less, its valuation ends, or an annuity falls
/// due.
#[must_use]
pub fn review_on(facts: &LoanFacts, made: &Assessed) -> NaiveDate {
    let after = |days: i64| facts.on.checked_add_signed(TimeDelta::days(days)).unwrap_or(NaiveDate::MAX);
    if made.stage != EclStage::One || made.flags != Flags::NONE || facts.overdue_days > 0 {
        return after(1);
    }
    let days = (facts.matures_on - facts.on).num_days();
    let months = ((days + MONTH_DAYS - 1) / MONTH_DAYS).clamp(1, HORIZON_MONTHS);
    let month_less = days - MONTH_DAYS * (months - 1);
    let mut next = after(if month_less > 0 { month_less.min(DAYS_MAX) } else { DAYS_MAX });
    let collateral = &facts.collateral;
    let ending = [collateral.valid_until, collateral.annuity_until].into_iter().flatten();
    for ended in ending.filter_map(|day| day.succ_opt()) {
        next = next.min(ended);
    }
    next.max(after(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{RiskParameters, assess, samples},
        *,
    };

    #[test]
    fn a_loan_that_is_not_plain_is_looked_at_every_day() {
        let set = RiskParameters::default();
        for change in [
            (|facts: &mut LoanFacts| facts.overdue_days = 1) as fn(&mut LoanFacts),
            |facts| facts.watched = true,
            |facts| facts.collateral.lost = true,
        ] {
            let mut facts = samples::performing();
            change(&mut facts);
            assert_eq!(Some(review_on(&facts, &assess(&facts, &set, None))), facts.on.succ_opt());
        }
    }

    proptest! {
        #[test]
        fn nothing_changes_before_the_day_of_review(left in 1_i64..1_500, valid in 0_i64..400, day in 1_i64..31) {
            let set = RiskParameters::default();
            let mut facts = samples::performing();
            facts.matures_on = facts.on + TimeDelta::days(left);
            facts.collateral.valid_until = Some(facts.on + TimeDelta::days(valid));
            facts.collateral.rights_end_on = None;
            facts.collateral.annuity_until = Some(facts.on + TimeDelta::days(valid / 2));
            let made = assess(&facts, &set, None);
            let review = review_on(&facts, &made);
            prop_assert!(review > facts.on && review <= facts.on + TimeDelta::days(DAYS_MAX));
            let later = LoanFacts { on: facts.on + TimeDelta::days(day), ..facts };
            prop_assume!(later.on < review && later.on <= facts.matures_on);
            prop_assert_eq!(assess(&later, &set, Some(&made)), made);
        }
    }
}
