//! The package of an XLSX file, looked at before it is unpacked: the defence against a small upload that unpacks to
//! gigabytes.
//!
//! Only declared sizes are summed. They hold: the unpacker fails as soon as an entry yields more than it declares,
//! and it reads the same directory as this check, because both are the same code. Of the parts that become larger in memory
//! than unpacked, see [`Held`]; of the sheets, which may be larger because they are streamed, see [`sheets`].

use std::io::Cursor;

use zip::ZipArchive;

use super::{held::Held, limits::Limits, problem::ImportProblem, sheets};

/// First bytes of a ZIP package, and of one without entries.
const PACKAGES: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];

/// The container of old and of encrypted Office files (Compound File Binary).
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Files in a package: a sheet is one.
const ENTRIES_MAX: usize = 10_000;

/// Whether the bytes are a package that may be a workbook.
///
/// # Errors
/// An encrypted workbook or one of the old binary format, which is another container.
pub(super) fn is_package(bytes: &[u8]) -> Result<bool, ImportProblem> {
    if bytes.starts_with(&COMPOUND_FILE) {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted { ImportProblem::EncryptedWorkbook } else { ImportProblem::OldWorkbook });
    }
    Ok(PACKAGES.iter().any(|magic| bytes.starts_with(magic)))
}

/// Checks that the package declares a workbook of bearable size.
///
/// # Errors
/// Damaged, encrypted, too large when unpacked, or a package of something else.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ImportProblem> {
    let damaged = |_| ImportProblem::CorruptWorkbook;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > ENTRIES_MAX {
        return Err(ImportProblem::WorkbookTooLarge);
    }
    let (mut unpacked, mut streamed): (u64, u64) = (0, 0);
    let mut has_workbook = false;
    let (mut held, mut in_sheets, mut relations) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        if entry.encrypted() {
            return Err(ImportProblem::EncryptedWorkbook);
        }
        unpacked = unpacked.saturating_add(entry.size());
        has_workbook |= entry.name_raw().to_ascii_lowercase().ends_with(b"workbook.xml");
        let name = entry.name().map_err(damaged)?;
        held.extend(Held::of_name(&name).map(|part| (index, part)));
        if sheets::is_sheet(&name) {
            streamed = streamed.saturating_add(entry.size());
            in_sheets.push(index);
        }
        relations.extend(sheets::names_workbook(&name).then_some(index));
    }
    let most = limits.workbook_streamed_bytes_max.unwrap_or(0).max(limits.workbook_bytes_max);
    if unpacked > most || unpacked.saturating_sub(streamed) > limits.workbook_bytes_max {
        return Err(ImportProblem::WorkbookTooLarge);
    }
    if !has_workbook {
        return Err(ImportProblem::NotATable { looks_like: Some("ZIP") });
    }
    for (index, part) in held {
        part.check(archive.by_index(index).map_err(damaged)?, limits)?;
    }
    if unpacked > limits.workbook_bytes_max {
        for index in relations {
            sheets::check_place(archive.by_index(index).map_err(damaged)?)?;
        }
        for index in in_sheets {
            sheets::check_pieces(archive.by_index(index).map_err(damaged)?, sheets::PIECE_BYTES_MAX)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn package(name: &str, size: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&vec![b'x'; size]).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_package_is_judged_by_what_its_directory_declares() {
        let limits = Limits { workbook_bytes_max: 1000, ..Limits::default() };
        let judge = |name, size| check(&package(name, size), &limits);
        assert_eq!(judge("xl/workbook.xml", 1000), Ok(()));
        assert_eq!(judge("xl/workbook.xml", 1001), Err(ImportProblem::WorkbookTooLarge));
        assert_eq!(
            judge("word/document.xml", 900),
            Err(ImportProblem::NotATable { looks_like: Some("ZIP") })
        );
        assert_eq!(check(b"PK\x03\x04", &limits), Err(ImportProblem::CorruptWorkbook));
    }

    #[test]
    fn only_sheets_of_the_usual_workbook_may_be_larger_than_what_is_held() {
        let limits =
            Limits { workbook_bytes_max: 1000, workbook_streamed_bytes_max: Some(5000), ..Limits::default() };
        let relation = |target: &str| {
            format!(
                "<Relationships><Relationship Type=\"x/relationships/officeDocument\" Target=\"{target}\"/>\
                 </Relationships>"
            )
        };
        let judge = |target: &str, name: &str, rows: usize, limits: &Limits| {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            let sheet = format!("<worksheet><sheetData>{}", "<row><c/></row>".repeat(rows));
            let parts =
                [("_rels/.rels", relation(target)), ("xl/workbook.xml", String::new()), (name, sheet)];
            for (name, content) in parts {
                writer.start_file(name, SimpleFileOptions::default()).unwrap();
                writer.write_all(content.as_bytes()).unwrap();
            }
            check(&writer.finish().unwrap().into_inner(), limits)
        };
        let too_large = Err(ImportProblem::WorkbookTooLarge);
        let (usual, sheet) = ("xl/workbook.xml", "xl/worksheets/sheet1.xml");
        assert_eq!(judge(usual, sheet, 200, &limits), Ok(()));
        assert_eq!(judge(usual, sheet, 400, &limits), too_large);
        let direct = Limits { workbook_streamed_bytes_max: None, ..limits.clone() };
        assert_eq!(judge(usual, sheet, 200, &direct), too_large);
        assert_eq!(judge(usual, sheet, 40, &direct), Ok(()));
        // The workbook itself, and what is held beside it, may not pass for a sheet.
        assert_eq!(judge(sheet, sheet, 200, &limits), too_large);
        for held in ["xl/sharedStrings.xml", "xl/theme/theme1.xml", "xl/media/image1.png", "xl/sheet1.xml"] {
            assert_eq!(judge(usual, held, 200, &limits), too_large, "{held}");
        }
    }

    #[test]
    fn old_and_encrypted_workbooks_are_told_apart() {
        let mut bytes = COMPOUND_FILE.to_vec();
        assert_eq!(is_package(&bytes), Err(ImportProblem::OldWorkbook));
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(is_package(&bytes), Err(ImportProblem::EncryptedWorkbook));
        assert_eq!(is_package(b"Title,Kind"), Ok(false));
    }
}
