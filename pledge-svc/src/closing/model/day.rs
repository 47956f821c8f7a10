//! What the close of a day does to one loan.

use chrono::NaiveDate;
use finance::{DayCount, Money, MoneyError, Rate, Rounding, Schedule, accrued};
use rust_decimal::Decimal;

use crate::loan::{
    LoanTerms,
    model::{Account, Owing, dates, owing},
};

/// A loan on which nothing happens this day but that interest runs. Almost all are.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    /// Principal.
    pub outstanding: Money,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// How days are counted.
    pub day_count: DayCount,
    /// From when interest runs.
    pub interest_from: NaiveDate,
    /// Interest carried, in exact yuan.
    pub carried: Decimal,
}

/// Whether nothing falls due by the next morning and nothing is late. Under 30/360 a part of a period depends on the plan,
/// so such a loan is never closed without it.
#[must_use]
pub fn is_quiet(
    next_due_on: Option<NaiveDate>,
    has_arrears: bool,
    day_count: DayCount,
    morning: NaiveDate,
) -> bool {
    !has_arrears && day_count != DayCount::Thirty360 && next_due_on.is_none_or(|due| due > morning)
}

impl Quiet {
    /// What the books show as interest receivable on the next morning.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn receivable(&self, morning: NaiveDate) -> Result<Money, MoneyError> {
        let until = morning.max(self.interest_from);
        let since = accrued(self.outstanding, self.annual_rate, self.day_count, self.interest_from, until)?;
        Money::round_yuan(self.carried.checked_add(since).ok_or(MoneyError::Overflow)?, Rounding::HalfUp)
    }
}

/// A loan on the next morning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Its account, with what falls due that morning.
    pub account: Account,
    /// What it owes.
    pub owed: Owing,
    /// Interest of every kind that it owes. How much of it the books show as earned follows from its stage
    /// (`books/model/interest.rs`).
    pub interest: Money,
    /// The oldest due date that is not met.
    pub unmet: Option<NaiveDate>,
    /// The next due date with everything to be paid by then.
    pub next_due: Option<(NaiveDate, Money)>,
}

/// Closes a day on a loan: everything as of the next morning.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn close(
    terms: &LoanTerms,
    plan: &Schedule,
    account: Account,
    morning: NaiveDate,
) -> Result<Closed, MoneyError> {
    let account = account.advanced(terms, plan, morning)?;
    let owed = owing(terms, plan, &account, morning)?;
    let interest = owed.interest()?;
    let (unmet, next_due) = dates(terms, plan, &account, &owed, morning)?;
    Ok(Closed { account, owed, interest, unmet, next_due })
}

#[cfg(test)]
mod tests {
    use finance::Repayment;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_quiet_loan_is_closed_as_the_whole_rule_would_close_it(
            yuan in 1i64..10_000_000, rate in 1i64..3_000, days in 0i64..28, count in 0usize..3,
        ) {
            let drawn_on = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
            let day_count = [DayCount::Actual360, DayCount::Actual365, DayCount::ActualActual][count];
            let principal = Money::from_yuan(yuan).unwrap();
            let terms = LoanTerms::monthly(
                principal, Rate::from_basis_points(rate), day_count, Repayment::EqualPrincipal, 12, drawn_on,
            );
            let plan = terms.schedule().unwrap();
            let morning = drawn_on + chrono::TimeDelta::days(days);
            prop_assume!(is_quiet(Some(plan.instalments[0].due), false, day_count, morning));
            let quiet = Quiet {
                outstanding: principal,
                annual_rate: terms.annual_rate,
                day_count,
                interest_from: drawn_on,
                carried: Decimal::ZERO,
            };
            let whole = close(&terms, &plan, Account::opened(principal, drawn_on), morning).unwrap();
            prop_assert_eq!(quiet.receivable(morning).unwrap(), whole.interest);
            prop_assert!(whole.account.arrears.is_empty());
        }
    }
}
