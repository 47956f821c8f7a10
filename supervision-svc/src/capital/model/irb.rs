//! The risk weight of a corporate exposure under the internal ratings-based approach: Basel Committee, CRE31
//! (in force 2023-01-01), paragraphs 31.5 to 31.9, with the size adjustment for small and medium-sized firms.
//!
//! The function was calibrated in the Basel II framework of June 2006, whose annex 5 prints the figures that the
//! tests hold it against. It works on probabilities; the one amount in it is multiplied exactly at the end.

use finance::{Money, MoneyError, Rounding};
use rust_decimal::{Decimal, prelude::FromPrimitive, prelude::ToPrimitive};
use statrs::distribution::{ContinuousCDF, Normal};

/// Confidence of the capital: losses exceed it once in a thousand years (CRE31.5).
const CONFIDENCE: f64 = 0.999;
/// Annual sales from which a firm counts as large, in millions of euro (CRE31.8).
const LARGE_FROM_SALES_MILLION: f64 = 50.0;
/// Annual sales below which the adjustment grows no more, in millions of euro (CRE31.8).
const SMALL_BELOW_SALES_MILLION: f64 = 5.0;
/// Effective maturity is at least one year and at most five (CRE32.46).
const MATURITY_YEARS: (f64, f64) = (1.0, 5.0);
/// The reciprocal of the minimum capital ratio of 8 % (CRE31.5).
const CAPITAL_TO_ASSETS: f64 = 12.5;
/// Decimals of the figures that are shown.
const DECIMALS: u32 = 6;

/// An exposure that is not in default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exposure {
    /// Probability of default within a year, above 0 and below 1.
    pub pd: Decimal,
    /// Loss given default, 0 to 1.
    pub lgd: Decimal,
    /// Effective maturity in years; brought into one to five.
    pub maturity_years: Decimal,
    /// Exposure at default.
    pub ead: Money,
    /// Consolidated annual sales in millions of euro; `None` for a large corporate.
    pub annual_sales_million: Option<Decimal>,
}

/// What the exposure weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capital {
    /// Asset correlation R.
    pub correlation: Decimal,
    /// The maturity that was counted, in years.
    pub effective_maturity: Decimal,
    /// Capital requirement K, as a fraction of the exposure.
    pub capital_requirement: Decimal,
    /// Risk weight, as a fraction of the exposure (0.9232 is 92.32 %).
    pub risk_weight: Decimal,
    /// Risk-weighted assets.
    pub risk_weighted_assets: Money,
    /// Expected loss: probability × loss × exposure.
    pub expected_loss: Money,
}

/// Why there is no risk weight.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CapitalError {
    /// The probability of default is not above 0 and below 1: an exposure in default has another rule.
    #[error("the probability of default must be above 0 and below 1")]
    ProbabilityOfDefault,
    /// The loss given default is not between 0 and 1.
    #[error("the loss given default must be from 0 to 1")]
    LossGivenDefault,
    /// Another value is out of range.
    #[error("a value is out of range")]
    OutOfRange,
}

impl From<MoneyError> for CapitalError {
    fn from(_: MoneyError) -> Self {
        Self::OutOfRange
    }
}

/// The capital of an exposure.
///
/// # Errors
/// Values that the function is not made for.
pub(crate) fn capital(exposure: &Exposure) -> Result<Capital, CapitalError> {
    let number = |value: Decimal| value.to_f64().ok_or(CapitalError::OutOfRange);
    let (pd, lgd) = (number(exposure.pd)?, number(exposure.lgd)?);
    if !(pd > 0.0 && pd < 1.0) {
        return Err(CapitalError::ProbabilityOfDefault);
    }
    if !(0.0..=1.0).contains(&lgd) {
        return Err(CapitalError::LossGivenDefault);
    }
    let maturity = number(exposure.maturity_years)?.clamp(MATURITY_YEARS.0, MATURITY_YEARS.1);
    let sales = exposure.annual_sales_million.map(number).transpose()?;
    let correlation = correlation(pd, sales);
    let requirement = requirement(pd, lgd, correlation) * maturity_adjustment(pd, maturity);
    let weight = decimal(requirement * CAPITAL_TO_ASSETS)?;
    let of_ead = |fraction: Decimal| {
        let yuan = exposure.ead.yuan().checked_mul(fraction).ok_or(CapitalError::OutOfRange)?;
        Ok::<Money, CapitalError>(Money::round_yuan(yuan, Rounding::HalfUp)?)
    };
    Ok(Capital {
        correlation: decimal(correlation)?.round_dp(DECIMALS),
        effective_maturity: decimal(maturity)?.normalize(),
        capital_requirement: decimal(requirement)?.round_dp(DECIMALS),
        risk_weight: weight.round_dp(DECIMALS),
        risk_weighted_assets: of_ead(weight)?,
        expected_loss: of_ead(exposure.pd.checked_mul(exposure.lgd).ok_or(CapitalError::OutOfRange)?)?,
    })
}

/// Asset correlation: from 24 % for the safest firm down to 12 % for the riskiest (CRE31.5), up to four points
/// less for small firms (CRE31.8).
fn correlation(pd: f64, annual_sales_million: Option<f64>) -> f64 {
    let weight = (1.0 - (-50.0 * pd).exp()) / (1.0 - (-50.0_f64).exp());
    let large = 0.12 * weight + 0.24 * (1.0 - weight);
    match annual_sales_million {
        Some(sales) if sales < LARGE_FROM_SALES_MILLION => {
            large - 0.04 * (1.0 - (sales.max(SMALL_BELOW_SALES_MILLION) - 5.0) / 45.0)
        }
        _ => large,
    }
}

/// The loss at the confidence level less the expected loss, before the adjustment for maturity.
fn requirement(pd: f64, lgd: f64, correlation: f64) -> f64 {
    let normal = Normal::standard();
    let stressed = (normal.inverse_cdf(pd) + correlation.sqrt() * normal.inverse_cdf(CONFIDENCE))
        / (1.0 - correlation).sqrt();
    lgd * normal.cdf(stressed) - pd * lgd
}

/// A longer exposure may be downgraded before it defaults.
fn maturity_adjustment(pd: f64, maturity_years: f64) -> f64 {
    let slope = (0.11852 - 0.05478 * pd.ln()).powi(2);
    (1.0 + (maturity_years - 2.5) * slope) / (1.0 - 1.5 * slope)
}

fn decimal(value: f64) -> Result<Decimal, CapitalError> {
    Decimal::from_f64(value).map(|value| value.round_dp(12)).ok_or(CapitalError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposure(pd: &str, sales: Option<&str>) -> Exposure {
        Exposure {
            pd: pd.parse().unwrap(),
            lgd: "0.45".parse().unwrap(),
            maturity_years: "2.5".parse().unwrap(),
            ead: Money::from_yuan(1_000_000).unwrap(),
            annual_sales_million: sales.map(|text| text.parse().unwrap()),
        }
    }

    fn percent(pd: &str, sales: Option<&str>) -> Decimal {
        capital(&exposure(pd, sales)).unwrap().risk_weight * Decimal::ONE_HUNDRED
    }

    #[test]
    fn the_risk_weights_are_those_that_the_committee_printed() {
        // Basel II (June 2006), annex 5, corporate exposures, LGD 45 %, maturity 2.5 years: turnover of 50 and of
        // 5 million euro. The annex prints 72.40 where its own function gives 72.3947: hence the tolerance.
        let close = |found: Decimal, printed: &str| {
            (found - printed.parse::<Decimal>().unwrap()).abs() < Decimal::new(6, 3)
        };
        for (pd, large, small) in [
            ("0.0003", "14.44", "11.30"),
            ("0.0025", "49.47", "39.01"),
            ("0.01", "92.32", "72.40"),
            ("0.03", "128.44", "97.58"),
            ("0.2", "238.23", "188.42"),
        ] {
            assert!(close(percent(pd, None), large), "PD {pd}");
            assert!(close(percent(pd, Some("50")), large), "PD {pd}, at the border");
            assert!(close(percent(pd, Some("5")), small), "PD {pd}, sales of 5 million");
            assert!(close(percent(pd, Some("0.3")), small), "PD {pd}, below the floor of sales");
        }
    }

    #[test]
    fn the_one_factor_loss_at_99_9_percent_is_the_published_one() {
        // PD 2 %, correlation 10 %: the whole exposure lost in 12.8237 % of cases, of which 2 % were expected.
        assert!((requirement(0.02, 1.0, 0.1) + 0.02 - 0.128_237).abs() < 5e-7);
    }

    #[test]
    fn risk_weighted_assets_are_the_weighted_exposure() {
        let found = capital(&exposure("0.01", None)).unwrap();
        assert_eq!(found.risk_weight.to_string(), "0.923168");
        assert_eq!(found.risk_weighted_assets.to_string(), "923168.01");
        assert_eq!(found.expected_loss.to_string(), "4500.00");
        assert_eq!(found.effective_maturity.to_string(), "2.5");
    }

    #[test]
    fn maturity_counts_from_one_to_five_years() {
        let at = |years: &str| {
            let exposure = Exposure { maturity_years: years.parse().unwrap(), ..exposure("0.01", None) };
            capital(&exposure).unwrap().risk_weight
        };
        assert_eq!(at("0.25"), at("1"));
        assert_eq!(at("9"), at("5"));
        assert!(at("1") < at("2.5") && at("2.5") < at("5"));
    }

    #[test]
    fn an_exposure_in_default_or_a_loss_above_the_whole_is_refused() {
        assert_eq!(capital(&exposure("1", None)), Err(CapitalError::ProbabilityOfDefault));
        assert_eq!(capital(&exposure("0", None)), Err(CapitalError::ProbabilityOfDefault));
        let lost_twice = Exposure { lgd: "1.1".parse().unwrap(), ..exposure("0.01", None) };
        assert_eq!(capital(&lost_twice), Err(CapitalError::LossGivenDefault));
    }
}
