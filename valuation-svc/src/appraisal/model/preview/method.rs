//! Which calculation a request asks for, read before the rest of it.

use serde::Deserialize;

/// A method of the trial calculator, or a step around the methods: each names a variant of
/// [`PreviewRequest`](super::PreviewRequest).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewMethod {
    /// 许可费节省法.
    ReliefFromRoyalty,
    /// 多期超额收益法.
    ExcessEarnings,
    /// 有无对比法.
    WithAndWithout,
    /// 重置成本法.
    ReplacementCost,
    /// 市场比较法.
    MarketComparables,
    /// 特征价格法.
    Hedonic,
    /// 许可费资本化.
    RoyaltyCapitalisation,
    /// 实物期权法.
    RealOption,
    /// 蒙特卡洛模拟.
    MonteCarlo,
    /// 分成率法.
    ProfitSplit,
    /// 剩余经济寿命.
    RemainingLife,
    /// 加权综合.
    Reconciliation,
    /// 质物价值.
    CollateralValue,
}
