//! A payment booked by mistake is undone (冲正): one person of operations proposes it with a reason, another decides. The
//! loan, its line and its books are then as if it had not been paid.
//!
//! | step | where |
//! |---|---|
//! | what a payment leaves behind so that it can be undone | `../model/undo.rs`, written by `../repay.rs` |
//! | whether it may be undone, and by whom | `../model/reversal.rs`, on what `around.rs` reads |
//! | proposing, deciding | `propose.rs`, `decide.rs` |
//! | line, loan, parts, books, event | `carry_out.rs` |
//! | rows and routes | `store.rs`, `view.rs`, `api.rs`, lists: `listing.rs`; refusals: `problems.rs` |

mod api;
mod around;
mod carry_out;
mod decide;
mod listing;
mod problems;
mod propose;
mod store;
mod view;

pub(super) use api::routes;
