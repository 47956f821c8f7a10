//! Policies: bound from a quote, in force, expired or cancelled; their premium is earned day by day and their
//! limits erode with every claim approved. Claims themselves are the business of `claims`.
//!
//! Where is …?
//! - the four states: `model/status.rs`; earned and unearned premium: `model/premium.rs`
//! - whether and at what return a policy is cancelled: `model/cancel.rs`
//! - the acts: [`bind`], [`cancel`], and the monthly close with expiry: [`close`]
//! - ledger movements: [`postings`]; rows: [`store`]; what is shown: [`view`]; routes: [`api`]

pub(crate) mod api;
mod bind;
mod cancel;
pub(crate) mod close;
pub(crate) mod migrations;
pub mod model;
pub(crate) mod postings;
pub(crate) mod store;
pub(crate) mod view;
