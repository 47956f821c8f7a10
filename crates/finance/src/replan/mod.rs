//! The remaining schedule of a running loan, made anew: after a prepayment, a further draw, a new rate, a new term.
//!
//! A [`Position`] says how a loan stands on a day; an event (`drawn`, `prepaid`, `repriced`, `extended`) gives the
//! position after it; a plan (`respread`, `keep_instalment`, `with_principal`, `rolled_over`) the instalments that
//! follow. Whatever the event, principal sums exactly to the balance, no instalment is negative, and due dates rise.
//!
//! | what was agreed | event | plan |
//! |---|---|---|
//! | prepayment that lowers the instalment (降低月供) | `prepaid` | `respread` |
//! | prepayment that shortens the tenor (缩短期限) | `prepaid` | `keep_instalment` |
//! | a further tranche | `drawn` | `respread` |
//! | repricing | `repriced` | `respread` |
//! | extension (展期) | `extended` | `respread` |
//! | restructuring (重组) | `extended` or new periods | `respread` with grace, or `with_principal` |
//! | rollover (无还本续贷) | | `rolled_over` |
//!
//! Who may agree to what is not here. Interest is exact within a period and rounded half-up once, where it falls due.

mod period;
mod plan;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod published;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use period::{OpenPeriod, due_dates_after, months_between, spans_months};
pub use plan::Planned;

use crate::{
    DayCount, Money, MoneyError, Rate, Repayment, Rounding, ScheduleError, ScheduleTerms,
    interest::interest_for,
};

/// How a loan stands on a day within its running period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Principal that has not fallen due.
    pub balance: Money,
    /// The contract rate a year from `from` on.
    pub annual_rate: Rate,
    /// How days become a part of a year.
    pub day_count: DayCount,
    /// How it is repaid.
    pub repayment: Repayment,
    /// For equal instalments: shift them by a fen or so where that brings the last one closer.
    pub level_last: bool,
    /// Of the periods to come, how many open ones pay interest only.
    pub grace: u32,
    /// The day: interest on the balance runs from it.
    pub from: NaiveDate,
    /// Interest of the running period up to that day that is not paid, in exact yuan; it falls due with the next
    /// instalment.
    pub accrued: Decimal,
    /// The periods to come; the first of them is running.
    pub periods: Vec<OpenPeriod>,
    /// The number of the next instalment.
    pub next_number: u32,
}

/// What settles a loan on a day on which nothing is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payoff {
    /// Principal.
    pub principal: Money,
    /// Interest of the running period up to the day, rounded half-up.
    pub interest: Money,
    /// Both.
    pub total: Money,
}

/// Why a loan cannot be planned anew that way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplanError {
    /// No principal is left to plan.
    #[error("no principal is left that has not fallen due")]
    NothingOwed,
    /// No period is left to repay in.
    #[error("no due date is left to repay at")]
    NoPeriods,
    /// Due dates out of order.
    #[error("the due date {due} does not come after {after}")]
    Order {
        /// The date out of order.
        due: NaiveDate,
        /// The date it must come after.
        after: NaiveDate,
    },
    /// A day before the loan stood as it does.
    #[error("{on} is before {from}: what has run until then is settled")]
    Backwards {
        /// The day asked for.
        on: NaiveDate,
        /// The earliest day.
        from: NaiveDate,
    },
    /// A day after the running period.
    #[error("{on} is after {due}, when the next instalment falls due")]
    AfterDue {
        /// The day asked for.
        on: NaiveDate,
        /// The next due date.
        due: NaiveDate,
    },
    /// More principal than is left.
    #[error("{balance} of principal has not fallen due")]
    AboveBalance {
        /// What is left.
        balance: Money,
    },
    /// More interest than has run.
    #[error("{accrued} of interest has run")]
    AboveAccrued {
        /// What has run.
        accrued: Money,
    },
    /// An amount that is none.
    #[error("{0} is not an amount: it must be more than zero")]
    NotPositive(Money),
    /// Principal below zero.
    #[error("principal of {0} is below zero")]
    NegativePrincipal(Money),
    /// A list that repays more or less than is owed.
    #[error("the instalments repay {planned}, and {balance} is to be repaid")]
    PrincipalSum {
        /// What they repay.
        planned: Money,
        /// What is owed.
        balance: Money,
    },
    /// A list of another length than the periods.
    #[error("{planned} instalments are planned for {periods} due dates")]
    Length {
        /// Instalments planned.
        planned: usize,
        /// Due dates.
        periods: usize,
    },
    /// A loan without instalments that could be kept.
    #[error("principal is repaid at the end: there is no instalment to keep and no tenor to shorten")]
    NothingToShorten,
    /// Terms out of their range.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// An amount that cannot be represented.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

impl Position {
    /// How a loan stands that has kept to its terms, on the due date of instalment `paid` (0: on the day of the
    /// draw).
    ///
    /// # Errors
    /// As [`ScheduleTerms::schedule`]; [`ReplanError::NoPeriods`] after the last instalment.
    pub fn after(terms: &ScheduleTerms, paid: u32) -> Result<Self, ReplanError> {
        let schedule = terms.schedule()?;
        let last = schedule.instalments.iter().take_while(|instalment| instalment.number <= paid).last();
        let periods = OpenPeriod::of(terms, paid)?;
        let from = periods.first().ok_or(ReplanError::NoPeriods)?.start();
        Ok(Self {
            balance: last.map_or(terms.principal, |instalment| instalment.balance),
            annual_rate: terms.annual_rate,
            day_count: terms.day_count,
            repayment: terms.repayment,
            level_last: terms.level_last,
            grace: terms.grace.saturating_sub(paid),
            from,
            accrued: Decimal::ZERO,
            periods,
            next_number: paid + 1,
        })
    }

    /// Interest of the running period up to a day that is not paid, in exact yuan.
    ///
    /// # Errors
    /// When the day is before the position or after the next due date.
    pub fn accrued_until(&self, on: NaiveDate) -> Result<Decimal, ReplanError> {
        if on < self.from {
            return Err(ReplanError::Backwards { on, from: self.from });
        }
        if on == self.from {
            return Ok(self.accrued);
        }
        let running = self.periods.first().ok_or(ReplanError::NoPeriods)?;
        if on > running.due() {
            return Err(ReplanError::AfterDue { on, due: running.due() });
        }
        let part = running.part_between(self.day_count, self.from, on);
        let since = interest_for(self.balance, self.annual_rate, part)?;
        Ok(self.accrued.checked_add(since).ok_or(MoneyError::Overflow)?)
    }

    /// What settles the loan on a day of the running period.
    ///
    /// # Errors
    /// As [`Position::accrued_until`].
    pub fn payoff(&self, on: NaiveDate) -> Result<Payoff, ReplanError> {
        let interest = Money::round_yuan(self.accrued_until(on)?, Rounding::HalfUp)?;
        let total = self.balance.checked_add(interest)?;
        Ok(Payoff { principal: self.balance, interest, total })
    }

    /// After a further draw on a day of the running period.
    ///
    /// # Errors
    /// When the amount is not more than zero; otherwise as [`Position::accrued_until`].
    pub fn drawn(&self, amount: Money, on: NaiveDate) -> Result<Self, ReplanError> {
        if !amount.is_positive() {
            return Err(ReplanError::NotPositive(amount));
        }
        let balance = self.balance.checked_add(amount)?;
        Ok(Self { balance, from: on, accrued: self.accrued_until(on)?, ..self.clone() })
    }

    /// After a prepayment of principal on a day of the running period, with which `interest` of that period was
    /// paid. A fraction of a fen is nobody's debt once all interest is paid.
    ///
    /// # Errors
    /// When either is negative or more than is owed; otherwise as [`Position::accrued_until`].
    pub fn prepaid(&self, principal: Money, interest: Money, on: NaiveDate) -> Result<Self, ReplanError> {
        if let Some(negative) = [principal, interest].into_iter().find(|amount| amount.is_negative()) {
            return Err(ReplanError::NotPositive(negative));
        }
        if principal > self.balance {
            return Err(ReplanError::AboveBalance { balance: self.balance });
        }
        let exact = self.accrued_until(on)?;
        let owed = Money::round_yuan(exact, Rounding::HalfUp)?;
        if interest > owed {
            return Err(ReplanError::AboveAccrued { accrued: owed });
        }
        let accrued = if interest == owed { Decimal::ZERO } else { exact - interest.yuan() };
        let balance = self.balance.checked_sub(principal)?;
        Ok(Self { balance, from: on, accrued, ..self.clone() })
    }

    /// After a change of the rate on a day of the running period: from that day on, never backwards.
    ///
    /// # Errors
    /// When the rate is negative; otherwise as [`Position::accrued_until`].
    pub fn repriced(&self, annual_rate: Rate, on: NaiveDate) -> Result<Self, ReplanError> {
        if annual_rate < Rate::ZERO {
            return Err(ScheduleError::NegativeRate.into());
        }
        Ok(Self { annual_rate, from: on, accrued: self.accrued_until(on)?, ..self.clone() })
    }

    /// With further due dates after the last one, every so many months apart where they are regular.
    ///
    /// # Errors
    /// [`ReplanError::Order`] where the dates do not rise strictly.
    pub fn extended(&self, later: &[NaiveDate], every_months: u32) -> Result<Self, ReplanError> {
        let last = self.periods.last().map_or(self.from, OpenPeriod::due);
        let mut periods = self.periods.clone();
        periods.extend(OpenPeriod::between(self.day_count, every_months, last, later)?);
        Ok(Self { periods, ..self.clone() })
    }
}
