//! The risk of loans: five-tier classification, expected loss by stage, provisions, early-warning flags. Collecting what
//! is owed and disposing of collateral is `disposal`; the day on which all of it is worked out is `closing`.
//!
//! Where is …?
//! - the rules, as pure decisions: `model/`; the whole of them for one loan: `model/assess.rs`
//! - which loans a close looks at: `store/due.rs`; what they need: `store/gather.rs`; putting facts together: `assess.rs`
//! - writing what was found, in bulk: `record.rs`; loans that end: `settle.rs`; a loan whose banks' parts
//!   changed: `reshared.rs`; one loan in an act: `reassess.rs`
//! - lines on which members may still draw that owe nothing: `commitments.rs`, `model/commitment.rs`, `commitments_api.rs`
//! - judging by hand, the watch list: `judge.rs`, `watch.rs`
//! - the ledger movements: `postings.rs`; lists and figures: `listing.rs`, `summary.rs`; routes: `api.rs`

mod api;
mod assess;
mod commitments;
mod commitments_api;
mod judge;
mod listing;
pub mod migrations;
pub mod model;
mod postings;
mod problems;
mod reassess;
mod record;
mod reshared;
mod settle;
mod store;
mod summary;
mod view;
mod watch;

pub use model::RiskParameters;
pub use reassess::{Told, impaired_after, told};

pub(crate) use api::routes;
pub(crate) use assess::{Batch, Change, Owes, Parts, gather, review_lines, ruled_since};
pub(crate) use commitments::{commitments_changed, follow_commitment};
pub(crate) use reassess::{impaired, reassess};
pub(crate) use record::record;
pub(crate) use reshared::reshare;
pub(crate) use settle::{cover_write_off, settle};
pub(crate) use store::due::{IS_DUE, review_covered, review_line, review_loan};
