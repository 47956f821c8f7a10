//! The score: leaves weighed up the tree, what is missing shared out among its siblings.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::{LegalStatus, ScoringFacts},
    grade::Grade,
    leaf::{LeafBasis, LeafCode},
    tree::{IndexTree, Leaf, Scenario},
    weigh::shared,
};

/// A leaf in a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeafScore {
    /// Code.
    pub code: LeafCode,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100; `None` where the fact is unknown.
    pub value: Option<f64>,
    /// Share of the total after what is missing was shared out; 0 where missing.
    pub weight: f64,
    /// `value × weight`; all contributions sum to the total.
    pub contribution: f64,
    /// `剩余保护期 6.2 年：60 分`.
    pub reason_zh: String,
    /// The same in English.
    pub reason_en: String,
    /// What the figure rests on.
    pub basis: LeafBasis,
}

/// A second-level index in a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubindexScore {
    /// Code, such as `L1`.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100; `None` where no leaf is known.
    pub score: Option<f64>,
    /// Share of the total.
    pub weight: f64,
    /// Points it adds to the total.
    pub contribution: f64,
}

/// A first-level index in a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndexScore {
    /// `L`, `T` or `E`.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100; `None` where no leaf is known.
    pub score: Option<f64>,
    /// Share of the total.
    pub weight: f64,
    /// Points it adds to the total.
    pub contribution: f64,
    /// Its second level.
    pub children: Vec<SubindexScore>,
}

/// An explained score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Score {
    /// 0–100.
    pub total: f64,
    /// What it is for.
    pub scenario: Scenario,
    /// Legal, technical, economic.
    pub indices: Vec<IndexScore>,
    /// All leaves, those without a fact included.
    pub leaves: Vec<LeafScore>,
    /// Share of the tree's weight that rests on facts, 0–1.
    pub coverage: f64,
    /// `None` below the tree's coverage floor.
    pub grade: Option<Grade>,
    /// The version of the tree.
    pub model_version: String,
}

/// Why a patent is not scored at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotAssessable {
    /// `lapsed`, `expired`, `invalidated`, `disputed`, `no_facts`.
    pub code: String,
    /// The reason in Chinese.
    pub reason_zh: String,
    /// The reason in English.
    pub reason_en: String,
}

/// A score, or why there is none. A right that has ended or is disputed is not averaged down, it is not
/// assessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Assessment {
    /// Scored.
    Assessed(Score),
    /// Not scored.
    NotAssessable(NotAssessable),
}

/// The value of one leaf with what it rests on; `None` where unknown.
pub type LeafValue = Option<(f64, LeafBasis, String, String)>;

/// Scores a patent on a day.
#[must_use]
pub fn assess(
    tree: &IndexTree,
    scenario: Scenario,
    facts: &ScoringFacts,
    valuation_date: NaiveDate,
) -> Assessment {
    if let Some(refusal) = bar(facts, valuation_date) {
        return Assessment::NotAssessable(refusal);
    }
    let values: Vec<LeafValue> = tree
        .leaves()
        .map(|leaf| {
            let (fact, basis) = leaf.code.read(facts, valuation_date)?;
            let value = leaf.band.score(fact);
            Some((value, basis, leaf.band.reason_zh(fact, value), leaf.band.reason_en(fact, value)))
        })
        .collect();
    match score_leaves(tree, scenario, &values) {
        Some(score) => Assessment::Assessed(score),
        None => Assessment::NotAssessable(NotAssessable::no_facts()),
    }
}

impl NotAssessable {
    /// Nothing to score is on record.
    pub(super) fn no_facts() -> Self {
        refusal("no_facts", "没有可用于评分的事实", "no fact to score is on record")
    }
}

fn refusal(code: &str, zh: &str, en: &str) -> NotAssessable {
    NotAssessable { code: code.into(), reason_zh: zh.into(), reason_en: en.into() }
}

/// Why a right is not assessed on a day; `None` where it may be.
pub(super) fn bar(facts: &ScoringFacts, date: NaiveDate) -> Option<NotAssessable> {
    let ended = facts.end_of_protection().is_some_and(|end| end <= date);
    match facts.legal_status {
        LegalStatus::Lapsed => Some(refusal("lapsed", "专利权已终止，不予评估", "the right has lapsed")),
        LegalStatus::Invalidated => {
            Some(refusal("invalidated", "专利权已被宣告无效，不予评估", "the right was declared invalid"))
        }
        LegalStatus::Disputed => {
            Some(refusal("disputed", "专利权属存在争议，不予评估", "ownership of the right is in dispute"))
        }
        LegalStatus::Expired => {
            Some(refusal("expired", "专利权保护期已届满，不予评估", "the term has ended"))
        }
        LegalStatus::Granted | LegalStatus::Pending | LegalStatus::Unknown if ended => {
            Some(refusal("expired", "专利权保护期已届满，不予评估", "the term has ended"))
        }
        LegalStatus::Granted | LegalStatus::Pending | LegalStatus::Unknown => None,
    }
}

/// Weighs given leaf values (in the order of [`IndexTree::leaves`]) up the tree. What is missing shares its
/// weight among its siblings, level by level, and lowers the coverage. `None` where every leaf is missing.
#[must_use]
pub fn score_leaves(tree: &IndexTree, scenario: Scenario, values: &[LeafValue]) -> Option<Score> {
    let known = |at: usize| values.get(at).is_some_and(Option::is_some);
    let first_weights = tree.weights(scenario);
    let mut at = 0;
    let mut coverage = 0.0;
    // Weight that is known under each second-level index, by first-level index.
    let mut known_below: Vec<Vec<f64>> = Vec::with_capacity(3);
    for (index, first_weight) in tree.indices.iter().zip(first_weights) {
        let mut row = Vec::with_capacity(index.children.len());
        for child in &index.children {
            let mut share = 0.0;
            for leaf in &child.leaves {
                share += if known(at) { leaf.weight } else { 0.0 };
                at += 1;
            }
            coverage += first_weight * child.weight * share;
            row.push(share);
        }
        known_below.push(row);
    }
    let child_sums: Vec<f64> = tree
        .indices
        .iter()
        .zip(&known_below)
        .map(|(index, row)| {
            index.children.iter().zip(row).filter(|(_, k)| **k > 0.0).map(|(c, _)| c.weight).sum()
        })
        .collect();
    let first_sum: f64 =
        first_weights.iter().zip(&child_sums).filter(|(_, s)| **s > 0.0).map(|(w, _)| w).sum();
    if first_sum <= 0.0 {
        return None;
    }

    let mut leaves = Vec::with_capacity(27);
    let mut indices = Vec::with_capacity(3);
    let mut total = 0.0;
    let rows = tree.indices.iter().zip(first_weights).zip(child_sums.iter().zip(&known_below));
    for ((index, first_weight), (child_sum, row)) in rows {
        let index_weight = if *child_sum > 0.0 { first_weight / first_sum } else { 0.0 };
        let mut children = Vec::with_capacity(index.children.len());
        let mut index_points = 0.0;
        for (child, leaf_sum) in index.children.iter().zip(row) {
            let child_weight =
                if *leaf_sum > 0.0 { shared(index_weight * child.weight, *child_sum) } else { 0.0 };
            let mut child_points = 0.0;
            for leaf in &child.leaves {
                let value = values.get(leaves.len()).cloned().flatten();
                let weight =
                    if value.is_some() { shared(child_weight * leaf.weight, *leaf_sum) } else { 0.0 };
                let scored = leaf_score(leaf, value, weight);
                child_points += scored.contribution;
                total += scored.contribution;
                leaves.push(scored);
            }
            index_points += child_points;
            children.push(SubindexScore {
                code: child.code.clone(),
                name_zh: child.name_zh.clone(),
                name_en: child.name_en.clone(),
                score: (child_weight > 0.0).then(|| child_points / child_weight),
                weight: child_weight,
                contribution: child_points,
            });
        }
        indices.push(IndexScore {
            code: index.code.clone(),
            name_zh: index.name_zh.clone(),
            name_en: index.name_en.clone(),
            score: (index_weight > 0.0).then(|| index_points / index_weight),
            weight: index_weight,
            contribution: index_points,
            children,
        });
    }
    // Sums of shares may stray beyond the scale by a rounding error of the last bit.
    let total = total.clamp(0.0, 100.0);
    let graded = coverage + 1e-12 >= tree.coverage_floor;
    let grade = tree.grades.iter().find(|g| graded && total >= g.from).map(|g| g.grade);
    Some(Score { total, scenario, indices, leaves, coverage, grade, model_version: tree.version.clone() })
}

fn leaf_score(leaf: &Leaf, value: LeafValue, weight: f64) -> LeafScore {
    let (value, basis, reason_zh, reason_en) = match value {
        Some((value, basis, zh, en)) => (Some(value), basis, zh, en),
        None => (
            None,
            LeafBasis::Missing,
            format!("未提供“{}”，不计分，权重由同级指标分担", leaf.name_zh),
            format!("`{}` is not on record: left out, its weight shared by its siblings", leaf.name_en),
        ),
    };
    LeafScore {
        code: leaf.code,
        name_zh: leaf.name_zh.clone(),
        name_en: leaf.name_en.clone(),
        value,
        weight,
        contribution: value.unwrap_or(0.0) * weight,
        reason_zh,
        reason_en,
        basis,
    }
}
