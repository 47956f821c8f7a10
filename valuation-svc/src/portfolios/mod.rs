//! Patents valued together: the sum of their values with a range under common factors, concentration, weak links, a stated
//! synergy. Figures are those of the organisation's valuations in force; where there is none, indicative ones by the model
//! of the day, which are no valuation and are lent on by nobody.
//!
//! Where is …? The rules: [`model`]; putting patents together: `open.rs`; the job that values them: `job.rs`; the report:
//! `report.rs`; what is stored: `store.rs`; what is shown: `view.rs`; routes: `api.rs`; refusals: `problems.rs`.

pub(crate) mod api;
mod job;
mod migrations;
pub mod model;
mod open;
mod problems;
mod report;
mod store;
pub mod view;

pub use job::PortfolioJob;
pub use migrations::PortfolioTables;
