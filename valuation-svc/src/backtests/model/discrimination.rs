//! Scores against defaults: a good score is high where nothing was defaulted.
//!
//! AUC is the chance that a patent whose loan did not default scores higher than one whose loan did, ties counting half
//! (Mann–Whitney's U ÷ (n₁·n₀)), with the 95 % confidence interval of Hanley and McNeil (The meaning and use of the area under
//! a receiver operating characteristic (ROC) curve, Radiology 143, 1982, 29–36, doi:10.1148/radiology.143.1.7063747); KS is the largest distance between the two distributions of scores.

use super::accuracy::{count, ranks};

/// How well scores told defaults apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Discrimination {
    /// Observations.
    pub count: usize,
    /// Of them defaulted.
    pub defaults: usize,
    /// 0.5 tells nothing apart, 1 everything.
    pub auc: f64,
    /// The 95 % confidence interval of AUC, within 0–1.
    pub auc_interval: (f64, f64),
    /// 0–1.
    pub ks: f64,
    /// The ROC curve from (0, 0) to (1, 1): defaults found against others taken for defaults, as the bound on the score rises.
    pub roc: Vec<RocPoint>,
}

/// A point of the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// The share of the sound ones at or below the score.
    pub false_alarms: f64,
    /// The share of the defaulted ones at or below the score.
    pub found: f64,
}

/// The discrimination of pairs of score and default; absent where all or none defaulted.
#[must_use]
pub fn discrimination(pairs: &[(f64, bool)]) -> Option<Discrimination> {
    let defaults = pairs.iter().filter(|(_, defaulted)| *defaulted).count();
    let sound = pairs.len() - defaults;
    if defaults == 0 || sound == 0 {
        return None;
    }
    let (bad, good) = (count(defaults), count(sound));
    let scores: Vec<f64> = pairs.iter().map(|(score, _)| *score).collect();
    let sum: f64 = ranks(&scores).iter().zip(pairs).filter(|(_, (_, bad))| !bad).map(|(rank, _)| rank).sum();
    let auc = (sum - good * (good + 1.0) / 2.0) / (good * bad);
    let roc = roc(pairs, bad, good);
    let ks = roc.iter().map(|point| (point.found - point.false_alarms).abs()).fold(0.0, f64::max);
    let auc_interval = interval(auc, bad, good);
    Some(Discrimination { count: pairs.len(), defaults, auc, auc_interval, ks, roc })
}

/// The 97.5th percentile of the standard normal distribution.
const Z975: f64 = 1.959_963_984_540_054;

/// A ± z·SE with SE² = (A(1 − A) + (n₁ − 1)(Q₁ − A²) + (n₀ − 1)(Q₂ − A²)) ÷ (n₁·n₀), Q₁ = A/(2 − A), Q₂ = 2A²/(1 + A)
/// (Hanley, McNeil 1982; the same as in the R package auctestr, `auc_compare`), n₁ the defaulted ones: Q₁ is the chance that two
/// of them both score lower than a sound one, Q₂ that one scores lower than two sound ones. Where everything is told apart the formula knows no error.
fn interval(auc: f64, bad: f64, good: f64) -> (f64, f64) {
    let square = auc * auc;
    let (one, two) = (auc / (2.0 - auc), 2.0 * square / (1.0 + auc));
    let variance =
        (auc * (1.0 - auc) + (bad - 1.0) * (one - square) + (good - 1.0) * (two - square)) / (bad * good);
    let reach = Z975 * variance.max(0.0).sqrt();
    ((auc - reach).max(0.0), (auc + reach).min(1.0))
}

fn roc(pairs: &[(f64, bool)], bad: f64, good: f64) -> Vec<RocPoint> {
    let mut sorted: Vec<(f64, bool)> = pairs.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut points = vec![RocPoint { false_alarms: 0.0, found: 0.0 }];
    let (mut alarms, mut found) = (0, 0);
    let mut rest = sorted.iter().peekable();
    while let Some((score, defaulted)) = rest.next() {
        if *defaulted {
            found += 1
        } else {
            alarms += 1
        }
        // Equal scores fall together.
        if rest.peek().is_some_and(|next| next.0.total_cmp(score).is_eq()) {
            continue;
        }
        points.push(RocPoint { false_alarms: count(alarms) / good, found: count(found) / bad });
    }
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The paper's example: 51 with the finding and 58 without, A = 0.893, standard error 0.032.
    #[test]
    fn the_interval_of_the_area_is_that_of_hanley_and_mcneil() {
        let (low, high) = interval(0.893, 51.0, 58.0);
        let error = (high - low) / (2.0 * Z975);
        assert!((error - 0.032).abs() < 0.001, "{error}");
        assert_eq!(interval(1.0, 4.0, 9.0), (1.0, 1.0));
        let (few, many) = (interval(0.7, 5.0, 15.0), interval(0.7, 50.0, 150.0));
        assert!(few.0 < many.0 && many.1 < few.1, "more observations tell more");
    }

    #[test]
    fn the_documented_example_of_four_comes_to_three_quarters() {
        // Labels 0, 0, 1, 1 with risks 0.1, 0.4, 0.35, 0.8: AUC 0.75 (scikit-learn's documentation); a score is less risk.
        let found = discrimination(&[(-0.1, false), (-0.4, false), (-0.35, true), (-0.8, true)]).unwrap();
        assert!((found.auc - 0.75).abs() < 1e-12);
        assert!((found.ks - 0.5).abs() < 1e-12);
        assert_eq!((found.count, found.defaults), (4, 2));
    }

    #[test]
    fn scores_that_part_everything_come_to_one_and_scores_all_alike_to_a_half() {
        let parted = discrimination(&[(20.0, true), (30.0, true), (60.0, false)]).unwrap();
        assert_eq!((parted.auc, parted.ks), (1.0, 1.0));
        let alike = discrimination(&[(50.0, true), (50.0, false), (50.0, false)]).unwrap();
        assert_eq!((alike.auc, alike.ks), (0.5, 0.0));
        assert_eq!(discrimination(&[(1.0, true), (2.0, true)]), None);
        assert_eq!(discrimination(&[]), None);
    }

    proptest! {
        #[test]
        fn the_auc_is_mann_whitneys_count_of_pairs_and_the_area_under_the_curve(
            pairs in proptest::collection::vec((0_u32..20, any::<bool>()), 2..60)
        ) {
            let pairs: Vec<(f64, bool)> = pairs.iter().map(|(score, bad)| (f64::from(*score), *bad)).collect();
            let Some(found) = discrimination(&pairs) else { return Ok(()) };
            let (mut wins, mut all) = (0.0, 0.0);
            for (good, _) in pairs.iter().filter(|(_, bad)| !bad) {
                for (bad, _) in pairs.iter().filter(|(_, bad)| *bad) {
                    all += 1.0;
                    wins += if good > bad { 1.0 } else if (good - bad).abs() < f64::EPSILON { 0.5 } else { 0.0 };
                }
            }
            prop_assert!((found.auc - wins / all).abs() < 1e-12);
            let area: f64 = found
                .roc
                .windows(2)
                .map(|pair| (pair[1].false_alarms - pair[0].false_alarms) * (pair[0].found + pair[1].found) / 2.0)
                .sum();
            prop_assert!((found.auc - area).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&found.ks));
        }
    }
}
