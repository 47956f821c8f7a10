//! The cells of one row by field: what stands there as text, or why it cannot be used.

use std::borrow::Cow;

use super::{
    dates::{self, DateOrder, OrderSeen},
    field::Field,
    layout::{Column, Layout},
    lists,
    reason::{Reason, RowError},
    table::{Cell, Row},
};

/// Cells that say that nothing is known.
const NOTHING: [&str; 9] = ["-", "--", "—", "——", "/", "n/a", "null", "none", "无"];

/// How the cells of a table are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// Separator of lists, where it is known.
    pub list_separator: Option<String>,
    /// The order of days by place in the layout's columns, where it is known.
    pub date_orders: Vec<Option<DateOrder>>,
    /// The encoding, where some bytes of the file have no meaning in it.
    pub lossy: Option<&'static str>,
    /// Whether a cell beyond the header shifts the row: so in delimited text, not in a sheet with notes beside it.
    pub strict_width: bool,
}

/// A row seen through its layout.
pub(super) struct Cells<'r> {
    row: &'r Row<'r>,
    layout: &'r Layout,
    reading: &'r Reading,
}

impl<'r> Cells<'r> {
    /// # Errors
    /// The row as a whole cannot be used.
    pub(super) fn of(row: &'r Row<'r>, layout: &'r Layout, reading: &'r Reading) -> Result<Self, RowError> {
        let refuse = |reason| RowError { line: row.line, column: None, reason };
        if let Some(reason) = &row.broken {
            return Err(refuse(reason.clone()));
        }
        let beyond = row.cells.iter().skip(layout.width).any(|cell| !cell.is_blank());
        if reading.strict_width && beyond {
            let found = row.cells.len();
            return Err(refuse(Reason::TooManyCells { expected: layout.width, found }));
        }
        Ok(Self { row, layout, reading })
    }

    /// The separator of lists, where it is known.
    pub(super) fn list_separator(&self) -> Option<&'r str> {
        self.reading.list_separator.as_deref()
    }

    /// A refusal for a field of the row; it names the column.
    pub(super) fn refuse(&self, field: Field, reason: Reason) -> RowError {
        let column = self.stated(field).next().or_else(|| self.layout.of(field).next());
        RowError {
            line: self.row.line,
            column: Some(column.map_or_else(|| field.name().to_owned(), |c| c.header.clone())),
            reason,
        }
    }

    fn cell(&self, column: &Column) -> Option<&'r Cell<'r>> {
        self.row.cells.get(column.index)
    }

    /// The columns of a field in which something stands.
    fn stated(&self, field: Field) -> impl Iterator<Item = &'r Column> + use<'_, 'r> {
        self.layout.of(field).filter(|column| self.cell(column).is_some_and(|cell| !says_nothing(cell)))
    }

    /// What stands in the best column of a field in which something stands.
    ///
    /// # Errors
    /// It cannot be used.
    pub(super) fn text(&self, field: Field) -> Result<Option<Cow<'r, str>>, RowError> {
        self.stated(field).next().map(|column| self.usable(column)).transpose()
    }

    /// What stands in each column of a field.
    ///
    /// # Errors
    /// One of them cannot be used.
    pub(super) fn texts(&self, field: Field) -> Result<Vec<Cow<'r, str>>, RowError> {
        self.stated(field).map(|column| self.usable(column)).collect()
    }

    fn usable(&self, column: &Column) -> Result<Cow<'r, str>, RowError> {
        let refuse = |reason| RowError { line: self.row.line, column: Some(column.header.clone()), reason };
        let Some(cell) = self.cell(column) else { return Ok(Cow::Borrowed("")) };
        if let Cell::Bad(reason) = cell {
            return Err(refuse(reason.clone()));
        }
        let text = shown(cell.text()).map_err(refuse)?;
        match self.reading.lossy {
            Some(encoding) if text.contains('\u{fffd}') => Err(refuse(Reason::Unreadable { encoding })),
            _ => Ok(text),
        }
    }

    /// The names of a field, each once.
    ///
    /// # Errors
    /// The cell cannot be used.
    pub(super) fn names(&self, field: Field) -> Result<Vec<String>, RowError> {
        let text = self.text(field)?.unwrap_or_default();
        Ok(lists::names(&text, self.list_separator()))
    }

    /// The day of a field. `seen` collects what the columns show about their order.
    ///
    /// # Errors
    /// Not a day.
    pub(super) fn date(
        &self,
        field: Field,
        seen: &mut [OrderSeen],
    ) -> Result<Option<chrono::NaiveDate>, RowError> {
        for column in self.stated(field) {
            let Some(cell) = self.cell(column) else { continue };
            let text;
            let cell = if matches!(cell, Cell::Text(_)) {
                text = Cell::Text(self.usable(column)?);
                &text
            } else {
                cell
            };
            let order = self.reading.date_orders.get(column.index).copied().flatten();
            let mut unseen = OrderSeen::default();
            let seen = seen.get_mut(column.index).unwrap_or(&mut unseen);
            let date = dates::of_cell(cell, order, seen).map_err(|reason| RowError {
                line: self.row.line,
                column: Some(column.header.clone()),
                reason,
            })?;
            if date.is_some() {
                return Ok(date);
            }
        }
        Ok(None)
    }

    /// The count of a field: `12`, `12项`, `1,234`.
    ///
    /// # Errors
    /// Not a whole number.
    pub(super) fn count(&self, field: Field) -> Result<Option<u32>, RowError> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        match count(&text) {
            Some(count) => Ok(Some(count)),
            None => Err(self.refuse(field, Reason::BadCount { value: text.into_owned() })),
        }
    }

    /// Whether the row repeats the header, as where files were put one after the other.
    pub(super) fn is_header(&self) -> bool {
        let mut read = self.layout.columns.iter().peekable();
        read.peek().is_some()
            && read.all(|column| self.cell(column).is_some_and(|cell| cell.text() == column.header))
    }
}

/// The number of items that a text counts.
pub(super) fn count(text: &str) -> Option<u32> {
    let bare = text.trim().trim_end_matches(['项', '件', '次', '个', '页', '篇', '条', '族']).trim();
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    let digits: String = bare.chars().filter(|c| *c != ',' && *c != '，').collect();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn says_nothing(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Text(_) => {
            let text = cell.text();
            text.is_empty() || NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
        }
        _ => false,
    }
}

/// What a spreadsheet would show of a cell: exports write `="20190307"` to keep a text from being counted as a
/// number, and `=HYPERLINK("https://…","CN1A")`. Any other formula is refused, and so is U+0000, which stands where a file is
/// damaged. Other control characters go.
pub(super) fn shown(text: Cow<'_, str>) -> Result<Cow<'_, str>, Reason> {
    if text.contains('\0') {
        return Err(Reason::ZeroCharacter);
    }
    if text.starts_with('=') {
        let inner = literal(&text).ok_or_else(|| Reason::Formula { value: text.clone().into_owned() })?;
        return Ok(Cow::Owned(without_controls(&inner)));
    }
    // A spreadsheet's mark for text.
    let marked = text.strip_prefix('\'').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if marked || text.contains(is_control) {
        return Ok(Cow::Owned(without_controls(text.strip_prefix('\'').filter(|_| marked).unwrap_or(&text))));
    }
    Ok(text)
}

fn literal(formula: &str) -> Option<String> {
    let body = formula.strip_prefix('=')?.trim();
    let quoted = match body.get(..10).filter(|name| name.eq_ignore_ascii_case("HYPERLINK(")) {
        Some(name) => {
            let arguments = body.get(name.len()..)?.strip_suffix(')')?;
            let (_, label) = arguments.split_once("\",")?;
            label.trim()
        }
        None => body,
    };
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let plain = inner.replace("\"\"", "\u{0}");
    (!plain.contains('"')).then(|| plain.replace('\u{0}', "\""))
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !is_control(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_formula_s_clothes_is_a_text_and_a_formula_is_refused() {
        let show = |text: &'static str| shown(Cow::Borrowed(text)).map(Cow::into_owned).map_err(|r| r.code());
        assert_eq!(show("=\"20190307\""), Ok("20190307".into()));
        assert_eq!(show("=HYPERLINK(\"https://a.example/\",\"CN1A\")"), Ok("CN1A".into()));
        assert_eq!(show("'201310467361.2"), Ok("201310467361.2".into()));
        assert_eq!(show("a\u{7}b"), Ok("ab".into()));
        for damaged in ["a\u{0}b", "\u{0}", "=\"a\u{0}\""] {
            assert_eq!(show(damaged), Err("zero-character"), "{damaged:?}");
        }
        for formula in
            ["=1+1", "=cmd|' /C calc'!A0", "=\"a\"&\"b\"", "=HYPERLINK(\"https://a.example/\")", "="]
        {
            assert_eq!(show(formula), Err("formula"), "{formula}");
        }
    }

    #[test]
    fn a_count_may_have_its_unit() {
        assert_eq!(count("12项"), Some(12));
        assert_eq!(count("1,234"), Some(1234));
        assert_eq!(count("12.0"), Some(12));
        for text in ["", "-1", "1.5", "many", "99999999999"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
