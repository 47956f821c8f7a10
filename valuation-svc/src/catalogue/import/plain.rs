//! Tables whose columns are another subject's: the rows as text, below a header that the subject recognises. The same
//! bytes are taken and refused as for patents: delimited text in any encoding, or a workbook, within the same limits.

use std::ops::ControlFlow;

use super::{
    ImportProblem, Limits, Reason,
    cells::shown,
    delimited::Delimited,
    encoding, json_lines, layout, package,
    sniff::DELIMITERS,
    table::{Cell, Row, Table},
    workbook::Workbook,
};

pub use super::{field::header_key, json_lines::Members};

/// A table as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainTable {
    /// The encoding of the text; `XLSX` for a workbook.
    pub encoding: &'static str,
    /// The header's cells.
    pub headers: Vec<String>,
    /// The rows below it that are not blank.
    pub rows: Vec<PlainRow>,
}

/// A row as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainRow {
    /// The line of the file, or the row of the sheet, counted from one.
    pub line: u64,
    /// What stands in each cell, or why it cannot be used.
    pub cells: Vec<Result<String, Reason>>,
    /// Why the row as a whole cannot be used.
    pub broken: Option<Reason>,
}

/// A line with its number, or why it cannot be used.
pub type PlainLine = (u64, Result<String, Reason>);

/// Says how many columns of a header are known; 0 for a row that is none.
pub type Recognise<'r> = &'r dyn Fn(&[String]) -> usize;

/// Reads the table of a file, whatever it is.
///
/// # Errors
/// The file as a whole cannot be read, is beyond the limits, or none of its first rows is a header.
pub fn table(bytes: &[u8], recognise: Recognise<'_>, limits: &Limits) -> Result<PlainTable, ImportProblem> {
    if bytes.len() as u64 > limits.file_bytes_max {
        return Err(ImportProblem::TooLarge { bytes_max: limits.file_bytes_max });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportProblem::Empty);
    }
    if package::is_package(bytes)? {
        of_workbook(bytes, recognise, limits)
    } else {
        of_text(bytes, recognise, limits)
    }
}

/// The lines of a file of JSON Lines, whatever its encoding: the number of each, counted from one, with its text or why it
/// cannot be used. `None` where the file is something else: a workbook or a delimited table.
///
/// # Errors
/// The file as a whole is beyond the limits.
pub fn lines(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<PlainLine>>, ImportProblem> {
    if bytes.len() as u64 > limits.file_bytes_max {
        return Err(ImportProblem::TooLarge { bytes_max: limits.file_bytes_max });
    }
    if package::is_package(bytes)? || encoding::looks_like(bytes).is_some() {
        return Ok(None);
    }
    let decoded = encoding::decode(bytes, None);
    if !json_lines::looks_like(&decoded.text) || encoding::is_binary(&decoded.text) {
        return Ok(None);
    }
    let name = decoded.encoding.name();
    let mut found = Vec::new();
    for (number, text) in (1..).zip(decoded.text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        if found.len() as u64 >= limits.rows_max {
            return Err(ImportProblem::TooManyRows { rows_max: limits.rows_max });
        }
        found.push((
            number,
            if decoded.lossy && text.contains('\u{fffd}') {
                Err(Reason::Unreadable { encoding: name })
            } else if text.len() > limits.row_bytes_max {
                Err(Reason::RowTooLarge { bytes_max: limits.row_bytes_max })
            } else {
                Ok(text.to_owned())
            },
        ));
    }
    Ok(Some(found))
}

fn of_text(bytes: &[u8], recognise: Recognise<'_>, limits: &Limits) -> Result<PlainTable, ImportProblem> {
    if let Some(kind) = encoding::looks_like(bytes) {
        return Err(ImportProblem::NotATable { looks_like: Some(kind) });
    }
    let decoded = encoding::decode(bytes, None);
    if encoding::is_binary(&decoded.text) {
        return Err(ImportProblem::NotATable { looks_like: None });
    }
    let mut best: Option<(u8, Header)> = None;
    let mut likest = Vec::new();
    for delimiter in DELIMITERS {
        let mut rows = Delimited::new(&decoded.text, delimiter, limits);
        match header(&mut rows, recognise, limits)? {
            Ok(found) if best.as_ref().is_none_or(|(_, b)| found.known > b.known) => {
                best = Some((delimiter, found))
            }
            Err(seen) if seen.len() > likest.len() => likest = seen,
            _ => {}
        }
    }
    let Some((delimiter, found)) = best else {
        return Err(ImportProblem::UnrecognisedHeaders { seen: likest });
    };
    let name = decoded.encoding.name();
    let reading = Reading { lossy: decoded.lossy.then_some(name), strict_width: true };
    let mut rows = Delimited::new(&decoded.text, delimiter, limits);
    below(&mut rows, found, name, &reading, limits)
}

/// The first sheet with a header.
fn of_workbook(bytes: &[u8], recognise: Recognise<'_>, limits: &Limits) -> Result<PlainTable, ImportProblem> {
    let mut book = Workbook::open(bytes, limits)?;
    let mut likest = Vec::new();
    for name in book.sheets().iter().take(limits.sheets_max) {
        let mut sheet = book.sheet(name, limits);
        match header(&mut sheet, recognise, limits)? {
            Ok(found) => {
                let reading = Reading { lossy: None, strict_width: false };
                return below(&mut sheet, found, "XLSX", &reading, limits);
            }
            Err(seen) if seen.len() > likest.len() => likest = seen,
            Err(_) => {}
        }
    }
    Err(ImportProblem::UnrecognisedHeaders { seen: likest })
}

struct Header {
    line: u64,
    headers: Vec<String>,
    known: usize,
}

/// The header among the first rows; the row that looks most like one where there is none.
fn header(
    table: &mut dyn Table,
    recognise: Recognise<'_>,
    limits: &Limits,
) -> Result<Result<Header, Vec<String>>, ImportProblem> {
    let (mut best, mut likest, mut seen) = (None::<Header>, Vec::new(), 0);
    table.visit(&mut |row| {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        seen += 1;
        if seen > limits.header_rows_max {
            return ControlFlow::Break(());
        }
        let mut headers: Vec<String> =
            row.cells.iter().map(|cell| cell.text().chars().take(200).collect()).collect();
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        let known = recognise(&headers);
        if known > best.as_ref().map_or(0, |found| found.known) {
            best = Some(Header { line: row.line, headers, known });
        } else if headers.len() > likest.len() {
            likest = headers;
        }
        ControlFlow::Continue(())
    })?;
    Ok(best.ok_or(likest))
}

struct Reading {
    /// The encoding, where some bytes of the file have no meaning in it.
    lossy: Option<&'static str>,
    /// Whether a cell beyond the header shifts the row.
    strict_width: bool,
}

fn below(
    table: &mut dyn Table,
    found: Header,
    encoding: &'static str,
    reading: &Reading,
    limits: &Limits,
) -> Result<PlainTable, ImportProblem> {
    if let Some(problem) = layout::damaged(&found.headers) {
        return Err(problem);
    }
    let width = found.headers.len();
    let mut rows = Vec::new();
    let mut beyond = false;
    table.visit(&mut |row| {
        if row.line <= found.line || row.is_blank() {
            return ControlFlow::Continue(());
        }
        if rows.len() as u64 >= limits.rows_max {
            beyond = true;
            return ControlFlow::Break(());
        }
        rows.push(plain(row, width, reading));
        ControlFlow::Continue(())
    })?;
    if beyond {
        return Err(ImportProblem::TooManyRows { rows_max: limits.rows_max });
    }
    Ok(PlainTable { encoding, headers: found.headers, rows })
}

fn plain(row: &Row<'_>, width: usize, reading: &Reading) -> PlainRow {
    let shifted = reading.strict_width && row.cells.iter().skip(width).any(|cell| !cell.is_blank());
    let too_wide = shifted.then_some(Reason::TooManyCells { expected: width, found: row.cells.len() });
    let cells = row.cells.iter().take(width).map(|cell| usable(cell, reading)).collect();
    PlainRow { line: row.line, cells, broken: row.broken.clone().or(too_wide) }
}

fn usable(cell: &Cell<'_>, reading: &Reading) -> Result<String, Reason> {
    if let Cell::Bad(reason) = cell {
        return Err(reason.clone());
    }
    let text = shown(cell.text())?;
    match reading.lossy {
        Some(encoding) if text.contains('\u{fffd}') => Err(Reason::Unreadable { encoding }),
        _ => Ok(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<PlainTable, ImportProblem> {
        let known = |headers: &[String]| {
            let known = headers.iter().filter(|h| ["代码", "名称"].contains(&h.as_str())).count();
            if known == 2 { known } else { 0 }
        };
        table(bytes, &known, &Limits { rows_max: 2, ..Limits::default() })
    }

    #[test]
    fn a_table_reads_alike_in_every_encoding_and_delimiter() {
        let text = "统计表\n代码,名称\nC26,化学原料\n";
        let expected = vec![Ok("C26".to_owned()), Ok("化学原料".to_owned())];
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let gbk = encoding_rs::GB18030.encode(text).0.into_owned();
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        for bytes in
            [text.as_bytes().to_vec(), marked, gbk, text.replace(',', "\t").into_bytes(), little, big]
        {
            let table = read(&bytes).unwrap();
            assert_eq!((table.rows[0].line, &table.rows[0].cells), (3, &expected));
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_and_what_is_too_much_refused() {
        let table = read("代码,名称\nC26,=1+1\nC27,a,b\n".as_bytes()).unwrap();
        assert_eq!(table.rows[0].cells[1].as_ref().unwrap_err().code(), "formula");
        assert_eq!(table.rows[1].broken.as_ref().unwrap().code(), "too-many-cells");
        let many = "代码,名称\n1,a\n2,b\n3,c\n".as_bytes();
        assert_eq!(read(many).unwrap_err(), ImportProblem::TooManyRows { rows_max: 2 });
        assert_eq!(read(b"x,y\n1,2\n").unwrap_err().code(), "unrecognised-headers");
        assert_eq!(read(b"  \n").unwrap_err(), ImportProblem::Empty);
    }
}
