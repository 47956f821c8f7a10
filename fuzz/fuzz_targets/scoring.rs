//! Any facts of a patent: a total of 0 to 100 that its contributions sum to, the same with words and without.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::scoring::model::{
    Assessment, IndexTree, Scenario, Scorer, ScoringFacts, assess, counterfactuals,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(facts) = serde_json::from_slice::<ScoringFacts>(bytes) else { return };
    let date = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let tree = IndexTree::platform_default();
    let flat = Scorer::of(&tree, Scenario::Pledge).assess(&facts, date);
    match (assess(&tree, Scenario::Pledge, &facts, date), flat) {
        (Assessment::Assessed(score), Ok((_, weighed))) => {
            let sum: f64 = score.leaves.iter().map(|leaf| leaf.contribution).sum();
            assert!((0.0..=100.0).contains(&score.total) && (sum - score.total).abs() < 1e-9);
            assert_eq!(score.total.to_bits(), weighed.total.to_bits());
            for better in counterfactuals(&tree, Scenario::Pledge, &facts, date) {
                assert!(better.gain > 0.0 && (score.total..=100.0).contains(&better.total), "{better:?}");
            }
        }
        (Assessment::NotAssessable(_), Err(_)) => {}
        _ => panic!("the two ways disagree"),
    }
});
