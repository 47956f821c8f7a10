//! The bank's books: its chart of accounts, its trial balance, and whether they agree with the facilities.
//!
//! Where is …? The accounts in `accounts.rs`; the reconciliation in `reconciliation.rs`; the routes in `api.rs`.
//! The movements themselves are named in the `postings.rs` of the subject that makes them.

pub mod accounts;
pub(crate) mod api;
pub mod reconciliation;
