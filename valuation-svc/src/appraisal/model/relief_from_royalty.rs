//! Relief from royalty: what the owner saves by not having to license the patent in.
//!
//! `V = Σ Revₜ·ρ·(1−τ)/(1+r)^(t or t−½)`, times the TAB factor where asked for (IVS 210).

use super::{
    discount::{IncomeValue, Timing, present_value},
    error::{AppraisalError, PERIODS_MAX, series, share, tax_rate},
    tab::{self, Benefit},
};

/// The inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct ReliefFromRoyalty {
    /// Revenue attributable to the patent, yuan, year by year.
    pub revenue: Vec<f64>,
    /// Royalty on revenue.
    pub royalty_rate: f64,
    /// Discount rate a year.
    pub discount_rate: f64,
    /// Income tax on the saved royalty.
    pub tax_rate: f64,
    /// When in a year the royalty is saved.
    pub timing: Timing,
    /// The tax amortisation benefit.
    pub benefit: Benefit,
}

/// The value by relief from royalty.
///
/// # Errors
/// Names the input that is unusable.
pub fn value(inputs: &ReliefFromRoyalty) -> Result<IncomeValue, AppraisalError> {
    series("revenue", &inputs.revenue, PERIODS_MAX)?;
    share("royalty_rate", inputs.royalty_rate)?;
    tax_rate("tax_rate", inputs.tax_rate)?;
    let kept = inputs.royalty_rate * (1.0 - inputs.tax_rate);
    let saved: Vec<f64> = inputs.revenue.iter().map(|r| r * kept).collect();
    let plan = present_value("revenue", &saved, inputs.discount_rate, inputs.timing)?;
    tab::with_benefit(plan, inputs.benefit, inputs.tax_rate, inputs.discount_rate, inputs.timing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn five_years() -> ReliefFromRoyalty {
        ReliefFromRoyalty {
            revenue: vec![1_000_000.0; 5],
            royalty_rate: 0.05,
            discount_rate: 0.12,
            tax_rate: 0.25,
            timing: Timing::EndOfYear,
            benefit: Benefit::None,
        }
    }

    #[test]
    fn five_level_years_are_an_annuity_of_the_royalty_after_tax() {
        let found = value(&five_years()).unwrap();
        assert!((found.value - 135_179.107_588).abs() < 1e-5, "{}", found.value);
        let with_tab =
            value(&ReliefFromRoyalty { benefit: Benefit::OverUsefulLife, ..five_years() }).unwrap();
        assert!((with_tab.value / with_tab.value_before_tab - 1.219_867_459).abs() < 5e-10);
    }

    #[test]
    fn one_year_of_royalty() {
        let one = ReliefFromRoyalty {
            revenue: vec![100.0],
            royalty_rate: 0.05,
            discount_rate: 0.10,
            tax_rate: 0.0,
            timing: Timing::EndOfYear,
            benefit: Benefit::None,
        };
        assert!((value(&one).unwrap().value - 4.545_454_545).abs() < 1e-9);
        assert_eq!(value(&ReliefFromRoyalty { royalty_rate: 1.2, ..one }).unwrap_err().field, "royalty_rate");
    }

    proptest! {
        #[test]
        fn a_higher_royalty_is_worth_more_and_a_higher_rate_less(
            royalty in 0.0..0.5f64, more in 0.0..0.5f64, rate in 0.0..1.0f64, dearer in 0.0..1.0f64,
        ) {
            let with = |royalty_rate, discount_rate| {
                value(&ReliefFromRoyalty { royalty_rate, discount_rate, ..five_years() }).unwrap().value
            };
            prop_assert!(with(royalty + more, rate) >= with(royalty, rate));
            prop_assert!(with(royalty, rate + dearer) <= with(royalty, rate));
        }
    }
}
