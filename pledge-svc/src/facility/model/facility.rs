//! A facility and its members as the rules see them.

use chrono::NaiveDate;
use contracts::{FacilityId, MemberId, OrgId, UserId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

/// Where a facility stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 待审批
    Proposed,
    /// 生效
    Active,
    /// 暂停
    Suspended,
    /// 到期
    Expired,
    /// 关闭
    Closed,
    /// 否决
    Refused,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Active, Self::Suspended, Self::Expired, Self::Closed, Self::Refused];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::Refused => "refused",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// Whether a member may draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// 正常
    Active,
    /// 暂停用信
    Paused,
}

impl MemberStatus {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused].into_iter().find(|status| status.name() == text)
    }
}

/// A bank's part of a syndicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Share {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Its part of every draw; all parts sum to 1.
    pub share: Rate,
}

/// A facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Its id.
    pub id: FacilityId,
    /// Its number, for people.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The lead bank, which acts for the syndicate.
    pub bank_id: OrgId,
    /// The lead bank's name.
    pub bank_name: String,
    /// The industry's code.
    pub industry: String,
    /// What may be drawn at most.
    pub limit: Money,
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications.
    pub reserved: Money,
    /// Principal repaid on a line that does not revolve: it is not lent again.
    pub retired: Money,
    /// Where it stands.
    pub status: Status,
    /// Whether a repayment frees the line.
    pub revolving: bool,
    /// First day of the availability window.
    pub available_from: NaiveDate,
    /// Last day of the availability window.
    pub available_until: NaiveDate,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// The longest tenor.
    pub tenor_cap_months: u32,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The most that may be lent on accepted collateral value.
    pub ltv_cap: Rate,
    /// Who proposed it.
    pub maker: UserId,
    /// Rises with every change.
    pub version: i64,
    /// The syndicate, lead first; one entry of 1 for a sole lender.
    pub shares: Vec<Share>,
}

impl Facility {
    /// What is free: limit less drawn, reserved and retired.
    #[must_use]
    pub fn available(&self) -> Money {
        self.limit.saturating_sub(self.drawn).saturating_sub(self.reserved).saturating_sub(self.retired)
    }

    /// What one member may owe at most under the concentration cap, rounded down.
    #[must_use]
    pub fn member_cap(&self) -> Money {
        self.limit.scale(self.single_member_cap, finance::Rounding::Down).unwrap_or(self.limit)
    }
}

/// A member's place in a facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What it may owe at most.
    pub sub_limit: Money,
    /// What it owes in principal.
    pub drawn: Money,
    /// What is held for its approved applications.
    pub reserved: Money,
    /// Principal repaid on a line that does not revolve.
    pub retired: Money,
    /// Whether it may draw.
    pub status: MemberStatus,
}

impl Member {
    /// What is free under the sub-limit.
    #[must_use]
    pub fn available(&self) -> Money {
        self.sub_limit.saturating_sub(self.drawn).saturating_sub(self.reserved).saturating_sub(self.retired)
    }
}
