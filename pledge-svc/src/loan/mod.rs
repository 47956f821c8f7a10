//! A loan: what was drawn, on which terms, what is still owed. It is made by a draw on a facility (`facility`), paid
//! down by `servicing`, changed by `adjustments`, closed day by day by `closing`.
//!
//! Where is …?
//! - what falls due and what is owed on a day: `model/advance.rs`, `model/owing.rs`; what a payment does:
//!   `model/receipt.rs`; all of it for a page: `model/standing.rs`
//! - the schedule: derived from the terms by the `finance` crate until it is replaced; then stored: `plan.rs`
//! - the products that set the terms: `model/products.rs`; a further tranche: `model/tranche.rs`, done by the facility
//! - payment, term and care by the kind of loan, as the rules of 2024 ask: `model/rules.rs`, `model/payment.rs`
//! - the working days that its due dates go by: `calendar.rs`
//! - locking a loan with its facility and member, and writing what an act did to them: `held.rs`; giving them back what a
//!   payment took: `undo.rs`
//! - tables: `store.rs`, `migrations.rs`; lists and pages: `api.rs`, `draws_api.rs`, `view.rs`; its ledger movements:
//!   `movements.rs`

pub(crate) mod api;
mod calendar;
mod draws_api;
mod held;
pub mod migrations;
pub mod model;
mod movements;
mod plan;
pub(crate) mod store;
mod undo;
mod view;
mod write_off;

pub(crate) use calendar::by_calendar;
pub(crate) use held::{Held, hold};
pub use model::{
    LoanShare, LoanStatus, LoanTerms, STANDARD_PRODUCT,
    payment::{Payee, PaymentMode},
    products::LendingProducts,
    rules::{LoanKind, LoanRules},
};
pub(crate) use movements::routes as movement_routes;
pub(crate) use plan::{ACCELERATION, NewPlan, replace_plan};
pub(crate) use write_off::WrittenOff;
