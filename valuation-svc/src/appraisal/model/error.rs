//! Why a calculation is refused, with the field to correct; and the checks that every method shares.

use finance::{Money, Rounding};
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive, ToPrimitive},
};

/// The most periods of a plan.
pub const PERIODS_MAX: usize = 600;
/// The most steps of an option tree.
pub const STEPS_MAX: u32 = 10_000;
/// The most paths of a simulation.
pub const PATHS_MAX: u32 = 2_000_000;
/// The most entries of any other list.
pub const ENTRIES_MAX: usize = 1_000;

/// An input that a method cannot use, or a result beyond the range of amounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {en}")]
pub struct AppraisalError {
    /// The input, as named in JSON.
    pub field: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

impl AppraisalError {
    /// A refusal of one field.
    pub fn new(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), zh: zh.into(), en: en.into() }
    }
}

type Checked = Result<f64, AppraisalError>;

/// A number that is neither infinite nor undefined.
pub(crate) fn finite(field: &str, value: f64) -> Checked {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(AppraisalError::new(field, "必须是有限的数", "must be a finite number"))
    }
}

/// A finite number within both bounds.
pub(crate) fn within(field: &str, value: f64, low: f64, high: f64) -> Checked {
    if value >= low && value <= high {
        finite(field, value)
    } else {
        Err(AppraisalError::new(
            field,
            format!("必须在 {low} 与 {high} 之间"),
            format!("must lie between {low} and {high}"),
        ))
    }
}

/// A share: 0–1.
pub(crate) fn share(field: &str, value: f64) -> Checked {
    within(field, value, 0.0, 1.0)
}

/// A tax rate: 0 up to, but not, 1.
pub(crate) fn tax_rate(field: &str, value: f64) -> Checked {
    if (0.0..1.0).contains(&value) {
        Ok(value)
    } else {
        Err(AppraisalError::new(field, "必须不小于 0 且小于 1", "must be at least 0 and below 1"))
    }
}

/// A discount rate: above −100 %, and at most 1,000 %.
pub(crate) fn discount_rate(field: &str, value: f64) -> Checked {
    if value > -1.0 && value <= 10.0 {
        Ok(value)
    } else {
        Err(AppraisalError::new(field, "必须大于 -1 且不大于 10", "must be above -1 and at most 10"))
    }
}

/// A finite number of at least zero.
pub(crate) fn not_negative(field: &str, value: f64) -> Checked {
    if value >= 0.0 {
        finite(field, value)
    } else {
        Err(AppraisalError::new(field, "不得为负", "must not be negative"))
    }
}

/// A finite number above zero.
pub(crate) fn positive(field: &str, value: f64) -> Checked {
    if value > 0.0 {
        finite(field, value)
    } else {
        Err(AppraisalError::new(field, "必须大于零", "must be above zero"))
    }
}

/// A list of finite numbers with at least one and at most `most` entries.
pub(crate) fn series(field: &str, values: &[f64], most: usize) -> Result<(), AppraisalError> {
    if values.is_empty() || values.len() > most {
        return Err(AppraisalError::new(
            field,
            format!("必须有 1 至 {most} 项"),
            format!("must have 1 to {most} entries"),
        ));
    }
    values.iter().enumerate().try_for_each(|(at, v)| finite(&format!("{field}[{at}]"), *v).map(|_| ()))
}

/// The one way from a statistic to an amount: half up to the fen, once.
///
/// The number is read with the 15 or so digits that a double carries, so that 1.005 is the half it was meant
/// to be.
///
/// # Errors
/// Names `field` where the result is undefined or beyond the range of amounts.
pub fn to_money(field: &str, yuan: f64) -> Result<Money, AppraisalError> {
    Decimal::from_f64(yuan).and_then(|exact| Money::round_yuan(exact, Rounding::HalfUp).ok()).ok_or_else(
        || AppraisalError::new(field, "结果超出金额范围", "the result is beyond the range of amounts"),
    )
}

/// A statistic as a decimal with so many places, half up.
///
/// # Errors
/// Names `field` where the number is undefined or too large.
pub fn to_decimal(field: &str, value: f64, places: u32) -> Result<Decimal, AppraisalError> {
    let mut exact = Decimal::from_f64(value)
        .ok_or_else(|| {
            AppraisalError::new(field, "结果超出范围", "the result is beyond the range of numbers")
        })?
        .round_dp_with_strategy(places, Rounding::HalfUp.strategy());
    exact.rescale(places);
    Ok(exact)
}

/// An exact input as a number to calculate statistics with.
pub(crate) fn number(field: &str, value: Decimal) -> Checked {
    value.to_f64().ok_or_else(|| AppraisalError::new(field, "不是有效的数", "is not a usable number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_becomes_an_amount_half_up_and_only_within_range() {
        assert_eq!(to_money("value", 906.865_434).unwrap().to_string(), "906.87");
        assert_eq!(to_money("value", 1.005).unwrap().to_string(), "1.01");
        assert_eq!(to_money("value", -1.005).unwrap().to_string(), "-1.01");
        for beyond in [f64::NAN, f64::INFINITY, 1e17, 1e300] {
            assert_eq!(to_money("value", beyond).unwrap_err().field, "value");
        }
    }

    #[test]
    fn what_cannot_be_calculated_with_names_its_field() {
        assert_eq!(discount_rate("discount_rate", -1.0).unwrap_err().field, "discount_rate");
        assert!(discount_rate("discount_rate", -0.99).is_ok());
        assert!(tax_rate("tax_rate", f64::NAN).is_err());
        assert!(within("x", f64::NAN, 0.0, 1.0).is_err());
        assert_eq!(series("revenue", &[1.0, f64::INFINITY], 600).unwrap_err().field, "revenue[1]");
        assert!(series("revenue", &[], 600).is_err());
        assert!(series("revenue", &[0.0; 601], 600).is_err());
    }
}
