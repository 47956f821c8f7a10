//! Risk-compensation funds (风险补偿资金池): capital, what is promised to banks and at which leverage, compensation paid,
//! recoveries handed back, and the circuit breaker. Who shares a loan's loss, and the bank's claims, are in `disposal`.
//!
//! Where is …?
//! - the account and its promises: `model/account.rs`, `model/agreement.rs`; caps of a payment: `model/payment.rs`
//! - the circuit breaker: `model/breaker.rs`, looked at by `watch.rs`
//! - what one person asks for and another decides: `model/instruction.rs`, `propose.rs`, `decide.rs`, `carry_out.rs`
//! - compensation and recoveries, for `disposal`: `compensate.rs`; lines of the statement: `booking.rs`
//! - which agreement covers a draw: `covering.rs`, `model/covered.rs`; what agreements cover today: `exposure.rs`; how funds stand behind a line: `line.rs`; how losses are shared elsewhere: `model/presets.rs`
//! - ledger movements: `postings.rs`; tables: `store/`, `migrations.rs`; routes: `api.rs`, lists: `listing.rs`

mod api;
mod booking;
mod carry_out;
mod compensate;
mod covering;
mod decide;
mod events;
mod exposure;
mod line;
mod listing;
pub mod migrations;
pub mod model;
mod postings;
mod problems;
mod propose;
mod store;
mod view;
mod watch;

pub(crate) use api::routes;
pub use compensate::{
    FundCover, HandedBack, Payment, bounded_together, cover_of, covers_of_loans, lower_claim, note_claim,
    pay, take_recovery,
};
pub(crate) use covering::{CoverRow, Covered, Covering, cover_row, follow_loan, record_cover};
pub use covering::{CoveredBy, covered_by};
pub use line::{of_line, own_names};
pub use model::presets::Bearer;
pub(crate) use store::covered::loans_covered_by;
pub use watch::review_bank;
