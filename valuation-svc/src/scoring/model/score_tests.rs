//! Tests of the score as a whole.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An invention with every bibliographic fact and no human grade.
fn invention() -> ScoringFacts {
    ScoringFacts {
        kind: PatentKind::Invention,
        legal_status: LegalStatus::Granted,
        claims: Some(10),
        independent_claims: Some(2),
        description_pages: Some(14),
        family_countries: Some(1),
        family_size: Some(1),
        forward_citations: Some(4),
        backward_citations: Some(6),
        npl_citations: Some(2),
        ipc_subclasses: Some(2),
        applicants: Some(1),
        filing_date: Some(day("2016-03-01")),
        grant_date: Some(day("2019-05-10")),
        annuities_paid: Some(true),
        challenges_survived: Some(0),
        challenges_pending: Some(0),
        litigation: Some(0),
        licences: Some(1),
        transfers: Some(0),
        pledges: Some(0),
        product_filings: Some(1),
        ..Default::default()
    }
}

fn scored(facts: &ScoringFacts, scenario: Scenario) -> Score {
    match assess(&IndexTree::platform_default(), scenario, facts, day("2026-03-01")) {
        Assessment::Assessed(score) => score,
        Assessment::NotAssessable(why) => panic!("{why:?}"),
    }
}

#[test]
fn bibliographic_facts_alone_are_enough_for_a_grade() {
    for scenario in [Scenario::Pledge, Scenario::Licence, Scenario::Stocktake] {
        let score = scored(&invention(), scenario);
        assert!(score.coverage >= 0.6 && score.coverage < 1.0, "{}", score.coverage);
        assert!(score.grade.is_some());
        assert_eq!(score.leaves.len(), 27);
    }
}

#[test]
fn below_six_tenths_of_coverage_no_grade_is_given() {
    let facts = ScoringFacts { filing_date: Some(day("2016-03-01")), claims: Some(8), ..Default::default() };
    let score = scored(&facts, Scenario::Pledge);
    assert!(score.coverage < 0.6);
    assert_eq!(score.grade, None);
    assert!((score.indices.iter().map(|i| i.weight).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_right_that_ended_or_is_disputed_is_not_assessable() {
    for (status, code) in [
        (LegalStatus::Lapsed, "lapsed"),
        (LegalStatus::Invalidated, "invalidated"),
        (LegalStatus::Disputed, "disputed"),
        (LegalStatus::Expired, "expired"),
    ] {
        let facts = ScoringFacts { legal_status: status, ..invention() };
        match assess(&IndexTree::platform_default(), Scenario::Pledge, &facts, day("2026-03-01")) {
            Assessment::NotAssessable(why) => assert_eq!(why.code, code),
            Assessment::Assessed(_) => panic!("{status:?} was scored"),
        }
    }
    let past = assess(&IndexTree::platform_default(), Scenario::Pledge, &invention(), day("2036-03-01"));
    assert!(matches!(past, Assessment::NotAssessable(why) if why.code == "expired"));
}

#[test]
fn the_reason_says_what_was_read_and_what_it_earned() {
    let score =
        scored(&ScoringFacts { expiry_date: Some(day("2032-05-13")), ..invention() }, Scenario::Pledge);
    let term = score.leaves.iter().find(|l| l.code == LeafCode::E11).unwrap();
    assert_eq!(term.reason_zh, "剩余保护期 6.2 年：60.1 分");
    assert_eq!(term.reason_en, "Remaining term 6.2 years: 60.1 points");
    let missing = score.leaves.iter().find(|l| l.code == LeafCode::T51).unwrap();
    assert_eq!((missing.value, missing.weight, missing.basis), (None, 0.0, LeafBasis::Missing));
}

#[test]
fn counterfactuals_are_scored_again_and_name_their_gain() {
    let tree = IndexTree::platform_default();
    let found = counterfactuals(&tree, Scenario::Pledge, &invention(), day("2026-03-01"));
    let family = found.iter().find(|c| c.change_en == "two more overseas family members").unwrap();
    let after = scored(&ScoringFacts { family_countries: Some(3), ..invention() }, Scenario::Pledge);
    assert!((family.total - after.total).abs() < 1e-12 && family.gain > 0.0);
    assert!(found.windows(2).all(|p| p[0].gain >= p[1].gain));
    assert!(found.iter().all(|c| c.change_en != "technology readiness one level up"), "readiness is unknown");
}

#[test]
fn the_printed_score_has_two_decimals_and_the_parts_of_the_whole() {
    let score = scored(&invention(), Scenario::Pledge);
    let printed = serde_json::to_value(score.report()).unwrap();
    let total = printed["total"].as_str().unwrap();
    assert_eq!(total.split_once('.').unwrap().1.len(), 2);
    assert_eq!(i64::from(score.hundredths()), total.replace('.', "").parse::<i64>().unwrap());
    assert_eq!(printed["leaves"].as_array().unwrap().len(), 27);
}

#[test]
fn what_weighs_nothing_adds_nothing_where_it_alone_is_known() {
    let mut tree = IndexTree::platform_default();
    let advancement = &mut tree.indices[1].children[0];
    (advancement.leaves[0].weight, advancement.leaves[1].weight) = (0.0, 1.0);
    assert_eq!(tree.validate(), Ok(()));
    let date = day("2026-03-01");
    let facts = ScoringFacts { npl_citations: None, ..invention() };
    let Assessment::Assessed(score) = assess(&tree, Scenario::Pledge, &facts, date) else {
        panic!("not scored")
    };
    let cited = score.leaves.iter().find(|leaf| leaf.code == LeafCode::T11).unwrap();
    assert_eq!((cited.weight, cited.contribution), (0.0, 0.0));
    let sum: f64 = score.leaves.iter().map(|leaf| leaf.contribution).sum();
    assert!(score.total > 0.0 && (sum - score.total).abs() < 1e-9, "{}", score.total);
    let (_, flat) = Scorer::of(&tree, Scenario::Pledge).assess(&facts, date).unwrap();
    assert_eq!(flat.total.to_bits(), score.total.to_bits());
}

fn leaf_values() -> impl Strategy<Value = Vec<Option<f64>>> {
    prop::collection::vec(prop::option::weighted(0.7, 0.0..=100.0), 27)
}

fn with_basis(values: &[Option<f64>]) -> Vec<LeafValue> {
    values.iter().map(|v| v.map(|v| (v, LeafBasis::Recorded, String::new(), String::new()))).collect()
}

proptest! {
    #[test]
    fn contributions_sum_to_the_total_and_coverage_is_a_share(values in leaf_values()) {
        let tree = IndexTree::platform_default();
        if let Some(score) = score_leaves(&tree, Scenario::Pledge, &with_basis(&values)) {
            let by_leaf: f64 = score.leaves.iter().map(|l| l.contribution).sum();
            let by_index: f64 = score.indices.iter().map(|i| i.contribution).sum();
            let by_child: f64 = score.indices.iter().flat_map(|i| &i.children).map(|c| c.contribution).sum();
            for sum in [by_leaf, by_index, by_child] {
                prop_assert!((sum - score.total).abs() < 1e-9);
            }
            prop_assert!((0.0..=100.0).contains(&score.total));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&score.coverage));
            prop_assert_eq!(score.grade.is_some(), score.coverage + 1e-12 >= 0.6);
        } else {
            prop_assert!(values.iter().all(Option::is_none));
        }
    }

    #[test]
    fn a_better_leaf_never_lowers_the_total(values in leaf_values(), at in 0usize..27, more in 0.0..100.0f64) {
        let tree = IndexTree::platform_default();
        let mut better = values.clone();
        better[at] = better[at].map(|v| (v + more).min(100.0));
        let before = score_leaves(&tree, Scenario::Pledge, &with_basis(&values));
        let after = score_leaves(&tree, Scenario::Pledge, &with_basis(&better));
        if let (Some(before), Some(after)) = (before, after) {
            prop_assert!(after.total >= before.total - 1e-12);
        }
    }
}
