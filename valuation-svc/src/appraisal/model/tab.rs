//! The tax amortisation benefit (TAB): what a buyer saves by writing the purchase price off for tax.

use super::{
    discount::{IncomeValue, Period, Timing, annuity},
    error::{AppraisalError, tax_rate},
};

/// Whether and over how long the benefit is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Benefit {
    /// Not added.
    #[default]
    None,
    /// Written off over the useful life of the plan.
    OverUsefulLife,
    /// Written off over a tax life of so many years. China: at least ten, unless law or contract fixes another
    /// (Implementation Rules of the Enterprise Income Tax Law, art. 67).
    OverYears(u32),
}

/// The factor in closed form: `1/(1 − τ·a/n)`, with a the annuity factor of n years at the same timing.
///
/// # Errors
/// Names the rate or life that is unusable.
pub fn factor(tax: f64, tax_life_years: u32, rate: f64, timing: Timing) -> Result<f64, AppraisalError> {
    tax_rate("tax_rate", tax)?;
    let saved = tax * annuity(rate, tax_life_years, timing)? / f64::from(tax_life_years);
    if saved >= 1.0 {
        // Only a negative discount rate gets here: the benefit would exceed the price itself.
        return Err(AppraisalError::new(
            "discount_rate",
            "过低，摊销收益不收敛",
            "too low: the benefit does not converge",
        ));
    }
    Ok(1.0 / (1.0 - saved))
}

/// The same factor by iteration: the benefit on the value, the benefit on that benefit, and so on.
///
/// # Errors
/// As [`factor`].
pub fn factor_by_iteration(
    tax: f64,
    tax_life_years: u32,
    rate: f64,
    timing: Timing,
) -> Result<f64, AppraisalError> {
    factor(tax, tax_life_years, rate, timing)?;
    let yearly = tax / f64::from(tax_life_years);
    let saved = annuity(rate, tax_life_years, timing)? * yearly;
    let (mut value, mut before) = (1.0, 0.0);
    for _ in 0..1_000_000 {
        if value == before {
            break;
        }
        before = value;
        value = 1.0 + saved * before;
    }
    Ok(value)
}

/// Adds the benefit to a plan's value.
pub(crate) fn with_benefit(
    (value, periods): (f64, Vec<Period>),
    benefit: Benefit,
    tax: f64,
    rate: f64,
    timing: Timing,
) -> Result<IncomeValue, AppraisalError> {
    let useful_life = u32::try_from(periods.len()).unwrap_or(u32::MAX);
    let tab_factor = match benefit {
        Benefit::None => 1.0,
        Benefit::OverUsefulLife => factor(tax, useful_life, rate, timing)?,
        Benefit::OverYears(years) => {
            factor(tax, years, rate, timing).map_err(|error| match error.field.as_str() {
                // An annuity's years are here those that the request calls its tax life.
                "years" => AppraisalError { field: "tax_life_years".to_owned(), ..error },
                _ => error,
            })?
        }
    };
    Ok(IncomeValue { value: value * tab_factor, value_before_tab: value, tab_factor, periods })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_factors_come_out_in_closed_form_and_by_iteration() {
        for (tax, years, rate, timing, expected) in [
            (0.25, 10, 0.15, Timing::EndOfYear, 1.143_470_325),
            (0.25, 10, 0.15, Timing::MidYear, 1.155_469_247),
            (0.25, 5, 0.12, Timing::EndOfYear, 1.219_867_459),
            (0.40, 15, 0.20, Timing::EndOfYear, 1.142_438_384),
        ] {
            let closed = factor(tax, years, rate, timing).unwrap();
            assert!((closed - expected).abs() < 5e-10, "{closed}");
            let iterated = factor_by_iteration(tax, years, rate, timing).unwrap();
            assert!((closed - iterated).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn a_benefit_never_lowers_a_value(tax in 0.0..0.6f64, years in 1u32..40, rate in 0.0..1.0f64) {
            prop_assert!(factor(tax, years, rate, Timing::MidYear).unwrap() >= 1.0);
        }
    }
}
