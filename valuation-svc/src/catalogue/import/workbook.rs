//! Rows of one sheet of an XLSX workbook, streamed. Formulas are never evaluated: the value that the
//! workbook stored with them counts. The range that a sheet declares counts for nothing: it costs no memory to claim.

use std::{borrow::Cow, io::Cursor, ops::ControlFlow};

use calamine::{Cell as SheetCell, DataRef, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use super::{
    ahead::{self, Ahead},
    dates,
    limits::Limits,
    package, parts,
    problem::ImportProblem,
    reason::Reason,
    table::{Cell, Row, Table},
};

/// How often as many cells as the largest sheet may have are read at most: for its header, for how its days are written, for
/// its rows. Another time is spared for sheets without a header.
const VISITS_MAX: u64 = 4;

/// An opened workbook.
pub(super) struct Workbook<'a> {
    book: Xlsx<Cursor<&'a [u8]>>,
    package: ZipArchive<Cursor<&'a [u8]>>,
    parts: Vec<Option<Part>>,
    /// Cells that may still be read of it; a row without any is one.
    cells_left: u64,
}

/// The part of a sheet.
struct Part {
    /// Its place in the package.
    place: usize,
    /// Its rows without a cell, once it has been read to the end and is sound: then nothing need be read ahead.
    bare_rows: Option<u64>,
}

impl<'a> Workbook<'a> {
    /// Opens it after its package has been checked against the limits.
    ///
    /// # Errors
    /// Damaged, encrypted, too large, or no workbook.
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ImportProblem> {
        package::check(bytes, limits)?;
        let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ImportProblem::CorruptWorkbook)?;
        let places = parts::of_sheets(&mut package)?;
        let book = Xlsx::new(Cursor::new(bytes)).map_err(|e| refusal(&e))?;
        // What was looked at must be what will be read.
        if book.sheet_names().len() != places.len() {
            return Err(ImportProblem::CorruptWorkbook);
        }
        let parts = places.into_iter().map(|place| place.map(|place| Part { place, bare_rows: None }));
        let cells_left = limits.workbook_cells_max.saturating_mul(VISITS_MAX);
        Ok(Self { book, package, parts: parts.collect(), cells_left })
    }

    /// Names of its sheets, in order.
    pub(super) fn sheets(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// One sheet as a table: the first of that name.
    pub(super) fn sheet<'b>(&'b mut self, name: &str, limits: &'b Limits) -> Sheet<'a, 'b> {
        let at = self.book.sheet_names().iter().position(|one| one == name);
        Sheet {
            part: at.and_then(|at| self.parts.get_mut(at)).and_then(Option::as_mut),
            book: &mut self.book,
            package: &mut self.package,
            budget: Budget { read: 0, left: &mut self.cells_left, most: limits.workbook_cells_max },
            name: name.to_string(),
            limits,
        }
    }
}

fn refusal(error: &XlsxError) -> ImportProblem {
    match error {
        XlsxError::Password => ImportProblem::EncryptedWorkbook,
        _ => ImportProblem::CorruptWorkbook,
    }
}

/// What may be read of a sheet at one visit, and of its workbook in all.
struct Budget<'b> {
    read: u64,
    left: &'b mut u64,
    most: u64,
}

impl Budget<'_> {
    fn spend(&mut self, cells: u64) -> Result<(), ImportProblem> {
        self.read = self.read.saturating_add(cells);
        *self.left = self.left.saturating_sub(cells);
        if self.read > self.most || *self.left == 0 {
            return Err(ImportProblem::WorkbookTooLarge);
        }
        Ok(())
    }
}

/// A sheet of an opened workbook.
pub(super) struct Sheet<'a, 'b> {
    book: &'b mut Xlsx<Cursor<&'a [u8]>>,
    package: &'b mut ZipArchive<Cursor<&'a [u8]>>,
    /// `None` where it has none, and so no rows.
    part: Option<&'b mut Part>,
    budget: Budget<'b>,
    name: String,
    limits: &'b Limits,
}

impl Table for Sheet<'_, '_> {
    fn visit(&mut self, each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), ImportProblem> {
        let limits = self.limits;
        let Some(part) = &mut self.part else { return Ok(()) };
        self.budget.read = 0;
        let mut bare_rows = part.bare_rows.unwrap_or(0);
        self.budget.spend(bare_rows)?;
        let mut ahead = if part.bare_rows.is_some() {
            None
        } else {
            let sheet = self.package.by_index(part.place).map_err(|_| ImportProblem::CorruptWorkbook)?;
            Some(Ahead::open(sheet)?)
        };
        let mut reader = match self.book.worksheet_cells_reader(&self.name) {
            Ok(reader) => reader,
            // A chart sheet has a name but no cells.
            Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => return Ok(()),
            Err(error) => return Err(refusal(&error)),
        };
        let mut row = Row { line: 0, cells: Vec::new(), broken: None };
        loop {
            let mut ended = None;
            if let Some(ahead) = &mut ahead {
                let passed = ahead.pass()?;
                self.budget.spend(passed.bare)?;
                bare_rows += passed.bare;
                part.bare_rows = passed.ended.then_some(bare_rows);
                ended = Some(passed.ended);
            }
            let next = reader.next_cell().map_err(|e| refusal(&e))?;
            // Only where both see the same cells has what was looked at been read.
            if ended.is_some_and(|ended| ended != next.is_none()) {
                return Err(ImportProblem::CorruptWorkbook);
            }
            let line = next.as_ref().map_or(0, |cell| u64::from(cell.get_position().0) + 1);
            if line != row.line {
                if row.line != 0 && each(&row).is_break() {
                    return Ok(());
                }
                row = Row { line, cells: Vec::new(), broken: None };
            }
            let Some(cell) = next else { return Ok(()) };
            let (at_row, at_column) = cell.get_position();
            // Cells that do not say where they are may follow one at the edge.
            if at_row >= ahead::ROWS_MAX || at_column >= ahead::COLUMNS_MAX {
                return Err(ImportProblem::CorruptWorkbook);
            }
            self.budget.spend(place(&mut row, &cell, limits))?;
        }
    }
}

/// Puts a cell into its row; by how many cells that lays the row out further, at least one. A cell far to the right costs
/// as much as the empty ones before it.
fn place(row: &mut Row<'_>, cell: &SheetCell<DataRef<'_>>, limits: &Limits) -> u64 {
    let value = convert(cell.get_value(), limits);
    let column = cell.get_position().1 as usize;
    if column >= limits.columns_max {
        if !value.is_blank() {
            row.broken = Some(Reason::TooWide { columns_max: limits.columns_max, found: column + 1 });
        }
        return 1;
    }
    let before = row.cells.len();
    if column >= before {
        row.cells.resize(column + 1, Cell::Text(Cow::Borrowed("")));
    }
    row.cells[column] = value;
    (row.cells.len() - before).max(1) as u64
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
