//! What a bank may propose as a facility.

use chrono::{Months, NaiveDate};
use contracts::{ClusterId, OrgId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::Share;

/// The most members of one facility.
pub const MEMBERS_MAX: usize = 10_000;
/// The most banks of one syndicate.
pub const BANKS_MAX: usize = 50;
/// The longest availability window.
const WINDOW_MAX_MONTHS: u32 = 120;
/// The largest limit: ten billion yuan.
pub const LIMIT_MAX: Money = Money::from_fen(1_000_000_000_000);

/// A member proposed, or the sub-limit proposed for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProposedMember {
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What it may owe at most.
    pub sub_limit: Money,
}

/// A facility proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Proposal {
    /// Its name.
    pub name: String,
    /// The cluster's id, where it is registered.
    #[serde(default)]
    pub cluster_id: Option<ClusterId>,
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's operator, which then sees the totals.
    #[serde(default)]
    pub operator_id: Option<OrgId>,
    /// The industry's code.
    pub industry: String,
    /// What may be drawn at most.
    pub limit: Money,
    /// Whether a repayment frees the line.
    pub revolving: bool,
    /// First day of the availability window.
    pub available_from: NaiveDate,
    /// Last day of the availability window.
    pub available_until: NaiveDate,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// The longest tenor, in months.
    pub tenor_cap_months: u32,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The most that may be lent on accepted collateral value.
    pub ltv_cap: Rate,
    /// The syndicate with the lead bank first; empty for a sole lender.
    #[serde(default)]
    pub shares: Vec<Share>,
    /// The members.
    pub members: Vec<ProposedMember>,
}

/// What is wrong with a proposal: the field and the sentence in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field.
    pub field: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

fn flaw(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Flaw {
    Flaw { field: field.into(), zh: zh.into(), en: en.into() }
}

/// Every flaw of a proposal by the lead bank; none means that it may be decided.
#[must_use]
pub fn flaws(proposal: &Proposal, lead: OrgId, on: NaiveDate) -> Vec<Flaw> {
    let mut found = Vec::new();
    terms(proposal, on, &mut found);
    syndicate(&proposal.shares, lead, &mut found);
    if proposal.members.is_empty() || proposal.members.len() > MEMBERS_MAX {
        found.push(flaw(
            "members",
            format!("成员须为 1 至 {MEMBERS_MAX} 户。"),
            format!("There must be 1 to {MEMBERS_MAX} members."),
        ));
    }
    members(&proposal.members, proposal.limit, proposal.single_member_cap, &mut found);
    found
}

fn terms(proposal: &Proposal, on: NaiveDate, found: &mut Vec<Flaw>) {
    for (field, text) in
        [("name", &proposal.name), ("cluster", &proposal.cluster), ("industry", &proposal.industry)]
    {
        let length = text.trim().chars().count();
        if !(1..=120).contains(&length) || text.chars().any(char::is_control) {
            found.push(flaw(field, "必填，最多 120 个字符。", "Required, at most 120 characters."));
        }
    }
    if !proposal.limit.is_positive() || proposal.limit > LIMIT_MAX {
        found.push(flaw(
            "limit",
            format!("额度须大于零且不超过 {LIMIT_MAX} 元。"),
            format!("The limit must be positive and at most {LIMIT_MAX} yuan."),
        ));
    }
    let latest = proposal.available_from.checked_add_months(Months::new(WINDOW_MAX_MONTHS));
    if proposal.available_until < proposal.available_from
        || proposal.available_until < on
        || latest.is_none_or(|latest| proposal.available_until > latest)
    {
        found.push(flaw(
            "available_until",
            "用信截止日须不早于起始日和今日，且有效期不超过十年。",
            "The window must end on or after its start and today, and last ten years at most.",
        ));
    }
    if !proposal.annual_rate.is_share() || proposal.annual_rate == Rate::ZERO {
        found.push(flaw(
            "annual_rate",
            "年利率须大于 0 且不超过 1（0.0345 即 3.45%）。",
            "The annual rate must be above 0 and at most 1 (0.0345 is 3.45 %).",
        ));
    }
    if !(1..=360).contains(&proposal.tenor_cap_months) {
        found.push(flaw(
            "tenor_cap_months",
            "期限上限须为 1 至 360 个月。",
            "The tenor cap must be 1 to 360 months.",
        ));
    }
    for (field, rate) in [("single_member_cap", proposal.single_member_cap), ("ltv_cap", proposal.ltv_cap)] {
        if !rate.is_share() || rate == Rate::ZERO {
            found.push(flaw(field, "比例须大于 0 且不超过 1。", "The ratio must be above 0 and at most 1."));
        }
    }
}

/// Shares of the syndicate (the rules of 2024 cap one bank at 70 %; a sole lead keeps at least 15 %).
fn syndicate(shares: &[Share], lead: OrgId, found: &mut Vec<Flaw>) {
    let Some(first) = shares.first() else { return };
    if first.bank_id != lead || shares.len() > BANKS_MAX {
        found.push(flaw(
            "shares",
            "银团第一位须为本行（牵头行）。",
            "The first share must be your own bank's, the lead.",
        ));
    }
    let sum: rust_decimal::Decimal = shares.iter().map(|share| share.share.fraction()).sum();
    if sum != rust_decimal::Decimal::ONE || shares.iter().any(|share| share.share <= Rate::ZERO) {
        found.push(flaw(
            "shares",
            "各行份额须大于零且合计为 1。",
            "Every share must be above zero and all must sum to 1.",
        ));
    }
    if shares.len() > 1 {
        let cap = Rate::from_basis_points(7_000);
        if shares.iter().any(|share| share.share > cap) {
            found.push(flaw(
                "shares",
                "银团中单家银行份额不得超过 70%。",
                "No bank of a syndicate may hold more than 70 %.",
            ));
        }
        if first.share < Rate::from_basis_points(1_500) {
            found.push(flaw("shares", "牵头行份额不得低于 15%。", "The lead keeps at least 15 %."));
        }
    }
    let mut banks: Vec<OrgId> = shares.iter().map(|share| share.bank_id).collect();
    banks.sort_unstable();
    if banks.windows(2).any(|pair| pair[0] == pair[1]) {
        found.push(flaw("shares", "同一银行只能出现一次。", "A bank may appear only once."));
    }
}

/// Sub-limits: positive, within the concentration cap, together within the limit (over-allotment 1.0).
pub(super) fn members(members: &[ProposedMember], limit: Money, cap: Rate, found: &mut Vec<Flaw>) {
    let ceiling = limit.scale(cap, finance::Rounding::Down).unwrap_or(limit);
    for (index, member) in members.iter().enumerate().take(MEMBERS_MAX) {
        if !member.sub_limit.is_positive() || member.sub_limit > ceiling {
            found.push(flaw(
                format!("members[{index}].sub_limit"),
                format!("分项额度须大于零且不超过单户上限 {ceiling} 元。"),
                format!("The sub-limit must be positive and at most the cap for one member, {ceiling} yuan."),
            ));
        }
        let length = member.enterprise_name.trim().chars().count();
        if !(1..=120).contains(&length) {
            found.push(flaw(
                format!("members[{index}].enterprise_name"),
                "企业名称必填，最多 120 个字符。",
                "The name is required, at most 120 characters.",
            ));
        }
    }
    let mut enterprises: Vec<OrgId> = members.iter().map(|member| member.enterprise_id).collect();
    enterprises.sort_unstable();
    if enterprises.windows(2).any(|pair| pair[0] == pair[1]) {
        found.push(flaw("members", "同一企业只能出现一次。", "An enterprise may appear only once."));
    }
    let sum = Money::total(members.iter().map(|member| member.sub_limit));
    if sum.is_err() || sum.is_ok_and(|sum| sum > limit) {
        found.push(flaw(
            "members",
            "分项额度合计不得超过集合授信额度。",
            "The sub-limits together may not exceed the limit.",
        ));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(n: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(n))
    }

    fn proposal() -> Proposal {
        Proposal {
            name: "锂钾产业集群集合授信".into(),
            cluster_id: None,
            cluster: "锂钾产业集群".into(),
            operator_id: None,
            industry: "lithium_potassium".into(),
            limit: Money::from_fen(10_000),
            revolving: true,
            available_from: "2026-01-01".parse().unwrap(),
            available_until: "2026-12-31".parse().unwrap(),
            annual_rate: Rate::from_basis_points(345),
            tenor_cap_months: 12,
            single_member_cap: Rate::from_basis_points(5_000),
            ltv_cap: Rate::from_basis_points(5_000),
            shares: vec![],
            members: vec![ProposedMember {
                enterprise_id: org(9),
                enterprise_name: "企业".into(),
                sub_limit: Money::from_fen(5_000),
            }],
        }
    }

    fn fields(proposal: &Proposal) -> Vec<String> {
        flaws(proposal, org(1), "2026-06-01".parse().unwrap()).into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn a_sound_proposal_has_no_flaw() {
        assert!(fields(&proposal()).is_empty());
    }

    #[test]
    fn sub_limits_keep_the_cap_the_sum_and_one_place_each() {
        let mut wrong = proposal();
        wrong.members[0].sub_limit = Money::from_fen(5_001);
        assert_eq!(fields(&wrong), ["members[0].sub_limit"]);
        let mut doubled = proposal();
        doubled.members.push(doubled.members[0].clone());
        assert_eq!(fields(&doubled), ["members"]);
        let mut beyond = proposal();
        for n in 10..12 {
            let more = ProposedMember { enterprise_id: org(n), ..beyond.members[0].clone() };
            beyond.members.push(more);
        }
        assert_eq!(fields(&beyond), ["members"]);
    }

    #[test]
    fn a_syndicate_sums_to_one_with_the_lead_first_and_nobody_above_seventy_per_cent() {
        let share =
            |n, bp| Share { bank_id: org(n), bank_name: "行".into(), share: Rate::from_basis_points(bp) };
        let with = |shares| fields(&Proposal { shares, ..proposal() });
        assert!(with(vec![share(1, 6_000), share(2, 4_000)]).is_empty());
        assert!(!with(vec![share(2, 6_000), share(1, 4_000)]).is_empty());
        assert!(!with(vec![share(1, 7_100), share(2, 2_900)]).is_empty());
        assert!(!with(vec![share(1, 1_400), share(2, 6_000), share(3, 2_600)]).is_empty());
        assert!(!with(vec![share(1, 6_000), share(2, 3_000)]).is_empty());
    }

    #[test]
    fn the_window_does_not_lie_in_the_past() {
        let over = Proposal { available_until: "2026-05-31".parse().unwrap(), ..proposal() };
        assert_eq!(fields(&over), ["available_until"]);
    }
}
