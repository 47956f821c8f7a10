//! Sheets of ten million cells and more, and packages that claim them: read row by row, and refused as soon as a bound is
//! reached. That no more is read than that is held by a damaged cell further down: a reader that gets so far says that the
//! workbook is damaged.

use std::{io::Read, ops::ControlFlow};

use valuation_svc::{
    backtests::model::realisation,
    catalogue::import::{self, ImportProblem, Limits, plain},
    deals::model::read as deals,
    reference::model::{
        TableKind,
        cells::Column,
        whole::{self, FileRefusal},
    },
};
use zip::ZipArchive;

use crate::{
    facts,
    written_package::{Content, described, named, relation, workbook},
};

/// A cell that no reader takes.
const DAMAGED: &str = "<row><c t=\"damaged\"><v>1</v></c></row>";
/// A cell with a number.
const ONE: &str = "<c><v>1</v></c>";
/// Rows of a block that is compressed once.
const BLOCK: usize = 1_000;

fn texts(cells: &[&str]) -> String {
    cells.iter().map(|cell| format!("<c t=\"str\"><v>{cell}</v></c>")).collect()
}

/// The beginning of a sheet that claims a range.
fn begun(range: &str) -> Content {
    Content::default().once(&format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"{range}\"/>\
         <sheetData>"
    ))
}

fn ended(rows: Content) -> Content {
    rows.once("</sheetData></worksheet>")
}

/// A header, and blocks of a thousand equal rows, with a damaged cell after the first blocks where that is said.
fn long(header: &str, row: &str, blocks: usize, sound: Option<usize>) -> Vec<u8> {
    let row = format!("<row>{row}</row>");
    let head = begun("A1:J1000001").once(&format!("<row>{header}</row>"));
    let rows = match sound {
        Some(first) => head.times(&row, BLOCK, first).once(DAMAGED).times(&row, BLOCK, blocks - first),
        None => head.times(&row, BLOCK, blocks),
    };
    workbook(&ended(rows), &[])
}

/// A header of ten columns and rows of ten cells, each about the same patent.
fn patents(blocks: usize, sound: Option<usize>) -> Vec<u8> {
    let header = texts(&["公开号", "标题"]) + &texts(&["备注"; 8]);
    let row = texts(&["CN103456789B", "一种锂盐的制备方法"]) + &ONE.repeat(8);
    long(&header, &row, blocks, sound)
}

/// Reads row by row; how many were handed on.
fn streamed(bytes: &[u8], limits: &Limits) -> (Result<(), ImportProblem>, u64) {
    let mut handed = 0;
    let read = import::stream_within(bytes, None, limits, &mut |_, _| {
        handed += 1;
        ControlFlow::Continue(())
    });
    (read, handed)
}

#[test]
fn a_million_rows_of_ten_cells_are_read_no_further_than_a_bound() {
    let bytes = patents(1_000, Some(2));
    assert!(bytes.len() < 4 << 20, "{}", bytes.len());
    for (limits, refusal) in [
        (Limits { rows_max: 1_500, ..Limits::default() }, ImportProblem::TooManyRows { rows_max: 1_500 }),
        (Limits { workbook_cells_max: 15_000, ..Limits::default() }, ImportProblem::WorkbookTooLarge),
        // The platform's own bounds are wider, and reach the damaged cell.
        (Limits::default(), ImportProblem::CorruptWorkbook),
    ] {
        assert_eq!(import::read_within(&bytes, None, &limits), Err(refusal.clone()));
        assert_eq!(streamed(&bytes, &limits), (Err(refusal), 0));
    }
}

#[test]
fn a_sheet_of_the_same_rows_is_read_whole_and_its_package_is_sound() {
    let bytes = patents(1, None);
    let file = import::read(&bytes, None).unwrap();
    assert_eq!((file.read, file.duplicates, file.rejected()), (1_000, 999, 0));
    assert_eq!(facts(file)[0].publication_number, "CN103456789B");
    assert_eq!(streamed(&bytes, &Limits::default()), (Ok(()), 1_000));
    let mut archive = ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (declared, mut content) = (part.size(), Vec::new());
        part.read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, declared);
    }
}

#[test]
fn ten_million_cells_in_sixteen_thousand_columns_are_refused_at_the_first_rows() {
    let header = texts(&["公开号", "标题"]);
    let row = Content::default().once("<row>").times(ONE, 16_384, 1).once("</row>");
    let sheet = begun("A1:XFD612").with(&row, 9).once(DAMAGED).with(&row, 602);
    let bytes = workbook(&ended(sheet), &[]);
    let few = Limits { header_rows_max: 5, ..Limits::default() };
    let too_wide = ImportProblem::TooManyColumns { columns_max: 512 };
    assert_eq!(import::read_within(&bytes, None, &few), Err(too_wide.clone()));
    assert_eq!(streamed(&bytes, &few), (Err(too_wide), 0));
    let known = |headers: &[String]| usize::from(headers.iter().any(|header| header == "行业代码"));
    let refusal = plain::table(&bytes, &known, &few).unwrap_err();
    assert_eq!(refusal.code(), "unrecognised-headers");
    // Below a header, rows that are too wide are refused one by one.
    let sheet = begun("A1:XFD2").once(&format!("<row>{header}</row>")).with(&row, 1);
    let (_, refused) = import::read(&workbook(&ended(sheet), &[]), None).unwrap().into_parts();
    assert_eq!((refused[0].line, refused[0].reason.code()), (2, "too-many-cells"));
}

#[test]
fn every_importer_stops_at_its_own_bound() {
    // The first cell of each row holds something, nine nothing.
    let row = format!("{ONE}{}", "<c/>".repeat(9));
    let file = |columns: &[Column], row: &str| {
        let header: Vec<&str> = columns.iter().map(|column| column.zh).collect();
        long(&texts(&header), row, 1_000, Some(3))
    };
    let too_many = |rows_max| FileRefusal::Unreadable(ImportProblem::TooManyRows { rows_max });
    assert_eq!(deals::read(&file(deals::COLUMNS, &row)).unwrap_err(), too_many(2_000));
    assert_eq!(realisation::read(&file(realisation::COLUMNS, &row)).unwrap_err(), too_many(500));
    // Ten million numbers are more than a table may unpack to; nothing of them is unpacked.
    let too_large = FileRefusal::Unreadable(ImportProblem::WorkbookTooLarge);
    for kind in TableKind::ALL {
        let refusal = whole::read(kind, &file(kind.columns(), &ONE.repeat(10))).unwrap_err();
        assert_eq!(refusal, too_large, "{kind:?}");
    }
}

#[test]
fn a_sheet_that_claims_seventeen_thousand_million_cells_and_has_few_is_read() {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"str\"><v>{text}</v></c>");
    let sheet = begun("A1:XFD1048576")
        .once(&format!("<row r=\"1\">{}{}</row>", cell("A1", "公开号"), cell("B1", "标题")))
        .once(&format!(
            "<row r=\"1000000\">{}{}</row>",
            cell("A1000000", "CN103456789B"),
            cell("B1000000", "甲")
        ))
        .once(&format!("<row r=\"1048576\">{}</row>", cell("XFD1048576", "远")));
    let file = import::read(&workbook(&ended(sheet), &[]), None).unwrap();
    assert_eq!((file.header_line, file.read), (1, 2));
    let (records, refused) = file.into_parts();
    assert_eq!(records[0].facts.publication_number, "CN103456789B");
    assert_eq!((refused[0].line, refused[0].reason.code()), (1_048_576, "too-many-cells"));
}

#[test]
fn a_cell_far_to_the_right_counts_as_the_row_that_it_lays_out() {
    // Two rows in turn, each with one empty cell in the last column that is read.
    let rows = "<row><c r=\"SR2\"/></row><row><c r=\"SR3\"/></row>";
    let sheet = begun("A1:SR3").times(rows, BLOCK, 1).once(DAMAGED).times(rows, BLOCK, 499);
    let bytes = workbook(&ended(sheet), &[]);
    let within = |workbook_cells_max| {
        let limits = Limits { workbook_cells_max, ..Limits::default() };
        import::read_within(&bytes, None, &limits)
    };
    assert_eq!(within(2_000 * 512 - 1), Err(ImportProblem::WorkbookTooLarge));
    assert_eq!(within(2_000 * 512 + 1), Err(ImportProblem::CorruptWorkbook));
}

/// A header and rows of thirty thousand characters that unpack to some 270 MiB, in so many blocks; a damaged cell after the
/// first block.
fn beyond_what_is_held(blocks: usize) -> Vec<u8> {
    let inline = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let header: String = ["公开号", "标题", "备注"].into_iter().map(inline).collect();
    let long = "a".repeat(30_000);
    let cells: String = ["CN103456789B", "一种锂盐的制备方法", &long].into_iter().map(inline).collect();
    let row = format!("<row>{cells}</row>");
    let rows = begun("A1:C9401").once(&format!("<row>{header}</row>")).times(&row, 47, 1).once(DAMAGED);
    workbook(&ended(rows.times(&row, 47, blocks - 1)), &[])
}

#[test]
fn a_sheet_that_unpacks_to_more_than_is_held_is_streamed_by_a_job_and_refused_where_a_sender_waits() {
    let bytes = beyond_what_is_held(200);
    assert!(bytes.len() < 16 << 20, "{}", bytes.len());
    assert!(sheet_size(&bytes) > 256 << 20);
    let too_large = ImportProblem::WorkbookTooLarge;
    assert_eq!(import::read(&bytes, None), Err(too_large.clone()));
    assert_eq!(streamed(&bytes, &Limits::default()), (Err(too_large), 0));
    // The bound on rows lies before the damaged cell: the header is found, and no more is read than that.
    let few = Limits { rows_max: 40, ..Limits::of_a_job() };
    assert_eq!(streamed(&bytes, &few), (Err(ImportProblem::TooManyRows { rows_max: 40 }), 0));
}

/// What the directory says the sheet unpacks to, bytes.
fn sheet_size(bytes: &[u8]) -> u64 {
    let mut archive = ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().size()
}

#[test]
fn rows_beyond_what_is_held_are_handed_on_one_by_one() {
    let row = texts(&["CN103456789B", "一种锂盐的制备方法"]);
    let bytes = long(&texts(&["公开号", "标题"]), &row, 2, None);
    let within = |streamed: u64| Limits {
        workbook_bytes_max: 10_000,
        workbook_streamed_bytes_max: Some(streamed),
        ..Limits::default()
    };
    assert_eq!(streamed(&bytes, &within(300_000)), (Ok(()), 2_000));
    assert_eq!(streamed(&bytes, &within(100_000)), (Err(ImportProblem::WorkbookTooLarge), 0));
    // What is no sheet is held, and keeps its own bound.
    let sheet = ended(begun("A1:J6000").times("<row><c/></row>", 1_000, 6));
    let image = || ("xl/media/image1.png", Content::default().times("a", 12_000, 1));
    let with =
        |more: &[(&str, Content)]| import::read_within(&workbook(&sheet, more), None, &within(300_000));
    assert_eq!(with(&[]), Err(ImportProblem::Empty));
    assert_eq!(with(&[image()]), Err(ImportProblem::WorkbookTooLarge));
}

#[test]
fn a_cell_without_end_is_refused_though_its_sheet_would_be_streamed() {
    let inline = |inner: usize, outer: usize| {
        begun("A1:A1")
            .once("<row><c t=\"inlineStr\"><is><t>")
            .times("a", inner, outer)
            .once("</t></is></c></row>")
    };
    let limits = Limits {
        workbook_bytes_max: 10_000,
        workbook_streamed_bytes_max: Some(64 << 20),
        ..Limits::default()
    };
    let read = |sheet: Content| import::read_within(&workbook(&ended(sheet), &[]), None, &limits);
    // Short of the bound it is only no header.
    assert!(matches!(read(inline(1 << 16, 1)), Err(ImportProblem::UnrecognisedHeaders { .. })));
    assert_eq!(read(inline(1 << 16, 260)), Err(ImportProblem::WorkbookTooLarge));
}

#[test]
fn sheets_without_a_header_are_not_read_without_end() {
    let sheet = ended(begun("A1:J900").times("<row><c/></row>", 900, 1));
    let limits = Limits { workbook_cells_max: 1_000, ..Limits::default() };
    let under = |count: u32| {
        let names: Vec<String> = (0..count).map(|name| name.to_string()).collect();
        import::read_within(&named(&names, &sheet, &[]), None, &limits)
    };
    assert_eq!(under(4), Err(ImportProblem::Empty));
    assert_eq!(under(5), Err(ImportProblem::WorkbookTooLarge));
}

#[test]
fn one_sheet_under_two_names_is_refused() {
    let sheet = ended(begun("A1:B1").once(&format!("<row>{}</row>", texts(&["公开号", "标题"]))));
    let read = |second: &str, target: &str| {
        let names = format!("<sheet name=\"1\" r:id=\"a\"/><sheet name=\"2\" r:id=\"{second}\"/>");
        let relations =
            relation("a", "worksheet", "worksheets/sheet1.xml") + &relation("b", "worksheet", target);
        let (names, relations) = (Content::default().once(&names), Content::default().once(&relations));
        let sheets =
            ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"].map(|part| (part, sheet.clone()));
        import::read(&described(&names, &relations, &sheets), None).map(|file| file.read)
    };
    assert_eq!(read("b", "worksheets/sheet2.xml"), Ok(0));
    for (second, target) in
        [("a", "worksheets/sheet2.xml"), ("b", "worksheets/sheet1.xml"), ("b", "/XL/worksheets\\Sheet1.xml")]
    {
        assert_eq!(read(second, target), Err(ImportProblem::CorruptWorkbook), "{second} {target}");
    }
}

#[test]
fn rows_without_cells_count_and_end_where_a_sheet_does() {
    let head = || begun("A1:B2").once(&format!("<row>{}</row>", texts(&["公开号", "标题"])));
    let within = |rows: Content, workbook_cells_max| {
        let limits = Limits { workbook_cells_max, ..Limits::default() };
        import::read_within(&workbook(&ended(rows), &[]), None, &limits).map(|file| file.read)
    };
    // Two cells of the header, and as many rows as there are.
    let few = || head().times("<row r=\"2\"/>", BLOCK, 3);
    assert_eq!(within(few(), 3_002), Ok(0));
    assert_eq!(within(few(), 3_001), Err(ImportProblem::WorkbookTooLarge));
    // A cell that no reader takes is not reached beyond the bound, though nothing lies before it but empty rows.
    let many = head().times("<row r=\"1\"/>", BLOCK, 10).once(DAMAGED).times("<row/>", BLOCK, 1_500);
    assert_eq!(within(many.clone(), 10_001), Err(ImportProblem::WorkbookTooLarge));
    assert_eq!(within(many, 50_000), Err(ImportProblem::CorruptWorkbook));
}

#[test]
fn places_that_no_sheet_has_are_refused_by_every_importer_and_not_reckoned() {
    let read = |range: &str, rows: &str| {
        let header = format!("<row>{}</row>", texts(&["公开号", "标题"]));
        let bytes = workbook(&ended(begun(range).once(&header).once(rows)), &[]);
        let plain = deals::read(&bytes).unwrap_err();
        let patents = import::read(&bytes, None).map(|file| file.read);
        assert_eq!(
            patents == Err(ImportProblem::CorruptWorkbook),
            plain == FileRefusal::Unreadable(ImportProblem::CorruptWorkbook)
        );
        patents
    };
    let cell = |at: &str| format!("<row r=\"2\"><c r=\"{at}\"><v>1</v></c></row>");
    assert_eq!(read("A1:XFD1048576", &cell("A1048576")), Ok(1));
    for range in ["B2:A1", "A1:ZZZZZZZ99999999999", "A99999999999"] {
        assert_eq!(read(range, ""), Err(ImportProblem::CorruptWorkbook), "{range}");
    }
    // The fourth is the second row, were it reckoned in 32 bits.
    for at in ["A99999999999", "ZZZZZZZ2", "A1048577", "A4294967298", "XFE2"] {
        assert_eq!(read("A1:B2", &cell(at)), Err(ImportProblem::CorruptWorkbook), "{at}");
    }
    // Cells that do not say where they are go on from one that does.
    for rows in [
        "<row r=\"1048576\"/><row><c><v>1</v></c></row>",
        "<row r=\"4294967295\"/><row/><row/>",
        "<row><c r=\"XFD2\"/><c><v>1</v></c></row>",
    ] {
        assert_eq!(read("A1:B2", rows), Err(ImportProblem::CorruptWorkbook), "{rows}");
    }
}

#[test]
fn sheets_names_and_relationships_by_the_million_are_refused_before_they_are_held() {
    let sheet = ended(begun("A1:B1").once(&format!("<row>{}</row>", texts(&["公开号", "标题"]))));
    let read = |book: &Content, relations: &Content| {
        let first = Content::default().once("<sheet name=\"1\" r:id=\"a\"/>").with(book, 1);
        let to_it = Content::default().once(&relation("a", "worksheet", "worksheets/sheet1.xml"));
        let parts = [("xl/worksheets/sheet1.xml", sheet.clone())];
        import::read(&described(&first, &to_it.with(relations, 1), &parts), None).map(|file| file.read)
    };
    let (nothing, too_large) = (Content::default(), Err(ImportProblem::WorkbookTooLarge));
    let names = |blocks| Content::default().times("<definedName name=\"a\">A</definedName>", BLOCK, blocks);
    assert_eq!(read(&names(1), &nothing), Ok(0));
    assert_eq!(read(&names(3_000), &nothing), too_large);
    let more = |blocks| Content::default().times("<Relationship Type=\"x/image\"/>", BLOCK, blocks);
    assert_eq!(read(&nothing, &more(1)), Ok(0));
    assert_eq!(read(&nothing, &more(3_000)), too_large);
    let sheets = |count: u32| {
        let all = (1..=count).map(|id| {
            let target = format!("worksheets/more{id}.xml");
            (
                format!("<sheet name=\"m{id}\" r:id=\"m{id}\"/>"),
                relation(&format!("m{id}"), "worksheet", &target),
            )
        });
        let (sheets, relations): (String, String) = all.unzip();
        read(&Content::default().once(&sheets), &Content::default().once(&relations))
    };
    assert_eq!(sheets(999), Ok(0));
    assert_eq!(sheets(1_000), too_large);
}

#[test]
fn texts_and_styles_that_take_more_room_than_their_file_are_refused_before_they_are_held() {
    let sheet = ended(begun("A1:B2").once(&format!("<row>{}</row>", texts(&["公开号", "标题"]))));
    let read = |name: &str, content: Content| import::read(&workbook(&sheet, &[(name, content)]), None);
    let texts = |count: &str| Content::default().once(&format!("<sst uniqueCount=\"{count}\"></sst>"));
    let sound = read("xl/sharedStrings.xml", texts("8000000")).unwrap();
    assert_eq!(sound.read, 0);
    // Room for as many would be made at once: more than a computer has.
    for count in ["8000001", "99999999999", "18446744073709551615"] {
        let refusal = read("xl/sharedStrings.xml", texts(count));
        assert_eq!(refusal, Err(ImportProblem::WorkbookTooLarge), "{count}");
    }
    let limits = Limits { workbook_texts_max: 1_000, ..Limits::default() };
    let empty = Content::default().once("<sst>").times("<si/>", BLOCK, 9_000).once("</sst>");
    let bytes = workbook(&sheet, &[("XL/sharedstrings.xml", empty)]);
    assert_eq!(import::read_within(&bytes, None, &limits), Err(ImportProblem::WorkbookTooLarge));
    // Ten thousand styles, each with a copy of a format of a hundred thousand characters.
    let format =
        format!("<numFmts><numFmt numFmtId=\"164\" formatCode=\"{}\"/></numFmts>", "0".repeat(100_000));
    let styles = Content::default()
        .once(&format!("<styleSheet>{format}<cellXfs>"))
        .times("<xf numFmtId=\"164\"/>", BLOCK, 10)
        .once("</cellXfs></styleSheet>");
    assert_eq!(read("xl/styles.xml", styles), Err(ImportProblem::WorkbookTooLarge));
}
