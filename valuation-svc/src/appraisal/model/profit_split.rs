//! Profit split (分成率), as practised in China: a rate between two bounds, placed by a weighted factor score.

use super::error::{AppraisalError, share};

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
}
