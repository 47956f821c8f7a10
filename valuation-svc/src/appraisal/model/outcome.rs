//! What a simulation says: moments, percentiles, histogram, tornado.

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
pub(crate) fn summarise(mut outcomes: Vec<f64>, seed: u64, tornado: Vec<TornadoBar>) -> Outcome {
    let paths = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
    let n = f64::from(paths.max(1));
    let mean = outcomes.iter().sum::<f64>() / n;
    let squares: f64 = outcomes.iter().map(|v| (v - mean) * (v - mean)).sum();
    let standard_deviation = if paths > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    outcomes.sort_unstable_by(f64::total_cmp);
    let at = |p: f64| percentile(&outcomes, p).unwrap_or(mean);
    Outcome {
        paths,
        seed,
        mean,
        standard_deviation,
        standard_error: standard_deviation / n.sqrt(),
        p5: at(0.05),
        p10: at(0.10),
        p25: at(0.25),
        p50: at(0.50),
        p75: at(0.75),
        p90: at(0.90),
        p95: at(0.95),
        histogram: histogram(&outcomes),
        tornado,
    }
}

fn histogram(ascending: &[f64]) -> Vec<Bar> {
    let (Some(&low), Some(&high)) = (ascending.first(), ascending.last()) else { return Vec::new() };
    let count = |below: usize, above: usize| u32::try_from(above - below).unwrap_or(u32::MAX);
    if high <= low {
        return vec![Bar { from: low, to: high, count: count(0, ascending.len()) }];
    }
    let edge = |i: u32| if i == BARS { high } else { low + (high - low) * f64::from(i) / f64::from(BARS) };
    let mut below = 0;
    (0..BARS)
        .map(|i| {
            let (from, to) = (edge(i), edge(i + 1));
            let above = if i + 1 == BARS { ascending.len() } else { ascending.partition_point(|v| *v < to) };
            let bar = Bar { from, to, count: count(below, above) };
            below = above;
            bar
        })
        .collect()
}
