//! Margin calls: what follows from a shortfall of the borrowing base. It is called once, has a cure period in working
//! days, is cured when the base carries the loans again — by repayment, added patents or margin — and stops lending
//! when the period ends without that.

use chrono::NaiveDate;
use finance::{Money, WorkingDays};
use serde::{Deserialize, Serialize};

/// Where a margin call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// 待补足: called, within its period.
    Open,
    /// 逾期未补足: the period ended with a shortfall.
    Uncured,
    /// 已补足
    Cured,
    /// 已解除: the line no longer lends on a pool, or was closed, so that there is nothing to cure.
    Lifted,
}

impl CallStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Uncured, Self::Cured, Self::Lifted];
    /// Those of a call that waits to be cured.
    pub const LIVE: [Self; 2] = [Self::Open, Self::Uncured];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Uncured => "uncured",
            Self::Cured => "cured",
            Self::Lifted => "lifted",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Open => "待补足",
            Self::Uncured => "逾期未补足",
            Self::Cured => "已补足",
            Self::Lifted => "已解除",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// A call that is not cured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveCall {
    /// Open or uncured.
    pub status: CallStatus,
    /// What was lacking when it was last looked at.
    pub shortfall: Money,
    /// The last day to cure it.
    pub due_on: NaiveDate,
}

/// What follows from today's shortfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Call for margin, due on this day.
    Call {
        /// The last day to cure it.
        due_on: NaiveDate,
    },
    /// The call stands with another amount; its day stays.
    Amount,
    /// The base carries the loans again.
    Cured,
    /// The period is over: stop lending.
    Lapsed,
}

/// Decides what follows from a shortfall on a day. `None` where the calendar ends before the period does.
#[must_use]
pub fn next(
    live: Option<LiveCall>,
    shortfall: Money,
    cure_days: u32,
    (on, calendar): (NaiveDate, &WorkingDays),
) -> Option<Step> {
    Some(match live {
        None if shortfall.is_zero() => Step::Nothing,
        None => Step::Call { due_on: calendar.add_working_days(on, cure_days)? },
        Some(_) if shortfall.is_zero() => Step::Cured,
        Some(call) if call.status == CallStatus::Open && on > call.due_on => Step::Lapsed,
        Some(call) if call.shortfall != shortfall => Step::Amount,
        Some(_) => Step::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::samples::day;

    fn step(live: Option<LiveCall>, shortfall: i64, on: &str) -> Step {
        next(live, Money::from_fen(shortfall), 10, (day(on), WorkingDays::china())).unwrap()
    }

    fn open(shortfall: i64, due: &str) -> Option<LiveCall> {
        Some(LiveCall { status: CallStatus::Open, shortfall: Money::from_fen(shortfall), due_on: day(due) })
    }

    #[test]
    fn a_shortfall_is_called_once_with_ten_working_days() {
        // The Spring Festival of 2026 runs from 15 to 23 February; Saturday the 14th and the 28th are worked.
        assert_eq!(step(None, 5, "2026-02-10"), Step::Call { due_on: day("2026-03-02") });
        assert_eq!(step(None, 0, "2026-02-10"), Step::Nothing);
        assert_eq!(step(open(5, "2026-03-03"), 5, "2026-02-11"), Step::Nothing);
        assert_eq!(step(open(5, "2026-03-03"), 7, "2026-02-11"), Step::Amount);
    }

    #[test]
    fn it_is_cured_at_any_time_and_lapses_the_day_after_it_was_due() {
        assert_eq!(step(open(5, "2026-03-03"), 0, "2026-02-12"), Step::Cured);
        assert_eq!(step(open(5, "2026-03-03"), 5, "2026-03-03"), Step::Nothing);
        assert_eq!(step(open(5, "2026-03-03"), 5, "2026-03-04"), Step::Lapsed);
        let uncured = open(5, "2026-03-03").map(|call| LiveCall { status: CallStatus::Uncured, ..call });
        assert_eq!(step(uncured, 5, "2026-03-05"), Step::Nothing, "it stops lending once");
        assert_eq!(step(uncured, 0, "2026-03-05"), Step::Cured);
    }

    #[test]
    fn a_period_beyond_the_calendar_is_no_period() {
        assert_eq!(next(None, Money::from_fen(1), u32::MAX, (day("2026-01-01"), WorkingDays::china())), None);
    }
}
