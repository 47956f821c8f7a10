//! Where a version is.

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

    /// The status of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_nothing_else_does() {
        assert!(VersionStatus::ALL.into_iter().all(|one| VersionStatus::of_name(one.name()) == Some(one)));
        assert_eq!(VersionStatus::of_name("withdrawn"), None);
    }
}
