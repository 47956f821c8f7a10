//! A version of a bank's parameters and who may decide it.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionStatus {
    /// 待审批
    Proposed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
}

impl VersionStatus {
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

impl fmt::Display for VersionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no status of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status of a version")]
pub struct UnknownStatus;

impl FromStr for VersionStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// What of a version the decision about it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Where it is.
    pub status: VersionStatus,
    /// Who proposed it.
    pub maker: UserId,
    /// The first day it was proposed for.
    pub effective_from: NaiveDate,
}

/// Why a version is not proposed or decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another proposal of the kind waits.
    #[error("version {version} waits for a decision")]
    Pending {
        /// The number of the one that waits.
        version: i32,
    },
    /// The proposal says what holds already.
    #[error("nothing would change")]
    Unchanged,
    /// Parameters do not work backwards.
    #[error("the first day lies before {today}")]
    Backwards {
        /// The business date.
        today: NaiveDate,
    },
    /// It was decided already.
    #[error("the version is {status}")]
    Decided {
        /// Where it is.
        status: VersionStatus,
    },
    /// The maker never decides.
    #[error("the maker never decides")]
    FourEyes,
    /// It would raise the own authority of who decides.
    #[error("nobody raises the own authority")]
    OwnLimit,
}

impl Version {
    /// Whether a person may decide it.
    ///
    /// # Errors
    /// It is decided, or the person proposed it.
    pub fn may_be_decided_by(&self, user: UserId) -> Result<(), Refusal> {
        if self.status != VersionStatus::Proposed {
            return Err(Refusal::Decided { status: self.status });
        }
        if self.maker == user { Err(Refusal::FourEyes) } else { Ok(()) }
    }

    /// The first day on which it holds when it is approved on a day: as proposed, but never before the approval, so
    /// that no figure of a closed day would have to be made anew.
    #[must_use]
    pub fn holds_from(&self, approved_on: NaiveDate) -> NaiveDate {
        self.effective_from.max(approved_on)
    }
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

    fn version(status: VersionStatus) -> Version {
        Version { status, maker: user(1), effective_from: day(10) }
    }

    #[test]
    fn another_person_decides_and_once() {
        assert_eq!(version(VersionStatus::Proposed).may_be_decided_by(user(2)), Ok(()));
        assert_eq!(version(VersionStatus::Proposed).may_be_decided_by(user(1)), Err(Refusal::FourEyes));
        for status in [VersionStatus::Approved, VersionStatus::Refused] {
            assert_eq!(version(status).may_be_decided_by(user(2)), Err(Refusal::Decided { status }));
        }
    }

    #[test]
    fn a_version_never_holds_before_it_was_approved() {
        assert_eq!(version(VersionStatus::Proposed).holds_from(day(9)), day(10));
        assert_eq!(version(VersionStatus::Proposed).holds_from(day(12)), day(12));
    }
}
