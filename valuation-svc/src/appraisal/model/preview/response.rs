//! What a trial calculation answers: amounts to the fen, factors with nine decimals, and the steps between.

use finance::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CollateralValueAnswer, ProfitSplitAnswer, ReconciliationAnswer, RemainingLifeAnswer};
use crate::appraisal::model::{AppraisalError, outcome::Outcome, to_money};

/// The answer, by method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum PreviewResponse {
    /// 许可费节省法.
    ReliefFromRoyalty(IncomeAnswer),
    /// 多期超额收益法.
    ExcessEarnings(IncomeAnswer),
    /// 有无对比法.
    WithAndWithout(IncomeAnswer),
    /// 重置成本法.
    ReplacementCost(CostAnswer),
    /// 市场比较法.
    MarketComparables(MarketAnswer),
    /// 特征价格法.
    Hedonic(HedonicAnswer),
    /// 许可费资本化.
    RoyaltyCapitalisation(CapitalisationAnswer),
    /// 实物期权法.
    RealOption(OptionAnswer),
    /// 蒙特卡洛模拟.
    MonteCarlo(Box<MonteCarloAnswer>),
    /// 分成率法.
    ProfitSplit(ProfitSplitAnswer),
    /// 剩余经济寿命.
    RemainingLife(RemainingLifeAnswer),
    /// 加权综合.
    Reconciliation(ReconciliationAnswer),
    /// 质物价值.
    CollateralValue(CollateralValueAnswer),
}

impl PreviewResponse {
    /// The value, whichever method; none of a life, nor of a profit split without a plan.
    #[must_use]
    pub fn value(&self) -> Option<Money> {
        Some(match self {
            Self::ReliefFromRoyalty(a) | Self::ExcessEarnings(a) | Self::WithAndWithout(a) => a.value,
            Self::ReplacementCost(a) => a.value,
            Self::MarketComparables(a) => a.value,
            Self::Hedonic(a) => a.value,
            Self::RoyaltyCapitalisation(a) => a.value,
            Self::RealOption(a) => a.value,
            Self::MonteCarlo(a) => a.value,
            Self::Reconciliation(a) => a.value,
            Self::CollateralValue(a) => a.value,
            Self::ProfitSplit(a) => return a.value,
            Self::RemainingLife(_) => return None,
        })
    }
}

/// An income method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncomeAnswer {
    /// The value, the tax amortisation benefit included where asked for.
    pub value: Money,
    /// Before the benefit.
    pub value_before_tab: Money,
    /// The factor between the two; 1 where not asked for.
    pub tab_factor: Decimal,
    /// Year by year.
    pub periods: Vec<PeriodAnswer>,
}

/// One year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeriodAnswer {
    /// From 1.
    pub number: u32,
    /// After-tax cash flow attributed to the patent.
    pub cash_flow: Money,
    /// Discount factor.
    pub discount_factor: Decimal,
    /// Their product.
    pub present_value: Money,
}

/// Replacement cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CostAnswer {
    /// The value.
    pub value: Money,
    /// Cost new, margin included.
    pub cost_new: Money,
    /// Share left after obsolescence.
    pub remaining: Decimal,
}

/// Market comparables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketAnswer {
    /// The value.
    pub value: Money,
    /// The lowest adjusted price.
    pub low: Money,
    /// The highest.
    pub high: Money,
    /// Each adjusted price, in the order given.
    pub adjusted: Vec<Money>,
}

/// Regression on features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HedonicAnswer {
    /// The middle of what the features predict.
    pub value: Money,
    /// Lower end of the 90 % prediction interval.
    pub low: Money,
    /// Upper end of it.
    pub high: Money,
    /// The change of the price's logarithm for one more of each feature.
    pub coefficients: Vec<Decimal>,
    /// Share of the logarithm's variance that the features explain.
    pub r_squared: Decimal,
    /// Standard deviation of the residuals, of the logarithm.
    pub residual_deviation: Decimal,
}

/// A capitalised royalty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapitalisationAnswer {
    /// The value.
    pub value: Money,
    /// Value ÷ the first year's royalty after tax.
    pub multiple: Decimal,
}

/// A real option, always with its European, American and net present value together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OptionAnswer {
    /// The value by the model and exercise asked for.
    pub value: Money,
    /// Exercised at the end only.
    pub european: Money,
    /// Exercised at any time, by the tree; absent where no tree within 10,000 steps fits the terms.
    pub american: Option<Money>,
    /// Exercised now.
    pub npv: Money,
    /// The project with the right to abandon it for the strike; absent for a call.
    pub with_abandonment: Option<Money>,
    /// d₁ of the closed form.
    pub d1: Decimal,
    /// d₂ of the closed form.
    pub d2: Decimal,
    /// Steps of the tree.
    pub steps: u32,
}

/// A simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MonteCarloAnswer {
    /// The mean.
    pub value: Money,
    /// Standard deviation.
    pub standard_deviation: Money,
    /// Standard error of the mean.
    pub standard_error: Money,
    /// 5th percentile.
    pub p5: Money,
    /// 10th percentile.
    pub p10: Money,
    /// 25th percentile.
    pub p25: Money,
    /// Median.
    pub p50: Money,
    /// 75th percentile.
    pub p75: Money,
    /// 90th percentile.
    pub p90: Money,
    /// 95th percentile.
    pub p95: Money,
    /// Paths drawn.
    pub paths: u32,
    /// Seed used.
    pub seed: u64,
    /// Twenty equal bars.
    pub histogram: Vec<BarAnswer>,
    /// Inputs by how far each moves the value.
    pub tornado: Vec<TornadoAnswer>,
}

/// One bar of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BarAnswer {
    /// Lower edge.
    pub from: Money,
    /// Upper edge.
    pub to: Money,
    /// Paths in it.
    pub count: u32,
}

impl BarAnswer {
    /// The bars of a simulation, their edges to the fen.
    ///
    /// # Errors
    /// An edge that is no amount, told of `field`.
    pub fn all(outcome: &Outcome, field: &str) -> Result<Vec<Self>, AppraisalError> {
        let money = |value: f64| to_money(field, value);
        let bars = outcome.histogram.iter();
        bars.map(|bar| Ok(Self { from: money(bar.from)?, to: money(bar.to)?, count: bar.count })).collect()
    }
}

/// One input moved from its P10 to its P90.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TornadoAnswer {
    /// The input.
    pub name: String,
    /// The input at P10.
    pub input_low: Decimal,
    /// The input at P90.
    pub input_high: Decimal,
    /// The value with the input at P10.
    pub at_low: Money,
    /// The value with the input at P90.
    pub at_high: Money,
}
