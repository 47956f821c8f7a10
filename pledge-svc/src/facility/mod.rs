//! The collective credit facility (集合授信): one limit for a cluster, sub-limits for its members, draws that
//! keep both. Loans themselves are in `loan`, payments on them in `servicing`, collateral in `registration`.
//!
//! Where is …?
//! - deciding a draw: `model/draw.rs`; doing it, in batches: `draw.rs` and `disburse.rs`, queued by `desk.rs`; the lines
//!   of a batch under lock: `lines.rs`; what a draw is decided on besides line and member: `backing.rs`; the products
//!   that draws are offered: `offered.rs`, `offers_api.rs`
//! - what application, product and the rules for the kind of loan ask of a draw, and who pays it out:
//!   `model/{approval,conduct}.rs`, `conduct.rs`, `conduct_answers.rs`
//! - whether a fund covers what is drawn, and what becomes of a draw that it does not: `covered.rs`
//! - proposing, approving, refusing: `model/proposal.rs`, `propose.rs`, `approve.rs`; the terms and their defaults:
//!   `model/terms.rs`; syndicates: `model/syndicate.rs`; who covers a loss: `model/cover.rs`
//! - changing limit, members, terms and window, closing: `model/{change,places}.rs`, `change.rs`, `changed.rs`
//! - a further tranche of a running loan: `tranche.rs`, `tranche_api.rs`, `tranche_answers.rs`
//! - what one customer, and a group of connected ones, may have at a bank of a line at most, over all that bank's lines:
//!   `exposure.rs`, `customers.rs`; whether a loan may be renewed under it: `bounds.rs`
//! - who may decide what amount, the first of two approvals, the risk manager's word: `model/authority.rs`, `votes.rs`,
//!   `authority_api.rs`
//! - whether the banks that take part agree, and what asks them: `model/agreement.rs`, `agreements.rs`, `agree.rs`,
//!   `agreement_api.rs`; the write-off of a loan, which asks them too: `asked.rs`
//! - drawing before a pledge is registered: `model/waiver.rs`, `waivers.rs`, `waiver_api.rs`
//! - members of one connected group: `connected.rs`
//! - suspending and resuming: `approve.rs`; what suspends by itself: `model/triggers.rs`, `triggers.rs`, a
//!   fund that covers nothing new: `funds.rs`, a member whose class is too bad, between closes: `member_tiers.rs`
//! - opening and expiring by the day: `model/life.rs`, `life.rs`; all that ends a bank's day: `day_end.rs`
//! - deposits: `model/deposit.rs`, `deposits.rs`; the mutual-aid pool in a loss: `pool_deposits.rs`; whether it may have to
//!   answer: `pool_risk.rs`; members in workout: `model/workout.rs`, `member_workout.rs`; on the
//!   bank's blacklist: `model/listed.rs`, `member_listed.rs`
//! - lending on a pool of patents, its borrowing base and margin calls: `pool/`
//! - holding a part of the line for an approved application: `reservation.rs`
//! - the ledger movements: `postings.rs`; what the others hear: `events.rs`; tables: `store.rs`, `migrations.rs`

mod agree;
mod agreement_api;
mod agreements;
mod answers;
pub(crate) mod api;
mod approve;
mod asked;
mod authority_api;
mod backing;
mod bounds;
mod change;
mod change_api;
mod changed;
mod conduct;
mod conduct_answers;
mod connected;
mod contributions;
mod covered;
mod customers;
mod day_end;
mod deposit_api;
mod deposits;
mod desk;
mod disburse;
mod draw;
mod events;
mod exposure;
mod funds;
mod life;
mod lines;
mod listing;
mod member_listed;
mod member_tiers;
mod member_workout;
mod members_listing;
pub mod migrations;
pub mod model;
mod offered;
mod offers_api;
mod pool;
mod pool_deposits;
mod pool_risk;
mod postings;
mod priced;
mod propose;
mod registered;
mod reservation;
pub(crate) mod store;
mod terms_of;
mod tranche;
mod tranche_answers;
mod tranche_api;
mod triggers;
pub(crate) mod view;
mod votes;
mod waiver_api;
mod waivers;

pub(crate) use agreements::{AgreementView, Said};
pub(crate) use asked::{
    ask_write_off, gate_write_off, no_longer_asked, said_on, say_on_write_off, subject_of_bank,
    subject_open_to, write_offs_asked,
};
pub(crate) use bounds::{foresee_beyond_bounds, refuse_beyond_bounds};
pub use connected::relabel;
pub use contributions::contribution_back_since;
pub(crate) use day_end::turn_windows;
pub use day_end::{LinesClosed, close_lines};
pub use deposits::ForLoan;
pub(crate) use deposits::{GiveBack, PayIn, book_deposit, book_deposit_return, deposit_place};
pub use desk::DrawDesk;
pub use draw::{Answer, Asked, DrawRequest, Drawdown, Room};
pub use exposure::{AtBank, at_bank, refresh_customer_caps, share_of_bank};
pub use funds::FundStandings;
pub use life::{LINES_PER_STEP, expire_due, open_due};
pub(crate) use member_listed::members_at;
pub(crate) use member_tiers::follow_member;
pub use model::{
    CoverParty, Facility, Liability, LossCover, Member, Status,
    approval::HeldApproval,
    deposit::DepositKind,
    triggers::{FundStanding, LineFigures, NewCover},
};
pub use pool::{PoolValues, recompute as recompute_base};
pub use pool_deposits::{apply_deposits, restore_deposits};
pub use reservation::{
    FacilityForApplication, conditions_changed, find_for_application, member_outstanding,
    release_reservation, reserve,
};
pub use terms_of::{LossTerms, loss_terms};
pub(crate) use terms_of::{funds_named, may_be_covered};
pub use triggers::apply_triggers;
pub(crate) use votes::{
    Approval, Consent, LineAuthority, Subject as VotedOn, approve as approve_by_authority,
    consent as speak_as_risk_manager, look as look_at_authority, missing as approvals_missing,
    risk_word_wanted,
};
