//! The classifications that the concordance leads to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which classification a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConcordanceScheme)]
pub enum Scheme {
    /// 集群产业: the platform's own industries, by which its assumptions are kept.
    Cluster,
    /// 国民经济行业分类 (GB/T 4754)
    NationalEconomy,
    /// 战略性新兴产业分类
    StrategicEmerging,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 3] = [Self::Cluster, Self::NationalEconomy, Self::StrategicEmerging];

    /// The name in JSON and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::NationalEconomy => "national_economy",
            Self::StrategicEmerging => "strategic_emerging",
        }
    }

    /// The scheme of a cell, by its name in either language.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "cluster" | "集群产业" | "平台产业" => Some(Self::Cluster),
            "national_economy" | "gb/t 4754" | "gb/t4754" | "国民经济行业" | "国民经济行业分类" => {
                Some(Self::NationalEconomy)
            }
            "strategic_emerging" | "战略性新兴产业" | "战略性新兴产业分类" => {
                Some(Self::StrategicEmerging)
            }
            _ => None,
        }
    }
}
