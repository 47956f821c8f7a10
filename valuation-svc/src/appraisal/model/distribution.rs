//! The distributions of uncertain inputs, each known by its quantile function.
//!
//! Quantiles rather than samplers: one uniform number gives one draw, so that rank correlation, tornado charts
//! and jump-ahead of the generator are exact.

use serde::{Deserialize, Serialize};

use super::{
    error::{AppraisalError, ENTRIES_MAX, finite, not_negative, positive},
    maths::{choose, exp, ln, pow},
    normal::{normal_quantile, normal_quantiles, score_share},
    wide::wide,
};

/// A distribution of one input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum Distribution {
    /// Known.
    Fixed {
        /// The value.
        value: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        standard_deviation: f64,
    },
    /// Lognormal, by the mean and standard deviation of the value itself.
    Lognormal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        standard_deviation: f64,
    },
    /// Triangular.
    Triangular {
        /// Lowest.
        low: f64,
        /// Most likely.
        mode: f64,
        /// Highest.
        high: f64,
    },
    /// PERT: beta with mean (low + 4·mode + high)/6.
    Pert {
        /// Lowest.
        low: f64,
        /// Most likely.
        mode: f64,
        /// Highest.
        high: f64,
    },
    /// Uniform.
    Uniform {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// Discrete: values in any order with probabilities that sum to 1.
    Discrete {
        /// `(value, probability)`.
        outcomes: Vec<(f64, f64)>,
    },
}

/// A distribution ready to draw from.
#[derive(Debug, Clone)]
pub enum Quantile {
    Fixed(f64),
    Normal { mean: f64, sd: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Table { low: f64, width: f64, cumulative: Vec<f64> },
    Uniform { low: f64, high: f64 },
    Discrete(Vec<(f64, f64)>),
}

/// Cells of a PERT table.
const CELLS: u32 = 512;

impl Distribution {
    /// Checks the parameters and prepares the quantile function.
    ///
    /// # Errors
    /// Names `field` and the parameter that is unusable.
    pub fn prepare(&self, field: &str) -> Result<Quantile, AppraisalError> {
        let of = |name: &str| format!("{field}.{name}");
        Ok(match *self {
            Self::Fixed { value } => Quantile::Fixed(finite(field, value)?),
            Self::Normal { mean, standard_deviation } => Quantile::Normal {
                mean: finite(&of("mean"), mean)?,
                sd: not_negative(&of("standard_deviation"), standard_deviation)?,
            },
            Self::Lognormal { mean, standard_deviation } => {
                positive(&of("mean"), mean)?;
                not_negative(&of("standard_deviation"), standard_deviation)?;
                let relative = standard_deviation / mean;
                let variance = ln(1.0 + relative * relative);
                Quantile::Lognormal { mu: ln(mean) - 0.5 * variance, sigma: variance.sqrt() }
            }
            Self::Triangular { low, mode, high } => {
                ordered(field, &[low, mode, high])?;
                if low == high { Quantile::Fixed(low) } else { Quantile::Triangular { low, mode, high } }
            }
            Self::Pert { low, mode, high } => {
                ordered(field, &[low, mode, high])?;
                if low == high { Quantile::Fixed(low) } else { pert_table(low, mode, high) }
            }
            Self::Uniform { low, high } => {
                ordered(field, &[low, high])?;
                Quantile::Uniform { low, high }
            }
            Self::Discrete { ref outcomes } => discrete(field, outcomes)?,
        })
    }
}

fn ordered(field: &str, values: &[f64]) -> Result<(), AppraisalError> {
    for value in values {
        finite(field, *value)?;
    }
    if values.windows(2).all(|pair| matches!(pair, [a, b] if a <= b)) {
        Ok(())
    } else {
        Err(AppraisalError::new(field, "须满足 低 ≤ 最可能 ≤ 高", "must have low ≤ mode ≤ high"))
    }
}

fn discrete(field: &str, outcomes: &[(f64, f64)]) -> Result<Quantile, AppraisalError> {
    if outcomes.is_empty() || outcomes.len() > ENTRIES_MAX {
        return Err(AppraisalError::new(field, "必须有 1 至 1000 项", "must have 1 to 1000 entries"));
    }
    let mut sum = 0.0;
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (value, probability) in &mut sorted {
        finite(field, *value)?;
        sum += not_negative(field, *probability)?;
        *probability = sum;
    }
    if (sum - 1.0).abs() > 1e-9 {
        return Err(AppraisalError::new(field, "概率之和必须为 1", "the probabilities must sum to 1"));
    }
    Ok(Quantile::Discrete(sorted))
}

/// The beta distribution of a PERT, integrated cell by cell with Simpson's rule.
fn pert_table(low: f64, mode: f64, high: f64) -> Quantile {
    let width = high - low;
    let place = (mode - low) / width;
    let (a, b) = (4.0 * place, 4.0 * (1.0 - place));
    let raised = |base: f64, power: f64| if base <= 0.0 { f64::from(power == 0.0) } else { pow(base, power) };
    let density = |x: f64| raised(x, a) * raised(1.0 - x, b);
    let cell = 1.0 / f64::from(CELLS);
    let mut cumulative = vec![0.0];
    let (mut sum, mut left) = (0.0, density(0.0));
    for i in 0..CELLS {
        let x = f64::from(i) * cell;
        let right = density(if i + 1 == CELLS { 1.0 } else { x + cell });
        sum += (left + 4.0 * density(x + 0.5 * cell) + right) * cell / 6.0;
        cumulative.push(sum);
        left = right;
    }
    cumulative.iter_mut().for_each(|c| *c /= sum);
    Quantile::Table { low, width, cumulative }
}

impl Quantile {
    /// The value below which a share `u` (0 < u < 1) of the draws lies.
    #[must_use]
    pub fn at(&self, u: f64) -> f64 {
        match self {
            Self::Normal { .. } | Self::Lognormal { .. } => self.at_score(normal_quantile(u)),
            Self::Fixed(value) => *value,
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if u * width <= mode - low {
                    low + (u * width * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - mode)).sqrt()
                }
            }
            Self::Table { low, width, cumulative } => {
                let cell = cumulative.partition_point(|c| *c < u).clamp(1, CELLS as usize);
                let (Some(below), Some(above)) = (cumulative.get(cell - 1), cumulative.get(cell)) else {
                    return *low;
                };
                let part = if above > below { (u - below) / (above - below) } else { 0.5 };
                #[expect(clippy::cast_precision_loss, reason = "at most 512 cells")]
                let x = ((cell - 1) as f64 + part) / f64::from(CELLS);
                low + width * x
            }
            Self::Uniform { low, high } => low + (high - low) * u,
            Self::Discrete(outcomes) => {
                let at = outcomes.partition_point(|(_, cumulative)| *cumulative < u);
                outcomes.get(at).or(outcomes.last()).map_or(0.0, |(value, _)| *value)
            }
        }
    }

    /// [`Quantile::at`] of a column of shares, in place; the same bits.
    pub fn fill(&self, column: &mut [f64]) {
        wide(
            #[inline(always)]
            || self.fill_here(column),
        );
    }

    #[inline(always)]
    fn fill_here(&self, column: &mut [f64]) {
        match self {
            Self::Fixed(value) => column.fill(*value),
            Self::Normal { .. } | Self::Lognormal { .. } => {
                normal_quantiles(column);
                self.fill_scores(column);
            }
            Self::Triangular { low, mode, high } => {
                let (width, rise, fall) = (high - low, mode - low, high - mode);
                for u in column {
                    let p = *u;
                    let rises = p * width <= rise;
                    let root = choose(rises, p * width * rise, (1.0 - p) * width * fall).sqrt();
                    *u = choose(rises, low + root, high - root);
                }
            }
            Self::Uniform { low, high } => {
                let width = high - low;
                for u in column {
                    *u = low + width * *u;
                }
            }
            Self::Table { .. } | Self::Discrete(_) => {
                for u in column {
                    *u = self.at(*u);
                }
            }
        }
    }

    /// [`Quantile::at_score`] of a column of scores, in place; the same bits.
    pub fn fill_scores(&self, column: &mut [f64]) {
        match self {
            Self::Normal { mean, sd } => {
                for z in column {
                    *z = mean + sd * *z;
                }
            }
            Self::Lognormal { mu, sigma } => {
                for z in column {
                    *z = exp(mu + sigma * *z);
                }
            }
            other => {
                for z in column.iter_mut() {
                    *z = score_share(*z);
                }
                other.fill(column);
            }
        }
    }

    /// The same for a standard normal score, as a Gaussian copula gives it.
    #[must_use]
    pub fn at_score(&self, z: f64) -> f64 {
        match self {
            Self::Normal { mean, sd } => mean + sd * z,
            Self::Lognormal { mu, sigma } => exp(mu + sigma * z),
            other => other.at(score_share(z)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all() -> Vec<Distribution> {
        vec![
            Distribution::Normal { mean: 3.0, standard_deviation: 2.0 },
            Distribution::Lognormal { mean: 3.0, standard_deviation: 2.0 },
            Distribution::Triangular { low: 0.03, mode: 0.05, high: 0.07 },
            Distribution::Triangular { low: 1.0, mode: 1.0, high: 2.0 },
            Distribution::Pert { low: 2.0, mode: 3.0, high: 9.0 },
            Distribution::Pert { low: 2.0, mode: 2.0, high: 9.0 },
            Distribution::Uniform { low: -1.0, high: 4.0 },
            Distribution::Discrete { outcomes: vec![(5.0, 0.2), (1.0, 0.5), (2.0, 0.3)] },
        ]
    }

    /// The mean as the integral of the quantile function, by the midpoint rule.
    fn mean(distribution: &Distribution) -> f64 {
        let quantile = distribution.prepare("x").unwrap();
        let n = 200_000;
        (0..n).map(|i| quantile.at((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n)
    }

    #[test]
    fn each_distribution_has_the_mean_of_its_formula() {
        let expected = [3.0, 3.0, 0.05, 4.0 / 3.0, 23.0 / 6.0, 19.0 / 6.0, 1.5, 2.1];
        for (distribution, expected) in all().iter().zip(expected) {
            let found = mean(distribution);
            assert!((found - expected).abs() < 2e-4 * expected.abs().max(1.0), "{distribution:?}: {found}");
        }
    }

    #[test]
    fn parameters_that_make_no_distribution_are_named() {
        let field = |d: Distribution| d.prepare("royalty_rate").unwrap_err().field;
        assert_eq!(field(Distribution::Triangular { low: 2.0, mode: 1.0, high: 3.0 }), "royalty_rate");
        assert_eq!(
            field(Distribution::Normal { mean: 1.0, standard_deviation: -1.0 }),
            "royalty_rate.standard_deviation"
        );
        assert_eq!(field(Distribution::Discrete { outcomes: vec![(1.0, 0.4)] }), "royalty_rate");
        assert_eq!(
            field(Distribution::Lognormal { mean: 0.0, standard_deviation: 1.0 }),
            "royalty_rate.mean"
        );
        assert_eq!(field(Distribution::Uniform { low: f64::NAN, high: 1.0 }), "royalty_rate");
    }

    proptest! {
        #[test]
        fn a_column_has_the_bits_of_each_draw(us in proptest::collection::vec(1e-9..1.0f64, 1..100)) {
            for distribution in all() {
                let quantile = distribution.prepare("x").unwrap();
                let mut column = us.clone();
                quantile.fill(&mut column);
                let mut scores: Vec<f64> = us.iter().map(|u| normal_quantile(*u)).collect();
                let each: Vec<f64> = scores.iter().map(|z| quantile.at_score(*z)).collect();
                quantile.fill_scores(&mut scores);
                for ((found, u), (score, one)) in column.iter().zip(&us).zip(scores.iter().zip(each)) {
                    prop_assert_eq!(found.to_bits(), quantile.at(*u).to_bits(), "{:?}", distribution);
                    prop_assert_eq!(score.to_bits(), one.to_bits(), "{:?}", distribution);
                }
            }
        }

        #[test]
        fn a_quantile_never_falls(u in 1e-6..0.999f64, more in 0.0..1e-3f64) {
            for distribution in all() {
                let quantile = distribution.prepare("x").unwrap();
                prop_assert!(quantile.at(u + more) >= quantile.at(u), "{distribution:?}");
            }
        }
    }
}
