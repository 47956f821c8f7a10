//! Repayment schedules: what is due when, and how much of it is principal and interest.
//!
//! [`ScheduleTerms::schedule`] is the only way to make one. Periods are in `periods`, the repayment methods
//! in `methods`; published schedules are reproduced in `published`, due dates on holidays are held to in `rolled`.

pub(crate) mod methods;
pub(crate) mod periods;
#[cfg(test)]
mod published;
#[cfg(test)]
mod rolled;

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{DayCount, Money, MoneyError, Rate, Roll, UnknownChoice, WorkingDays, choice::choose};

/// How principal and interest are repaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repayment {
    /// 等额本息: the same total every period; the share of principal grows.
    EqualInstalment,
    /// 等额本金: the same principal every period; interest falls.
    EqualPrincipal,
    /// 按期付息到期还本: interest every period, the principal with the last.
    InterestOnly,
    /// 一次性还本付息: principal and interest in one payment at the end of the last period.
    Bullet,
}

impl Repayment {
    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::EqualInstalment, Self::EqualPrincipal, Self::InterestOnly, Self::Bullet];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EqualInstalment => "equal_instalment",
            Self::EqualPrincipal => "equal_principal",
            Self::InterestOnly => "interest_only",
            Self::Bullet => "bullet",
        }
    }
}

impl fmt::Display for Repayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Repayment {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("repayment", text, &Self::ALL, Self::name)
    }
}

/// The unit of the time between two due dates; half-yearly is every two quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Period {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Period {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("period", text, &Self::ALL, Self::name)
    }
}

/// What a schedule is made from.
///
/// The usual loan is [`ScheduleTerms::monthly`]; the rest is set on top of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleTerms {
    /// The amount drawn.
    pub principal: Money,
    /// The contract rate for a year.
    pub annual_rate: Rate,
    /// The day the money was drawn; interest runs from it.
    pub first_drawdown: NaiveDate,
    /// Number of periods, 1 to 600.
    pub instalments: u32,
    /// The unit of a period.
    pub period: Period,
    /// Units in a period: 1 is every unit, 2 every second one.
    #[serde(default = "one")]
    pub every: u32,
    /// How it is repaid.
    pub repayment: Repayment,
    /// How days become a part of a year.
    pub day_count: DayCount,
    /// The first due date, where it is not one period after the drawdown.
    #[serde(default)]
    pub first_due: Option<NaiveDate>,
    /// Opening periods in which only interest is paid (宽限期); fewer than the instalments.
    #[serde(default)]
    pub grace: u32,
    /// For equal instalments: shift all of them by a fen or so where that brings the last one closer.
    #[serde(default)]
    pub level_last: bool,
    /// Where a due date goes that is no working day.
    #[serde(default)]
    pub roll: Roll,
    /// Whether interest still runs to the due date before it was moved; otherwise it runs to the day moved to.
    #[serde(default)]
    pub unadjusted: bool,
}

fn one() -> u32 {
    1
}

impl ScheduleTerms {
    /// The most instalments of a schedule: fifty years of months.
    pub const MAX_INSTALMENTS: u32 = 600;

    /// Monthly periods from the day of the drawdown, without grace.
    #[must_use]
    pub fn monthly(
        principal: Money,
        annual_rate: Rate,
        first_drawdown: NaiveDate,
        instalments: u32,
        repayment: Repayment,
        day_count: DayCount,
    ) -> Self {
        Self {
            principal,
            annual_rate,
            first_drawdown,
            instalments,
            period: Period::Month,
            every: 1,
            repayment,
            day_count,
            first_due: None,
            grace: 0,
            level_last: false,
            roll: Roll::None,
            unadjusted: false,
        }
    }

    /// The schedule.
    ///
    /// Interest is exact and rounded half-up to the fen once per period; the last instalment takes what
    /// rounding left, so that principal sums exactly. A [`Repayment::Bullet`] has one instalment, at the end
    /// of the last period. Where a long first period owes more interest than the equal instalment, that
    /// instalment is its interest: interest is never added to principal.
    ///
    /// Due dates are moved by the shipped calendar; [`ScheduleTerms::schedule_by`] takes another.
    ///
    /// # Errors
    /// When a term is out of its range, or a date or an amount is beyond what can be represented.
    pub fn schedule(&self) -> Result<Schedule, ScheduleError> {
        self.schedule_by(WorkingDays::china())
    }

    /// The schedule, its due dates moved by the working days of a calendar.
    ///
    /// # Errors
    /// As [`ScheduleTerms::schedule`].
    pub fn schedule_by(&self, calendar: &WorkingDays) -> Result<Schedule, ScheduleError> {
        self.check()?;
        Ok(Schedule::try_new(methods::instalments(self, &periods::periods(self, calendar)?)?)?)
    }

    /// Interest in exact yuan on `balance` from `from` to `to`, both within period `number` (the first is 1):
    /// for pay-off, further draws and accrual between due dates.
    ///
    /// It agrees with the schedule at the due date: under 30/360 a part of a period of months is its share
    /// of that period by days, because such a period is exactly its months whatever its days; so is a part of a
    /// period whose due date was moved while its interest was not.
    ///
    /// # Errors
    /// [`ScheduleError::OutsidePeriod`] when a date is not within that period; otherwise as
    /// [`ScheduleTerms::schedule`].
    pub fn interest_within(
        &self,
        number: u32,
        balance: Money,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<rust_decimal::Decimal, ScheduleError> {
        self.check()?;
        let periods = periods::periods(self, WorkingDays::china())?;
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let period =
            index.and_then(|index| periods.get(index)).ok_or(ScheduleError::OutsidePeriod(number))?;
        if from < period.start || to > period.due || to < from {
            return Err(ScheduleError::OutsidePeriod(number));
        }
        Ok(crate::interest::interest_for(balance, self.annual_rate, period.part_of(self, from, to))?)
    }

    fn check(&self) -> Result<(), ScheduleError> {
        if !self.principal.is_positive() {
            return Err(ScheduleError::NoPrincipal);
        }
        if self.annual_rate < Rate::ZERO {
            return Err(ScheduleError::NegativeRate);
        }
        if !(1..=Self::MAX_INSTALMENTS).contains(&self.instalments) {
            return Err(ScheduleError::Instalments(self.instalments));
        }
        if self.every == 0 {
            return Err(ScheduleError::Every);
        }
        if self.grace >= self.instalments {
            return Err(ScheduleError::Grace { grace: self.grace, instalments: self.instalments });
        }
        if self.first_due.is_some_and(|due| due <= self.first_drawdown) {
            return Err(ScheduleError::FirstDue);
        }
        Ok(())
    }
}

/// One payment of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instalment {
    /// Its number, from 1.
    pub number: u32,
    /// The day it is due.
    pub due: NaiveDate,
    /// Principal repaid with it.
    pub principal: Money,
    /// Interest of the period that ends with it.
    pub interest: Money,
    /// Principal and interest.
    pub total: Money,
    /// Principal still owed after it.
    pub balance: Money,
}

/// What is paid over the whole schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Principal: the amount drawn.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Both.
    pub total: Money,
}

/// Every payment, in order of due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// The payments.
    pub instalments: Vec<Instalment>,
    /// Their sums.
    pub totals: Totals,
}

impl Schedule {
    /// The schedule of these payments.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] where their sums are beyond the range.
    pub fn try_new(instalments: Vec<Instalment>) -> Result<Self, MoneyError> {
        let total = |part: fn(&Instalment) -> Money| Money::total(instalments.iter().map(part));
        let totals = Totals {
            principal: total(|i| i.principal)?,
            interest: total(|i| i.interest)?,
            total: total(|i| i.total)?,
        };
        Ok(Self { instalments, totals })
    }
}

/// Why there is no schedule for the terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Zero or negative principal.
    #[error("the principal must be more than zero")]
    NoPrincipal,
    /// A rate below zero.
    #[error("the annual rate must not be below zero")]
    NegativeRate,
    /// Too few or too many.
    #[error("{0} instalments: there must be 1 to 600")]
    Instalments(u32),
    /// A period of no length.
    #[error("`every` must be 1 or more")]
    Every,
    /// Nothing left to repay in.
    #[error("{grace} periods of grace leave none of {instalments} instalments to repay principal in")]
    Grace {
        /// The grace asked for.
        grace: u32,
        /// The instalments asked for.
        instalments: u32,
    },
    /// Due before it is drawn.
    #[error("the first due date must be after the drawdown")]
    FirstDue,
    /// A date that no calendar has.
    #[error("a due date lies beyond the year 9999")]
    BeyondCalendar,
    /// Dates that are not within the period asked about.
    #[error("the dates are not within period {0}")]
    OutsidePeriod(u32),
    /// An amount that cannot be represented.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}
