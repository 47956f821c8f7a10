//! The distribution-free chain ladder with standard errors (T. Mack, ASTIN Bulletin 23, 1993).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Estimate, Origin, Triangle};

/// How the variance of the last development period, which has one observation, is extrapolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SigmaRule {
    /// Mack (1993): the smaller of σ⁴ₙ₋₂/σ²ₙ₋₃, σ²ₙ₋₃ and σ²ₙ₋₂.
    #[default]
    Mack,
    /// A straight line through the logarithms of σ.
    LogLinear,
}

/// The factor from one development period to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Volume-weighted development factor.
    pub factor: f64,
    /// Variance parameter σ².
    pub sigma_squared: f64,
    /// Sum of the amounts that the factor was estimated from.
    pub weight: f64,
}

/// The development factors of a triangle, in the order of development.
#[must_use]
pub fn factors(triangle: &Triangle, rule: SigmaRule) -> Vec<Factor> {
    let mut factors: Vec<Factor> = Vec::with_capacity(triangle.origins() - 1);
    for period in 0..triangle.origins() - 1 {
        let (weight, next) =
            triangle.steps(period).fold((0.0, 0.0), |(now, next), step| (now + step.0, next + step.1));
        let factor = next / weight;
        let squares: f64 =
            triangle.steps(period).map(|(now, next)| now * (next / now - factor).powi(2)).sum();
        let observations = triangle.steps(period).count();
        let sigma_squared = if observations > 1 {
            squares / count(observations - 1)
        } else {
            let known: Vec<f64> = factors.iter().map(|factor| factor.sigma_squared).collect();
            extrapolated(&known, rule)
        };
        factors.push(Factor { factor, sigma_squared, weight });
    }
    factors
}

/// The next variance after those known.
pub(super) fn extrapolated(known: &[f64], rule: SigmaRule) -> f64 {
    match (rule, known) {
        (_, []) => 0.0,
        (_, [only]) => *only,
        (SigmaRule::LogLinear, known) if known.iter().all(|variance| *variance > 0.0) => log_linear(known),
        (_, [.., before, last]) => {
            let trend = if *before > 0.0 { last * last / before } else { 0.0 };
            trend.min(*before).min(*last)
        }
    }
}

/// Least squares through `ln σ²` over the period's number, one step beyond.
fn log_linear(known: &[f64]) -> f64 {
    let n = count(known.len());
    let mean_x = (n - 1.0) / 2.0;
    let mean_y = known.iter().map(|variance| variance.ln()).sum::<f64>() / n;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (x, y) in known.iter().enumerate().map(|(index, value)| (count(index), value.ln())) {
        covariance += (x - mean_x) * (y - mean_y);
        variance += (x - mean_x).powi(2);
    }
    (mean_y + covariance / variance * (n - mean_x)).exp()
}

/// Numbers of periods are far below where a double would round them.
#[expect(clippy::cast_precision_loss, reason = "at most 60 periods")]
pub(super) fn count(periods: usize) -> f64 {
    periods as f64
}

/// The chain-ladder reserve with Mack's standard errors.
#[must_use]
pub fn estimate(triangle: &Triangle, rule: SigmaRule) -> Estimate {
    let factors = factors(triangle, rule);
    let by_origin: Vec<Origin> = triangle.rows().iter().map(|cells| origin(cells, &factors)).collect();
    let mut variance = 0.0;
    let mut younger: f64 = by_origin.iter().map(|origin| origin.ultimate).sum();
    for (cells, origin) in triangle.rows().iter().zip(&by_origin) {
        younger -= origin.ultimate;
        let shared: f64 = factors
            .iter()
            .skip(cells.len() - 1)
            .map(|f| 2.0 * f.sigma_squared / f.factor.powi(2) / f.weight)
            .sum();
        variance += origin.standard_error.powi(2) + origin.ultimate * younger * shared;
    }
    Estimate {
        reserve: by_origin.iter().map(|origin| origin.reserve).sum(),
        standard_error: variance.max(0.0).sqrt(),
        by_origin,
    }
}

fn origin(cells: &[f64], factors: &[Factor]) -> Origin {
    let latest = cells.last().copied().unwrap_or(0.0);
    let mut projected = latest;
    let mut relative_variance = 0.0;
    for f in factors.iter().skip(cells.len() - 1) {
        relative_variance += f.sigma_squared / f.factor.powi(2) * (1.0 / projected + 1.0 / f.weight);
        projected *= f.factor;
    }
    Origin {
        latest,
        ultimate: projected,
        reserve: projected - latest,
        standard_error: projected * relative_variance.sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserving::model::triangle::taylor_ashe;

    /// Taylor & Ashe (1983), Mack (1993): reserve 18,680,856, standard error 2,447,095.
    #[test]
    fn the_published_reserve_and_standard_error_come_out() {
        let estimate = estimate(&taylor_ashe(), SigmaRule::Mack);
        assert!((estimate.reserve - 18_680_856.0).abs() < 1.0, "{}", estimate.reserve);
        assert!((estimate.standard_error - 2_447_095.0).abs() < 1.0, "{}", estimate.standard_error);
    }

    #[test]
    fn the_published_reserves_by_accident_year_come_out() {
        let estimate = estimate(&taylor_ashe(), SigmaRule::Mack);
        let published = [
            0.0,
            94_634.0,
            469_511.0,
            709_638.0,
            984_889.0,
            1_419_459.0,
            2_177_641.0,
            3_920_301.0,
            4_278_972.0,
            4_625_811.0,
        ];
        assert_eq!(estimate.by_origin.len(), published.len());
        for (origin, reserve) in estimate.by_origin.iter().zip(published) {
            assert!((origin.reserve - reserve).abs() < 1.0, "{} {reserve}", origin.reserve);
        }
        assert!(estimate.by_origin[0].standard_error.abs() < 1e-9);
    }

    /// The log-linear extrapolation of the last variance gives 2,441,364: the rule must be named.
    #[test]
    fn the_rule_for_the_last_variance_changes_the_error_and_not_the_reserve() {
        let estimate = estimate(&taylor_ashe(), SigmaRule::LogLinear);
        assert!((estimate.reserve - 18_680_856.0).abs() < 1.0);
        assert!((estimate.standard_error - 2_441_364.0).abs() < 1.0, "{}", estimate.standard_error);
    }

    #[test]
    fn a_triangle_that_develops_without_noise_has_no_error() {
        let rows = vec![vec![100.0, 200.0, 300.0], vec![50.0, 100.0], vec![10.0]];
        let estimate = estimate(&Triangle::try_new(rows).unwrap(), SigmaRule::Mack);
        assert!((estimate.reserve - 70.0).abs() < 1e-9);
        assert!(estimate.standard_error.abs() < 1e-9);
    }
}
