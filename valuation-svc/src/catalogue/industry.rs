//! Industries of the cluster. Which patents belong to which is data: the concordance in force, [`crate::reference`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An industry of the cluster.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Industry {
    /// 天然气化工
    NaturalGasChemistry,
    /// 新材料
    NewMaterials,
    /// 锂钾
    LithiumPotassium,
    /// 农业
    Agriculture,
    /// 机械工程
    MechanicalEngineering,
    /// 其他
    #[default]
    Other,
}

impl Industry {
    /// Every industry.
    pub const ALL: [Self; 6] = [
        Self::NaturalGasChemistry,
        Self::NewMaterials,
        Self::LithiumPotassium,
        Self::Agriculture,
        Self::MechanicalEngineering,
        Self::Other,
    ];

    /// The code in JSON and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NaturalGasChemistry => "natural_gas_chemistry",
            Self::NewMaterials => "new_materials",
            Self::LithiumPotassium => "lithium_potassium",
            Self::Agriculture => "agriculture",
            Self::MechanicalEngineering => "mechanical_engineering",
            Self::Other => "other",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::NaturalGasChemistry => "天然气化工",
            Self::NewMaterials => "新材料",
            Self::LithiumPotassium => "锂钾",
            Self::Agriculture => "农业",
            Self::MechanicalEngineering => "机械工程",
            Self::Other => "其他",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::NaturalGasChemistry => "Natural gas chemistry",
            Self::NewMaterials => "New materials",
            Self::LithiumPotassium => "Lithium and potassium",
            Self::Agriculture => "Agriculture",
            Self::MechanicalEngineering => "Mechanical engineering",
            Self::Other => "Other",
        }
    }

    /// The industry of a code; [`Industry::Other`] for one that is not known.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|industry| industry.code() == code).unwrap_or_default()
    }
}

/// One row of the concordance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConcordanceRow {
    /// The beginning of an IPC symbol without blanks.
    pub ipc: String,
    /// The industry's code.
    pub industry: Industry,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
}

impl ConcordanceRow {
    /// The row for a beginning of a symbol.
    #[must_use]
    pub fn new(ipc: &str, industry: Industry) -> Self {
        Self {
            ipc: ipc.to_owned(),
            industry,
            name_zh: industry.name_zh().to_owned(),
            name_en: industry.name_en().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_what_is_unknown_is_other() {
        for industry in Industry::ALL {
            assert_eq!(Industry::of_code(industry.code()), industry);
        }
        assert_eq!(Industry::of_code("shipbuilding"), Industry::Other);
    }
}
