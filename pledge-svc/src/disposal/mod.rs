//! What happens to a loan that is not repaid: collection, disposal of the collateral, the waterfall of the proceeds, the
//! sharing of the loss, the write-off, and later recoveries. Payments on the loan itself are `servicing`'s, a fund's own
//! money and agreements are `fund`'s, deposits of a mutual-aid pool the facility's.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | open, collect, promises | `model/case.rs`, `model/collection.rs` | `open.rs` |
//! | declaring the loan due (提前到期) | `model/acceleration.rs` | `declare_due.rs` |
//! | plan, costs, proceeds and their waterfall | `model/plan.rs`, `model/realisation.rs` | `carry_out.rs` |
//! | which patents are sold, and their pledges | `lots.rs` | `lots.rs` |
//! | collateral found worthless | `model/finding.rs` | `carry_out.rs` |
//! | whether a loss may be shared | `model/default.rs`, by the bank's `model/rules.rs` | `consider.rs` |
//! | the loss and who bears it | `model/sharing.rs`, with promises from `promised.rs` | `carry_out.rs` |
//! | which policy insures the loss | `model/guarantee.rs` | `policies.rs` (as insurers tell) |
//! | claims and answers | `model/claim.rs` | `claims.rs` (a fund), `settle.rs` (what is paid) |
//! | what insurers pay, refuse, get back | `model/insurer.rs`, once off the books `model/late.rs` | `insurer.rs` |
//! | what they paid that settles nothing | `model/insurer_money.rs` | `insurer_money.rs` |
//! | a claim that nobody answers | `model/unanswered.rs` | `carry_out.rs` |
//! | write-off | `model/write_off.rs`, approved by amount: `votes.rs`, with the other banks: `participants.rs` | `carry_out.rs` |
//! | written off and still claimed, beside the books | | `notes.rs` |
//! | recoveries, back to who paid | `model/recovery.rs` | `carry_out.rs` |
//! | closing | `model/closing.rs` | `decide.rs` |
//! | acts on the loan beside its case: payments, new terms, certificate | `model/resharing.rs` | `meanwhile.rs` |
//!
//! Whatever moves money is asked for by one person (`propose.rs`) and decided by another (`decide.rs`); what it would do
//! is worked out by `consider.rs` alone. Locks are taken facility, member, loan, case, fund, agreement. Ledger movements:
//! `postings.rs`; tables: `store/`, `migrations.rs`; routes: `api.rs`, lists: `listing.rs`, papers:
//! `papers.rs`.

mod api;
mod asked_api;
mod asked_view;
mod authority_api;
mod carry_out;
mod claims;
mod consider;
mod decide;
mod declare_due;
mod events;
mod gate_problems;
mod guarantee_view;
mod insurer;
mod insurer_listing;
mod insurer_money;
mod insurer_money_api;
mod listing;
mod lots;
mod meanwhile;
pub mod migrations;
pub mod model;
mod notes;
mod off_books;
mod open;
mod papers;
mod participants;
mod policies;
mod pool;
mod postings;
mod problems;
mod promised;
mod propose;
mod realised_view;
mod registered;
mod settle;
mod store;
mod today;
mod view;
mod votes;

pub(crate) use api::routes;
pub(crate) use insurer::release_waiting;
pub(crate) use lots::sold_under;
pub(crate) use meanwhile::{
    admit_payment, loss_shared, open_cases, refuse_certificate, refuse_change_of_terms, share_again,
};
pub use model::{
    Guarantee, WorkoutRules,
    guarantee::{covering, default_day},
};
pub(crate) use off_books::refuse_written_off;
pub use policies::GuaranteePolicies;
pub(crate) use store::{
    borrowers_of, cases_asked, cases_borne_by, debts_borne_by, find_open, list_guarantees, loans_borne_by,
};
