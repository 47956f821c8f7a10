//! The pure rules of scoring: facts in, an explained score out. No clock, no storage.

mod band;
mod counterfactual;
mod default_tree;
mod facts;
mod grade;
mod leaf;
pub mod oecd;
mod report;
mod score;
mod tree;

pub use band::{Band, Direction};
pub use counterfactual::{Counterfactual, counterfactuals};
pub use facts::{HumanGrades, LegalStatus, PatentKind, ScoringFacts};
pub use grade::{Grade, GradeBand};
pub use leaf::{LeafBasis, LeafCode};
pub use report::{IndexReport, LeafReport, ScoreReport, SubindexReport};
pub use score::{
    Assessment, IndexScore, LeafScore, LeafValue, NotAssessable, Score, SubindexScore, assess, score_leaves,
};
pub use tree::{FirstLevel, IndexTree, Leaf, Scenario, ScenarioWeights, SecondLevel, TreeError};

#[cfg(test)]
mod score_tests;
