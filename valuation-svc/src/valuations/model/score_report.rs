//! The score as printed in a valuation: the whole tree, leaf by leaf, with the fact behind each.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    appraisal::model::{AppraisalError, to_decimal},
    scoring::model::{
        Grade, IndexScore, IndexTree, LeafBasis, LeafCode, LeafScore, Scenario, Score, ScoringFacts,
        SubindexScore, counterfactuals,
    },
};

/// The score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreView {
    /// 0–100, two decimals.
    pub total: Decimal,
    /// Absent where coverage is too low for one.
    pub grade: Option<Grade>,
    /// Share of the tree's weight that rests on facts, 0–1.
    pub coverage: Decimal,
    /// Coverage with derived facts and people's grades counted for less than recorded facts, 0–1.
    pub confidence: Decimal,
    /// Legal, technical, economic.
    pub indices: Vec<IndexView>,
    /// What would raise the score, the largest gain first.
    pub counterfactuals: Vec<CounterfactualView>,
}

/// A first-level index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndexView {
    /// `L`, `T` or `E`.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Share of the total.
    pub weight: Decimal,
    /// 0–100; absent where nothing is known.
    pub score: Option<Decimal>,
    /// Second level.
    pub subindices: Vec<SubindexView>,
}

/// A second-level index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubindexView {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// 0–100; absent where nothing is known.
    pub score: Option<Decimal>,
    /// Share of the total.
    pub weight: Decimal,
    /// Leaves.
    pub leaves: Vec<LeafView>,
}

/// A leaf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeafView {
    /// Code.
    pub code: LeafCode,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// The fact; absent where unknown.
    pub value: Option<Decimal>,
    /// 0–100; absent where the fact is unknown.
    pub score: Option<Decimal>,
    /// Share of the total after what is missing was shared out.
    pub weight: Decimal,
    /// Points that it adds to the total.
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

/// A change that would raise the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CounterfactualView {
    /// The leaf that it moves most.
    pub leaf: LeafCode,
    /// The change in Chinese.
    pub change_zh: String,
    /// The change in English.
    pub change_en: String,
    /// Points gained.
    pub gain: Decimal,
}

/// How much a fact counts towards confidence: recorded in full, a person's grade for less, a derived one for least.
/// Platform default.
const fn reliability(basis: LeafBasis) -> f64 {
    match basis {
        LeafBasis::Recorded => 1.0,
        LeafBasis::Judged => 0.8,
        LeafBasis::Derived => 0.6,
        LeafBasis::Missing => 0.0,
    }
}

/// The printed score.
pub(super) fn view(
    tree: &IndexTree,
    scenario: Scenario,
    facts: &ScoringFacts,
    date: NaiveDate,
    score: &Score,
) -> Result<ScoreView, AppraisalError> {
    let relied: f64 = score.leaves.iter().map(|leaf| leaf.weight * reliability(leaf.basis)).sum();
    let mut leaves = score.leaves.iter();
    let mut indices = Vec::with_capacity(3);
    for (index, shape) in score.indices.iter().zip(&tree.indices) {
        let mut subindices = Vec::with_capacity(index.children.len());
        for (child, below) in index.children.iter().zip(&shape.children) {
            let own = leaves.by_ref().take(below.leaves.len());
            let own = own.map(|leaf| leaf_view(leaf, facts, date)).collect::<Result<_, _>>()?;
            subindices.push(subindex_view(child, own)?);
        }
        indices.push(index_view(index, subindices)?);
    }
    let counterfactuals = counterfactuals(tree, scenario, facts, date)
        .into_iter()
        .map(|found| {
            Ok(CounterfactualView {
                leaf: found.leaf,
                change_zh: found.change_zh,
                change_en: found.change_en,
                gain: points(found.gain)?,
            })
        })
        .collect::<Result<_, AppraisalError>>()?;
    Ok(ScoreView {
        total: points(score.total)?,
        grade: score.grade,
        coverage: share(score.coverage)?,
        confidence: share(score.coverage * relied)?,
        indices,
        counterfactuals,
    })
}

fn index_view(index: &IndexScore, subindices: Vec<SubindexView>) -> Result<IndexView, AppraisalError> {
    Ok(IndexView {
        code: index.code.clone(),
        name_zh: index.name_zh.clone(),
        name_en: index.name_en.clone(),
        weight: share(index.weight)?,
        score: index.score.map(points).transpose()?,
        subindices,
    })
}

fn subindex_view(child: &SubindexScore, leaves: Vec<LeafView>) -> Result<SubindexView, AppraisalError> {
    Ok(SubindexView {
        code: child.code.clone(),
        name_zh: child.name_zh.clone(),
        name_en: child.name_en.clone(),
        score: child.score.map(points).transpose()?,
        weight: share(child.weight)?,
        leaves,
    })
}

fn leaf_view(leaf: &LeafScore, facts: &ScoringFacts, date: NaiveDate) -> Result<LeafView, AppraisalError> {
    let fact = leaf.code.read(facts, date).map(|(fact, _)| fact);
    Ok(LeafView {
        code: leaf.code,
        name_zh: leaf.name_zh.clone(),
        name_en: leaf.name_en.clone(),
        value: fact.map(|fact| to_decimal("fact", fact, 2).map(|d| d.normalize())).transpose()?,
        score: leaf.value.map(points).transpose()?,
        weight: share(leaf.weight)?,
        contribution: points(leaf.contribution)?,
        reason_zh: leaf.reason_zh.clone(),
        reason_en: leaf.reason_en.clone(),
        basis: leaf.basis,
        missing: leaf.value.is_none(),
    })
}

fn points(value: f64) -> Result<Decimal, AppraisalError> {
    to_decimal("score", value, 2)
}

fn share(value: f64) -> Result<Decimal, AppraisalError> {
    to_decimal("share", value, 4)
}
