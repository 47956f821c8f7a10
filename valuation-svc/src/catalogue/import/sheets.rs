//! The sheets of a workbook that is larger than may be held, looked at before they are streamed. They may be larger, because
//! the reader holds of a sheet no more than a cell at a time; so nothing that it holds whole may pose as one, and no
//! sheet may be one cell.
//!
//! The reader looks for all that it holds beside the part that the package names as its workbook. Where that is the usual
//! one, none of it lies in the folder of the sheets.

use std::io::{BufReader, Read};

use quick_xml::{Reader, events::Event};

use super::{held::each_tag, problem::ImportProblem};

/// The folder of the sheets beside the usual workbook.
const FOLDER: &str = "xl/worksheets/";
/// The ways to name the usual workbook. Another spelling of it is written by no program and taken for another workbook.
const USUAL: [&str; 4] = [
    "Target=\"xl/workbook.xml\"",
    "Target=\"/xl/workbook.xml\"",
    "Target='xl/workbook.xml'",
    "Target='/xl/workbook.xml'",
];
/// What is held of a sheet at a time, bytes of XML: a cell with all in it; a tag, text or comment beside the cells.
pub(super) const PIECE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Elements within elements. A cell lies in the fourth, its text at most in the seventh; the reader remembers the open ones.
pub(super) const DEPTH_MAX: u32 = 100;

/// Whether the part of this name is a sheet beside the usual workbook. The reader finds parts by their names in any case, with
/// either slash.
pub(super) fn is_sheet(name: &str) -> bool {
    let name = found_as(name);
    let file = name.strip_prefix(FOLDER).and_then(|file| file.strip_suffix(".xml"));
    file.is_some_and(|file| !file.contains('/'))
}

/// Whether the part of this name says which part is the workbook.
pub(super) fn names_workbook(name: &str) -> bool {
    found_as(name) == "_rels/.rels"
}

/// The name of a part as the reader looks for it.
pub(super) fn found_as(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// Checks that no other workbook is named than the usual one.
///
/// # Errors
/// It is elsewhere, and what is held with it may lie among the sheets; or the part is damaged.
pub(super) fn check_place(part: impl Read) -> Result<(), ImportProblem> {
    let whole = each_tag(part, &mut |tag| {
        // As they are written: whichever of two targets the reader takes, there is only one.
        let stated: &str = tag.attributes_raw();
        let of_workbook =
            tag.local_name().as_ref() == "Relationship" && stated.contains("/relationships/officeDocument");
        let usual = stated.matches("Target").count() == 1 && USUAL.iter().any(|one| stated.contains(one));
        if of_workbook && !usual { Err(ImportProblem::WorkbookTooLarge) } else { Ok(()) }
    })?;
    if whole { Ok(()) } else { Err(ImportProblem::CorruptWorkbook) }
}

/// Checks that of a sheet, read up to its last row as the reader reads it, no more than so many bytes are held at a time;
/// they are more than the few thousand that are read ahead. Unlike the reader it insists that elements end in order: only then is a cell over where it ends.
///
/// # Errors
/// A cell, or something beside the cells, is larger; elements end out of order or lie too deep in each other.
pub(super) fn check_pieces(part: impl Read, bytes_max: u64) -> Result<(), ImportProblem> {
    let mut xml = Reader::from_reader(BufReader::new(part.take(bytes_max)));
    xml.config_mut().expand_empty_elements = true;
    let (mut depth, mut cells) = (0_u32, 0_u32);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer);
        // A text that is cut off here would pass for a whole one.
        if xml.get_ref().get_ref().limit() == 0 {
            return Err(ImportProblem::WorkbookTooLarge);
        }
        match event {
            Ok(Event::Start(tag)) => {
                depth += 1;
                cells += u32::from(tag.local_name().as_ref() == "c");
                if depth > DEPTH_MAX {
                    return Err(ImportProblem::CorruptWorkbook);
                }
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                cells = cells.saturating_sub(u32::from(tag.local_name().as_ref() == "c"));
                if cells == 0 && tag.local_name().as_ref() == "sheetData" {
                    return Ok(());
                }
            }
            Ok(Event::Eof) => return Ok(()),
            Err(_) => return Err(ImportProblem::CorruptWorkbook),
            Ok(_) => {}
        }
        if cells == 0 {
            xml.get_mut().get_mut().set_limit(bytes_max);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOO_LARGE: Result<(), ImportProblem> = Err(ImportProblem::WorkbookTooLarge);
    const DAMAGED: Result<(), ImportProblem> = Err(ImportProblem::CorruptWorkbook);

    #[test]
    fn a_sheet_is_known_by_its_folder_in_the_ways_in_which_the_reader_finds_it() {
        for name in ["xl/worksheets/sheet1.xml", "XL\\Worksheets\\Sheet12.XML"] {
            assert!(is_sheet(name), "{name}");
        }
        for name in [
            "xl/sharedStrings.xml",
            "xl/worksheets/_rels/sheet1.xml.rels",
            "xl/worksheets/_rels/workbook.xml",
            "xl/worksheets/../sharedStrings.xml",
            "xl/worksheets/theme/theme1.xml",
            "worksheets/sheet1.xml",
            "xl/worksheets/sheet1.bin",
        ] {
            assert!(!is_sheet(name), "{name}");
        }
        assert!(names_workbook("_RELS\\.rels") && !names_workbook("xl/_rels/workbook.xml.rels"));
    }

    #[test]
    fn a_workbook_among_the_sheets_is_none() {
        let judge = |attributes: &str| {
            check_place(format!("<Relationships><Relationship {attributes}/></Relationships>").as_bytes())
        };
        let kind =
            "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"";
        for target in USUAL {
            assert_eq!(judge(&format!("Id=\"rId1\" {kind} {target}")), Ok(()), "{target}");
        }
        for target in [
            "Target=\"xl/worksheets/workbook.xml\"",
            "Target=\"xl/worksheets&#47;workbook.xml\"",
            "Target=\"xl/workbook.xml\" Target=\"xl/worksheets/sheet1.xml\"",
            "Target=\"xl/worksheets/sheet1.xml\" x='Target=\"xl/workbook.xml\"'",
            "Target = \"xl/worksheets/sheet1.xml\"",
        ] {
            assert_eq!(judge(&format!("{kind} {target}")), TOO_LARGE, "{target}");
        }
        assert_eq!(judge("Type=\"x/thumbnail\" Target=\"docProps/thumbnail.jpeg\""), Ok(()));
    }

    /// What is said of rows of which no more than ten thousand bytes may be held at a time.
    fn judged(rows: &str) -> Result<(), ImportProblem> {
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        check_pieces(sheet.as_bytes(), 10_000)
    }

    #[test]
    fn rows_may_go_on_for_ever_but_no_cell_and_nothing_beside_the_cells_may() {
        let cell = format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "a".repeat(5_000));
        assert_eq!(judged(&cell.repeat(100)), Ok(()));
        assert_eq!(judged(&"<row r=\"1\"/>\n".repeat(10_000)), Ok(()));
        let long = "a".repeat(30_000);
        let bits = "a&amp;".repeat(5_000);
        for rows in [
            format!("<row><c><v>{long}</v></c></row>"),
            format!("<row><c><v>{bits}</v></c></row>"),
            // Inside a text nothing else ends a cell.
            format!("<row><c t=\"str\"><v>{}</v></c></row>", "aaa<c/><row></row>".repeat(2_000)),
            format!("<row><c><is>{}</is></c></row>", "<r><t>aaaaaa</t></r>".repeat(2_000)),
            format!("<row spans=\"{long}\"/>"),
            format!("<!--{long}--><row/>"),
            format!("<row>{long}</row>"),
        ] {
            assert_eq!(judged(&rows), TOO_LARGE, "{rows:.60}");
        }
    }

    #[test]
    fn a_cell_that_does_not_end_where_it_says_is_damaged() {
        assert_eq!(judged("<row><c><v>1</x></c></row>"), DAMAGED);
        assert_eq!(judged("<row><c><v>1</row></v></c>"), DAMAGED);
        assert_eq!(judged(&format!("{}{}", "<a>".repeat(120), "</a>".repeat(120))), DAMAGED);
        // After the last row nobody reads.
        let sheet = format!("<worksheet><sheetData></sheetData>{}", "a".repeat(50_000));
        assert_eq!(check_pieces(sheet.as_bytes(), 10_000), Ok(()));
        assert_eq!(check_pieces(&b"<worksheet><sheetData><row>"[..], 10_000), Ok(()), "left to the reader");
    }
}
