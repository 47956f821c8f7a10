//! The bank's books: its chart of accounts, its trial balance, its general ledger, reversals, and whether the books agree
//! with what the other subjects keep.
//!
//! Where is …?
//! - the accounts, and which of them other subjects' rows control: `accounts.rs`
//! - trial balance, entries of an account, day balances, movements: `ledger_view.rs`; whose book is read: `api.rs`
//! - what the books show of interest, by stage: the rule in `model/interest.rs`; notes beside the balance sheet (suspended
//!   interest and others): `memorandum.rs`; positions that follow from rows (undrawn commitments): `positions.rs`
//! - output VAT at a month's end: the rule and what a bank states in `model/vat.rs`, the movement in `vat.rs`
//! - reversing a movement: the rule in `model/reversal.rs`, the acts in `reversal.rs`, the routes in `reversals.rs`
//! - facilities against the ledger: `reconciliation.rs`; control accounts against rows: `control.rs`
//! - disposals, fund cover and appeals by bank, for the regulator's figures to be held against: `recoveries.rs`
//!
//! The movements themselves are named in the `postings.rs` of the subject that makes them.

pub mod accounts;
pub(crate) mod api;
pub mod control;
mod ledger_view;
pub(crate) mod memorandum;
pub mod migrations;
pub mod model;
mod positions;
mod problems;
pub mod reconciliation;
pub mod recoveries;
mod reversal;
mod reversals;
mod store;
mod vat;

pub use model::ValueAddedTax;
pub(crate) use vat::tax_months;
