//! Rows of one sheet of an XLSX workbook, streamed. Formulas are never evaluated: the value that the
//! workbook stored with them counts.

use std::{borrow::Cow, io::Cursor, ops::ControlFlow};

use calamine::{Cell as SheetCell, DataRef, Reader, Xlsx, XlsxError};

use super::{
    dates,
    limits::Limits,
    package,
    problem::ImportProblem,
    reason::Reason,
    table::{Cell, Row, Table},
};

/// An opened workbook.
pub(super) struct Workbook<'a> {
    book: Xlsx<Cursor<&'a [u8]>>,
}

impl<'a> Workbook<'a> {
    /// Opens it after its package has been checked against the limits.
    ///
    /// # Errors
    /// Damaged, encrypted, too large, or no workbook.
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ImportProblem> {
        package::check(bytes, limits)?;
        Ok(Self { book: Xlsx::new(Cursor::new(bytes)).map_err(|e| refusal(&e))? })
    }

    /// Names of its sheets, in order.
    pub(super) fn sheets(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// One sheet as a table.
    pub(super) fn sheet<'b>(&'b mut self, name: &str, limits: &'b Limits) -> Sheet<'a, 'b> {
        Sheet { book: &mut self.book, name: name.to_string(), limits }
    }
}

fn refusal(error: &XlsxError) -> ImportProblem {
    match error {
        XlsxError::Password => ImportProblem::EncryptedWorkbook,
        _ => ImportProblem::CorruptWorkbook,
    }
}

/// A sheet of an opened workbook.
pub(super) struct Sheet<'a, 'b> {
    book: &'b mut Xlsx<Cursor<&'a [u8]>>,
    name: String,
    limits: &'b Limits,
}

impl Table for Sheet<'_, '_> {
    fn visit(&mut self, each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), ImportProblem> {
        let limits = self.limits;
        let mut reader = match self.book.worksheet_cells_reader(&self.name) {
            Ok(reader) => reader,
            // A chart sheet has a name but no cells.
            Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => return Ok(()),
            Err(error) => return Err(refusal(&error)),
        };
        let mut row = Row { line: 0, cells: Vec::new(), broken: None };
        let mut cells_read: u64 = 0;
        loop {
            let next = reader.next_cell().map_err(|e| refusal(&e))?;
            let line = next.as_ref().map_or(0, |cell| u64::from(cell.get_position().0) + 1);
            if line != row.line {
                if row.line != 0 && each(&row).is_break() {
                    return Ok(());
                }
                row = Row { line, cells: Vec::new(), broken: None };
            }
            let Some(cell) = next else { return Ok(()) };
            cells_read += 1;
            if cells_read > limits.workbook_cells_max {
                return Err(ImportProblem::WorkbookTooLarge);
            }
            place(&mut row, &cell, limits);
        }
    }
}

fn place(row: &mut Row<'_>, cell: &SheetCell<DataRef<'_>>, limits: &Limits) {
    let value = convert(cell.get_value(), limits);
    let column = cell.get_position().1 as usize;
    if column >= limits.columns_max {
        if !value.is_blank() {
            row.broken = Some(Reason::TooWide { columns_max: limits.columns_max, found: column + 1 });
        }
        return;
    }
    if column >= row.cells.len() {
        row.cells.resize(column + 1, Cell::Text(Cow::Borrowed("")));
    }
    row.cells[column] = value;
}

fn convert(value: &DataRef<'_>, limits: &Limits) -> Cell<'static> {
    let text = match value {
        DataRef::Empty => "",
        DataRef::Int(number) => return Cell::Number(*number as f64),
        DataRef::Float(number) => return Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text,
        DataRef::SharedString(text) => text,
        DataRef::Bool(true) => "TRUE",
        DataRef::Bool(false) => "FALSE",
        DataRef::DateTime(stamp) => {
            let serial = stamp.as_f64();
            return match dates::of_stamp(stamp) {
                Some(date) => Cell::Date(date),
                None => Cell::Number(serial),
            };
        }
        DataRef::Error(error) => {
            return Cell::Bad(Reason::WorkbookError { value: error.to_string() });
        }
    };
    if text.len() > limits.cell_bytes_max {
        Cell::Bad(Reason::CellTooLarge { bytes_max: limits.cell_bytes_max })
    } else {
        Cell::Text(Cow::Owned(text.to_string()))
    }
}
