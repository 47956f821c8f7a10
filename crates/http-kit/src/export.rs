//! Lists as files: CSV (UTF-8 with BOM, so that spreadsheets read Chinese) and XLSX.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use finance::{Money, Rate};
use paper::{
    Column, Kind, PaperError,
    sheet::{Book, Sheet},
};
use sea_orm::prelude::Decimal;
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, ListingError, PageOf, PageRequest},
};

use crate::{Lang, Problem};

/// The most rows in one file; beyond, the list must be filtered.
pub const ROWS_MAX: u64 = 50_000;
/// The media type of comma-separated values.
pub const CSV: &str = "text/csv; charset=utf-8";
/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a PDF.
pub const PDF: &str = "application/pdf";

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
    /// A figure with decimals.
    Decimal(Decimal),
    /// A day.
    Date(NaiveDate),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A word in the language of the request.
    #[must_use]
    pub fn said(lang: Lang, zh: &str, en: &str) -> Self {
        Self::Text(if lang == Lang::Zh { zh } else { en }.to_owned())
    }

    /// A rate or a share as a fraction, without zeros at its end.
    #[must_use]
    pub fn rate(rate: Rate) -> Self {
        Self::Decimal(rate.fraction().normalize())
    }

    /// Yes or no, in the language of the request.
    #[must_use]
    pub fn yes(lang: Lang, flag: bool) -> Self {
        if flag { Self::said(lang, "是", "yes") } else { Self::said(lang, "否", "no") }
    }
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

/// A whole list for a file: its pages one after the other, each row as cells, at most [`ROWS_MAX`] rows.
///
/// # Errors
/// What a page or a row fails with.
pub async fn rows<M, F, P>(
    mut page: F,
    mut cells: impl FnMut(M) -> Result<Vec<Cell>, Fault>,
) -> Result<Vec<Vec<Cell>>, Problem>
where
    F: FnMut(PageRequest) -> P,
    P: Future<Output = Result<PageOf<M>, ListingError>>,
{
    let mut cursor = None;
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let found = page(PageRequest { limit: LIMIT_MAX, cursor }).await?;
        for row in found.items {
            rows.push(cells(row)?);
        }
        if found.next_cursor.is_none() {
            break;
        }
        cursor = found.next_cursor;
    }
    Ok(rows)
}

/// Column heads in the language of the request, from pairs of Chinese and English.
#[must_use]
pub fn heads<const N: usize>(lang: Lang, pairs: [(&str, &str); N]) -> Vec<String> {
    let one = |(zh, en): (&str, &str)| match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    };
    pairs.into_iter().map(one).collect()
}

impl Table {
    /// The table as a file to download.
    ///
    /// # Errors
    /// 500 when the file cannot be written.
    pub fn respond(&self, kind: FileKind) -> Result<Response, Problem> {
        Ok(match kind {
            FileKind::Csv => {
                let bytes = self.csv().map_err(|error| Problem::fault(&error))?;
                download(&format!("{}.csv", self.name), CSV, bytes)
            }
            FileKind::Xlsx => download(&format!("{}.xlsx", self.name), XLSX, self.xlsx()?),
        })
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(csv_text))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }

    fn xlsx(&self) -> Result<Vec<u8>, PaperError> {
        let columns = self.columns.iter().enumerate().map(|(position, title)| {
            let filled = self.rows.iter().filter_map(|row| row.get(position)).find_map(kind_of);
            Column::new(title, filled.unwrap_or(Kind::Text))
        });
        let rows = self.rows.iter().map(|row| row.iter().map(paper::Cell::from));
        // A list is of no day: the same rows give the same file.
        Book::new(NaiveDate::default())
            .sheet(Sheet::new(&self.name, paper::Table::new(columns).rows(rows)))
            .bytes()
    }
}

fn kind_of(cell: &Cell) -> Option<Kind> {
    match cell {
        Cell::Text(_) => Some(Kind::Text),
        Cell::Number(_) => Some(Kind::Whole),
        Cell::Amount(_) => Some(Kind::Amount),
        Cell::Decimal(_) => Some(Kind::Decimal),
        Cell::Date(_) => Some(Kind::Date),
        Cell::Empty => None,
    }
}

impl From<&Cell> for paper::Cell {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Text(text) => Self::Text(text.clone()),
            Cell::Number(number) => Self::Whole(*number),
            Cell::Amount(money) => Self::Amount(*money),
            Cell::Decimal(figure) => Self::Decimal(*figure),
            Cell::Date(day) => Self::Date(*day),
            Cell::Empty => Self::Empty,
        }
    }
}

/// Bytes as a file to download. `name` is ASCII and has its ending.
pub fn download(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

impl From<Lang> for paper::Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Chinese,
            Lang::En => Self::English,
        }
    }
}

impl From<PaperError> for Problem {
    /// A server without a Chinese font says so, and how else the content can be had; anything else is a fault.
    fn from(error: PaperError) -> Self {
        match error {
            PaperError::NoChineseFont => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "no-chinese-font",
                "服务器未安装中文字体，无法生成 PDF。请改为下载 XLSX 或打印页面，并请平台管理员安装中文字体（如 Noto Sans CJK）。",
                "No Chinese font is installed on the server, so no PDF can be made: download the XLSX or print the page instead, and have the platform's administrator install one, such as Noto Sans CJK.",
            ),
            other => Self::fault(&other),
        }
    }
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
        Cell::Decimal(figure) => figure.to_string(),
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
        assert_eq!(csv_text(&Cell::Decimal(Decimal::new(-68, 2))), "-0.68", "a number stays a number");
    }
}
