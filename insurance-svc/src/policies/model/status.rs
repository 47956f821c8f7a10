//! The four states of a policy. They follow from its days; only cancellation is an act.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Cover;

/// Where a policy is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 已承保，未起保
    Bound,
    /// 保障中
    InForce,
    /// 已到期
    Expired,
    /// 已退保
    Cancelled,
}

impl Status {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::InForce => "in_force",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Bound => "已承保",
            Self::InForce => "保障中",
            Self::Expired => "已到期",
            Self::Cancelled => "已退保",
        }
    }
}

/// The state of a policy on a day.
#[must_use]
pub fn status(cover: &Cover, on: NaiveDate) -> Status {
    if cover.cancelled_from.is_some() {
        Status::Cancelled
    } else if on < cover.starts_on {
        Status::Bound
    } else if on <= cover.ends_on {
        Status::InForce
    } else {
        Status::Expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_bound_then_in_force_then_expired_unless_cancelled() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut cover = Cover {
            premium: "100.00".parse().unwrap(),
            starts_on: day("2026-03-01"),
            ends_on: day("2027-02-28"),
            cancelled_from: None,
        };
        for (on, state) in [
            ("2026-02-28", Status::Bound),
            ("2026-03-01", Status::InForce),
            ("2027-02-28", Status::InForce),
            ("2027-03-01", Status::Expired),
        ] {
            assert_eq!(status(&cover, day(on)), state, "{on}");
        }
        cover.cancelled_from = Some(day("2026-06-01"));
        assert_eq!(status(&cover, day("2026-05-01")), Status::Cancelled);
    }
}
