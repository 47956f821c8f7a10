//! What a file is by its content, never by its name: a workbook or delimited text, and with which delimiter.

use super::{
    ReadFile,
    delimited::Delimited,
    encoding,
    layout::{self, Layout},
    limits::Limits,
    mapping::Mapping,
    package,
    problem::ImportProblem,
    rows::{self, Source},
    workbook::Workbook,
};

/// Delimiters that exports use, the commonest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Reads a file whatever it is.
///
/// # Errors
/// The file as a whole cannot be read.
pub(super) fn read(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
) -> Result<ReadFile, ImportProblem> {
    if bytes.len() as u64 > limits.file_bytes_max {
        return Err(ImportProblem::TooLarge { bytes_max: limits.file_bytes_max });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportProblem::Empty);
    }
    if package::is_package(bytes)? {
        read_workbook(bytes, mapping, limits)
    } else {
        read_text(bytes, mapping, limits)
    }
}

fn read_text(bytes: &[u8], mapping: Option<&Mapping>, limits: &Limits) -> Result<ReadFile, ImportProblem> {
    if let Some(kind) = encoding::looks_like(bytes) {
        return Err(ImportProblem::NotATable { looks_like: Some(kind) });
    }
    let decoded = encoding::decode(bytes, mapping.and_then(|m| m.encoding));
    if encoding::is_binary(&decoded.text) {
        return Err(ImportProblem::NotATable { looks_like: None });
    }
    let (delimiter, layout) = delimiter(&decoded.text, mapping, limits)?;
    let mut table = Delimited::new(&decoded.text, delimiter, limits);
    let source = Source { encoding: decoded.encoding.name(), lossy: decoded.lossy, delimited: true };
    rows::read(&mut table, &layout, mapping, source, limits)
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
fn read_workbook(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    limits: &Limits,
) -> Result<ReadFile, ImportProblem> {
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
                let source = Source { encoding: "XLSX", lossy: false, delimited: false };
                return rows::read(&mut sheet, &layout, mapping, source, limits);
            }
            Err(next) if headers_seen(&next) >= headers_seen(&refusal) => refusal = next,
            Err(_) => {}
        }
    }
    Err(refusal)
}
