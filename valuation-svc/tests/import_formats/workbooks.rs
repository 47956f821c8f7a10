//! Workbooks: dates and numbers as such, notes around the table, formulas, sheets, and packages that lie.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use valuation_svc::{
    catalogue::import::{self, ImportProblem, Limits, Mapping},
    deals,
    reference::model::{
        TableKind,
        whole::{self, FileRefusal},
    },
};

use crate::{day, facts};

const HEADERS: [&str; 5] = ["公开（公告）号", "标题", "申请日", "权利要求数量", "申请号"];

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().unwrap()
}

fn table(sheet: &mut Worksheet, first_row: u32) {
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.write(first_row, column, header).unwrap();
    }
    sheet.write(first_row + 1, 0, "CN103456789B").unwrap();
    sheet.write(first_row + 1, 1, "一种锂盐的制备方法").unwrap();
    let date = NaiveDate::from_ymd_opt(2019, 3, 7).unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_date_with_format(first_row + 1, 2, date, &format).unwrap();
    sheet.write(first_row + 1, 3, 10).unwrap();
}

#[test]
fn a_workbook_is_known_by_its_content_and_may_have_lines_above_and_notes_beside() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "Cover").unwrap();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "导出时间：2024-01-05").unwrap();
    table(sheet, 3);
    sheet.write(4, 8, "a note").unwrap();
    let file = import::read(&saved(book), None).unwrap();
    assert_eq!((file.encoding, file.header_line, file.read), ("XLSX", 4, 1));
    let patent = &facts(file)[0];
    assert_eq!((patent.filing_date, patent.claims), (day("2019-03-07"), Some(10)));
}

#[test]
fn days_as_bare_numbers_and_counts_as_fractions() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    table(sheet, 0);
    sheet.write(2, 0, "CN103456790B").unwrap();
    sheet.write(2, 1, "乙").unwrap();
    sheet.write(2, 2, 43_531).unwrap();
    sheet.write(3, 0, "CN103456791B").unwrap();
    sheet.write(3, 1, "丙").unwrap();
    sheet.write(3, 2, 20_190_307).unwrap();
    sheet.write(4, 0, "CN103456792B").unwrap();
    sheet.write(4, 1, "丁").unwrap();
    sheet.write(4, 3, 1.5).unwrap();
    let (records, refused) = import::read(&saved(book), None).unwrap().into_parts();
    assert!(records.iter().all(|r| r.facts.filing_date == day("2019-03-07")), "{records:?}");
    assert_eq!(records.len(), 3);
    assert_eq!((refused[0].line, refused[0].reason.code()), (5, "bad-count"));
}

#[test]
fn of_a_formula_the_stored_value_counts_and_an_error_value_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    table(sheet, 0);
    sheet.write(1, 3, Formula::new("=5+5").set_result("12")).unwrap();
    sheet.write(2, 0, "CN103456790B").unwrap();
    sheet.write(2, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let (records, refused) = import::read(&saved(book), None).unwrap().into_parts();
    assert_eq!(records[0].facts.claims, Some(12));
    assert_eq!((refused[0].line, refused[0].reason.code()), (3, "workbook-error"));
}

#[test]
fn a_mapping_may_choose_the_sheet() {
    let mut book = Workbook::new();
    table(book.add_worksheet().set_name("一月").unwrap(), 0);
    let second = book.add_worksheet().set_name("二月").unwrap();
    table(second, 0);
    second.write(1, 0, "CN103456799B").unwrap();
    let bytes = saved(book);
    let read = |toml: &str| import::read(&bytes, Some(&Mapping::parse(toml).unwrap()));
    assert_eq!(facts(read("sheet = \"二月\"").unwrap())[0].publication_number, "CN103456799B");
    let refusal = read("sheet = \"三月\"").unwrap_err();
    assert!(refusal.zh().contains("一月、二月"), "{}", refusal.zh());
}

#[test]
fn a_workbook_beyond_the_limits_is_refused_before_it_is_unpacked() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    table(sheet, 0);
    for row in 2..2_000 {
        sheet.write(row, 1, "长".repeat(50)).unwrap();
    }
    let bytes = saved(book);
    let limits = Limits { workbook_bytes_max: 10_000, ..Limits::default() };
    assert_eq!(import::read_within(&bytes, None, &limits), Err(ImportProblem::WorkbookTooLarge));
    let limits = Limits { workbook_cells_max: 100, ..Limits::default() };
    assert_eq!(import::read_within(&bytes, None, &limits), Err(ImportProblem::WorkbookTooLarge));
}

#[test]
fn a_package_that_declares_less_than_it_holds_is_refused() {
    let mut book = Workbook::new();
    table(book.add_worksheet(), 0);
    let mut bytes = saved(book);
    // The size of every entry in the directory, set to one byte.
    let entries: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == b"PK\x01\x02").map(|(at, _)| at).collect();
    for at in entries {
        bytes[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert_eq!(import::read(&bytes, None), Err(ImportProblem::CorruptWorkbook));
}

#[test]
fn a_package_that_unpacks_to_too_much_is_refused_by_every_importer() {
    let mut book = Workbook::new();
    table(book.add_worksheet(), 0);
    let mut bomb = saved(book);
    // What the directory declares for every entry, set to a gigabyte.
    let entries: Vec<usize> =
        bomb.windows(4).enumerate().filter(|(_, w)| w == b"PK\x01\x02").map(|(at, _)| at).collect();
    for at in entries {
        bomb[at + 24..at + 28].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    }
    assert_eq!(import::read(&bomb, None), Err(ImportProblem::WorkbookTooLarge));
    let too_large = FileRefusal::Unreadable(ImportProblem::WorkbookTooLarge);
    for kind in TableKind::ALL {
        assert_eq!(whole::read(kind, &bomb), Err(too_large.clone()));
    }
    assert_eq!(deals::model::read::read(&bomb), Err(too_large));
}

#[test]
fn tables_of_other_subjects_are_read_from_workbooks_within_the_same_bounds() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(["行业代码", "月份", "指数"]) {
        sheet.write(0, column, header).unwrap();
    }
    for row in 1..40 {
        sheet.write(row, 0, "C26").unwrap();
        sheet.write(row, 1, format!("{}-{:02}", 2020 + row / 12, row % 12 + 1)).unwrap();
        // Of a formula the stored value counts.
        sheet.write(row, 2, Formula::new("=50+50").set_result("100")).unwrap();
    }
    let bytes = saved(book);
    assert_eq!(whole::read(TableKind::MarketIndex, &bytes).unwrap().len(), 39);
    let known = |headers: &[String]| headers.len();
    let few = Limits { workbook_cells_max: 100, ..whole::limits(50) };
    assert_eq!(import::plain::table(&bytes, &known, &few).unwrap_err(), ImportProblem::WorkbookTooLarge);
    let short = Limits { rows_max: 38, ..whole::limits(50) };
    assert_eq!(
        import::plain::table(&bytes, &known, &short).unwrap_err(),
        ImportProblem::TooManyRows { rows_max: 38 }
    );
}
