//! A table as the importer sees it, whatever holds it: rows of cells with the line an editor shows.

use std::{borrow::Cow, ops::ControlFlow};

use chrono::NaiveDate;

use super::{problem::ImportProblem, reason::Reason};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// Text; empty where nothing stands.
    Text(Cow<'a, str>),
    /// A number of a workbook.
    Number(f64),
    /// A date of a workbook.
    Date(NaiveDate),
    /// A cell that cannot be used, which matters only if its column does.
    Bad(Reason),
}

impl Cell<'_> {
    /// The cell as text, trimmed; numbers without a superfluous decimal point.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(trim(text)),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Cow::Owned(format!("{number:.0}"))
            }
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Bad(_) => Cow::Borrowed(""),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if trim(text).is_empty())
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
}

/// One row.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Where it begins: the line of the file, or the row of the sheet, counted from one.
    pub line: u64,
    /// Its cells; none where the row is broken.
    pub cells: Vec<Cell<'a>>,
    /// Why the row as a whole cannot be used.
    pub broken: Option<Reason>,
}

impl Row<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.broken.is_none() && self.cells.iter().all(Cell::is_blank)
    }
}

/// Rows that may be visited as often as needed, in order.
pub(super) trait Table {
    /// Calls `each` for every row until it breaks.
    ///
    /// # Errors
    /// What makes the whole table unusable; rows before it have been visited by then.
    fn visit(&mut self, each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>) -> Result<(), ImportProblem>;
}
