//! Day counts: which part of a year lies between two dates.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::choice::{UnknownChoice, choose};

/// How days become a part of a year. The first day counts, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum DayCount {
    /// Days in a leap year over 366, others over 365 (ISDA 2006 §4.16(b)).
    #[serde(rename = "actual/actual")]
    ActualActual,
    /// Days over 365, leap year or not (actual/365 fixed).
    #[serde(rename = "actual/365")]
    Actual365,
    /// Days over 360: the rule of most Chinese corporate loans.
    #[serde(rename = "actual/360")]
    Actual360,
    /// Months of thirty days (bond basis, ISDA 2006 §4.16(f)): the 31st counts as the 30th, and the end of
    /// February is not moved.
    #[serde(rename = "30/360")]
    Thirty360,
}

/// A part of a year as an exact ratio, so that interest is multiplied out before it is divided and a half
/// fen stays a half fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearFraction {
    numerator: i64,
    denominator: i64,
}

impl YearFraction {
    /// `months` twelfths of a year.
    #[must_use]
    pub const fn months(months: u32) -> Self {
        Self { numerator: months as i64, denominator: 12 }
    }

    /// The ratio, to 28 digits.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::from(self.numerator) / Decimal::from(self.denominator)
    }

    /// `yearly ×` this part; `None` beyond the range of 28 digits.
    #[must_use]
    pub fn of(self, yearly: Decimal) -> Option<Decimal> {
        yearly.checked_mul(Decimal::from(self.numerator))?.checked_div(Decimal::from(self.denominator))
    }

    /// `days` of the `whole` days of this part.
    pub(crate) const fn share(self, days: i64, whole: i64) -> Self {
        Self { numerator: self.numerator * days, denominator: self.denominator * whole }
    }

    /// The sum; `None` beyond the range.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let shared = greatest_common_divisor(self.denominator, other.denominator);
        let (for_left, for_right) = (other.denominator / shared, self.denominator / shared);
        let left = self.numerator.checked_mul(for_left)?;
        let right = other.numerator.checked_mul(for_right)?;
        let denominator = self.denominator.checked_mul(for_left)?;
        Some(Self { numerator: left.checked_add(right)?, denominator })
    }
}

impl DayCount {
    /// Every day count.
    pub const ALL: [Self; 4] = [Self::ActualActual, Self::Actual365, Self::Actual360, Self::Thirty360];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActualActual => "actual/actual",
            Self::Actual365 => "actual/365",
            Self::Actual360 => "actual/360",
            Self::Thirty360 => "30/360",
        }
    }

    /// The part of a year from `from` (counted) to `to` (not counted), to 28 digits; negative when `to` is
    /// the earlier date.
    #[must_use]
    pub fn year_fraction(self, from: NaiveDate, to: NaiveDate) -> Decimal {
        self.fraction(from, to).decimal()
    }

    /// The same as an exact ratio.
    #[must_use]
    pub fn fraction(self, from: NaiveDate, to: NaiveDate) -> YearFraction {
        if to < from {
            let YearFraction { numerator, denominator } = self.fraction(to, from);
            return YearFraction { numerator: -numerator, denominator };
        }
        let days = (to - from).num_days();
        match self {
            Self::ActualActual => {
                let leap = days_in_leap_years(from, to);
                YearFraction { numerator: leap * 365 + (days - leap) * 366, denominator: 365 * 366 }
            }
            Self::Actual365 => YearFraction { numerator: days, denominator: 365 },
            Self::Actual360 => YearFraction { numerator: days, denominator: 360 },
            Self::Thirty360 => YearFraction { numerator: thirty_day_months(from, to), denominator: 360 },
        }
    }
}

fn greatest_common_divisor(mut left: i64, mut right: i64) -> i64 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// How many of the days from `from` (counted) to `to` (not counted) lie in leap years.
fn days_in_leap_years(from: NaiveDate, to: NaiveDate) -> i64 {
    let before = |date: NaiveDate| i64::from(date.ordinal0());
    (from.year()..=to.year())
        .filter(|year| NaiveDate::from_ymd_opt(*year, 2, 29).is_some())
        .map(|year| {
            let start = if year == from.year() { before(from) } else { 0 };
            let end = if year == to.year() { before(to) } else { 366 };
            end - start
        })
        .sum()
}

/// Days between two dates when every month has thirty.
fn thirty_day_months(from: NaiveDate, to: NaiveDate) -> i64 {
    let first = from.day().min(30);
    let last = if first == 30 { to.day().min(30) } else { to.day() };
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    months * 30 + i64::from(last) - i64::from(first)
}

impl fmt::Display for DayCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DayCount {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("day count", text, &Self::ALL, Self::name)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2006-08-31 → 2007-02-28 and 2008-02-20 → 2008-08-20: the published table of day counts; the ISDA case
    /// 2003-11-01 → 2004-05-01 is the example of ISDA's 1998 memorandum on actual/actual.
    #[test]
    fn the_published_day_counts_hold() {
        for (count, from, to, expected) in [
            (DayCount::Thirty360, "2006-08-31", "2007-02-28", "0.494444444"),
            (DayCount::Actual360, "2006-08-31", "2007-02-28", "0.502777778"),
            (DayCount::Actual365, "2006-08-31", "2007-02-28", "0.495890411"),
            (DayCount::Thirty360, "2008-02-20", "2008-08-20", "0.500000000"),
            (DayCount::Actual360, "2008-02-20", "2008-08-20", "0.505555556"),
            (DayCount::Actual365, "2008-02-20", "2008-08-20", "0.498630137"),
            (DayCount::ActualActual, "2003-11-01", "2004-05-01", "0.497724381"),
        ] {
            let got = count.year_fraction(date(from), date(to));
            assert_eq!(format!("{:.9}", got.round_dp(9)), expected, "{count} {from} {to}");
        }
        let isda = DayCount::ActualActual.year_fraction(date("2003-11-01"), date("2004-05-01"));
        assert_eq!(isda.round_dp(12).to_string(), "0.497724380567");
    }

    #[test]
    fn whole_years_are_whole_and_turning_the_dates_round_turns_the_sign() {
        let (from, to) = (date("2023-01-01"), date("2026-01-01"));
        for count in [DayCount::ActualActual, DayCount::Thirty360] {
            assert_eq!(count.year_fraction(from, to), Decimal::from(3), "{count}");
        }
        for count in DayCount::ALL {
            assert_eq!(count.year_fraction(to, from), -count.year_fraction(from, to), "{count}");
            assert_eq!(count.year_fraction(to, to), Decimal::ZERO, "{count}");
        }
    }

    fn day() -> impl Strategy<Value = NaiveDate> {
        (0_i64..73_000).prop_map(|days| date("1950-01-01") + chrono::TimeDelta::days(days))
    }

    proptest! {
        /// Where days are counted one by one, a span is the sum of its parts, whatever the order of the dates.
        #[test]
        fn a_span_is_the_sum_of_its_parts(from in day(), between in day(), to in day()) {
            for count in [DayCount::Actual360, DayCount::Actual365, DayCount::ActualActual] {
                let parts = count.year_fraction(from, between) + count.year_fraction(between, to);
                prop_assert_eq!(parts.round_dp(20), count.year_fraction(from, to).round_dp(20), "{}", count);
            }
        }

        /// The other way round it is the same, negative; act/360 and act/365 count the same days.
        #[test]
        fn turned_round_a_span_is_its_negative(from in day(), to in day()) {
            for count in DayCount::ALL {
                prop_assert_eq!(count.year_fraction(to, from), -count.year_fraction(from, to), "{}", count);
            }
            let days = DayCount::Actual365.year_fraction(from, to) * Decimal::from(365);
            prop_assert_eq!(days.round_dp(15), Decimal::from((to - from).num_days()));
            let others = DayCount::Actual360.year_fraction(from, to) * Decimal::from(360);
            prop_assert_eq!(others.round_dp(15), days.round_dp(15));
        }

        /// Under 30/360 a month has thirty days, so that from a day that every month has to the same day of another it is
        /// whole months.
        #[test]
        fn thirty_days_have_every_month(from in day(), months in 0_u32..600) {
            let from = from.with_day(from.day().min(28)).unwrap();
            let to = from.checked_add_months(chrono::Months::new(months)).unwrap();
            let twelfths = DayCount::Thirty360.year_fraction(from, to) * Decimal::from(12);
            prop_assert_eq!(twelfths.round_dp(15), Decimal::from(months));
        }
    }

    #[test]
    fn a_day_count_is_called_the_same_in_json_and_in_text() {
        for count in DayCount::ALL {
            assert_eq!(serde_json::to_string(&count).unwrap(), format!("\"{count}\""));
            assert_eq!(count.name().parse::<DayCount>(), Ok(count));
        }
        let refusal = "act/act".parse::<DayCount>().unwrap_err().to_string();
        assert!(refusal.contains("actual/360"), "{refusal}");
        let schema = serde_json::to_string(&<DayCount as utoipa::PartialSchema>::schema()).unwrap();
        assert!(
            schema.contains(r#""enum":["actual/actual","actual/365","actual/360","30/360"]"#),
            "{schema}"
        );
    }
}
