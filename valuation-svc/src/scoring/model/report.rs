//! The score as printed: figures rounded once, as decimal strings, in the shape of the public interface.

use rust_decimal::{Decimal, prelude::FromPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    grade::Grade,
    leaf::{LeafBasis, LeafCode},
    score::{IndexScore, LeafScore, Score, SubindexScore},
};

/// A second-level index as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubindexReport {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100, two decimals.
    pub score: Option<Decimal>,
    /// Share of the total, four decimals.
    pub weight: Decimal,
    /// Points, two decimals.
    pub contribution: Decimal,
}

/// A first-level index as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndexReport {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100, two decimals.
    pub score: Option<Decimal>,
    /// Share of the total, four decimals.
    pub weight: Decimal,
    /// Points, two decimals.
    pub contribution: Decimal,
    /// Second level.
    pub children: Vec<SubindexReport>,
}

/// A leaf as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeafReport {
    /// Code.
    pub code: LeafCode,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100, two decimals.
    pub value: Option<Decimal>,
    /// Share of the total, four decimals.
    pub weight: Decimal,
    /// Points, two decimals.
    pub contribution: Decimal,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// What the figure rests on.
    pub basis: LeafBasis,
    /// Whether the fact is unknown.
    pub missing: bool,
}

/// A score as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreReport {
    /// 0–100, two decimals.
    pub total: Decimal,
    /// `None` where coverage is too low.
    pub grade: Option<Grade>,
    /// 0–1, four decimals.
    pub coverage: Decimal,
    /// First level.
    pub indices: Vec<IndexReport>,
    /// All leaves.
    pub leaves: Vec<LeafReport>,
    /// The version of the tree.
    pub model_version: String,
}

impl Score {
    /// The score as printed.
    #[must_use]
    pub fn report(&self) -> ScoreReport {
        ScoreReport {
            total: points(self.total),
            grade: self.grade,
            coverage: share(self.coverage),
            indices: self.indices.iter().map(index).collect(),
            leaves: self.leaves.iter().map(leaf).collect(),
            model_version: self.model_version.clone(),
        }
    }

    /// The total in hundredths (75.12 is 7512), half up.
    #[must_use]
    pub fn hundredths(&self) -> i32 {
        use rust_decimal::prelude::ToPrimitive;
        (points(self.total) * Decimal::ONE_HUNDRED).to_i32().unwrap_or(0)
    }
}

fn index(i: &IndexScore) -> IndexReport {
    IndexReport {
        code: i.code.clone(),
        name_zh: i.name_zh.clone(),
        name_en: i.name_en.clone(),
        score: i.score.map(points),
        weight: share(i.weight),
        contribution: points(i.contribution),
        children: i.children.iter().map(subindex).collect(),
    }
}

fn subindex(c: &SubindexScore) -> SubindexReport {
    SubindexReport {
        code: c.code.clone(),
        name_zh: c.name_zh.clone(),
        name_en: c.name_en.clone(),
        score: c.score.map(points),
        weight: share(c.weight),
        contribution: points(c.contribution),
    }
}

fn leaf(l: &LeafScore) -> LeafReport {
    LeafReport {
        code: l.code,
        name_zh: l.name_zh.clone(),
        name_en: l.name_en.clone(),
        value: l.value.map(points),
        weight: share(l.weight),
        contribution: points(l.contribution),
        reason_zh: l.reason_zh.clone(),
        reason_en: l.reason_en.clone(),
        basis: l.basis,
        missing: l.value.is_none(),
    }
}

/// A finite statistic as printed, half away from zero; zero stands for the impossible.
#[must_use]
pub fn rounded(value: f64, places: u32) -> Decimal {
    let mut exact = Decimal::from_f64(value)
        .unwrap_or_default()
        .round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    exact.rescale(places);
    exact
}

fn points(value: f64) -> Decimal {
    rounded(value, 2)
}

fn share(value: f64) -> Decimal {
    rounded(value, 4)
}
