//! No bytes make the reader panic, and what it answers adds up.

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use valuation_svc::catalogue::import::{self, ImportProblem, Mapping, ReadFile};

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
    fn any_mapping_is_answered(
        text in "([a-z_]{1,16} = (\"[ -~]{0,4}\"|[0-9]|true)\\n|\\[columns\\]\\n|\\PC{0,12}\\n){0,6}",
    ) {
        if let Ok(mapping) = Mapping::parse(&text) {
            adds_up(import::read(ESPACENET, Some(&mapping)));
        }
    }
}
