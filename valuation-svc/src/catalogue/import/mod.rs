//! Reading the files in which patents arrive: exports of patent databases as delimited text, as JSON Lines
//! or as a workbook.
//!
//! Pure: bytes in, records and refusals out. It stores nothing; [`upsert`](super::upsert) does.
//!
//! | step | where |
//! |---|---|
//! | text or workbook, encoding, delimiter | `sniff`, `encoding`, `package`, `held`, `parts`, `sheets` |
//! | rows of cells | `delimited`, `json_lines`, `workbook` with `ahead`, behind `table` |
//! | the header and what its columns hold | `layout`, `field`, `format` |
//! | what a user states about an unknown file | [`Mapping`] |
//! | a row becomes a record | `convert`, `cells`, and a file for each kind of value: `dates`, `document_number`, `classes`, `lists`, `status`, `office`, `document`, `listed` |
//! | tables of other subjects, with columns of their own | [`plain`] |
//! | what is refused | [`ImportProblem`] (the file), [`RowError`] (a row), [`Limits`] |

mod ahead;
mod cells;
mod classes;
mod convert;
mod dates;
mod delimited;
mod document;
mod document_number;
mod encoding;
mod field;
mod format;
mod grammar;
mod held;
mod json_lines;
mod layout;
mod limits;
mod listed;
mod lists;
mod mapping;
mod office;
mod package;
mod parts;
pub mod plain;
mod problem;
mod reason;
mod rows;
mod sheets;
mod sniff;
mod status;
mod table;
mod workbook;

pub use format::Format;
pub use grammar::{Flaw, flaw_of_document, flaw_of_priority};
pub use limits::Limits;
pub use mapping::Mapping;
pub use problem::ImportProblem;
pub use reason::{Reason, RowError};
pub use rows::EachRow;

use super::record::PatentRecord;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadFile {
    /// The export, by its headers.
    pub format: Format,
    /// The encoding of the text; `XLSX` for a workbook.
    pub encoding: &'static str,
    /// The line of the header, counted from one.
    pub header_line: u64,
    /// Headers of columns that were not read.
    pub unread: Vec<String>,
    /// Rows below the header that are not blank. Each is one of `rows` or one of `duplicates`.
    pub read: u64,
    /// Rows whose document stands in the file more than once: they were merged into its record, which has its first
    /// row's place, and the last row wins.
    pub duplicates: u64,
    /// The records and the refused rows, in the order of the file.
    pub rows: Vec<Result<PatentRecord, RowError>>,
}

impl ReadFile {
    /// How many rows are refused.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(row.is_err())).sum()
    }

    /// The records and the refusals apart.
    #[must_use]
    pub fn into_parts(self) -> (Vec<PatentRecord>, Vec<RowError>) {
        let mut refused = Vec::new();
        let records = self.rows.into_iter().filter_map(|row| row.map_err(|e| refused.push(e)).ok()).collect();
        (records, refused)
    }
}

/// Reads a file of patents within the platform's limits.
///
/// # Errors
/// The file as a whole cannot be read.
pub fn read(bytes: &[u8], mapping: Option<&Mapping>) -> Result<ReadFile, ImportProblem> {
    read_within(bytes, mapping, &Limits::default())
}

/// Reads a file of patents within limits of the caller.
///
/// # Errors
/// The file as a whole cannot be read, or is beyond the limits.
pub fn read_within(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
) -> Result<ReadFile, ImportProblem> {
    sniff::read(bytes, mapping, limits)
}

/// Reads a file of patents within limits of the caller, row by row: what is held is the file, never all its records. Each
/// row comes with the number of rows in all; a document that stands more than once comes as often, in the file's order.
///
/// # Errors
/// The file as a whole cannot be read, or is beyond the limits; no row has been handed on then.
pub fn stream_within(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
    each: &mut EachRow<'_>,
) -> Result<(), ImportProblem> {
    sniff::stream(bytes, mapping, limits, each)
}
