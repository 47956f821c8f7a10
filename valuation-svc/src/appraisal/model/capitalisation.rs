//! Royalty capitalisation: a royalty that grows at a steady rate, for ever or for a number of years.

use super::{
    discount::discount_factor,
    error::{AppraisalError, discount_rate, not_negative, tax_rate, within},
    maths,
};

/// The value of next year's royalty growing at `growth`: `R(1−τ)/(r−g)` for ever, or that less what comes
/// after `years`, at the end of each year.
///
/// # Errors
/// Names the input that is unusable; growth must stay below the discount rate where the royalty never ends.
pub fn value(
    royalty: f64,
    tax: f64,
    rate: f64,
    growth: f64,
    years: Option<u32>,
) -> Result<f64, AppraisalError> {
    not_negative("royalty", royalty)?;
    tax_rate("tax_rate", tax)?;
    discount_rate("discount_rate", rate)?;
    within("growth", growth, -0.99, 10.0)?;
    let kept = royalty * (1.0 - tax);
    match years {
        None if growth >= rate => {
            Err(AppraisalError::new("growth", "必须低于折现率", "must be below the discount rate"))
        }
        None => Ok(kept / (rate - growth)),
        Some(years) if years == 0 || years > 600 => {
            Err(AppraisalError::new("years", "必须为 1 至 600", "must be 1 to 600"))
        }
        Some(years) => Ok((1..=years)
            .map(|t| kept * maths::powi(1.0 + growth, t - 1) * discount_factor(rate, f64::from(t)))
            .sum()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_royalty_for_ever_is_divided_by_the_rate_less_growth() {
        assert!((value(100.0, 0.25, 0.12, 0.02, None).unwrap() - 750.0).abs() < 1e-9);
        assert_eq!(value(100.0, 0.25, 0.02, 0.02, None).unwrap_err().field, "growth");
    }

    #[test]
    fn a_royalty_for_long_comes_near_the_one_for_ever() {
        let finite = value(100.0, 0.0, 0.10, 0.03, Some(400)).unwrap();
        assert!((finite - 100.0 / 0.07).abs() < 1e-6);
        assert!((value(100.0, 0.0, 0.10, 0.10, Some(3)).unwrap() - 300.0 / 1.1).abs() < 1e-9);
    }
}
