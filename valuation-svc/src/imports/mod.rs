//! Importing patents from files of other systems: over the API as a job with progress, or at once for the command line.
//! Reading a file is the catalogue's; this subject brings what was read into it, wholly or not at all.
//!
//! A file is read when it arrives, so that one that cannot be read is refused there and then. What was read is staged;
//! the job first sets aside the records that say nothing new, a piece at a time, and then makes all others visible in
//! one transaction. Killed at any point it goes on from the last piece, and the catalogue has seen nothing of it.
//!
//! Where is …? Reading: `file.rs`; at once: [`import_file`]; the job: `job.rs`; what is staged: [`store`].

pub(crate) mod api;
mod at_once;
mod file;
mod job;
mod migrations;
pub mod store;

pub use at_once::import_file;
pub use file::{ImportError, ImportResult, ReasonText, RejectedRow};
pub use job::ImportJob;
pub use migrations::ImportTables;
