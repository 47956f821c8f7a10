//! Whether a policy is cancelled, and what is given back: pro rata, from a day on that is not past.

use chrono::NaiveDate;
use finance::{Money, MoneyError};

use super::{Cover, Status, status::status};

/// A cancellation decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancellation {
    /// The first day without cover: the day asked for, or the first of cover where that is later.
    pub cancelled_from: NaiveDate,
    /// Premium given back.
    pub returned: Money,
}

/// Why a policy is not cancelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has ended already.
    #[error("the policy is {}", .0.name())]
    Ended(Status),
    /// The day is past or beyond the cover.
    #[error("the day must lie from {earliest} to {latest}")]
    OutsideCover {
        /// The earliest day possible.
        earliest: NaiveDate,
        /// The latest.
        latest: NaiveDate,
    },
    /// A claim is open or was paid for something that happened on or after the day.
    #[error("a claim of {0} falls on or after the day")]
    ClaimAfter(NaiveDate),
    /// The amounts are beyond the range.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}

/// Decides a cancellation effective on a day.
///
/// # Errors
/// [`Refusal`]
pub fn decide(
    cover: &Cover,
    effective_on: NaiveDate,
    today: NaiveDate,
    last_occurrence: Option<NaiveDate>,
) -> Result<Cancellation, Refusal> {
    let state = status(cover, today);
    if matches!(state, Status::Expired | Status::Cancelled) {
        return Err(Refusal::Ended(state));
    }
    if effective_on < today || effective_on > cover.ends_on {
        return Err(Refusal::OutsideCover { earliest: today, latest: cover.ends_on });
    }
    let cancelled_from = effective_on.max(cover.starts_on);
    if let Some(occurred) = last_occurrence
        && occurred >= cancelled_from
    {
        return Err(Refusal::ClaimAfter(occurred));
    }
    let returned = Cover { cancelled_from: Some(cancelled_from), ..*cover }.returned()?;
    Ok(Cancellation { cancelled_from, returned })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn cover() -> Cover {
        Cover {
            premium: "10000.00".parse().unwrap(),
            starts_on: day("2025-03-01"),
            ends_on: day("2026-02-28"),
            cancelled_from: None,
        }
    }

    #[test]
    fn the_premium_for_the_days_without_cover_is_given_back() {
        let decided = decide(&cover(), day("2026-01-01"), day("2025-12-20"), None).unwrap();
        assert_eq!(decided.returned.to_string(), "1616.44");
        let before_cover = decide(&cover(), day("2025-02-15"), day("2025-02-10"), None).unwrap();
        assert_eq!(
            before_cover,
            Cancellation { cancelled_from: day("2025-03-01"), returned: cover().premium }
        );
    }

    #[test]
    fn a_past_day_an_ended_policy_or_a_later_claim_stand_against_it() {
        let today = day("2025-12-20");
        let refused = |on: &str, today, claim| decide(&cover(), day(on), today, claim).unwrap_err();
        assert!(matches!(refused("2025-12-19", today, None), Refusal::OutsideCover { .. }));
        assert!(matches!(refused("2026-03-01", today, None), Refusal::OutsideCover { .. }));
        assert_eq!(refused("2026-03-01", day("2026-03-01"), None), Refusal::Ended(Status::Expired));
        let claim = Some(day("2025-12-20"));
        assert_eq!(refused("2025-12-20", today, claim), Refusal::ClaimAfter(day("2025-12-20")));
        assert!(decide(&cover(), day("2025-12-21"), today, claim).is_ok());
    }
}
