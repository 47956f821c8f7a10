//! The loan prime rate (贷款市场报价利率, LPR): its fixings, the rate in force on a day, and when a floating loan takes a
//! new one.
//!
//! Fixings are data (`data/lpr.csv`), announced on the 20th of each month or the next working day; a bank may add
//! later ones, and goes by its own calendar. The shipped list ends where it ends: [`Fixings::current`] tells a fixing that is
//! in force from one that merely is the last known.

use std::{fmt, str::FromStr, sync::LazyLock};

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Rate, UnknownChoice, WorkingDays, choice::choose};

/// One announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fixing {
    /// The day of the announcement; it holds from that day on.
    pub date: NaiveDate,
    /// The rate for one year.
    pub one_year: Rate,
    /// The rate for five years and more.
    pub five_year: Rate,
    /// Who announced it, and when.
    pub source: String,
}

/// Which of the two rates a loan is priced at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LprTerm {
    /// 一年期
    OneYear,
    /// 五年期以上
    FiveYear,
}

impl LprTerm {
    /// The rate that a loan of so many months is priced at: from five years on the five-year one, below it the one-year one,
    /// which is the bank's choice between one year and five (中国人民银行公告〔2019〕第15号).
    #[must_use]
    pub const fn for_tenor(months: u32) -> Self {
        if months >= 60 { Self::FiveYear } else { Self::OneYear }
    }
}

impl Fixing {
    /// The rate of a term.
    #[must_use]
    pub const fn rate(&self, term: LprTerm) -> Rate {
        match term {
            LprTerm::OneYear => self.one_year,
            LprTerm::FiveYear => self.five_year,
        }
    }
}

/// When a loan takes the rate in force anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateReset {
    /// 按月: on the day of the draw in each month.
    Monthly,
    /// 按季: the same in every third month.
    Quarterly,
    /// 按半年: the same in every sixth month.
    HalfYearly,
    /// 按对年对月对日: on each anniversary of the draw.
    Anniversary,
    /// 按每年1月1日
    January,
    /// 固定: never.
    Fixed,
}

impl RateReset {
    /// Every rule.
    pub const ALL: [Self; 6] =
        [Self::Monthly, Self::Quarterly, Self::HalfYearly, Self::Anniversary, Self::January, Self::Fixed];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::HalfYearly => "half_yearly",
            Self::Anniversary => "anniversary",
            Self::January => "january",
            Self::Fixed => "fixed",
        }
    }

    /// The first reset after a day, for a loan drawn on `drawn_on`; `None` where the rate is fixed or the calendar
    /// ends.
    #[must_use]
    pub fn next_after(self, drawn_on: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
        let step = match self {
            Self::Fixed => return None,
            Self::January => return NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Anniversary => 12,
        };
        let gone = i64::from(day.year() - drawn_on.year()) * 12 + i64::from(day.month())
            - i64::from(drawn_on.month());
        let times = (u32::try_from(gone).unwrap_or(0) / step).max(1);
        [times, times + 1]
            .into_iter()
            .filter_map(|times| drawn_on.checked_add_months(Months::new(times * step)))
            .find(|date| *date > day)
    }
}

impl fmt::Display for RateReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for RateReset {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("rate reset", text, &Self::ALL, Self::name)
    }
}

/// Fixings in order of their dates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fixings {
    fixings: Vec<Fixing>,
    /// The working days by which they are announced; those that ship where none are given.
    calendar: Option<&'static WorkingDays>,
}

/// Why fixings cannot be read or a rate not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LprError {
    /// A line that is no fixing.
    #[error("line {line}: `{text}` is not `date,one_year,five_year,source` such as 2025-05-20,0.03,0.035,…")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// A fixing that does not follow the one before it.
    #[error("the fixing of {date} does not come after that of {before}")]
    Order {
        /// The date out of order.
        date: NaiveDate,
        /// The date before it.
        before: NaiveDate,
    },
    /// No fixing is in force.
    #[error("no fixing is known that is in force on {0}: record the one of its month")]
    Missing(NaiveDate),
    /// A spread that takes the rate below zero.
    #[error("{basis_points} basis points on {reference} give a rate below zero")]
    BelowZero {
        /// The spread.
        basis_points: i64,
        /// The reference rate.
        reference: Rate,
    },
}

/// A contract rate and what it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContractRate {
    /// The rate a year: reference rate and spread.
    pub annual_rate: Rate,
    /// The reference rate.
    pub reference: Rate,
    /// The day on which that was announced.
    pub fixed_on: NaiveDate,
}

static CHINA: LazyLock<Fixings> = LazyLock::new(|| {
    // The shipped file is read by a test; a release can therefore not hold one that does not parse.
    Fixings::parse(include_str!("../data/lpr.csv")).unwrap_or_default()
});

/// The day of the month of the announcement; the next working day where it is none.
const ANNOUNCED_ON: u32 = 20;
/// Days after it within which it has been announced in a year whose holidays are not known.
const HOLIDAYS_MAX: u64 = 10;

impl Fixings {
    /// The shipped fixings.
    #[must_use]
    pub fn china() -> &'static Self {
        &CHINA
    }

    /// Reads fixings: lines `date,one_year,five_year,source` in order of their dates. Empty lines, `#` lines and the
    /// heading are passed over.
    ///
    /// # Errors
    /// [`LprError::Line`] or [`LprError::Order`] for the first line that does not belong.
    pub fn parse(text: &str) -> Result<Self, LprError> {
        let mut fixings = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with("date,") {
                continue;
            }
            let fixing =
                read(line).ok_or_else(|| LprError::Line { line: index + 1, text: line.to_owned() })?;
            fixings.add(fixing)?;
        }
        Ok(fixings)
    }

    /// These fixings and later ones.
    ///
    /// # Errors
    /// [`LprError::Order`] where one does not come after all that are known.
    pub fn with(&self, later: impl IntoIterator<Item = Fixing>) -> Result<Self, LprError> {
        let mut all = self.clone();
        later.into_iter().try_for_each(|fixing| all.add(fixing))?;
        Ok(all)
    }

    fn add(&mut self, fixing: Fixing) -> Result<(), LprError> {
        if let Some(before) = self.fixings.last().map(|last| last.date)
            && fixing.date <= before
        {
            return Err(LprError::Order { date: fixing.date, before });
        }
        self.fixings.push(fixing);
        Ok(())
    }

    /// These fixings, announced by the working days of this calendar: a bank may have recorded the holidays of a year that
    /// those that ship do not know.
    #[must_use]
    pub fn announced_by(self, calendar: &'static WorkingDays) -> Self {
        Self { calendar: Some(calendar), ..self }
    }

    /// Every fixing, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Fixing] {
        &self.fixings
    }

    /// The last fixing announced on or before a day, however long ago; `None` before the first.
    #[must_use]
    pub fn last_before(&self, day: NaiveDate) -> Option<&Fixing> {
        let after = self.fixings.partition_point(|fixing| fixing.date <= day);
        after.checked_sub(1).and_then(|index| self.fixings.get(index))
    }

    /// The fixing in force on a day; `None` where a later one must have been announced and is not known.
    #[must_use]
    pub fn current(&self, day: NaiveDate) -> Option<&Fixing> {
        let since = self.in_force_since(day)?;
        self.last_before(day).filter(|fixing| fixing.date >= since)
    }

    /// The 20th of the announcement that must have been made by a day and is not known; `None` where it is known.
    #[must_use]
    pub fn missing(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.in_force_since(day).filter(|_| self.current(day).is_none())
    }

    /// The 20th whose announcement is in force on a day.
    fn in_force_since(&self, day: NaiveDate) -> Option<NaiveDate> {
        let this_month = day.with_day(ANNOUNCED_ON)?;
        if self.due_by(this_month)? <= day {
            Some(this_month)
        } else {
            this_month.checked_sub_months(Months::new(1))
        }
    }

    /// The contract rate on a day: LPR and a spread in basis points (加点), which may be negative.
    ///
    /// # Errors
    /// [`LprError::Missing`] where the fixing of that day is not known; [`LprError::BelowZero`] where the spread takes
    /// the rate below zero.
    pub fn contract_rate(
        &self,
        term: LprTerm,
        basis_points: i64,
        day: NaiveDate,
    ) -> Result<ContractRate, LprError> {
        let fixing = self.current(day).ok_or(LprError::Missing(day))?;
        let reference = fixing.rate(term);
        let sum = reference.fraction().checked_add(Rate::from_basis_points(basis_points).fraction());
        let annual_rate = sum.map(Rate::new).filter(|rate| *rate >= Rate::ZERO);
        let annual_rate = annual_rate.ok_or(LprError::BelowZero { basis_points, reference })?;
        Ok(ContractRate { annual_rate, reference, fixed_on: fixing.date })
    }

    /// The day by which the fixing of the 20th given has been announced.
    fn due_by(&self, twentieth: NaiveDate) -> Option<NaiveDate> {
        let calendar = self.calendar.unwrap_or_else(WorkingDays::china);
        if calendar.covers(twentieth.year()) {
            calendar.following(twentieth)
        } else {
            twentieth.checked_add_days(Days::new(HOLIDAYS_MAX))
        }
    }
}

fn read(line: &str) -> Option<Fixing> {
    let mut cells = line.splitn(4, ',');
    let date = cells.next()?.parse().ok()?;
    let mut rate = || cells.next()?.parse::<Rate>().ok().filter(|rate| rate.is_share());
    let (one_year, five_year) = (rate()?, rate()?);
    let source = cells.next().filter(|source| !source.is_empty())?.to_owned();
    Some(Fixing { date, one_year, five_year, source })
}

#[cfg(test)]
mod tests;
