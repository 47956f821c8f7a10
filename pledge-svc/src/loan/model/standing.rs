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
    /// The oldest due date that is not met, missed or still to come; `None` when nothing is owed.
    pub unmet: Option<NaiveDate>,
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
        return Ok(Standing { interest, payoff, unmet: None, overdue_days: 0, next_due: None });
    }
    let repaid = terms.principal.checked_sub(account.outstanding)?;
    let mut scheduled = Money::ZERO;
    let mut unmet = None;
    let mut next_due = None;
    for instalment in &schedule.instalments {
        scheduled = scheduled.checked_add(instalment.principal)?;
        if unmet.is_none()
            && (repaid < scheduled
                || instalment.interest.is_positive() && !interest_met(terms, account, instalment.due)?)
        {
            unmet = Some(instalment.due);
        }
        if instalment.due >= on && next_due.is_none() {
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
    let overdue_days = unmet.map_or(0, |due: NaiveDate| (on - due).num_days().max(0));
    Ok(Standing { interest, payoff, unmet, overdue_days, next_due })
}

/// Whether interest is paid up to a due date.
///
/// Payments go to the oldest interest first, and to principal only once no interest is left. So what is left over
/// accrued last, on the principal that is still outstanding: it is younger than the due date where no more of it is
/// left than has accrued since.
fn interest_met(terms: &LoanTerms, account: Account, due: NaiveDate) -> Result<bool, MoneyError> {
    if account.interest_from < due {
        return Ok(false);
    }
    let since = accrued(account.outstanding, terms.annual_rate, terms.day_count, due, account.interest_from)?;
    Ok(account.interest_owed <= Money::round_yuan(since, Rounding::HalfUp)?)
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

    /// The loan above with interest only: 13,895.83 fell due on 2024-02-29 for 29 days, 14,854.17 on 2024-03-31 for 31.
    fn after(interest_owed: &str, paid_on: &str, on: &str) -> Standing {
        let terms = terms(Repayment::InterestOnly);
        let account = Account {
            outstanding: terms.principal,
            interest_owed: interest_owed.parse().unwrap(),
            interest_from: day(paid_on),
        };
        standing(&terms, &terms.schedule().unwrap(), account, day(on)).unwrap()
    }

    #[test]
    fn the_oldest_unmet_due_date_stays_the_same_until_it_is_paid() {
        let unmet =
            |paid_to: &str, on: &str| at(Repayment::InterestOnly, paid_to, on).unmet.unwrap().to_string();
        assert_eq!(unmet("2024-01-31", "2024-01-31"), "2024-02-29");
        assert_eq!(unmet("2024-01-31", "2024-02-29"), "2024-02-29");
        assert_eq!(unmet("2024-01-31", "2024-05-15"), "2024-02-29");
        assert_eq!(unmet("2024-02-28", "2024-02-28"), "2024-02-29");
        assert_eq!(unmet("2024-02-29", "2024-02-29"), "2024-03-31");
        assert_eq!(unmet("2024-12-31", "2025-06-30"), "2025-01-31");
        assert_eq!(at(Repayment::Bullet, "2024-01-31", "2024-03-01").unmet, Some(day("2025-01-31")));
    }

    #[test]
    fn principal_repaid_ahead_meets_due_dates_but_not_their_interest() {
        let terms = terms(Repayment::EqualPrincipal);
        let schedule = terms.schedule().unwrap();
        let owes = |outstanding: &str, on: &str| {
            let account = Account {
                outstanding: outstanding.parse().unwrap(),
                interest_owed: Money::ZERO,
                interest_from: day(on),
            };
            standing(&terms, &schedule, account, day(on)).unwrap().unmet
        };
        // A twelfth is 416,666.67.
        assert_eq!(owes("4583333.33", "2024-02-29"), Some(day("2024-03-31")));
        assert_eq!(owes("4583333.34", "2024-02-29"), Some(day("2024-02-29")), "a fen short");
        assert_eq!(owes("2500000.00", "2024-02-29"), Some(day("2024-03-31")), "interest is still to come");
        assert_eq!(owes("0.00", "2024-02-29"), None);
    }

    #[test]
    fn interest_left_over_is_late_with_the_due_date_it_accrued_before() {
        // February unpaid, 10,000.00 paid on 1 March: 4,375.00 left of 14,375.00 for 30 days, of which March is
        // 479.17.
        let late = after("4375.00", "2024-03-01", "2024-03-11");
        assert_eq!((late.unmet, late.overdue_days), (Some(day("2024-02-29")), 11));
        // All of February paid on 1 March: a day of March is left.
        let met = after("479.17", "2024-03-01", "2024-03-11");
        assert_eq!((met.unmet, met.overdue_days), (Some(day("2024-03-31")), 0));
        let a_fen_short = after("479.18", "2024-03-01", "2024-03-11");
        assert_eq!((a_fen_short.unmet, a_fen_short.overdue_days), (Some(day("2024-02-29")), 11));
        // February paid in time and a part of March early: nothing is late before the end of March.
        let early = after("2000.00", "2024-03-11", "2024-03-20");
        assert_eq!((early.unmet, early.overdue_days), (Some(day("2024-03-31")), 0));
        assert_eq!(after("2000.00", "2024-03-11", "2024-04-01").overdue_days, 1);
    }

    #[test]
    fn what_is_unmet_and_what_is_overdue_never_disagree() {
        for repayment in Repayment::ALL {
            for on in ["2024-02-28", "2024-02-29", "2024-03-01", "2025-01-31", "2025-02-01"] {
                let standing = at(repayment, "2024-01-31", on);
                let late = standing.unmet.filter(|due| *due < day(on));
                assert_eq!(standing.overdue_days, late.map_or(0, |due| (day(on) - due).num_days()));
            }
        }
    }
}
