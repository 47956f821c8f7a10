//! The life of a facility: proposed → approved → active ↔ suspended → expired → closed.
//!
//! A line that is approved before its window opens waits as `approved`; the day opens it, the window's end makes it
//! expire, and it is closed once nothing rests on it any more.

use chrono::NaiveDate;
use finance::Money;

use super::{Facility, Status};

/// What an approval makes of a proposal.
#[must_use]
pub fn after_approval(available_from: NaiveDate, on: NaiveDate) -> Status {
    if available_from > on { Status::Approved } else { Status::Active }
}

/// Whether the day opens an approved line.
#[must_use]
pub fn opens(status: Status, from: NaiveDate, until: NaiveDate, on: NaiveDate) -> bool {
    status == Status::Approved && from <= on && on <= until
}

/// Whether the day makes a line expire: its window is over.
#[must_use]
pub fn expires(status: Status, until: NaiveDate, on: NaiveDate) -> bool {
    matches!(status, Status::Approved | Status::Active | Status::Suspended) && until < on
}

/// Whether terms, members and window may be changed.
#[must_use]
pub const fn changeable(status: Status) -> bool {
    matches!(status, Status::Approved | Status::Active | Status::Suspended | Status::Expired)
}

/// What a new window makes of the state: one that has not opened waits, an expired line whose window is longer again
/// is active. A suspended line stays suspended: people let it go on.
#[must_use]
pub fn after_window(status: Status, from: NaiveDate, until: NaiveDate, on: NaiveDate) -> Status {
    match status {
        Status::Expired | Status::Approved if from > on => Status::Approved,
        Status::Expired | Status::Approved if until >= on => Status::Active,
        other => other,
    }
}

/// Why a line cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseRefused {
    /// Principal is outstanding.
    Drawn(Money),
    /// Something is held for approved applications.
    Reserved(Money),
    /// Interest or fees of a loan are owed, though its principal is repaid.
    Owing,
    /// A pledge stands under it.
    Pledged,
}

/// Whether a line may be closed; `owing` says whether any loan of it is not settled, be it of interest or fees alone.
///
/// # Errors
/// The first thing that still rests on it.
pub fn may_close(facility: &Facility, owing: bool, pledged: bool) -> Result<(), CloseRefused> {
    if !facility.drawn.is_zero() {
        Err(CloseRefused::Drawn(facility.drawn))
    } else if !facility.reserved.is_zero() {
        Err(CloseRefused::Reserved(facility.reserved))
    } else if owing {
        Err(CloseRefused::Owing)
    } else if pledged {
        Err(CloseRefused::Pledged)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::samples::{day, facility};

    #[test]
    fn a_line_approved_early_waits_for_its_window_and_ends_with_it() {
        let (from, until) = (day("2026-02-01"), day("2026-02-28"));
        assert_eq!(after_approval(from, day("2026-01-31")), Status::Approved);
        assert_eq!(after_approval(from, from), Status::Active);
        assert!(!opens(Status::Approved, from, until, day("2026-01-31")));
        assert!(opens(Status::Approved, from, until, from));
        assert!(!opens(Status::Suspended, from, until, from), "people let a suspended line go on");
        assert!(!expires(Status::Active, until, until));
        for status in [Status::Approved, Status::Active, Status::Suspended] {
            assert!(expires(status, until, day("2026-03-01")));
        }
        assert!(!expires(Status::Closed, until, day("2026-03-01")));
    }

    #[test]
    fn a_longer_window_revives_an_expired_line_and_no_suspended_one() {
        let (from, on) = (day("2026-01-01"), day("2026-03-01"));
        assert_eq!(after_window(Status::Expired, from, day("2026-12-31"), on), Status::Active);
        assert_eq!(after_window(Status::Expired, day("2026-04-01"), day("2026-12-31"), on), Status::Approved);
        assert_eq!(after_window(Status::Suspended, from, day("2026-12-31"), on), Status::Suspended);
        assert_eq!(after_window(Status::Active, from, day("2026-12-31"), on), Status::Active);
    }

    #[test]
    fn nothing_is_closed_while_a_fen_or_a_pledge_rests_on_it() {
        let idle = facility(100, 0, 0);
        let one = Money::from_fen(1);
        assert_eq!(may_close(&facility(100, 1, 0), true, false), Err(CloseRefused::Drawn(one)));
        assert_eq!(may_close(&facility(100, 0, 1), false, false), Err(CloseRefused::Reserved(one)));
        assert_eq!(may_close(&idle, true, false), Err(CloseRefused::Owing), "interest is owed as well");
        assert_eq!(may_close(&idle, false, true), Err(CloseRefused::Pledged));
        assert_eq!(may_close(&idle, false, false), Ok(()));
    }
}
