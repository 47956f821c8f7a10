//! How the right under a pledge stands: in force or ended, and what attacks it. Words are those of the catalogue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The words of the catalogue for a right that is no more.
const ENDED: [&str; 5] = ["lapsed", "expired", "invalidated", "withdrawn", "rejected"];

/// How a patent stands, as the catalogue last told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentRight)]
pub struct Right {
    /// `granted`, `lapsed`, `expired`, `invalidated` …: as the catalogue showed it when the pledge was filed, or has told
    /// since.
    #[serde(default)]
    pub status: String,
    /// Since when.
    #[serde(default)]
    pub since: Option<NaiveDate>,
    /// Proceedings that are open against it: `invalidation`, `ownership`, `preservation`.
    #[serde(default)]
    pub challenges: Vec<String>,
}

impl Right {
    /// Whether the right is no more, so that nothing can be lent on it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        ENDED.contains(&self.status.as_str())
    }
}

/// What hearing of a patent came to, for a pledge over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It ended.
    Ended,
    /// It was restored.
    Restored,
    /// Proceedings were opened against it.
    Challenged,
    /// All proceedings against it are over.
    Cleared,
    /// Nothing that matters to a pledge.
    Nothing,
}

/// Compares how a right stood with how it stands.
#[must_use]
pub fn turn(before: &Right, after: &Right) -> Turn {
    let opened = after.challenges.iter().any(|one| !before.challenges.contains(one));
    match (before.has_ended(), after.has_ended()) {
        (false, true) => Turn::Ended,
        (true, false) => Turn::Restored,
        _ if opened => Turn::Challenged,
        _ if !before.challenges.is_empty() && after.challenges.is_empty() => Turn::Cleared,
        _ => Turn::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(status: &str, challenges: &[&str]) -> Right {
        Right {
            status: status.to_owned(),
            since: None,
            challenges: challenges.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn a_right_ends_however_it_ends_and_what_is_not_told_has_not_ended() {
        for status in ENDED {
            assert_eq!(turn(&Right::default(), &right(status, &[])), Turn::Ended, "{status}");
            assert_eq!(turn(&right(status, &[]), &right("granted", &[])), Turn::Restored, "{status}");
        }
        assert!(!Right::default().has_ended() && !right("granted", &["invalidation"]).has_ended());
    }

    #[test]
    fn a_challenge_is_noted_when_it_is_opened_and_when_the_last_one_is_over() {
        let attacked = right("granted", &["invalidation"]);
        assert_eq!(turn(&right("granted", &[]), &attacked), Turn::Challenged);
        assert_eq!(turn(&attacked, &attacked), Turn::Nothing);
        assert_eq!(turn(&attacked, &right("granted", &["invalidation", "ownership"])), Turn::Challenged);
        assert_eq!(turn(&attacked, &right("granted", &[])), Turn::Cleared);
    }
}
