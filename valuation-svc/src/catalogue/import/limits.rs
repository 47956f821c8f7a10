//! What the importer refuses to swallow. Every figure is a platform default and may be set by the caller.

use serde::{Deserialize, Serialize};

/// Bounds on one file. Past them the answer is a clear refusal, never a hang.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Size of the file, bytes.
    pub file_bytes_max: u64,
    /// Rows below the header.
    pub rows_max: u64,
    /// Columns of the table.
    pub columns_max: usize,
    /// Size of one cell, bytes of UTF-8.
    pub cell_bytes_max: usize,
    /// Size of one row of a delimited file, bytes of UTF-8.
    pub row_bytes_max: usize,
    /// Rows, blank ones not counted, among which the header must lie.
    pub header_rows_max: usize,
    /// Rows with a quotation mark that never closes before the file is given up.
    pub broken_quotes_max: u32,
    /// Size of a workbook when unpacked, bytes.
    pub workbook_bytes_max: u64,
    /// Size of a workbook when unpacked, bytes, where what is beyond `workbook_bytes_max` are sheets: they are streamed,
    /// all else is held whole. `None`: sheets count like everything.
    pub workbook_streamed_bytes_max: Option<u64>,
    /// Cells of a workbook's sheet; a row has as many as its last one is far from the left.
    pub workbook_cells_max: u64,
    /// Texts that a workbook's cells share.
    pub workbook_texts_max: u64,
    /// Sheets of a workbook among which the table must lie.
    pub sheets_max: usize,
}

const MIB: u64 = 1024 * 1024;

impl Limits {
    /// The platform's limits where nobody waits for the answer: a workbook's sheets may unpack to 4 GiB. A million rows of
    /// eight columns are half a gigabyte.
    #[must_use]
    pub fn of_a_job() -> Self {
        Self { workbook_streamed_bytes_max: Some(4 * 1024 * MIB), ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 128 * MIB,
            rows_max: 1_000_000,
            columns_max: 512,
            cell_bytes_max: 256 * 1024,
            row_bytes_max: 4 * 1024 * 1024,
            header_rows_max: 30,
            broken_quotes_max: 100,
            workbook_bytes_max: 256 * MIB,
            workbook_streamed_bytes_max: None,
            workbook_cells_max: 50_000_000,
            workbook_texts_max: 8_000_000,
            sheets_max: 20,
        }
    }
}
