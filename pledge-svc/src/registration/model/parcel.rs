//! What is sent to an office outside, and how long it is waited before it is sent again.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;
use contracts::FilingId;

/// Tries before sending is given up: with the pauses between them about eight hours.
pub const ATTEMPTS_MAX: u32 = 18;
/// The pause after the first try, in seconds; each further one is twice as long.
const FIRST_PAUSE_SECONDS: i64 = 5;
/// The longest pause, in seconds.
const LONGEST_PAUSE_SECONDS: i64 = 3_600;

/// The kinds of parcels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelKind {
    /// The papers as first filed.
    Submission,
    /// The papers as corrected.
    Correction,
    /// The request to let the filing be withdrawn.
    Withdrawal,
}

impl ParcelKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Submission, Self::Correction, Self::Withdrawal];

    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Correction => "correction",
            Self::Withdrawal => "withdrawal",
        }
    }
}

impl fmt::Display for ParcelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no kind's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of parcel")]
pub struct UnknownParcel;

impl FromStr for ParcelKind {
    type Err = UnknownParcel;

    fn from_str(text: &str) -> Result<Self, UnknownParcel> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(UnknownParcel)
    }
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The filing it belongs to; its id is the request's id.
    pub filing_id: FilingId,
    /// What it is.
    pub kind: ParcelKind,
    /// What it says.
    pub body: serde_json::Value,
}

/// How long to wait after a failed try before the next; `None` when it is given up.
#[must_use]
pub fn pause(attempt: u32) -> Option<TimeDelta> {
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let doublings = attempt.saturating_sub(1).min(20);
    let seconds = FIRST_PAUSE_SECONDS.saturating_mul(1 << doublings).min(LONGEST_PAUSE_SECONDS);
    Some(TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_an_hour_and_then_sending_is_given_up() {
        let pauses: Vec<i64> = (1..).map_while(pause).map(|one| one.num_seconds()).collect();
        assert_eq!(&pauses[..4], [5, 10, 20, 40]);
        assert_eq!(pauses.len(), 17);
        assert_eq!(pauses.last(), Some(&3_600));
        let hours = pauses.iter().sum::<i64>() / 3_600;
        assert!((8..9).contains(&hours), "{hours} hours");
    }
}
