//! A loan on a day, as pages and rules read it.

use chrono::NaiveDate;
use finance::{Claim, Money, MoneyError, Rounding, Schedule};

use super::{Account, LoanTerms, Owing, owing};

/// A loan on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// All interest owed: due and running, penalty, interest on interest.
    pub interest: Money,
    /// Of it, penalty interest.
    pub penalty: Money,
    /// Of it, interest on overdue interest.
    pub on_interest: Money,
    /// Principal past its due date.
    pub overdue_principal: Money,
    /// Interest past its due date, without penalty.
    pub overdue_interest: Money,
    /// Fees owed.
    pub fees: Money,
    /// Everything: what would settle the loan today.
    pub payoff: Money,
    /// The oldest due date that is not met, missed or still to come; `None` when nothing is owed.
    pub unmet: Option<NaiveDate>,
    /// Days since the oldest due date that was missed; 0 where none was.
    pub overdue_days: i64,
    /// The next due date from today on, with everything that has to be paid by then.
    pub next_due: Option<(NaiveDate, Money)>,
}

/// Where a loan stands on a day.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn standing(
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    on: NaiveDate,
) -> Result<Standing, MoneyError> {
    let today = account.clone().advanced(terms, plan, on)?;
    let owed = owing(terms, plan, &today, on)?;
    let of = |claim| owed.sum(|one| one == claim);
    let payoff = owed.total()?;
    let (unmet, next_due) = dates(terms, plan, &today, &owed, on)?;
    Ok(Standing {
        interest: owed.interest()?,
        penalty: of(Claim::Penalty)?,
        on_interest: of(Claim::InterestOnInterest)?,
        overdue_principal: of(Claim::OverduePrincipal)?,
        overdue_interest: of(Claim::OverdueInterest)?,
        fees: of(Claim::Fees)?,
        payoff,
        unmet,
        overdue_days: owed.overdue_days,
        next_due,
    })
}

/// A due date and what is to be paid by then.
type Due = (NaiveDate, Money);

/// The oldest due date that is not met, and the next one from a day on with everything to be paid by then: of an account
/// that was brought to the day and what it owes on it; nothing where nothing is owed.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn dates(
    terms: &LoanTerms,
    plan: &Schedule,
    today: &Account,
    owed: &Owing,
    on: NaiveDate,
) -> Result<(Option<NaiveDate>, Option<Due>), MoneyError> {
    if owed.total()?.is_zero() {
        return Ok((None, None));
    }
    let next_due = next_due(terms, plan, today, owed, on)?;
    let unmet = owed.oldest.into_iter().chain(next_due.map(|(due, _)| due)).min();
    Ok((unmet, next_due))
}

/// Today, where something falls due today; else the next instalment that asks for anything, with what is late already.
fn next_due(
    terms: &LoanTerms,
    plan: &Schedule,
    today: &Account,
    owed: &Owing,
    on: NaiveDate,
) -> Result<Option<(NaiveDate, Money)>, MoneyError> {
    let due_of = |account: &Account, day: NaiveDate| -> Result<Money, MoneyError> {
        let owed = owing(terms, plan, account, day)?;
        let not_due = account.not_due()?;
        let running = Money::round_yuan(account.running(terms, plan, day)?, Rounding::HalfUp)?;
        owed.total()?.checked_sub(not_due)?.checked_sub(running)
    };
    let fees = today.arrears.fee_dues.iter().map(|fee| fee.due);
    let beside = fees.chain(owed.penalty_due).filter(|day| *day >= on).min();
    if today.arrears.falls_due(on) || beside == Some(on) {
        return Ok(Some((on, due_of(today, on)?)));
    }
    for instalment in plan.instalments.iter().filter(|one| one.number > today.billed) {
        if let Some(day) = beside.filter(|day| *day < instalment.due) {
            return Ok(Some((day, due_of(today, day)?)));
        }
        let then = today.clone().advanced(terms, plan, instalment.due)?;
        if then.arrears.dues.len() > today.arrears.dues.len() {
            return Ok(Some((instalment.due, due_of(&then, instalment.due)?)));
        }
    }
    beside.map(|day| Ok((day, due_of(today, day)?))).transpose()
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Rate, Repayment};

    use super::*;
    use crate::loan::model::receive;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(repayment: Repayment) -> LoanTerms {
        LoanTerms::monthly(
            Money::from_yuan(5_000_000).unwrap(),
            Rate::from_basis_points(345),
            DayCount::Actual360,
            repayment,
            12,
            day("2024-01-31"),
        )
    }

    /// The loan after payments, each on its day.
    fn paid(repayment: Repayment, payments: &[(&str, &str)]) -> (LoanTerms, Schedule, Account) {
        let terms = terms(repayment);
        let plan = terms.schedule().unwrap();
        let mut account = Account::opened(terms.principal, terms.drawn_on);
        for (on, amount) in payments {
            account = account.advanced(&terms, &plan, day(on)).unwrap();
            let order = Claim::order_after(0);
            account =
                receive(&terms, &plan, &account, amount.parse().unwrap(), &order, day(on)).unwrap().account;
        }
        (terms, plan, account)
    }

    fn at(repayment: Repayment, payments: &[(&str, &str)], on: &str) -> Standing {
        let (terms, plan, account) = paid(repayment, payments);
        standing(&terms, &plan, &account, day(on)).unwrap()
    }

    #[test]
    fn ninety_days_of_interest_are_what_the_published_case_says() {
        // Chinese everyday case: 5,000,000 at 3.45 % from 2024-01-31 to 2024-04-30, actual/360 → 43,125.00.
        let standing = at(Repayment::Bullet, &[], "2024-04-30");
        assert_eq!(standing.interest.to_string(), "43125.00");
        assert_eq!(standing.payoff.to_string(), "5043125.00");
        assert_eq!(standing.overdue_days, 0);
    }

    #[test]
    fn a_due_date_is_missed_the_day_after_it() {
        // 29 days to the end of February: 13,895.83.
        assert_eq!(at(Repayment::InterestOnly, &[], "2024-02-29").overdue_days, 0);
        assert_eq!(at(Repayment::InterestOnly, &[], "2024-03-01").overdue_days, 1);
        let met = at(Repayment::InterestOnly, &[("2024-02-29", "13895.83")], "2024-03-01");
        assert_eq!((met.overdue_days, met.unmet), (0, Some(day("2024-03-31"))));
        let short = at(Repayment::InterestOnly, &[("2024-02-29", "13895.82")], "2024-03-01");
        assert_eq!((short.overdue_days, short.unmet), (1, Some(day("2024-02-29"))), "a fen short");
    }

    #[test]
    fn the_next_due_date_tells_what_falls_due_then() {
        let (due, total) = at(Repayment::InterestOnly, &[], "2024-02-10").next_due.unwrap();
        assert_eq!((due, total.to_string().as_str()), (day("2024-02-29"), "13895.83"));
        let (due, total) = at(Repayment::InterestOnly, &[], "2024-02-29").next_due.unwrap();
        assert_eq!((due, total.to_string().as_str()), (day("2024-02-29"), "13895.83"), "today itself");
    }

    #[test]
    fn principal_repaid_ahead_meets_the_next_due_dates_but_not_their_interest() {
        // A twelfth is 416,666.67; interest to 15 February, 15 days: 7,187.50.
        let ahead = |principal: &str| {
            let amount: Money = principal.parse().unwrap();
            let with_interest = amount.checked_add("7187.50".parse().unwrap()).unwrap();
            at(Repayment::EqualPrincipal, &[("2024-02-15", &with_interest.to_string())], "2024-02-29")
        };
        // 14 days more on 4,583,333.33: 6,149.31 of interest and no principal are due.
        let (due, total) = ahead("416666.67").next_due.unwrap();
        assert_eq!((due, total.to_string().as_str()), (day("2024-02-29"), "6149.31"));
        let (_, total) = ahead("416666.66").next_due.unwrap();
        assert_eq!(total.to_string(), "6149.32", "a fen of principal");
        assert_eq!(ahead("5000000.00").next_due, None);
    }

    #[test]
    fn what_is_late_bears_penalty_and_its_interest_bears_interest() {
        // Published: 1,000,000 overdue 45 days at 3.45 % + 50 % → 6,468.75; here five million.
        let late = at(Repayment::Bullet, &[], "2025-03-17");
        assert_eq!(late.overdue_days, 45);
        assert_eq!(late.penalty.to_string(), "32343.75");
        // 366 days of contract interest fell due: 175,375.00; after the term it bears the penalty rate.
        assert_eq!(late.overdue_interest.to_string(), "175375.00");
        assert_eq!(late.on_interest.to_string(), "1134.46");
    }

    #[test]
    fn interest_on_overdue_interest_within_the_term_is_at_the_contract_rate() {
        // Published: 8,625.00 unpaid for 45 days is asked for with 55.79 at the penalty rate; within the term 37.20.
        let terms = terms(Repayment::InterestOnly);
        let plan = terms.schedule().unwrap();
        let due = super::super::Due {
            number: 1,
            due: day("2024-02-29"),
            principal: Money::ZERO,
            interest: "8625.00".parse().unwrap(),
            spared: false,
        };
        let mut account = Account::opened(terms.principal, day("2024-02-29"));
        account.billed = 1;
        account.arrears.dues.push(due);
        let within = owing(&terms, &plan, &account, day("2024-04-14")).unwrap();
        assert_eq!(within.sum(|c| c == Claim::InterestOnInterest).unwrap().to_string(), "37.20");
        account.arrears.dues[0].due = day("2025-01-31");
        account.billed = 12;
        account.outstanding = Money::ZERO;
        let beyond = owing(&terms, &plan, &account, day("2025-03-17")).unwrap();
        assert_eq!(beyond.sum(|c| c == Claim::InterestOnInterest).unwrap().to_string(), "55.79");
    }

    #[test]
    fn what_is_unmet_and_what_is_overdue_never_disagree() {
        for repayment in Repayment::ALL {
            for on in ["2024-02-28", "2024-02-29", "2024-03-01", "2025-01-31", "2025-02-01"] {
                let standing = at(repayment, &[], on);
                let late = standing.unmet.filter(|due| *due < day(on));
                assert_eq!(standing.overdue_days, late.map_or(0, |due| (day(on) - due).num_days()));
            }
        }
    }

    #[test]
    fn a_holiday_may_be_met_on_the_next_working_day() {
        // 2026-01-31 is a Saturday; Monday is 2026-02-02.
        let mut terms = terms(Repayment::Bullet);
        terms.drawn_on = day("2025-01-31");
        let plan = terms.schedule().unwrap();
        let account = Account::opened(terms.principal, terms.drawn_on);
        let strict = standing(&terms, &plan, &account, day("2026-02-02")).unwrap();
        assert_eq!(strict.overdue_days, 2);
        terms.holiday_grace = true;
        assert_eq!(standing(&terms, &plan, &account, day("2026-02-02")).unwrap().overdue_days, 0);
        assert_eq!(standing(&terms, &plan, &account, day("2026-02-03")).unwrap().overdue_days, 3);
    }
}
