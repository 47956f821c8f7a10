//! The chance that a technology reaches the market, by its readiness.

use super::error::AppraisalError;

/// Platform default, by technology readiness level 1–9. A bank replaces it by its own experience.
pub const BY_READINESS: [f64; 9] = [0.05, 0.08, 0.12, 0.20, 0.30, 0.42, 0.56, 0.72, 0.90];

/// The chance for a readiness level.
///
/// # Errors
/// Names `trl` outside 1–9.
pub fn probability(table: &[f64; 9], trl: u8) -> Result<f64, AppraisalError> {
    usize::from(trl)
        .checked_sub(1)
        .and_then(|at| table.get(at))
        .copied()
        .ok_or_else(|| AppraisalError::new("trl", "技术就绪度必须为 1 至 9", "must be 1 to 9"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_riper_technology_is_more_likely_to_reach_the_market() {
        assert!(BY_READINESS.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(probability(&BY_READINESS, 7), Ok(0.56));
        assert_eq!(probability(&BY_READINESS, 0).unwrap_err().field, "trl");
        assert_eq!(probability(&BY_READINESS, 10).unwrap_err().field, "trl");
    }
}
