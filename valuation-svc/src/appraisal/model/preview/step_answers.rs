//! What a trial calculation answers of the steps around the methods: amounts to the fen, and the figures between.

use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PeriodAnswer;
use crate::{appraisal::model::remaining_life::LifeLimit, scoring::model::Grade};

/// Profit split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProfitSplitAnswer {
    /// The rate, six decimals, half up, as a stored valuation prints it; the value is that of this rate.
    pub rate: Decimal,
    /// The weighted factor score, nine decimals.
    pub score: Decimal,
    /// The value of the plan, the tax amortisation benefit included where asked for; absent without a plan.
    pub value: Option<Money>,
    /// Before the benefit.
    pub value_before_tab: Option<Money>,
    /// The factor between the two; 1 where not asked for.
    pub tab_factor: Option<Decimal>,
    /// Year by year.
    pub periods: Vec<PeriodAnswer>,
}

/// The remaining useful life, years with nine decimals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RemainingLifeAnswer {
    /// The life, years.
    pub years: Decimal,
    /// What ends it.
    pub limited_by: LifeLimit,
    /// Years of protection that are left.
    pub legal_years: Decimal,
    /// Years until the technology's advantage falls to the floor; absent where no half-life was stated.
    pub technology_years: Option<Decimal>,
    /// Years that the product is planned for, where stated.
    pub product_plan_years: Option<Decimal>,
}

/// Several values as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationAnswer {
    /// Σ weight × value, rounded once.
    pub value: Money,
    /// The lowest value that has a weight.
    pub low: Money,
    /// The highest.
    pub high: Money,
    /// Each method's part, in the order given.
    pub indications: Vec<IndicationAnswer>,
}

/// A method's part in the reconciled value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicationAnswer {
    /// The method.
    pub method: String,
    /// Its value.
    pub value: Money,
    /// Its weight.
    pub weight: Decimal,
    /// Their product to the fen, by the largest remainder: the parts sum to the reconciled value.
    pub part: Money,
}

/// Collateral value with the steps from market value to the loan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CollateralValueAnswer {
    /// What is left of a forced sale after cost and the wait: `net`, rounded down to the fen.
    pub value: Money,
    /// The forced price.
    pub forced: Money,
    /// The forced price less the cost of selling, before the wait is discounted.
    pub net_realisable: Money,
    /// What is left in yuan with six decimals: a figure to compare with, no amount.
    pub net: Decimal,
    /// Net ÷ market value, half up to six decimals: to be read, the amounts are made from the whole factor.
    pub liquidation_factor: Rate,
    /// The grade, where one was stated.
    pub grade: Option<Grade>,
    /// The cap on the loan, share of the collateral value.
    pub ltv_cap: Rate,
    /// The most that may be lent: their product, rounded down to the fen.
    pub maximum_loan: Money,
}
