//! Importing patents from files of other systems, as a job with progress: over the API, or from the command line.
//! Reading a file is the catalogue's; this subject brings what was read into it, wholly or not at all.
//!
//! A file up to 8 MiB is read when it arrives, so that one that cannot be read is refused there and then. What was read is
//! staged; the job first sets aside the records that say nothing new, a piece at a time, and then makes all others visible in
//! one transaction. Killed at any point it goes on from the last piece, and the catalogue has seen nothing of it. A larger
//! file, and every one from the command line, is kept as it arrives and read by its job, row by row, so that a million rows
//! are never held together.
//!
//! Where is …? Reading: `file.rs`; from the command line: [`import_file`]; an upload as it arrives: `upload.rs`; the
//! job of a small file: `job.rs`, what is staged: [`store`]; the job of a large one: `streamed.rs`, what is kept: [`kept`];
//! lists and files: `listing.rs`, `view.rs`.

pub(crate) mod api;
mod command;
mod file;
mod job;
pub mod kept;
mod listing;
mod migrations;
pub mod store;
mod streamed;
mod upload;
mod view;

pub use command::{Stage, import_file};
pub use file::{ImportError, ImportResult, ReasonText, RejectedRow};
pub use job::ImportJob;
pub use migrations::ImportTables;
pub use streamed::StreamedImportJob;
