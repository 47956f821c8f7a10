//! Cost approach: what it would cost to have the same technology again, less obsolescence.

use serde::{Deserialize, Serialize};

use super::error::{AppraisalError, ENTRIES_MAX, finite, not_negative, series, share, within};

/// The three kinds of obsolescence, each a share of what is left after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Obsolescence {
    /// Functional: the thing does its task worse than a modern one.
    pub functional: f64,
    /// Technological: the field has moved on.
    pub technological: f64,
    /// Economic: the market has shrunk.
    pub economic: f64,
}

impl Obsolescence {
    /// What is left of 1.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        (1.0 - self.functional) * (1.0 - self.technological) * (1.0 - self.economic)
    }
}

/// The inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplacementCost {
    /// Cost items, yuan, each as spent or as of today.
    pub costs: Vec<f64>,
    /// Index today ÷ index then, one for each item; empty where costs are of today.
    pub trend_factors: Vec<f64>,
    /// The developer's margin on cost.
    pub margin: f64,
    /// Obsolescence.
    pub obsolescence: Obsolescence,
}

/// A cost value with its steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CostValue {
    /// Cost new, margin included, yuan.
    pub cost_new: f64,
    /// Share left after obsolescence.
    pub remaining: f64,
    /// The value, yuan.
    pub value: f64,
}

/// The value by cost.
///
/// # Errors
/// Names the input that is unusable.
pub fn value(inputs: &ReplacementCost) -> Result<CostValue, AppraisalError> {
    series("costs", &inputs.costs, ENTRIES_MAX)?;
    for (at, cost) in inputs.costs.iter().enumerate() {
        not_negative(&format!("costs[{at}]"), *cost)?;
    }
    if !inputs.trend_factors.is_empty() {
        series("trend_factors", &inputs.trend_factors, ENTRIES_MAX)?;
        for (at, trend) in inputs.trend_factors.iter().enumerate() {
            not_negative(&format!("trend_factors[{at}]"), *trend)?;
        }
        if inputs.trend_factors.len() != inputs.costs.len() {
            return Err(AppraisalError::new(
                "trend_factors",
                "项数必须与成本相同",
                "must have as many entries as the costs",
            ));
        }
    }
    within("margin", inputs.margin, 0.0, 10.0)?;
    share("functional_obsolescence", inputs.obsolescence.functional)?;
    share("technological_obsolescence", inputs.obsolescence.technological)?;
    share("economic_obsolescence", inputs.obsolescence.economic)?;
    let trends = inputs.trend_factors.iter().copied().chain(std::iter::repeat(1.0));
    let spent: f64 = inputs.costs.iter().zip(trends).map(|(cost, trend)| cost * trend).sum();
    let cost_new = finite("costs", spent * (1.0 + inputs.margin))?;
    let remaining = inputs.obsolescence.remaining();
    Ok(CostValue { cost_new, remaining, value: cost_new * remaining })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appraisal::model::error::to_money;

    #[test]
    fn the_worked_example_is_321_480_00() {
        let inputs = ReplacementCost {
            costs: vec![300_000.0, 100_000.0, 50_000.0, 20_000.0],
            trend_factors: vec![],
            margin: 0.0,
            obsolescence: Obsolescence { functional: 0.10, technological: 0.20, economic: 0.05 },
        };
        let found = value(&inputs).unwrap();
        assert_eq!(to_money("value", found.value).unwrap().to_string(), "321480.00");
        let trended = ReplacementCost { trend_factors: vec![1.1, 1.0, 1.0, 1.0], ..inputs.clone() };
        assert!((value(&trended).unwrap().cost_new - 500_000.0).abs() < 1e-6);
        let short = ReplacementCost { trend_factors: vec![1.1], ..inputs };
        assert_eq!(value(&short).unwrap_err().field, "trend_factors");
    }
}
