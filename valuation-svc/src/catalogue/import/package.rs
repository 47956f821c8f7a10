//! The package of an XLSX file, looked at before it is unpacked: the defence against a small upload that unpacks to
//! gigabytes.
//!
//! Only declared sizes are summed. They hold: the unpacker fails as soon as an entry yields more than it declares,
//! and it reads the same directory as this check, because both are the same code.

use std::io::Cursor;

use zip::ZipArchive;

use super::{limits::Limits, problem::ImportProblem};

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
    let mut unpacked: u64 = 0;
    let mut has_workbook = false;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        if entry.encrypted() {
            return Err(ImportProblem::EncryptedWorkbook);
        }
        unpacked = unpacked.saturating_add(entry.size());
        has_workbook |= entry.name_raw().to_ascii_lowercase().ends_with(b"workbook.xml");
    }
    if unpacked > limits.workbook_bytes_max {
        return Err(ImportProblem::WorkbookTooLarge);
    }
    if has_workbook { Ok(()) } else { Err(ImportProblem::NotATable { looks_like: Some("ZIP") }) }
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
    fn old_and_encrypted_workbooks_are_told_apart() {
        let mut bytes = COMPOUND_FILE.to_vec();
        assert_eq!(is_package(&bytes), Err(ImportProblem::OldWorkbook));
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(is_package(&bytes), Err(ImportProblem::EncryptedWorkbook));
        assert_eq!(is_package(b"Title,Kind"), Ok(false));
    }
}
