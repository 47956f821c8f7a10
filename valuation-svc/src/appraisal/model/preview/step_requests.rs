//! What a trial calculation asks of the steps around the methods: the share that the patent has, its life, several values
//! as one, and what may be lent on it. As in `request.rs`, amounts and rates are decimal strings and unknown fields are refused.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{appraisal::model::discount::Timing, scoring::model::Grade};

/// Profit split (分成率法): the rate `K = m + (n − m)·r`, and the value of a plan at that rate.
///
/// The bounds are those of the trade (0.5 % to 1.5 % of sales, say, or of profit where the plan is one of profit); `r` is
/// stated, or is the mean of factors by their weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "profit_split", "low": "0.005", "high": "0.015", "score": "0.71",
    "revenue": ["10000000.00", "11000000.00"], "discount_rate": "0.12", "tax_rate": "0.25"}))]
pub struct ProfitSplitRequest {
    /// The lower bound `m` of the rate, 0 to 1 with at most six decimals.
    pub low: Decimal,
    /// The upper bound `n`, 0 to 1 with at most six decimals, not below the lower.
    pub high: Decimal,
    /// The weighted factor score `r`, 0 to 1; demanded where there are no factors, and refused beside them.
    #[serde(default)]
    pub score: Option<Decimal>,
    /// The factors that `r` is made from, at most 1,000.
    #[serde(default)]
    pub factors: Vec<FactorInput>,
    /// What the rate is a share of, year by year: sales, or profit before tax. The rate alone where empty; the fields below
    /// are then refused.
    #[serde(default)]
    pub revenue: Vec<Decimal>,
    /// Discount rate a year; demanded where there is a plan.
    #[serde(default)]
    pub discount_rate: Option<Decimal>,
    /// Income tax rate on the share; none where absent.
    #[serde(default)]
    pub tax_rate: Option<Decimal>,
    /// When in a year cash arrives; at its end where absent.
    #[serde(default)]
    pub timing: Option<Timing>,
    /// Whether the tax amortisation benefit is added; it is not where absent.
    #[serde(default)]
    pub tab: Option<bool>,
    /// Years of the tax write-off; the useful life where absent.
    #[serde(default)]
    pub tax_life_years: Option<u32>,
}

/// One factor of the score of a profit split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorInput {
    /// How it scores, 0 to 1.
    pub score: Decimal,
    /// How much it counts beside the others, at least 0.
    #[serde(default = "super::request::one")]
    pub weight: Decimal,
}

/// The remaining useful life: the shortest of protection, technology and product plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "remaining_life", "legal_years": "15", "half_life_years": "5", "floor": "0.25",
    "product_plan_years": "12"}))]
pub struct RemainingLifeRequest {
    /// Years of protection that are left, 0 to 100.
    pub legal_years: Decimal,
    /// Years in which half of the technology's advantage is lost, 0.1 to 100; with `floor`, or neither.
    #[serde(default)]
    pub half_life_years: Option<Decimal>,
    /// Share of the advantage below which it no longer earns, 0.001 to 0.999: the technology lives
    /// `half_life_years · log₂(1/floor)`.
    #[serde(default)]
    pub floor: Option<Decimal>,
    /// Years that the product is planned for, 0 to 100.
    #[serde(default)]
    pub product_plan_years: Option<Decimal>,
}

/// Several methods' values as one, by stated weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "reconciliation", "indications": [
    {"method": "relief_from_royalty", "value": "1200000.00", "weight": "0.6"},
    {"method": "market_comparables", "value": "1000000.00", "weight": "0.3"},
    {"method": "replacement_cost", "value": "321480.00", "weight": "0.1"}]}))]
pub struct ReconciliationRequest {
    /// The methods' values, 1 to 1,000.
    pub indications: Vec<IndicationInput>,
}

/// A method's value with its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicationInput {
    /// The method, 1 to 100 characters.
    pub method: String,
    /// Its value to the fen, at least 0.
    pub value: Decimal,
    /// Its weight, 0 to 1; all weights sum to 1.
    pub weight: Decimal,
}

/// Collateral value: what a forced sale leaves, and what may be lent on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "collateral_value", "market_value": "1000.00", "forced_sale_discount": "0.45",
    "cost": "0.08", "months": "9", "rate": "0.12", "grade": "A"}))]
pub struct CollateralValueRequest {
    /// Market value to the fen, at least 0.
    pub market_value: Decimal,
    /// Discount of a forced sale on market value, 0 to 1.
    pub forced_sale_discount: Decimal,
    /// Cost of selling, share of the forced price, 0 to 1.
    pub cost: Decimal,
    /// Months until the money is in, 0 to 120.
    pub months: Decimal,
    /// Rate a year at which the wait is discounted, 0 to 1.
    pub rate: Decimal,
    /// The grade, whose cap is the platform's default; without grade and cap nothing may be lent.
    #[serde(default)]
    pub grade: Option<Grade>,
    /// A cap of one's own on the loan, share of the collateral value, 0 to 1; refused beside a grade.
    #[serde(default)]
    pub ltv: Option<Decimal>,
}
