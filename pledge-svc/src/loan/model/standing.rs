//! What a loan owes on a day, and since when it is late.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rounding, Schedule, accrued};

use super::LoanTerms;

/// What has been paid so far, as the loan's row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Principal not yet repaid.
    pub outstanding: Money,
    /// Interest posted up to `interest_from` and not yet paid.
    pub interest_owed: Money,
    /// The day from which interest has not yet been posted.
    pub interest_from: NaiveDate,
}

/// A loan on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// All interest owed: what was left over and what has accrued since, rounded half up once.
    pub interest: Money,
    /// Principal and interest: what would settle the loan today.
    pub payoff: Money,
    /// Days since the oldest due date that was not met; 0 where none is.
    pub overdue_days: i64,
    /// The next due date, with what falls due then.
    pub next_due: Option<(NaiveDate, Money)>,
}

/// Where a loan stands on a day.
///
/// A due date is met when the principal repaid covers what was scheduled up to it and interest is paid up to it.
/// A due date that is today is not yet missed.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn standing(
    terms: &LoanTerms,
    schedule: &Schedule,
    account: Account,
    on: NaiveDate,
) -> Result<Standing, MoneyError> {
    let until = on.max(account.interest_from);
    let since =
        accrued(account.outstanding, terms.annual_rate, terms.day_count, account.interest_from, until)?;
    let interest = account.interest_owed.checked_add(Money::round_yuan(since, Rounding::HalfUp)?)?;
    let payoff = account.outstanding.checked_add(interest)?;
    if payoff.is_zero() || account.outstanding.is_zero() && account.interest_owed.is_zero() {
        return Ok(Standing { interest, payoff, overdue_days: 0, next_due: None });
    }
    let repaid = terms.principal.checked_sub(account.outstanding)?;
    let mut scheduled = Money::ZERO;
    let mut missed = None;
    let mut next_due = None;
    for instalment in &schedule.instalments {
        scheduled = scheduled.checked_add(instalment.principal)?;
        if instalment.due < on {
            // Interest carries no due date of its own once a part was left over: it is late with the first.
            let interest_met = account.interest_from >= instalment.due && account.interest_owed.is_zero()
                || !instalment.interest.is_positive();
            if missed.is_none() && (repaid < scheduled || !interest_met) {
                missed = Some(instalment.due);
            }
        } else if next_due.is_none() {
            let principal = scheduled.saturating_sub(repaid).min(account.outstanding);
            let until = accrued(
                account.outstanding,
                terms.annual_rate,
                terms.day_count,
                account.interest_from,
                instalment.due.max(account.interest_from),
            )?;
            let by_then = account.interest_owed.checked_add(Money::round_yuan(until, Rounding::HalfUp)?)?;
            let interest_due = if instalment.interest.is_positive() { by_then } else { Money::ZERO };
            next_due = Some((instalment.due, principal.checked_add(interest_due)?));
        }
    }
    let overdue_days = missed.map_or(0, |due: NaiveDate| (on - due).num_days());
    Ok(Standing { interest, payoff, overdue_days, next_due })
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Rate, Repayment};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(repayment: Repayment) -> LoanTerms {
        LoanTerms {
            principal: Money::from_yuan(5_000_000).unwrap(),
            annual_rate: Rate::from_basis_points(345),
            day_count: DayCount::Actual360,
            repayment,
            tenor_months: 12,
            drawn_on: day("2024-01-31"),
        }
    }

    fn at(repayment: Repayment, paid_to: &str, on: &str) -> Standing {
        let terms = terms(repayment);
        let account =
            Account { outstanding: terms.principal, interest_owed: Money::ZERO, interest_from: day(paid_to) };
        standing(&terms, &terms.schedule().unwrap(), account, day(on)).unwrap()
    }

    #[test]
    fn ninety_days_of_interest_are_what_the_published_case_says() {
        // Chinese everyday case: 5,000,000 at 3.45 % from 2024-01-31 to 2024-04-30, actual/360 → 43,125.00.
        let standing = at(Repayment::Bullet, "2024-01-31", "2024-04-30");
        assert_eq!(standing.interest.to_string(), "43125.00");
        assert_eq!(standing.payoff.to_string(), "5043125.00");
        assert_eq!(standing.overdue_days, 0);
    }

    #[test]
    fn a_due_date_is_missed_the_day_after_it() {
        assert_eq!(at(Repayment::InterestOnly, "2024-01-31", "2024-02-29").overdue_days, 0);
        assert_eq!(at(Repayment::InterestOnly, "2024-01-31", "2024-03-01").overdue_days, 1);
        assert_eq!(at(Repayment::InterestOnly, "2024-02-29", "2024-03-01").overdue_days, 0);
    }

    #[test]
    fn the_next_due_date_tells_what_falls_due_then() {
        let standing = at(Repayment::InterestOnly, "2024-01-31", "2024-02-10");
        let (due, total) = standing.next_due.unwrap();
        assert_eq!(due, day("2024-02-29"));
        // 29 days: 5,000,000 × 3.45 % × 29/360
        assert_eq!(total.to_string(), "13895.83");
    }
}
