//! The places of members as a change of the facility leaves them.

use std::collections::{HashMap, HashSet};

use contracts::OrgId;
use finance::Money;

use super::{
    Member, MemberStatus, Terms,
    change::Change,
    facility::part,
    members::{self, Allotment, MEMBERS_MAX, ProposedMember},
    proposal::Flaw,
};

/// A member's place after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What it may owe at most, as agreed and as it is.
    pub allotment: Allotment,
    /// The label of its group.
    pub group: Option<String>,
    /// Whether it may draw.
    pub status: MemberStatus,
}

/// A place after the change, beside what it was.
pub(super) struct After {
    pub(super) place: Place,
    before: Option<Place>,
    used: Money,
    /// Where the change speaks of its sub-limit.
    field: Option<String>,
}

impl After {
    /// Whether the change does anything to it.
    pub(super) fn differs(&self) -> bool {
        self.before.as_ref() != Some(&self.place)
    }
}

/// Every place as the change leaves it.
pub(super) fn after(places: &[Member], change: &Change, limit: Money, found: &mut Vec<Flaw>) -> Vec<After> {
    let mut after: Vec<After> = places.iter().map(|member| standing(member, limit)).collect();
    let at: HashMap<OrgId, usize> =
        places.iter().enumerate().map(|(index, member)| (member.enterprise_id, index)).collect();
    if change.members.len() > MEMBERS_MAX {
        found.push(Flaw::new(
            "members",
            format!("一次最多变更 {MEMBERS_MAX} 户。"),
            format!("At most {MEMBERS_MAX} members change at once."),
        ));
        return after;
    }
    members::described(&change.members, found);
    for (index, wanted) in change.members.iter().enumerate() {
        let field = format!("members[{index}].sub_limit");
        match at.get(&wanted.enterprise_id) {
            Some(known) => moved(&mut after[*known], wanted, limit, field, found),
            None => after.extend(joined(wanted, limit, field, found)),
        }
    }
    stopped(&mut after, &at, change, found);
    for (index, leaving) in change.leave.iter().enumerate() {
        let field = format!("leave[{index}]");
        match at.get(leaving).map(|known| &mut after[*known]) {
            Some(one) if one.place.status != MemberStatus::Left => {
                leaves(one, &places[at[leaving]], field, found)
            }
            _ => found.push(stranger(field)),
        }
    }
    after
}

/// A place nobody speaks of: its part of the limit follows the limit.
fn standing(member: &Member, limit: Money) -> After {
    let place = |sub_limit| Place {
        enterprise_id: member.enterprise_id,
        enterprise_name: member.enterprise_name.clone(),
        allotment: Allotment { sub_limit, share: member.sub_share },
        group: member.group.clone(),
        status: member.status,
    };
    let now = match member.sub_share {
        Some(share) if member.status != MemberStatus::Left => part(limit, share),
        _ => member.sub_limit,
    };
    After { place: place(now), before: Some(place(member.sub_limit)), used: member.in_use(), field: None }
}

fn moved(one: &mut After, wanted: &ProposedMember, limit: Money, field: String, found: &mut Vec<Flaw>) {
    if let Some(label) = &wanted.group {
        one.place.group = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
    }
    let given = wanted.sub_limit.is_some() || wanted.share.is_some();
    let back = one.place.status == MemberStatus::Left;
    if back {
        one.place.status = MemberStatus::Active;
    }
    match wanted.allotment(limit) {
        Some(allotment) => one.place.allotment = allotment,
        None if given || back => found.push(one_of_two(field.clone())),
        None => {}
    }
    one.field = Some(field);
}

fn joined(wanted: &ProposedMember, limit: Money, field: String, found: &mut Vec<Flaw>) -> Option<After> {
    let Some(allotment) = wanted.allotment(limit) else {
        found.push(one_of_two(field));
        return None;
    };
    let place = Place {
        enterprise_id: wanted.enterprise_id,
        enterprise_name: wanted.enterprise_name.trim().to_owned(),
        allotment,
        group: wanted.group_label(),
        status: MemberStatus::Active,
    };
    Some(After { place, before: None, used: Money::ZERO, field: Some(field) })
}

fn one_of_two(field: String) -> Flaw {
    Flaw::new(
        field,
        "请填写分项额度或占授信额度的比例，二者择一。",
        "Give the sub-limit or its part of the limit, one of the two.",
    )
}

/// Members paused and let go on.
fn stopped(after: &mut [After], at: &HashMap<OrgId, usize>, change: &Change, found: &mut Vec<Flaw>) {
    let steps = [
        ("pause", &change.pause, MemberStatus::Active, MemberStatus::Paused),
        ("resume", &change.resume, MemberStatus::Paused, MemberStatus::Active),
    ];
    let mut seen = HashSet::new();
    for (name, enterprises, from, to) in steps {
        for (index, enterprise) in enterprises.iter().enumerate() {
            let one = at.get(enterprise).map(|known| &mut after[*known]);
            match one.filter(|one| one.place.status == from && seen.insert(*enterprise)) {
                Some(one) => one.place.status = to,
                None => found.push(stranger(format!("{name}[{index}]"))),
            }
        }
    }
}

fn stranger(field: String) -> Flaw {
    Flaw::new(
        field,
        "该企业不在名单内，或其状态不允许此操作。",
        "It is not on the list, or its state does not admit this.",
    )
}

fn leaves(one: &mut After, member: &Member, field: String, found: &mut Vec<Flaw>) {
    let owed = member.drawn.checked_add(member.reserved).unwrap_or(Money::MAX);
    if owed.is_positive() {
        found.push(Flaw::new(
            field,
            format!("{} 尚有已用或预占 {owed} 元，不能退出名单。", member.enterprise_name),
            format!("{} has {owed} yuan drawn or held and cannot leave.", member.enterprise_name),
        ));
        return;
    }
    one.place.status = MemberStatus::Left;
    one.place.group = None;
    // What was repaid on a line that does not revolve stays on record, and nothing more.
    one.place.allotment = Allotment { sub_limit: member.retired, share: None };
}

/// Sub-limits against use and caps, one by one and together.
pub(super) fn check(after: &[After], (limit, cap): (Money, Money), agreed: &Terms, found: &mut Vec<Flaw>) {
    let staying = || after.iter().filter(|one| one.place.status != MemberStatus::Left);
    for one in staying() {
        let named =
            || one.field.clone().unwrap_or_else(|| format!("members.{}.sub_limit", one.place.enterprise_id));
        if one.place.allotment.sub_limit < one.used {
            found.push(below_use(&named(), one.used));
        }
        members::allotted(&named(), one.place.allotment, cap, found);
    }
    let count = staying().count();
    if count > MEMBERS_MAX {
        found.push(Flaw::new(
            "members",
            format!("成员最多 {MEMBERS_MAX} 户。"),
            format!("There may be at most {MEMBERS_MAX} members."),
        ));
    }
    members::together(staying().map(|one| one.place.allotment.sub_limit), limit, agreed, found);
}

pub(super) fn below_use(field: &str, used: Money) -> Flaw {
    Flaw::new(
        field,
        format!("不得低于已占用的 {used} 元。"),
        format!("It may not be cut below what is in use: {used} yuan."),
    )
}
