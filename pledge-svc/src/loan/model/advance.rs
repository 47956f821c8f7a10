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
        let since = interest_between(terms, plan, not_due, (self.interest_from, on))?;
        self.carried.checked_add(since).ok_or(MoneyError::Overflow)
    }
}

/// The day on which the period of an instalment begins.
fn start_of(terms: &LoanTerms, plan: &Schedule, number: u32) -> NaiveDate {
    let before = plan.instalments.iter().rev().find(|one| one.number < number);
    before.map_or(terms.drawn_on, |one| one.due)
}

/// Interest on a balance over some days. Under 30/360 they are counted period by period as the plan does: a part of a period
/// of whole months, the term of a loan that is repaid at once among them, is its share of that period by days, so that the
/// parts sum to what the plan asks for.
fn interest_between(
    terms: &LoanTerms,
    plan: &Schedule,
    balance: Money,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Decimal, MoneyError> {
    let by_days = |from, to| accrued(balance, terms.annual_rate, terms.day_count, from, to);
    if terms.day_count != DayCount::Thirty360 {
        return by_days(from, to);
    }
    let (mut sum, mut since, mut start) = (Decimal::ZERO, from, terms.drawn_on);
    for due in plan.instalments.iter().map(|one| one.due) {
        if due > since && since < to {
            let until = due.min(to);
            let months = finance::months_between(start, due, terms.every_months.max(1));
            let part = match months.filter(|_| since >= start) {
                Some(months) => {
                    let share = ((until - since).num_days(), (due - start).num_days());
                    part_of_months(balance, terms, months, share)?
                }
                None => by_days(since, until)?,
            };
            sum = sum.checked_add(part).ok_or(MoneyError::Overflow)?;
            since = until;
        }
        start = due;
    }
    if since < to {
        sum = sum.checked_add(by_days(since, to)?).ok_or(MoneyError::Overflow)?;
    }
    Ok(sum)
}

/// Interest of so many days of all the days of a period of whole months.
fn part_of_months(
    balance: Money,
    terms: &LoanTerms,
    months: u32,
    (days, whole): (i64, i64),
) -> Result<Decimal, MoneyError> {
    balance
        .yuan()
        .checked_mul(terms.annual_rate.fraction())
        .and_then(|yearly| yearly.checked_mul(Decimal::from(months)))
        .and_then(|sum| sum.checked_mul(Decimal::from(days)))
        .and_then(|sum| sum.checked_div(Decimal::from(12 * whole)))
        .ok_or(MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use finance::{Rate, Repayment};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_runs_on_a_bullet_by_months_rises_evenly_to_what_its_plan_asks_for(
            month in 1_u32..=12, day in 1_u32..=31, tenor in 1_u32..40, points in 1_i64..2_000,
        ) {
            let drawn_on = NaiveDate::from_ymd_opt(2026, month, day);
            prop_assume!(drawn_on.is_some());
            let principal = Money::from_yuan(1_000_000).unwrap();
            let rate = Rate::from_basis_points(points);
            let terms = LoanTerms::monthly(
                principal, rate, DayCount::Thirty360, Repayment::Bullet, tenor, drawn_on.unwrap(),
            );
            let plan = terms.schedule().unwrap();
            let end = plan.instalments.last().unwrap();
            let account = Account::opened(principal, terms.drawn_on);
            let days = (end.due - terms.drawn_on).num_days();
            let at = |days: i64| {
                account.running(&terms, &plan, terms.drawn_on + chrono::TimeDelta::days(days)).unwrap()
            };
            // By months: so many twelfths of the rate; every day bears the same.
            let whole = principal.yuan() * rate.fraction() * Decimal::from(tenor) / Decimal::from(12);
            prop_assert_eq!(Money::round_yuan(at(days), Rounding::HalfUp), Ok(end.interest));
            let tolerance = Decimal::new(1, 6);
            prop_assert!((at(days) - whole).abs() < tolerance);
            prop_assert!((at(days) - at(days - 1) - whole / Decimal::from(days)).abs() < tolerance);
        }
    }
}
