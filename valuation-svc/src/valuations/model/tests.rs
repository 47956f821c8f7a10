//! The rules of a complete valuation.

use chrono::NaiveDate;

use super::*;
use crate::{
    catalogue::{
        PatentRecord,
        patent::{LegalStatus, PatentFacts, PatentKind},
        record::{Dispute, DisputeKind, DisputeStatus},
    },
    scoring::model::{HumanGrades, Scenario},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn patent() -> PatentRecord {
    let facts = PatentFacts {
        publication_number: "CN110000001B".into(),
        jurisdiction: "CN".into(),
        kind: PatentKind::Invention,
        title: "一种从卤水中提取锂的方法".into(),
        applicants: vec!["达州某锂业有限公司".into()],
        ipc: vec!["C01D15/08".into(), "C22B26/12".into()],
        filing_date: Some(day("2019-03-01")),
        grant_date: Some(day("2021-06-01")),
        expiry_date: Some(day("2039-03-01")),
        legal_status: LegalStatus::Granted,
        claims: Some(12),
        independent_claims: Some(2),
        forward_citations: Some(8),
        backward_citations: Some(6),
        non_patent_citations: Some(2),
        simple_family_size: Some(2),
        licences: Some(1),
        transfers: Some(0),
        pledges: Some(0),
        litigations: Some(0),
        invalidation_requests: Some(0),
        annuities_paid_to: Some(day("2027-03-01")),
        description_pages: Some(14),
        ..PatentFacts::default()
    };
    let grades = HumanGrades {
        trl: Some(7),
        substitutability: Some(4),
        detectability: Some(3),
        independence: Some(4),
        trend: Some(5),
        market: Some(4),
        ..HumanGrades::default()
    };
    PatentRecord { grades, ..PatentRecord::of(facts, "test") }
}

fn inputs(patent: PatentRecord) -> Inputs {
    Inputs {
        patent,
        purpose: Scenario::Pledge,
        valuation_date: day("2026-11-24"),
        overrides: Overrides::default(),
        seed: 7,
        model_version: MODEL_VERSION.into(),
    }
}

#[test]
fn a_sound_patent_is_valued_and_its_parts_agree_with_each_other() {
    let found = appraise(&inputs(patent())).unwrap();
    let value = &found.value;
    assert!(value.low < value.value && value.value < value.high);
    assert!(found.score.grade.is_some(), "coverage {}", found.score.coverage);
    let weights: rust_decimal::Decimal = value.weights.iter().map(|w| w.weight.fraction()).sum();
    assert!((weights - rust_decimal::Decimal::ONE).abs() < rust_decimal::Decimal::new(1, 5));
    assert!(found.collateral.collateral_value < value.value);
    assert!(found.collateral.maximum_loan.is_positive());
    assert!(found.collateral.maximum_loan < found.collateral.collateral_value);
    assert_eq!(found.valid_until, day("2027-11-24"));
    let leaves: usize = found.score.indices.iter().flat_map(|i| &i.subindices).map(|s| s.leaves.len()).sum();
    assert_eq!(leaves, 27);
}

#[test]
fn the_same_inputs_give_the_same_figures_also_after_a_journey_through_json() {
    let first = inputs(patent());
    let text = serde_json::to_string(&first).unwrap();
    let again: Inputs = serde_json::from_str(&text).unwrap();
    let (one, two) = (appraise(&first).unwrap(), appraise(&again).unwrap());
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
    let other = appraise(&Inputs { seed: 8, ..first }).unwrap();
    assert_eq!(other.value.value, one.value.value, "the seed moves only the range");
    assert_ne!(other.value.simulation, one.value.simulation);
}

#[test]
fn a_right_that_ended_or_is_disputed_or_is_not_yet_granted_is_not_assessed() {
    let codes = |patent: PatentRecord| match appraise(&inputs(patent)) {
        Err(NotAssessed::Grounds(found)) => found.into_iter().map(|g| g.code).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    for (status, code) in [
        (LegalStatus::Pending, "pending"),
        (LegalStatus::Lapsed, "lapsed"),
        (LegalStatus::Invalidated, "invalidated"),
        (LegalStatus::Expired, "expired"),
    ] {
        let mut p = patent();
        p.facts.legal_status = status;
        assert_eq!(codes(p), [code]);
    }
    let mut disputed = patent();
    disputed.facts.legal_status = LegalStatus::Lapsed;
    disputed.disputes.push(Dispute {
        kind: DisputeKind::Ownership,
        status: DisputeStatus::Open,
        noted_on: day("2026-01-01"),
    });
    assert_eq!(codes(disputed), ["lapsed", "disputed"]);
}

#[test]
fn a_record_with_hardly_any_fact_is_valued_without_a_grade_and_lends_nothing() {
    let facts = PatentFacts {
        publication_number: "US123A1".into(),
        jurisdiction: "US".into(),
        title: "Drone".into(),
        ..PatentFacts::default()
    };
    let found = appraise(&inputs(PatentRecord::of(facts, "test"))).unwrap();
    assert_eq!(found.score.grade, None);
    assert!(found.collateral.maximum_loan.is_zero());
    assert!(found.limits.len() >= 4);
    assert_eq!(found.valid_until, day("2027-05-24"));
}

#[test]
fn figures_of_the_request_replace_the_defaults_and_say_so() {
    let plain = appraise(&inputs(patent())).unwrap();
    let mut stated = inputs(patent());
    stated.overrides = serde_json::from_value(serde_json::json!({
        "annual_revenue": "200000000.00", "royalty_rate": "0.04", "remaining_economic_life_years": 6, "seed": "9"
    }))
    .unwrap();
    let found = appraise(&stated).unwrap();
    assert!(found.value.value > plain.value.value);
    assert_eq!(found.assumptions.annual_revenue.source, AssumptionSource::Request);
    assert_eq!(found.assumptions.remaining_economic_life_years.value, "6.00");
    assert_eq!(found.assumptions.discount_rate.source, AssumptionSource::PlatformDefault);
    let wrong: Overrides =
        serde_json::from_value(serde_json::json!({ "royalty_rate": "0.9", "annual_revenue": "0.00" }))
            .unwrap();
    let fields: Vec<_> = wrong.faults().into_iter().map(|f| f.0).collect();
    assert_eq!(fields, ["annual_revenue", "royalty_rate"]);
    assert!(serde_json::from_str::<Overrides>(r#"{"target_value":"1.00"}"#).is_err());
}

#[test]
fn a_technology_still_to_be_developed_counts_a_real_option() {
    let mut early = patent();
    early.grades.trl = Some(4);
    let found = appraise(&inputs(early)).unwrap();
    let option = found.value.methods.iter().find(|m| m.method == "real_option").unwrap();
    assert!(option.considered && option.value.is_some());
    let ripe = appraise(&inputs(patent())).unwrap();
    assert!(!ripe.value.methods.iter().find(|m| m.method == "real_option").unwrap().considered);
    assert!(found.value.value < ripe.value.value);
}
