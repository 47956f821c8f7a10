//! Sub-limits of members: absolute or as a part of the limit, within the caps, together within the over-allotment.

use std::collections::{HashMap, HashSet};

use contracts::OrgId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{Terms, facility::part, proposal::Flaw, terms};

/// The most members of one facility.
pub const MEMBERS_MAX: usize = 10_000;
/// Flaws told of one list; a form with more is wrong as a whole.
const TOLD_MAX: usize = 200;
/// The longest label of a group, in characters.
const GROUP_CHARS_MAX: usize = 40;

/// A member proposed, or the place proposed for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProposedMember {
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its registered name; filled in where it is not given.
    #[serde(default)]
    pub enterprise_name: String,
    /// What it may owe at most; either this or `share`. In a change, neither leaves the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_limit: Option<Money>,
    /// The sub-limit as a part of the limit, rounded down; it follows the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Rate>,
    /// The label of the group of connected members; empty for none. In a change, absent leaves the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A member's sub-limit as agreed and as it is under a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allotment {
    /// What the member may owe at most.
    pub sub_limit: Money,
    /// The part of the limit, where it was agreed so.
    pub share: Option<Rate>,
}

impl ProposedMember {
    /// The sub-limit under a limit; `None` where neither or both were given.
    #[must_use]
    pub fn allotment(&self, limit: Money) -> Option<Allotment> {
        match (self.sub_limit, self.share) {
            (Some(sub_limit), None) => Some(Allotment { sub_limit, share: None }),
            (None, Some(share)) => Some(Allotment { sub_limit: part(limit, share), share: Some(share) }),
            _ => None,
        }
    }

    /// The group's label; `None` where it is empty or absent.
    #[must_use]
    pub fn group_label(&self) -> Option<String> {
        self.group.as_deref().map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned)
    }
}

/// A group's name as a label.
#[must_use]
pub fn label(name: &str) -> String {
    name.trim().chars().take(GROUP_CHARS_MAX).collect()
}

/// Members as proposed, each with the label that the bank's register of connected enterprises gives it, where that knows
/// the enterprise.
///
/// # Errors
/// Labels that contradict the register: two enterprises that the bank counts together must not be capped apart.
pub fn by_register(
    members: &[ProposedMember],
    registered: &HashMap<OrgId, String>,
) -> Result<Vec<ProposedMember>, Vec<Flaw>> {
    let (mut labelled, mut found) = (members.to_vec(), Vec::new());
    for (index, member) in labelled.iter_mut().enumerate() {
        let Some(known) = registered.get(&member.enterprise_id) else { continue };
        if found.len() < TOLD_MAX && member.group_label().is_some_and(|typed| typed != *known) {
            found.push(Flaw::new(
                format!("members[{index}].group"),
                format!("本行已将该企业登记在关联企业组“{known}”，分组须与登记一致。请留空，或先变更关联企业登记。"),
                format!("The bank has registered it in the connected group {known}. Leave the label empty, or change the register first."),
            ));
        }
        member.group = Some(known.clone());
    }
    if found.is_empty() { Ok(labelled) } else { Err(found) }
}

/// Whether one allotment is positive and within the cap for one member; `field` names it.
pub(super) fn allotted(field: &str, allotment: Allotment, cap: Money, found: &mut Vec<Flaw>) {
    if found.len() >= TOLD_MAX {
        return;
    }
    if let Some(share) = allotment.share {
        terms::share(field, share, found);
    }
    if !allotment.sub_limit.is_positive() || allotment.sub_limit > cap {
        found.push(Flaw::new(
            field,
            format!("分项额度须大于零且不超过单户上限 {cap} 元。"),
            format!("The sub-limit must be positive and at most the cap for one member, {cap} yuan."),
        ));
    }
}

/// Names and labels of members as proposed.
pub(super) fn described(members: &[ProposedMember], found: &mut Vec<Flaw>) {
    for (index, member) in members.iter().enumerate() {
        if found.len() >= TOLD_MAX {
            return;
        }
        let length = member.enterprise_name.trim().chars().count();
        if !(1..=120).contains(&length) || member.enterprise_name.chars().any(char::is_control) {
            found.push(Flaw::new(
                format!("members[{index}].enterprise_name"),
                "企业名称必填，最多 120 个字符。",
                "The name is required, at most 120 characters.",
            ));
        }
        let label = member.group.as_deref().unwrap_or_default();
        if label.trim().chars().count() > GROUP_CHARS_MAX || label.chars().any(char::is_control) {
            found.push(Flaw::new(
                format!("members[{index}].group"),
                format!("关联组名称最多 {GROUP_CHARS_MAX} 个字符。"),
                format!("The group's label has at most {GROUP_CHARS_MAX} characters."),
            ));
        }
    }
    let mut seen = HashSet::new();
    if members.iter().any(|member| !seen.insert(member.enterprise_id)) {
        found.push(Flaw::new("members", "同一企业只能出现一次。", "An enterprise may appear only once."));
    }
}

/// Whether all sub-limits together stay within the limit times the over-allotment.
pub(super) fn together(
    sub_limits: impl IntoIterator<Item = Money>,
    limit: Money,
    terms: &Terms,
    found: &mut Vec<Flaw>,
) {
    let most = limit.scale(terms.over_allotment, finance::Rounding::Down).unwrap_or(limit);
    let sum = Money::total(sub_limits).unwrap_or(Money::MAX);
    if sum > most {
        let factor = terms.over_allotment;
        found.push(Flaw::new(
            "members",
            format!("分项额度合计 {sum} 元，超过授信额度 × 超额分配系数 {factor} = {most} 元。"),
            format!(
                "The sub-limits together, {sum} yuan, exceed the limit times the over-allotment {factor}: {most} yuan."
            ),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(number: u128, group: Option<&str>) -> ProposedMember {
        ProposedMember {
            enterprise_id: uuid::Uuid::from_u128(number).into(),
            enterprise_name: format!("企业{number}"),
            sub_limit: None,
            share: None,
            group: group.map(str::to_owned),
        }
    }

    #[test]
    fn the_register_says_who_is_connected_and_a_label_of_ones_own_is_for_those_it_does_not_know() {
        let registered: HashMap<OrgId, String> =
            [1, 2].map(|number| (uuid::Uuid::from_u128(number).into(), "甲集团".to_owned())).into();
        let labels = |members: &[ProposedMember]| {
            let made = by_register(members, &registered)?;
            Ok::<_, Vec<Flaw>>(made.iter().map(ProposedMember::group_label).collect::<Vec<_>>())
        };
        let known = Some("甲集团".to_owned());
        let members =
            [proposed(1, None), proposed(2, Some(" 甲集团 ")), proposed(3, Some("乙")), proposed(4, None)];
        assert_eq!(labels(&members), Ok(vec![known.clone(), known, Some("乙".to_owned()), None]));
        let flaws = labels(&[proposed(3, Some("乙")), proposed(1, Some("乙"))]).unwrap_err();
        assert_eq!((flaws.len(), flaws[0].field.as_str()), (1, "members[1].group"));
    }
}
