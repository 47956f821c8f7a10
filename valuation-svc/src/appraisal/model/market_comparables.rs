//! Market approach: prices of comparable transactions, adjusted factor by factor.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{AppraisalError, ENTRIES_MAX, finite, not_negative, positive};
use crate::scoring::model::oecd::percentile;

/// One transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparable {
    /// The price paid, yuan.
    pub price: f64,
    /// Multiplicative adjustments from the comparable to the subject: 1.10 where the subject is 10 % better.
    pub adjustments: Vec<f64>,
    /// How much it counts in a weighted mean.
    pub weight: f64,
}

/// How the adjusted prices become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// The middle one, robust against a single odd price.
    #[default]
    Median,
    /// The mean by stated weights.
    WeightedMean,
}

/// A market value with the prices that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarketValue {
    /// The value, yuan.
    pub value: f64,
    /// Each price after adjustment, in the order given.
    pub adjusted: Vec<f64>,
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// The value by comparables.
///
/// # Errors
/// Names the comparable that is unusable.
pub fn value(comparables: &[Comparable], summary: Summary) -> Result<MarketValue, AppraisalError> {
    if comparables.is_empty() || comparables.len() > ENTRIES_MAX {
        return Err(AppraisalError::new("comparables", "必须有 1 至 1000 项", "must have 1 to 1000 entries"));
    }
    let mut adjusted = Vec::with_capacity(comparables.len());
    for (at, comparable) in comparables.iter().enumerate() {
        let field = |name: &str| format!("comparables[{at}].{name}");
        positive(&field("price"), comparable.price)?;
        not_negative(&field("weight"), comparable.weight)?;
        if comparable.adjustments.len() > ENTRIES_MAX {
            return Err(AppraisalError::new(field("adjustments"), "最多 1000 项", "at most 1000 entries"));
        }
        let mut price = comparable.price;
        for factor in &comparable.adjustments {
            price *= positive(&field("adjustments"), *factor)?;
        }
        adjusted.push(finite(&field("adjustments"), price)?);
    }
    let mut sorted = adjusted.clone();
    sorted.sort_by(f64::total_cmp);
    let value = match summary {
        Summary::Median => percentile(&sorted, 0.5).unwrap_or(0.0),
        Summary::WeightedMean => {
            let weights: f64 = comparables.iter().map(|c| c.weight).sum();
            positive("comparables", weights)?;
            adjusted.iter().zip(comparables).map(|(price, c)| price * c.weight).sum::<f64>() / weights
        }
    };
    let low = sorted.first().copied().unwrap_or(value);
    let high = sorted.last().copied().unwrap_or(value);
    Ok(MarketValue { value: finite("comparables", value)?, adjusted, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparable(price: f64, adjustments: &[f64], weight: f64) -> Comparable {
        Comparable { price, adjustments: adjustments.to_vec(), weight }
    }

    #[test]
    fn adjustments_multiply_and_the_median_resists_an_odd_price() {
        let three = [
            comparable(100.0, &[1.1, 0.9], 1.0),
            comparable(120.0, &[], 1.0),
            comparable(9_000.0, &[1.0], 2.0),
        ];
        let median = value(&three, Summary::Median).unwrap();
        assert!((median.value - 120.0).abs() < 1e-9);
        assert!((median.low - 99.0).abs() < 1e-9);
        let mean = value(&three, Summary::WeightedMean).unwrap();
        assert!((mean.value - (99.0 + 120.0 + 18_000.0) / 4.0).abs() < 1e-9);
        let even = value(&three[..2], Summary::Median).unwrap();
        assert!((even.value - 109.5).abs() < 1e-9);
    }

    #[test]
    fn a_comparable_without_a_price_is_named() {
        let wrong = value(&[comparable(100.0, &[], 1.0), comparable(0.0, &[], 1.0)], Summary::Median);
        assert_eq!(wrong.unwrap_err().field, "comparables[1].price");
        assert!(value(&[], Summary::Median).is_err());
        assert!(value(&[comparable(1.0, &[], 0.0)], Summary::WeightedMean).is_err());
    }
}
