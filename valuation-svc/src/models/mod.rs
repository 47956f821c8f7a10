//! A bank's own valuation models: versions that are developed, validated, approved and put into use by different people,
//! and the platform's default where a bank has none. It decides what a valuation is calculated with, not what it says.
//!
//! Where is …?
//! - what a version holds, its rules and what differs between two: [`model`]
//! - writing and handing in: `develop.rs`; validating, returning, approving: `decide.rs`; putting into use and out of it:
//!   `activate.rs`; what the champion before holds until then, and when it is retired: `superseded.rs`
//! - what a valuation is calculated with today, and contents by their hash for ever: `in_force.rs`
//! - challengers' figures beside a valuation: `challengers.rs`
//! - rows: `store.rs`, `migrations.rs`; routes: `api.rs`; the list and its file: `listing.rs`; what is shown: `view.rs`

mod activate;
pub(crate) mod api;
mod challengers;
mod decide;
mod develop;
mod in_force;
mod listing;
mod migrations;
pub mod model;
mod problems;
mod store;
mod superseded;
mod view;

pub(crate) use challengers::{ChallengerFigures, challengers_of, keep_challengers, of_version};
pub use decide::{ValidationReport, ValidationTest};
pub(crate) use in_force::label_of;
pub use in_force::{InForce, champion_changes, champion_hash, content_of, in_force, keep};
pub(crate) use listing::purpose;
pub use migrations::ModelTables;
pub use superseded::retire_superseded;
pub(crate) use superseded::worker;
pub use view::{ModelVersionItem, ModelVersionView};
