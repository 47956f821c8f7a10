//! Policies: bound from a quote, in force, expired or cancelled; their premium is earned day by day and their
//! limits erode with every claim approved. Claims themselves are the business of `claims`.
//!
//! Where is …?
//! - the four states: `model/status.rs`; earned and unearned premium: `model/premium.rs`
//! - whether and at what return a policy is cancelled: `model/cancel.rs`
//! - the acts: `bind`, `cancel`, and the monthly close with expiry: `close`
//! - ledger movements: `postings`; rows: `store`; what is shown: `view`; routes: `api`

mod api;
mod bind;
mod cancel;
mod close;
mod migrations;
pub mod model;
mod postings;
mod store;
mod view;

pub(crate) use api::routes;
pub use close::close_of_month;
pub(crate) use close::run as close_from_time_to_time;
pub(crate) use migrations::PolicyTables;
pub(crate) use store::{commit_claim, find_held, pay_claim, policy};
