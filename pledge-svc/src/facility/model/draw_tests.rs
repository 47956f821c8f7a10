//! Tests of the rule of a draw.

use finance::{Money, Rate};
use proptest::prelude::*;

use super::{
    CollateralRule, DepositBasis, Facility, Liability, Member, MemberStatus, PoolTerms, Status, Terms,
    draw::{Ask, Backing, Cover, Draw, LimitKind, Refusal, decide_draw},
    samples::{day, facility, member},
    waiver::Waiver,
};
use crate::registration::LoanTerm;

const PLENTY: Backing = Backing {
    cover: Cover::whole(true, Money::MAX),
    group_use: None,
    customer_room: None,
    connected_room: None,
};

fn ask(fen: i64) -> Ask {
    Ask::new(Money::from_fen(fen), 12, day("2026-06-01"))
}

fn decide(line: &Facility, one: &Member, backing: Backing, asked: Ask) -> Result<Draw, Refusal> {
    decide_draw(line, one, backing, asked, day("2026-06-01"))
}

fn carried(pledged: bool, fen: i64) -> Backing {
    Backing {
        cover: Cover::whole(pledged, Money::from_fen(fen)),
        group_use: None,
        customer_room: None,
        connected_room: None,
    }
}

fn refused_by(kind: LimitKind, asked: i64, available: i64) -> Result<Draw, Refusal> {
    Err(Refusal::Limit { kind, asked: Money::from_fen(asked), available: Money::from_fen(available) })
}

#[test]
fn a_draw_within_every_ceiling_is_granted_and_uses_its_reservation_first() {
    let draw = decide(&facility(1000, 0, 300), &member(500, 0, 300), PLENTY, ask(400));
    assert_eq!(draw, Ok(Draw { amount: Money::from_fen(400), from_reservation: Money::from_fen(300) }));
}

#[test]
fn what_a_draw_may_not_take_of_what_is_held_is_not_free_to_it() {
    let (line, one) = (facility(1000, 0, 900), member(500, 0, 300));
    let decided = |fen| decide(&line, &one, PLENTY, Ask { may_take: Money::from_fen(50), ..ask(fen) });
    let draw = Draw { amount: Money::from_fen(150), from_reservation: Money::from_fen(50) };
    assert_eq!(decided(150), Ok(draw));
    assert_eq!(decided(151), refused_by(LimitKind::Facility, 151, 150));
}

#[test]
fn another_members_reservation_is_not_free() {
    let refused = decide(&facility(1000, 0, 900), &member(500, 0, 0), PLENTY, ask(101));
    assert_eq!(refused, refused_by(LimitKind::Facility, 101, 100));
}

#[test]
fn the_tightest_ceiling_is_the_one_told() {
    let refused = decide(&facility(1000, 0, 0), &member(60, 0, 0), carried(true, 50), ask(70));
    assert_eq!(refused, refused_by(LimitKind::Collateral, 70, 50));
}

#[test]
fn a_loan_lasts_no_longer_than_what_secures_it_unless_it_may_be_owed_without() {
    let (line, one) = (facility(1000, 0, 0), member(500, 0, 0));
    let longest = LoanTerm { until: Some(day("2027-05-31")), months: Some(12) };
    let fen = Money::from_fen;
    let cover = |lasting| Backing {
        cover: Cover { lasting: fen(lasting), longest, ..Cover::whole(true, fen(300)) },
        ..PLENTY
    };
    let refused = Refusal::BeyondPledge {
        asked: 12,
        matures_on: day("2027-06-01"),
        until: Some(day("2027-05-31")),
        months: Some(12),
    };
    assert_eq!(decide(&line, &one, cover(0), ask(1)), Err(refused.clone()));
    assert!(decide(&line, &one, cover(100), ask(100)).is_ok(), "another pledge lasts as long");
    assert_eq!(decide(&line, &one, cover(100), ask(101)), Err(refused.clone()));
    let drawn = member(500, 100, 0);
    assert_eq!(
        decide(&facility(1000, 100, 0), &drawn, cover(100), ask(100)),
        Err(refused),
        "it carries that"
    );
    assert_eq!(decide(&line, &one, cover(0), ask(301)), refused_by(LimitKind::Collateral, 301, 300));
    let collateral = CollateralRule::Unsecured { up_to: fen(50) };
    let terms = Terms { collateral, ..line.terms };
    let partly = Facility { terms, ..line };
    assert!(decide(&partly, &one, cover(0), ask(50)).is_ok());
    assert!(matches!(decide(&partly, &one, cover(0), ask(51)), Err(Refusal::BeyondPledge { .. })));
}

#[test]
fn nothing_is_drawn_outside_the_window_or_without_a_pledge_or_beyond_the_tenor() {
    let (line, one) = (facility(1000, 0, 0), member(500, 0, 0));
    for wrong in ["2025-12-31", "2027-01-01"] {
        let refused = decide_draw(&line, &one, PLENTY, ask(1), day(wrong));
        assert!(matches!(refused, Err(Refusal::OutsideWindow { .. })));
    }
    let bare = Backing { cover: Cover::NONE, group_use: None, customer_room: None, connected_room: None };
    assert_eq!(decide(&line, &one, bare, ask(1)), Err(Refusal::NoPledge));
    let long = Ask { tenor_months: 13, ..ask(1) };
    assert!(matches!(decide(&line, &one, PLENTY, long), Err(Refusal::Tenor { .. })));
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Active) {
        let stopped = Facility { status, ..line.clone() };
        assert_eq!(decide(&stopped, &one, PLENTY, ask(1)), Err(Refusal::NotActive { status }));
    }
    let why = Some("分类为次级".to_owned());
    let paused = Member { status: MemberStatus::Paused, paused_for: why.clone(), ..one.clone() };
    assert_eq!(decide(&line, &paused, PLENTY, ask(1)), Err(Refusal::MemberPaused { reason: why, by: None }));
    let late = Member { overdue: true, ..member(500, 0, 0) };
    assert_eq!(decide(&line, &late, PLENTY, ask(1)), Err(Refusal::MemberOverdue), "whatever would fit");
    let left = Member { status: MemberStatus::Left, ..one };
    assert_eq!(decide(&line, &left, PLENTY, ask(1)), Err(Refusal::MemberLeft));
}

#[test]
fn a_waiver_counts_as_cover_until_its_last_day_instead_of_what_is_pledged_and_never_for_a_pool() {
    let line = facility(1000, 0, 0);
    let until = |until: &str, fen| Member {
        waiver: Some(Waiver { amount: Money::from_fen(fen), until: day(until) }),
        ..member(500, 0, 0)
    };
    let bare = carried(false, 0);
    assert!(decide(&line, &until("2026-06-01", 300), bare, ask(300)).is_ok());
    let refused = decide(&line, &until("2026-06-01", 300), bare, ask(301));
    assert_eq!(refused, refused_by(LimitKind::Waiver, 301, 300));
    assert_eq!(decide(&line, &until("2026-05-31", 300), bare, ask(1)), Err(Refusal::NoPledge));
    let more = decide(&line, &until("2026-06-01", 300), carried(true, 400), ask(401));
    assert_eq!(more, refused_by(LimitKind::Collateral, 401, 400));
    let unsecured = CollateralRule::Unsecured { up_to: Money::from_fen(100) };
    let partly = Facility { terms: Terms { collateral: unsecured, ..line.terms }, ..line.clone() };
    assert_eq!(
        decide(&partly, &until("2026-06-01", 300), bare, ask(401)),
        refused_by(LimitKind::Waiver, 401, 400)
    );
    let pool = CollateralRule::Pooled(PoolTerms::at(Rate::ONE));
    let pooled = Facility { terms: Terms { collateral: pool, ..line.terms }, ..line.clone() };
    assert_eq!(decide(&pooled, &until("2026-06-01", 300), bare, ask(1)), Err(Refusal::NoPledge));
}

#[test]
fn a_draw_stays_within_what_the_banks_capital_leaves_for_one_customer() {
    let bounded = Backing { customer_room: Some(Money::from_fen(70)), ..PLENTY };
    let (line, one) = (facility(1000, 0, 0), member(500, 0, 300));
    assert!(decide(&line, &one, bounded, ask(70)).is_ok());
    let refused = decide(&line, &one, bounded, ask(71));
    assert_eq!(refused, refused_by(LimitKind::SingleCustomer, 71, 70), "what is reserved does not lift it");
    let together = Backing { connected_room: Some(Money::from_fen(60)), ..bounded };
    assert_eq!(decide(&line, &one, together, ask(61)), refused_by(LimitKind::ConnectedGroup, 61, 60));
}

#[test]
fn conditions_precedent_stop_a_draw_until_all_are_fulfilled() {
    let waiting = Member { conditions_open: 2, ..member(500, 0, 0) };
    let refused = decide(&facility(1000, 0, 0), &waiting, PLENTY, ask(1));
    assert_eq!(refused, Err(Refusal::ConditionsOpen { open: 2 }));
}

#[test]
fn connected_members_share_one_cap_and_ones_own_reservation_stays_ones_own() {
    // Default cap 30 % of 1000; the group uses 250, of which 40 are held for this member.
    let line = facility(1000, 210, 40);
    let one = member(500, 0, 40);
    let backing = Backing { group_use: Some(Money::from_fen(250)), ..PLENTY };
    assert!(decide(&line, &one, backing, ask(90)).is_ok());
    assert_eq!(decide(&line, &one, backing, ask(91)), refused_by(LimitKind::Group, 91, 90));
}

#[test]
fn a_pool_carries_the_loans_of_all() {
    let terms = Terms {
        collateral: CollateralRule::Pooled(PoolTerms::at(Rate::from_basis_points(6_000))),
        ..Terms::default()
    };
    let line = Facility { terms, ..facility(1000, 400, 0) };
    let one = member(500, 0, 0);
    assert_eq!(
        decide(&line, &one, carried(true, 450), ask(51)),
        refused_by(LimitKind::BorrowingBase, 51, 50)
    );
    assert!(decide(&line, &one, carried(true, 450), ask(50)).is_ok());
    let empty = Backing { cover: Cover::NONE, group_use: None, customer_room: None, connected_room: None };
    assert_eq!(decide(&line, &one, empty, ask(1)), Err(Refusal::NoPledge));
}

#[test]
fn a_part_may_be_owed_without_collateral_and_the_rest_needs_patents() {
    let terms =
        Terms { collateral: CollateralRule::Unsecured { up_to: Money::from_fen(100) }, ..Terms::default() };
    let line = Facility { terms, ..facility(1000, 0, 0) };
    let one = member(500, 30, 0);
    assert!(decide(&line, &one, carried(false, 0), ask(70)).is_ok());
    assert_eq!(decide(&line, &one, carried(false, 0), ask(71)), refused_by(LimitKind::Unsecured, 71, 70));
    assert!(decide(&line, &one, carried(true, 200), ask(270)).is_ok());
    assert_eq!(
        decide(&line, &one, carried(true, 200), ask(271)),
        refused_by(LimitKind::Collateral, 271, 270)
    );
}

#[test]
fn one_pool_of_patents_carries_no_more_than_its_part_of_the_limit() {
    let terms = Terms { pool_cap: Rate::from_basis_points(2_000), ..Terms::default() };
    let line = Facility { terms, ..facility(1000, 50, 0) };
    let one = member(500, 50, 0);
    assert!(decide(&line, &one, PLENTY, ask(150)).is_ok());
    assert_eq!(decide(&line, &one, PLENTY, ask(151)), refused_by(LimitKind::PatentPool, 151, 150));
}

#[test]
fn a_mutual_aid_deposit_is_paid_in_before_the_draw() {
    let rate = Rate::from_basis_points(500);
    let joint = |basis| Terms { liability: Liability::Joint { basis, rate }, ..Terms::default() };
    let line = Facility { terms: joint(DepositBasis::Draw), ..facility(10_000, 0, 0) };
    let one = Member { deposit: Money::from_fen(50), ..member(5_000, 0, 0) };
    assert!(decide(&line, &one, PLENTY, ask(1_000)).is_ok());
    let missing = decide(&line, &one, PLENTY, ask(1_001));
    let (required, paid_in) = (Money::from_fen(51), Money::from_fen(50));
    assert_eq!(missing, Err(Refusal::DepositMissing { required, paid_in }));
    let whole = Facility { terms: joint(DepositBasis::SubLimit), ..facility(10_000, 0, 0) };
    assert!(matches!(decide(&whole, &one, PLENTY, ask(1)), Err(Refusal::DepositMissing { .. })));
    let paid = Member { deposit: Money::from_fen(250), ..one };
    assert!(decide(&whole, &paid, PLENTY, ask(5_000)).is_ok());
    // A draw that a ceiling refuses does not ask for a deposit first.
    assert_eq!(decide(&whole, &paid, PLENTY, ask(5_001)), refused_by(LimitKind::SubLimit, 5_001, 5_000));
}

proptest! {
    #[test]
    fn whatever_is_granted_keeps_limit_sub_limit_caps_and_base(
        mine in 0i64..3_000, held in 0i64..3_000, others_drawn in 0i64..5_000, others_held in 0i64..5_000,
        room in 0i64..5_000, own_room in 0i64..5_000, amount in 1i64..12_000,
        group_others in 0i64..4_000, carries in 0i64..12_000, rule in 0u8..3, cap in 1i64..=10_000,
    ) {
        // Built from its parts, so that every state is one that the invariants allow.
        let drawn = mine + others_drawn;
        let limit = drawn + held + others_held + room;
        let sub = mine + held + own_room;
        let collateral = match rule {
            0 => CollateralRule::Own,
            1 => CollateralRule::Pooled(PoolTerms::at(Rate::ONE)),
            _ => CollateralRule::Unsecured { up_to: Money::from_fen(700) },
        };
        let terms = Terms {
            collateral, group_cap: Rate::from_basis_points(cap), pool_cap: Rate::from_basis_points(10_001 - cap),
            ..Terms::default()
        };
        let line = Facility { terms, ..facility(limit, drawn, others_held + held) };
        let one = member(sub, mine, held);
        let used = group_others + mine + held;
        let backing = Backing { group_use: Some(Money::from_fen(used)), ..carried(true, carries) };
        if let Ok(draw) = decide(&line, &one, backing, ask(amount)) {
            let (x, r) = (draw.amount.fen(), draw.from_reservation.fen());
            prop_assert!(r <= held && r <= x);
            prop_assert!(drawn + x + others_held + held - r <= limit);
            prop_assert!(mine + x + held - r <= sub);
            prop_assert!(used + x - r <= line.group_cap().fen().max(used));
            match rule {
                0 => prop_assert!(mine + x <= carries && mine + x <= line.pool_cap().fen()),
                1 => prop_assert!(drawn + x <= carries && drawn + x <= line.pool_cap().fen()),
                _ => prop_assert!(mine + x <= carries + 700 && mine + x <= line.pool_cap().fen() + 700),
            }
        }
    }
}
