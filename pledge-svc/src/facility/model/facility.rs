//! A facility and its members as the rules see them.

use chrono::NaiveDate;
use contracts::{FacilityId, MemberId, OrgId, UserId};
use finance::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::{Terms, approval::HeldApproval, triggers::TriggerKind, waiver::Waiver};

/// Where a facility stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 待审批
    Proposed,
    /// 已批准，等待用信期开始
    Approved,
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
    pub const ALL: [Self; 7] = [
        Self::Proposed,
        Self::Approved,
        Self::Active,
        Self::Suspended,
        Self::Expired,
        Self::Closed,
        Self::Refused,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
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
    /// 已退出名单
    Left,
}

impl MemberStatus {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Left => "left",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Left].into_iter().find(|status| status.name() == text)
    }
}

/// What a bank is in a syndicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareRole {
    /// 牵头行或联合牵头行: the first bank is the lead and agent whatever it says; another one is a co-lead.
    Lead,
    /// 参加行
    #[default]
    Participant,
}

impl ShareRole {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Participant => "participant",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Lead, Self::Participant].into_iter().find(|role| role.name() == text)
    }
}

/// A bank's part of a syndicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Share {
    /// The bank.
    pub bank_id: OrgId,
    /// Its registered name; filled in where it is not given.
    #[serde(default)]
    pub bank_name: String,
    /// Its part of every draw; all parts sum to 1.
    pub share: Rate,
    /// What it is in the syndicate.
    #[serde(default)]
    pub role: ShareRole,
    /// The group (组别) it lends in, from 1.
    #[serde(default = "Share::one_group")]
    pub tranche: u8,
    /// What it may have out to one customer over all its lines, by its capital; none where it has not set it. Its own
    /// affair: nobody is told, and nobody sets it from outside.
    #[serde(skip)]
    pub customer_cap: Option<Money>,
    /// What it may have out and promised to a group of connected customers, likewise.
    #[serde(skip)]
    pub connected_cap: Option<Money>,
}

impl Share {
    const fn one_group() -> u8 {
        1
    }
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
    /// Caps, liability, collateral, triggers.
    pub terms: Terms,
    /// Whether any member belongs to a group of connected ones: only then is a group's use looked up.
    pub grouped: bool,
    /// Whether a fund may cover what is drawn: only then is looked up whether one does.
    pub funded: bool,
    /// Who proposed it.
    pub maker: UserId,
    /// Rises with every change.
    pub version: i64,
    /// What the lead bank may have out to one customer over all its lines, by its capital; none where it has not set it.
    pub customer_cap: Option<Money>,
    /// What it may have out and promised to a group of connected customers together, likewise.
    pub connected_cap: Option<Money>,
    /// The syndicate, lead first; one entry of 1 for a sole lender.
    pub shares: Vec<Share>,
}

impl Facility {
    /// What is free: limit less drawn, reserved and retired.
    #[must_use]
    pub fn available(&self) -> Money {
        self.limit.saturating_sub(self.drawn).saturating_sub(self.reserved).saturating_sub(self.retired)
    }

    /// What the banks are bound to lend on a day: what is neither drawn nor used up, reserved or not, while draws are open.
    #[must_use]
    pub fn undrawn(&self, on: NaiveDate) -> Money {
        let open = matches!(self.status, Status::Approved | Status::Active)
            && self.available_from <= on
            && on <= self.available_until;
        if open { self.limit.saturating_sub(self.drawn).saturating_sub(self.retired) } else { Money::ZERO }
    }

    /// What one member may owe at most under the concentration cap, rounded down.
    #[must_use]
    pub fn member_cap(&self) -> Money {
        part(self.limit, self.single_member_cap)
    }

    /// What a group of connected members may use at most, rounded down.
    #[must_use]
    pub fn group_cap(&self) -> Money {
        part(self.limit, self.terms.group_cap)
    }

    /// What may be lent on one pool of pledged patents at most, rounded down.
    #[must_use]
    pub fn pool_cap(&self) -> Money {
        part(self.limit, self.terms.pool_cap)
    }
}

/// A part of a limit, rounded down; a share of an amount is never beyond it.
pub(super) fn part(limit: Money, share: Rate) -> Money {
    limit.scale(share, Rounding::Down).unwrap_or(limit)
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
    /// Why it is paused, in the bank's words; none while it is not.
    pub paused_for: Option<String>,
    /// The trigger that paused it; none where a person did.
    pub paused_by: Option<TriggerKind>,
    /// Whether something it owes at the line's bank is overdue; known where it is about to draw.
    pub overdue: bool,
    /// The label of the group of connected members that it belongs to.
    pub group: Option<String>,
    /// The sub-limit as a part of the limit, where it was agreed so.
    pub sub_share: Option<Rate>,
    /// What it has paid into the mutual-aid pool and not had back.
    pub deposit: Money,
    /// What it has paid in as margin for the borrowing base and not had back.
    pub margin: Money,
    /// Conditions precedent of its approvals that are not fulfilled.
    pub conditions_open: u32,
    /// The waiver of its pledge that was approved last; over once its last day is.
    pub waiver: Option<Waiver>,
    /// The approved applications that hold a part of the line for it, oldest first.
    pub approvals: Vec<HeldApproval>,
}

impl Member {
    /// What it may owe on a day although nothing is pledged, by a waiver.
    #[must_use]
    pub fn waived(&self, on: NaiveDate) -> Money {
        self.waiver.map_or(Money::ZERO, |waiver| waiver.on(on))
    }

    /// What is taken of the sub-limit: drawn, held, and repaid on a line that does not revolve.
    #[must_use]
    pub fn in_use(&self) -> Money {
        Money::total([self.drawn, self.reserved, self.retired]).unwrap_or(Money::MAX)
    }

    /// What is free under the sub-limit.
    #[must_use]
    pub fn available(&self) -> Money {
        self.sub_limit.saturating_sub(self.drawn).saturating_sub(self.reserved).saturating_sub(self.retired)
    }
}
