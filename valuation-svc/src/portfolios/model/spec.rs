//! What is asked: which patents, for what, how they move together, what they are worth more together.

use contracts::{CampaignId, OrgId, PatentId, PledgeId};
use finance::Rate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scoring::model::Scenario;

/// The most patents valued together.
pub const MEMBERS_MAX: usize = 5_000;

/// Which patents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PortfolioSource)]
pub enum Source {
    /// These.
    Patents(Vec<PatentId>),
    /// Every patent of an owner on the platform.
    Owner(OrgId),
    /// Every patent under a registered pledge of the caller's bank.
    Pledge(PledgeId),
    /// The patents of a bundle of the caller's own stocktake that are in its library.
    Bundle {
        /// The stocktake.
        campaign_id: CampaignId,
        /// The number of the bundle.
        number: i64,
    },
}

/// How they are valued together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PortfolioSpec)]
pub struct Spec {
    /// What the values are for.
    pub purpose: Scenario,
    /// Correlation of every two values through the market. Platform default 0.20.
    #[serde(default = "market")]
    pub market_correlation: Rate,
    /// Correlation added between two patents of one industry. Platform default 0.15.
    #[serde(default = "industry")]
    pub industry_correlation: Rate,
    /// What the bundle is worth more (or less) than its patents one by one, as a share: an assumption that is stated and
    /// shown apart, and never part of what is lent on.
    #[serde(default)]
    pub synergy_rate: Option<Rate>,
    /// Why; required with a synergy.
    #[serde(default)]
    pub synergy_reason: String,
}

fn market() -> Rate {
    Rate::from_basis_points(2_000)
}

fn industry() -> Rate {
    Rate::from_basis_points(1_500)
}

impl Spec {
    /// What of it cannot be: field, in Chinese, in English.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let rate = Rate::from_basis_points;
        let between = |value: Rate, low: i64, high: i64| value >= rate(low) && value <= rate(high);
        let together = self.market_correlation.fraction() + self.industry_correlation.fraction();
        let checks = [
            (
                between(self.market_correlation, 0, 9_500),
                "market_correlation",
                "须在 0 与 0.95 之间",
                "must lie between 0 and 0.95",
            ),
            (
                between(self.industry_correlation, 0, 9_500) && together <= rate(9_500).fraction(),
                "industry_correlation",
                "不得为负，且与市场相关系数之和不得超过 0.95",
                "must not be negative, nor exceed 0.95 together with the market's",
            ),
            (
                self.synergy_rate.is_none_or(|value| between(value, -5_000, 5_000)),
                "synergy_rate",
                "须在 -0.5 与 0.5 之间",
                "must lie between -0.5 and 0.5",
            ),
            (
                self.synergy_rate.is_none() || !self.synergy_reason.trim().is_empty(),
                "synergy_reason",
                "填写协同效应时须说明理由",
                "say why, where a synergy is stated",
            ),
        ];
        checks.into_iter().filter(|check| !check.0).map(|(_, field, zh, en)| (field, zh, en)).collect()
    }
}
