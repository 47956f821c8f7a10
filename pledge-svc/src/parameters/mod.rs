//! A bank's parameters (approval authority, lending products, classification, expected loss): versioned, proposed by
//! one person and approved by another, with the platform's defaults where a bank has set none. What a parameter means
//! is its own subject's affair; this one only keeps the versions.
//!
//! Where is …?
//! - what a set of parameters is, its fields and their sources: `model/set.rs`; which sets there are: `kinds.rs`
//! - a bank's set on a day: [`current`]; what differs between two: `model/diff.rs`
//! - proposing and deciding: `propose.rs`, `decide.rs`, by the rules of `crates/four-eyes`
//! - tables: `store.rs`, `migrations.rs`; routes: `api.rs`, `view.rs`

mod api;
mod current;
mod decide;
mod kinds;
pub mod migrations;
pub mod model;
mod problems;
mod propose;
mod store;
mod view;

pub(crate) use api::routes;
pub use current::{Sets, current, current_since};
pub use model::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit};
