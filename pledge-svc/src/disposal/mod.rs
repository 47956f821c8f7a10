//! What happens to a loan that is not repaid: collection, disposal of the collateral, the waterfall of the proceeds, the
//! sharing of the loss, the write-off, and later recoveries. Payments on the loan itself are `servicing`'s, a fund's own
//! money and agreements are `fund`'s, deposits of a mutual-aid pool the facility's.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | open, collect, promises | `model/case.rs`, `model/collection.rs` | `open.rs` |
//! | plan, costs, proceeds and their waterfall | `model/plan.rs`, `model/realisation.rs` | `carry_out.rs` |
//! | which patents are sold, and their pledges | `lots.rs` | `lots.rs` |
//! | the loss and who bears it | `model/sharing.rs`, with promises from `promised.rs` | `carry_out.rs` |
//! | claims and answers | `model/claim.rs` | `claims.rs` (a fund), `settle.rs` (what is paid) |
//! | write-off | `model/write_off.rs` | `carry_out.rs` |
//! | recoveries, back to who paid | `model/recovery.rs` | `carry_out.rs` |
//! | closing | `model/closing.rs` | `decide.rs` |
//! | acts on the loan beside its case: payments, new terms, certificate | `model/resharing.rs` | `meanwhile.rs` |
//!
//! Whatever moves money is asked for by one person (`propose.rs`) and decided by another (`decide.rs`); what it would do
//! is worked out by `consider.rs` alone. Locks are taken facility, member, loan, case, fund, agreement. Ledger movements:
//! `postings.rs`; tables: `store/`, `migrations.rs`; routes: `api.rs`, lists: `listing.rs`, papers:
//! `papers.rs`.

mod api;
mod carry_out;
mod claims;
mod consider;
mod decide;
mod events;
mod listing;
mod lots;
mod meanwhile;
pub mod migrations;
pub mod model;
mod open;
mod papers;
mod pool;
mod postings;
mod problems;
mod promised;
mod propose;
mod settle;
mod store;
mod today;
mod view;

pub(crate) use api::routes;
pub(crate) use lots::sold_under;
pub(crate) use meanwhile::{
    admit_payment, open_cases, refuse_certificate, refuse_change_of_terms, share_again,
};
pub(crate) use store::find_open;
