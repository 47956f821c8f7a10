//! Bringing an account to a day: every instalment of the plan that falls due until then becomes a due, its interest
//! rounded once. The one rule by which a payment, a page and the close of business read a loan.

use chrono::NaiveDate;
use finance::{DayCount, Instalment, Money, MoneyError, Rounding, Schedule, accrued};
use rust_decimal::Decimal;

use super::{Account, Due, LoanTerms};

impl Account {
    /// The account with everything due that falls due up to and with a day.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn advanced(mut self, terms: &LoanTerms, plan: &Schedule, on: NaiveDate) -> Result<Self, MoneyError> {
        let first = plan.instalments.partition_point(|one| one.number <= self.billed);
        for instalment in plan.instalments[first..].iter().take_while(|one| one.due <= on) {
            self.bill(terms, plan, instalment)?;
        }
        Ok(self)
    }

    fn bill(&mut self, terms: &LoanTerms, plan: &Schedule, due: &Instalment) -> Result<(), MoneyError> {
        let not_due = self.not_due()?;
        // What was repaid ahead meets the next instalments first: principal falls due only above the plan's balance.
        let principal = not_due.saturating_sub(due.balance);
        let interest = self.interest_of(terms, plan, due, not_due)?;
        self.billed = due.number;
        if !due.interest.is_zero() || !interest.is_zero() {
            self.carried = Decimal::ZERO;
            self.interest_from = due.due;
        }
        if principal.is_positive() || interest.is_positive() {
            let (number, due) = (due.number, due.due);
            self.arrears.dues.push(Due { number, due, principal, interest, spared: false });
        }
        Ok(())
    }

    /// The interest that falls due with an instalment: the plan's own where the loan kept to the plan, else what has
    /// run. An instalment to which the plan gives none asks for none before the last.
    fn interest_of(
        &self,
        terms: &LoanTerms,
        plan: &Schedule,
        due: &Instalment,
        not_due: Money,
    ) -> Result<Money, MoneyError> {
        let last = plan.instalments.last().is_some_and(|last| last.number == due.number);
        if due.interest.is_zero() && !last {
            return Ok(Money::ZERO);
        }
        let planned = due.balance.checked_add(due.principal)?;
        if not_due == planned
            && self.carried.is_zero()
            && self.interest_from == start_of(terms, plan, due.number)
        {
            return Ok(due.interest);
        }
        Money::round_yuan(self.running(terms, plan, due.due)?, Rounding::HalfUp)
    }

    /// Contract interest of the running period up to a day, in exact yuan.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn running(&self, terms: &LoanTerms, plan: &Schedule, on: NaiveDate) -> Result<Decimal, MoneyError> {
        let not_due = self.not_due()?;
        if on <= self.interest_from || not_due.is_zero() {
            return Ok(self.carried);
        }
        let since = interest_between(terms, plan, self.billed, not_due, (self.interest_from, on))?;
        self.carried.checked_add(since).ok_or(MoneyError::Overflow)
    }
}

/// The day on which the period of an instalment begins.
fn start_of(terms: &LoanTerms, plan: &Schedule, number: u32) -> NaiveDate {
    let before = plan.instalments.iter().rev().find(|one| one.number < number);
    before.map_or(terms.drawn_on, |one| one.due)
}

/// Interest on a balance within the period that follows the instalment `billed`. Under 30/360 a part of a period of
/// whole months is its share of that period by days, so that the parts sum to the period.
fn interest_between(
    terms: &LoanTerms,
    plan: &Schedule,
    billed: u32,
    balance: Money,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Decimal, MoneyError> {
    if terms.day_count == DayCount::Thirty360
        && let Some(next) = plan.instalments.iter().find(|one| one.number > billed)
        && to <= next.due
    {
        let start = start_of(terms, plan, next.number);
        if from >= start && finance::spans_months(start, next.due, terms.every_months) {
            let (days, whole) = ((to - from).num_days(), (next.due - start).num_days());
            return balance
                .yuan()
                .checked_mul(terms.annual_rate.fraction())
                .and_then(|yearly| yearly.checked_mul(Decimal::from(terms.every_months)))
                .and_then(|sum| sum.checked_mul(Decimal::from(days)))
                .and_then(|sum| sum.checked_div(Decimal::from(12 * whole)))
                .ok_or(MoneyError::Overflow);
        }
    }
    accrued(balance, terms.annual_rate, terms.day_count, from, to)
}
