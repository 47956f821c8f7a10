//! Present values: one plan of yearly cash flows, at the end or the middle of each year.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{error::AppraisalError, error::PERIODS_MAX, error::discount_rate, error::series, maths};

/// When in its year a cash flow is taken to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// At the end: discounted t years.
    #[default]
    EndOfYear,
    /// In the middle: discounted t − ½ years.
    MidYear,
}

impl Timing {
    /// The years by which year `number` (from 1) is discounted.
    #[must_use]
    pub fn years(self, number: u32) -> f64 {
        match self {
            Self::EndOfYear => f64::from(number),
            Self::MidYear => f64::from(number) - 0.5,
        }
    }
}

/// One year of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// From 1.
    pub number: u32,
    /// After-tax cash flow attributed to the patent, yuan.
    pub cash_flow: f64,
    /// `1/(1+r)^(t or t−½)`.
    pub discount_factor: f64,
    /// Their product, yuan.
    pub present_value: f64,
}

/// An income value with its years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncomeValue {
    /// The value, the tax amortisation benefit included where asked for, yuan.
    pub value: f64,
    /// The value before it, yuan.
    pub value_before_tab: f64,
    /// The factor between the two; 1 where not asked for.
    pub tab_factor: f64,
    /// Year by year.
    pub periods: Vec<Period>,
}

/// `1/(1+r)^years`.
#[must_use]
pub fn discount_factor(rate: f64, years: f64) -> f64 {
    1.0 / maths::pow(1.0 + rate, years)
}

/// The present value of 1 a year for `years` years.
///
/// # Errors
/// Names `discount_rate` or `years` where unusable.
pub fn annuity(rate: f64, years: u32, timing: Timing) -> Result<f64, AppraisalError> {
    discount_rate("discount_rate", rate)?;
    if years == 0 || years as usize > PERIODS_MAX {
        return Err(AppraisalError::new("years", "必须为 1 至 600", "must be 1 to 600"));
    }
    Ok((1..=years).map(|t| discount_factor(rate, timing.years(t))).sum())
}

/// Discounts a plan year by year.
///
/// # Errors
/// Names `field` or `discount_rate` where unusable.
pub fn present_value(
    field: &str,
    cash_flows: &[f64],
    rate: f64,
    timing: Timing,
) -> Result<(f64, Vec<Period>), AppraisalError> {
    series(field, cash_flows, PERIODS_MAX)?;
    discount_rate("discount_rate", rate)?;
    let periods: Vec<Period> = (1u32..)
        .zip(cash_flows)
        .map(|(number, &cash_flow)| {
            let factor = discount_factor(rate, timing.years(number));
            Period { number, cash_flow, discount_factor: factor, present_value: cash_flow * factor }
        })
        .collect();
    let total = periods.iter().map(|p| p.present_value).sum();
    Ok((super::error::finite(field, total)?, periods))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annuity_of_ten_years_at_fifteen_per_cent() {
        assert!((annuity(0.15, 10, Timing::EndOfYear).unwrap() - 5.018_768_625_8).abs() < 1e-9);
        let mid = annuity(0.15, 10, Timing::MidYear).unwrap();
        assert!((mid - 5.018_768_625_8 * 1.15f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn a_plan_is_the_sum_of_its_years() {
        let (total, periods) = present_value("revenue", &[100.0, 100.0], 0.10, Timing::EndOfYear).unwrap();
        assert!((total - 173.553_719_008).abs() < 1e-9);
        assert_eq!(periods.len(), 2);
        assert_eq!(
            present_value("revenue", &[1.0], -1.0, Timing::EndOfYear).unwrap_err().field,
            "discount_rate"
        );
    }
}
