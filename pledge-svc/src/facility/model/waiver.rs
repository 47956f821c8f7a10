//! A waiver of the pledge (免质押登记提款): a member may draw up to an amount and until a day although no pledge of it is
//! registered yet. Proposed by one person, approved by another, within the bank's authority for a single borrower.

use chrono::{Days, NaiveDate};
use finance::Money;
use serde::{Deserialize, Serialize};

use super::{Facility, Member, MemberStatus, Status, proposal::Flaw};

/// The longest waiver, in days: a registration takes weeks, and nobody lends without it for longer than half a year.
const DAYS_MAX: u64 = 184;
/// The longest reason.
const REASON_CHARS_MAX: usize = 500;

/// A waiver as a draw sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Waiver {
    /// What the member may owe in principal although nothing is pledged.
    pub amount: Money,
    /// The last day on which it may draw under it.
    pub until: NaiveDate,
}

impl Waiver {
    /// What it lets the member owe on a day: nothing once its last day is over.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> Money {
        if day <= self.until { self.amount } else { Money::ZERO }
    }
}

/// Where a waiver stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaiverStatus {
    /// 待审批
    Proposed,
    /// 有效: draws under it are possible until its last day.
    InForce,
    /// 否决
    Refused,
    /// 已撤销: no further draw under it.
    Revoked,
    /// 已被新的豁免取代
    Replaced,
}

impl WaiverStatus {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Proposed, Self::InForce, Self::Refused, Self::Revoked, Self::Replaced];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::InForce => "in_force",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// Why no waiver is possible at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaiverRefused {
    /// The facility lends nothing.
    NotOpen(Status),
    /// The member has left the list.
    MemberLeft,
    /// The patents of all carry the loans of all: no member's own pledge is waited for.
    Pooled,
    /// What was asked is not sound.
    Flawed(Vec<Flaw>),
}

/// Whether the pledge of a member may be waived up to an amount until a day.
///
/// # Errors
/// [`WaiverRefused`].
pub fn may_waive(
    facility: &Facility,
    member: &Member,
    (waiver, reason): (Waiver, &str),
    on: NaiveDate,
) -> Result<(), WaiverRefused> {
    if !matches!(facility.status, Status::Approved | Status::Active | Status::Suspended) {
        return Err(WaiverRefused::NotOpen(facility.status));
    }
    if member.status == MemberStatus::Left {
        return Err(WaiverRefused::MemberLeft);
    }
    if facility.terms.collateral.pool().is_some() {
        return Err(WaiverRefused::Pooled);
    }
    let mut found = Vec::new();
    if !waiver.amount.is_positive() || waiver.amount > member.sub_limit {
        found.push(Flaw::new(
            "amount",
            format!("金额须大于零且不超过分项额度 {} 元。", member.sub_limit),
            format!("The amount must be above zero and within the sub-limit of {} yuan.", member.sub_limit),
        ));
    }
    let latest = on.checked_add_days(Days::new(DAYS_MAX)).unwrap_or(NaiveDate::MAX);
    let latest = latest.min(facility.available_until);
    if waiver.until < on || waiver.until > latest {
        found.push(Flaw::new(
            "until",
            format!("最后用信日须为 {on} 至 {latest}。"),
            format!("The last day must be from {on} to {latest}."),
        ));
    }
    if !(1..=REASON_CHARS_MAX).contains(&reason.trim().chars().count()) {
        found.push(Flaw::new(
            "reason",
            "请说明豁免理由，最多 500 字。",
            "Give a reason of at most 500 characters.",
        ));
    }
    if found.is_empty() { Ok(()) } else { Err(WaiverRefused::Flawed(found)) }
}

#[cfg(test)]
mod tests {
    use finance::Rate;

    use super::*;
    use crate::facility::model::{
        CollateralRule, PoolTerms, Terms,
        samples::{day, facility, member},
    };

    fn waiver(fen: i64, until: &str) -> Waiver {
        Waiver { amount: Money::from_fen(fen), until: day(until) }
    }

    fn fields(waiver: Waiver, reason: &str) -> Vec<String> {
        match may_waive(&facility(1_000, 0, 0), &member(500, 0, 0), (waiver, reason), day("2026-06-01")) {
            Ok(()) => Vec::new(),
            Err(WaiverRefused::Flawed(found)) => found.into_iter().map(|flaw| flaw.field).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_waiver_is_bounded_by_the_sub_limit_by_half_a_year_and_by_the_window_and_has_a_reason() {
        assert!(fields(waiver(500, "2026-06-01"), "登记机构系统升级").is_empty());
        assert!(fields(waiver(1, "2026-12-02"), "登记机构系统升级").is_empty());
        assert_eq!(fields(waiver(501, "2026-12-03"), " "), ["amount", "until", "reason"]);
        assert_eq!(fields(waiver(0, "2026-05-31"), "理由"), ["amount", "until"]);
    }

    #[test]
    fn a_pool_a_line_that_lends_nothing_and_a_member_who_left_have_no_waiver() {
        let (line, one, asked) = (facility(1_000, 0, 0), member(500, 0, 0), waiver(1, "2026-06-01"));
        let refused =
            |line: &Facility, one: &Member| may_waive(line, one, (asked, "理由"), day("2026-06-01"));
        let pool = CollateralRule::Pooled(PoolTerms::at(Rate::ONE));
        let pooled = Facility { terms: Terms { collateral: pool, ..Terms::default() }, ..line.clone() };
        assert_eq!(refused(&pooled, &one), Err(WaiverRefused::Pooled));
        let closed = Facility { status: Status::Closed, ..line.clone() };
        assert_eq!(refused(&closed, &one), Err(WaiverRefused::NotOpen(Status::Closed)));
        let left = Member { status: MemberStatus::Left, ..one };
        assert_eq!(refused(&line, &left), Err(WaiverRefused::MemberLeft));
    }

    #[test]
    fn a_waiver_ends_with_its_last_day() {
        let one = waiver(7, "2026-06-30");
        assert_eq!(one.on(day("2026-06-30")), Money::from_fen(7));
        assert_eq!(one.on(day("2026-07-01")), Money::ZERO);
    }
}
