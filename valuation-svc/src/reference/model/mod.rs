//! Rules of reference tables: values in, a decision or a refusal out.
//!
//! | what | where |
//! |---|---|
//! | the tables, and the life of a version | [`version`] |
//! | a row of each table | [`entry`], read from a file by `read_entry`, cell by cell by [`cells`] |
//! | what a whole file must keep to | [`whole`] |
//! | what differs between two versions | [`difference`] |
//! | from IPC to industries | [`concordance`], the classifications [`scheme`] |
//! | codes of industries and the way up | [`industry_code`] |
//! | licence statistics as evidence | [`evidence`] |

pub mod cells;
pub mod concordance;
pub mod difference;
pub mod entry;
pub mod evidence;
pub mod industry_code;
mod read_entry;
pub mod scheme;
pub mod version;
pub mod whole;

pub use version::{Refusal, SourceStatus, TableKind, VersionState};
