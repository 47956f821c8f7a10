//! Scoring: how good a patent is, 0–100, explained leaf by leaf. It sets no price; that is `appraisal`.
//!
//! Where is …? The rules are under [`model`]: the index tree in `model/default_tree.rs`, the sum in `model/score.rs`
//! and, without words and for millions, in `model/weigh.rs`; the OECD patent quality indicators in `model/oecd.rs`,
//! those of a whole catalogue by cohort in `model/cohort.rs`,
//! from its own citations in `model/citations.rs`; what moved a score in `model/change.rs`. The whole catalogue
//! is scored by the job in `job.rs`, started and followed in `runs.rs`; one patent's score is answered by
//! `patent_score.rs`, those of the catalogue are listed by `listing.rs`.

pub(crate) mod api;
mod history;
mod job;
mod listing;
mod migrations;
pub mod model;
mod patent_score;
mod piece;
mod problems;
mod runs;
pub mod store;

pub use history::ScoreChange;
pub use job::{Counts, ScoringJob};
pub use migrations::ScoringTables;
