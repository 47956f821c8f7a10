//! The pure rules of changes of a loan.
//!
//! Where is …? What may be proposed: `change.rs`; a loan as a proposal finds it: `loan_now.rs`; what a change makes of
//! it: `adjust.rs` with `prepaid.rs`, `later.rs`, `restructured.rs`, `unplanned.rs`; exemption from VAT: `exempted.rs`; what is overdue taken back into the plan: `fold.rs`;
//! what the law allows: `limits.rs`, what the bank allows within it: `bounds.rs`; who decides: `decide.rs`; refusals: `refusal.rs`; due dates that a
//! new calendar moves: `moved.rs`. What the borrower asks for: `request.rs`; its consent: `consent.rs`; the papers of a
//! change: `papers.rs`.

mod adjust;
#[cfg(test)]
mod bounded;
mod bounds;
mod change;
pub mod consent;
pub mod decide;
mod exempted;
mod fold;
mod later;
pub mod limits;
mod loan_now;
mod moved;
pub mod papers;
mod prepaid;
#[cfg(test)]
mod properties;
mod refusal;
pub mod request;
mod restructured;
#[cfg(test)]
mod samples;
mod unplanned;
pub mod weight;

pub use adjust::{Adjusted, adjust, at_rate_from};
pub use bounds::{ChangeBounds, FirmSize};
pub use change::{AdjustmentKind, AdjustmentStatus, Change, Listed, Pricing, Restructuring, Spread};
pub use consent::{Consent, Figures};
pub use loan_now::{Around, Floating, LoanNow, Past, Shape};
pub use moved::moved;
pub use papers::ChangePapers;
pub use refusal::Refusal;
pub use request::RequestStatus;
