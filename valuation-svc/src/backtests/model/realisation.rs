//! What valued patents brought, and files of it: a table (CSV, XLSX) with a realisation a row. Taken wholly or not at all.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reference::model::{
    cells::{Cells, Column, places},
    whole::{self, FileRefusal},
};

/// The most realisations of one file.
pub const ROWS_MAX: u64 = 500;

/// The columns of a file.
pub const COLUMNS: &[Column] = &[
    Column::new("valuation_number", "评估编号", "Valuation", true),
    Column::new("kind", "变现方式", "Kind", true),
    Column::new("amount", "变现金额（元）", "Amount (yuan)", true),
    Column::new("realised_on", "变现日", "Day", true),
    Column::new("reference", "凭证号", "Reference", true),
    Column::new("note", "说明", "Note", false),
];

/// What kind of realisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RealisationKind {
    /// 协议转让
    Sale,
    /// 拍卖
    Auction,
    /// 许可
    Licence,
    /// 处置
    Disposal,
}

impl RealisationKind {
    /// The word in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Auction => "auction",
            Self::Licence => "licence",
            Self::Disposal => "disposal",
        }
    }

    /// The kind of a word in JSON or in Chinese.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word.to_lowercase().as_str() {
            "sale" | "协议转让" | "转让" => Self::Sale,
            "auction" | "拍卖" => Self::Auction,
            "licence" | "许可" => Self::Licence,
            "disposal" | "处置" => Self::Disposal,
            _ => return None,
        })
    }
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RealisationRow {
    /// The line of the file, or the row of the sheet.
    pub line: u64,
    /// The number of the valuation that it is compared with.
    pub valuation_number: String,
    /// How.
    pub kind: RealisationKind,
    /// What it brought, yuan.
    pub amount: Money,
    /// The day.
    pub realised_on: NaiveDate,
    /// The contract, the auction's record, the case.
    pub reference: String,
    /// What else there is to say; empty where nothing.
    pub note: String,
}

/// Reads a file.
///
/// # Errors
/// Why it is not taken.
pub fn read(bytes: &[u8]) -> Result<Vec<RealisationRow>, FileRefusal> {
    let table = whole::table(bytes, COLUMNS, ROWS_MAX)?;
    let places = places(COLUMNS, &table.headers);
    let (mut rows, mut errors) = (Vec::with_capacity(table.rows.len()), Vec::new());
    for row in &table.rows {
        let mut cells = Cells::of_row(COLUMNS, &places, row);
        rows.extend(one(&mut cells));
        errors.append(&mut cells.errors);
    }
    if errors.is_empty() { Ok(rows) } else { Err(FileRefusal::rows(table.rows.len(), errors)) }
}

fn one(cells: &mut Cells<'_>) -> Option<RealisationRow> {
    let valuation_number = cells.demanded("valuation_number").to_uppercase();
    let word = cells.demanded("kind");
    let kind = RealisationKind::of_word(&word);
    if kind.is_none() && !word.is_empty() {
        let word: String = word.chars().take(40).collect();
        cells.refuse(
            "kind",
            "unknown-word",
            format!("“{word}”应为 协议转让、拍卖、许可、处置"),
            format!("\"{word}\" is none of sale, auction, licence, disposal"),
        );
    }
    cells.demanded("amount");
    let amount = cells.amount("amount");
    cells.demanded("realised_on");
    let realised_on = cells.day("realised_on");
    let reference = cells.demanded("reference");
    let note = cells.text("note");
    Some(RealisationRow {
        line: cells.line,
        valuation_number,
        kind: kind?,
        amount: amount?,
        realised_on: realised_on?,
        reference,
        note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "评估编号,变现方式,变现金额（元）,变现日,凭证号\n\
        v20261101-0000000001,拍卖,\"120,000.50\",2026/11/2,拍卖 1 号\nV20261101-0000000002,sale,80000,2026-11-03,合同 2 号\n";

    #[test]
    fn a_file_of_realisations_is_read_in_any_encoding() {
        let expected = read(FILE.as_bytes()).unwrap();
        assert_eq!((expected[0].kind, expected[1].kind), (RealisationKind::Auction, RealisationKind::Sale));
        assert_eq!((expected[0].amount.to_string().as_str(), expected[0].line), ("120000.50", 2));
        assert_eq!(expected[0].valuation_number, "V20261101-0000000001");
        let gbk = encoding_rs::GB18030.encode(FILE).0.into_owned();
        assert_eq!(read(&gbk).unwrap(), expected);
    }

    #[test]
    fn every_wrong_cell_is_named_by_line_and_column() {
        let wrong = FILE.replace("拍卖,", "赠与,").replace("80000", "").replace("2026-11-03", "soon");
        let Err(FileRefusal::Rows { errors, .. }) = read(wrong.as_bytes()) else { panic!("taken") };
        let found: Vec<_> = errors.iter().map(|e| (e.line, e.column.as_deref().unwrap())).collect();
        assert_eq!(found, [(2, "变现方式"), (3, "变现金额（元）"), (3, "变现日")]);
    }
}
