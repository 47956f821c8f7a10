//! A sheet read one cell ahead of the workbook's reader. The reader reckons places of cells without a bound: beyond it a
//! debug build stops with a panic, and a release build goes on with another place, so that neither may get to see such
//! a place. It also passes over any number of rows without a cell in one step. And it takes what it finds in a cell up to an
//! end of the same name, wherever that is: here elements must end in order.
//!
//! Only so much is read ahead as is read at all: a sheet that is given up at a bound is not read to its end before.

use std::io::{BufReader, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{problem::ImportProblem, sheets::DEPTH_MAX};

/// Rows of a sheet (the format's own bound, as of the last column below).
pub(super) const ROWS_MAX: u32 = 1_048_576;
/// Columns of a sheet.
pub(super) const COLUMNS_MAX: u32 = 16_384;

/// A sheet, read up to a cell.
pub(super) struct Ahead<R: Read> {
    xml: Reader<BufReader<R>>,
    buffer: Vec<u8>,
    depth: u32,
    rows: u32,
    /// Whether the row that is open has no cell yet.
    bare: bool,
}

/// What lies between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passed {
    /// Rows without a cell.
    pub bare: u64,
    /// Whether no cell follows.
    pub ended: bool,
}

enum Tag {
    Sheet,
    SheetEnd,
    Row,
    RowEnd,
    Cell,
    CellEnd,
}

impl<R: Read> Ahead<R> {
    /// Reads what stands before the rows.
    ///
    /// # Errors
    /// It is damaged, or claims a range that no sheet has.
    pub(super) fn open(part: R) -> Result<Self, ImportProblem> {
        let mut xml = Reader::from_reader(BufReader::new(part));
        xml.config_mut().expand_empty_elements = true;
        let mut ahead = Self { xml, buffer: Vec::new(), depth: 0, rows: 0, bare: false };
        while !matches!(ahead.tag()?, Some(Tag::Sheet) | None) {}
        Ok(ahead)
    }

    /// Reads to the end of the next cell, or of the rows.
    ///
    /// # Errors
    /// A row or a cell lies where no sheet has one; elements end out of order; there are more rows than a sheet has.
    pub(super) fn pass(&mut self) -> Result<Passed, ImportProblem> {
        let mut passed = Passed { bare: 0, ended: false };
        loop {
            match self.tag()? {
                Some(Tag::Row) => {
                    self.rows += 1;
                    self.bare = true;
                    if self.rows > ROWS_MAX {
                        return Err(ImportProblem::WorkbookTooLarge);
                    }
                }
                Some(Tag::RowEnd) => {
                    passed.bare += u64::from(self.bare);
                    self.bare = false;
                }
                Some(Tag::Cell) => {
                    self.bare = false;
                    let over = matches!(self.tag()?, Some(Tag::CellEnd));
                    return if over { Ok(passed) } else { Err(ImportProblem::CorruptWorkbook) };
                }
                Some(Tag::SheetEnd) | None => return Ok(Passed { ended: true, ..passed }),
                Some(Tag::Sheet | Tag::CellEnd) => {}
            }
        }
    }

    /// The next tag that the reader goes by; `None` at the end of the part.
    fn tag(&mut self) -> Result<Option<Tag>, ImportProblem> {
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            let found = match event.map_err(|_| ImportProblem::CorruptWorkbook)? {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > DEPTH_MAX {
                        return Err(ImportProblem::CorruptWorkbook);
                    }
                    begun(&tag)?
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    match tag.local_name().as_ref() {
                        "sheetData" => Some(Tag::SheetEnd),
                        "row" => Some(Tag::RowEnd),
                        "c" => Some(Tag::CellEnd),
                        _ => None,
                    }
                }
                Event::Eof => return Ok(None),
                _ => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }
}

fn begun(tag: &BytesStart<'_>) -> Result<Option<Tag>, ImportProblem> {
    match tag.local_name().as_ref() {
        "sheetData" => Ok(Some(Tag::Sheet)),
        "dimension" => sound(tag, "ref", is_range).map(|()| None),
        "row" => sound(tag, "r", |at| place(at).is_some()).map(|()| Some(Tag::Row)),
        "c" => sound(tag, "r", |at| place(at).is_some()).map(|()| Some(Tag::Cell)),
        _ => Ok(None),
    }
}

/// Checks what a tag states under a key, as often as it does: whichever of them the reader takes is sound.
fn sound(tag: &BytesStart<'_>, key: &str, is_sound: fn(&str) -> bool) -> Result<(), ImportProblem> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| ImportProblem::CorruptWorkbook)?;
        if attribute.key.as_ref() == key && !is_sound(&attribute.value) {
            return Err(ImportProblem::CorruptWorkbook);
        }
    }
    Ok(())
}

/// Row and column that a reference names, counted from one; the column is 0 where it names none, as that of a row.
fn place(reference: &str) -> Option<(u32, u32)> {
    let first_digit = reference.find(|c: char| !c.is_ascii_alphabetic())?;
    let (letters, digits) = reference.split_at(first_digit);
    let column = letters.bytes().try_fold(0, |column: u32, letter| {
        let column = column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        (column <= COLUMNS_MAX).then_some(column)
    })?;
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let row = digits.parse().ok()?;
    (1..=ROWS_MAX).contains(&row).then_some((row, column))
}

/// Whether a reference names a cell, or two of which the second lies below and right of the first or beside it.
fn is_range(reference: &str) -> bool {
    let (first, last) = reference.split_once(':').unwrap_or((reference, reference));
    match (place(first), place(last)) {
        (Some(first), Some(last)) => first.0 <= last.0 && first.1 <= last.1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAMAGED: Result<u64, ImportProblem> = Err(ImportProblem::CorruptWorkbook);

    /// Cells and rows without one of a sheet.
    fn counted(sheet: &str) -> Result<(u64, u64), ImportProblem> {
        let mut ahead = Ahead::open(sheet.as_bytes())?;
        let (mut cells, mut bare) = (0, 0);
        loop {
            let passed = ahead.pass()?;
            bare += passed.bare;
            if passed.ended {
                return Ok((cells, bare));
            }
            cells += 1;
        }
    }

    fn cells(rows: &str) -> Result<u64, ImportProblem> {
        counted(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")).map(|(cells, _)| cells)
    }

    #[test]
    fn cells_and_rows_without_one_are_counted_up_to_the_end_of_the_rows() {
        let sheet = "<x:worksheet><x:dimension ref=\"A1:XFD1048576\"/><x:sheetData><x:row r=\"1\"/><x:row/>\
                     <x:row><x:c r=\"XFD1048576\"><x:v>1</x:v></x:c><x:c/></x:row><x:row></x:row></x:sheetData>\
                     <row/><c r=\"A0\"/>";
        assert_eq!(counted(sheet), Ok((2, 3)));
        assert_eq!(counted("<chartsheet><drawing/></chartsheet>"), Ok((0, 0)));
    }

    #[test]
    fn places_that_no_sheet_has_are_damaged() {
        for at in
            ["A0", "A1048577", "XFE1", "ZZZZZZZ1", "A99999999999", "A4294967297", "A-1", "A", "", "1A", "甲1"]
        {
            assert_eq!(cells(&format!("<row><c r=\"{at}\"/></row>")), DAMAGED, "{at}");
            assert_eq!(cells(&format!("<row r=\"{at}\"/>")), DAMAGED, "{at}");
            assert_eq!(cells(&format!("<row><c r=\"A1\" r='{at}'/></row>")), DAMAGED, "{at}");
        }
        assert_eq!(cells("<row r=\"1048576\"><c r=\"xfd1048576\"/><c r=\"A01\"/></row>"), Ok(2));
        for range in ["B2:A1", "A2:B1", "B1:A2", "A1:ZZZZZZZ99999999999", "A1:B2:C3", "A1:", ":A1", ""] {
            let sheet = format!("<worksheet><dimension ref=\"{range}\"/><sheetData/></worksheet>");
            assert_eq!(counted(&sheet), Err(ImportProblem::CorruptWorkbook), "{range}");
        }
    }

    #[test]
    fn a_cell_ends_where_it_says_and_holds_no_other() {
        for rows in [
            "<row><c><v>1</row></v></c>",
            "<row><c><v><c/></v></c></row>",
            "<row><c><row/></c></row>",
            "<row><c><v>1</v>",
        ] {
            assert_eq!(cells(rows), DAMAGED, "{rows}");
        }
        let deep = format!("{}{}", "<a>".repeat(120), "</a>".repeat(120));
        assert_eq!(cells(&deep), DAMAGED);
    }

    #[test]
    fn a_sheet_has_no_more_rows_than_the_format_allows() {
        let rows = |before: u32, rows: &str| {
            let sheet = format!("<worksheet><sheetData>{rows}");
            let mut ahead = Ahead::open(sheet.as_bytes()).unwrap();
            ahead.rows = before;
            ahead.pass()
        };
        assert_eq!(rows(ROWS_MAX - 2, "<row/><row/>"), Ok(Passed { bare: 2, ended: true }));
        assert_eq!(rows(ROWS_MAX - 2, "<row/><row/><row/>"), Err(ImportProblem::WorkbookTooLarge));
    }
}
