//! Industries of the cluster, and the concordance from IPC symbols to them (data, with its source in the file).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::patent::PatentFacts;

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

    /// The industry of a patent: that of its first class which the concordance knows, the main class first.
    #[must_use]
    pub fn of_patent(facts: &PatentFacts) -> Self {
        facts.ipc.iter().chain(&facts.cpc).find_map(|symbol| of_symbol(symbol)).unwrap_or_default()
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

static ROWS: LazyLock<Vec<ConcordanceRow>> = LazyLock::new(|| {
    include_str!("../../data/ipc-industries.csv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(ipc, code)| {
            let industry = Industry::of_code(code.trim());
            ConcordanceRow {
                ipc: ipc.trim().to_owned(),
                industry,
                name_zh: industry.name_zh().to_owned(),
                name_en: industry.name_en().to_owned(),
            }
        })
        .collect()
});

/// The concordance, in the order of the file.
#[must_use]
pub fn concordance() -> &'static [ConcordanceRow] {
    &ROWS
}

/// The industry of an IPC symbol by its longest known beginning; `None` where none is known.
///
/// A prefix that ends in a group's number must end there in the symbol too: `C22B3` is not `C22B34/00`.
#[must_use]
pub fn of_symbol(symbol: &str) -> Option<Industry> {
    let symbol: String = symbol.chars().filter(|c| !c.is_whitespace()).collect();
    concordance()
        .iter()
        .filter(|row| begins(&symbol, &row.ipc))
        .max_by_key(|row| row.ipc.len())
        .map(|row| row.industry)
}

fn begins(symbol: &str, prefix: &str) -> bool {
    let Some(rest) = symbol.strip_prefix(prefix) else { return false };
    let group = prefix.len() > 4;
    !(group && rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides_the_industry() {
        assert_eq!(of_symbol("C22B 26/12"), Some(Industry::LithiumPotassium));
        assert_eq!(of_symbol("C22B15/00"), Some(Industry::NewMaterials));
        assert_eq!(of_symbol("E21B43/26"), Some(Industry::NaturalGasChemistry));
        assert_eq!(of_symbol("E21B7/04"), Some(Industry::MechanicalEngineering));
        assert_eq!(of_symbol("G06F3/0481"), None);
    }

    #[test]
    fn a_group_is_not_the_beginning_of_another_group() {
        assert_eq!(of_symbol("C22B3/04"), Some(Industry::LithiumPotassium));
        assert_eq!(of_symbol("C22B34/12"), Some(Industry::NewMaterials));
    }

    #[test]
    fn every_row_of_the_concordance_names_a_known_industry() {
        assert!(concordance().len() > 60);
        assert!(concordance().iter().all(|row| row.industry != Industry::Other));
        for industry in Industry::ALL {
            assert_eq!(Industry::of_code(industry.code()), industry);
        }
    }
}
