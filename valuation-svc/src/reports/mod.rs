//! Valuation reports: drafted on a stored valuation, signed by two people, issued under a public code that proves who
//! issued them and that they are unaltered, superseded by a newer one or withdrawn. They value nothing themselves.
//!
//! Where is …? The life of a report, what it says, its code: [`model`]; the acts: `act.rs`, their routes: `commands.rs`; the
//! routes that read: `api.rs`; the files: `files.rs`, set by `pdf.rs` (with `pictures.rs`) and `workbook.rs` from
//! `tables.rs` and `facts.rs` in the words of `names.rs`; what anybody may ask with a code: `verify.rs`, how often with a value: `tries.rs`; where it is asked: `address.rs`;
//! what is stored: `store.rs`;
//! refusals: `problems.rs`.

mod act;
mod address;
pub(crate) mod api;
mod commands;
mod facts;
mod files;
mod migrations;
pub mod model;
mod names;
mod pdf;
mod pictures;
mod problems;
mod store;
mod tables;
mod tries;
mod verify;
pub mod view;
mod workbook;

pub use address::verification_page;
pub use migrations::ReportTables;
