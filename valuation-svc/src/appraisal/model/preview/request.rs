//! What a trial calculation asks. Amounts and rates are decimal strings; unknown fields are refused, so that no
//! calculation carries a value agreed in advance.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{CollateralValueRequest, ProfitSplitRequest, ReconciliationRequest, RemainingLifeRequest};
use crate::appraisal::model::{
    discount::Timing,
    market_comparables::Summary,
    real_option::{Exercise, OptionKind},
};

/// A trial calculation by one method, or of one step around the methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case")]
#[schema(example = json!({"method": "relief_from_royalty", "revenue": ["1000000.00", "1100000.00"],
    "royalty_rate": "0.05", "discount_rate": "0.12", "tax_rate": "0.25", "timing": "mid_year", "tab": true}))]
pub enum PreviewRequest {
    /// 许可费节省法.
    ReliefFromRoyalty(RoyaltyRequest),
    /// 多期超额收益法.
    ExcessEarnings(EarningsRequest),
    /// 有无对比法.
    WithAndWithout(WithWithoutRequest),
    /// 重置成本法.
    ReplacementCost(CostRequest),
    /// 市场比较法.
    MarketComparables(MarketRequest),
    /// 特征价格法.
    Hedonic(HedonicRequest),
    /// 许可费资本化.
    RoyaltyCapitalisation(CapitalisationRequest),
    /// 实物期权法.
    RealOption(OptionRequest),
    /// 蒙特卡洛模拟.
    MonteCarlo(Box<MonteCarloRequest>),
    /// 分成率法.
    ProfitSplit(ProfitSplitRequest),
    /// 剩余经济寿命.
    RemainingLife(RemainingLifeRequest),
    /// 加权综合.
    Reconciliation(ReconciliationRequest),
    /// 质物价值.
    CollateralValue(CollateralValueRequest),
}

/// Relief from royalty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"revenue": ["1000000.00", "1100000.00"], "royalty_rate": "0.05", "discount_rate": "0.12",
    "tax_rate": "0.25", "timing": "mid_year", "tab": true}))]
pub struct RoyaltyRequest {
    /// Revenue attributable to the patent, year by year.
    pub revenue: Vec<Decimal>,
    /// Royalty on revenue; like the discount rate it is demanded by the calculator, and a stored valuation takes its own where
    /// absent.
    #[serde(default)]
    pub royalty_rate: Option<Decimal>,
    /// Discount rate a year.
    #[serde(default)]
    pub discount_rate: Option<Decimal>,
    /// Income tax rate; none in the calculator where absent.
    #[serde(default)]
    pub tax_rate: Option<Decimal>,
    /// When in a year cash arrives; in the calculator at its end where absent.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// Whether the tax amortisation benefit is added; in the calculator it is not where absent.
    #[serde(default)]
    pub tab: Option<bool>,
    /// Years of the tax write-off; the useful life where absent.
    #[serde(default)]
    pub tax_life_years: Option<u32>,
}

/// Excess earnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarningsRequest {
    /// Operating earnings before tax, year by year.
    pub earnings: Vec<Decimal>,
    /// Returns on contributory assets after tax, the same years; may be empty.
    #[serde(default)]
    pub contributory_charges: Vec<Decimal>,
    /// Discount rate a year; the calculator demands it, a stored valuation takes its own where absent.
    #[serde(default)]
    pub discount_rate: Option<Decimal>,
    /// Income tax rate; none in the calculator where absent.
    #[serde(default)]
    pub tax_rate: Option<Decimal>,
    /// When in a year cash arrives; in the calculator at its end where absent.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// Whether the tax amortisation benefit is added; in the calculator it is not where absent.
    #[serde(default)]
    pub tab: Option<bool>,
    /// Years of the tax write-off; the useful life where absent.
    #[serde(default)]
    pub tax_life_years: Option<u32>,
}

/// With and without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithWithoutRequest {
    /// After-tax cash flows with the patent, year by year.
    pub cash_flows_with: Vec<Decimal>,
    /// After-tax cash flows without it, the same years.
    pub cash_flows_without: Vec<Decimal>,
    /// Discount rate a year; the calculator demands it, a stored valuation takes its own where absent.
    #[serde(default)]
    pub discount_rate: Option<Decimal>,
    /// Tax rate of the amortisation benefit; none in the calculator where absent.
    #[serde(default)]
    pub tax_rate: Option<Decimal>,
    /// When in a year cash arrives; in the calculator at its end where absent.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// Whether the tax amortisation benefit is added; in the calculator it is not where absent.
    #[serde(default)]
    pub tab: Option<bool>,
    /// Years of the tax write-off; the useful life where absent.
    #[serde(default)]
    pub tax_life_years: Option<u32>,
}

/// Replacement cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostRequest {
    /// Cost items.
    pub costs: Vec<Decimal>,
    /// Index today ÷ index then, one for each item; may be empty.
    #[serde(default)]
    pub trend_factors: Vec<Decimal>,
    /// The developer's margin on cost.
    #[serde(default)]
    pub margin: Option<Decimal>,
    /// Functional obsolescence, a share.
    #[serde(default)]
    pub functional_obsolescence: Option<Decimal>,
    /// Technological obsolescence, a share.
    #[serde(default)]
    pub technological_obsolescence: Option<Decimal>,
    /// Economic obsolescence, a share.
    #[serde(default)]
    pub economic_obsolescence: Option<Decimal>,
}

/// Market comparables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarketRequest {
    /// Transactions.
    pub comparables: Vec<ComparableInput>,
    /// How the adjusted prices become one value.
    #[serde(default)]
    pub summary: Summary,
}

/// One transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparableInput {
    /// The price paid.
    pub price: Decimal,
    /// Multiplicative adjustments towards the subject.
    #[serde(default)]
    pub adjustments: Vec<Decimal>,
    /// Its weight in a weighted mean.
    #[serde(default = "one")]
    pub weight: Decimal,
}

/// Market approach by regression on the features of transactions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HedonicRequest {
    /// Transactions with their features; at least four more than features.
    pub transactions: Vec<TransactionInput>,
    /// The features of what is valued, in the same order.
    pub subject: Vec<Decimal>,
}

/// A transaction with its features.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransactionInput {
    /// The price paid.
    pub price: Decimal,
    /// Its features.
    pub features: Vec<Decimal>,
}

/// A royalty that grows at a steady rate, for ever or for a number of years, at the end of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapitalisationRequest {
    /// The royalty of the first year.
    pub royalty: Decimal,
    /// Income tax rate.
    #[serde(default)]
    pub tax_rate: Option<Decimal>,
    /// Discount rate a year; the calculator demands it, a stored valuation takes its own where absent.
    #[serde(default)]
    pub discount_rate: Option<Decimal>,
    /// Growth a year; below the discount rate where the royalty never ends.
    #[serde(default)]
    pub growth: Decimal,
    /// Years; for ever where absent.
    #[serde(default)]
    pub years: Option<u32>,
}

/// Which model prices the option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionModel {
    /// Black–Scholes–Merton, European exercise.
    BlackScholes,
    /// Cox–Ross–Rubinstein tree.
    Binomial,
}

/// Real option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"model": "black_scholes", "underlying": "3422", "strike": "2875", "years": "17", "volatility": "0.4732863826", "risk_free_rate": "0.067", "cost_of_delay": "0.0588235294"}))]
pub struct OptionRequest {
    /// Which model; the calculator demands it, a stored valuation takes a tree with American exercise where absent.
    #[serde(default)]
    pub model: Option<OptionModel>,
    /// When it may be exercised.
    #[serde(default)]
    pub exercise: Exercise,
    /// To develop (call) or to abandon (put).
    #[serde(default)]
    pub kind: OptionKind,
    /// Steps of the tree, 1 to 10,000, in a stored valuation at most 2,000; 500 where absent.
    #[serde(default, deserialize_with = "whole")]
    #[schema(value_type = Option<u32>)]
    pub steps: Option<u64>,
    /// Present value of the project; like the four below it is demanded by the calculator and taken from the valuation
    /// where absent.
    #[serde(default)]
    pub underlying: Option<Decimal>,
    /// Cost of development.
    #[serde(default)]
    pub strike: Option<Decimal>,
    /// Years the right lasts.
    #[serde(default)]
    pub years: Option<Decimal>,
    /// Standard deviation of the project's value a year.
    #[serde(default)]
    pub volatility: Option<Decimal>,
    /// Risk-free rate, continuous.
    #[serde(default)]
    pub risk_free_rate: Option<Decimal>,
    /// Cost of delay a year, continuous.
    #[serde(default)]
    pub cost_of_delay: Option<Decimal>,
}

/// Monte Carlo over a royalty stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonteCarloRequest {
    /// Revenue of the first year.
    pub revenue: UncertainInput,
    /// Royalty on revenue.
    pub royalty_rate: UncertainInput,
    /// Discount rate a year.
    pub discount_rate: UncertainInput,
    /// Useful life in years, 0 to 600.
    pub life_years: UncertainInput,
    /// Growth of revenue a year, at least −1; none where absent.
    #[serde(default)]
    pub revenue_growth: Option<UncertainInput>,
    /// Chance of success, 0 to 1; certain where absent.
    #[serde(default)]
    pub success_probability: Option<UncertainInput>,
    /// Income tax rate.
    #[serde(default)]
    pub tax_rate: Decimal,
    /// When in a year cash arrives.
    #[serde(default)]
    pub timing: Timing,
    /// Rank correlations between inputs, by name.
    #[serde(default)]
    pub rank_correlations: Vec<CorrelationInput>,
    /// Paths, at most 2,000,000; 10,000 where absent.
    #[serde(default, deserialize_with = "whole")]
    #[schema(value_type = Option<u32>)]
    pub paths: Option<u64>,
    /// Seed: the same seed gives the same answer.
    #[serde(default, deserialize_with = "whole")]
    pub seed: Option<u64>,
}

/// A known figure or a distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum UncertainInput {
    /// Known.
    Fixed(Decimal),
    /// Uncertain.
    Distributed(DistributionInput),
}

/// A distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum DistributionInput {
    /// Normal.
    Normal { mean: Decimal, standard_deviation: Decimal },
    /// Lognormal, by mean and standard deviation of the value itself.
    Lognormal { mean: Decimal, standard_deviation: Decimal },
    /// Triangular.
    Triangular { low: Decimal, mode: Decimal, high: Decimal },
    /// PERT.
    Pert { low: Decimal, mode: Decimal, high: Decimal },
    /// Uniform.
    Uniform { low: Decimal, high: Decimal },
    /// Discrete.
    Discrete { outcomes: Vec<OutcomeInput> },
}

/// One outcome of a discrete distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeInput {
    /// The value.
    pub value: Decimal,
    /// Its probability.
    pub probability: Decimal,
}

/// The rank correlation of two inputs of the simulation, in the calculator, in a request and in a bank's model alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"first": "annual_revenue", "second": "royalty_rate", "coefficient": "0.2"}))]
pub struct CorrelationInput {
    /// One input: `annual_revenue` (`revenue` means the same), `revenue_growth`, `royalty_rate`, `discount_rate`,
    /// `life_years` or `success_probability`.
    pub first: String,
    /// The other.
    pub second: String,
    /// Spearman's coefficient, strictly between −1 and 1.
    pub coefficient: Decimal,
}

pub(super) fn one() -> Decimal {
    Decimal::ONE
}

/// A whole number, as a JSON number or as a string of digits like every other figure here.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Option::<Either>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(n)) => Ok(Some(n)),
        Some(Either::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}
