//! The index tree as versioned data, and the weights of each scenario.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{band::Band, grade::GradeBand, leaf::LeafCode};

/// What the score is for; it decides the weights of the three first-level indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// 质押融资.
    #[default]
    Pledge,
    /// 许可转让.
    Licence,
    /// 存量盘点.
    Stocktake,
}

impl Scenario {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pledge => "pledge",
            Self::Licence => "licence",
            Self::Stocktake => "stocktake",
        }
    }
}

/// Weights of the first level for one scenario, in the order of [`IndexTree::indices`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioWeights {
    /// The scenario.
    pub scenario: Scenario,
    /// Legal, technical, economic; they sum to 1.
    pub weights: [f64; 3],
}

/// A leaf: one fact, one band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Leaf {
    /// Code.
    pub code: LeafCode,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Weight within its parent.
    pub weight: f64,
    /// How the fact is scored.
    pub band: Band,
}

/// A second-level index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SecondLevel {
    /// Code, such as `L1`.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Weight within its parent.
    pub weight: f64,
    /// Its leaves.
    pub leaves: Vec<Leaf>,
}

/// A first-level index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FirstLevel {
    /// `L`, `T` or `E`.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Its second-level indices.
    pub children: Vec<SecondLevel>,
}

/// A versioned scoring model: indices, bands, weights, grades, with where they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndexTree {
    /// The version that every score names.
    pub version: String,
    /// Where shape and figures come from, in Chinese.
    pub source_zh: String,
    /// Where shape and figures come from, in English.
    pub source_en: String,
    /// `platform default`, or what a bank made of it. Never `official`.
    pub status: String,
    /// Below this coverage no grade is given.
    pub coverage_floor: f64,
    /// First-level weights by scenario.
    pub scenarios: Vec<ScenarioWeights>,
    /// Grades from the best down.
    pub grades: Vec<GradeBand>,
    /// Legal, technical, economic.
    pub indices: Vec<FirstLevel>,
}

/// Why a tree may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Not three first-level indices.
    #[error("a tree has exactly three first-level indices")]
    NotThree,
    /// Weights that do not sum to one, or a negative one.
    #[error("the weights under {0} are not shares that sum to 1")]
    Weights(String),
    /// A band that breaks its direction or leaves 0–100.
    #[error("the band of leaf {0} breaks its direction or leaves 0 to 100")]
    Band(String),
    /// The same leaf twice.
    #[error("leaf {0} is there twice")]
    Twice(String),
    /// Grades out of order.
    #[error("grades go from the best down and the lowest begins at 0")]
    Grades,
}

impl IndexTree {
    /// Every leaf in order.
    pub fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.indices.iter().flat_map(|i| &i.children).flat_map(|c| &c.leaves)
    }

    /// The first-level weights of a scenario; equal thirds where the tree names none.
    #[must_use]
    pub fn weights(&self, scenario: Scenario) -> [f64; 3] {
        self.scenarios.iter().find(|s| s.scenario == scenario).map_or([1.0 / 3.0; 3], |s| s.weights)
    }

    /// Whether the tree can be scored with: call it when a bank brings its own.
    ///
    /// # Errors
    /// [`TreeError`] names the first thing that is wrong.
    pub fn validate(&self) -> Result<(), TreeError> {
        if self.indices.len() != 3 {
            return Err(TreeError::NotThree);
        }
        for s in &self.scenarios {
            shares(s.scenario.as_str(), s.weights.iter().copied())?;
        }
        for index in &self.indices {
            shares(&index.code, index.children.iter().map(|c| c.weight))?;
            for child in &index.children {
                shares(&child.code, child.leaves.iter().map(|l| l.weight))?;
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        for leaf in self.leaves() {
            let code = || format!("{:?}", leaf.code);
            if !leaf.band.is_sound() {
                return Err(TreeError::Band(code()));
            }
            if !seen.insert(leaf.code) {
                return Err(TreeError::Twice(code()));
            }
        }
        let falling =
            self.grades.windows(2).all(|g| matches!(g, [a, b] if a.from > b.from && a.grade < b.grade));
        let to_zero = self.grades.last().is_some_and(|g| g.from <= 0.0);
        if falling && to_zero { Ok(()) } else { Err(TreeError::Grades) }
    }
}

fn shares(of: &str, weights: impl Iterator<Item = f64>) -> Result<(), TreeError> {
    let mut sum = 0.0;
    for weight in weights {
        if !(0.0..=1.0).contains(&weight) {
            return Err(TreeError::Weights(of.to_owned()));
        }
        sum += weight;
    }
    if (sum - 1.0).abs() < 1e-9 { Ok(()) } else { Err(TreeError::Weights(of.to_owned())) }
}
