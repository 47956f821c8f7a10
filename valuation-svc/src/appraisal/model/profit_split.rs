//! Profit split (分成率), as practised in China: a rate between two bounds, placed by a weighted factor score.

use super::error::{AppraisalError, ENTRIES_MAX, not_negative, share};

/// A factor that places the rate: legal, technical, economic, or finer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// How it scores, 0 to 1.
    pub score: f64,
    /// How much it counts beside the others.
    pub weight: f64,
}

/// The weighted factor score `r = Σ wᵢ·sᵢ ÷ Σ wᵢ`, 0 to 1.
///
/// # Errors
/// Names the factor that is unusable, or `factors` where there is none, too many or none that counts.
pub fn weighted_score(factors: &[Factor]) -> Result<f64, AppraisalError> {
    if factors.is_empty() || factors.len() > ENTRIES_MAX {
        return Err(AppraisalError::new(
            "factors",
            format!("必须有 1 至 {ENTRIES_MAX} 项"),
            format!("must have 1 to {ENTRIES_MAX} entries"),
        ));
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for (at, factor) in factors.iter().enumerate() {
        let weight = not_negative(&format!("factors[{at}].weight"), factor.weight)?;
        sum += weight * share(&format!("factors[{at}].score"), factor.score)?;
        weights += weight;
    }
    if weights > 0.0 {
        share("factors", sum / weights)
    } else {
        Err(AppraisalError::new("factors", "权重不得全为零", "the weights must not all be zero"))
    }
}

/// `K = m + (n − m)·r`.
///
/// # Errors
/// Names the bound or score that is not a share, or bounds in the wrong order.
pub fn rate(low: f64, high: f64, score: f64) -> Result<f64, AppraisalError> {
    share("low", low)?;
    share("high", high)?;
    share("score", score)?;
    if low > high {
        return Err(AppraisalError::new(
            "high",
            "上限不得低于下限",
            "the upper bound must not be below the lower",
        ));
    }
    Ok(low + (high - low) * score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_of_71_between_half_and_one_and_a_half_per_cent_is_1_21_per_cent() {
        assert!((rate(0.005, 0.015, 0.71).unwrap() - 0.0121).abs() < 1e-15);
        assert_eq!(rate(0.02, 0.01, 0.5).unwrap_err().field, "high");
    }

    #[test]
    fn factors_place_the_rate_by_their_weights() {
        let factor = |score, weight| Factor { score, weight };
        let found = weighted_score(&[factor(0.8, 0.3), factor(0.7, 0.5), factor(0.6, 0.2)]).unwrap();
        assert!((found - 0.71).abs() < 1e-15, "{found}");
        assert_eq!(weighted_score(&[factor(0.71, 4.0)]), Ok(0.71));
        let refused = |factors: &[Factor]| weighted_score(factors).unwrap_err().field;
        assert_eq!(refused(&[]), "factors");
        assert_eq!(refused(&[factor(0.5, 0.0)]), "factors");
        assert_eq!(refused(&[factor(0.5, 1.0), factor(1.5, 1.0)]), "factors[1].score");
        assert_eq!(refused(&[factor(0.5, -1.0)]), "factors[0].weight");
    }
}
