//! Monte Carlo simulation: seeded, reproducible bit for bit on any number of threads.
//!
//! All paths draw from one PCG-64 stream. A chunk of paths jumps ahead to its own segment of the stream, so
//! which thread takes which chunk cannot matter. Within a chunk inputs are columns, so that the loops over paths have no
//! branches and no allocations. Ranks are correlated by a Gaussian copula whose normal
//! correlation is 2·sin(π·ρₛ/6) for a rank correlation ρₛ (Pearson 1907).

use rand_pcg::{Pcg64, rand_core::Rng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use super::{
    distribution::{Distribution, Quantile},
    error::{AppraisalError, PATHS_MAX},
    maths::sin_small,
    normal::normal_quantiles,
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
    /// Spearman's coefficient, strictly between −1 and 1.
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
    simulate_columns(simulation, |inputs, slots| {
        let mut row = vec![0.0; inputs.len()];
        for (at, slot) in slots.iter_mut().enumerate() {
            for (value, column) in row.iter_mut().zip(inputs) {
                *value = column.get(at).copied().unwrap_or(f64::NAN);
            }
            *slot = model(&row);
        }
    })
}

/// The same for a model that takes a thousand paths at once: a column for each input, and the outcomes to fill. Models
/// whose loops run over paths are worked on several paths at a time by the processor.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_columns(
    simulation: &Simulation,
    model: impl Fn(&[Vec<f64>], &mut [f64]) + Sync,
) -> Result<Outcome, AppraisalError> {
    let prepared = prepare(simulation)?;
    let mut outcomes = vec![0.0; simulation.paths as usize];
    let chunk = |buffers: &mut Buffers, (number, slots): (usize, &mut [f64])| {
        prepared.draw(number, slots.len(), buffers);
        model(&buffers.inputs, slots);
        slots.iter().all(|outcome| outcome.is_finite())
    };
    let finite = if outcomes.len() <= SERIAL_PATHS {
        let mut buffers = Buffers::default();
        outcomes.chunks_mut(CHUNK).enumerate().all(|part| chunk(&mut buffers, part))
    } else {
        let parts = outcomes.par_chunks_mut(CHUNK).enumerate();
        parts.map_init(Buffers::default, chunk).reduce(|| true, |one, other| one && other)
    };
    if !finite {
        return Err(AppraisalError::new("model", "有路径没有有限的结果", "a path has no finite outcome"));
    }
    Ok(summarise(&outcomes, simulation.seed, tornado(simulation, &prepared, &model)))
}

/// What one thread draws into, kept from chunk to chunk.
#[derive(Default)]
struct Buffers {
    /// Uniform numbers as they come, path after path.
    uniforms: Vec<f64>,
    /// Normal scores of the inputs that are correlated, by input.
    scores: Vec<Vec<f64>>,
    /// The inputs.
    inputs: Vec<Vec<f64>>,
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
    let (lower, joint) = factor(count, &simulation.rank_correlations)?;
    Ok(Prepared { quantiles, lower, joint, seed: simulation.seed })
}

/// Whether rank correlations can hold together between so many inputs.
///
/// # Errors
/// `rank_correlations` where a pair or a coefficient is out of bounds, or where they contradict each other.
pub fn consistent(count: usize, pairs: &[RankCorrelation]) -> Result<(), AppraisalError> {
    factor(count, pairs).map(drop)
}

/// The factor of the normal correlations, none where every input is independent; and which inputs are correlated.
fn factor(count: usize, pairs: &[RankCorrelation]) -> Result<(Option<Lower>, Vec<bool>), AppraisalError> {
    let mut joint = vec![false; count];
    let mut matrix: Lower = (0..count).map(|i| (0..count).map(|j| f64::from(i == j)).collect()).collect();
    for pair in pairs {
        if !pair.coefficient.is_finite() || pair.coefficient.abs() >= 1.0 {
            return Err(correlations(
                "秩相关系数必须大于 -1 且小于 1",
                "a rank correlation must lie strictly between -1 and 1",
            ));
        }
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
    let lower = if pairs.is_empty() { None } else { Some(cholesky(&matrix)?) };
    Ok((lower, joint))
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
    /// Draws the paths of one chunk from its own segment of the stream.
    fn draw(&self, number: usize, paths: usize, buffers: &mut Buffers) {
        let count = self.quantiles.len();
        let Buffers { uniforms, scores, inputs } = buffers;
        uniforms.resize(paths * count, 0.0);
        self.fill_uniforms(number * CHUNK * count, uniforms);
        inputs.resize_with(count, Vec::new);
        for (at, (column, quantile)) in inputs.iter_mut().zip(&self.quantiles).enumerate() {
            column.resize(paths, 0.0);
            for (slot, row) in column.iter_mut().zip(uniforms.chunks_exact(count)) {
                *slot = row.get(at).copied().unwrap_or(0.5);
            }
            if !self.is_joint(at) {
                quantile.fill(column);
            }
        }
        if let Some(lower) = &self.lower {
            self.correlate(lower, scores, inputs);
        }
    }

    /// The numbers of the stream from a position on. The generator waits for its own last state; four of them, each a
    /// quarter ahead of the one before, wait at the same time.
    fn fill_uniforms(&self, position: usize, uniforms: &mut [f64]) {
        let quarter = uniforms.len() / 4;
        let [mut first, mut second, mut third, mut last] = std::array::from_fn(|part| {
            let mut stream = Pcg64::new(u128::from(self.seed), 0x5851_f42d_4c95_7f2d);
            stream.advance((position + part * quarter) as u128);
            stream
        });
        let (a, rest) = uniforms.split_at_mut(quarter);
        let (b, rest) = rest.split_at_mut(quarter);
        let (c, d) = rest.split_at_mut(quarter);
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d.iter_mut()) {
            *a = open_uniform(first.next_u64());
            *b = open_uniform(second.next_u64());
            *c = open_uniform(third.next_u64());
            *d = open_uniform(last.next_u64());
        }
        d.iter_mut().skip(quarter).for_each(|u| *u = open_uniform(last.next_u64()));
    }

    fn is_joint(&self, at: usize) -> bool {
        self.joint.get(at).copied().unwrap_or(false)
    }

    /// Turns the uniform columns of the correlated inputs into correlated draws.
    fn correlate(&self, lower: &Lower, scores: &mut Vec<Vec<f64>>, inputs: &mut [Vec<f64>]) {
        scores.resize_with(inputs.len(), Vec::new);
        for (at, (score, input)) in scores.iter_mut().zip(inputs.iter()).enumerate() {
            score.clear();
            if self.is_joint(at) {
                score.extend_from_slice(input);
                normal_quantiles(score);
            }
        }
        let columns = inputs.iter_mut().zip(&self.quantiles).zip(lower).enumerate();
        for (at, ((input, quantile), row)) in columns.filter(|(at, _)| self.is_joint(*at)) {
            input.fill(0.0);
            for (weight, score) in row.iter().zip(scores.iter()).take(at + 1) {
                input.iter_mut().zip(score).for_each(|(sum, score)| *sum += weight * score);
            }
            quantile.fill_scores(input);
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
fn tornado(
    simulation: &Simulation,
    prepared: &Prepared,
    model: &impl Fn(&[Vec<f64>], &mut [f64]),
) -> Vec<TornadoBar> {
    let one = |inputs: &[f64]| {
        let columns: Vec<Vec<f64>> = inputs.iter().map(|input| vec![*input]).collect();
        let mut outcome = [f64::NAN];
        model(&columns, &mut outcome);
        let [outcome] = outcome;
        outcome
    };
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
                (input, one(&inputs))
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
