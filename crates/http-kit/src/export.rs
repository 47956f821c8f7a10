//! Lists as files: CSV (UTF-8 with BOM, so that spreadsheets read Chinese) and XLSX.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use finance::Money;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Deserialize;

use crate::Problem;

/// The most rows in one file; beyond, the list must be filtered.
pub const ROWS_MAX: u64 = 50_000;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Comma-separated values.
    #[default]
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// One cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Text, never a formula.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An amount in yuan.
    Amount(Money),
    /// A day.
    Date(NaiveDate),
    /// Nothing.
    Empty,
}

/// A table to be written.
#[derive(Debug, Clone)]
pub struct Table {
    /// The file's name without its ending.
    pub name: String,
    /// The column heads.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table as a file to download.
    ///
    /// # Errors
    /// 500 when the file cannot be written.
    pub fn respond(&self, kind: FileKind) -> Result<Response, Problem> {
        let (bytes, content_type, ending) = match kind {
            FileKind::Csv => (self.csv().map_err(|e| Problem::fault(&e))?, "text/csv; charset=utf-8", "csv"),
            FileKind::Xlsx => (
                self.xlsx().map_err(|e| Problem::fault(&e))?,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            ),
        };
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}.{ending}\"", self.name))
            .unwrap_or(HeaderValue::from_static("attachment"));
        Ok((
            [
                (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
                (header::CONTENT_DISPOSITION, disposition),
            ],
            bytes,
        )
            .into_response())
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(csv_text))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }

    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let head = Format::new().set_bold();
        let amount = Format::new().set_num_format("#,##0.00");
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let sheet = workbook.add_worksheet();
        for (column, title) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, title, &head)?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, text)?,
                    #[expect(clippy::cast_precision_loss, reason = "spreadsheets know only doubles")]
                    Cell::Number(number) => sheet.write_number(row, column, *number as f64)?,
                    Cell::Amount(money) => {
                        sheet.write_number_with_format(row, column, as_double(*money), &amount)?
                    }
                    Cell::Date(day) => sheet.write_date_with_format(row, column, day, &date)?,
                    Cell::Empty => sheet,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        workbook.save_to_buffer()
    }
}

/// A spreadsheet's only number is a double; two decimals of it are exact below 90 trillion yuan.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture of the amount for a spreadsheet, not an amount owed"
)]
fn as_double(money: Money) -> f64 {
    money.fen() as f64 / 100.0
}

/// What makes a spreadsheet take text for a formula; a Chinese or Japanese one takes the full-width signs as well.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Text that a spreadsheet would run as a formula gets an apostrophe in front.
fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.starts_with(FORMULA_STARTS) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Amount(money) => money.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_file_is_run_as_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(1)"] {
            assert_eq!(csv_text(&Cell::Text(text.to_owned())), format!("'{text}"));
        }
        assert_eq!(csv_text(&Cell::Text("锂电池=1".to_owned())), "锂电池=1");
        assert_eq!(csv_text(&Cell::Amount(Money::from_fen(-150))), "-1.50", "a number stays a number");
    }
}
