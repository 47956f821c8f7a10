//! Monte Carlo simulation: seeded, reproducible bit for bit on any number of threads.
//!
//! All paths draw from one PCG-64 stream. A chunk of paths jumps ahead to its own segment of the stream, so
//! which thread takes which chunk cannot matter. Ranks are correlated by a Gaussian copula whose normal
//! correlation is 2·sin(π·ρₛ/6) for a rank correlation ρₛ (Pearson 1907).

use rand_pcg::{Pcg64, rand_core::Rng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use super::{
    distribution::{Distribution, Quantile},
    error::{AppraisalError, PATHS_MAX, within},
    maths::{normal_quantile, sin_small},
    outcome::{Outcome, TornadoBar, summarise},
};

/// The most uncertain inputs.
pub const VARIABLES_MAX: usize = 20;
/// Paths that one thread takes at a time. Not a power of two: jumps of the generator by powers of two leave its
/// low bits related.
const CHUNK: usize = 1_000;
/// Below this many paths the threads cost more than they save.
const SERIAL_PATHS: usize = 5_000;

/// An uncertain input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name, as in errors and the tornado chart.
    pub name: String,
    /// Its distribution.
    pub distribution: Distribution,
}

/// The rank correlation of two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankCorrelation {
    /// Position of one.
    pub first: usize,
    /// Position of the other.
    pub second: usize,
    /// Spearman's coefficient, −1 to 1.
    pub coefficient: f64,
}

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// Paths, 1 to 2,000,000.
    pub paths: u32,
    /// Seed: the same seed gives the same bits.
    pub seed: u64,
    /// Inputs.
    pub variables: Vec<Variable>,
    /// Correlations; pairs not named are independent.
    pub rank_correlations: Vec<RankCorrelation>,
}

/// A matrix row by row: the lower Cholesky factor of the normal correlations.
type Lower = Vec<Vec<f64>>;

struct Prepared {
    quantiles: Vec<Quantile>,
    /// `None` where every input is independent.
    lower: Option<Lower>,
    /// Which inputs are correlated with another.
    joint: Vec<bool>,
    seed: u64,
}

/// Draws all paths and summarises what `model` makes of them. It gets the inputs in the order given.
///
/// # Errors
/// Names the input that is unusable; `paths` beyond the bound; `model` where a path has no finite outcome.
pub fn simulate(
    simulation: &Simulation,
    model: impl Fn(&[f64]) -> f64 + Sync,
) -> Result<Outcome, AppraisalError> {
    let prepared = prepare(simulation)?;
    let mut outcomes = vec![0.0; simulation.paths as usize];
    let chunk = |(number, slots): (usize, &mut [f64])| prepared.run(number, slots, &model);
    if outcomes.len() <= SERIAL_PATHS {
        outcomes.chunks_mut(CHUNK).enumerate().for_each(chunk);
    } else {
        outcomes.par_chunks_mut(CHUNK).enumerate().for_each(chunk);
    }
    if outcomes.iter().any(|v| !v.is_finite()) {
        return Err(AppraisalError::new("model", "有路径没有有限的结果", "a path has no finite outcome"));
    }
    Ok(summarise(outcomes, simulation.seed, tornado(simulation, &prepared, &model)))
}

fn prepare(simulation: &Simulation) -> Result<Prepared, AppraisalError> {
    if simulation.paths == 0 || simulation.paths > PATHS_MAX {
        return Err(AppraisalError::new("paths", "必须为 1 至 2000000", "must be 1 to 2000000"));
    }
    let count = simulation.variables.len();
    if count == 0 || count > VARIABLES_MAX {
        return Err(AppraisalError::new("variables", "必须有 1 至 20 项", "must have 1 to 20 entries"));
    }
    let quantiles = simulation
        .variables
        .iter()
        .map(|v| v.distribution.prepare(&v.name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut joint = vec![false; count];
    let mut matrix: Lower = (0..count).map(|i| (0..count).map(|j| f64::from(i == j)).collect()).collect();
    for pair in &simulation.rank_correlations {
        within("rank_correlations", pair.coefficient, -1.0, 1.0)?;
        let normal = 2.0 * sin_small(PI * pair.coefficient / 6.0);
        for (i, j) in [(pair.first, pair.second), (pair.second, pair.first)] {
            match matrix.get_mut(i).and_then(|row| row.get_mut(j)) {
                Some(cell) if i != j => *cell = normal,
                _ => {
                    return Err(correlations(
                        "两个变量必须不同且存在",
                        "the two inputs must exist and differ",
                    ));
                }
            }
            if let Some(flag) = joint.get_mut(i) {
                *flag = true;
            }
        }
    }
    let lower = if simulation.rank_correlations.is_empty() { None } else { Some(cholesky(&matrix)?) };
    Ok(Prepared { quantiles, lower, joint, seed: simulation.seed })
}

fn correlations(zh: &str, en: &str) -> AppraisalError {
    AppraisalError::new("rank_correlations", zh, en)
}

fn cholesky(matrix: &Lower) -> Result<Lower, AppraisalError> {
    let mut lower: Lower = Vec::with_capacity(matrix.len());
    for (i, row) in matrix.iter().enumerate() {
        let mut next = vec![0.0; row.len()];
        for (j, cell) in row.iter().take(i + 1).enumerate() {
            let earlier = lower.get(j).unwrap_or(&next);
            let products: f64 = next.iter().zip(earlier).take(j).map(|(a, b)| a * b).sum();
            let left = cell - products;
            let value = if i == j {
                if left <= 1e-12 {
                    return Err(correlations("相关系数相互矛盾", "the coefficients contradict each other"));
                }
                left.sqrt()
            } else {
                left / lower.get(j).and_then(|r| r.get(j)).copied().unwrap_or(1.0)
            };
            if let Some(slot) = next.get_mut(j) {
                *slot = value;
            }
        }
        lower.push(next);
    }
    Ok(lower)
}

impl Prepared {
    /// Fills one chunk from its own segment of the stream.
    fn run(&self, number: usize, slots: &mut [f64], model: &impl Fn(&[f64]) -> f64) {
        let count = self.quantiles.len();
        let mut stream = Pcg64::new(u128::from(self.seed), 0x5851_f42d_4c95_7f2d);
        stream.advance((number * CHUNK * count) as u128);
        let mut uniforms = vec![0.0; count];
        let mut scores = vec![0.0; count];
        let mut inputs = vec![0.0; count];
        for slot in slots {
            uniforms.iter_mut().for_each(|u| *u = open_uniform(stream.next_u64()));
            match &self.lower {
                None => {
                    for ((input, quantile), u) in inputs.iter_mut().zip(&self.quantiles).zip(&uniforms) {
                        *input = quantile.at(*u);
                    }
                }
                Some(lower) => {
                    for ((score, u), joint) in scores.iter_mut().zip(&uniforms).zip(&self.joint) {
                        *score = if *joint { normal_quantile(*u) } else { 0.0 };
                    }
                    let drawn = inputs
                        .iter_mut()
                        .zip(&self.quantiles)
                        .zip(&uniforms)
                        .zip(lower.iter().zip(&self.joint));
                    for (((input, quantile), u), (row, joint)) in drawn {
                        *input = if *joint {
                            quantile.at_score(row.iter().zip(&scores).map(|(a, b)| a * b).sum())
                        } else {
                            quantile.at(*u)
                        };
                    }
                }
            }
            *slot = model(&inputs);
        }
    }
}

/// 53 random bits as a number strictly between 0 and 1.
fn open_uniform(bits: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
    let whole = (bits >> 11) as f64;
    (whole + 0.5) / 9_007_199_254_740_992.0
}

/// Each input at its P10 and P90 with the others at their medians, the widest swing first.
fn tornado(simulation: &Simulation, prepared: &Prepared, model: &impl Fn(&[f64]) -> f64) -> Vec<TornadoBar> {
    let medians: Vec<f64> = prepared.quantiles.iter().map(|q| q.at(0.5)).collect();
    let mut bars: Vec<TornadoBar> = simulation
        .variables
        .iter()
        .zip(&prepared.quantiles)
        .enumerate()
        .filter(|(_, (_, quantile))| !matches!(quantile, Quantile::Fixed(_)))
        .map(|(at, (variable, quantile))| {
            let swung = |u: f64| {
                let mut inputs = medians.clone();
                let input = quantile.at(u);
                if let Some(slot) = inputs.get_mut(at) {
                    *slot = input;
                }
                (input, model(&inputs))
            };
            let ((input_low, at_low), (input_high, at_high)) = (swung(0.10), swung(0.90));
            TornadoBar { name: variable.name.clone(), input_low, input_high, at_low, at_high }
        })
        .collect();
    bars.sort_by(|a, b| b.swing().total_cmp(&a.swing()));
    bars
}

#[cfg(test)]
#[path = "monte_carlo_tests.rs"]
mod tests;
