//! Earned and unearned premium by daily pro rata: each day of cover earns the same part, the unearned part is
//! rounded half-up to the fen, and what is earned is the rest, so that the two always make the whole.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rounding};
use rust_decimal::Decimal;

use crate::quotes::model::term::days;

/// The cover that a premium was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Written premium, gross.
    pub premium: Money,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover as written.
    pub ends_on: NaiveDate,
    /// The first day without cover, where the policy was cancelled.
    pub cancelled_from: Option<NaiveDate>,
}

/// Premium split at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// For cover given up to and with the day.
    pub earned: Money,
    /// For cover still to be given.
    pub unearned: Money,
    /// Given back by a cancellation.
    pub returned: Money,
}

impl Cover {
    /// The last day of cover, cancellation considered; the day before the first where there was none.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.cancelled_from.and_then(|day| day.pred_opt()).unwrap_or(self.ends_on)
    }

    /// Whether a day is covered.
    #[must_use]
    pub fn covers(&self, on: NaiveDate) -> bool {
        on >= self.starts_on && on <= self.last_day()
    }

    /// The premium for the days after `on`, as written.
    fn for_days_after(&self, on: NaiveDate) -> Result<Money, MoneyError> {
        let whole = days(self.starts_on, self.ends_on);
        let left = (self.ends_on - on).num_days().clamp(0, whole);
        if whole == 0 {
            return Ok(Money::ZERO);
        }
        let numerator = self.premium.yuan().checked_mul(Decimal::from(left)).ok_or(MoneyError::Overflow)?;
        Money::round_yuan(numerator / Decimal::from(whole), Rounding::HalfUp)
    }

    /// What a cancellation gives back: the premium for the days from `cancelled_from` on.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn returned(&self) -> Result<Money, MoneyError> {
        self.cancelled_from.map_or(Ok(Money::ZERO), |_| self.for_days_after(self.last_day()))
    }

    /// The premium split at the end of a day. Earned, unearned and returned always sum to the premium.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn split(&self, at: NaiveDate) -> Result<Split, MoneyError> {
        let returned = self.returned()?;
        let unearned = self.for_days_after(at)?.saturating_sub(returned);
        let earned = self.premium.checked_sub(returned)?.checked_sub(unearned)?;
        Ok(Split { earned, unearned, returned })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(cancelled_from: Option<&str>) -> Cover {
        Cover {
            premium: "10000.00".parse().unwrap(),
            starts_on: "2025-03-01".parse().unwrap(),
            ends_on: "2026-02-28".parse().unwrap(),
            cancelled_from: cancelled_from.map(|day| day.parse().unwrap()),
        }
    }

    fn split(cover: &Cover, at: &str) -> [String; 3] {
        let split = cover.split(at.parse().unwrap()).unwrap();
        [split.earned, split.unearned, split.returned].map(|amount| amount.to_string())
    }

    /// 10,000 from 2025-03-01 to 2026-02-28, at 2025-12-31: 59/365 are unearned, 1,616.44.
    #[test]
    fn unearned_premium_is_the_part_for_days_to_come() {
        assert_eq!(split(&cover(None), "2025-12-31"), ["8383.56", "1616.44", "0.00"]);
        assert_eq!(split(&cover(None), "2025-02-01"), ["0.00", "10000.00", "0.00"]);
        assert_eq!(split(&cover(None), "2025-03-01"), ["27.40", "9972.60", "0.00"]);
        assert_eq!(split(&cover(None), "2026-02-28"), ["10000.00", "0.00", "0.00"]);
    }

    #[test]
    fn a_cancellation_gives_back_exactly_what_was_unearned_the_day_before() {
        let cancelled = cover(Some("2026-01-01"));
        assert_eq!(cancelled.returned().unwrap().to_string(), "1616.44");
        assert_eq!(split(&cancelled, "2025-12-31"), ["8383.56", "0.00", "1616.44"]);
        assert_eq!(split(&cancelled, "2025-12-30")[0], split(&cover(None), "2025-12-30")[0]);
        assert_eq!(split(&cancelled, "2026-12-31"), ["8383.56", "0.00", "1616.44"]);
    }

    #[test]
    fn before_cover_begins_everything_is_given_back() {
        assert_eq!(split(&cover(Some("2025-03-01")), "2025-02-10"), ["0.00", "0.00", "10000.00"]);
    }

    #[test]
    fn the_parts_make_the_whole_on_every_day() {
        for (premium, cancelled) in [("0.01", None), ("333.33", Some("2025-07-04")), ("99999.99", None)] {
            let cover = Cover { premium: premium.parse().unwrap(), ..cover(cancelled) };
            for day in cover.starts_on.iter_days().take(400) {
                let split = cover.split(day).unwrap();
                let parts = [split.earned, split.unearned, split.returned];
                assert_eq!(Money::total(parts).unwrap(), cover.premium, "{premium} {day}");
                assert!(parts.iter().all(|part| !part.is_negative()));
            }
        }
    }
}
