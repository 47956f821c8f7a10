//! The pure rules of changes of a loan.
//!
//! Where is …? What may be proposed: `change.rs`; a loan as a proposal finds it: `loan_now.rs`; what a change makes of
//! it: `adjust.rs` with `prepaid.rs`, `later.rs`, `restructured.rs`, `unplanned.rs`; what is overdue taken back into the plan: `fold.rs`;
//! what the law allows: `limits.rs`, what the bank allows within it: `bounds.rs`; who decides: `decide.rs`; refusals: `refusal.rs`; due dates that a
//! new calendar moves: `moved.rs`.

mod adjust;
#[cfg(test)]
mod bounded;
mod bounds;
mod change;
pub mod decide;
mod fold;
mod later;
pub mod limits;
mod loan_now;
mod moved;
mod prepaid;
#[cfg(test)]
mod properties;
mod refusal;
mod restructured;
#[cfg(test)]
mod samples;
mod unplanned;

pub use adjust::{Adjusted, adjust, at_rate_from};
pub use bounds::{ChangeBounds, FirmSize};
pub use change::{AdjustmentKind, AdjustmentStatus, Change, Listed, Pricing, Restructuring, Spread};
pub use loan_now::{Around, Floating, LoanNow, Past, Shape};
pub use moved::moved;
pub use refusal::Refusal;
