//! What a bank may propose as a facility.

use chrono::{Months, NaiveDate};
use contracts::{ClusterId, OrgId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{
    CollateralRule, Liability, LossCover, Share, Terms, Triggers, cover,
    facility::part,
    members,
    members::{MEMBERS_MAX, ProposedMember},
    pricing::{self, Pricing},
    syndicate, terms,
};

/// The longest availability window.
const WINDOW_MAX_MONTHS: u32 = 120;
/// The largest limit: ten billion yuan.
pub const LIMIT_MAX: Money = Money::from_fen(1_000_000_000_000);

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
    /// Contract rate a year of a line with a fixed price; left out where the price is on the LPR.
    #[serde(default)]
    pub annual_rate: Rate,
    /// How draws are priced. Default `fixed`.
    #[serde(default)]
    pub pricing: Option<Pricing>,
    /// The longest tenor, in months.
    pub tenor_cap_months: u32,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The most that may be lent on accepted collateral value.
    pub ltv_cap: Rate,
    /// Sub-limits together are at most the limit times this, 1 to 3. Default 1.
    #[serde(default)]
    pub over_allotment: Option<Rate>,
    /// The most that a group of connected members may use, as a part of the limit. Default 0.3.
    #[serde(default)]
    pub group_cap: Option<Rate>,
    /// The most that may be lent on one pool of pledged patents, as a part of the limit. Default 1.
    #[serde(default)]
    pub pool_cap: Option<Rate>,
    /// How far the members answer for each other. Default `several`.
    #[serde(default)]
    pub liability: Option<Liability>,
    /// What secures the loans. Default `own`.
    #[serde(default)]
    pub collateral: Option<CollateralRule>,
    /// Who bears a part of a loss besides the bank.
    #[serde(default)]
    pub cover: Vec<LossCover>,
    /// What stops the line without anybody deciding it. Default: 3 % non-performing, a substandard member, a fund
    /// that is exhausted.
    #[serde(default)]
    pub triggers: Option<Triggers>,
    /// The syndicate with the lead bank first; empty for a sole lender.
    #[serde(default)]
    pub shares: Vec<Share>,
    /// The members.
    pub members: Vec<ProposedMember>,
}

impl Proposal {
    /// The terms with their defaults.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let usual = Terms::default();
        Terms {
            over_allotment: self.over_allotment.unwrap_or(usual.over_allotment),
            group_cap: self.group_cap.unwrap_or(usual.group_cap),
            pool_cap: self.pool_cap.unwrap_or(usual.pool_cap),
            liability: self.liability.unwrap_or(usual.liability),
            collateral: self.collateral.unwrap_or(usual.collateral),
            triggers: self.triggers.unwrap_or(usual.triggers),
            pricing: self.pricing.unwrap_or(usual.pricing),
        }
    }
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

impl Flaw {
    /// A flaw of a field.
    pub fn new(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), zh: zh.into(), en: en.into() }
    }
}

/// Every flaw of a proposal by the lead bank; none means that it may be decided.
#[must_use]
pub fn flaws(proposal: &Proposal, lead: OrgId, on: NaiveDate) -> Vec<Flaw> {
    let mut found = Vec::new();
    described(proposal, &mut found);
    let sound = limit("limit", proposal.limit, &mut found);
    window(proposal.available_from, proposal.available_until, on, &mut found);
    price(proposal, &mut found);
    let agreed = proposal.terms();
    terms::flaws(&agreed, &mut found);
    cover::flaws(&proposal.cover, &mut found);
    syndicate::flaws(&proposal.shares, lead, &mut found);
    // What is reckoned from the limit means nothing where the limit itself is wrong.
    let reckoned = sound && proposal.single_member_cap.is_share();
    places(proposal, &agreed, reckoned, &mut found);
    found
}

fn described(proposal: &Proposal, found: &mut Vec<Flaw>) {
    for (field, text) in
        [("name", &proposal.name), ("cluster", &proposal.cluster), ("industry", &proposal.industry)]
    {
        let length = text.trim().chars().count();
        if !(1..=120).contains(&length) || text.chars().any(char::is_control) {
            found.push(Flaw::new(field, "必填，最多 120 个字符。", "Required, at most 120 characters."));
        }
    }
}

/// A limit within what the platform takes; whether it is.
pub(super) fn limit(field: &str, limit: Money, found: &mut Vec<Flaw>) -> bool {
    let sound = limit.is_positive() && limit <= LIMIT_MAX;
    if !sound {
        found.push(Flaw::new(
            field,
            format!("额度须大于零且不超过 {LIMIT_MAX} 元。"),
            format!("The limit must be positive and at most {LIMIT_MAX} yuan."),
        ));
    }
    sound
}

/// A window that is not over and not too long.
pub(super) fn window(from: NaiveDate, until: NaiveDate, on: NaiveDate, found: &mut Vec<Flaw>) {
    let latest = from.checked_add_months(Months::new(WINDOW_MAX_MONTHS));
    if until < from || until < on || latest.is_none_or(|latest| until > latest) {
        found.push(Flaw::new(
            "available_until",
            "用信截止日须不早于起始日和今日，且有效期不超过十年。",
            "The window must end on or after its start and today, and last ten years at most.",
        ));
    }
}

fn price(proposal: &Proposal, found: &mut Vec<Flaw>) {
    let pricing = proposal.pricing.unwrap_or_default();
    match pricing {
        Pricing::Fixed => pricing::rate(proposal.annual_rate, found),
        Pricing::Lpr { .. } if proposal.annual_rate != Rate::ZERO => found.push(pricing::rate_beside_lpr()),
        Pricing::Lpr { .. } => {}
    }
    pricing::tenor_cap(proposal.tenor_cap_months, found);
    terms::share("single_member_cap", proposal.single_member_cap, found);
    terms::share("ltv_cap", proposal.ltv_cap, found);
}

/// The members' places; their sub-limits are held against the limit only where that is `reckoned` with.
fn places(proposal: &Proposal, agreed: &Terms, reckoned: bool, found: &mut Vec<Flaw>) {
    if proposal.members.is_empty() || proposal.members.len() > MEMBERS_MAX {
        found.push(Flaw::new(
            "members",
            format!("成员须为 1 至 {MEMBERS_MAX} 户。"),
            format!("There must be 1 to {MEMBERS_MAX} members."),
        ));
        return;
    }
    let cap = part(proposal.limit, proposal.single_member_cap);
    let mut sub_limits = Vec::with_capacity(proposal.members.len());
    for (index, member) in proposal.members.iter().enumerate() {
        let field = format!("members[{index}].sub_limit");
        match member.allotment(proposal.limit) {
            Some(_) if !reckoned => {}
            Some(allotment) => {
                members::allotted(&field, allotment, cap, found);
                sub_limits.push(allotment.sub_limit);
            }
            None => found.push(Flaw::new(
                field,
                "请填写分项额度或占授信额度的比例，二者择一。",
                "Give the sub-limit or its part of the limit, one of the two.",
            )),
        }
    }
    members::described(&proposal.members, found);
    if reckoned {
        members::together(sub_limits, proposal.limit, agreed, found);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(n: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(n))
    }

    fn place(n: u128, fen: i64) -> ProposedMember {
        ProposedMember {
            enterprise_id: org(n),
            enterprise_name: "企业".into(),
            sub_limit: Some(Money::from_fen(fen)),
            share: None,
            group: None,
        }
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
            pricing: None,
            tenor_cap_months: 12,
            single_member_cap: Rate::from_basis_points(5_000),
            ltv_cap: Rate::from_basis_points(5_000),
            over_allotment: None,
            group_cap: None,
            pool_cap: None,
            liability: None,
            collateral: None,
            cover: vec![],
            triggers: None,
            shares: vec![],
            members: vec![place(9, 5_000)],
        }
    }

    fn fields(proposal: &Proposal) -> Vec<String> {
        flaws(proposal, org(1), "2026-06-01".parse().unwrap()).into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn a_sound_proposal_has_no_flaw_and_the_default_terms() {
        assert!(fields(&proposal()).is_empty());
        assert_eq!(proposal().terms(), Terms::default());
    }

    #[test]
    fn sub_limits_keep_the_cap_the_sum_and_one_place_each() {
        let with = |members| fields(&Proposal { members, ..proposal() });
        assert_eq!(with(vec![place(9, 5_001)]), ["members[0].sub_limit"]);
        assert_eq!(with(vec![place(9, 5_000), place(9, 5_000)]), ["members"]);
        assert_eq!(with(vec![place(9, 5_000), place(10, 5_000), place(11, 1)]), ["members"]);
        assert_eq!(with(vec![]), ["members"]);
    }

    #[test]
    fn nothing_is_reckoned_from_a_limit_or_a_cap_that_is_wrong_itself() {
        for (fen, limit) in [(-100, "limit"), (0, "limit"), (LIMIT_MAX.fen() + 1, "limit")] {
            assert_eq!(fields(&Proposal { limit: Money::from_fen(fen), ..proposal() }), [limit], "{fen}");
        }
        let cap = Proposal { single_member_cap: Rate::from_basis_points(-1), ..proposal() };
        assert_eq!(fields(&cap), ["single_member_cap"]);
    }

    #[test]
    fn sub_limits_may_be_allotted_beyond_the_limit_where_it_was_agreed() {
        let members = vec![place(9, 5_000), place(10, 5_000), place(11, 5_000)];
        let agreed = |bp| Proposal {
            over_allotment: Some(Rate::from_basis_points(bp)),
            members: members.clone(),
            ..proposal()
        };
        assert!(fields(&agreed(15_000)).is_empty());
        assert_eq!(fields(&agreed(14_999)), ["members"]);
    }

    #[test]
    fn a_sub_limit_is_an_amount_or_a_part_of_the_limit() {
        let third: Rate = "0.33333333".parse().unwrap();
        let part = ProposedMember { sub_limit: None, share: Some(third), ..place(9, 0) };
        assert_eq!(part.allotment(Money::from_fen(10_000)).unwrap().sub_limit, Money::from_fen(3_333));
        let with = |member| fields(&Proposal { members: vec![member], ..proposal() });
        assert!(with(part.clone()).is_empty());
        let both = ProposedMember { sub_limit: Some(Money::from_fen(1)), ..part.clone() };
        assert_eq!(with(both), ["members[0].sub_limit"]);
        let neither = ProposedMember { share: None, ..part.clone() };
        assert_eq!(with(neither), ["members[0].sub_limit"]);
        let beyond = ProposedMember { share: Some(Rate::from_basis_points(5_001)), ..part };
        assert_eq!(with(beyond), ["members[0].sub_limit"]);
    }

    #[test]
    fn the_window_does_not_lie_in_the_past() {
        let over = Proposal { available_until: "2026-05-31".parse().unwrap(), ..proposal() };
        assert_eq!(fields(&over), ["available_until"]);
    }

    #[test]
    fn ten_thousand_members_are_a_facility_and_one_more_is_none() {
        let many = |count: u128| Proposal {
            limit: Money::from_fen(100_000),
            members: (0..count).map(|n| place(100 + n, 10)).collect(),
            ..proposal()
        };
        assert!(fields(&many(10_000)).is_empty());
        assert_eq!(fields(&many(10_001)), ["members"]);
    }
}
