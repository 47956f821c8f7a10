//! The pure rules of a complete valuation: inputs in, an explained value out, bit for bit the same for the same inputs.
//!
//! Where is …? What goes in: `inputs.rs`; the figures assumed where none are given: `assumptions.rs`, from the content of
//! the model version (`crate::models`), life and chance of success among them in `life_and_success.rs`; what a request states by
//! method: `method_inputs.rs`; the methods: `methods.rs`, `option_and_market.rs`, `deals_market.rs`, those on stated inputs
//! `stated_methods.rs`; the simulation: `simulation.rs`; weights and range: `weighing.rs`; from score to collateral in order:
//! `appraise.rs`; how far a request may go above the model: `bound.rs`; people's grades that it states: `stated_grades.rs`; how large a revenue it may state: `revenue_bound.rs`; a stated revenue beside
//! what is known: `stated_revenue.rs`; the printed score: `score_report.rs`.

mod appraise;
mod assumptions;
mod bound;
mod deals_market;
mod defaults;
mod effective;
mod inputs;
mod life_and_success;
mod limits;
mod method_inputs;
mod methods;
mod option_and_market;
mod report;
mod revenue_bound;
mod score_report;
mod simulation;
mod stated_grades;
mod stated_methods;
mod stated_revenue;
mod weighing;

pub use appraise::{NotAssessed, appraise};
pub use assumptions::{Assumed, AssumptionSource, Assumptions};
pub use bound::{BeyondModel, OnRecord, beyond_model};
pub use defaults::MODEL_VERSION;
pub use effective::Figures;
pub use inputs::{Ground, Inputs, LeafMoved, ModelUsed, Overrides, RoyaltyEvidence, SEED_MAX, grounds};
pub use method_inputs::{METHODS, MethodInputs, Stated, StatedCorrelations, StatedWeights};
pub use report::{
    Appraised, CollateralReport, CorrelationReport, Limit, MethodReport, MethodWeight, OverlayReport,
    SimulationReport, ValueReport,
};
pub use revenue_bound::{BeyondKnown, beyond_known};
pub use score_report::ScoreView;
pub use stated_grades::{merged, replaced};
pub use stated_revenue::KnownRevenue;

#[cfg(test)]
mod method_tests;
#[cfg(test)]
mod tests;
