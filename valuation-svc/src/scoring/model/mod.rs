//! The pure rules of scoring: facts in, an explained score out. No clock, no storage.

mod band;
mod change;
pub mod citations;
pub mod cohort;
mod cohort_key;
mod counterfactual;
mod default_tree;
pub mod evidence;
mod facts;
mod field;
mod grade;
mod indicators;
mod leaf;
pub mod oecd;
mod report;
mod said;
mod score;
mod tree;
mod weigh;

pub use band::{Band, Direction};
pub use change::{Cause, LeafChange, Part, changes};
pub use counterfactual::{Counterfactual, counterfactuals};
pub use facts::{HumanGrades, LegalStatus, PatentKind, ScoringFacts};
pub use field::TechnologyField;
pub use grade::{Grade, GradeBand};
pub use indicators::{
    CITATION_YEARS, CITATION_YEARS_LONG, CohortNorms, Indicator, IndicatorReport, IndicatorRow, OecdReport,
    indicators, norms, oecd_report, whole_with, with_citations,
};
pub use leaf::{LeafBasis, LeafCode};
pub use report::{IndexReport, LeafReport, ScoreReport, SubindexReport, rounded as decimal};
pub use said::{Said, SaidLeaves};
pub use score::{
    Assessment, IndexScore, LeafScore, LeafValue, NotAssessable, Score, SubindexScore, assess, score_leaves,
};
pub use tree::{FirstLevel, IndexTree, Leaf, Scenario, ScenarioWeights, SecondLevel, TreeError};
pub use weigh::{FactRow, LEAVES_MAX, Scorer, Weighed};

#[cfg(test)]
mod score_tests;
