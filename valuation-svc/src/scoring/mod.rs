//! Scoring: how good a patent is, 0–100, explained leaf by leaf. It sets no price; that is `appraisal`.
//!
//! Where is …? The rules are under [`model`]: the index tree in `model/default_tree.rs`, the sum in
//! `model/score.rs`, the OECD patent quality indicators in `model/oecd.rs`.

pub(crate) mod api;
pub mod model;
