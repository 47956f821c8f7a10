//! The care of a loan after the money is out (贷后管理): how the use of the money is proved, and the checks of the borrower.
//! What is to be done is a task with a due day: the close of business writes the tasks of the day's draws, and of those
//! that pass their day it tells. What a loan was misused for stays a person's act (`adjustments`, misuse).
//!
//! Where is …?
//! - a task and its steps: `model/task.rs`; when they fall due: `loan/model/rules.rs`
//! - the tasks of a day's draws, those that are over, those that nobody needs any more: `day_end.rs`
//! - proving the use, accepting or rejecting the proof: `evidence.rs`; a check: `check.rs`
//! - papers of a loan: `papers.rs`; routes: `api.rs`, lists and files: `listing.rs`, refusals: `problems.rs`
//! - tables: `store.rs`, `migrations.rs`

mod api;
mod check;
mod day_end;
mod evidence;
mod listing;
pub mod migrations;
pub mod model;
mod papers;
mod problems;
mod store;

pub(crate) use api::routes;
pub(crate) use day_end::end_day;
