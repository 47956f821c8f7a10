//! Whether a draw is granted. The one rule; `../draw.rs` applies it under lock, in arrival order.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use super::{Facility, Member, MemberStatus, Status};

/// What a member asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
}

/// What the member has pledged, validly and registered, on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Whether any pledge is registered.
    pub pledged: bool,
    /// The most that may be lent on all of it.
    pub maximum_loan: Money,
}

/// A draw that is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Principal.
    pub amount: Money,
    /// The part that comes out of what was reserved for the member; the rest comes from what is free.
    pub from_reservation: Money,
}

/// Which ceiling refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// The facility's limit.
    Facility,
    /// The member's sub-limit.
    SubLimit,
    /// The concentration cap for one member.
    SingleMember,
    /// What may be lent on the registered collateral.
    Collateral,
}

/// Why a draw is refused, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// The facility is not active.
    NotActive {
        /// What it is.
        status: Status,
    },
    /// Today lies outside the availability window.
    OutsideWindow {
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// The member is paused.
    MemberPaused,
    /// The tenor is zero or beyond the cap.
    Tenor {
        /// Months asked for.
        asked: u32,
        /// Months allowed.
        cap: u32,
    },
    /// Nothing is pledged, or no longer validly.
    NoPledge,
    /// A ceiling stands in the way.
    Limit {
        /// Which.
        kind: LimitKind,
        /// Principal asked for.
        asked: Money,
        /// What could be drawn under it.
        available: Money,
    },
}

/// Decides a draw on a business date.
///
/// # Errors
/// The [`Refusal`] that the member can act on; where several hold, the one that more money would not cure first.
pub fn decide_draw(
    facility: &Facility,
    member: &Member,
    cover: Cover,
    ask: Ask,
    on: NaiveDate,
) -> Result<Draw, Refusal> {
    if facility.status != Status::Active {
        return Err(Refusal::NotActive { status: facility.status });
    }
    if on < facility.available_from || on > facility.available_until {
        return Err(Refusal::OutsideWindow {
            from: facility.available_from,
            until: facility.available_until,
        });
    }
    if member.status != MemberStatus::Active {
        return Err(Refusal::MemberPaused);
    }
    if ask.tenor_months == 0 || ask.tenor_months > facility.tenor_cap_months {
        return Err(Refusal::Tenor { asked: ask.tenor_months, cap: facility.tenor_cap_months });
    }
    if !cover.pledged {
        return Err(Refusal::NoPledge);
    }
    // What is reserved for the member is free to the member itself, and to nobody else.
    let own = member.reserved;
    let plus_own = |free: Money| free.checked_add(own).unwrap_or(Money::MAX);
    let ceilings = [
        (LimitKind::SubLimit, plus_own(member.available())),
        (LimitKind::SingleMember, facility.member_cap().saturating_sub(member.drawn)),
        (LimitKind::Collateral, cover.maximum_loan.saturating_sub(member.drawn)),
        (LimitKind::Facility, plus_own(facility.available())),
    ];
    // The tightest ceiling is the one to tell: curing any other would not help.
    if let Some((kind, available)) = ceilings.into_iter().min_by_key(|(_, available)| *available)
        && ask.amount > available
    {
        return Err(Refusal::Limit { kind, asked: ask.amount, available });
    }
    Ok(Draw { amount: ask.amount, from_reservation: ask.amount.min(own) })
}

#[cfg(test)]
mod tests {
    use contracts::{FacilityId, MemberId, OrgId, UserId};
    use finance::Rate;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facility(limit: i64, drawn: i64, reserved: i64) -> Facility {
        Facility {
            id: FacilityId::from_uuid(Uuid::from_u128(1)),
            number: "F".into(),
            name: "天然气化工集群".into(),
            bank_id: OrgId::from_uuid(Uuid::from_u128(2)),
            bank_name: "甲银行".into(),
            industry: "new_materials".into(),
            limit: Money::from_fen(limit),
            drawn: Money::from_fen(drawn),
            reserved: Money::from_fen(reserved),
            retired: Money::ZERO,
            status: Status::Active,
            revolving: true,
            available_from: day("2026-01-01"),
            available_until: day("2026-12-31"),
            annual_rate: Rate::from_basis_points(345),
            tenor_cap_months: 12,
            single_member_cap: Rate::ONE,
            ltv_cap: Rate::ONE,
            maker: UserId::from_uuid(Uuid::from_u128(3)),
            version: 1,
            shares: vec![],
        }
    }

    fn member(sub_limit: i64, drawn: i64, reserved: i64) -> Member {
        Member {
            id: MemberId::from_uuid(Uuid::from_u128(4)),
            enterprise_id: OrgId::from_uuid(Uuid::from_u128(5)),
            enterprise_name: "企业".into(),
            sub_limit: Money::from_fen(sub_limit),
            drawn: Money::from_fen(drawn),
            reserved: Money::from_fen(reserved),
            retired: Money::ZERO,
            status: MemberStatus::Active,
        }
    }

    const PLENTY: Cover = Cover { pledged: true, maximum_loan: Money::MAX };

    fn ask(fen: i64) -> Ask {
        Ask { amount: Money::from_fen(fen), tenor_months: 12 }
    }

    #[test]
    fn a_draw_within_every_ceiling_is_granted_and_uses_its_reservation_first() {
        let draw =
            decide_draw(&facility(1000, 0, 300), &member(500, 0, 300), PLENTY, ask(400), day("2026-06-01"));
        assert_eq!(draw, Ok(Draw { amount: Money::from_fen(400), from_reservation: Money::from_fen(300) }));
    }

    #[test]
    fn another_members_reservation_is_not_free() {
        let refused =
            decide_draw(&facility(1000, 0, 900), &member(500, 0, 0), PLENTY, ask(101), day("2026-06-01"));
        let available = Money::from_fen(100);
        let asked = Money::from_fen(101);
        assert_eq!(refused, Err(Refusal::Limit { kind: LimitKind::Facility, asked, available }));
    }

    #[test]
    fn the_tightest_ceiling_is_the_one_told() {
        let cover = Cover { pledged: true, maximum_loan: Money::from_fen(50) };
        let refused =
            decide_draw(&facility(1000, 0, 0), &member(60, 0, 0), cover, ask(70), day("2026-06-01"));
        assert!(matches!(refused, Err(Refusal::Limit { kind: LimitKind::Collateral, .. })));
    }

    #[test]
    fn nothing_is_drawn_outside_the_window_or_without_a_pledge_or_beyond_the_tenor() {
        let (line, one) = (facility(1000, 0, 0), member(500, 0, 0));
        let on = day("2026-06-01");
        assert!(matches!(
            decide_draw(&line, &one, PLENTY, ask(1), day("2025-12-31")),
            Err(Refusal::OutsideWindow { .. })
        ));
        assert!(matches!(
            decide_draw(&line, &one, PLENTY, ask(1), day("2027-01-01")),
            Err(Refusal::OutsideWindow { .. })
        ));
        let bare = Cover { pledged: false, maximum_loan: Money::MAX };
        assert_eq!(decide_draw(&line, &one, bare, ask(1), on), Err(Refusal::NoPledge));
        let long = Ask { tenor_months: 13, ..ask(1) };
        assert!(matches!(decide_draw(&line, &one, PLENTY, long, on), Err(Refusal::Tenor { .. })));
        let suspended = Facility { status: Status::Suspended, ..line.clone() };
        assert!(matches!(decide_draw(&suspended, &one, PLENTY, ask(1), on), Err(Refusal::NotActive { .. })));
        let paused = Member { status: MemberStatus::Paused, ..one };
        assert_eq!(decide_draw(&line, &paused, PLENTY, ask(1), on), Err(Refusal::MemberPaused));
    }

    proptest! {
        #[test]
        fn whatever_is_granted_keeps_limit_and_sub_limit(
            mine in 0i64..3_000, held in 0i64..3_000, others_drawn in 0i64..5_000, others_held in 0i64..5_000,
            room in 0i64..5_000, own_room in 0i64..5_000, amount in 1i64..12_000,
        ) {
            // Built from its parts, so that every state is one that the invariants allow.
            let drawn = mine + others_drawn;
            let others = others_held;
            let limit = drawn + held + others + room;
            let sub = mine + held + own_room;
            let line = facility(limit, drawn, others + held);
            let one = member(sub, mine, held);
            if let Ok(draw) = decide_draw(&line, &one, PLENTY, ask(amount), day("2026-06-01")) {
                let (x, r) = (draw.amount.fen(), draw.from_reservation.fen());
                prop_assert!(r <= held && r <= x);
                prop_assert!(drawn + x + others + held - r <= limit);
                prop_assert!(mine + x + held - r <= sub);
            }
        }
    }
}
