//! What a file is by its content, never by its name: a workbook, JSON Lines, or delimited text and with which delimiter.

use super::{
    ReadFile,
    delimited::Delimited,
    encoding,
    json_lines::{self, JsonLines},
    layout::{self, Layout},
    limits::Limits,
    mapping::Mapping,
    package,
    problem::ImportProblem,
    rows::{self, EachRow, Source},
    table::Table,
    workbook::Workbook,
};

/// Delimiters that exports use, the commonest first.
pub(super) const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// What is done with a table once its header is found.
type Then<'a> = dyn FnMut(&mut dyn Table, &Layout, Source) -> Result<(), ImportProblem> + 'a;

/// Reads a file whatever it is.
///
/// # Errors
/// The file as a whole cannot be read.
pub(super) fn read(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
) -> Result<ReadFile, ImportProblem> {
    let mut file = None;
    open(bytes, mapping, limits, &mut |table, layout, source| {
        file = Some(rows::read(table, layout, mapping, source, limits)?);
        Ok(())
    })?;
    file.ok_or(ImportProblem::Empty)
}

/// Reads a file whatever it is, row by row.
///
/// # Errors
/// As [`read`]; nothing has been handed on then.
pub(super) fn stream(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
    each: &mut EachRow<'_>,
) -> Result<(), ImportProblem> {
    open(bytes, mapping, limits, &mut |table, layout, source| {
        rows::stream(table, layout, mapping, source, limits, each)
    })
}

fn open(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
    then: &mut Then<'_>,
) -> Result<(), ImportProblem> {
    if bytes.len() as u64 > limits.file_bytes_max {
        return Err(ImportProblem::TooLarge { bytes_max: limits.file_bytes_max });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportProblem::Empty);
    }
    if package::is_package(bytes)? {
        open_workbook(bytes, mapping, limits, then)
    } else {
        open_text(bytes, mapping, limits, then)
    }
}

fn open_text(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
    then: &mut Then<'_>,
) -> Result<(), ImportProblem> {
    if let Some(kind) = encoding::looks_like(bytes) {
        return Err(ImportProblem::NotATable { looks_like: Some(kind) });
    }
    let decoded = encoding::decode(bytes, mapping.and_then(|m| m.encoding));
    if encoding::is_binary(&decoded.text) {
        return Err(ImportProblem::NotATable { looks_like: None });
    }
    let source = |delimited| Source { encoding: decoded.encoding.name(), lossy: decoded.lossy, delimited };
    if json_lines::looks_like(&decoded.text) {
        let mut table = JsonLines::new(&decoded.text, limits)?;
        let layout = layout::find(&mut table, mapping, limits.header_rows_max)?;
        layout.sound()?;
        return then(&mut table, &layout, source(false));
    }
    let (delimiter, layout) = delimiter(&decoded.text, mapping, limits)?;
    layout.sound()?;
    let mut table = Delimited::new(&decoded.text, delimiter, limits);
    then(&mut table, &layout, source(true))
}

/// The delimiter under which the header names most fields, and that header.
fn delimiter(text: &str, mapping: Option<&Mapping>, limits: &Limits) -> Result<(u8, Layout), ImportProblem> {
    let stated = mapping.and_then(|m| m.delimiter);
    let candidates = stated.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    let mut best: Option<(u8, Layout)> = None;
    let mut refusals = Vec::new();
    for delimiter in candidates {
        let mut table = Delimited::new(text, delimiter, limits);
        match layout::find(&mut table, mapping, limits.header_rows_max) {
            Ok(found) if best.as_ref().is_none_or(|(_, b)| found.fields() > b.fields()) => {
                best = Some((delimiter, found));
            }
            Ok(_) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    // The refusal that saw most headers is the one whose delimiter is right.
    best.ok_or_else(|| refusals.into_iter().max_by_key(headers_seen).unwrap_or(ImportProblem::Empty))
}

fn headers_seen(problem: &ImportProblem) -> usize {
    match problem {
        ImportProblem::UnrecognisedHeaders { seen } => seen.len(),
        ImportProblem::MappedHeaderMissing { seen, .. } => seen.len() + 1,
        ImportProblem::TooManyColumns { .. } => usize::MAX,
        _ => 0,
    }
}

/// The first sheet with a header, or the one that the mapping names.
fn open_workbook(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
    then: &mut Then<'_>,
) -> Result<(), ImportProblem> {
    let mut book = Workbook::open(bytes, limits)?;
    let names = book.sheets();
    let sheets = match mapping.and_then(|m| m.sheet.as_ref()) {
        Some(sheet) if !names.contains(sheet) => {
            return Err(ImportProblem::SheetMissing { sheet: sheet.clone(), seen: names });
        }
        Some(sheet) => vec![sheet.clone()],
        None => names,
    };
    let mut refusal = ImportProblem::Empty;
    for name in sheets.iter().take(limits.sheets_max) {
        let mut sheet = book.sheet(name, limits);
        match layout::find(&mut sheet, mapping, limits.header_rows_max) {
            Ok(layout) => {
                layout.sound()?;
                let source = Source { encoding: "XLSX", lossy: false, delimited: false };
                return then(&mut sheet, &layout, source);
            }
            Err(next) if headers_seen(&next) >= headers_seen(&refusal) => refusal = next,
            Err(_) => {}
        }
    }
    Err(refusal)
}
