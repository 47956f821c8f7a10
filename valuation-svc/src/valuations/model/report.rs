//! The printed result of a valuation: amounts to the fen, ratios as decimal strings, every reason in both languages.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    assumptions::{AssumptionSource, Assumptions},
    score_report::ScoreView,
};
use crate::{
    appraisal::model::preview::{BarAnswer, CorrelationInput},
    scoring::model::Grade,
};

/// What a valuation says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Appraised {
    /// The score, explained.
    pub score: ScoreView,
    /// The value, explained.
    pub value: ValueReport,
    /// What may be lent on it.
    pub collateral: CollateralReport,
    /// What it rests on.
    pub assumptions: Assumptions,
    /// What it does not say.
    pub limits: Vec<Limit>,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// Whether what may be lent on it passes what the bank's own valuation may carry alone: such a loan needs an
    /// external report (金发〔2025〕10号).
    #[serde(default)]
    pub external_report_required: bool,
}

/// The value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValueReport {
    /// Low end of the range: the income methods at the 5th percentile of the simulation; the lowest method that counts where
    /// none of them does.
    pub low: Money,
    /// The reconciled value.
    pub value: Money,
    /// High end: the income methods at the 95th percentile; the highest method that counts where none of them does.
    pub high: Money,
    /// ISO 4217.
    pub currency: String,
    /// The weight of each method that counts; they sum to 1.
    pub weights: Vec<MethodWeight>,
    /// Every method, those not considered too, each with its reason.
    pub methods: Vec<MethodReport>,
    /// The income method under uncertainty.
    pub simulation: SimulationReport,
    /// Management adjustments that moved value and range, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlays: Vec<OverlayReport>,
}

/// A management adjustment of the model's version that was in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OverlayReport {
    /// Its name.
    pub code: String,
    /// Why.
    pub reason: String,
    /// The share by which it moved the value.
    pub adjustment: Rate,
    /// Its last day.
    pub until: NaiveDate,
}

/// The weight of a method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodWeight {
    /// Its code.
    pub method: String,
    /// Its share of the value.
    pub weight: Rate,
    /// Who stated the weight and how it became the share, in Chinese.
    #[serde(default)]
    pub reason_zh: String,
    /// The same in English.
    #[serde(default)]
    pub reason_en: String,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodReport {
    /// Its code.
    pub method: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What it comes to; absent where it was not considered.
    pub value: Option<Money>,
    /// Its share of the value; zero where it was not considered.
    pub weight: Rate,
    /// Whether it counts.
    pub considered: bool,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// Its inputs by name.
    pub inputs: BTreeMap<String, String>,
    /// The steps between.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// The income method with its inputs drawn at random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SimulationReport {
    /// Paths drawn.
    pub paths: u32,
    /// Seed.
    pub seed: u64,
    /// Mean.
    pub mean: Money,
    /// Standard deviation.
    pub standard_deviation: Money,
    /// 5th percentile.
    pub p5: Money,
    /// 25th percentile.
    pub p25: Money,
    /// Median.
    pub p50: Money,
    /// 75th percentile.
    pub p75: Money,
    /// 95th percentile.
    pub p95: Money,
    /// Twenty equal bars.
    pub histogram: Vec<BarAnswer>,
    /// How far each input moves the value.
    pub tornado: Vec<TornadoReport>,
    /// The rank correlations between the inputs; absent where a valuation was made before they were drawn together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlations: Option<CorrelationReport>,
}

/// Which inputs of the simulation are drawn together, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CorrelationReport {
    /// Where they come from.
    pub source: AssumptionSource,
    /// What they rest on, in Chinese.
    pub note_zh: String,
    /// What they rest on, in English.
    pub note_en: String,
    /// Spearman's coefficients by pair; pairs not named are independent.
    pub pairs: Vec<CorrelationInput>,
}

/// One input moved from its 10th to its 90th percentile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TornadoReport {
    /// The input.
    pub driver: String,
    /// The value with the input at its 10th percentile.
    pub low: Money,
    /// The value with the input at its 90th percentile.
    pub high: Money,
    /// The input at its 10th percentile.
    pub input_low: Decimal,
    /// The input at its 90th percentile.
    pub input_high: Decimal,
}

/// What the patent is worth as a pledge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CollateralReport {
    /// What a forced sale leaves after cost and the wait.
    pub collateral_value: Money,
    /// Collateral value ÷ value.
    pub liquidation_factor: Rate,
    /// The highest loan-to-value for the grade.
    pub ltv_cap: Rate,
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// The forced price less the cost of selling, before the wait is discounted.
    pub net_realisable: Money,
    /// The grade that the cap rests on.
    pub grade: Option<Grade>,
}

/// Something that the reader must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limit {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}
