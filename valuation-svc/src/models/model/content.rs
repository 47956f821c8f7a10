//! What a version of a valuation model holds: the index tree with its weights and bands, the parameters of the appraisal
//! and the management's overlays. A valuation depends on nothing else but the patent and the request.

use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    methods::{MethodWeights, SimulationParameters},
    platform,
};
use crate::{
    appraisal::model::collateral::{Liquidation, LtvTable},
    catalogue::industry::Industry,
    scoring::model::IndexTree,
};

/// The whole content of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelContent {
    /// Indices, weights by scenario, bands by leaf, grades.
    pub tree: IndexTree,
    /// What the appraisal calculates with.
    pub parameters: Parameters,
    /// Management adjustments, each with reason, limit and last day.
    #[serde(default)]
    pub overlays: Vec<Overlay>,
}

/// The parameters of the appraisal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelParameters)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Where the range of royalties comes from.
    pub royalty_source: RoyaltySource,
    /// The discount rate.
    pub discount: DiscountBuildUp,
    /// The life over which a patent earns.
    pub life: LifeParameters,
    /// The chance that a technology reaches the market.
    pub success: SuccessParameters,
    /// Taxes.
    pub tax: TaxParameters,
    /// The cost approach.
    pub cost: CostParameters,
    /// The real option.
    pub option: OptionParameters,
    /// Weights of the methods before those not considered are left out; they sum to 1.
    pub weights: MethodWeights,
    /// How a pledged patent is taken to be sold.
    pub liquidation: LiquidationParameters,
    /// The highest loan-to-value on collateral value, by grade.
    pub ltv: LtvTable,
    /// For how long a valuation may be relied on.
    pub validity: Validity,
    /// Paths of the simulation, 1,000–100,000.
    pub paths: u32,
    /// What is drawn together in it.
    #[serde(default)]
    pub simulation: SimulationParameters,
    /// How far a valuation may be overridden.
    pub override_limits: OverrideLimits,
    /// Up to which loan the bank's own valuation may stand alone.
    pub pilot: PilotBound,
    /// Figures by industry; every industry has a row.
    pub industries: Vec<IndustryParameters>,
}

/// Where the range of royalties comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoyaltySource {
    /// The row of the imported licence statistics where there is one, else the model's table by industry.
    LicenceStatistics,
    /// The model's own table by industry.
    IndustryTable,
}

/// How the discount rate is put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscountBuildUp {
    /// `industry_table`: the rate of the industry's row; `build_up`: the sum of the parts below.
    pub method: DiscountMethod,
    /// Risk-free rate a year.
    pub risk_free_rate: f64,
    /// Premium of the market.
    pub market_premium: f64,
    /// Premium for a small enterprise.
    pub size_premium: f64,
    /// Premium for the technology's own risk.
    pub technology_premium: f64,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscountMethod {
    /// The industry's row.
    IndustryTable,
    /// The sum of the parts.
    BuildUp,
}

impl DiscountBuildUp {
    /// The rate for an industry whose row says `table`.
    #[must_use]
    pub fn rate(&self, table: f64) -> f64 {
        match self.method {
            DiscountMethod::IndustryTable => table,
            DiscountMethod::BuildUp => {
                self.risk_free_rate + self.market_premium + self.size_premium + self.technology_premium
            }
        }
    }
}

/// The life over which a patent earns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LifeParameters {
    /// Share of a technology's advantage below which it no longer earns.
    pub advantage_floor: f64,
    /// Years of protection taken where neither filing nor expiry date is on record.
    pub legal_years: f64,
}

/// The chance that a technology reaches the market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuccessParameters {
    /// By technology readiness 1–9.
    pub by_readiness: [f64; 9],
    /// The readiness taken where none is on record.
    pub readiness_if_unknown: u8,
}

/// Taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxParameters {
    /// Income tax on royalties.
    pub rate: f64,
    /// Years over which a bought patent is written off for tax.
    pub life_years: u32,
}

/// The cost approach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostParameters {
    /// The developer's margin on cost.
    pub margin: f64,
    /// Economic obsolescence.
    pub economic_obsolescence: f64,
    /// Functional obsolescence of a technology that scores zero; none for one that scores a hundred.
    pub functional_obsolescence_max: f64,
    /// Technological obsolescence where the age is unknown.
    pub technological_if_unknown: f64,
    /// Technological obsolescence at most.
    pub technological_max: f64,
}

/// The real option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionParameters {
    /// The highest readiness at which developing is still a choice.
    pub readiness_max: u8,
    /// Risk-free rate a year.
    pub risk_free_rate: f64,
    /// Years within which the choice is made at the latest.
    pub years_max: f64,
}

/// How a pledged patent is taken to be sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiquidationParameters {
    /// Discount of a forced sale on market value.
    pub forced_sale_discount: f64,
    /// Cost of selling, share of the forced price.
    pub cost: f64,
    /// Months until the money is in.
    pub months: f64,
    /// Rate a year at which the wait is discounted.
    pub rate: f64,
}

impl LiquidationParameters {
    /// The same for the appraisal.
    #[must_use]
    pub const fn terms(&self) -> Liquidation {
        Liquidation {
            forced_sale_discount: self.forced_sale_discount,
            cost: self.cost,
            months: self.months,
            rate: self.rate,
        }
    }
}

/// For how long a valuation may be relied on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelValidity)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// Months.
    pub months: u32,
    /// Months where coverage is too low for a grade.
    pub months_ungraded: u32,
}

/// How far a person may move what the model says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideLimits {
    /// The most by which a value may be raised, as a share of the model's value.
    pub value_up: Rate,
    /// The most by which it may be lowered.
    pub value_down: Rate,
    /// The most by which it may be raised, in yuan.
    pub amount_up: Money,
    /// Grades by which a grade may be raised.
    pub grade_steps_up: u8,
    /// Points by which the score of a leaf may be moved.
    pub leaf_points: f64,
    /// How many times the greater of the confirmed sales of the patent's products and the model's own estimate the annual revenue
    /// stated for a pledge may be; 1 to 10. A version from before it has the platform's.
    #[serde(default = "platform::revenue_times")]
    pub revenue_times: Decimal,
}

impl OverrideLimits {
    /// The most that may be put in the place of a value of the model.
    ///
    /// # Errors
    /// When it is out of the range of amounts.
    pub fn most_above(&self, model: Money) -> Result<Money, MoneyError> {
        model.checked_add(model.scale(self.value_up, Rounding::Down)?.min(self.amount_up))
    }

    /// The most annual revenue that may be stated for a pledge beside a known one. One that passes the range of amounts is no
    /// bound: no request can state it.
    #[must_use]
    pub fn most_revenue(&self, known: Money) -> Money {
        known.scale(Rate::new(self.revenue_times), Rounding::Down).unwrap_or(Money::MAX)
    }
}

/// Up to which loan the bank's own valuation may stand alone (金发〔2025〕10号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PilotBound {
    /// Above this a loan needs an external report, yuan.
    pub loan_max: Money,
    /// The first day on which the bound holds.
    pub effective_from: NaiveDate,
}

impl PilotBound {
    /// Whether a loan of a valuation of a day needs an external report: it passes the bound, and the rule holds that day.
    #[must_use]
    pub fn passed_by(&self, loan: Money, on: NaiveDate) -> bool {
        on >= self.effective_from && loan > self.loan_max
    }
}

/// The figures of one industry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndustryParameters {
    /// The industry.
    pub industry: Industry,
    /// Lowest royalty on revenue.
    pub royalty_low: f64,
    /// Highest.
    pub royalty_high: f64,
    /// Discount rate a year, after tax.
    pub discount_rate: f64,
    /// Growth of revenue a year.
    pub revenue_growth: f64,
    /// Years in which half of the technology's advantage is lost.
    pub half_life_years: f64,
    /// Yuan, of the products under one invention of middling score.
    pub first_year_revenue: f64,
    /// Yuan, to have an invention of the kind again.
    pub development_cost: f64,
    /// Spread of the project's value a year.
    pub volatility: f64,
}

/// A management adjustment: the reconciled value of what it fits is multiplied by `1 + adjustment` while it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ModelOverlay)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// A short name that is unique in the version.
    pub code: String,
    /// Why.
    pub reason: String,
    /// The industry that it is for; every industry where absent.
    #[serde(default)]
    pub industry: Option<Industry>,
    /// The share by which values move: -0.10 lowers them by a tenth.
    pub adjustment: Rate,
    /// The most by which it may ever move a value either way, as a share; at most 0.3.
    pub limit: Rate,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; at most two years after the first.
    pub until: NaiveDate,
}

impl Overlay {
    /// Whether it moves a valuation of an industry on a day.
    #[must_use]
    pub fn fits(&self, industry: Industry, on: NaiveDate) -> bool {
        self.from <= on && on <= self.until && self.industry.is_none_or(|own| own == industry)
    }
}

impl ModelContent {
    /// What holds where a bank has no version of its own. It went through its own text, so that the figures read back
    /// from a database are the same bits.
    #[must_use]
    pub fn platform_default() -> &'static Stored {
        static DEFAULT: LazyLock<Stored> = LazyLock::new(platform::stored);
        &DEFAULT
    }

    /// The row of an industry; the one of `other` where the version has none.
    #[must_use]
    pub fn industry(&self, industry: Industry) -> IndustryParameters {
        let rows = &self.parameters.industries;
        let find = |wanted: Industry| rows.iter().find(|row| row.industry == wanted).copied();
        find(industry).or_else(|| find(Industry::Other)).unwrap_or(platform::FALLBACK)
    }

    /// Its text: the same content gives the same text.
    ///
    /// # Errors
    /// A figure that JSON cannot hold.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// A content with its text and the hash that names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The content.
    pub content: Arc<ModelContent>,
    /// The same as text.
    pub text: Arc<str>,
    /// SHA-256 of the text.
    pub hash: String,
}

/// What a text of a content is named by.
#[must_use]
pub fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
