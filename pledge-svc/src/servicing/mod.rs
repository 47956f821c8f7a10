//! Payments on loans. A repayment pays interest first, then principal, and gives the line back where it revolves.
//!
//! Where is …? How a payment is divided: `model/repayment.rs`; the act: `repay.rs`; its ledger movements:
//! `postings.rs`; routes, the schedule calculator among them: `api.rs`.

pub(crate) mod api;
pub mod model;
mod postings;
pub(crate) mod repay;
