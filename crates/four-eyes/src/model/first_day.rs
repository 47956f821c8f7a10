//! The days from which a version may hold.

use chrono::{Months, NaiveDate};

use super::Refusal;

/// How far ahead a version is proposed at most, years: one that waits keeps others of its kind waiting, and what shall hold
/// later than that is proposed when it is nearer.
pub(crate) const AHEAD_YEARS_MAX: u32 = 2;

/// Whether a version may be proposed today to hold from a day on.
///
/// # Errors
/// [`Refusal::Backwards`]: the day is past, and what was worked out on it would no longer be what held on it;
/// [`Refusal::TooFar`].
pub fn first_day(day: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let last = today.checked_add_months(Months::new(12 * AHEAD_YEARS_MAX)).unwrap_or(NaiveDate::MAX);
    if day < today {
        Err(Refusal::Backwards { today })
    } else if day > last {
        Err(Refusal::TooFar { last })
    } else {
        Ok(())
    }
}

/// The first day on which a version holds when it is approved on a day: as proposed, but never before the approval, so
/// that what was worked out before can be worked out again.
#[must_use]
pub fn holds_from(proposed_for: NaiveDate, approved_on: NaiveDate) -> NaiveDate {
    proposed_for.max(approved_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_proposed_from_today_up_to_two_years_ahead() {
        let today = day("2026-11-24");
        for (first, answer) in [
            ("2026-11-23", Err(Refusal::Backwards { today })),
            ("2026-11-24", Ok(())),
            ("2028-11-24", Ok(())),
            ("2028-11-25", Err(Refusal::TooFar { last: day("2028-11-24") })),
            ("9999-12-31", Err(Refusal::TooFar { last: day("2028-11-24") })),
        ] {
            assert_eq!(first_day(day(first), today), answer, "{first}");
        }
        assert_eq!(first_day(NaiveDate::MAX, NaiveDate::MAX), Ok(()), "where the calendar ends");
    }

    #[test]
    fn a_version_never_holds_before_it_was_approved() {
        let proposed_for = day("2026-12-01");
        assert_eq!(holds_from(proposed_for, day("2026-11-24")), proposed_for);
        assert_eq!(holds_from(proposed_for, day("2026-12-04")), day("2026-12-04"));
    }
}
