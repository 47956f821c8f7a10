//! The repayment methods: how much principal each period repays. Schedules from terms and the plans made anew of a
//! running loan (`replan`) are both made here.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Instalment, Repayment, ScheduleError, ScheduleTerms, periods::Span};
use crate::{Money, MoneyError, Rate, Rounding, day_count::YearFraction, interest::interest_for};

/// A period as the methods see it: when it is due and which part of a year it is.
pub(crate) type Due = (NaiveDate, YearFraction);

/// The payments of a schedule.
pub(super) fn instalments(terms: &ScheduleTerms, spans: &[Span]) -> Result<Vec<Instalment>, ScheduleError> {
    let dues: Vec<Due> = match terms.repayment {
        Repayment::Bullet => vec![whole_term(spans)?],
        _ => spans.iter().map(|span| (span.due, span.part)).collect(),
    };
    let grace = usize::try_from(terms.grace).unwrap_or(usize::MAX).min(dues.len() - 1);
    let loan = Loan {
        principal: terms.principal,
        rate: terms.annual_rate,
        dues: &dues,
        grace,
        carried: Decimal::ZERO,
        first: 1,
    };
    loan.repay(terms.repayment, terms.level_last)
}

/// The whole term as one period.
fn whole_term(spans: &[Span]) -> Result<Due, ScheduleError> {
    let mut parts = spans.iter().map(|span| span.part);
    let last = spans.last().ok_or(ScheduleError::Instalments(0))?;
    let first = parts.next().ok_or(ScheduleError::Instalments(0))?;
    let whole = parts.try_fold(first, YearFraction::plus).ok_or(MoneyError::Overflow)?;
    Ok((last.due, whole))
}

/// A loan whose periods are known; at least one.
pub(crate) struct Loan<'a> {
    pub(crate) principal: Money,
    pub(crate) rate: Rate,
    pub(crate) dues: &'a [Due],
    /// Opening periods without principal.
    pub(crate) grace: usize,
    /// Interest of the first period that has run before the loan stood as it does now, in exact yuan.
    pub(crate) carried: Decimal,
    /// The number of the first instalment.
    pub(crate) first: u32,
}

impl Loan<'_> {
    /// The payments by a method.
    pub(crate) fn repay(
        &self,
        repayment: Repayment,
        level_last: bool,
    ) -> Result<Vec<Instalment>, ScheduleError> {
        match repayment {
            Repayment::EqualInstalment if level_last => self.level(),
            Repayment::EqualInstalment => self.equal(self.equal_instalment()?),
            Repayment::EqualPrincipal => {
                let repaying = Decimal::from(self.dues.len() - self.grace);
                let each = Money::round_yuan(self.principal.yuan() / repaying, Rounding::HalfUp)?;
                self.pay(|_| Ok(each))
            }
            Repayment::InterestOnly | Repayment::Bullet => self.pay(|_| Ok(Money::ZERO)),
        }
    }

    /// Walks the periods: interest on the balance, rounded half-up once; principal as `repaid` says for that
    /// interest, never below zero nor above the balance; the last period takes the rest.
    pub(crate) fn pay(
        &self,
        repaid: impl Fn(Money) -> Result<Money, MoneyError>,
    ) -> Result<Vec<Instalment>, ScheduleError> {
        let mut balance = self.principal;
        let mut instalments = Vec::with_capacity(self.dues.len());
        for ((index, number), (due, part)) in (0..).zip(self.first..).zip(self.dues) {
            let mut exact = interest_for(balance, self.rate, *part)?;
            if index == 0 {
                exact = exact.checked_add(self.carried).ok_or(MoneyError::Overflow)?;
            }
            let interest = Money::round_yuan(exact, Rounding::HalfUp)?;
            let principal = if index + 1 == self.dues.len() {
                balance
            } else if index < self.grace {
                Money::ZERO
            } else {
                repaid(interest)?.clamp(Money::ZERO, balance)
            };
            balance = balance.checked_sub(principal)?;
            let total = principal.checked_add(interest)?;
            instalments.push(Instalment { number, due: *due, principal, interest, total, balance });
        }
        Ok(instalments)
    }

    /// Every period after the grace pays `instalment`.
    pub(crate) fn equal(&self, instalment: Money) -> Result<Vec<Instalment>, ScheduleError> {
        self.pay(|interest| instalment.checked_sub(interest))
    }

    /// P ÷ Σ 1/Π(1+rᵢ), with each period's own rate, to the fen. Interest carried into the first repaying period
    /// is worth what discounts it from that period's end.
    fn equal_instalment(&self) -> Result<Money, ScheduleError> {
        let overflow = MoneyError::Overflow;
        let (mut discount, mut sum) = (Decimal::ONE, Decimal::ZERO);
        let mut worth = self.principal.yuan();
        for (index, (_, part)) in self.dues.iter().enumerate().skip(self.grace) {
            let growth = part.of(self.rate.fraction()).and_then(|rate| rate.checked_add(Decimal::ONE));
            discount = growth.and_then(|growth| discount.checked_div(growth)).ok_or(overflow.clone())?;
            sum += discount;
            if index == 0 {
                let carried = self.carried.checked_mul(discount);
                worth = carried.and_then(|carried| worth.checked_add(carried)).ok_or(overflow.clone())?;
            }
        }
        let exact = worth.checked_div(sum).ok_or(overflow)?;
        Ok(Money::round_yuan(exact, Rounding::HalfUp)?)
    }

    /// Equal instalments moved by the average of what the last one is off, where it is off by more than half
    /// a fen for each period and the move brings it closer (the rule of Apache Fineract).
    fn level(&self) -> Result<Vec<Instalment>, ScheduleError> {
        let each = self.equal_instalment()?;
        let plain = self.equal(each)?;
        let off = |schedule: &[Instalment], each: Money| {
            schedule.last().map_or(0, |last| last.total.fen().saturating_sub(each.fen()))
        };
        let periods = i64::try_from(self.dues.len() - self.grace).unwrap_or(i64::MAX);
        let difference = off(&plain, each);
        if difference.abs() <= periods / 2 {
            return Ok(plain);
        }
        let shift =
            Money::round_yuan(Decimal::new(difference, 2) / Decimal::from(periods), Rounding::HalfUp)?;
        let moved = each.checked_add(shift)?;
        let levelled = self.equal(moved)?;
        let closer = off(&levelled, moved).abs() < difference.abs();
        Ok(if closer { levelled } else { plain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Apache Fineract: 100 at 9.4822 % of a year of 364 days, three fortnights.
    #[test]
    fn the_last_of_three_fortnights_is_levelled() {
        let due = NaiveDate::from_ymd_opt(2024, 1, 15).unwrap();
        let dues = [(due, YearFraction::months(12).share(14, 364)); 3];
        let principal = Money::from_fen(10_000);
        let loan = Loan {
            principal,
            rate: "0.094822".parse().unwrap(),
            dues: &dues,
            grace: 0,
            carried: Decimal::ZERO,
            first: 1,
        };
        let totals = |schedule: Vec<Instalment>| -> Vec<String> {
            schedule.iter().map(|instalment| instalment.total.to_string()).collect()
        };
        let plain = loan.equal(loan.equal_instalment().unwrap()).unwrap();
        assert_eq!(totals(plain), ["33.58", "33.58", "33.56"]);
        assert_eq!(totals(loan.level().unwrap()), ["33.57", "33.57", "33.58"]);
    }
}
