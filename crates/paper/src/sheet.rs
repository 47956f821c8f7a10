//! Workbooks (XLSX): typed cells, a frozen head, sums that the spreadsheet can add up again.

use chrono::NaiveDate;
use finance::Money;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use crate::{Cell, PaperError, Table};

/// Beyond it, fen are no longer all different as doubles: the amount is written as text instead.
const EXACT_FEN_MAX: u64 = 1 << 53;
/// From here on a figure's digits, without its decimal point, may be more than a double gives back: fifteen of them.
const DIGITS_END: u128 = 1_000_000_000_000_000;
/// The most decimals that are shown; the cell holds them all.
const DECIMALS_SHOWN_MAX: usize = 6;
/// What a sheet may be called in characters; a spreadsheet refuses more.
const NAME_CHARS_MAX: usize = 31;
/// What a sheet's name may not hold.
const NAME_FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// A workbook in the making.
#[derive(Debug, Clone)]
pub struct Book {
    dated: NaiveDate,
    sheets: Vec<Sheet>,
}

/// One sheet: names with values at the top, where there are any, then a table.
#[derive(Debug, Clone)]
pub struct Sheet {
    name: String,
    notes: Vec<(String, String)>,
    table: Table,
}

impl Sheet {
    /// A sheet of a table. What a sheet's name may not hold is left out of it.
    #[must_use]
    pub fn new(name: impl AsRef<str>, table: Table) -> Self {
        let name: String = name
            .as_ref()
            .chars()
            .filter(|letter| !letter.is_control() && !NAME_FORBIDDEN.contains(letter))
            .take(NAME_CHARS_MAX)
            .collect();
        let name = name.trim_matches('\'').trim().to_owned();
        Self { name, notes: Vec::new(), table }
    }

    /// Names with values above the table.
    #[must_use]
    pub fn notes<N: Into<String>, V: Into<String>>(
        mut self,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.notes.extend(pairs.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }
}

impl Book {
    /// A workbook made on a day. The same day and content give the same bytes.
    #[must_use]
    pub fn new(dated: NaiveDate) -> Self {
        Self { dated, sheets: Vec::new() }
    }

    /// Adds a sheet.
    #[must_use]
    pub fn sheet(mut self, sheet: Sheet) -> Self {
        self.sheets.push(sheet);
        self
    }

    /// The file.
    ///
    /// # Errors
    /// A sum out of range; more rows or longer texts than a spreadsheet takes; two sheets of one name.
    pub fn bytes(&self) -> Result<Vec<u8>, PaperError> {
        let unwritable = |error: XlsxError| PaperError::Unwritable(error.to_string());
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::parse_from_str(&self.dated.to_string()).map_err(unwritable)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let formats = Formats::new();
        for sheet in &self.sheets {
            let sums = sheet.table.sum_row()?;
            let target = workbook.add_worksheet();
            if !sheet.name.is_empty() {
                target.set_name(&sheet.name).map_err(unwritable)?;
            }
            write(target, sheet, sums.as_deref(), &formats).map_err(unwritable)?;
        }
        workbook.save_to_buffer().map_err(unwritable)
    }
}

struct Formats {
    head: Format,
    figure_head: Format,
    amount: Format,
    /// By the number of decimals.
    decimals: Vec<Format>,
    percent: Format,
    date: Format,
    sum: Format,
    sum_amount: Format,
}

impl Formats {
    fn new() -> Self {
        const AMOUNT: &str = "#,##0.00";
        let bold = Format::new().set_bold();
        Self {
            figure_head: bold.clone().set_align(FormatAlign::Right),
            amount: Format::new().set_num_format(AMOUNT),
            decimals: (0..=DECIMALS_SHOWN_MAX)
                .map(|count| Format::new().set_num_format(format!("{:.count$}", 0.0)))
                .collect(),
            percent: Format::new().set_num_format("0.00##%"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            sum: bold.clone(),
            sum_amount: bold.clone().set_num_format(AMOUNT),
            head: bold,
        }
    }

    /// So many decimals.
    fn decimals(&self, count: u32) -> Option<&Format> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.decimals.get(count.min(DECIMALS_SHOWN_MAX))
    }
}

fn write(
    target: &mut Worksheet,
    sheet: &Sheet,
    sums: Option<&[Cell]>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut row = 0_u32;
    for (name, value) in &sheet.notes {
        target.write_string_with_format(row, 0, name, &formats.head)?;
        target.write_string(row, 1, value)?;
        row += 1;
    }
    if !sheet.notes.is_empty() {
        row += 1;
    }
    for (column, head) in (0_u16..).zip(&sheet.table.columns) {
        let format = if head.kind.is_figure() { &formats.figure_head } else { &formats.head };
        target.write_string_with_format(row, column, &head.title, format)?;
    }
    row += 1;
    target.set_freeze_panes(row, 0)?;
    let first = row;
    let decimals = decimals(&sheet.table.rows);
    for cells in &sheet.table.rows {
        for ((column, cell), decimals) in (0_u16..).zip(cells).zip(&decimals) {
            write_cell(target, (row, column), cell, *decimals, formats)?;
        }
        row += 1;
    }
    if let Some(cells) = sums {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Amount(sum) if row > first && is_exact(*sum) => {
                    let letter = column_letters(column);
                    let formula = Formula::new(format!("=SUM({letter}{}:{letter}{row})", first + 1))
                        .set_result(sum.to_string());
                    target.write_formula_with_format(row, column, formula, &formats.sum_amount)?;
                }
                Cell::Amount(_) => write_cell(target, (row, column), cell, 0, formats)?,
                Cell::Text(word) => {
                    target.write_string_with_format(row, column, word, &formats.sum)?;
                }
                _ => {}
            }
        }
    }
    target.autofit();
    Ok(())
}

/// How many decimals each column is shown with: as many as the figure in it that has most.
fn decimals(rows: &[Vec<Cell>]) -> Vec<u32> {
    let mut most = vec![0; rows.iter().map(Vec::len).max().unwrap_or_default()];
    for cells in rows {
        for (most, cell) in most.iter_mut().zip(cells) {
            if let Cell::Decimal(figure) = cell {
                *most = figure.scale().max(*most);
            }
        }
    }
    most
}

fn write_cell(
    target: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    decimals: u32,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => target.write_string(row, column, text)?,
        Cell::Amount(money) if !is_exact(*money) => target.write_string(row, column, money.to_string())?,
        Cell::Amount(money) => {
            target.write_number_with_format(row, column, as_double(*money), &formats.amount)?
        }
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets know only doubles")]
        Cell::Whole(number) if number.unsigned_abs() <= EXACT_FEN_MAX => {
            target.write_number(row, column, *number as f64)?
        }
        Cell::Whole(number) => target.write_string(row, column, number.to_string())?,
        Cell::Decimal(figure) => match (double(*figure), formats.decimals(decimals)) {
            (Some(double), Some(format)) => target.write_number_with_format(row, column, double, format)?,
            _ => target.write_string(row, column, figure.to_string())?,
        },
        Cell::Percent(rate) => match rate.fraction().to_string().parse::<f64>() {
            Ok(fraction) => target.write_number_with_format(row, column, fraction, &formats.percent)?,
            Err(_) => target.write_string(row, column, rate.to_string())?,
        },
        Cell::Date(day) => target.write_date_with_format(row, column, day, &formats.date)?,
        Cell::Empty => return Ok(()),
    };
    Ok(())
}

/// Whether a double shows the amount to the fen.
const fn is_exact(money: Money) -> bool {
    money.fen().unsigned_abs() <= EXACT_FEN_MAX
}

/// A spreadsheet's only number is a double; two decimals of it are exact up to [`EXACT_FEN_MAX`].
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture of the amount for a spreadsheet, not an amount owed"
)]
fn as_double(money: Money) -> f64 {
    money.fen() as f64 / 100.0
}

/// A figure as a spreadsheet's number, where that gives back every digit.
fn double(figure: Decimal) -> Option<f64> {
    let digits = figure.normalize().mantissa().unsigned_abs();
    if digits < DIGITS_END { figure.to_string().parse().ok() } else { None }
}

/// The letters of a column: A … Z, AA …
fn column_letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(char::from(b'A' + u8::try_from(digit).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_a_spreadsheet_does() {
        for (column, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn a_sheets_name_holds_nothing_that_a_spreadsheet_refuses() {
        let sheet = Sheet::new("'2026/11 [对账单]: 借据?'", Table::new([]));
        assert_eq!(sheet.name, "202611 对账单 借据");
        assert_eq!(Sheet::new("长".repeat(50), Table::new([])).name.chars().count(), 31);
    }
}
