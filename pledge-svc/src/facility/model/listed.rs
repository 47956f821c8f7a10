//! Members whom the line's bank has on its list of those it lends nothing to (限制名单, among them 失信被执行人): they draw
//! nothing while an entry holds, and people let them go on only once it is lifted.

use contracts::OrgId;

use super::{
    Member, MemberStatus,
    triggers::{TriggerKind, Tripped},
};

/// The members whom an entry of the bank's list stops.
#[must_use]
pub fn members_listed(listed: &[OrgId], members: &[Member]) -> Vec<Tripped> {
    let stopped = listed.iter().filter_map(|enterprise| {
        let place = members
            .iter()
            .find(|member| member.enterprise_id == *enterprise && member.status != MemberStatus::Left)?;
        Some(Tripped {
            kind: TriggerKind::MemberListed,
            member: Some(*enterprise),
            severity: 1,
            zh: format!("{} 在本行限制名单内，暂停用信。", place.enterprise_name),
            en: format!("{} is on the bank's blacklist and draws nothing.", place.enterprise_name),
        })
    });
    stopped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::{
        samples::member,
        triggers::{TriggerState, is_news},
    };

    #[test]
    fn a_listed_member_is_stopped_and_letting_it_go_on_does_not_lift_the_entry() {
        let one = member(500, 100, 0);
        let found = members_listed(&[one.enterprise_id], std::slice::from_ref(&one));
        assert_eq!((found.len(), found[0].member), (1, Some(one.enterprise_id)));
        assert!(found[0].zh.contains("限制名单") && found[0].en.contains(&one.enterprise_name));
        assert!(is_news(&found[0], Some((TriggerState::Waived, found[0].severity))));
        assert!(!is_news(&found[0], Some((TriggerState::Standing, found[0].severity))));
        let left = Member { status: MemberStatus::Left, ..one };
        assert!(members_listed(&[left.enterprise_id], &[left]).is_empty());
    }
}
