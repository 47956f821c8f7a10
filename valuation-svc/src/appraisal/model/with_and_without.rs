//! With and without: the present value of what the business would lose if it had to go on without the patent.
//!
//! Both plans are cash flows after tax; the tax rate serves the amortisation benefit only.

use super::{
    discount::{IncomeValue, Timing, present_value},
    error::{AppraisalError, PERIODS_MAX, series, tax_rate},
    tab::{self, Benefit},
};

/// The inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct WithAndWithout {
    /// After-tax cash flows with the patent, yuan, year by year.
    pub cash_flows_with: Vec<f64>,
    /// After-tax cash flows without it, the same years.
    pub cash_flows_without: Vec<f64>,
    /// Discount rate a year.
    pub discount_rate: f64,
    /// Tax rate of the amortisation benefit.
    pub tax_rate: f64,
    /// When in a year the cash arrives.
    pub timing: Timing,
    /// The tax amortisation benefit.
    pub benefit: Benefit,
}

/// The value of the difference.
///
/// # Errors
/// Names the input that is unusable.
pub fn value(inputs: &WithAndWithout) -> Result<IncomeValue, AppraisalError> {
    series("cash_flows_with", &inputs.cash_flows_with, PERIODS_MAX)?;
    series("cash_flows_without", &inputs.cash_flows_without, PERIODS_MAX)?;
    tax_rate("tax_rate", inputs.tax_rate)?;
    if inputs.cash_flows_with.len() != inputs.cash_flows_without.len() {
        return Err(AppraisalError::new(
            "cash_flows_without",
            "年数必须与有专利时相同",
            "must have as many years as the plan with the patent",
        ));
    }
    let lost: Vec<f64> = inputs
        .cash_flows_with
        .iter()
        .zip(&inputs.cash_flows_without)
        .map(|(with, without)| with - without)
        .collect();
    let plan = present_value("cash_flows_with", &lost, inputs.discount_rate, inputs.timing)?;
    tab::with_benefit(plan, inputs.benefit, inputs.tax_rate, inputs.discount_rate, inputs.timing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_the_present_value_of_the_difference() {
        let inputs = WithAndWithout {
            cash_flows_with: vec![100.0, 110.0, 120.0],
            cash_flows_without: vec![60.0, 90.0, 120.0],
            discount_rate: 0.10,
            tax_rate: 0.25,
            timing: Timing::EndOfYear,
            benefit: Benefit::None,
        };
        assert!((value(&inputs).unwrap().value - (40.0 / 1.1 + 20.0 / 1.21)).abs() < 1e-9);
        let short = WithAndWithout { cash_flows_without: vec![60.0], ..inputs };
        assert_eq!(value(&short).unwrap_err().field, "cash_flows_without");
    }
}
