//! A year of a calendar as a page shows it.

use chrono::{Datelike, NaiveDate};
use finance::WorkingDays;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The month of the year before in which the arrangement of a year is published as a rule.
const PUBLISHED_IN: u32 = 11;

/// Days in a row that are all off, or all worked although they are of a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stretch {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// Whether they are worked.
    pub worked: bool,
}

/// The days of a year whose kind the weekday does not tell, in order.
#[must_use]
pub fn stretches(calendar: &WorkingDays, year: i32) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (day, worked) in calendar.exceptions(year) {
        match all.last_mut() {
            Some(last) if last.worked == worked && last.to.succ_opt() == Some(day) => last.to = day,
            _ => all.push(Stretch { from: day, to: day, worked }),
        }
    }
    all
}

/// Whether the arrangement of a year should be known by a day.
#[must_use]
pub fn expected(year: i32, on: NaiveDate) -> bool {
    year <= on.year() || (year == on.year() + 1 && on.month() >= PUBLISHED_IN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_holiday_is_one_stretch_and_the_days_that_make_up_for_it_are_their_own() {
        let all = stretches(WorkingDays::china(), 2026);
        let national = Stretch { from: day("2026-10-01"), to: day("2026-10-07"), worked: false };
        let made_up = Stretch { from: day("2026-10-10"), to: day("2026-10-10"), worked: true };
        assert!(all.ends_with(&[national, made_up]), "{all:?}");
        assert_eq!(stretches(WorkingDays::china(), 2031), []);
    }

    #[test]
    fn the_next_year_is_expected_from_november_on() {
        assert!(!expected(2027, day("2026-10-31")));
        assert!(expected(2027, day("2026-11-01")));
        assert!(expected(2026, day("2026-01-01")) && !expected(2028, day("2026-12-31")));
    }
}
