//! The clocks of an application: what is due next, from whom, and how many working days are left. They count working
//! days of the bank's calendar; while the enterprise corrects, the bank's clock stands still.

use chrono::NaiveDate;
use finance::WorkingDays;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a clock counts down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// 首次评审: the bank's assessment.
    FirstReview,
    /// 审批: the bank's decision.
    Decision,
    /// 补正: what the enterprise has to bring.
    Correction,
    /// 申诉处理: the bank's answer to an appeal.
    AppealDecision,
}

impl ClockKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::FirstReview, Self::Decision, Self::Correction, Self::AppealDecision];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstReview => "first_review",
            Self::Decision => "decision",
            Self::Correction => "correction",
            Self::AppealDecision => "appeal_decision",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// A running clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceClock {
    /// What it counts down to.
    pub kind: ClockKind,
    /// The day it was started or went on.
    pub started_on: NaiveDate,
    /// The last day that keeps it.
    pub due_on: NaiveDate,
    /// Working days left on the day of the answer; below zero for those it is over by.
    pub remaining_days: i64,
    /// Whether it is over.
    pub overdue: bool,
    /// Whether the holidays of the year it falls due in are known; otherwise only its weekends are.
    pub calendar_known: bool,
}

impl ServiceClock {
    /// A clock that starts on a day and allows so many working days, the day itself not counted (民法典 §201).
    #[must_use]
    pub fn start(kind: ClockKind, (on, calendar): (NaiveDate, &WorkingDays), days: u32) -> Self {
        // The calendar's end lies beyond every date that is taken; there a thing is due at once.
        let due_on = calendar.add_working_days(on, days).unwrap_or(on);
        Self::of(kind, on, due_on, (on, calendar))
    }

    /// A stored clock as seen on a day.
    #[must_use]
    pub fn of(
        kind: ClockKind,
        started_on: NaiveDate,
        due_on: NaiveDate,
        (seen_on, calendar): (NaiveDate, &WorkingDays),
    ) -> Self {
        let count = |from, to| i64::try_from(calendar.working_days_between(from, to)).unwrap_or(i64::MAX);
        let overdue = seen_on > due_on;
        Self {
            kind,
            started_on,
            due_on,
            remaining_days: if overdue { -count(due_on, seen_on) } else { count(seen_on, due_on) },
            overdue,
            calendar_known: calendar.covers(chrono::Datelike::year(&due_on)),
        }
    }

    /// Working days left on a day, none once it is over: what a clock that stops takes with it.
    #[must_use]
    pub fn left_on(&self, (on, calendar): (NaiveDate, &WorkingDays)) -> u32 {
        if on > self.due_on {
            return 0;
        }
        u32::try_from(calendar.working_days_between(on, self.due_on)).unwrap_or(u32::MAX)
    }

    /// The same clock as seen on a day.
    #[must_use]
    pub fn seen_on(self, seen: (NaiveDate, &WorkingDays)) -> Self {
        Self::of(self.kind, self.started_on, self.due_on, seen)
    }
}

#[cfg(test)]
mod tests {
    use finance::{Arrangement, DayRange};
    use proptest::prelude::*;

    use super::*;
    use crate::applications::model::samples::day;

    fn seen(on: &str) -> (NaiveDate, &'static WorkingDays) {
        (day(on), WorkingDays::china())
    }

    #[test]
    fn a_first_review_is_due_five_working_days_later_whatever_holidays_lie_between() {
        let due = |on: &str| ServiceClock::start(ClockKind::FirstReview, seen(on), 5).due_on;
        assert_eq!(due("2026-11-24"), day("2026-12-01"));
        // The National Day holiday of 2026 runs from 1 to 7 October; Saturday the 10th is worked.
        assert_eq!(due("2026-09-30"), day("2026-10-13"));
    }

    #[test]
    fn what_is_left_falls_to_zero_on_the_last_day_and_below_it_afterwards() {
        let clock = ServiceClock::start(ClockKind::FirstReview, seen("2026-11-24"), 5);
        assert_eq!((clock.remaining_days, clock.overdue), (5, false));
        let stands = |on: &str| {
            let clock = clock.seen_on(seen(on));
            (clock.remaining_days, clock.overdue)
        };
        assert_eq!(stands("2026-11-28"), (2, false), "a Saturday takes nothing");
        assert_eq!(stands("2026-12-01"), (0, false));
        assert_eq!(stands("2026-12-03"), (-2, true));
        assert_eq!(clock.left_on(seen("2026-12-03")), 0);
    }

    #[test]
    fn a_holiday_that_the_bank_has_recorded_moves_what_is_due() {
        let off = |from: &str, to: &str| DayRange { from: day(from), to: day(to), name: "元旦".into() };
        let arranged = Arrangement {
            year: 2027,
            source: "通知".into(),
            holidays: vec![off("2027-01-01", "2027-01-05")],
            working: vec![],
        };
        let calendar = WorkingDays::china().with([&arranged]);
        let start = |calendar| ServiceClock::start(ClockKind::Decision, (day("2026-12-31"), calendar), 1);
        let (shipped, recorded) = (start(WorkingDays::china()), start(&calendar));
        assert_eq!((shipped.due_on, shipped.calendar_known), (day("2027-01-01"), false));
        assert_eq!((recorded.due_on, recorded.calendar_known), (day("2027-01-06"), true));
    }

    proptest! {
        #[test]
        fn stopping_a_clock_and_going_on_loses_and_gains_no_working_day(
            start in 0_i64..900, days in 1_u32..20, ran in 0_i64..40, pause in 0_i64..60
        ) {
            let on = day("2024-01-02") + chrono::TimeDelta::days(start);
            let calendar = WorkingDays::china();
            let clock = ServiceClock::start(ClockKind::FirstReview, (on, calendar), days);
            let stopped = on + chrono::TimeDelta::days(ran);
            let left = clock.left_on((stopped, calendar));
            prop_assume!(left > 0);
            let on = stopped + chrono::TimeDelta::days(pause);
            let again = ServiceClock::start(ClockKind::FirstReview, (on, calendar), left);
            prop_assert_eq!(again.remaining_days, i64::from(left));
            prop_assert!(again.due_on >= clock.due_on);
            if pause == 0 {
                prop_assert_eq!(again.due_on, clock.due_on);
            }
        }
    }
}
