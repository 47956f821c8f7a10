//! The range of the sum. Every value is lognormal with its own mean and the spread that its own range implies; values move
//! together through one factor of the market and one of the industry (Gaussian copula):
//!
//! Xᵢ = vᵢ·exp(sᵢZᵢ − sᵢ²/2), Zᵢ = √ρₘ·M + √ρₖ·Iₖ + √(1 − ρₘ − ρₖ)·εᵢ, sᵢ = ln(P95/P5) ÷ (2·1.6449).
//!
//! The variance of the sum is exact, Σᵢⱼ vᵢvⱼ(exp(sᵢsⱼρᵢⱼ) − 1); the percentiles are simulated.

use std::collections::BTreeMap;

use rand_pcg::{Pcg64, rand_core::Rng};

use super::{Member, member::yuan};
use crate::appraisal::model::{
    maths::{exp, ln},
    normal::normal_quantile,
    outcome::{Outcome, summarise},
};

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;
/// The widest spread: a P95 some sixty times the median.
const SPREAD_MAX: f64 = 2.5;
/// Draws in all: what a job may spend on one portfolio.
const DRAWS: usize = 8_000_000;
/// Paths, fewest and most.
const PATHS: (usize, usize) = (1_000, 10_000);
/// The stream of the generator.
const STREAM: u128 = 0x2c1d_9a7e_4f31_77a5;

/// The sum under common factors.
#[derive(Debug, Clone)]
pub struct Spread {
    /// The simulated sum.
    pub outcome: Outcome,
    /// Its exact standard deviation.
    pub deviation: f64,
    /// The same if the values did not move together at all.
    pub independent: f64,
    /// The same if they moved as one: the sum of their deviations.
    pub comonotonic: f64,
    /// Each member's share of the variance.
    pub shares: Vec<f64>,
}

/// A member to be drawn.
struct Drawn {
    value: f64,
    spread: f64,
    industry: usize,
}

/// The spread of a value from its range.
fn spread_of(member: &Member) -> f64 {
    let (low, value, high) = (yuan(member.low), yuan(member.value), yuan(member.high));
    let spread = if low > 0.0 && high > low {
        ln(high / low) / (2.0 * Z95)
    } else if value > 0.0 && high > value {
        ln(high / value) / Z95
    } else {
        0.0
    };
    spread.clamp(0.0, SPREAD_MAX)
}

/// Draws the sum. The same members, correlations and seed give the same bits.
#[must_use]
pub fn spread(members: &[Member], (market, industry): (f64, f64), seed: u64) -> Spread {
    let mut industries: BTreeMap<&str, usize> = BTreeMap::new();
    let drawn: Vec<Drawn> = members
        .iter()
        .map(|one| {
            let next = industries.len();
            let industry = *industries.entry(&one.industry).or_insert(next);
            Drawn { value: yuan(one.value), spread: spread_of(one), industry }
        })
        .collect();
    let (variance, shares) = exact(&drawn, market, industry);
    let own = |one: &Drawn| one.value * one.value * (exp(one.spread * one.spread) - 1.0);
    Spread {
        outcome: simulated(&drawn, industries.len(), (market, industry), seed),
        deviation: variance.sqrt(),
        independent: drawn.iter().map(own).sum::<f64>().sqrt(),
        comonotonic: drawn.iter().map(|one| own(one).sqrt()).sum(),
        shares,
    }
}

/// The variance of the sum, and each member's share of it.
fn exact(drawn: &[Drawn], market: f64, industry: f64) -> (f64, Vec<f64>) {
    let rows: Vec<f64> = drawn
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let with_others: f64 = drawn
                .iter()
                .enumerate()
                .map(|(other_at, other)| {
                    let correlation = if at == other_at {
                        1.0
                    } else if one.industry == other.industry {
                        market + industry
                    } else {
                        market
                    };
                    other.value * (exp(one.spread * other.spread * correlation) - 1.0)
                })
                .sum();
            one.value * with_others
        })
        .collect();
    let variance: f64 = rows.iter().sum();
    let shares = rows.iter().map(|row| if variance > 0.0 { row / variance } else { 0.0 }).collect();
    (variance.max(0.0), shares)
}

fn simulated(drawn: &[Drawn], industries: usize, (market, industry): (f64, f64), seed: u64) -> Outcome {
    let paths = (DRAWS / drawn.len().max(1)).clamp(PATHS.0, PATHS.1);
    let mut stream = Pcg64::new(u128::from(seed), STREAM);
    let mut normal = || {
        // 53 bits, never 0 nor 1.
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
        let uniform = ((stream.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
        normal_quantile(uniform)
    };
    let (by_market, by_industry) = (market.sqrt(), industry.sqrt());
    let by_itself = (1.0 - market - industry).max(0.0).sqrt();
    let mut factors = vec![0.0; industries];
    let sums: Vec<f64> = (0..paths)
        .map(|_| {
            let common = normal();
            factors.iter_mut().for_each(|factor| *factor = normal());
            let draw = |one: &Drawn| {
                let own = factors.get(one.industry).copied().unwrap_or(0.0);
                let z = by_market * common + by_industry * own + by_itself * normal();
                one.value * exp(one.spread * z - one.spread * one.spread / 2.0)
            };
            drawn.iter().map(draw).sum()
        })
        .collect();
    summarise(&sums, seed, Vec::new())
}
