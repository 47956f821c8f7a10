//! Files of deals: a table (CSV, XLSX) with a deal a row, or JSON Lines with a deal a line. Taken wholly or not at all.

use serde_json::Value;

use super::deal::{DealDraft, DealKind, RoyaltyBase, SourceKind};
use crate::{
    catalogue::import::plain::{self, Members, PlainLine},
    reference::model::{
        cells::{Cells, Column, RowError, places},
        whole::{self, FileRefusal},
    },
};

/// The most deals of one file.
pub const ROWS_MAX: u64 = 2_000;

/// The columns of a table, and the members of a line.
pub const COLUMNS: &[Column] = &[
    Column::new("kind", "交易类型", "Kind", true),
    Column::new("dealt_on", "合同日期", "Date", true),
    Column::new("patents", "专利号", "Patents", false),
    Column::new("ipc", "IPC分类号", "IPC symbols", false),
    Column::new("patent_count", "专利件数", "Number of patents", false),
    Column::new("seller", "出让方", "Seller", true),
    Column::new("buyer", "受让方", "Buyer", true),
    Column::new("price", "价款（元）", "Price (yuan)", true),
    Column::new("royalty_rate", "提成费率", "Royalty", false),
    Column::new("royalty_base", "计费基数", "Royalty base", false),
    Column::new("term_months", "许可期限（月）", "Term (months)", false),
    Column::new("remaining_months", "剩余保护期（月）", "Remaining life (months)", false),
    Column::new("source", "来源", "Source", true),
    Column::new("source_reference", "来源编号", "Source reference", true),
    Column::new("shared", "可共享", "Shared", false),
];

/// Reads a file into drafts with their lines.
///
/// # Errors
/// Why it is not taken.
pub fn read(bytes: &[u8]) -> Result<Vec<(u64, DealDraft)>, FileRefusal> {
    let mut errors = Vec::new();
    let mut drafts = Vec::new();
    let mut take = |mut cells: Cells<'_>| {
        let draft = draft(&mut cells);
        let sound = cells.errors.is_empty();
        errors.append(&mut cells.errors);
        drafts.extend(draft.filter(|_| sound).map(|draft| (cells.line, draft)));
    };
    let lines = plain::lines(bytes, &whole::limits(ROWS_MAX)).map_err(FileRefusal::Unreadable)?;
    let rows = if let Some(lines) = lines {
        of_lines(&lines, &mut take)?
    } else {
        let table = whole::table(bytes, COLUMNS, ROWS_MAX)?;
        let places = places(COLUMNS, &table.headers);
        table.rows.iter().for_each(|row| take(Cells::of_row(COLUMNS, &places, row)));
        table.rows.len()
    };
    if errors.is_empty() { Ok(drafts) } else { Err(FileRefusal::rows(rows, errors)) }
}

fn of_lines(lines: &[PlainLine], take: &mut impl FnMut(Cells<'_>)) -> Result<usize, FileRefusal> {
    let mut wrong = Vec::new();
    for (line, text) in lines {
        let line = *line;
        let text = match text {
            Ok(text) => text,
            Err(reason) => {
                wrong.push(RowError::of(line, None, reason));
                continue;
            }
        };
        match serde_json::from_str::<Members>(text) {
            Ok(Members { values: members, repeated }) => {
                let mut cells = Cells::of_values(COLUMNS, line, |name| said(members.get(name)));
                if let Some(name) = repeated {
                    let name: String = name.chars().take(40).collect();
                    let zh = format!("“{name}”在本行出现两次，请只保留一个");
                    let en = format!("\"{name}\" stands twice in the line; keep one of them");
                    cells.errors.push(RowError::new(line, Some(&name), "repeated-member", zh, en));
                }
                for unknown in
                    members.keys().filter(|name| COLUMNS.iter().all(|column| column.name != *name)).take(5)
                {
                    let name: String = unknown.chars().take(40).collect();
                    let (zh, en) = (format!("没有“{name}”这一项"), format!("there is no member \"{name}\""));
                    cells.errors.push(RowError::new(line, Some(&name), "unknown-member", zh, en));
                }
                take(cells);
            }
            Err(_) => wrong.push(RowError::new(
                line,
                None,
                "bad-json",
                "本行不是一个 JSON 对象",
                "the line is not one JSON object",
            )),
        }
    }
    if wrong.is_empty() { Ok(lines.len()) } else { Err(FileRefusal::rows(lines.len(), wrong)) }
}

/// A member as a cell would say it; lists are parted by semicolons.
fn said(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(|item| said(Some(item))).collect::<Vec<_>>().join(";"),
        Some(other) => other.to_string(),
    }
}

fn list(text: &str) -> Vec<String> {
    let parts = text.split([';', '；', '\n', '、', '|']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn draft(cells: &mut Cells<'_>) -> Option<DealDraft> {
    let kind = one_of(cells, "kind", DealKind::of_name, "转让、独占许可、排他许可、普通许可、开放许可");
    let source = one_of(cells, "source", SourceKind::of_name, "合同备案、公告、拍卖");
    let royalty_base = if cells.has("royalty_base") {
        one_of(cells, "royalty_base", RoyaltyBase::of_name, "净销售额、销售额、利润")
    } else {
        None
    };
    cells.demanded("dealt_on");
    let dealt_on = cells.day("dealt_on");
    Some(DealDraft {
        patents: list(cells.raw("patents")),
        ipc: list(cells.raw("ipc")),
        patent_count: cells.count("patent_count"),
        seller: cells.demanded("seller"),
        buyer: cells.demanded("buyer"),
        price: cells.amount("price"),
        royalty_rate: cells.share("royalty_rate"),
        royalty_base,
        term_months: cells.count("term_months"),
        remaining_months: cells.count("remaining_months"),
        source_reference: cells.demanded("source_reference"),
        shared: cells.flag("shared"),
        kind: kind?,
        dealt_on: dealt_on?,
        source: source?,
    })
}

fn one_of<T>(cells: &mut Cells<'_>, name: &str, read: fn(&str) -> Option<T>, known: &str) -> Option<T> {
    let text = cells.demanded(name);
    let found = read(&text);
    if found.is_none() && !text.is_empty() {
        let text: String = text.chars().take(40).collect();
        cells.refuse(
            name,
            "unknown-word",
            format!("“{text}”应为 {known}"),
            format!("\"{text}\" is none of {known}"),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "交易类型,合同日期,IPC分类号,出让方,受让方,价款（元）,来源,来源编号,许可期限（月）,可共享\n\
        转让,2025-03-10,C22B26/12;C01D15/08,甲大学,乙公司,800000,公告,2025-017,,是\n\
        普通许可,2025/4/1,C22B,甲大学,丙公司,\"120,000\",合同备案,X2025,36,\n";

    #[test]
    fn a_table_and_json_lines_say_the_same() {
        let table = read(TABLE.as_bytes()).unwrap();
        assert_eq!((table[0].0, table[1].0), (2, 3));
        assert_eq!((table[0].1.ipc.len(), table[0].1.shared, table[1].1.shared), (2, true, false));
        let json: String =
            table.iter().map(|(_, draft)| format!("{}\n", serde_json::to_string(draft).unwrap())).collect();
        let lines: Vec<DealDraft> =
            read(json.as_bytes()).unwrap().into_iter().map(|(_, draft)| draft).collect();
        assert_eq!(lines, table.into_iter().map(|(_, draft)| draft).collect::<Vec<_>>());
    }

    #[test]
    fn a_file_reads_alike_in_every_encoding() {
        let drafts = read(TABLE.as_bytes()).unwrap();
        let json: String =
            drafts.iter().map(|(_, draft)| format!("{}\n", serde_json::to_string(draft).unwrap())).collect();
        for text in [TABLE.replace("        ", ""), json] {
            let expected: Vec<DealDraft> = drafts.iter().map(|(_, draft)| draft.clone()).collect();
            let utf16: Vec<u8> =
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
            for bytes in [[b"\xef\xbb\xbf", text.as_bytes()].concat(), utf16, gbk] {
                let found: Vec<DealDraft> =
                    read(&bytes).unwrap().into_iter().map(|(_, draft)| draft).collect();
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn every_wrong_row_is_named_by_line_and_column() {
        let text = TABLE.replace("2025/4/1", "soon").replace("普通许可", "借用");
        let Err(FileRefusal::Rows { errors, rows, .. }) = read(text.as_bytes()) else { panic!("taken") };
        let found: Vec<_> = errors.iter().map(|e| (e.line, e.column.as_deref().unwrap())).collect();
        assert_eq!((rows, found), (2, vec![(3, "交易类型"), (3, "合同日期")]));
        let Err(FileRefusal::Rows { errors, .. }) = read(b"{\"kind\": \"sale\"\n") else { panic!("taken") };
        assert_eq!(errors[0].code, "bad-json");
        let Err(FileRefusal::Rows { errors, .. }) = read(b"{\"target_value\": 1}\n") else { panic!("taken") };
        assert_eq!(errors[0].code, "unknown-member");
        let twice = b"{\"seller\": \"a\", \"seller\": \"b\", \"buyer\": \"c\\u0000\"}\n";
        let Err(FileRefusal::Rows { errors, .. }) = read(twice) else { panic!("taken") };
        for code in ["repeated-member", "zero-character"] {
            assert!(errors.iter().any(|error| error.line == 1 && error.code == code), "{code}: {errors:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_the_reader_fall_over(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600), cells in "[,;\"\n{}:a-z0-9\u{4e00}-\u{4e20}-]{0,300}") {
            drop(read(&bytes));
            let head: Vec<&str> = COLUMNS.iter().map(|column| column.zh).collect();
            drop(read(format!("{}\n{cells}", head.join(",")).as_bytes()));
            drop(read(format!("{{\"kind\": \"sale\"}}\n{cells}").as_bytes()));
        }
    }
}
