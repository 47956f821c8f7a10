//! What a borrower asks its bank to change: asked for by the borrower, taken up as a proposal by the bank's officer, refused
//! with a reason, withdrawn, or lapsed at the close of the day that ends its term.
//!
//! Where is …? The rules: `../model/request.rs`; the acts: `ask.rs`, `answer.rs`, [`lapse_requests`]; the table: `store.rs`;
//! routes: `api.rs`, lists: `listing.rs`, answers: `view.rs`.

mod answer;
mod api;
mod ask;
mod lapse;
mod listing;
pub(super) mod store;
mod view;

pub(super) use answer::propose_for;
pub(super) use api::routes;
pub use lapse::lapse_requests;
