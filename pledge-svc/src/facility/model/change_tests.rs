//! Tests of the rule of a change.

use contracts::OrgId;
use finance::{Money, Rate};

use super::{
    Facility, Member, MemberStatus, Status,
    change::{Change, Changed, Today, decide_change},
    members::ProposedMember,
    samples::{day, facility, numbered},
};

fn today() -> Today {
    Today { on: day("2026-06-01"), pledged: false, owing: Vec::new(), at_risk: 0 }
}

fn line() -> Facility {
    Facility { single_member_cap: Rate::from_basis_points(5_000), ..facility(10_000, 3_000, 500) }
}

fn members() -> Vec<Member> {
    vec![
        numbered(1, 4_000, 3_000, 500),
        Member { sub_share: Some(Rate::from_basis_points(3_000)), ..numbered(2, 3_000, 0, 0) },
        Member { status: MemberStatus::Paused, ..numbered(3, 1_000, 0, 0) },
    ]
}

fn org(number: u128) -> OrgId {
    OrgId::from_uuid(uuid::Uuid::from_u128(number))
}

fn proposed(number: u128, fen: i64) -> ProposedMember {
    ProposedMember {
        enterprise_id: org(number),
        enterprise_name: format!("企业{number}"),
        sub_limit: Some(Money::from_fen(fen)),
        share: None,
        group: None,
    }
}

fn change() -> Change {
    Change { reason: "年度复核".into(), ..Change::default() }
}

fn fields(change: &Change) -> Vec<String> {
    match decide_change(&line(), &members(), change, &today()) {
        Ok(_) => Vec::new(),
        Err(found) => found.into_iter().map(|flaw| flaw.field).collect(),
    }
}

fn done(change: &Change) -> Changed {
    decide_change(&line(), &members(), change, &today()).unwrap()
}

#[test]
fn a_limit_is_never_cut_below_use_nor_a_sub_limit() {
    assert_eq!(fields(&Change { limit: Some(Money::from_fen(3_499)), ..change() })[0], "limit");
    let cut = Change { members: vec![proposed(1, 3_499)], ..change() };
    assert_eq!(fields(&cut), ["members[0].sub_limit"]);
    assert!(fields(&Change { members: vec![proposed(1, 3_500)], ..change() }).is_empty());
}

#[test]
fn nothing_is_reckoned_from_a_limit_that_is_wrong_itself() {
    let bad = Change { limit: Some(Money::from_fen(-100)), ..change() };
    assert!(fields(&bad).iter().all(|field| field == "limit"), "{:?}", fields(&bad));
}

#[test]
fn a_part_of_the_limit_follows_the_limit_and_amounts_stay() {
    let after = done(&Change { limit: Some(Money::from_fen(12_000)), ..change() });
    let places: Vec<_> = after.places.iter().map(|one| one.allotment.sub_limit.fen()).collect();
    assert_eq!(places, [3_600]);
    // Member 1's sub-limit of 4,000 is above 50 % of 7,000.
    let down = Change { limit: Some(Money::from_fen(7_000)), ..change() };
    assert_eq!(fields(&down), [format!("members.{}.sub_limit", org(1)), "members".into()]);
}

#[test]
fn members_join_pause_go_on_and_leave() {
    let all = Change {
        members: vec![proposed(4, 1_000)],
        pause: vec![org(1)],
        resume: vec![org(3)],
        leave: vec![org(2)],
        ..change()
    };
    let after = done(&all);
    let states: Vec<_> = after.places.iter().map(|one| (one.enterprise_id, one.status)).collect();
    let expected = [
        (org(1), MemberStatus::Paused),
        (org(2), MemberStatus::Left),
        (org(3), MemberStatus::Active),
        (org(4), MemberStatus::Active),
    ];
    assert_eq!(states, expected);
    assert_eq!(fields(&Change { leave: vec![org(1)], ..change() }), ["leave[0]"]);
    assert_eq!(fields(&Change { leave: vec![org(9)], ..change() }), ["leave[0]"]);
    assert_eq!(fields(&Change { pause: vec![org(3)], ..change() }), ["pause[0]"]);
    assert_eq!(fields(&Change { pause: vec![org(1), org(1)], ..change() }), ["pause[1]"]);
}

#[test]
fn whoever_left_may_come_back_with_a_sub_limit() {
    let mut places = members();
    places[1] =
        Member { status: MemberStatus::Left, sub_share: None, sub_limit: Money::ZERO, ..places[1].clone() };
    let back = |wanted| {
        let asked = Change { members: vec![wanted], ..change() };
        decide_change(&line(), &places, &asked, &today())
    };
    let after = back(proposed(2, 2_000)).unwrap();
    assert_eq!(after.places[0].status, MemberStatus::Active);
    assert!(back(ProposedMember { sub_limit: None, ..proposed(2, 0) }).is_err());
}

#[test]
fn a_group_is_given_kept_and_taken_away() {
    let labelled = |label: Option<&str>| ProposedMember {
        sub_limit: None,
        group: label.map(str::to_owned),
        ..proposed(1, 0)
    };
    let after = done(&Change { members: vec![labelled(Some(" 甲集团 "))], ..change() });
    assert_eq!(after.places[0].group.as_deref(), Some("甲集团"));
    assert!(after.grouped);
    let mut places = members();
    places[0].group = Some("甲集团".into());
    let away = Change { members: vec![labelled(Some(""))], ..change() };
    let after = decide_change(&line(), &places, &away, &today()).unwrap();
    assert_eq!((after.places[0].group.as_deref(), after.grouped), (None, false));
    let kept = Change { members: vec![ProposedMember { group: None, ..proposed(1, 4_500) }], ..change() };
    let after = decide_change(&line(), &places, &kept, &today()).unwrap();
    assert_eq!(after.places[0].group.as_deref(), Some("甲集团"));
}

#[test]
fn a_line_is_closed_alone_and_only_when_nothing_rests_on_it() {
    let close = Change { close: true, ..change() };
    assert_eq!(fields(&close), ["close"]);
    let idle = facility(10_000, 0, 0);
    let after = decide_change(&idle, &[], &close, &today()).unwrap();
    assert_eq!(after.status, Status::Closed);
    let pledged = Today { pledged: true, ..today() };
    assert!(decide_change(&idle, &[], &close, &pledged).is_err());
    let owing = Today { owing: vec![org(2)], ..today() };
    assert!(decide_change(&idle, &[], &close, &owing).is_err(), "interest is owed although nothing is drawn");
    let leave = Change { leave: vec![org(2)], ..change() };
    assert!(decide_change(&line(), &members(), &leave, &today()).is_ok());
    let refused = decide_change(&line(), &members(), &leave, &owing).unwrap_err();
    assert_eq!(refused.iter().map(|flaw| flaw.field.as_str()).collect::<Vec<_>>(), ["leave[0]"]);
    let at_risk = Today { at_risk: 1, ..today() };
    let refused = decide_change(&line(), &members(), &leave, &at_risk).unwrap_err();
    assert_eq!(refused[0].field, "leave[0]", "the pool may have to answer");
    assert!(decide_change(&idle, &[], &close, &at_risk).is_err());
    let more = Change { limit: Some(Money::from_fen(1)), ..close };
    assert!(decide_change(&idle, &[], &more, &today()).is_err());
}

#[test]
fn a_change_changes_something_and_says_why() {
    assert_eq!(fields(&change()), ["limit"]);
    assert_eq!(fields(&Change { reason: " ".into(), pause: vec![org(1)], ..change() }), ["reason"]);
}

#[test]
fn an_expired_line_is_revived_by_a_longer_window() {
    let expired = Facility { status: Status::Expired, available_until: day("2026-05-31"), ..line() };
    let longer = Change { available_until: Some(day("2026-12-31")), ..change() };
    let after = decide_change(&expired, &members(), &longer, &today()).unwrap();
    assert_eq!(after.status, Status::Active);
    let past = Change { available_until: Some(day("2026-05-30")), ..change() };
    assert_eq!(fields(&past), ["available_until"]);
}
