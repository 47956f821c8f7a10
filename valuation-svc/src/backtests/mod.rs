//! Back-tests: what models said against what became of the patents. It changes no valuation and no model.
//!
//! Where is …? The measures: [`model`]; recording and verifying what was realised: `record.rs`, files of it: `upload.rs`; what pledge-svc tells of
//! pledges, defaults and disposals: `consumer.rs`; testing: `run.rs`; rows: `store.rs`, `migrations.rs`; routes: `api.rs`;
//! lists and their files: `listing.rs`, `observations.rs`; what is shown: `view.rs`.

pub(crate) mod api;
mod consumer;
mod listing;
mod migrations;
pub mod model;
mod observations;
mod problems;
mod record;
mod run;
mod store;
mod upload;
mod view;

pub use consumer::Outcomes;
pub use migrations::BacktestTables;
pub use view::{BacktestView, RealisationView};
