//! What the rows of a file must keep to together, and how a file becomes a table: wholly, or not at all with every row
//! at fault named.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{
    TableKind,
    cells::{Cells, RowError, places, recognised, repeated},
    entry::Entry,
};
use crate::catalogue::import::{
    ImportProblem, Limits,
    plain::{self, PlainTable},
};

/// The most rows of a version.
pub const ROWS_MAX: u64 = 50_000;
/// The most errors that are listed one by one.
pub const ERRORS_MAX: usize = 200;

/// The bounds on a file of rows that are stored at once.
#[must_use]
pub fn limits(rows_max: u64) -> Limits {
    Limits {
        file_bytes_max: 16 * 1024 * 1024,
        rows_max,
        columns_max: 64,
        cell_bytes_max: 4 * 1024,
        row_bytes_max: 64 * 1024,
        workbook_bytes_max: 128 * 1024 * 1024,
        workbook_cells_max: 3_200_000,
        ..Limits::default()
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileRefusal {
    /// It cannot be read as a table.
    Unreadable(ImportProblem),
    /// No row is a header with the columns that are needed.
    Headers {
        /// What the row that looks most like one says.
        seen: Vec<String>,
    },
    /// It has a header and nothing below.
    NoRows,
    /// Some rows are wrong; nothing is kept.
    Rows {
        /// Rows of the file.
        rows: usize,
        /// How many errors there are.
        count: usize,
        /// The first of them.
        errors: Vec<RowError>,
    },
}

impl FileRefusal {
    /// The refusal of rows with errors, of which the first are listed.
    #[must_use]
    pub fn rows(rows: usize, mut errors: Vec<RowError>) -> Self {
        errors.sort_by_key(|error| error.line);
        let count = errors.len();
        errors.truncate(ERRORS_MAX);
        Self::Rows { rows, count, errors }
    }
}

/// Reads the table of a file whose columns are known.
///
/// # Errors
/// It is no such table.
pub fn table(
    bytes: &[u8],
    columns: &[super::cells::Column],
    rows_max: u64,
) -> Result<PlainTable, FileRefusal> {
    let known = |headers: &[String]| recognised(columns, headers);
    let found = plain::table(bytes, &known, &limits(rows_max)).map_err(|problem| match problem {
        ImportProblem::UnrecognisedHeaders { seen } => FileRefusal::Headers { seen },
        other => FileRefusal::Unreadable(other),
    })?;
    if let Some(header) = repeated(columns, &found.headers) {
        return Err(FileRefusal::Unreadable(ImportProblem::RepeatedColumn { header }));
    }
    if found.rows.is_empty() { Err(FileRefusal::NoRows) } else { Ok(found) }
}

/// Reads a file into the rows of a table.
///
/// # Errors
/// Why it is not taken.
pub fn read(kind: TableKind, bytes: &[u8]) -> Result<Vec<Entry>, FileRefusal> {
    let columns = kind.columns();
    let file = table(bytes, columns, ROWS_MAX)?;
    let places = places(columns, &file.headers);
    let mut rows: Vec<(u64, Entry)> = Vec::with_capacity(file.rows.len());
    let mut errors = Vec::new();
    for row in &file.rows {
        let mut cells = Cells::of_row(columns, &places, row);
        let entry = kind.entry(&mut cells);
        errors.append(&mut cells.errors);
        rows.extend(entry.map(|entry| (row.line, entry)));
    }
    together(&rows, &mut errors);
    if errors.is_empty() {
        Ok(rows.into_iter().map(|(_, entry)| entry).collect())
    } else {
        Err(FileRefusal::rows(file.rows.len(), errors))
    }
}

/// No row twice; the weights of one IPC beginning and scheme add up to 1 at most.
fn together(rows: &[(u64, Entry)], errors: &mut Vec<RowError>) {
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut weights: HashMap<(&str, &str), Decimal> = HashMap::new();
    for (line, entry) in rows {
        if let Some(before) = first.insert(entry.identity(), *line) {
            errors.push(RowError::new(
                *line,
                None,
                "repeated",
                format!("与第 {before} 行重复"),
                format!("it repeats line {before}"),
            ));
            continue;
        }
        if let Entry::Concordance(row) = entry {
            let sum = weights.entry((&row.ipc, row.scheme.name())).or_default();
            *sum += row.weight.fraction();
            if *sum > Decimal::ONE {
                errors.push(RowError::new(
                    *line,
                    Some("权重"),
                    "bad-sum",
                    format!("{} 在该分类体系下的权重合计为 {}，不得超过 1", row.ipc, sum.normalize()),
                    format!(
                        "the weights of {} in that classification come to {}, above 1",
                        row.ipc,
                        sum.normalize()
                    ),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: TableKind, text: &str) -> Vec<(u64, String)> {
        match read(kind, text.as_bytes()) {
            Err(FileRefusal::Rows { errors, .. }) => errors.into_iter().map(|e| (e.line, e.code)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_wrong_row_refuses_the_file_and_every_wrong_row_is_named() {
        let text = "行业代码,月份,指数\nC26,2026-01,100\nC99,2026-02,x\nC26,2026-01,101\n";
        let found = refused(TableKind::MarketIndex, text);
        let expected = [(3, "bad-code"), (3, "bad-value"), (4, "repeated")];
        assert_eq!(found, expected.map(|(line, code)| (line, code.to_owned())));
    }

    #[test]
    fn weights_of_one_symbol_share_one_whole() {
        let text = "ipc,scheme,code,weight\nC22B,national_economy,C32,0.6\nC22B,national_economy,C26,0.5\n\
                    C22B,cluster,new_materials,1\n";
        assert_eq!(refused(TableKind::Concordance, text), [(3, "bad-sum".to_owned())]);
    }

    #[test]
    fn a_file_of_something_else_is_refused_as_a_whole() {
        let headers = read(TableKind::MarketIndex, b"a,b\n1,2\n").unwrap_err();
        assert_eq!(headers, FileRefusal::Headers { seen: vec!["a".to_owned(), "b".to_owned()] });
        let none = read(TableKind::MarketIndex, "行业代码,月份,指数\n".as_bytes());
        assert_eq!(none.unwrap_err(), FileRefusal::NoRows);
        assert!(matches!(read(TableKind::MarketIndex, b"%PDF-1.7 x"), Err(FileRefusal::Unreadable(_))));
    }

    #[test]
    fn two_columns_that_say_the_same_and_a_damaged_name_refuse_the_file_and_a_damaged_cell_its_row() {
        for head in ["行业代码,月份,指数,月份", "行业代码,月份,指数,Month", "行业代码,月份,指数,备\u{0}注"]
        {
            let refused =
                read(TableKind::MarketIndex, format!("{head}\nC26,2026-01,100,2026-02\n").as_bytes());
            let Err(FileRefusal::Unreadable(problem)) = refused else { panic!("{head}: {refused:?}") };
            let last = head.rsplit(',').next().unwrap().replace('\0', " ");
            assert!(problem.zh().contains(&last) && problem.en().contains(&last), "{problem}");
        }
        let two_notes = "行业代码,备注,月份,指数,备注\nC26,甲,2026-01,100,乙\n";
        assert_eq!(read(TableKind::MarketIndex, two_notes.as_bytes()).map(|rows| rows.len()), Ok(1));
        let text = "行业代码,月份,指数\nC26,2026-01,100\nC26,2026-02,10\u{0}1\nC26,2026-03,102\u{0}\n";
        let found = refused(TableKind::MarketIndex, text);
        let lines: Vec<u64> =
            found.iter().filter(|(_, code)| code == "zero-character").map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4], "{found:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_the_reader_fall_over(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600), cells in "[,;\"\n%a-zA-Z0-9./\u{4e00}-\u{4e20}-]{0,300}") {
            for kind in TableKind::ALL {
                drop(read(kind, &bytes));
                let head: Vec<&str> = kind.columns().iter().map(|column| column.zh).collect();
                drop(read(kind, format!("{}\n{cells}", head.join(",")).as_bytes()));
            }
        }
    }
}
