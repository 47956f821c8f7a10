//! Whether a change of limit, members or sub-limits may be made: never below what is in use.

use finance::Money;
use serde::{Deserialize, Serialize};

use super::{
    Facility, Member,
    proposal::{Flaw, LIMIT_MAX, MEMBERS_MAX, ProposedMember, members},
};

/// A change proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change {
    /// The new limit; unchanged where absent.
    #[serde(default)]
    pub limit: Option<Money>,
    /// Members to add, or with another sub-limit; everybody else stays.
    #[serde(default)]
    pub members: Vec<ProposedMember>,
    /// Why.
    pub reason: String,
}

/// What a facility and its members look like after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The limit.
    pub limit: Money,
    /// Every member's place after the change.
    pub members: Vec<ProposedMember>,
}

/// Decides a change against today's use.
///
/// # Errors
/// Every flaw: cuts below use, sub-limits beyond the cap or, together, beyond the limit, and a missing reason.
pub fn decide_change(facility: &Facility, places: &[Member], change: &Change) -> Result<Changed, Vec<Flaw>> {
    let mut found = Vec::new();
    let limit = change.limit.unwrap_or(facility.limit);
    let used = in_use(facility.drawn, facility.reserved, facility.retired);
    if limit < used {
        found.push(below_use("limit", used));
    }
    if limit > LIMIT_MAX || !limit.is_positive() {
        found.push(Flaw {
            field: "limit".into(),
            zh: format!("额度须大于零且不超过 {LIMIT_MAX} 元。"),
            en: format!("The limit must be positive and at most {LIMIT_MAX} yuan."),
        });
    }
    if change.limit.is_none() && change.members.is_empty() {
        found.push(Flaw {
            field: "limit".into(),
            zh: "没有任何变更内容。".into(),
            en: "Nothing would change.".into(),
        });
    }
    let reason = change.reason.trim().chars().count();
    if !(1..=500).contains(&reason) {
        found.push(Flaw {
            field: "reason".into(),
            zh: "请说明变更理由，最多 500 字。".into(),
            en: "Give a reason of at most 500 characters.".into(),
        });
    }
    let mut after: Vec<ProposedMember> = places
        .iter()
        .map(|place| ProposedMember {
            enterprise_id: place.enterprise_id,
            enterprise_name: place.enterprise_name.clone(),
            sub_limit: place.sub_limit,
        })
        .collect();
    for (index, wanted) in change.members.iter().enumerate().take(MEMBERS_MAX) {
        match places.iter().position(|place| place.enterprise_id == wanted.enterprise_id) {
            Some(at) => {
                let used = in_use(places[at].drawn, places[at].reserved, places[at].retired);
                if wanted.sub_limit < used {
                    found.push(below_use(&format!("members[{index}].sub_limit"), used));
                }
                after[at].sub_limit = wanted.sub_limit;
            }
            None => after.push(wanted.clone()),
        }
    }
    members(&after, limit, facility.single_member_cap, &mut found);
    if found.is_empty() { Ok(Changed { limit, members: after }) } else { Err(found) }
}

fn in_use(drawn: Money, reserved: Money, retired: Money) -> Money {
    Money::total([drawn, reserved, retired]).unwrap_or(Money::MAX)
}

fn below_use(field: &str, used: Money) -> Flaw {
    Flaw {
        field: field.to_owned(),
        zh: format!("不得低于已占用的 {used} 元。"),
        en: format!("It may not be cut below what is in use: {used} yuan."),
    }
}
