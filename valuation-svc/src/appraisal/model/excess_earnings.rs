//! Multi-period excess earnings (MPEEM): what is left to the patent after tax and after the returns that every
//! other asset of the business must earn.

use super::{
    discount::{IncomeValue, Timing, present_value},
    error::{AppraisalError, PERIODS_MAX, series, tax_rate},
    tab::{self, Benefit},
};

/// The inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct ExcessEarnings {
    /// Operating earnings before tax of the business that uses the patent, yuan, year by year.
    pub earnings: Vec<f64>,
    /// Returns on contributory assets, after tax, yuan, year by year; empty where there are none.
    pub contributory_charges: Vec<f64>,
    /// Discount rate a year.
    pub discount_rate: f64,
    /// Income tax on the earnings.
    pub tax_rate: f64,
    /// When in a year the earnings arrive.
    pub timing: Timing,
    /// The tax amortisation benefit.
    pub benefit: Benefit,
}

/// The value: `Σ (Eₜ·(1−τ) − Cₜ)/(1+r)^(t or t−½)`, times the TAB factor.
///
/// # Errors
/// Names the input that is unusable.
pub fn value(inputs: &ExcessEarnings) -> Result<IncomeValue, AppraisalError> {
    series("earnings", &inputs.earnings, PERIODS_MAX)?;
    tax_rate("tax_rate", inputs.tax_rate)?;
    let charges = &inputs.contributory_charges;
    if !charges.is_empty() {
        series("contributory_charges", charges, PERIODS_MAX)?;
        if charges.len() != inputs.earnings.len() {
            return Err(AppraisalError::new(
                "contributory_charges",
                "年数必须与收益相同",
                "must have as many years as the earnings",
            ));
        }
    }
    let excess: Vec<f64> = inputs
        .earnings
        .iter()
        .zip(charges.iter().copied().chain(std::iter::repeat(0.0)))
        .map(|(earned, charge)| earned * (1.0 - inputs.tax_rate) - charge)
        .collect();
    let plan = present_value("earnings", &excess, inputs.discount_rate, inputs.timing)?;
    tab::with_benefit(plan, inputs.benefit, inputs.tax_rate, inputs.discount_rate, inputs.timing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patent_gets_what_the_other_assets_leave() {
        let inputs = ExcessEarnings {
            earnings: vec![100.0, 120.0],
            contributory_charges: vec![30.0, 30.0],
            discount_rate: 0.10,
            tax_rate: 0.25,
            timing: Timing::EndOfYear,
            benefit: Benefit::None,
        };
        // (75 − 30)/1.1 + (90 − 30)/1.21
        assert!((value(&inputs).unwrap().value - 90.495_867_769).abs() < 1e-9);
        let short = ExcessEarnings { contributory_charges: vec![30.0], ..inputs };
        assert_eq!(value(&short).unwrap_err().field, "contributory_charges");
    }
}
