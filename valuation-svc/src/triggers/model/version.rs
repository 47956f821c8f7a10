//! A version of an organisation's rules, who may decide it, and what it changes.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cause, CauseRule, TriggerRules};

/// Where a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TriggerRulesStatus)]
pub enum RulesStatus {
    /// 待审批
    Proposed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
}

impl RulesStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Proposed, Self::Approved, Self::Refused];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待审批",
            Self::Approved => "已批准",
            Self::Refused => "已否决",
        }
    }
}

impl fmt::Display for RulesStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no status of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status of a version")]
pub struct UnknownStatus;

impl FromStr for RulesStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// What of a version the decision about it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulesVersion {
    /// Where it is.
    pub status: RulesStatus,
    /// Who proposed it.
    pub maker: UserId,
    /// The first day it was proposed for.
    pub effective_from: NaiveDate,
}

/// Why a version is not proposed or decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesRefusal {
    /// Another proposal waits.
    Pending {
        /// Its number.
        version: i32,
    },
    /// The proposal says what holds already.
    Unchanged,
    /// Rules do not work backwards.
    Backwards {
        /// The business date.
        today: NaiveDate,
    },
    /// It was decided already.
    Decided {
        /// Where it is.
        status: RulesStatus,
    },
    /// The maker never decides.
    FourEyes,
}

impl RulesVersion {
    /// Whether a person may decide it.
    ///
    /// # Errors
    /// It is decided, or the person proposed it.
    pub fn may_be_decided_by(&self, user: UserId) -> Result<(), RulesRefusal> {
        if self.status != RulesStatus::Proposed {
            return Err(RulesRefusal::Decided { status: self.status });
        }
        if self.maker == user { Err(RulesRefusal::FourEyes) } else { Ok(()) }
    }

    /// The first day on which it holds when it is approved on a day: as proposed, but never before the approval.
    #[must_use]
    pub fn holds_from(&self, approved_on: NaiveDate) -> NaiveDate {
        self.effective_from.max(approved_on)
    }
}

/// A cause whose rule differs between two sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TriggerRuleDifference)]
pub struct RuleDifference {
    /// The cause.
    pub cause: Cause,
    /// Its rule before.
    pub before: Option<CauseRule>,
    /// Its rule after.
    pub after: Option<CauseRule>,
}

/// What differs from `before` to `after`, cause by cause; nothing where only the order of the rules does.
#[must_use]
pub fn differences(before: &TriggerRules, after: &TriggerRules) -> Vec<RuleDifference> {
    let rule = |of: &TriggerRules, cause| of.rules.iter().find(|rule| rule.cause == cause).cloned();
    Cause::ALL
        .into_iter()
        .map(|cause| RuleDifference { cause, before: rule(before, cause), after: rule(after, cause) })
        .filter(|one| one.before != one.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn version(status: RulesStatus) -> RulesVersion {
        RulesVersion { status, maker: user(1), effective_from: day(10) }
    }

    #[test]
    fn another_person_decides_once_and_never_backwards() {
        let waits = version(RulesStatus::Proposed);
        assert_eq!(waits.may_be_decided_by(user(2)), Ok(()));
        assert_eq!(waits.may_be_decided_by(user(1)), Err(RulesRefusal::FourEyes));
        for status in [RulesStatus::Approved, RulesStatus::Refused] {
            let refused = version(status).may_be_decided_by(user(2));
            assert_eq!(refused, Err(RulesRefusal::Decided { status }));
        }
        assert_eq!((waits.holds_from(day(9)), waits.holds_from(day(12))), (day(10), day(12)));
        assert!(RulesStatus::ALL.iter().all(|status| status.name().parse() == Ok(*status)));
    }

    #[test]
    fn only_what_a_cause_asks_for_is_a_difference() {
        let platform = TriggerRules::default();
        let mut other = platform.clone();
        other.rules.reverse();
        assert_eq!(differences(&platform, &other), []);
        for rule in &mut other.rules {
            if rule.cause == Cause::Aged {
                rule.deadline_days = 7;
            }
        }
        let found = differences(&platform, &other);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].cause, found[0].after.as_ref().unwrap().deadline_days), (Cause::Aged, 7));
    }
}
