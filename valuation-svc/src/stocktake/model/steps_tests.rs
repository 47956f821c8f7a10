//! The steps of an item in any order, as properties.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Assessment, Assigned, Edit, Funding, Hand, Implementation, Item, ItemState, Mode, Refusal, Review,
    UnitAssessment, Willingness, assigned, edited, returned, reviewed, self_assessed, unit_assessed,
};

fn now() -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn item() -> Item {
    Item {
        id: Uuid::nil().into(),
        campaign_id: Uuid::nil().into(),
        institute_id: Uuid::nil().into(),
        patent_id: Uuid::nil().into(),
        patent_number: "CN115000000B".into(),
        patent_title: "一种锂盐的制备方法".into(),
        patent_kind: "invention".into(),
        ipc: "C22B26/12".into(),
        filed_on: Some(day("2015-01-01")),
        granted_on: Some(day("2018-01-01")),
        college: String::new(),
        inventor_id: None,
        inventor_name: String::new(),
        due_on: day("2026-12-31"),
        state: ItemState::Draft,
        self_assessment: None,
        self_assessed_by: None,
        unit_assessment: None,
        unit_assessed_by_id: None,
        unit_assessed_by: None,
        labels: Vec::new(),
        bundle: None,
        reason: None,
        reviewed_by: None,
        updated_at: now(),
        version: 1,
    }
}

fn complete() -> Assessment {
    Assessment {
        trl: Some(5),
        scenarios: "动力电池正极材料".into(),
        prospect: Some(4),
        willingness: Some(Willingness::Willing),
        mode: Some(Mode::Licence),
        funding: Some(Funding::State),
        project_number: "2019YFC1900000".into(),
        implementation: Some(Implementation::None),
        justification: String::new(),
        value: Some(3),
        contact_name: "张三".into(),
        contact_reach: "zhang@example.cn".into(),
    }
}

fn hand(user: u128) -> Hand<'static> {
    Hand { user: UserId::from_uuid(Uuid::from_u128(user)), name: "某人", now: now() }
}

fn step(item: Item, which: u8, user: u128) -> Result<Item, Refusal> {
    let unit =
        UnitAssessment { trl: 5, prospect: 4, mode: Some(Mode::Licence), value: 3, reasons: String::new() };
    match which {
        0 => {
            let to = Assigned {
                college: "材料学院".into(), inventor_name: "张三".into(), inventor_id: None
            };
            assigned(item, to, hand(user))
        }
        1 => self_assessed(item, complete(), true, (hand(user), true)),
        2 => self_assessed(item, Assessment::default(), false, (hand(user), true)),
        3 => self_assessed(item, Assessment::default(), true, (hand(user), true)),
        4 => unit_assessed(item, unit, true, hand(user)),
        5 => unit_assessed(item, UnitAssessment { trl: 9, ..unit }, true, hand(user)),
        6 => returned(item, "请补充", hand(user)),
        7 => reviewed(item, Review::Accept, hand(user)),
        8 => reviewed(item, Review::KeepOut("无市场"), hand(user)),
        9 => reviewed(item, Review::Return(ItemState::Draft, "请补充"), hand(user)),
        10 => reviewed(item, Review::Return(ItemState::College, "请复核"), hand(user)),
        _ => edited(item, &Edit { add_labels: vec!["锂电".into()], ..Edit::default() }, hand(user)),
    }
}

proptest! {
    #[test]
    fn nothing_reaches_the_library_unassessed_or_by_one_person(
        steps in proptest::collection::vec((0_u8..12, 1_u128..4), 0..40)
    ) {
        let mut now = item();
        for (which, user) in steps {
            let before = now.clone();
            match step(now, which, user) {
                Ok(after) => {
                    prop_assert_eq!(after.version, before.version + 1);
                    prop_assert!(after.state.rank() <= before.state.rank() + 1, "no step is skipped");
                    if after.state == ItemState::Library && before.state != ItemState::Library {
                        prop_assert_ne!(after.unit_assessed_by_id, Some(hand(user).user));
                        prop_assert_ne!(after.inventor_id, Some(hand(user).user));
                    }
                    now = after;
                }
                Err(_) => now = before,
            }
            if now.state.rank() >= 1 {
                prop_assert!(now.is_assigned());
                prop_assert!(now.self_assessment.as_ref().is_some_and(|own| own.missing().is_empty()));
            }
            if now.state.rank() >= 2 {
                prop_assert!(now.unit_assessment.is_some());
            }
            prop_assert!(now.labels.len() <= 1, "a label is set once");
        }
    }
}

#[test]
fn an_assessment_is_handed_in_only_when_complete_and_a_differing_one_says_why() {
    let given = step(item(), 0, 1).unwrap();
    assert_eq!(step(item(), 1, 1), Err(Refusal::NotAssigned));
    let Err(Refusal::Incomplete { missing }) = step(given.clone(), 3, 1) else { panic!("handed in empty") };
    assert!(missing.contains(&"trl") && missing.contains(&"contact_name"));
    let handed_in = step(given, 1, 1).unwrap();
    assert_eq!(step(handed_in.clone(), 5, 2), Err(Refusal::ReasonsMissing { fields: vec!["trl"] }));
    let forwarded = step(handed_in, 4, 2).unwrap();
    assert_eq!(step(forwarded.clone(), 7, 2), Err(Refusal::FourEyes));
    assert_eq!(step(forwarded.clone(), 7, 1), Err(Refusal::FourEyes), "nor does the inventor");
    assert_eq!(step(forwarded, 7, 3).unwrap().state, ItemState::Library);
}

#[test]
fn who_does_not_want_it_used_says_why_and_names_no_mode() {
    let unwilling = Assessment { willingness: Some(Willingness::Unwilling), mode: None, ..complete() };
    assert_eq!(unwilling.missing(), ["justification"]);
    let said = Assessment { justification: "涉及在研项目".into(), ..unwilling };
    assert!(said.missing().is_empty());
    assert_eq!(Assessment { project_number: String::new(), ..complete() }.missing(), ["project_number"]);
}

#[test]
fn a_patent_is_dormant_after_five_idle_years_without_a_reason_on_file() {
    let mut idle = item();
    assert!(!idle.is_dormant(day("2026-01-01")), "nobody has said whether it is used");
    idle.self_assessment = Some(complete());
    assert!(!idle.is_dormant(day("2023-01-01")));
    assert!(idle.is_dormant(day("2023-01-02")));
    idle.self_assessment =
        Some(Assessment { justification: "标准必要专利储备".into(), ..complete() });
    assert!(!idle.is_dormant(day("2026-01-01")));
    let used = Assessment { implementation: Some(Implementation::Licensed), ..complete() };
    idle.self_assessment = Some(used);
    assert!(!idle.is_dormant(day("2026-01-01")));
}
