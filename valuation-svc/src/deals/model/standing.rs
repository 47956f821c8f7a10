//! Where a deal stands: recorded by one person, verified by another, or returned; corrected by a new version.

use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DealState)]
pub enum Standing {
    /// 待复核
    Recorded,
    /// 已复核: evidence.
    Verified,
    /// 已退回: to be corrected.
    Returned,
}

impl Standing {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Verified => "verified",
            Self::Returned => "returned",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Recorded => "待复核",
            Self::Verified => "已复核",
            Self::Returned => "已退回",
        }
    }

    /// The standing of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Recorded, Self::Verified, Self::Returned].into_iter().find(|one| one.name() == name)
    }
}

/// Why nothing is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Only what waits for it is verified or returned.
    NotRecorded {
        /// Where it stands.
        standing: Standing,
    },
    /// Who wrote it down does not verify it.
    FourEyes,
}

/// The standing after a second person's decision.
///
/// # Errors
/// It does not wait for one, or the decider wrote it down.
pub fn decide(standing: Standing, maker: UserId, decider: UserId, holds: bool) -> Result<Standing, Refusal> {
    if standing != Standing::Recorded {
        return Err(Refusal::NotRecorded { standing });
    }
    if maker == decider {
        return Err(Refusal::FourEyes);
    }
    Ok(if holds { Standing::Verified } else { Standing::Returned })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_person_verifies_or_returns_what_waits() {
        let [maker, checker] = [1, 2].map(|n| UserId::from_uuid(uuid::Uuid::from_u128(n)));
        assert_eq!(decide(Standing::Recorded, maker, checker, true), Ok(Standing::Verified));
        assert_eq!(decide(Standing::Recorded, maker, checker, false), Ok(Standing::Returned));
        assert_eq!(decide(Standing::Recorded, maker, maker, true), Err(Refusal::FourEyes));
        for standing in [Standing::Verified, Standing::Returned] {
            assert_eq!(decide(standing, maker, checker, true), Err(Refusal::NotRecorded { standing }));
        }
    }
}
