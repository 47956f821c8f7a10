//! Changes of a loan after it was drawn: prepayment with a new schedule, extension, restructuring, rollover without
//! repayment, repricing, the penalty for misuse and its end, waived fees, exemption from VAT. One person proposes, another decides; what was decided is kept with both plans. The loan itself
//! is `loan`, payments on it are `servicing`, a write-off belongs to `disposal`.
//!
//! Where is …?
//! - what may be proposed and what it makes of a loan: `model/`; reading a loan for it: `now.rs`
//! - what the borrower asks for, taken up or not: `requests/`; its consent to a proposal: `consent.rs`
//! - proposing, deciding, carrying out: `propose.rs`, `decide.rs`, `apply.rs`, `exempt.rs`
//! - who may decide what amount, the first of two approvals, the risk manager's word: `model/weight.rs`, `votes.rs`,
//!   `authority_api.rs`
//! - due dates that move when the holidays of a year are recorded: [`move_due_dates`], `model/moved.rs`
//! - resets of the reference rate at the close of business: [`reset_rates`]; the reference rates: `rates.rs`
//! - tables: `store.rs`, `migrations.rs`; routes: `api.rs`, lists: `listing.rs`, answers: `view.rs`, `problems.rs`; papers:
//!   `papers.rs`

mod api;
mod apply;
mod authority_api;
mod calendar;
mod consent;
mod consent_problems;
mod decide;
mod exempt;
mod listing;
pub mod migrations;
pub mod model;
mod now;
mod papers;
mod problems;
mod propose;
mod rates;
mod reprice;
mod requests;
mod store;
mod view;
mod votes;

pub(crate) use api::routes;
pub use calendar::{DueDatesMoved, move_due_dates};
pub use model::{ChangeBounds, ChangePapers};
pub(crate) use now::rate_history;
pub use rates::ReferenceRates;
pub use reprice::{Resets, reset_rates};
pub use requests::lapse_requests;
