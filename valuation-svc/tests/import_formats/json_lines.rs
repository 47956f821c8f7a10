//! JSON Lines: an object a line.

use std::io::{Cursor, Write};

use encoding_rs::GBK;
use proptest::prelude::*;
use valuation_svc::catalogue::import::{self, ImportProblem, Limits};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{facts, read, refused};

const TWO: &str = r#"{"publication_number":"CN115000001B","title":"一种锂盐的制备方法","applicants":["甲公司","乙大学"],"claims_count":9}
{"公开号":"CN115000002B","title":"一种减速器","ipc":["F16H 57/021"],"filing_date":"2019-04-01"}
"#;

#[test]
fn an_object_a_line_is_a_patent_a_line_whatever_the_encoding() {
    let same = TWO.replace("公开号", "publication_number");
    for bytes in [
        same.as_bytes().to_vec(),
        [&b"\xef\xbb\xbf"[..], same.as_bytes()].concat(),
        GBK.encode(&same).0.into_owned(),
        same.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ] {
        let patents = facts(import::read(&bytes, None).unwrap());
        assert_eq!(patents.len(), 2);
        assert_eq!(patents[0].applicants, ["甲公司", "乙大学"]);
        assert_eq!(patents[0].claims, Some(9));
        assert_eq!(patents[1].filing_date, crate::day("2019-04-01"));
    }
}

#[test]
fn a_line_that_is_no_object_costs_that_line() {
    let text =
        format!("{TWO}[1,2]\n{{\"publication_number\":\"CN115000003B\",\"title\":{{\"zh\":\"丙\"}}}}\n");
    let text = text.replace("公开号", "publication_number");
    assert_eq!(refused(&text), [(3, None, "not-an-object")]);
    assert_eq!(read(&text).unwrap().read, 4);
}

#[test]
fn more_members_than_columns_are_refused() {
    let members: Vec<String> = (0..600).map(|n| format!("\"m{n}\":1")).collect();
    let refusal = read(&format!("{{{}}}\n", members.join(","))).unwrap_err();
    assert_eq!(refusal, ImportProblem::TooManyColumns { columns_max: Limits::default().columns_max });
}

/// Refused by what the directory declares, before a byte of it is unpacked.
#[test]
fn a_workbook_that_unpacks_to_more_than_it_may_is_refused_before_it_is_unpacked() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.start_file("xl/workbook.xml", options).unwrap();
    writer.write_all(b"<workbook/>").unwrap();
    writer.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    writer.write_all(&vec![b'0'; 9 * 1024 * 1024]).unwrap();
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 64 * 1024, "{} bytes packed", bomb.len());
    let limits = Limits { workbook_bytes_max: 8 * 1024 * 1024, ..Limits::default() };
    assert_eq!(import::read_within(&bomb, None, &limits), Err(ImportProblem::WorkbookTooLarge));
}

#[test]
fn a_sheet_with_more_cells_than_it_may_have_is_refused_and_not_cut_short() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(["公开号", "标题"]) {
        sheet.write(0, column, header).unwrap();
        for row in 1..200 {
            sheet.write(row, column, format!("CN{}C", 1_234_567 + row)).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let within =
        |cells| import::read_within(&bytes, None, &Limits { workbook_cells_max: cells, ..Limits::default() });
    assert_eq!(within(400).unwrap().read, 199);
    assert_eq!(within(399), Err(ImportProblem::WorkbookTooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_objects_are_answered(
        lines in prop::collection::vec(
            prop_oneof![
                "\\{(\"(title|publication_number|申请日|ipc|claims)\":(\"[^\"\\\\]{0,12}\"|-?[0-9]{1,20}|null|\\[[0-9]?\\]|\\{\\}),?){0,5}\\}",
                "[ -~]{0,40}",
            ],
            0..12,
        ),
    ) {
        let text = format!("{{\"title\":\"a\",\"publication_number\":\"CN1A\"}}\n{}", lines.join("\n"));
        match import::read(text.as_bytes(), None) {
            Ok(file) => prop_assert_eq!(file.read, file.rows.len() as u64 + file.duplicates),
            Err(problem) => prop_assert!(problem.zh().ends_with('。')),
        }
    }
}
