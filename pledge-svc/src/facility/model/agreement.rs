//! What the banks that take part in a line must agree to, each for its own part, before the lead may approve it; and
//! whether they have. A bank lends nothing, and takes nothing off its books, to which it has not agreed (《银团贷款业务管理办法》, 2024: each member of a
//! syndicate decides by its own rules and answers for its own part alone).

use std::collections::HashMap;

use contracts::OrgId;
use finance::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::{Facility, Member, MemberStatus, Share, change::Change, members::ProposedMember};

/// What a participant is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementKind {
    /// To take part in a proposed line.
    Facility,
    /// To a change of the line.
    Change,
    /// To a waiver of a member's pledge.
    Waiver,
    /// To the write-off of a loan under the line.
    WriteOff,
}

impl AgreementKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facility => "facility",
            Self::Change => "change",
            Self::Waiver => "waiver",
            Self::WriteOff => "write_off",
        }
    }

    /// The name for people in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Facility => "参加授信",
            Self::Change => "授信变更",
            Self::Waiver => "质押豁免",
            Self::WriteOff => "贷款核销",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Facility, Self::Change, Self::Waiver, Self::WriteOff]
            .into_iter()
            .find(|kind| kind.name() == text)
    }
}

/// A participant's word as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementStatus {
    /// 待答复
    Open,
    /// 同意
    Agreed,
    /// 不同意
    Declined,
    /// 未答复，事项已否决
    Lapsed,
}

impl AgreementStatus {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Agreed => "agreed",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }

    /// The name for people in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Open => "待答复",
            Self::Agreed => "同意",
            Self::Declined => "不同意",
            Self::Lapsed => "已失效",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Agreed, Self::Declined, Self::Lapsed]
            .into_iter()
            .find(|status| status.name() == text)
    }
}

/// What a participant has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// The bank.
    pub bank_id: OrgId,
    /// Its word.
    pub status: AgreementStatus,
    /// Why, where it declines.
    pub comment: String,
}

/// The banks whose agreement is missing, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Missing {
    /// Those that have not answered.
    pub open: Vec<String>,
    /// Those that decline, each with its reason.
    pub declined: Vec<(String, String)>,
}

/// The banks of a line besides its lead.
pub fn participants(facility: &Facility) -> impl Iterator<Item = &Share> {
    facility.shares.iter().filter(|share| share.bank_id != facility.bank_id)
}

/// Whether every participant has agreed. Who has said nothing has not.
///
/// # Errors
/// The banks whose agreement is [`Missing`].
pub fn all_agreed(facility: &Facility, said: &[Voice]) -> Result<(), Missing> {
    let mut missing = Missing::default();
    for share in participants(facility) {
        let voice = said.iter().find(|voice| voice.bank_id == share.bank_id);
        match voice.map(|voice| (voice.status, &voice.comment)) {
            Some((AgreementStatus::Agreed, _)) => {}
            Some((AgreementStatus::Declined, why)) => {
                missing.declined.push((share.bank_name.clone(), why.clone()));
            }
            _ => missing.open.push(share.bank_name.clone()),
        }
    }
    if missing == Missing::default() { Ok(()) } else { Err(missing) }
}

/// A bank's part of an amount, rounded up: neither its authority nor its bound is passed by rounding.
#[must_use]
pub fn part_of(amount: Money, share: Rate) -> Money {
    amount.scale(share, Rounding::Up).unwrap_or(amount)
}

/// A sub-limit of which a bank's part is beyond its bound for one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeyondBound {
    /// The bank.
    pub bank: String,
    /// The customer.
    pub enterprise: String,
    /// The bank's part of what the customer may owe.
    pub part: Money,
    /// The bank's bound.
    pub cap: Money,
}

/// Whether a bank's part of what a member may owe is within its bound for one customer; a bank that has set none is
/// not bound.
///
/// # Errors
/// [`BeyondBound`].
pub fn within_bound(
    share: &Share,
    cap: Option<Money>,
    (enterprise, sub_limit): (&str, Money),
) -> Result<(), BeyondBound> {
    let part = part_of(sub_limit, share.share);
    match cap {
        Some(cap) if part > cap => {
            Err(BeyondBound { bank: share.bank_name.clone(), enterprise: enterprise.to_owned(), part, cap })
        }
        _ => Ok(()),
    }
}

/// Whether a change asks the participants: whatever can raise what one of them may lose. A change that closes the line,
/// lowers its limit, a sub-limit or a cap, shortens its window, pauses members or lets them leave asks nobody. Terms that
/// are neither more nor less (pricing, liability, collateral, triggers, cover) ask whenever they differ.
#[must_use]
pub fn asks_participants(facility: &Facility, members: &[Member], change: &Change) -> bool {
    let raised = |now: Rate, then: Option<Rate>| then.is_some_and(|then| then > now);
    let terms = &facility.terms;
    let limit = change.limit.unwrap_or(facility.limit);
    limit > facility.limit
        || !change.resume.is_empty()
        || change.available_from.is_some_and(|day| day < facility.available_from)
        || change.available_until.is_some_and(|day| day > facility.available_until)
        || raised(facility.single_member_cap, change.single_member_cap)
        || raised(facility.ltv_cap, change.ltv_cap)
        || change.tenor_cap_months.is_some_and(|months| months > facility.tenor_cap_months)
        || change.pricing.is_some_and(|pricing| pricing != terms.pricing)
        || change.annual_rate.is_some_and(|rate| rate != facility.annual_rate)
        || raised(terms.over_allotment, change.over_allotment)
        || raised(terms.group_cap, change.group_cap)
        || raised(terms.pool_cap, change.pool_cap)
        || change.liability.is_some_and(|liability| liability != terms.liability)
        || change.collateral.is_some_and(|collateral| collateral != terms.collateral)
        || change.triggers.is_some_and(|triggers| triggers != terms.triggers)
        || change.cover.is_some()
        || gives_members_more(members, &change.members, limit)
}

/// Whether a member joins, may owe more, or comes out of the group that it is counted with.
fn gives_members_more(members: &[Member], wanted: &[ProposedMember], limit: Money) -> bool {
    let on_list = members.iter().filter(|member| member.status != MemberStatus::Left);
    let known: HashMap<OrgId, &Member> = on_list.map(|member| (member.enterprise_id, member)).collect();
    wanted.iter().any(|wanted| {
        let Some(now) = known.get(&wanted.enterprise_id) else { return true };
        let more = wanted.allotment(limit).is_some_and(|then| then.sub_limit > now.sub_limit);
        let regrouped = wanted.group.is_some() && now.group.is_some() && wanted.group_label() != now.group;
        more || regrouped
    })
}
