//! Payment instructions (付款指示): what a borrower says it pays, or wants back of a deposit, waits for its bank, unless
//! the bank debits the account it keeps at once. Until the bank confirms that the money has come in nothing is booked: no
//! debt is extinguished by a record of the one who owes it. What an instruction books is the affair of whom it is about:
//! payments are `servicing`'s, deposits `facility`'s.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | whether it waits; giving it | `model/rules.rs` (a bank's parameter), `model/instruction.rs` | `give.rs` |
//! | confirming, sending back, withdrawing | `model/instruction.rs` | `decide.rs` |
//! | ending it with its last day | `model/instruction.rs` | `lapse.rs`, at the close of business |
//!
//! Locks: facility, member, loan, then the instruction. Rows: `store.rs`, `migrations.rs`; routes: `api.rs`, lists:
//! `listing.rs`, answers: `view.rs`; refusals: `problems.rs`.

mod api;
mod decide;
mod give;
mod lapse;
mod listing;
pub mod migrations;
pub mod model;
mod problems;
mod store;
mod view;

pub(crate) use api::routes;
pub(crate) use give::{Given, Subject, give, waits};
pub(crate) use lapse::lapse_due;
pub use model::PaymentRules;
pub use view::{PaymentInstruction, Taken};
