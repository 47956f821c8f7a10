use chrono::{DateTime, Utc};
use contracts::UserId;
use finance::Money;
use proptest::prelude::*;

use super::*;
use crate::{catalogue::patent::LegalStatus, scoring::model::Grade};

fn id(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

fn now() -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn person(number: u128) -> (UserId, String) {
    (id(number).into(), format!("人员{number}"))
}

fn code() -> ReportCode {
    ReportCode::of_random(&(0..64).collect::<Vec<u8>>()).unwrap()
}

fn draft() -> Report {
    Report {
        id: id(1).into(),
        number: "VR20261124-1".into(),
        code: None,
        tenant: id(2).into(),
        tenant_name: "甲银行".into(),
        valuation_id: id(3).into(),
        valuation_number: "V20261124-1".into(),
        patent_id: id(4).into(),
        patent_number: "CN190012345B".into(),
        patent_title: "一种吸附剂".into(),
        purpose: "pledge".into(),
        value: Money::from_fen(100),
        valuation_date: day("2026-11-24"),
        valid_until: day("2027-05-23"),
        status: ReportStatus::Draft,
        texts: Texts::default(),
        drafted_by: "人员1".into(),
        drafted_at: now(),
        prepared: None,
        basis: None,
        reviewed: None,
        issued_on: None,
        returned: None,
        superseded_by: None,
        withdrawn: None,
        content_sha256: None,
        version: 1,
    }
}

fn prepared() -> Report {
    draft().prepare(person(1), now(), day("2026-11-24")).unwrap()
}

fn issued() -> Report {
    prepared().issue(person(2), code(), now(), day("2026-11-24")).unwrap()
}

#[test]
fn a_report_is_issued_by_another_than_its_preparer() {
    let refused = prepared().issue(person(1), code(), now(), day("2026-11-24"));
    assert_eq!(refused, Err(Refusal::FourEyes));
    let one = issued();
    assert_eq!((one.status, one.version), (ReportStatus::Issued, 3));
    assert!(one.code.is_some() && one.issued_on.is_some());
}

fn basis() -> Basis {
    Basis {
        value: Money::from_fen(200),
        methods: vec![SignedMethod {
            code: "cost".into(),
            name_zh: "成本法".into(),
            name_en: "Cost".into(),
            weight: finance::Rate::ONE,
        }],
        valid_until: day("2027-05-01"),
        legal_status: LegalStatus::Granted,
        grade: Some(Grade::AA),
        confidence: "0.8".parse().unwrap(),
    }
}

#[test]
fn a_signature_stands_only_for_what_was_signed_and_every_change_is_named() {
    let signed = prepared().resting_on(basis());
    assert_eq!((signed.value, signed.valid_until), (Money::from_fen(200), day("2027-05-01")));
    assert_eq!(signed.still_rests_on(&basis()), Ok(()));
    let other = Basis {
        methods: Vec::new(),
        legal_status: LegalStatus::Lapsed,
        grade: None,
        confidence: "0.7".parse().unwrap(),
        ..basis()
    };
    let Err(Refusal::Changed { changes }) = signed.still_rests_on(&other) else { panic!("unchanged") };
    assert_eq!(
        changes,
        [
            Change::Methods(basis().methods, Vec::new()),
            Change::LegalStatus(LegalStatus::Granted, LegalStatus::Lapsed),
            Change::Grade(Some(Grade::AA), None),
            Change::Confidence("0.8".parse().unwrap(), "0.7".parse().unwrap()),
        ]
    );
    assert_eq!(signed.send_back("重签".into()).unwrap().basis, None);
}

#[test]
fn nothing_is_signed_after_the_validity_of_its_valuation() {
    let late = day("2027-05-24");
    let ended = Refusal::ValuationEnded { valid_until: day("2027-05-23") };
    assert_eq!(draft().prepare(person(1), now(), late), Err(ended.clone()));
    assert_eq!(prepared().issue(person(2), code(), now(), late), Err(ended));
}

#[test]
fn what_was_signed_is_revised_only_after_it_was_sent_back() {
    let refused = prepared().revise(Texts::default());
    assert_eq!(refused, Err(Refusal::NotInStatus { status: ReportStatus::Prepared }));
    let back = prepared().send_back("依据不足".into()).unwrap();
    assert_eq!((back.status, &back.prepared), (ReportStatus::Draft, &None));
    assert!(back.revise(Texts { comments: "已补充".into(), ..Texts::default() }).is_ok());
}

#[test]
fn an_issued_report_is_superseded_or_withdrawn_and_never_a_draft_again() {
    let one = issued();
    assert!(one.clone().revise(Texts::default()).is_err() && one.clone().send_back("改".into()).is_err());
    let gone = one.clone().withdraw("人员3".into(), now(), "录入有误".into()).unwrap();
    assert_eq!(gone.status, ReportStatus::Withdrawn);
    assert!(gone.clone().withdraw("人员3".into(), now(), "再次".into()).is_err());
    let old = one.supersede(id(9).into()).unwrap();
    assert_eq!(old.status, ReportStatus::Superseded);
    assert!(old.withdraw("人员3".into(), now(), "录入有误".into()).is_ok());
    assert!(draft().withdraw("人员3".into(), now(), "草稿".into()).is_err());
}

#[test]
fn a_code_is_read_as_people_type_it() {
    let printed = code().to_string();
    assert_eq!(printed.len(), CODE_CHARS + 4);
    assert_eq!(ReportCode::read(&printed), Some(code()));
    assert_eq!(ReportCode::read(&printed.to_lowercase().replace('-', " ")), Some(code()));
    assert_eq!(ReportCode::read(&printed.replace('0', "o").replace('1', "I")), Some(code()));
    assert_eq!(ReportCode::read(""), None);
    assert_eq!(ReportCode::read(&printed[..printed.len() - 1]), None);
    assert_eq!(ReportCode::read("验证码验证码验证码"), None);
}

proptest! {
    #[test]
    fn one_wrong_character_or_two_exchanged_ones_are_noticed(
        bytes in proptest::collection::vec(0_u8..248, 16),
        place in 0_usize..16,
        other in 0_usize..31,
    ) {
        const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
        let code = ReportCode::of_random(&bytes).unwrap();
        let mut wrong: Vec<u8> = code.as_str().bytes().collect();
        wrong[place] = ALPHABET[other];
        let typed = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(ReportCode::read(&typed).is_some(), typed == code.as_str());
        let mut swapped: Vec<u8> = code.as_str().bytes().collect();
        swapped.swap(place, place + 1);
        let typed = String::from_utf8(swapped).unwrap();
        prop_assert_eq!(ReportCode::read(&typed).is_some(), typed == code.as_str());
    }
}
