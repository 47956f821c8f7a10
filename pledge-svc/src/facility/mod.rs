//! The collective credit facility (集合授信): one limit for a cluster, sub-limits for its members, draws that
//! keep both. Loans themselves are in `loan`, payments on them in `servicing`, collateral in `registration`.
//!
//! Where is …?
//! - deciding a draw: `model/draw.rs`; doing it, in batches: `draw.rs` and `disburse.rs`, queued by `desk.rs`
//! - proposing, approving, refusing: `model/proposal.rs`, `propose.rs`, `approve.rs`
//! - changing the limit, members and sub-limits: `model/change.rs`, `change.rs`
//! - suspending and resuming: `approve.rs` too
//! - holding a part of the line for an approved application: `reservation.rs`
//! - the ledger movements: `postings.rs`; tables: `store.rs`, `migrations.rs`

mod answers;
pub(crate) mod api;
mod approve;
mod change;
mod desk;
mod disburse;
mod draw;
pub mod migrations;
pub mod model;
mod postings;
mod propose;
mod reservation;
pub(crate) mod store;
pub(crate) mod view;

pub use desk::DrawDesk;
pub use model::{Facility, Member, Status};
pub use reservation::{
    FacilityForApplication, find_for_application, member_outstanding, release_reservation, reserve,
};
