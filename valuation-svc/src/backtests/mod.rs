//! Back-tests: what models said against what became of the patents. It changes no valuation and no model.
//!
//! Where is …? The measures: [`model`]; recording and verifying what was realised: `record.rs`; what pledge-svc tells of
//! pledges, defaults and disposals: `consumer.rs`; testing: `run.rs`; rows: `store.rs`, `migrations.rs`; routes: `api.rs`;
//! what is shown: `view.rs`, `observations.rs`.

pub(crate) mod api;
mod consumer;
mod migrations;
pub mod model;
mod observations;
mod problems;
mod record;
mod run;
mod store;
mod view;

pub use consumer::Outcomes;
pub use migrations::BacktestTables;
pub use view::{BacktestView, RealisationView};
