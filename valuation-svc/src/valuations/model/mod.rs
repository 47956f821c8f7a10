//! The pure rules of a complete valuation: inputs in, an explained value out, bit for bit the same for the same inputs.
//!
//! Where is …? What goes in: `inputs.rs`; the figures assumed where none are given: `assumptions.rs`, from the content of
//! the model version (`crate::models`); the methods: `methods.rs`, `option_and_market.rs`; the simulation: `simulation.rs`; from score to
//! collateral in order: `appraise.rs`; the printed score: `score_report.rs`.

mod appraise;
mod assumptions;
mod deals_market;
mod defaults;
mod effective;
mod inputs;
mod limits;
mod methods;
mod option_and_market;
mod report;
mod score_report;
mod simulation;

pub use appraise::{NotAssessed, appraise};
pub use assumptions::{Assumed, AssumptionSource, Assumptions};
pub use defaults::MODEL_VERSION;
pub use effective::Figures;
pub use inputs::{Ground, Inputs, LeafMoved, ModelUsed, Overrides, RoyaltyEvidence, SEED_MAX, grounds};
pub use report::{
    Appraised, CollateralReport, Limit, MethodReport, MethodWeight, OverlayReport, SimulationReport,
    ValueReport,
};
pub use score_report::ScoreView;

#[cfg(test)]
mod tests;
