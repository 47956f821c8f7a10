//! Claims: notified, assessed by one person, approved by another, paid once. What is paid erodes the policy's
//! limits, which are the policy's own; reserves for claims not yet known are the business of `reserving`.
//!
//! Where is …?
//! - what a loss pays: `model/payment.rs`; whether an event is covered: `model/notify.rs`
//! - which step may follow which, and whose: `model/lifecycle.rs`
//! - the acts: `notify`, `assess`, `decide` (approve, refuse), `pay`; what the others are told: `told`
//! - what banks hand back of claims paid: `recoveries`
//! - ledger movements: `postings`; rows: `store`; what is shown: `view`; routes: `api`

mod api;
mod assess;
mod decide;
mod migrations;
pub mod model;
mod notify;
mod pay;
mod postings;
mod recoveries;
mod store;
mod terms;
mod told;
mod view;

pub(crate) use api::routes;
pub(crate) use migrations::ClaimTables;
pub(crate) use recoveries::Recoveries;
pub(crate) use store::last_occurrence;
