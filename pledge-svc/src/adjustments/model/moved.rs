//! Due dates to come that have turned out not to be worked, because a year's holidays were arranged after the plan was
//! made: each moves as the loan's rule says. Principal of each instalment stays; interest runs to the day moved to.

use chrono::NaiveDate;
use finance::{Planned, Position, Schedule};

use super::{
    LoanNow, Refusal,
    adjust::{periods, position, whole},
    fold::{Fold, fold},
};
use crate::loan::model::Account;

/// The loan with its due dates moved; `None` where every one to come is worked, or the loan has no rule.
///
/// # Errors
/// [`Refusal`]
pub fn moved(now: &LoanNow) -> Result<Option<(Account, Schedule)>, Refusal> {
    let to_come = now.to_come()?;
    let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).collect();
    let rolled = now.terms.rolled(now.running_since(), &dues)?;
    if rolled == dues || !now.account.not_due()?.is_positive() {
        return Ok(None);
    }
    let folded = fold(now, Fold::Nothing)?;
    let position = Position { periods: periods(now, &rolled)?, ..position(now, &folded, &dues)? };
    let list: Vec<Planned> = to_come
        .iter()
        .map(|one| Planned { principal: one.principal, pays_interest: one.pays_interest })
        .collect();
    let rest = position.with_principal(&list)?;
    Ok(Some(whole(folded, rest)?))
}

#[cfg(test)]
mod tests {
    use finance::{Arrangement, DayCount, DayRange, Repayment, Roll, WorkingDays};

    use super::*;
    use crate::{
        adjustments::model::samples::{Sample, day, terms},
        loan::LoanTerms,
    };

    /// 2025 with Tuesday 20 and Wednesday 21 May off.
    fn recorded() -> &'static WorkingDays {
        let off = DayRange { from: day("2025-05-20"), to: day("2025-05-21"), name: "节日".into() };
        let year = Arrangement { year: 2025, source: "通知".into(), holidays: vec![off], working: vec![] };
        Box::leak(Box::new(WorkingDays::china().with([&year])))
    }

    fn loan(roll: Roll) -> Sample {
        let agreed = LoanTerms { roll, ..terms(Repayment::EqualPrincipal, DayCount::Actual360) };
        let mut loan = Sample::of(agreed, 1, day("2025-03-01"));
        loan.terms.calendar = recorded();
        loan
    }

    #[test]
    fn a_due_date_that_became_a_holiday_moves_and_principal_stays() {
        let loan = loan(Roll::Following);
        let (account, schedule) = moved(&loan.now()).unwrap().unwrap();
        let before: Vec<NaiveDate> = loan.plan.instalments.iter().map(|one| one.due).collect();
        let after: Vec<NaiveDate> = schedule.instalments.iter().map(|one| one.due).collect();
        let differs: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old != new).collect();
        assert_eq!(differs, [(&day("2025-05-20"), &day("2025-05-22"))]);
        assert_eq!(schedule.totals.principal, loan.terms.principal);
        let principal =
            |plan: &Schedule| plan.instalments.iter().map(|one| one.principal).collect::<Vec<_>>();
        assert_eq!(principal(&schedule), principal(&loan.plan));
        // 90.00 a day for 31 days from 21 April (the 20th is a Sunday), then 80.00 for 29.
        assert_eq!(schedule.instalments[3].interest.to_string(), "2790.00");
        assert_eq!(schedule.instalments[4].interest.to_string(), "2320.00");
        assert_eq!(
            schedule.instalments[1].interest, loan.plan.instalments[1].interest,
            "the running one keeps its own"
        );
        let again = Sample::at(loan.terms, schedule, account, loan.on, loan.around.clone());
        assert_eq!(moved(&again.now()).unwrap(), None, "once");
    }

    #[test]
    fn a_loan_without_a_rule_keeps_its_due_dates() {
        assert_eq!(moved(&loan(Roll::None).now()).unwrap(), None);
    }
}
