//! What a simulation says: moments, percentiles, histogram, tornado.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::wide::wide;

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
    let moments = || {
        let mean = outcomes.iter().sum::<f64>() / n;
        let squares: f64 = outcomes.iter().map(|v| (v - mean) * (v - mean)).sum();
        (mean, if paths > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 })
    };
    let shares = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];
    let ((mean, standard_deviation), order) = rayon::join(moments, || Order::of(outcomes, &shares));
    let [p5, p10, p25, p50, p75, p90, p95] = shares.map(|share| order.percentile(share).unwrap_or(mean));
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
/// hold a wanted rank or the edge of a bar are sorted. Exactly the values and counts that a sort would give.
struct Order {
    outcomes: usize,
    low: f64,
    high: f64,
    /// Buckets ÷ range; 0 where there is no range to divide, and then one bucket holds all.
    scale: f64,
    /// The highest bucket.
    top: u32,
    /// How many outcomes lie below each bucket.
    begins: Vec<usize>,
    /// What lies in the wanted buckets, sorted.
    held: Vec<Option<Vec<f64>>>,
}

/// Narrow buckets.
const BUCKETS: u32 = 8_192;
/// Outcomes that one thread counts at a time.
const COUNTED_AT_A_TIME: usize = 1 << 17;
/// Outcomes worked on beside each other.
const LANES: usize = 64;

impl Order {
    fn of(outcomes: &[f64], shares: &[f64]) -> Self {
        let wider = |(low, high): (f64, f64), (a, b): (f64, f64)| {
            (if a < low { a } else { low }, if b > high { b } else { high })
        };
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = outcomes.par_chunks(COUNTED_AT_A_TIME).map(ends).reduce(|| none, wider);
        let scale = f64::from(BUCKETS) / (high - low);
        let divides = outcomes.len() > BUCKETS as usize && scale.is_finite() && scale > 0.0;
        let (buckets, scale) = if divides { (BUCKETS, scale) } else { (1, 0.0) };
        let (top, begins) = (buckets - 1, Vec::with_capacity(buckets as usize));
        let mut order = Self { outcomes: outcomes.len(), low, high, scale, top, begins, held: Vec::new() };
        let counts = order.count(outcomes);
        let mut below = 0;
        for count in &counts {
            order.begins.push(below);
            below += *count as usize;
        }
        let mut wanted = vec![false; buckets as usize];
        let last = outcomes.len().saturating_sub(1);
        let ranks = shares.iter().flat_map(|share| ranks_of(*share, last)).map(|rank| order.holds(rank));
        let edges = (1..BARS).map(|edge| order.bucket(order.edge(edge)) as usize);
        for bucket in ranks.chain(edges) {
            if let Some(flag) = wanted.get_mut(bucket) {
                *flag = true;
            }
        }
        order.held = order.pick(outcomes, &wanted);
        order
    }

    /// Never falls as the value rises: rounding keeps the order of differences, products and sums.
    #[inline(always)]
    fn bucket(&self, value: f64) -> u32 {
        // Added to a small number it leaves the nearest whole number in the low bits.
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        #[expect(clippy::cast_possible_truncation, reason = "a few thousand")]
        let bucket = ((value - self.low) * self.scale + WHOLE).to_bits() as u32;
        bucket.min(self.top)
    }

    /// How many outcomes lie in each bucket. Whole numbers add up the same in any order.
    fn count(&self, outcomes: &[f64]) -> Vec<u32> {
        let counted = |mut counts: Vec<u32>, part: &[f64]| {
            wide(
                #[inline(always)]
                || {
                    self.each(
                        part,
                        #[inline(always)]
                        |bucket, _| {
                            if let Some(count) = counts.get_mut(bucket as usize) {
                                *count += 1;
                            }
                        },
                    );
                },
            );
            counts
        };
        let added = |mut all: Vec<u32>, part: Vec<u32>| {
            all.iter_mut().zip(part).for_each(|(sum, count)| *sum += count);
            all
        };
        let none = || vec![0; self.top as usize + 1];
        outcomes.par_chunks(COUNTED_AT_A_TIME).fold(none, counted).reduce(none, added)
    }

    /// The outcomes of the wanted buckets, sorted.
    fn pick(&self, outcomes: &[f64], wanted: &[bool]) -> Vec<Option<Vec<f64>>> {
        let picked = |part: &[f64]| {
            let mut picked = Vec::new();
            wide(
                #[inline(always)]
                || {
                    self.each(
                        part,
                        #[inline(always)]
                        |bucket, value| {
                            if wanted.get(bucket as usize).copied().unwrap_or(false) {
                                picked.push((bucket as usize, value));
                            }
                        },
                    );
                },
            );
            picked
        };
        let picked: Vec<Vec<(usize, f64)>> = outcomes.par_chunks(COUNTED_AT_A_TIME).map(picked).collect();
        let mut held: Vec<Option<Vec<f64>>> = wanted.iter().map(|wanted| wanted.then(Vec::new)).collect();
        for (bucket, value) in picked.into_iter().flatten() {
            if let Some(Some(values)) = held.get_mut(bucket) {
                values.push(value);
            }
        }
        held.iter_mut().flatten().for_each(|values| values.sort_unstable_by(f64::total_cmp));
        held
    }

    /// Every outcome with its bucket; the buckets are reckoned beside each other.
    #[inline(always)]
    fn each(&self, part: &[f64], mut take: impl FnMut(u32, f64)) {
        for lanes in part.chunks(LANES) {
            let mut buckets = [0; LANES];
            for (bucket, value) in buckets.iter_mut().zip(lanes) {
                *bucket = self.bucket(*value);
            }
            for (bucket, value) in buckets.iter().zip(lanes) {
                take(*bucket, *value);
            }
        }
    }

    /// The bucket that holds a rank, counted from zero. Empty buckets begin where the next one does: the last that begins
    /// there holds it.
    fn holds(&self, rank: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= rank).saturating_sub(1)
    }

    fn at(&self, rank: usize) -> Option<f64> {
        let bucket = self.holds(rank);
        self.held.get(bucket)?.as_ref()?.get(rank - self.begins.get(bucket)?).copied()
    }

    /// How many outcomes are smaller; of a value whose bucket is held.
    fn below(&self, value: f64) -> Option<usize> {
        let bucket = self.bucket(value) as usize;
        let held = self.held.get(bucket)?.as_ref()?;
        Some(self.begins.get(bucket)? + held.partition_point(|v| *v < value))
    }

    fn percentile(&self, share: f64) -> Option<f64> {
        let last = self.outcomes.checked_sub(1)?;
        let [low, high] = ranks_of(share, last).map(|rank| self.at(rank));
        let (low, high) = (low?, high?);
        #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^52")]
        let part = (share * last as f64).fract();
        Some(low + (high - low) * part)
    }

    /// Where bar `i` of the histogram begins.
    fn edge(&self, i: u32) -> f64 {
        if i == BARS {
            return self.high;
        }
        self.low + (self.high - self.low) * f64::from(i) / f64::from(BARS)
    }

    /// Twenty equal bars; one where all outcomes are the same.
    fn histogram(&self) -> Vec<Bar> {
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        if self.outcomes == 0 {
            return Vec::new();
        }
        if self.high <= self.low {
            return vec![Bar { from: self.low, to: self.high, count: whole(self.outcomes) }];
        }
        let below = |edge: u32| match edge {
            0 => 0,
            BARS => self.outcomes,
            edge => self.below(self.edge(edge)).unwrap_or(0),
        };
        (0..BARS)
            .map(|i| Bar { from: self.edge(i), to: self.edge(i + 1), count: whole(below(i + 1) - below(i)) })
            .collect()
    }
}

/// The lowest and the highest of some outcomes.
fn ends(part: &[f64]) -> (f64, f64) {
    const BESIDE: usize = 16;
    wide(
        #[inline(always)]
        || {
            let (mut low, mut high) = ([f64::INFINITY; BESIDE], [f64::NEG_INFINITY; BESIDE]);
            for lanes in part.chunks(BESIDE) {
                for ((low, high), v) in low.iter_mut().zip(&mut high).zip(lanes) {
                    *low = if *v < *low { *v } else { *low };
                    *high = if *v > *high { *v } else { *high };
                }
            }
            let lowest = low.iter().fold(f64::INFINITY, |a, b| if *b < a { *b } else { a });
            (lowest, high.iter().fold(f64::NEG_INFINITY, |a, b| if *b > a { *b } else { a }))
        },
    )
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
    use crate::scoring::model::oecd::percentile;
    use proptest::prelude::*;

    /// What a sort says.
    fn sorted_summary(outcomes: &[f64], shares: &[f64]) -> (Vec<f64>, Vec<u32>) {
        let mut sorted = outcomes.to_vec();
        sorted.sort_by(f64::total_cmp);
        let found = shares.iter().map(|share| percentile(&sorted, *share).unwrap()).collect();
        let bars = Order::of(outcomes, shares).histogram();
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
            values in proptest::collection::vec(-1e6..1e6f64, 8_900..9_400),
            few in 2..8_000_usize,
            shape in 0..6u8,
        ) {
            let taken = if shape == 4 { few } else { values.len() };
            let outcomes: Vec<f64> = values
                .iter()
                .take(taken)
                .map(|v| match shape {
                    0 => *v,
                    1 => (v / 1e5).round(),
                    2 => v.powi(7),
                    // So wide that no bucket can be reckoned, and so few that none is needed.
                    3 => v * 1e302,
                    _ => if *v > 0.0 { 1.0 } else { *v / 1e12 },
                })
                .collect();
            let shares = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];
            let order = Order::of(&outcomes, &shares);
            prop_assert_eq!(order.top == 0, matches!(shape, 3 | 4));
            let (percentiles, counts) = sorted_summary(&outcomes, &shares);
            let found = shares.map(|share| order.percentile(share).unwrap());
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
