//! Lengths of cover: days, and years as an exact fraction.

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;

/// Days of cover, first and last day both covered; zero where the order is wrong.
#[must_use]
pub fn days(starts_on: NaiveDate, ends_on: NaiveDate) -> i64 {
    ((ends_on - starts_on).num_days() + 1).max(0)
}

/// A length of cover as whole years and 365ths of one, so that a policy year costs the same in a leap year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Whole policy years.
    pub years: u32,
    /// Days beyond them.
    pub days: i64,
}

impl Term {
    /// The term from the first to the last day of cover.
    #[must_use]
    pub fn between(starts_on: NaiveDate, ends_on: NaiveDate) -> Self {
        let Some(end) = ends_on.succ_opt() else { return Self { years: 0, days: days(starts_on, ends_on) } };
        let mut years = 0;
        while after_years(starts_on, years + 1).is_some_and(|anniversary| anniversary <= end) {
            years += 1;
        }
        let rest = after_years(starts_on, years).map_or(0, |from| (end - from).num_days());
        Self { years, days: rest.max(0) }
    }

    /// The term in 365ths of a year.
    #[must_use]
    pub fn in_365ths(self) -> Decimal {
        Decimal::from(self.years) * Decimal::from(365) + Decimal::from(self.days)
    }
}

fn after_years(from: NaiveDate, years: u32) -> Option<NaiveDate> {
    from.checked_add_months(Months::new(years.checked_mul(12)?))
}

/// Whole years from one day to another; zero where none has passed.
#[must_use]
pub fn whole_years(from: NaiveDate, until: NaiveDate) -> u32 {
    until.years_since(from).unwrap_or(0)
}

/// The last day of the month before the one that a day lies in.
#[must_use]
pub fn last_month_end(on: NaiveDate) -> Option<NaiveDate> {
    on.with_day(1).and_then(|first| first.pred_opt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_policy_year_is_one_year_also_across_a_leap_day() {
        for (from, until) in [("2025-03-01", "2026-02-28"), ("2024-01-01", "2024-12-31")] {
            assert_eq!(Term::between(day(from), day(until)), Term { years: 1, days: 0 }, "{from}");
        }
        assert_eq!(Term::between(day("2026-01-01"), day("2026-01-01")), Term { years: 0, days: 1 });
        assert_eq!(Term::between(day("2026-01-01"), day("2027-01-31")).in_365ths(), Decimal::from(396));
    }

    #[test]
    fn the_books_close_at_the_end_of_the_month_before() {
        assert_eq!(last_month_end(day("2026-03-01")), Some(day("2026-02-28")));
        assert_eq!(last_month_end(day("2026-01-15")), Some(day("2025-12-31")));
    }

    #[test]
    fn years_left_are_whole_years() {
        assert_eq!(whole_years(day("2026-03-01"), day("2029-03-01")), 3);
        assert_eq!(whole_years(day("2026-03-01"), day("2029-02-28")), 2);
        assert_eq!(whole_years(day("2026-03-01"), day("2025-02-28")), 0);
    }
}
