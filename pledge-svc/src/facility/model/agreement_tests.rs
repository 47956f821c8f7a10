//! Tests of what participants must agree to.

use contracts::OrgId;
use finance::{Money, Rate};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    CollateralRule, Facility, Liability, Member, MemberStatus, Share, ShareRole, Terms, Triggers,
    agreement::{AgreementStatus, Missing, Voice, all_agreed, asks_participants, part_of, within_bound},
    change::{Change, Changed, Today, decide_change},
    members::ProposedMember,
    samples::{day, facility, numbered},
};

fn org(number: u128) -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(number))
}

fn share(number: u128, name: &str, basis_points: i64) -> Share {
    Share {
        bank_id: org(number),
        bank_name: name.into(),
        share: Rate::from_basis_points(basis_points),
        role: ShareRole::Participant,
        tranche: 1,
        customer_cap: None,
        connected_cap: None,
    }
}

/// A line of 10,000 led by bank 2 with two others; sub-limits and caps leave room in both directions.
fn line() -> Facility {
    Facility {
        single_member_cap: Rate::from_basis_points(5_000),
        terms: Terms { over_allotment: Rate::from_basis_points(20_000), ..Terms::default() },
        shares: vec![share(2, "甲银行", 5_000), share(3, "乙银行", 3_000), share(4, "丙银行", 2_000)],
        ..facility(10_000, 0, 0)
    }
}

fn members() -> Vec<Member> {
    vec![
        numbered(11, 2_000, 0, 0),
        Member { sub_share: Some(Rate::from_basis_points(2_000)), ..numbered(12, 2_000, 0, 0) },
        Member { status: MemberStatus::Paused, ..numbered(13, 1_000, 0, 0) },
        Member { status: MemberStatus::Left, ..numbered(14, 0, 0, 0) },
        Member { group: Some("甲系".into()), ..numbered(15, 1_000, 0, 0) },
    ]
}

fn place(number: u128, fen: i64) -> ProposedMember {
    ProposedMember {
        enterprise_id: org(number),
        enterprise_name: format!("企业{number}"),
        sub_limit: Some(Money::from_fen(fen)),
        share: None,
        group: None,
    }
}

fn asks(change: &Change) -> bool {
    asks_participants(&line(), &members(), change)
}

#[test]
fn whatever_gives_more_asks_the_participants() {
    let none = Change::default;
    let one = |member: ProposedMember| Change { members: vec![member], ..none() };
    let out_of_group = ProposedMember { group: Some(String::new()), sub_limit: None, ..place(15, 0) };
    for (what, change) in [
        ("limit", Change { limit: Some(Money::from_fen(10_001)), ..none() }),
        ("joins", one(place(16, 1))),
        ("comes back", one(place(14, 1))),
        ("owes more", one(place(11, 2_001))),
        ("out of its group", one(out_of_group)),
        ("goes on", Change { resume: vec![org(13)], ..none() }),
        ("earlier", Change { available_from: Some(day("2025-12-31")), ..none() }),
        ("longer", Change { available_until: Some(day("2027-01-01")), ..none() }),
        ("cap", Change { single_member_cap: Some(Rate::from_basis_points(5_001)), ..none() }),
        ("over-allotment", Change { over_allotment: Some(Rate::from_basis_points(20_001)), ..none() }),
        ("group cap", Change { group_cap: Some(Rate::from_basis_points(3_001)), ..none() }),
        ("liability", Change { liability: Some(joint()), ..none() }),
        ("collateral", Change { collateral: Some(unsecured()), ..none() }),
        ("triggers", Change { triggers: Some(no_triggers()), ..none() }),
        ("cover", Change { cover: Some(Vec::new()), ..none() }),
    ] {
        assert!(asks(&change), "{what}");
        let mixed = Change { pause: vec![org(11)], reason: "复核".into(), ..change };
        assert!(asks(&mixed), "{what} beside what only reduces");
    }
}

fn joint() -> Liability {
    serde_json::from_value(serde_json::json!({ "kind": "joint", "rate": "0.1", "basis": "sub_limit" }))
        .unwrap()
}

fn unsecured() -> CollateralRule {
    CollateralRule::Unsecured { up_to: Money::from_fen(1) }
}

fn no_triggers() -> Triggers {
    Triggers { non_performing_ratio: None, overdue_ratio: None, member_tier: None, fund_exhausted: false }
}

#[test]
fn what_only_reduces_asks_nobody() {
    let none = Change::default;
    let into_group = ProposedMember { group: Some("乙系".into()), sub_limit: None, ..place(11, 0) };
    for (what, change) in [
        ("closing", Change { close: true, ..none() }),
        ("limit", Change { limit: Some(Money::from_fen(9_999)), ..none() }),
        ("leaves", Change { leave: vec![org(11)], ..none() }),
        ("paused", Change { pause: vec![org(11)], ..none() }),
        ("owes less", Change { members: vec![place(11, 1_999)], ..none() }),
        ("as before", Change { members: vec![place(11, 2_000)], ..none() }),
        ("into a group", Change { members: vec![into_group], ..none() }),
        ("later", Change { available_from: Some(day("2026-01-02")), ..none() }),
        ("shorter", Change { available_until: Some(day("2026-12-30")), ..none() }),
        ("cap", Change { single_member_cap: Some(Rate::from_basis_points(4_999)), ..none() }),
        ("pool cap", Change { pool_cap: Some(Rate::from_basis_points(9_999)), ..none() }),
        ("the same liability", Change { liability: Some(line().terms.liability), ..none() }),
    ] {
        assert!(!asks(&change), "{what}");
    }
}

#[test]
fn every_participant_must_agree_and_the_lead_is_none() {
    let voice = |number, status| Voice { bank_id: org(number), status, comment: "额度过高".into() };
    assert_eq!(all_agreed(&facility(1, 0, 0), &[]), Ok(()), "a sole lender asks nobody");
    let nobody = Missing { open: vec!["乙银行".into(), "丙银行".into()], declined: Vec::new() };
    assert_eq!(all_agreed(&line(), &[]), Err(nobody));
    let one = [voice(3, AgreementStatus::Agreed), voice(4, AgreementStatus::Declined)];
    let declined = Missing { open: Vec::new(), declined: vec![("丙银行".into(), "额度过高".into())] };
    assert_eq!(all_agreed(&line(), &one), Err(declined));
    let both = [voice(3, AgreementStatus::Agreed), voice(4, AgreementStatus::Agreed)];
    assert_eq!(all_agreed(&line(), &both), Ok(()));
}

#[test]
fn a_part_is_rounded_up_against_the_bound_of_its_bank() {
    assert_eq!(part_of(Money::from_fen(101), Rate::from_basis_points(3_000)), Money::from_fen(31));
    let (bank, fen) = (share(3, "乙银行", 3_000), Money::from_fen);
    let held = |cap| within_bound(&bank, cap, ("企业", fen(101)));
    assert!(held(None).is_ok() && held(Some(fen(31))).is_ok());
    let beyond = held(Some(fen(30))).unwrap_err();
    assert_eq!((beyond.part, beyond.cap, beyond.bank.as_str()), (fen(31), fen(30), "乙银行"));
}

/// Up to three of these at once, each by a bit less or a bit more.
fn edited(edits: &[(u8, i64)]) -> Change {
    let mut change = Change { reason: "复核".into(), ..Change::default() };
    let rate = |middle: i64, by: i64| Some(Rate::from_basis_points(middle + by));
    for (what, by) in edits {
        match what {
            0 => change.limit = Some(Money::from_fen(10_000 + by)),
            1 => change.members.push(place(11, 2_000 + by)),
            2 => change.members.push(place(12, 2_000 + by)),
            3 => change.members.push(place(14, 500 + by)),
            4 => change.members.push(place(16, 500 + by)),
            5 => change.pause.push(org(15)),
            6 => change.resume.push(org(13)),
            7 => change.leave.push(org(12)),
            8 => change.available_from = day("2026-01-01").checked_add_signed(chrono::TimeDelta::days(*by)),
            9 => change.available_until = day("2026-12-31").checked_add_signed(chrono::TimeDelta::days(*by)),
            10 => change.single_member_cap = rate(5_000, *by),
            11 => change.over_allotment = rate(20_000, *by),
            12 => change.group_cap = rate(3_000, *by),
            13 => change.pool_cap = rate(9_000, *by),
            14 => change.liability = Some(joint()),
            15 => change.collateral = Some(unsecured()),
            16 => change.triggers = Some(no_triggers()),
            17 => change.cover = Some(Vec::new()),
            _ => {
                change.members.push(ProposedMember { group: Some("乙系".into()), ..place(15, 1_000 + by) })
            }
        }
    }
    change
}

/// Nothing of the line after the change is more than before it.
fn nothing_more(before: &Facility, members: &[Member], after: &Changed) -> bool {
    let (now, then) = (&before.terms, &after.terms);
    let same = Terms {
        over_allotment: now.over_allotment,
        group_cap: now.group_cap,
        pool_cap: now.pool_cap,
        ..*then
    };
    let places = after.places.iter().all(|place| {
        members.iter().any(|member| {
            let freed = member.status != place.status
                && (member.status == MemberStatus::Left || place.status == MemberStatus::Active);
            let ungrouped =
                place.status != MemberStatus::Left && member.group.is_some() && member.group != place.group;
            member.enterprise_id == place.enterprise_id
                && place.allotment.sub_limit <= member.sub_limit
                && !freed
                && !ungrouped
        })
    });
    places
        && same == *now
        && after.limit <= before.limit
        && after.window.0 >= before.available_from
        && after.window.1 <= before.available_until
        && after.single_member_cap <= before.single_member_cap
        && then.over_allotment <= now.over_allotment
        && then.group_cap <= now.group_cap
        && then.pool_cap <= now.pool_cap
        && after.cover.is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_change_that_asks_nobody_leaves_nothing_larger_than_before(
        edits in prop::collection::vec((0_u8..19, -200_i64..200), 1..4),
    ) {
        let line = Facility {
            terms: Terms { pool_cap: Rate::from_basis_points(9_000), ..line().terms },
            ..line()
        };
        let change = edited(&edits);
        let today = Today { on: day("2026-06-01"), pledged: false, owing: Vec::new(), at_risk: 0 };
        if let Ok(after) = decide_change(&line, &members(), &change, &today)
            && !asks_participants(&line, &members(), &change)
        {
            prop_assert!(nothing_more(&line, &members(), &after), "{change:?} → {after:?}");
        }
    }

    #[test]
    fn one_part_that_asks_is_not_hidden_by_the_others(
        edits in prop::collection::vec((0_u8..19, -200_i64..200), 1..3),
        days in 1_i64..300,
    ) {
        let change = Change {
            available_until: day("2026-12-31").checked_add_signed(chrono::TimeDelta::days(days)),
            ..edited(&edits)
        };
        prop_assert!(asks(&change));
    }
}
