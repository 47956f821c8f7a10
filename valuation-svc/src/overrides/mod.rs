//! Overrides: a person puts another figure in a valuation's place, within the limits of the model's version, and another
//! person approves it. The model's result is never changed; both figures are kept.
//!
//! Where is …? Limits and statistics: [`model`]; proposing: `propose.rs`; deciding, and telling the others: `decide.rs`;
//! rows: `store.rs`, `migrations.rs`; routes: `api.rs`, `export.rs`; what is shown: `view.rs`.

pub(crate) mod api;
mod decide;
mod export;
mod migrations;
pub mod model;
mod problems;
mod propose;
mod store;
mod view;

pub use migrations::OverrideTables;
pub use view::OverrideView;
