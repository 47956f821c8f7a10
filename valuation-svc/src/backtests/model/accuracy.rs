//! Values against what was realised.
//!
//! With the relative error e = (value − realised) ÷ realised: bias is its mean, MAPE the mean of |e|, the median error its
//! median; the rank correlation is Spearman's, the correlation of the ranks with ties at their mean rank.

/// How near values came to what was realised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Pairs that count.
    pub count: usize,
    /// Mean relative error; above zero where values were too high.
    pub bias: f64,
    /// Mean size of the relative error.
    pub mape: f64,
    /// Median relative error.
    pub median_error: f64,
    /// Spearman's rank correlation; absent under two pairs or where one side is all alike.
    pub rank_correlation: Option<f64>,
}

/// The accuracy of pairs of value and realised amount, both above zero; others do not count. Absent where none does.
#[must_use]
pub fn accuracy(pairs: &[(f64, f64)]) -> Option<Accuracy> {
    let pairs: Vec<(f64, f64)> = pairs
        .iter()
        .copied()
        .filter(|(value, realised)| {
            value.is_finite() && *value >= 0.0 && realised.is_finite() && *realised > 0.0
        })
        .collect();
    let mut errors: Vec<f64> = pairs.iter().map(|(value, realised)| (value - realised) / realised).collect();
    if errors.is_empty() {
        return None;
    }
    let number = count(errors.len());
    let bias = errors.iter().sum::<f64>() / number;
    let mape = errors.iter().map(|error| error.abs()).sum::<f64>() / number;
    errors.sort_by(f64::total_cmp);
    let (values, realised): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    Some(Accuracy {
        count: pairs.len(),
        bias,
        mape,
        median_error: median(&errors),
        rank_correlation: spearman(&values, &realised),
    })
}

/// A count as a statistic; far below the bound beyond which a float would round it.
pub(super) fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    if sorted.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2.0 }
}

/// Ranks from 1, ties at their mean rank.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
    order.sort_by(|a, b| at(*a).total_cmp(&at(*b)));
    let mut found = vec![0.0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let value = order.get(first).map_or(0.0, |index| at(*index));
        let alike =
            order.iter().skip(first).take_while(|index| at(**index).total_cmp(&value).is_eq()).count().max(1);
        let rank = count(first) + (count(alike) + 1.0) / 2.0;
        for index in order.iter().skip(first).take(alike) {
            if let Some(slot) = found.get_mut(*index) {
                *slot = rank;
            }
        }
        first += alike;
    }
    found
}

/// Spearman's rank correlation with ties; absent under two pairs or where one side is all alike.
#[must_use]
pub fn spearman(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.len() < 2 || one.len() != other.len() {
        return None;
    }
    let (a, b) = (ranks(one), ranks(other));
    let mean = (count(one.len()) + 1.0) / 2.0;
    let (mut cross, mut left, mut right) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        cross += (x - mean) * (y - mean);
        left += (x - mean) * (x - mean);
        right += (y - mean) * (y - mean);
    }
    let spread = (left * right).sqrt();
    (spread > 0.0).then(|| (cross / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn the_published_example_of_ranks_correlates_at_minus_29_of_165() {
        // IQ and hours of television a week, the worked example of the article on Spearman's rank correlation.
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        near(spearman(&iq, &hours).unwrap(), -29.0 / 165.0);
    }

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 7.0]), [2.5, 1.0, 2.5, 4.0]);
        // By hand: 4.5 ÷ √(4.5 × 5).
        near(spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]).unwrap(), 4.5 / 22.5_f64.sqrt());
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn errors_of_plus_20_minus_10_and_plus_50_per_cent_by_hand() {
        let found = accuracy(&[(120.0, 100.0), (90.0, 100.0), (300.0, 200.0), (5.0, 0.0)]).unwrap();
        assert_eq!(found.count, 3, "what was sold for nothing has no relative error");
        near(found.bias, 0.2);
        near(found.mape, 0.8 / 3.0);
        near(found.median_error, 0.2);
        assert_eq!(accuracy(&[]), None);
    }

    proptest! {
        #[test]
        fn the_rank_correlation_is_symmetric_bounded_and_blind_to_scale(
            pairs in proptest::collection::vec((1_u32..50, 1_u32..50), 2..40)
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
            let found = spearman(&a, &b);
            prop_assert_eq!(found, spearman(&b, &a));
            if let Some(found) = found {
                prop_assert!((-1.0..=1.0).contains(&found));
                let cubed: Vec<f64> = a.iter().map(|x| x * x * x).collect();
                prop_assert!((spearman(&cubed, &b).unwrap() - found).abs() < 1e-12);
            }
        }

        #[test]
        fn the_size_of_errors_is_never_below_the_bias(
            pairs in proptest::collection::vec((1_u32..1_000, 1_u32..1_000), 1..40)
        ) {
            let pairs: Vec<(f64, f64)> = pairs.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
            let found = accuracy(&pairs).unwrap();
            prop_assert!(found.mape + 1e-12 >= found.bias.abs());
        }
    }
}
