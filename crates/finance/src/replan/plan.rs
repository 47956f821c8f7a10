//! The instalments that follow a position.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OpenPeriod, Position, ReplanError};
use crate::{
    Instalment, Money, MoneyError, Repayment, Rounding, Schedule,
    day_count::YearFraction,
    interest::interest_for,
    schedule::methods::{Due, Loan},
};

/// What one period of an agreed list repays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// Principal.
    pub principal: Money,
    /// Whether interest falls due with it. What does not falls due with the next one that pays interest; the last
    /// one always does.
    pub pays_interest: bool,
}

impl Position {
    /// The balance spread over the periods to come, by the repayment method: the tenor stays, the instalment
    /// changes.
    ///
    /// # Errors
    /// When nothing is left to repay, or no period to repay it in.
    pub fn respread(&self) -> Result<Schedule, ReplanError> {
        let dues = self.dues()?;
        let grace = usize::try_from(self.grace).unwrap_or(usize::MAX).min(dues.len() - 1);
        let instalments = self.loan(&dues, grace).repay(self.repayment, self.level_last)?;
        Ok(Schedule::try_new(instalments)?)
    }

    /// The instalment stays, the tenor shortens: each period pays `level` (in total for equal instalments, of
    /// principal for equal principal) until the balance is repaid; a last due date takes whatever is left.
    ///
    /// # Errors
    /// [`ReplanError::NothingToShorten`] where principal is repaid at the end; [`ReplanError::NotPositive`] for a
    /// level of nothing; otherwise as [`Position::respread`].
    pub fn keep_instalment(&self, level: Money) -> Result<Schedule, ReplanError> {
        if !level.is_positive() {
            return Err(ReplanError::NotPositive(level));
        }
        let dues = self.dues()?;
        let grace = usize::try_from(self.grace).unwrap_or(usize::MAX).min(dues.len() - 1);
        let loan = self.loan(&dues, grace);
        let mut instalments = match self.repayment {
            Repayment::EqualInstalment => loan.equal(level)?,
            Repayment::EqualPrincipal => loan.pay(|_| Ok(level))?,
            Repayment::InterestOnly | Repayment::Bullet => return Err(ReplanError::NothingToShorten),
        };
        let repaid = instalments.iter().position(|instalment| instalment.balance.is_zero());
        instalments.truncate(repaid.map_or(instalments.len(), |last| last + 1));
        Ok(Schedule::try_new(instalments)?)
    }

    /// The balance repaid by an agreed list, one entry for each period to come.
    ///
    /// # Errors
    /// When the list has another length, a negative entry, or does not sum to the balance.
    pub fn with_principal(&self, planned: &[Planned]) -> Result<Schedule, ReplanError> {
        self.check_list(&planned.iter().map(|one| one.principal).collect::<Vec<_>>())?;
        Ok(Schedule::try_new(self.walk(planned)?)?)
    }

    /// 无还本续贷: every period to come pays as `planned`, except that the principal of the last one is not repaid
    /// but runs on for a new term, repaid by the loan's method within `term`. Where no period is left, the whole
    /// balance runs on.
    ///
    /// # Errors
    /// As [`Position::with_principal`], and where nothing would run on.
    pub fn rolled_over(&self, planned: &[Money], term: Vec<OpenPeriod>) -> Result<Schedule, ReplanError> {
        self.check_list(planned)?;
        let Some((rolled, before)) = planned.split_last() else {
            return Self { periods: term, grace: 0, ..self.clone() }.respread();
        };
        let list: Vec<Planned> = before
            .iter()
            .chain(std::iter::once(&Money::ZERO))
            .map(|principal| Planned { principal: *principal, pays_interest: true })
            .collect();
        let mut instalments = self.walk(&list)?;
        let last = self.periods.last().ok_or(ReplanError::NoPeriods)?;
        let new = Self {
            balance: *rolled,
            from: last.due(),
            accrued: Decimal::ZERO,
            grace: 0,
            next_number: instalments.last().map_or(self.next_number, |last| last.number + 1),
            periods: term,
            ..self.clone()
        };
        instalments.extend(new.respread()?.instalments);
        Ok(Schedule::try_new(instalments)?)
    }

    fn loan<'a>(&self, dues: &'a [Due], grace: usize) -> Loan<'a> {
        Loan {
            principal: self.balance,
            rate: self.annual_rate,
            dues,
            grace,
            carried: self.accrued,
            first: self.next_number,
        }
    }

    /// The periods to come as the methods see them: the running one from the day of the position on; all of them as
    /// one where all is paid at the end.
    fn dues(&self) -> Result<Vec<Due>, ReplanError> {
        if !self.balance.is_positive() {
            return Err(ReplanError::NothingOwed);
        }
        let parts = self.parts()?;
        let Some(last) = self.periods.last() else { return Err(ReplanError::NoPeriods) };
        if self.repayment != Repayment::Bullet {
            return Ok(self.periods.iter().map(OpenPeriod::due).zip(parts).collect());
        }
        let (first, later) = parts.split_first().ok_or(ReplanError::NoPeriods)?;
        let whole = later.iter().try_fold(*first, |sum, part| sum.plus(*part));
        Ok(vec![(last.due(), whole.ok_or(MoneyError::Overflow)?)])
    }

    fn parts(&self) -> Result<Vec<YearFraction>, ReplanError> {
        let running = self.periods.first().ok_or(ReplanError::NoPeriods)?;
        if self.from < running.start() {
            return Err(ReplanError::Backwards { on: self.from, from: running.start() });
        }
        if self.from >= running.due() {
            return Err(ReplanError::AfterDue { on: self.from, due: running.due() });
        }
        let first = running.part_between(self.day_count, self.from, running.due());
        let rest = self.periods.iter().skip(1);
        let rest = rest.map(|period| period.part_between(self.day_count, period.start(), period.due()));
        Ok(std::iter::once(first).chain(rest).collect())
    }

    fn check_list(&self, planned: &[Money]) -> Result<(), ReplanError> {
        if !self.balance.is_positive() {
            return Err(ReplanError::NothingOwed);
        }
        if planned.len() != self.periods.len() {
            return Err(ReplanError::Length { planned: planned.len(), periods: self.periods.len() });
        }
        if let Some(negative) = planned.iter().find(|principal| principal.is_negative()) {
            return Err(ReplanError::NegativePrincipal(*negative));
        }
        let sum = Money::total(planned.iter().copied())?;
        if planned.is_empty() || sum == self.balance {
            return Ok(());
        }
        Err(ReplanError::PrincipalSum { planned: sum, balance: self.balance })
    }

    /// Walks the periods with the principal given, which may leave a balance. A stretch of periods in which nothing is
    /// paid is counted as one, by its days.
    fn walk(&self, planned: &[Planned]) -> Result<Vec<Instalment>, ReplanError> {
        let parts = self.parts()?;
        let (mut balance, mut exact, mut since) = (self.balance, self.accrued, self.from);
        let mut instalments = Vec::with_capacity(parts.len());
        let dues = self.periods.iter().zip(parts).zip(planned);
        for ((index, number), ((period, part), one)) in (1..).zip(self.next_number..).zip(dues) {
            let pays = one.pays_interest || index == planned.len();
            if pays || one.principal.is_positive() {
                let whole = since >= period.start();
                let part = if whole { part } else { self.day_count.fraction(since, period.due()) };
                let run = interest_for(balance, self.annual_rate, part)?;
                exact = exact.checked_add(run).ok_or(MoneyError::Overflow)?;
                since = period.due();
            }
            let interest = if pays {
                Money::round_yuan(std::mem::take(&mut exact), Rounding::HalfUp)?
            } else {
                Money::ZERO
            };
            balance = balance.checked_sub(one.principal)?;
            let total = one.principal.checked_add(interest)?;
            let principal = one.principal;
            instalments.push(Instalment { number, due: period.due(), principal, interest, total, balance });
        }
        Ok(instalments)
    }
}
