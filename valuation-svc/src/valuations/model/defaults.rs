//! What is no parameter of a model version: the method's own version, published statistics, and what a kind of right is
//! worth beside another.

use crate::catalogue::patent::PatentKind;

/// The version of the methods with the platform's default content: every valuation names its version.
pub const MODEL_VERSION: &str = "pledge-valuation-2 (gbt42748-platform-2)";

/// CNIPA's statistics of patent licence contracts for 2022: the row that stands in for figures which the cited row of the
/// licence statistics does not have, and for valuations without one. The same figures are the platform's shipped version of
/// the table.
pub(super) mod licences_2022 {
    /// Where the figures are published, in Chinese.
    pub const SOURCE_ZH: &str = "国家知识产权局 2022 年专利实施许可合同统计：7781 份合同涉及 17967 件专利，固定费用合同平均 321 万元、平均期限 3.6 年";
    /// The same in English.
    pub const SOURCE_EN: &str = "CNIPA statistics of patent licence contracts 2022: 7,781 contracts on 17,967 patents; fixed-fee contracts at CNY 3.21 million and 3.6 years on average";
    /// Mean fee of a contract for a fixed fee, yuan.
    pub const MEAN_FEE_YUAN: f64 = 3_210_000.0;
    /// Contracts of every kind.
    pub const CONTRACTS: f64 = 7_781.0;
    /// Patents under them.
    pub const PATENTS: f64 = 17_967.0;
    /// Mean term of the contracts for a fixed fee, years.
    pub const MEAN_TERM_YEARS: f64 = 3.6;
}

/// What a kind of right is worth beside an invention, everything else alike.
pub(super) const fn kind_factor(kind: PatentKind) -> f64 {
    match kind {
        PatentKind::Invention => 1.0,
        PatentKind::UtilityModel => 0.4,
        PatentKind::Design => 0.25,
        PatentKind::Other => 0.5,
    }
}
