//! The collateral rules against figures computed by hand.

use super::*;

fn yuan(yuan: i64) -> Money {
    Money::from_yuan(yuan).unwrap()
}

fn value(tenant: u128, patent: u128, amount: i64) -> Value {
    Value {
        tenant: Uuid::from_u128(tenant),
        tenant_name: format!("银行{tenant}"),
        patent_id: Uuid::from_u128(patent),
        patent_number: format!("CN{patent}"),
        value: yuan(amount),
        peak: None,
        maximum_loan: yuan(amount / 4),
        valid_until: "2026-12-31".parse().unwrap(),
        completed_at: DateTime::UNIX_EPOCH,
    }
}

fn owes(amount: i64) -> Exposure {
    Exposure {
        bank_id: Uuid::from_u128(1),
        bank_name: "银行1".into(),
        enterprise_id: Uuid::from_u128(7),
        enterprise_name: "企业七".into(),
        outstanding: yuan(amount),
        changed_at: DateTime::UNIX_EPOCH,
    }
}

fn pledge(patents: &[u128]) -> Pledge {
    Pledge {
        bank_id: Uuid::from_u128(1),
        enterprise_id: Uuid::from_u128(7),
        collateral: yuan(1_000),
        patents: patents.iter().map(|id| Uuid::from_u128(*id)).collect(),
    }
}

fn codes(facts: &Facts, today: &str) -> Vec<Code> {
    warnings(facts, today.parse().unwrap()).into_iter().map(|warning| warning.rule).collect()
}

#[test]
fn a_value_warns_from_a_fifth_below_its_peak() {
    let down = |to: i64| value_drop(&Value { peak: Some(yuan(1_000)), ..value(1, 2, to) });
    assert_eq!(down(801), None);
    assert_eq!(down(800).unwrap().value.to_string(), "0.2");
    assert_eq!(down(1_200), None);
    assert_eq!(value_drop(&value(1, 2, 5)), None);
}

#[test]
fn one_bank_at_one_and_a_half_times_the_others_median_stands_out() {
    let values = [value(1, 9, 300), value(2, 9, 190), value(3, 9, 210)];
    let found = outliers(&values.iter().collect::<Vec<_>>());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].bank_id.uuid(), found[0].value.to_string()), (Uuid::from_u128(1), "1.5".into()));
    assert_eq!(outliers(&[&values[0]]), []);
}

#[test]
fn lending_is_held_against_the_newest_maximum_loan_of_every_pledged_patent() {
    let mut facts = Facts { pledges: vec![pledge(&[2, 3])], ..Facts::default() };
    facts.values = vec![value(1, 2, 800), value(1, 3, 400)];
    facts.exposures = vec![owes(300)];
    assert_eq!(codes(&facts, "2026-06-30"), []);
    facts.exposures = vec![owes(301)];
    assert_eq!(codes(&facts, "2026-06-30"), [Code::LtvAboveLimit]);
}

#[test]
fn without_a_valuation_of_every_patent_the_cap_on_accepted_collateral_counts() {
    let mut facts = Facts { pledges: vec![pledge(&[2, 3])], ..Facts::default() };
    facts.values = vec![value(1, 2, 800)];
    facts.exposures = vec![owes(600)];
    assert_eq!(codes(&facts, "2026-06-30"), []);
    facts.exposures = vec![owes(601)];
    assert_eq!(codes(&facts, "2026-06-30"), [Code::LtvAboveLimit]);
}

#[test]
fn only_the_pledgees_own_valuation_is_out_of_date() {
    let facts = Facts {
        pledges: vec![pledge(&[2])],
        values: vec![value(1, 2, 800), value(5, 2, 800)],
        ..Facts::default()
    };
    assert_eq!(codes(&facts, "2026-12-31"), []);
    assert_eq!(codes(&facts, "2027-01-01"), [Code::ValuationExpired]);
}

#[test]
fn a_patent_that_ended_is_told_with_its_bank() {
    let ended = Ended {
        patent_id: Uuid::from_u128(2),
        patent_number: "CN2".into(),
        status: "invalidated".into(),
        effective: "2026-03-01".parse().unwrap(),
        bank_id: Uuid::from_u128(1),
        bank_name: "银行1".into(),
    };
    let found = patent_ended(&ended);
    assert!(found.detail_zh.contains("已被宣告无效") && found.detail_en.contains("was invalidated"));
}
