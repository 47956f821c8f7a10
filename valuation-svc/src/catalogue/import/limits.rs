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
    /// Cells of a workbook's sheet, rows times columns.
    pub workbook_cells_max: u64,
    /// Sheets of a workbook among which the table must lie.
    pub sheets_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            file_bytes_max: 128 * MIB,
            rows_max: 1_000_000,
            columns_max: 512,
            cell_bytes_max: 256 * 1024,
            row_bytes_max: 4 * 1024 * 1024,
            header_rows_max: 30,
            broken_quotes_max: 100,
            workbook_bytes_max: 256 * MIB,
            workbook_cells_max: 50_000_000,
            sheets_max: 20,
        }
    }
}
