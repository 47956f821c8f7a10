//! No bytes make the reader panic, and what it answers adds up.

use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use valuation_svc::catalogue::import::{self, ImportProblem, Limits, Mapping, ReadFile};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const LENS: &[u8] = include_bytes!("../data/lens-sample.csv");
const ESPACENET: &[u8] = include_bytes!("../data/espacenet-sample.csv");

fn adds_up(result: Result<ReadFile, ImportProblem>) {
    match result {
        Ok(file) => assert_eq!(file.read, file.rows.len() as u64 + file.duplicates),
        Err(problem) => assert!(problem.zh().ends_with('。') && problem.en().ends_with('.')),
    }
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(["公开号", "标题", "申请日"]) {
        sheet.write(0, column, header).unwrap();
        sheet.write(1, column, "CN1234567C").unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Some bytes of a file replaced, and its end cut off.
fn damaged(file: &[u8], changes: &[(usize, u8)], kept: usize) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for (at, byte) in changes {
        let at = at % bytes.len();
        bytes[at] = *byte;
    }
    bytes.truncate(bytes.len() - kept % (bytes.len() / 2));
    bytes
}

/// The workbook with the XML inside its package damaged, which no checksum then betrays.
fn damaged_inside(changes: &[(usize, u8)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook())).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        for (at, byte) in changes.iter().filter(|(at, _)| at % archive_share(&name) == 0) {
            let at = at / 7 % bytes.len();
            bytes[at] = *byte;
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Sheets and texts are damaged more often than what only names them.
fn archive_share(name: &str) -> usize {
    if name.contains("sheet1") || name.contains("sharedStrings") { 2 } else { 7 }
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8)>> {
    prop::collection::vec((0..100_000_usize, any::<u8>()), 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        adds_up(import::read(&bytes, None));
    }

    #[test]
    fn any_cells_below_a_known_header_are_answered(
        rows in prop::collection::vec(prop::collection::vec("[ -~\\n号年月日（；|,=\"'.0-9A-Z/-]{0,24}", 1..9), 1..8),
    ) {
        let mut text = "公开号,标题,申请号,申请日,IPC,权利要求数量,简单同族,优先权号,链接\n".to_owned();
        for row in rows {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        adds_up(import::read(text.as_bytes(), None));
    }

    #[test]
    fn any_bytes_as_a_table_of_other_subjects_are_answered(
        bytes in prop::collection::vec(any::<u8>(), 0..600), cells in "[ -~\\n号年月日（；|,=\"'.0-9]{0,200}",
    ) {
        let recognise = |headers: &[String]| headers.iter().filter(|header| !header.is_empty()).count();
        for bytes in [bytes, format!("code,name\n{cells}").into_bytes()] {
            match import::plain::table(&bytes, &recognise, &Limits::default()) {
                Ok(table) => prop_assert!(!table.headers.is_empty()),
                Err(problem) => prop_assert!(problem.zh().ends_with('。')),
            }
        }
    }

    #[test]
    fn damaged_exports_are_answered(changes in changes(), kept in any::<usize>()) {
        adds_up(import::read(&damaged(LENS, &changes, kept), None));
        adds_up(import::read(&damaged(ESPACENET, &changes, kept), None));
    }

    #[test]
    fn damaged_workbooks_are_answered(changes in changes(), cut in any::<bool>(), kept in any::<usize>()) {
        let file = workbook();
        adds_up(import::read(&damaged(&file, &changes, if cut { kept } else { 0 }), None));
    }

    #[test]
    fn workbooks_damaged_inside_are_answered(changes in changes()) {
        adds_up(import::read(&damaged_inside(&changes), None));
    }

    #[test]
    fn any_mapping_is_answered(
        text in "([a-z_]{1,16} = (\"[ -~]{0,4}\"|[0-9]|true)\\n|\\[columns\\]\\n|\\PC{0,12}\\n){0,6}",
    ) {
        if let Ok(mapping) = Mapping::parse(&text) {
            adds_up(import::read(ESPACENET, Some(&mapping)));
        }
    }
}
