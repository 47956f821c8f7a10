//! A loan: what was drawn, on which terms, what is still owed. It is made by a draw on a facility (`facility`),
//! and paid down by `servicing`.
//!
//! Where is …? What is owed and overdue on a day: `model/standing.rs`; the schedule: derived from the terms by
//! the `finance` crate, never stored; tables: `store.rs`; lists and pages: `api.rs`;
//! its ledger movements: `movements.rs`.

pub(crate) mod api;
pub mod migrations;
pub mod model;
mod movements;
pub(crate) mod store;

pub use model::{LoanShare, LoanStatus, LoanTerms};
pub(crate) use movements::routes as movement_routes;
