//! Scoring: how good a patent is, 0–100, explained leaf by leaf. It sets no price; that is `appraisal`.
//!
//! Where is …? The rules are under [`model`]: the index tree in `model/default_tree.rs`, the sum in `model/score.rs`
//! and, without words and for millions, in `model/weigh.rs`; the OECD patent quality indicators in `model/oecd.rs`,
//! those of a whole catalogue by cohort in `model/cohort.rs` (field and year: `model/cohort_key.rs`; the 35 fields of
//! technology: `model/field.rs`, `technology-fields.csv`), from its own citations in `model/citations.rs`, those that need days
//! in `model/evidence.rs`; what a score keeps of its leaves in `model/said.rs`, and what moved it in `model/change.rs`. The whole catalogue is scored by the job in `job.rs`, by
//! the platform's tree or a bank's own (`trees.rs`), started and followed in `runs.rs`; one patent's score is answered by
//! `patent_score.rs`, its history by `patent_history.rs`, those of the catalogue are listed by `listing.rs`. By whose tree a
//! reader wants them: `asked.rs`.

pub(crate) mod api;
mod asked;
mod history;
mod job;
mod listing;
mod migrations;
pub mod model;
mod patent_history;
mod patent_score;
mod piece;
mod problems;
mod runs;
pub mod store;
mod trees;

pub use history::ScoreChange;
pub use job::{Counts, ScoringJob};
pub use migrations::ScoringTables;
