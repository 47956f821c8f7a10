//! Reserves that lean on an expectation held before the claims develop: Bornhuetter–Ferguson with a given one, Cape
//! Cod with one estimated from the triangle itself. Both take the development pattern of the chain ladder.
//!
//! Standard errors follow the model behind the method as T. Mack states it (ASTIN Bulletin 38, 2008): the amount of
//! an origin in a development period has mean Uᵢ·yₖ and variance Uᵢ·sₖ². The error has three parts: the claims' own
//! variation, that of the estimated pattern (shared by all origins), and that of the expectation, given as a
//! coefficient of variation and taken as independent between origins.

use super::{
    Estimate, Origin, Triangle,
    mack::{self, SigmaRule},
};

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PriorError {
    /// Not one exposure for each origin.
    #[error("{needed} origins need as many premiums, not {found}")]
    Exposures {
        /// Origins of the triangle.
        needed: usize,
        /// Premiums given.
        found: usize,
    },
    /// A premium, loss ratio or coefficient is out of range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// An estimate with the loss ratio that it leaned on.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaning {
    /// The loss ratio, given or estimated.
    pub loss_ratio: f64,
    /// The estimate.
    pub estimate: Estimate,
}

/// Bornhuetter–Ferguson: the part still to develop of premium × expected loss ratio.
///
/// # Errors
/// [`PriorError`]
pub fn bornhuetter_ferguson(
    triangle: &Triangle,
    premiums: &[f64],
    loss_ratio: f64,
    variation: f64,
) -> Result<Leaning, PriorError> {
    check(triangle, premiums, variation)?;
    if !(loss_ratio > 0.0 && loss_ratio <= 100.0) {
        return Err(PriorError::OutOfRange("expected_loss_ratio"));
    }
    Ok(lean(triangle, premiums, loss_ratio, variation))
}

/// Cape Cod (Bühlmann, Stanard): the loss ratio is what has developed over the premium that it has developed from.
///
/// # Errors
/// [`PriorError`]
pub fn cape_cod(triangle: &Triangle, premiums: &[f64], variation: f64) -> Result<Leaning, PriorError> {
    check(triangle, premiums, variation)?;
    let developed = developed(triangle);
    let used_up: f64 = premiums.iter().zip(&developed).map(|(premium, share)| premium * share).sum();
    let loss_ratio = triangle.latest().sum::<f64>() / used_up;
    Ok(lean(triangle, premiums, loss_ratio, variation))
}

fn check(triangle: &Triangle, premiums: &[f64], variation: f64) -> Result<(), PriorError> {
    if premiums.len() != triangle.origins() {
        return Err(PriorError::Exposures { needed: triangle.origins(), found: premiums.len() });
    }
    if !premiums.iter().all(|premium| *premium > 0.0 && *premium <= super::triangle::CELL_MAX) {
        return Err(PriorError::OutOfRange("premiums"));
    }
    if !(0.0..=10.0).contains(&variation) {
        return Err(PriorError::OutOfRange("prior_variation"));
    }
    Ok(())
}

/// The share of its ultimate that each origin has developed, oldest first, by the chain ladder.
#[must_use]
pub fn developed(triangle: &Triangle) -> Vec<f64> {
    let factors = mack::factors(triangle, SigmaRule::Mack);
    triangle
        .rows()
        .iter()
        .map(|cells| 1.0 / factors.iter().skip(cells.len() - 1).map(|f| f.factor).product::<f64>())
        .collect()
}

/// Variance of one development period: of an amount, and of the estimated pattern.
struct Spread {
    amount: f64,
    pattern: f64,
}

fn spreads(triangle: &Triangle, expected: &[f64]) -> Vec<Spread> {
    let mut variances: Vec<f64> = Vec::with_capacity(triangle.origins());
    let mut spreads = Vec::with_capacity(triangle.origins());
    for period in 0..triangle.origins() {
        let seen: Vec<(f64, f64)> = triangle.increments(period).zip(expected.iter().copied()).collect();
        let weight: f64 = seen.iter().map(|(_, expected)| expected).sum();
        let mean = seen.iter().map(|(amount, _)| amount).sum::<f64>() / weight;
        let amount = if seen.len() > 1 {
            let squares: f64 =
                seen.iter().map(|(amount, expected)| (amount - expected * mean).powi(2) / expected).sum();
            squares / mack::count(seen.len() - 1)
        } else {
            mack::extrapolated(&variances, SigmaRule::Mack)
        };
        variances.push(amount);
        spreads.push(Spread { amount, pattern: amount / weight });
    }
    spreads
}

fn lean(triangle: &Triangle, premiums: &[f64], loss_ratio: f64, variation: f64) -> Leaning {
    let expected: Vec<f64> = premiums.iter().map(|premium| premium * loss_ratio).collect();
    let spreads = spreads(triangle, &expected);
    let mut by_origin = Vec::with_capacity(expected.len());
    let mut variance = 0.0;
    for ((cells, share), expected) in triangle.rows().iter().zip(developed(triangle)).zip(&expected) {
        let latest = cells.last().copied().unwrap_or(0.0);
        let reserve = expected * (1.0 - share);
        let to_come = || spreads.iter().skip(cells.len());
        let own =
            expected * to_come().map(|spread| spread.amount).sum::<f64>() + (variation * reserve).powi(2);
        let pattern = expected.powi(2) * to_come().map(|spread| spread.pattern).sum::<f64>();
        variance += own;
        by_origin.push(Origin {
            latest,
            ultimate: latest + reserve,
            reserve,
            standard_error: (own + pattern).sqrt(),
        });
    }
    // An error in the pattern of a period hits every origin that has it still to come, all the same way.
    for (period, spread) in spreads.iter().enumerate() {
        let exposed: f64 = triangle
            .rows()
            .iter()
            .zip(&expected)
            .filter(|(cells, _)| cells.len() <= period)
            .map(|(_, expected)| expected)
            .sum();
        variance += exposed.powi(2) * spread.pattern;
    }
    let reserve = by_origin.iter().map(|origin| origin.reserve).sum();
    Leaning {
        loss_ratio,
        estimate: Estimate { reserve, standard_error: variance.max(0.0).sqrt(), by_origin },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserving::model::triangle::taylor_ashe;

    fn even() -> Triangle {
        Triangle::try_new(vec![vec![50.0, 75.0, 100.0], vec![100.0, 150.0], vec![150.0]]).unwrap()
    }

    /// Factors 1.5 and 4/3: the origins have developed 1, 3/4 and 1/2 of their ultimates.
    #[test]
    fn bornhuetter_ferguson_holds_what_is_still_to_develop_of_the_expectation() {
        let leaning = bornhuetter_ferguson(&even(), &[200.0, 400.0, 600.0], 0.6, 0.0).unwrap();
        let reserves: Vec<f64> = leaning.estimate.by_origin.iter().map(|origin| origin.reserve).collect();
        for (reserve, by_hand) in reserves.iter().zip([0.0, 240.0 * 0.25, 360.0 * 0.5]) {
            assert!((reserve - by_hand).abs() < 1e-9, "{reserve} {by_hand}");
        }
        assert!((leaning.estimate.reserve - 240.0).abs() < 1e-9);
    }

    /// 400 developed over 200 + 300 + 300 of premium used up: a loss ratio of one half.
    #[test]
    fn cape_cod_finds_the_loss_ratio_in_the_triangle() {
        let leaning = cape_cod(&even(), &[200.0, 400.0, 600.0], 0.0).unwrap();
        assert!((leaning.loss_ratio - 0.5).abs() < 1e-12);
        assert!((leaning.estimate.reserve - 200.0).abs() < 1e-9);
        assert!(leaning.estimate.standard_error.abs() < 1e-6, "development without noise has no error");
    }

    #[test]
    fn with_the_chain_ladder_ultimates_as_expectation_the_reserves_are_the_chain_ladders() {
        let triangle = taylor_ashe();
        let ladder = mack::estimate(&triangle, SigmaRule::Mack);
        let ultimates: Vec<f64> = ladder.by_origin.iter().map(|origin| origin.ultimate).collect();
        for leaning in [
            bornhuetter_ferguson(&triangle, &ultimates, 1.0, 0.0).unwrap(),
            cape_cod(&triangle, &ultimates, 0.0).unwrap(),
        ] {
            assert!((leaning.loss_ratio - 1.0).abs() < 1e-9);
            assert!((leaning.estimate.reserve - ladder.reserve).abs() < 0.01);
            assert!(leaning.estimate.standard_error > 0.0);
        }
    }

    #[test]
    fn an_uncertain_expectation_makes_the_reserve_less_certain() {
        let premiums = vec![7_000_000.0; 10];
        let error = |variation| {
            let leaning = bornhuetter_ferguson(&taylor_ashe(), &premiums, 0.75, variation).unwrap();
            leaning.estimate.standard_error
        };
        assert!(error(0.0) < error(0.05) && error(0.05) < error(0.5));
    }

    #[test]
    fn each_origin_needs_a_premium() {
        let refused = cape_cod(&even(), &[1.0], 0.0);
        assert_eq!(refused, Err(PriorError::Exposures { needed: 3, found: 1 }));
        assert!(bornhuetter_ferguson(&even(), &[1.0, 1.0, 1.0], 0.0, 0.0).is_err());
    }
}
