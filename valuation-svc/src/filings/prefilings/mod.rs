//! Examination before filing (专利申请前评估): an institute looks at what its people invented before it decides whether to
//! file for a patent, keep it secret, publish it or let it go. One person examines, who is no inventor of it; the institute's
//! administrator decides; once a patent is filed, it is named.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | examining, revising | `model/`, the transfer office | `examine.rs` |
//! | deciding | `model/`, the institute's administrator, never who examined | `decide.rs` |
//! | naming the patent | `model/` | `decide.rs` |
//!
//! An institute sees its own, the regulator all. Rows: `store.rs`; routes: `api.rs`, the list: `listing.rs`; answers:
//! `view.rs`; refusals: `problems.rs`.

pub(crate) mod api;
mod decide;
mod examine;
mod listing;
pub mod model;
mod problems;
mod store;
mod view;
