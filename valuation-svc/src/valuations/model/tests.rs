//! The rules of a complete valuation.

use chrono::NaiveDate;

use super::*;
use crate::{
    catalogue::{
        PatentRecord,
        patent::{LegalStatus, PatentFacts, PatentKind},
        record::{Dispute, DisputeKind, DisputeStatus},
    },
    deals::{DealEvidence, model::DealKind},
    models::model::{ModelContent, Overlay},
    scoring::model::{HumanGrades, LeafCode, Scenario},
};

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn patent() -> PatentRecord {
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

pub(super) fn inputs(patent: PatentRecord) -> Inputs {
    Inputs::platform(patent, Scenario::Pledge, day("2026-11-24"), 7)
}

pub(super) fn value(inputs: &Inputs) -> Result<Appraised, NotAssessed> {
    appraise(inputs, &ModelContent::platform_default().content)
}

#[test]
fn a_sound_patent_is_valued_and_its_parts_agree_with_each_other() {
    let found = value(&inputs(patent())).unwrap();
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
    let (one, two) = (value(&first).unwrap(), value(&again).unwrap());
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
    let other = value(&Inputs { seed: 8, ..first }).unwrap();
    assert_eq!(other.value.value, one.value.value, "the seed moves only the range");
    assert_ne!(other.value.simulation, one.value.simulation);
}

#[test]
fn a_right_that_ended_or_is_disputed_or_is_not_yet_granted_is_not_assessed() {
    let codes = |patent: PatentRecord| match value(&inputs(patent)) {
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
    let found = value(&inputs(PatentRecord::of(facts, "test"))).unwrap();
    assert_eq!(found.score.grade, None);
    assert!(found.collateral.maximum_loan.is_zero());
    assert!(found.limits.len() >= 4);
    assert_eq!(found.valid_until, day("2027-05-24"));
}

#[test]
fn figures_of_the_request_replace_the_defaults_and_say_so() {
    let plain = value(&inputs(patent())).unwrap();
    let mut stated = inputs(patent());
    stated.overrides = serde_json::from_value(serde_json::json!({
        "annual_revenue": "200000000.00", "royalty_rate": "0.04", "remaining_economic_life_years": 6, "seed": "9"
    }))
    .unwrap();
    let found = value(&stated).unwrap();
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
    let found = value(&inputs(early)).unwrap();
    let option = found.value.methods.iter().find(|m| m.method == "real_option").unwrap();
    assert!(option.considered && option.value.is_some());
    let ripe = value(&inputs(patent())).unwrap();
    assert!(!ripe.value.methods.iter().find(|m| m.method == "real_option").unwrap().considered);
    assert!(found.value.value < ripe.value.value);
}

#[test]
fn an_overlay_moves_value_and_range_alike_while_it_is_in_force_and_no_longer() {
    let mut content = ModelContent::clone(&ModelContent::platform_default().content);
    content.overlays.push(Overlay {
        code: "market".into(),
        reason: "市场回落".into(),
        industry: None,
        adjustment: "-0.1".parse().unwrap(),
        limit: "0.2".parse().unwrap(),
        from: day("2026-01-01"),
        until: day("2026-11-24"),
    });
    let own = inputs(patent());
    let (plain, moved) = (value(&own).unwrap(), appraise(&own, &content).unwrap());
    let ratio = moved.value.value.ratio_of(plain.value.value).unwrap();
    assert_eq!(ratio.fraction().round_dp(4).to_string(), "0.9000");
    assert_eq!(moved.value.overlays[0].code, "market");
    let later = Inputs { valuation_date: day("2026-11-25"), ..own };
    assert_eq!(appraise(&later, &content).unwrap().value, value(&later).unwrap().value);
}

#[test]
fn the_royalty_rests_on_the_cited_row_of_the_statistics_where_there_is_one() {
    let plain = value(&inputs(patent())).unwrap();
    let evidence = RoyaltyEvidence {
        row: "licence-2024/C26".into(),
        royalty_low: Some("0.05".parse().unwrap()),
        royalty_high: Some("0.08".parse().unwrap()),
        fee_mean: None,
        contracts: None,
        patents: None,
        fee_term_years: None,
        source_zh: "国家知识产权局".into(),
        source_en: "CNIPA".into(),
    };
    let found = value(&Inputs { evidence: Some(evidence), ..inputs(patent()) }).unwrap();
    assert_eq!(found.assumptions.royalty_rate.source, AssumptionSource::Statistics);
    assert!(found.assumptions.royalty_rate.note_zh.contains("licence-2024/C26"));
    let method = found.value.methods.iter().find(|m| m.method == "relief_from_royalty").unwrap();
    assert_eq!(method.inputs["royalty_evidence"], "licence-2024/C26");
    assert!(found.value.value > plain.value.value);
}

#[test]
fn the_licence_market_rests_on_the_figures_of_the_cited_row_and_names_what_it_lacks() {
    let row = |patents, fee_term_years: Option<&str>| RoyaltyEvidence {
        row: "licence_statistics v2 #1 (C39, 2025)".into(),
        royalty_low: None,
        royalty_high: None,
        fee_mean: Some("3210000.00".parse().unwrap()),
        contracts: Some(100),
        patents,
        fee_term_years: fee_term_years.map(|years| years.parse().unwrap()),
        source_zh: "国家知识产权局".into(),
        source_en: "CNIPA".into(),
    };
    let method = |evidence| {
        let found = value(&Inputs { evidence, ..inputs(patent()) }).unwrap();
        found.value.methods.into_iter().find(|one| one.method == "market_comparables").unwrap()
    };
    let source = |one: &MethodReport| one.detail["source_zh"].as_str().unwrap().to_owned();
    let plain = method(None);
    assert!(source(&plain).starts_with("国家知识产权局 2022 年"), "{}", source(&plain));
    // 2.3091 patents a contract in 2022; half as many make each of them dearer.
    let whole = method(Some(row(Some(200), Some("3.6"))));
    assert_eq!(whole.inputs["patents_per_contract"], "2.0000");
    assert_eq!(whole.inputs["fee_evidence"], "licence_statistics v2 #1 (C39, 2025)");
    assert!(whole.value > plain.value && !source(&whole).contains("2022"), "{}", source(&whole));
    let longer = method(Some(row(Some(200), Some("36"))));
    assert!(longer.value < whole.value, "a mean term ten times as long makes this patent's a shorter one");
    let part = method(Some(row(None, None)));
    assert_eq!(
        (part.value, &part.inputs["patents_per_contract"]),
        (plain.value, &plain.inputs["patents_per_contract"])
    );
    assert!(source(&part).contains("其余：国家知识产权局 2022 年"), "{}", source(&part));
}

#[test]
fn three_deals_of_patents_alike_take_the_place_of_the_licence_statistics() {
    let deal = |adjusted: &str| DealEvidence {
        deal_id: contracts::MarketDealId::from_uuid(uuid::Uuid::from_u128(1)),
        revision: 1,
        kind: DealKind::Sale,
        dealt_on: day("2026-05-01"),
        price: adjusted.parse().unwrap(),
        factors: vec![finance::Rate::ONE],
        adjusted_price: adjusted.parse().unwrap(),
        similarity: "0.8".parse().unwrap(),
    };
    let deals = ["900000.00", "1200000.00", "4000000.00"].map(deal).to_vec();
    let found = value(&Inputs { deals, ..inputs(patent()) }).unwrap();
    let method = found.value.methods.iter().find(|m| m.method == "market_comparables").unwrap();
    assert_eq!(method.value, Some("1200000.00".parse().unwrap()), "the middle one");
    assert_eq!((method.inputs["deals"].as_str(), method.name_zh.as_str()), ("3", "市场法（可比交易）"));
    let plain = value(&inputs(patent())).unwrap();
    let statistics = plain.value.methods.iter().find(|m| m.method == "market_comparables").unwrap();
    assert_eq!((statistics.name_zh.as_str(), statistics.weight), ("市场法（许可统计）", method.weight));
}

#[test]
fn a_leaf_that_a_person_scores_higher_raises_the_score_and_says_so() {
    let own = inputs(patent());
    let plain = value(&own).unwrap();
    let leaves = vec![LeafMoved { leaf: LeafCode::E31, score: 100.into() }];
    let found = value(&Inputs { leaves, ..own }).unwrap();
    assert!(found.score.total > plain.score.total);
    let leaf = found
        .score
        .indices
        .iter()
        .flat_map(|i| &i.subindices)
        .flat_map(|s| &s.leaves)
        .find(|l| l.code == LeafCode::E31)
        .unwrap();
    assert!(leaf.reason_zh.contains("人工调整"));
}

#[test]
fn what_may_be_lent_beyond_the_pilot_needs_an_external_report_from_the_day_of_the_rule() {
    let mut large = inputs(patent());
    large.overrides.annual_revenue = Some("90000000000.00".parse().unwrap());
    let found = value(&large).unwrap();
    assert!(found.collateral.maximum_loan > "10000000.00".parse().unwrap());
    assert!(found.external_report_required);
    assert!(!value(&inputs(patent())).unwrap().external_report_required);
    let before = Inputs { valuation_date: day("2025-05-19"), ..large };
    assert!(!value(&before).unwrap().external_report_required);
}

#[test]
fn the_reader_is_told_how_far_a_stated_revenue_lies_from_what_is_known() {
    let mut own = inputs(patent());
    let says = |found: &Appraised, words: [&str; 2]| {
        let told = |limit: &Limit| limit.zh.contains(words[0]) && limit.en.contains(words[1]);
        found.limits.iter().any(told)
    };
    assert!(!says(&value(&own).unwrap(), ["申请方填报", "stated annual revenue"]));
    own.overrides.annual_revenue = Some("80000000.00".parse().unwrap());
    let unknown = value(&own).unwrap();
    assert!(says(&unknown, ["申请方填报年销售收入 8,000 万元", "unverified"]), "{:?}", unknown.limits);
    assert!(says(&unknown, ["为模型按行业、类型和评分的估计值", "the model's own estimate"]));
    let filed = KnownRevenue::ProductFilings { year: 2025, revenue: "2000000.00".parse().unwrap() };
    own.known_revenue = Some(filed);
    let again: Inputs = serde_json::from_str(&serde_json::to_string(&own).unwrap()).unwrap();
    let known = value(&again).unwrap();
    let filed = [
        "为专利产品备案 2025 年销售收入（200 万元）的 40 倍",
        "40 times the 2025 sales filed for products with this patent (CNY 2,000,000)",
    ];
    assert!(says(&known, filed), "{:?}", known.limits);
    assert!(says(&known, ["为模型按行业、类型和评分的估计值", "the model's own estimate"]));
    assert_eq!(known.value, unknown.value, "it moves no figure");
    let plan =
        serde_json::json!({ "basis": "预算", "inputs": { "revenue": ["1000000", "2000000", "90000000"] } });
    own.methods.relief_from_royalty = Some(serde_json::from_value(plan).unwrap());
    let planned = value(&own).unwrap();
    let highest = ["计划最高年份为第 3 年，9,000 万元", "year 3 with CNY 90,000,000"];
    assert!(says(&planned, highest), "{:?}", planned.limits);
}

#[test]
fn a_life_too_short_to_earn_anything_is_told_at_what_ends_it() {
    let tiny = Overrides {
        technology_life_years: Some("0.01".parse().unwrap()),
        technology_life_reason: Some("x".to_owned()),
        remaining_economic_life_years: Some("0.09".parse().unwrap()),
        ..Overrides::default()
    };
    let told: Vec<_> = tiny.faults().into_iter().map(|fault| (fault.0, fault.2)).collect();
    let bound = "must lie between 0.1 and 50";
    assert_eq!(told, [("remaining_economic_life_years", bound), ("technology_life_years", bound)]);
    let shortest = Overrides {
        technology_life_years: Some("0.1".parse().unwrap()),
        technology_life_reason: Some("x".to_owned()),
        ..Overrides::default()
    };
    assert!(shortest.faults().is_empty());
    let mut unripe = patent();
    unripe.grades.trl = Some(3);
    assert!(
        value(&Inputs { overrides: shortest, ..inputs(unripe) }).is_ok(),
        "what is taken can be calculated with"
    );
    let mut ending = patent();
    ending.facts.expiry_date = Some(day("2026-11-25"));
    match value(&inputs(ending)) {
        Err(NotAssessed::Figure(error)) => assert_eq!(error.field, "legal_years", "{error:?}"),
        other => panic!("{other:?}"),
    }
}
