//! What a request states for methods that a patent's record does not suffice for, in the calculator's own types. A figure that
//! is left open there is taken from the valuation's assumptions.

use std::collections::BTreeMap;

use finance::Rate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::appraisal::model::{
    correlations::{DRIVERS, placed},
    preview::{
        CapitalisationRequest, CorrelationInput, CostRequest, EarningsRequest, HedonicRequest, MarketRequest,
        OptionRequest, RoyaltyRequest, WithWithoutRequest,
    },
};

/// Every method that may be weighed, by its code.
pub const METHODS: [&str; 8] = [
    "relief_from_royalty",
    "replacement_cost",
    "market_comparables",
    "real_option",
    "excess_earnings",
    "with_and_without",
    "royalty_capitalisation",
    "hedonic",
];
/// The most years of a plan.
const YEARS_MAX: usize = 60;
/// The most transactions of a market method.
const PRICES_MAX: usize = 200;
/// The most steps of an option's tree: a value that others wait for is not refined for seconds.
const STEPS_MAX: u64 = 2_000;
/// The most characters of a basis or a reason.
const REASON_CHARS: usize = 500;

/// The inputs of a method with what they rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stated<T> {
    /// Where the figures come from: accounts, a budget, a contract; at most 500 characters.
    pub basis: String,
    /// The figures.
    pub inputs: T,
}

/// Weights of the methods instead of the model's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedWeights {
    /// Why; at most 500 characters.
    pub reason: String,
    /// Shares by method that sum to 1; a method that is not named weighs nothing.
    pub shares: BTreeMap<String, Rate>,
}

/// Rank correlations of the simulation instead of the model's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedCorrelations {
    /// Why; at most 500 characters.
    pub reason: String,
    /// The pairs; those not named are independent.
    pub pairs: Vec<CorrelationInput>,
}

/// What a request states by method. None can carry a value agreed in advance: unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MethodInputs {
    /// 许可费节省法: revenue year by year instead of the first year's with its growth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relief_from_royalty: Option<Stated<RoyaltyRequest>>,
    /// 多期超额收益法: the enterprise's earnings and the returns on contributory assets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess_earnings: Option<Stated<EarningsRequest>>,
    /// 有无对比法: two plans of cash flows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_and_without: Option<Stated<WithWithoutRequest>>,
    /// 许可费资本化法: the royalty of a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub royalty_capitalisation: Option<Stated<CapitalisationRequest>>,
    /// 重置成本法: what was spent, item by item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement_cost: Option<Stated<CostRequest>>,
    /// 市场法: transactions with their adjustments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_comparables: Option<Stated<MarketRequest>>,
    /// 特征价格法: transactions with their features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedonic: Option<Stated<HedonicRequest>>,
    /// 实物期权法: to develop (call) or to abandon (put).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_option: Option<Stated<OptionRequest>>,
    /// Weights of the methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<StatedWeights>,
    /// Rank correlations of the simulation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlations: Option<StatedCorrelations>,
}

/// What is wrong with a figure, by its whole path: field, Chinese, English.
pub type PathFault = (String, String, String);

fn fault(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> PathFault {
    (field.into(), zh.into(), en.into())
}

fn reason_fault(field: &str, text: &str) -> Option<PathFault> {
    let holds = (1..=REASON_CHARS).contains(&text.trim().chars().count());
    (!holds).then(|| {
        fault(field, "须说明来源或理由，至多 500 字", "state the source or reason, at most 500 characters")
    })
}

fn length_fault(field: &str, length: usize, most: usize) -> Option<PathFault> {
    let holds = (1..=most).contains(&length);
    (!holds).then(|| fault(field, format!("须有 1 至 {most} 项"), format!("must have 1 to {most} entries")))
}

impl MethodInputs {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Each method that is stated with what its figures rest on.
    pub(super) fn bases(&self) -> impl Iterator<Item = (&'static str, &str)> {
        fn of<T>(stated: &Option<Stated<T>>) -> Option<&str> {
            stated.as_ref().map(|stated| stated.basis.as_str())
        }
        [
            ("relief_from_royalty", of(&self.relief_from_royalty)),
            ("excess_earnings", of(&self.excess_earnings)),
            ("with_and_without", of(&self.with_and_without)),
            ("royalty_capitalisation", of(&self.royalty_capitalisation)),
            ("replacement_cost", of(&self.replacement_cost)),
            ("market_comparables", of(&self.market_comparables)),
            ("hedonic", of(&self.hedonic)),
            ("real_option", of(&self.real_option)),
        ]
        .into_iter()
        .filter_map(|(method, basis)| Some((method, basis?)))
    }

    /// Every fault that shows before anything is calculated, by its path below `methods`.
    #[must_use]
    pub fn faults(&self) -> Vec<PathFault> {
        let mut found: Vec<PathFault> = self
            .bases()
            .filter_map(|(method, basis)| reason_fault(&format!("{method}.basis"), basis))
            .collect();
        found.extend(
            self.lengths().into_iter().filter_map(|(field, length, most)| length_fault(field, length, most)),
        );
        let steps = self.real_option.as_ref().and_then(|stated| stated.inputs.steps);
        if steps.is_some_and(|steps| !(1..=STEPS_MAX).contains(&steps)) {
            let (zh, en) = (format!("须为 1 至 {STEPS_MAX} 步"), format!("must be 1 to {STEPS_MAX} steps"));
            found.push(fault("real_option.inputs.steps", zh, en));
        }
        if let Some(stated) = &self.weights {
            found.extend(reason_fault("weights.reason", &stated.reason));
            found.extend(self.share_faults(&stated.shares));
        }
        if let Some(stated) = &self.correlations {
            found.extend(reason_fault("correlations.reason", &stated.reason));
            let wrong = placed(&stated.pairs, &DRIVERS).err();
            found.extend(wrong.map(|error| fault("correlations.pairs", error.zh, error.en)));
        }
        found
    }

    fn lengths(&self) -> Vec<(&'static str, usize, usize)> {
        let mut all = Vec::new();
        if let Some(Stated { inputs, .. }) = &self.relief_from_royalty {
            all.push(("relief_from_royalty.inputs.revenue", inputs.revenue.len(), YEARS_MAX));
        }
        if let Some(Stated { inputs, .. }) = &self.excess_earnings {
            all.push(("excess_earnings.inputs.earnings", inputs.earnings.len(), YEARS_MAX));
        }
        if let Some(Stated { inputs, .. }) = &self.with_and_without {
            all.push(("with_and_without.inputs.cash_flows_with", inputs.cash_flows_with.len(), YEARS_MAX));
        }
        if let Some(Stated { inputs, .. }) = &self.replacement_cost {
            all.push(("replacement_cost.inputs.costs", inputs.costs.len(), PRICES_MAX));
        }
        if let Some(Stated { inputs, .. }) = &self.market_comparables {
            all.push(("market_comparables.inputs.comparables", inputs.comparables.len(), PRICES_MAX));
        }
        if let Some(Stated { inputs, .. }) = &self.hedonic {
            all.push(("hedonic.inputs.transactions", inputs.transactions.len(), PRICES_MAX));
        }
        all
    }

    /// What is wrong with stated shares: unknown methods, shares out of bounds, methods without inputs, a sum other than 1.
    fn share_faults(&self, shares: &BTreeMap<String, Rate>) -> Vec<PathFault> {
        let mut found = Vec::new();
        for (method, weight) in shares {
            let field = format!("weights.shares.{method}");
            if !METHODS.contains(&method.as_str()) {
                found.push(fault(field, "没有这种方法", "there is no such method"));
            } else if !weight.is_share() {
                found.push(fault(field, "须在 0 与 1 之间", "must lie between 0 and 1"));
            } else if *weight > Rate::ZERO && self.lacks(method) {
                let zh = "未提供该方法的输入，不能计权";
                found.push(fault(field, zh, "the method has no inputs and cannot be weighed"));
            }
        }
        let sum: Decimal = shares.values().map(|weight| weight.fraction()).sum();
        if found.is_empty() && (sum - Decimal::ONE).abs() > Decimal::new(1, 6) {
            let zh = format!("各方法权重合计须为 1，现合计 {}", sum.normalize());
            found.push(fault(
                "weights.shares",
                zh,
                format!("must sum to 1; they sum to {}", sum.normalize()),
            ));
        }
        found
    }

    /// Whether a method counts only where a request states it and this one does not.
    fn lacks(&self, method: &str) -> bool {
        match method {
            "excess_earnings" => self.excess_earnings.is_none(),
            "with_and_without" => self.with_and_without.is_none(),
            "royalty_capitalisation" => self.royalty_capitalisation.is_none(),
            "hedonic" => self.hedonic.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(stated: serde_json::Value) -> Vec<String> {
        let stated: MethodInputs = serde_json::from_value(stated).unwrap();
        stated.faults().into_iter().map(|one| one.0).collect()
    }

    #[test]
    fn every_figure_needs_its_basis_and_every_weight_its_method() {
        let earnings = json!({ "basis": "2026 年预算", "inputs": { "earnings": ["100"] } });
        assert!(faults(json!({ "excess_earnings": earnings })).is_empty());
        assert_eq!(
            faults(json!({ "excess_earnings": { "basis": " ", "inputs": { "earnings": vec!["1"; 61] } } })),
            ["excess_earnings.basis", "excess_earnings.inputs.earnings"]
        );
        let weights = |shares: serde_json::Value| {
            faults(
                json!({ "excess_earnings": earnings, "weights": { "reason": "有审计报告", "shares": shares } }),
            )
        };
        assert!(weights(json!({ "relief_from_royalty": "0.4", "excess_earnings": "0.6" })).is_empty());
        assert_eq!(weights(json!({ "relief_from_royalty": "0.4" })), ["weights.shares"]);
        assert_eq!(weights(json!({ "hedonic": "1" })), ["weights.shares.hedonic"]);
        assert_eq!(weights(json!({ "agreed_price": "1" })), ["weights.shares.agreed_price"]);
        assert_eq!(weights(json!({ "excess_earnings": "1.2" })), ["weights.shares.excess_earnings"]);
        let pair = json!([{ "first": "weather", "second": "life_years", "coefficient": "0.1" }]);
        assert_eq!(
            faults(json!({ "correlations": { "reason": "", "pairs": pair } })),
            ["correlations.reason", "correlations.pairs"]
        );
    }

    #[test]
    fn an_empty_list_and_a_tree_without_steps_are_told_with_the_bounds_that_hold_here() {
        let stated: MethodInputs = serde_json::from_value(json!({
            "market_comparables": { "basis": "合同", "inputs": { "comparables": [] } },
            "real_option": { "basis": "中试方案", "inputs": { "steps": 0 } } }))
        .unwrap();
        let found = stated.faults();
        let told: Vec<(&str, &str)> = found.iter().map(|one| (one.0.as_str(), one.2.as_str())).collect();
        assert_eq!(
            told,
            [
                ("market_comparables.inputs.comparables", "must have 1 to 200 entries"),
                ("real_option.inputs.steps", "must be 1 to 2000 steps"),
            ]
        );
    }

    #[test]
    fn no_method_takes_a_value_agreed_in_advance() {
        for stated in [
            json!({ "target_value": "1.00" }),
            json!({ "excess_earnings": { "basis": "x", "inputs": { "earnings": ["1"], "value": "9" } } }),
        ] {
            assert!(serde_json::from_value::<MethodInputs>(stated).is_err());
        }
    }
}
