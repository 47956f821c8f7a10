//! The pure rules of appraisal, one method a file. No clock, no storage, no async.
//!
//! Statistics are `f64` built on [`maths`], so that the same inputs give the same bits on every machine; they
//! become amounts once, by [`to_money`]. Long runs (a simulation of many paths, a tree of many steps) take up to
//! seconds of processor time: call them off the request threads.

pub mod capitalisation;
pub mod collateral;
pub mod correlations;
pub mod cost;
pub mod discount;
pub mod distribution;
mod error;
pub mod excess_earnings;
pub mod hedonic;
pub mod market_comparables;
pub mod maths;
pub mod monte_carlo;
pub mod normal;
pub mod outcome;
pub mod preview;
pub mod profit_split;
pub mod real_option;
pub mod reconciliation;
pub mod relief_from_royalty;
pub mod remaining_life;
pub mod royalty_stream;
pub mod success;
pub mod tab;
pub(crate) mod wide;
pub mod with_and_without;

pub use error::{AppraisalError, ENTRIES_MAX, PATHS_MAX, PERIODS_MAX, STEPS_MAX, to_decimal, to_money};
