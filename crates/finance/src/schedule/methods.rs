//! The repayment methods: how much principal each period repays.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Instalment, Repayment, ScheduleError, ScheduleTerms, periods::Span};
use crate::{Money, MoneyError, Rate, Rounding, day_count::YearFraction, interest::interest_for};

/// A period as the methods see it: when it is due and which part of a year it is.
type Due = (NaiveDate, YearFraction);

/// The payments of a schedule.
pub(super) fn instalments(terms: &ScheduleTerms, spans: &[Span]) -> Result<Vec<Instalment>, ScheduleError> {
    let dues: Vec<Due> = match terms.repayment {
        Repayment::Bullet => vec![whole_term(spans)?],
        _ => spans.iter().map(|span| (span.due, span.part)).collect(),
    };
    let grace = usize::try_from(terms.grace).unwrap_or(usize::MAX).min(dues.len() - 1);
    let loan = Loan { principal: terms.principal, rate: terms.annual_rate, dues: &dues, grace };
    match terms.repayment {
        Repayment::EqualInstalment if terms.level_last => loan.level(),
        Repayment::EqualInstalment => loan.equal(loan.equal_instalment()?),
        Repayment::EqualPrincipal => {
            let repaying = Decimal::from(dues.len() - grace);
            let each = Money::round_yuan(terms.principal.yuan() / repaying, Rounding::HalfUp)?;
            loan.pay(|_| Ok(each))
        }
        Repayment::InterestOnly | Repayment::Bullet => loan.pay(|_| Ok(Money::ZERO)),
    }
}

/// The whole term as one period.
fn whole_term(spans: &[Span]) -> Result<Due, ScheduleError> {
    let mut parts = spans.iter().map(|span| span.part);
    let last = spans.last().ok_or(ScheduleError::Instalments(0))?;
    let first = parts.next().ok_or(ScheduleError::Instalments(0))?;
    let whole = parts.try_fold(first, YearFraction::plus).ok_or(MoneyError::Overflow)?;
    Ok((last.due, whole))
}

/// A loan whose periods are known.
struct Loan<'a> {
    principal: Money,
    rate: Rate,
    dues: &'a [Due],
    /// Opening periods without principal.
    grace: usize,
}

impl Loan<'_> {
    /// Walks the periods: interest on the balance, rounded half-up once; principal as `repaid` says for that
    /// interest, never below zero nor above the balance; the last period takes the rest.
    fn pay(
        &self,
        repaid: impl Fn(Money) -> Result<Money, MoneyError>,
    ) -> Result<Vec<Instalment>, ScheduleError> {
        let mut balance = self.principal;
        let mut instalments = Vec::with_capacity(self.dues.len());
        for ((index, number), (due, part)) in (0..).zip(1..).zip(self.dues) {
            let interest = Money::round_yuan(interest_for(balance, self.rate, *part)?, Rounding::HalfUp)?;
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
    fn equal(&self, instalment: Money) -> Result<Vec<Instalment>, ScheduleError> {
        self.pay(|interest| instalment.checked_sub(interest))
    }

    /// P ÷ Σ 1/Π(1+rᵢ), with each period's own rate, to the fen.
    fn equal_instalment(&self) -> Result<Money, ScheduleError> {
        let overflow = MoneyError::Overflow;
        let (mut discount, mut sum) = (Decimal::ONE, Decimal::ZERO);
        for (_, part) in self.dues.iter().skip(self.grace) {
            let growth = part.of(self.rate.fraction()).and_then(|rate| rate.checked_add(Decimal::ONE));
            discount = growth.and_then(|growth| discount.checked_div(growth)).ok_or(overflow.clone())?;
            sum += discount;
        }
        let exact = self.principal.yuan().checked_div(sum).ok_or(overflow)?;
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
        let loan = Loan { principal, rate: "0.094822".parse().unwrap(), dues: &dues, grace: 0 };
        let totals = |schedule: Vec<Instalment>| -> Vec<String> {
            schedule.iter().map(|instalment| instalment.total.to_string()).collect()
        };
        let plain = loan.equal(loan.equal_instalment().unwrap()).unwrap();
        assert_eq!(totals(plain), ["33.58", "33.58", "33.56"]);
        assert_eq!(totals(loan.level().unwrap()), ["33.57", "33.57", "33.58"]);
    }
}
