//! Whether an amount may be held for a member when its application is approved: what is held is free to nobody else.

use finance::Money;

use super::{
    Facility, Member, MemberStatus, Status,
    draw::{LimitKind, Refusal},
};

/// Decides a reservation. `group_use` is what the member's group of connected members uses, the member included; `None`
/// where it belongs to none. `connected_room` is what the banks' bounds for a group leave, over all their lines.
///
/// # Errors
/// The [`Refusal`] that the bank can act on: a line that is not active, a member that may not draw, or the first
/// ceiling that the amount is above.
pub fn decide_reservation(
    facility: &Facility,
    member: &Member,
    (group_use, connected_room): (Option<Money>, Option<Money>),
    amount: Money,
) -> Result<(), Refusal> {
    if facility.status != Status::Active {
        return Err(Refusal::NotActive { status: facility.status });
    }
    match member.status {
        MemberStatus::Active => {}
        MemberStatus::Paused => {
            return Err(Refusal::paused(member));
        }
        MemberStatus::Left => return Err(Refusal::MemberLeft),
    }
    let group = group_use.map_or(Money::MAX, |used| facility.group_cap().saturating_sub(used));
    let ceilings = [
        (LimitKind::SubLimit, member.available()),
        (LimitKind::Facility, facility.available()),
        (LimitKind::Group, group),
        (LimitKind::ConnectedGroup, connected_room.unwrap_or(Money::MAX)),
    ];
    match ceilings.into_iter().find(|(_, available)| amount > *available) {
        Some((kind, available)) => Err(Refusal::Limit { kind, asked: amount, available }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::samples::{facility, member};

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    #[test]
    fn an_approval_holds_no_more_than_line_sub_limit_and_group_leave() {
        let (line, one) = (facility(1_000, 300, 200), member(400, 100, 0));
        assert_eq!(decide_reservation(&line, &one, (None, None), fen(300)), Ok(()));
        let above =
            |kind, available| Err(Refusal::Limit { kind, asked: fen(301), available: fen(available) });
        assert_eq!(decide_reservation(&line, &one, (None, None), fen(301)), above(LimitKind::SubLimit, 300));
        let tight = facility(800, 300, 201);
        assert_eq!(
            decide_reservation(&tight, &member(900, 0, 0), (None, None), fen(301)),
            above(LimitKind::Facility, 299)
        );
        // 30 % of 1,000, of which the group uses 250.
        assert_eq!(
            decide_reservation(&line, &member(900, 0, 0), (Some(fen(250)), None), fen(301)),
            above(LimitKind::Group, 50)
        );
        // What the banks' capital leaves for the group over all lines.
        assert_eq!(
            decide_reservation(&line, &member(900, 0, 0), (None, Some(fen(300))), fen(301)),
            above(LimitKind::ConnectedGroup, 300)
        );
    }

    #[test]
    fn nothing_is_held_on_a_stopped_line_or_for_a_stopped_member() {
        let suspended = Facility { status: Status::Suspended, ..facility(1_000, 0, 0) };
        let refused = decide_reservation(&suspended, &member(100, 0, 0), (None, None), fen(1));
        assert_eq!(refused, Err(Refusal::NotActive { status: Status::Suspended }));
        let paused = Refusal::MemberPaused { reason: None, by: None };
        for (status, why) in [(MemberStatus::Paused, paused), (MemberStatus::Left, Refusal::MemberLeft)] {
            let one = Member { status, ..member(100, 0, 0) };
            assert_eq!(decide_reservation(&facility(1_000, 0, 0), &one, (None, None), fen(1)), Err(why));
        }
    }
}
