//! Judging a loan's tier by hand: two people, and never better than the rules.

use std::{fmt, str::FromStr};

use contracts::UserId;
use finance::Rate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Judged, Tier};

/// Where a judgement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgementStatus {
    /// 待确认
    Proposed,
    /// 已确认
    Confirmed,
    /// 未获确认
    Refused,
}

impl JudgementStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Proposed, Self::Confirmed, Self::Refused];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待确认",
            Self::Confirmed => "已确认",
            Self::Refused => "未获确认",
        }
    }
}

impl fmt::Display for JudgementStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no status of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status of a judgement")]
pub struct UnknownStatus;

impl FromStr for JudgementStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// Why a judgement is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The tier is better than the rules give.
    #[error("{asked} is better than {rule}, which the rules give")]
    BetterThanRule {
        /// The tier asked for.
        asked: Tier,
        /// What the rules give.
        rule: Tier,
    },
    /// An estimate is a part of the book value.
    #[error("an estimate lies above 0 and is at most 1")]
    NotAShare,
    /// It says what was judged already.
    #[error("nothing would change")]
    Unchanged,
    /// Another judgement of the loan waits.
    #[error("another judgement waits")]
    Pending,
    /// It was decided.
    #[error("the judgement is {status}")]
    Decided {
        /// Where it is.
        status: JudgementStatus,
    },
    /// The maker never confirms.
    #[error("the maker never confirms")]
    FourEyes,
    /// Nothing is owed any more.
    #[error("the loan is settled")]
    Settled,
    /// It is on the watch list already, or is not on it.
    #[error("the watch list says so already")]
    WatchUnchanged,
}

/// Whether a judgement says nothing but that the debtor's difficulties are solved.
#[must_use]
pub fn says_solved_alone(asked: Judged) -> bool {
    asked.solved_on.is_some() && asked.tier.is_none() && asked.impairment.is_none()
}

/// What holds once a judgement is confirmed. That difficulties are solved is found beside tier and estimate: alone it leaves
/// them as they stand, and a judgement that does not speak of it leaves it as it stands.
#[must_use]
pub fn holds(asked: Judged, standing: Judged) -> Judged {
    if says_solved_alone(asked) {
        return Judged { solved_on: asked.solved_on, ..standing };
    }
    Judged { solved_on: asked.solved_on.or(standing.solved_on), ..asked }
}

/// A judgement of a loan as it is asked for. One without a tier above normal and without an estimate lifts the tier and the
/// estimate that were judged before, so that the rules' tier holds again, unless it says that difficulties are solved.
///
/// # Errors
/// Better than the rules, not a share, or what was judged already.
pub fn propose(wanted: Judged, standing: Judged, rule: Tier) -> Result<Judged, Refusal> {
    if let Some(asked) = wanted.tier
        && asked < rule
    {
        return Err(Refusal::BetterThanRule { asked, rule });
    }
    if wanted.impairment.is_some_and(|loss| !loss.is_share() || loss == Rate::ZERO) {
        return Err(Refusal::NotAShare);
    }
    let wanted = Judged { tier: wanted.tier.filter(|tier| *tier > Tier::Normal), ..wanted };
    if holds(wanted, standing) == standing { Err(Refusal::Unchanged) } else { Ok(wanted) }
}

/// Whether a person may decide a judgement.
///
/// # Errors
/// It is decided, or the person proposed it.
pub fn decide(status: JudgementStatus, maker: UserId, by: UserId) -> Result<(), Refusal> {
    if status != JudgementStatus::Proposed {
        return Err(Refusal::Decided { status });
    }
    if maker == by { Err(Refusal::FourEyes) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(tier: Option<Tier>, points: Option<i64>) -> Judged {
        Judged { tier, impairment: points.map(Rate::from_basis_points), solved_on: None }
    }

    #[test]
    fn a_judgement_worsens_the_rules_tier_or_keeps_it() {
        let rule = Tier::Substandard;
        for tier in Tier::ALL {
            let made = propose(judged(Some(tier), None), Judged::default(), rule);
            if tier < rule {
                assert_eq!(made, Err(Refusal::BetterThanRule { asked: tier, rule }));
            } else {
                assert_eq!(made, Ok(judged(Some(tier), None)));
            }
        }
    }

    #[test]
    fn what_was_judged_is_lifted_by_judging_nothing_and_only_where_there_is_something_to_lift() {
        let nothing = Judged::default();
        assert_eq!(propose(nothing, judged(Some(Tier::Loss), None), Tier::Normal), Ok(nothing));
        let normal = judged(Some(Tier::Normal), None);
        assert_eq!(propose(normal, judged(Some(Tier::Loss), None), Tier::Normal), Ok(nothing));
        assert_eq!(propose(nothing, nothing, Tier::Normal), Err(Refusal::Unchanged));
        let same = judged(Some(Tier::Loss), Some(9_500));
        assert_eq!(propose(same, same, Tier::Normal), Err(Refusal::Unchanged));
    }

    #[test]
    fn that_difficulties_are_solved_stands_beside_tier_and_estimate() {
        let day = chrono::NaiveDate::from_ymd_opt(2027, 6, 1);
        let solved = Judged { solved_on: day, ..Judged::default() };
        let standing = judged(Some(Tier::Doubtful), Some(6_000));
        // Alone it lifts neither, even where the rules have come to give a worse tier than the one that stands.
        assert_eq!(propose(solved, standing, Tier::Loss), Ok(solved));
        let both = holds(solved, standing);
        assert_eq!(both, Judged { solved_on: day, ..standing });
        assert_eq!(propose(solved, both, Tier::Normal), Err(Refusal::Unchanged));
        // A judgement that does not speak of it withdraws nothing of it.
        assert_eq!(holds(judged(Some(Tier::Loss), None), both).solved_on, day);
        assert_eq!(holds(Judged::default(), both), solved, "tier and estimate are lifted");
        assert_eq!(propose(Judged::default(), solved, Tier::Normal), Err(Refusal::Unchanged));
    }

    #[test]
    fn an_estimate_is_a_part_of_the_book_value() {
        for points in [0, -1, 10_001] {
            let made = propose(judged(None, Some(points)), Judged::default(), Tier::Normal);
            assert_eq!(made, Err(Refusal::NotAShare), "{points}");
        }
        let whole = judged(None, Some(10_000));
        assert_eq!(propose(whole, Judged::default(), Tier::Normal), Ok(whole));
    }

    #[test]
    fn another_person_confirms_and_once() {
        let user = |number| UserId::from_uuid(uuid::Uuid::from_u128(number));
        assert_eq!(decide(JudgementStatus::Proposed, user(1), user(2)), Ok(()));
        assert_eq!(decide(JudgementStatus::Proposed, user(1), user(1)), Err(Refusal::FourEyes));
        let status = JudgementStatus::Confirmed;
        assert_eq!(decide(status, user(1), user(2)), Err(Refusal::Decided { status }));
    }
}
