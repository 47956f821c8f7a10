//! What a simulation says: moments, percentiles, histogram, tornado.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::scoring::model::oecd::percentile;

/// Bars of a histogram.
const BARS: u32 = 20;

/// One bar of a histogram: `from ≤ outcome < to`, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Lower edge.
    pub from: f64,
    /// Upper edge.
    pub to: f64,
    /// Paths in it.
    pub count: u32,
}

/// One input moved from its P10 to its P90.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TornadoBar {
    /// The input.
    pub name: String,
    /// The input at P10.
    pub input_low: f64,
    /// The input at P90.
    pub input_high: f64,
    /// The outcome with the input at P10.
    pub at_low: f64,
    /// The outcome with the input at P90.
    pub at_high: f64,
}

impl TornadoBar {
    /// How far the outcome moves.
    #[must_use]
    pub fn swing(&self) -> f64 {
        (self.at_high - self.at_low).abs()
    }
}

/// The summary of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Paths drawn.
    pub paths: u32,
    /// Seed used.
    pub seed: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n − 1).
    pub standard_deviation: f64,
    /// Standard error of the mean.
    pub standard_error: f64,
    /// 5th percentile.
    pub p5: f64,
    /// 10th percentile.
    pub p10: f64,
    /// 25th percentile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// 75th percentile.
    pub p75: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Twenty equal bars from the lowest to the highest outcome.
    pub histogram: Vec<Bar>,
    /// Inputs by how far each moves the outcome.
    pub tornado: Vec<TornadoBar>,
}

/// Summarises finite outcomes; sums run in path order, so the bits do not depend on threads.
pub(crate) fn summarise(outcomes: &[f64], seed: u64, tornado: Vec<TornadoBar>) -> Outcome {
    let paths = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
    let n = f64::from(paths.max(1));
    let mean = outcomes.iter().sum::<f64>() / n;
    let squares: f64 = outcomes.iter().map(|v| (v - mean) * (v - mean)).sum();
    let standard_deviation = if paths > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    let order = Order::of(outcomes);
    let [p5, p10, p25, p50, p75, p90, p95] =
        order.percentiles([0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95]).map(|found| found.unwrap_or(mean));
    Outcome {
        paths,
        seed,
        mean,
        standard_deviation,
        standard_error: standard_deviation / n.sqrt(),
        p5,
        p10,
        p25,
        p50,
        p75,
        p90,
        p95,
        histogram: order.histogram(),
        tornado,
    }
}

/// Order statistics without sorting all outcomes: they are counted into many narrow buckets, and only the buckets that
/// hold a wanted rank are sorted. Exactly the values that a sort would give.
struct Order<'a> {
    outcomes: &'a [f64],
    low: f64,
    high: f64,
    /// Buckets ÷ range; `None` where there is no range to divide, and then everything is sorted.
    scale: Option<f64>,
}

/// Narrow buckets.
const BUCKETS: usize = 8_192;
/// Outcomes that one thread counts at a time.
const COUNTED_AT_A_TIME: usize = 1 << 17;

impl<'a> Order<'a> {
    fn of(outcomes: &'a [f64]) -> Self {
        let wider = |(low, high): (f64, f64), (a, b): (f64, f64)| {
            (if a < low { a } else { low }, if b > high { b } else { high })
        };
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let ends = |part: &[f64]| part.iter().fold(none, |ends, v| wider(ends, (*v, *v)));
        // Of equal ends the first in path order stays, as without threads.
        let (low, high) = outcomes.par_chunks(COUNTED_AT_A_TIME).map(ends).reduce(|| none, wider);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let scale = BUCKETS as f64 / (high - low);
        let scale = (outcomes.len() > BUCKETS && scale.is_finite() && scale > 0.0).then_some(scale);
        Self { outcomes, low, high, scale }
    }

    /// Never falls as the value rises: rounding keeps the order of differences and of products.
    fn bucket(&self, value: f64, scale: f64) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 0, bounded below"
        )]
        let bucket = ((value - self.low) * scale) as usize;
        bucket.min(BUCKETS - 1)
    }

    fn percentiles<const N: usize>(&self, shares: [f64; N]) -> [Option<f64>; N] {
        let Some(scale) = self.scale else {
            let mut sorted = self.outcomes.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            return shares.map(|share| percentile(&sorted, share));
        };
        let counted = |mut counts: Vec<usize>, part: &[f64]| {
            for value in part {
                if let Some(count) = counts.get_mut(self.bucket(*value, scale)) {
                    *count += 1;
                }
            }
            counts
        };
        // Whole numbers add up the same in any order.
        let added = |mut all: Vec<usize>, part: Vec<usize>| {
            all.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
            all
        };
        let none = || vec![0; BUCKETS];
        let counts: Vec<usize> =
            self.outcomes.par_chunks(COUNTED_AT_A_TIME).fold(none, counted).reduce(none, added);
        let last = self.outcomes.len() - 1;
        let wanted: Vec<usize> = shares.iter().flat_map(|share| ranks_of(*share, last)).collect();
        // Where each bucket begins in the sorted outcomes, and which are wanted.
        let mut begins = Vec::with_capacity(BUCKETS);
        let mut held: Vec<Option<Vec<f64>>> = Vec::with_capacity(BUCKETS);
        let mut begin = 0;
        for count in &counts {
            let range = begin..begin + count;
            begins.push(begin);
            let is_wanted = wanted.iter().any(|rank| range.contains(rank));
            held.push(is_wanted.then(|| Vec::with_capacity(*count)));
            begin = range.end;
        }
        let wanted: Vec<bool> = held.iter().map(Option::is_some).collect();
        let picked: Vec<Vec<(usize, f64)>> = self
            .outcomes
            .par_chunks(COUNTED_AT_A_TIME)
            .map(|part| {
                let placed = part.iter().map(|value| (self.bucket(*value, scale), *value));
                placed.filter(|(bucket, _)| wanted.get(*bucket).copied().unwrap_or(false)).collect()
            })
            .collect();
        for (bucket, value) in picked.into_iter().flatten() {
            if let Some(Some(values)) = held.get_mut(bucket) {
                values.push(value);
            }
        }
        held.iter_mut().flatten().for_each(|values| values.sort_unstable_by(f64::total_cmp));
        let at = |rank: usize| {
            let bucket = begins.partition_point(|begin| *begin <= rank).checked_sub(1)?;
            // Empty buckets begin where the next one does: the last that begins there holds the rank.
            held.get(bucket)?.as_ref()?.get(rank - begins.get(bucket)?).copied()
        };
        shares.map(|share| {
            let [below, above] = ranks_of(share, last);
            let (low, high) = (at(below)?, at(above)?);
            #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^52")]
            let part = (share * last as f64).fract();
            Some(low + (high - low) * part)
        })
    }

    /// Twenty equal bars; one where all outcomes are the same.
    fn histogram(&self) -> Vec<Bar> {
        let (low, high) = (self.low, self.high);
        if self.outcomes.is_empty() {
            return Vec::new();
        }
        if high <= low {
            let count = u32::try_from(self.outcomes.len()).unwrap_or(u32::MAX);
            return vec![Bar { from: low, to: high, count }];
        }
        let edge =
            |i: u32| if i == BARS { high } else { low + (high - low) * f64::from(i) / f64::from(BARS) };
        let mut bars: Vec<Bar> =
            (0..BARS).map(|i| Bar { from: edge(i), to: edge(i + 1), count: 0 }).collect();
        let scale = f64::from(BARS) / (high - low);
        let place = |value: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "at least 0, bounded below"
            )]
            let mut at = (((value - low) * scale) as usize).min(bars.len() - 1);
            // The guess may be one off where rounding meets an edge.
            while at > 0 && bars.get(at).is_some_and(|bar| value < bar.from) {
                at -= 1;
            }
            while at + 1 < bars.len() && bars.get(at).is_some_and(|bar| value >= bar.to) {
                at += 1;
            }
            at
        };
        let counted = |mut counts: Vec<u32>, part: &[f64]| {
            for value in part {
                if let Some(count) = counts.get_mut(place(*value)) {
                    *count += 1;
                }
            }
            counts
        };
        let added = |mut all: Vec<u32>, part: Vec<u32>| {
            all.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
            all
        };
        let none = || vec![0_u32; BARS as usize];
        let counts: Vec<u32> =
            self.outcomes.par_chunks(COUNTED_AT_A_TIME).fold(none, counted).reduce(none, added);
        bars.iter_mut().zip(counts).for_each(|(bar, count)| bar.count = count);
        bars
    }
}

/// The two ranks between which a share lies, counted from zero.
fn ranks_of(share: f64, last: usize) -> [usize; 2] {
    #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^52")]
    let position = share.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position within the outcomes"
    )]
    let below = position.floor() as usize;
    [below, (below + 1).min(last)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a sort says.
    fn sorted_summary(outcomes: &[f64], shares: &[f64]) -> (Vec<f64>, Vec<u32>) {
        let mut sorted = outcomes.to_vec();
        sorted.sort_by(f64::total_cmp);
        let found = shares.iter().map(|share| percentile(&sorted, *share).unwrap()).collect();
        let bars = Order::of(outcomes).histogram();
        let mut below = 0;
        let last = bars.len() - 1;
        let counts = bars.iter().enumerate().map(|(at, bar)| {
            let above = if at == last { sorted.len() } else { sorted.partition_point(|v| *v < bar.to) };
            let count = u32::try_from(above - below).unwrap();
            below = above;
            count
        });
        (found, counts.collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn buckets_say_what_a_sort_says(
            values in proptest::collection::vec(-1e6..1e6f64, 9_000..9_400),
            shape in 0..4u8,
        ) {
            let outcomes: Vec<f64> = values
                .iter()
                .map(|v| match shape {
                    0 => *v,
                    1 => (v / 1e5).round(),
                    2 => v.powi(7),
                    _ => if *v > 0.0 { 1.0 } else { *v / 1e12 },
                })
                .collect();
            let shares = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];
            let order = Order::of(&outcomes);
            prop_assert!(order.scale.is_some());
            let (percentiles, counts) = sorted_summary(&outcomes, &shares);
            let found = order.percentiles(shares).map(Option::unwrap);
            prop_assert_eq!(found.map(f64::to_bits).to_vec(), percentiles.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
            prop_assert_eq!(order.histogram().iter().map(|bar| bar.count).collect::<Vec<_>>(), counts);
        }
    }

    #[test]
    fn one_value_is_one_bar() {
        let found = summarise(&[7.0; 10_000], 1, Vec::new());
        assert_eq!((found.p5, found.p95, found.histogram.len()), (7.0, 7.0, 1));
        assert_eq!(found.histogram[0].count, 10_000);
    }
}
