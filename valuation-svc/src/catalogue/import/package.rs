//! The directory of a ZIP package, read before anything is unpacked: what an XLSX file says it holds.
//!
//! Only the central directory is looked at. It is the defence against a small upload that unpacks to
//! gigabytes; unpacking itself is calamine's work.

use super::{limits::Limits, problem::ImportProblem};

const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END_LENGTH: usize = 22;
const COMMENT_MAX: usize = 0xffff;
const ZIP64_EXTRA: u16 = 1;
const ENTRIES_MAX: u16 = 10_000;

/// DEFLATE cannot expand further than this (RFC 1951: 258 bytes from two bits of code).
const EXPANSION_MAX: u64 = 1032;

/// The container of old and of encrypted Office files (Compound File Binary).
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

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
    Ok(bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&END_OF_DIRECTORY))
}

/// Checks that the package declares a workbook of bearable size.
///
/// # Errors
/// Damaged, encrypted, too large when unpacked, or a package of something else.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), ImportProblem> {
    let end = find_end(bytes).ok_or(ImportProblem::CorruptWorkbook)?;
    let entries = u16_at(bytes, end + 10).ok_or(ImportProblem::CorruptWorkbook)?;
    let mut at = u32_at(bytes, end + 16).ok_or(ImportProblem::CorruptWorkbook)? as usize;
    if entries > ENTRIES_MAX {
        return Err(ImportProblem::WorkbookTooLarge);
    }
    let mut unpacked: u64 = 0;
    let mut has_workbook = false;
    for _ in 0..entries {
        let entry = Entry::at(bytes, at).ok_or(ImportProblem::CorruptWorkbook)?;
        if entry.encrypted {
            return Err(ImportProblem::EncryptedWorkbook);
        }
        // A size that DEFLATE cannot reach, or none where bytes are packed, is a lie about the size.
        if entry.size > entry.packed.saturating_mul(EXPANSION_MAX).saturating_add(EXPANSION_MAX) {
            return Err(ImportProblem::CorruptWorkbook);
        }
        unpacked = unpacked.saturating_add(entry.size);
        has_workbook |= entry.name.to_ascii_lowercase().ends_with(b"workbook.xml");
        at = entry.next;
    }
    if unpacked > limits.workbook_bytes_max {
        return Err(ImportProblem::WorkbookTooLarge);
    }
    if has_workbook { Ok(()) } else { Err(ImportProblem::NotATable { looks_like: Some("ZIP") }) }
}

struct Entry<'a> {
    name: &'a [u8],
    encrypted: bool,
    packed: u64,
    size: u64,
    next: usize,
}

impl<'a> Entry<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        if bytes.get(at..at.checked_add(4)?)? != ENTRY {
            return None;
        }
        let flags = u16_at(bytes, at + 8)?;
        let (packed, size) = (u32_at(bytes, at + 20)?, u32_at(bytes, at + 24)?);
        let name_length = usize::from(u16_at(bytes, at + 28)?);
        let extra_length = usize::from(u16_at(bytes, at + 30)?);
        let comment_length = usize::from(u16_at(bytes, at + 32)?);
        let extra_at = at + 46 + name_length;
        let name = bytes.get(at + 46..extra_at)?;
        let extra = bytes.get(extra_at..extra_at + extra_length)?;
        let (size, packed) = wide_sizes(extra, size, packed)?;
        let next = extra_at + extra_length + comment_length;
        Some(Self { name, encrypted: flags & 1 == 1, packed, size, next })
    }
}

/// Sizes beyond 32 bits stand in an extra field (size first, then packed size).
fn wide_sizes(mut extra: &[u8], size: u32, packed: u32) -> Option<(u64, u64)> {
    if size != u32::MAX && packed != u32::MAX {
        return Some((u64::from(size), u64::from(packed)));
    }
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2)?);
        let body = extra.get(4..4 + length)?;
        if u16_at(extra, 0)? == ZIP64_EXTRA {
            let mut wide = body.chunks_exact(8).filter_map(|c| c.try_into().ok().map(u64::from_le_bytes));
            let size = if size == u32::MAX { wide.next()? } else { u64::from(size) };
            let packed = if packed == u32::MAX { wide.next()? } else { u64::from(packed) };
            return Some((size, packed));
        }
        extra = &extra[4 + length..];
    }
    None
}

fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(COMMENT_MAX);
    (first..=last).rev().find(|at| bytes[*at..].starts_with(&END_OF_DIRECTORY))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, packed: u32, size: u32, flags: u16) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let at = bytes.len() as u32;
        bytes.extend(ENTRY);
        bytes.extend([0; 4]);
        bytes.extend(flags.to_le_bytes());
        bytes.extend([0; 10]);
        bytes.extend(packed.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend([0; 16]);
        bytes.extend(name.as_bytes());
        bytes.extend(END_OF_DIRECTORY);
        bytes.extend([0; 4]);
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(at.to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    #[test]
    fn a_package_is_judged_by_what_its_directory_declares() {
        let limits = Limits { workbook_bytes_max: 1000, ..Limits::default() };
        let judge =
            |name, packed, size, flags| check(&package(name, packed, size, flags), &limits);
        assert_eq!(judge("xl/workbook.xml", 100, 900, 0), Ok(()));
        assert_eq!(judge("xl/workbook.xml", 100, 1001, 0), Err(ImportProblem::WorkbookTooLarge));
        assert_eq!(judge("xl/workbook.xml", 100, 900, 1), Err(ImportProblem::EncryptedWorkbook));
        assert_eq!(
            judge("word/document.xml", 100, 900, 0),
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
