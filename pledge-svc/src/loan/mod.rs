//! A loan: what was drawn, on which terms, what is still owed. It is made by a draw on a facility (`facility`), paid
//! down by `servicing`, changed by `adjustments`, closed day by day by `closing`.
//!
//! Where is …?
//! - what falls due and what is owed on a day: `model/advance.rs`, `model/owing.rs`; what a payment does:
//!   `model/receipt.rs`; all of it for a page: `model/standing.rs`
//! - the schedule: derived from the terms by the `finance` crate until it is replaced; then stored: `plan.rs`
//! - locking a loan with its facility and member, and writing what an act did to them: `held.rs`
//! - tables: `store.rs`, `migrations.rs`; lists and pages: `api.rs`; its ledger movements: `movements.rs`

pub(crate) mod api;
mod held;
pub mod migrations;
pub mod model;
mod movements;
mod plan;
pub(crate) mod store;
mod write_off;

pub(crate) use held::{Held, hold};
pub use model::{LoanShare, LoanStatus, LoanTerms};
pub(crate) use movements::routes as movement_routes;
pub(crate) use plan::{NewPlan, replace_plan};
pub(crate) use write_off::WrittenOff;

/// The product of a loan that names none.
pub const STANDARD_PRODUCT: &str = "standard";
