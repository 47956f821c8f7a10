//! What a file is by its content, and whether that is what its name and its sender say. Names and declared types are
//! claims; the first bytes and, in an office file, its parts decide.

use std::io::Cursor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zip::ZipArchive;

use super::{Refusal, file_name::extension};

/// The largest document, in bytes: 20 MiB.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// The most parts of an office file.
const PARTS_MAX: usize = 10_000;
/// The most bytes that an office file may unpack to: a small file that unpacks to a huge one is an attack.
const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// What a sender says who does not know.
const UNDECLARED: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

/// A kind of file that is taken as a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// A PDF file.
    Pdf,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// An Excel workbook without macros.
    Xlsx,
    /// A Word document without macros.
    Docx,
}

impl FileType {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Xlsx, Self::Docx];

    /// The media type that it is handed out with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// The endings that its name may have.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Xlsx => &["xlsx"],
            Self::Docx => &["docx"],
        }
    }

    fn of_media_type(text: &str) -> Option<Self> {
        if text == "image/jpg" {
            return Some(Self::Jpeg);
        }
        Self::ALL.into_iter().find(|kind| kind.media_type() == text)
    }
}

/// What the file is, once content, name and declared type agree.
///
/// # Errors
/// Empty or too large, content that is not taken, a name or declaration that says otherwise, programs inside.
pub fn examine(bytes: &[u8], name: &str, declared: Option<&str>) -> Result<FileType, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes_max: FILE_BYTES_MAX });
    }
    let kind = sniff(bytes)?;
    let mismatch = |said: String| Refusal::Mismatch { said, found: kind.media_type() };
    match extension(name) {
        Some(ending) if kind.extensions().contains(&ending.as_str()) => {}
        Some(ending) => return Err(mismatch(format!(".{ending}"))),
        None => return Err(mismatch(name.to_owned())),
    }
    let declared = declared.map(essence).filter(|text| !text.is_empty());
    match declared {
        Some(text)
            if !UNDECLARED.contains(&text.as_str()) && FileType::of_media_type(&text) != Some(kind) =>
        {
            Err(mismatch(text))
        }
        _ => Ok(kind),
    }
}

/// A media type without its parameters, in small letters.
fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn sniff(bytes: &[u8]) -> Result<FileType, Refusal> {
    let found = infer::get(bytes).map(|kind| kind.mime_type()).unwrap_or_default();
    match found {
        // Readers look for the mark in the first kilobyte; a file that begins with something else is two things at once.
        "application/pdf" if bytes.starts_with(b"%PDF-") => Ok(FileType::Pdf),
        "image/png" => Ok(FileType::Png),
        "image/jpeg" => Ok(FileType::Jpeg),
        // Which office file a container holds is read from its parts, which stand in any order.
        text if text == "application/zip" || text.starts_with("application/vnd.openxmlformats") => {
            office(bytes)
        }
        other => Err(Refusal::NotAllowed { found: other.to_owned() }),
    }
}

/// Which office file this is. A container that is none, a plain ZIP file, is not taken.
fn office(bytes: &[u8]) -> Result<FileType, Refusal> {
    let mut container = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
    if container.len() > PARTS_MAX {
        return Err(Refusal::Damaged);
    }
    let mut parts = Vec::with_capacity(container.len());
    for name in container.file_names() {
        parts.push(name.map_err(|_| Refusal::Damaged)?.to_ascii_lowercase());
    }
    if let Some(part) = parts.iter().find(|part| is_active(part)) {
        return Err(Refusal::Active { part: part.clone() });
    }
    let mut unpacked = 0_u64;
    for index in 0..container.len() {
        let part = container.by_index_raw(index).map_err(|_| Refusal::Damaged)?;
        unpacked = unpacked.saturating_add(part.size());
    }
    if unpacked > UNPACKED_BYTES_MAX {
        return Err(Refusal::Damaged);
    }
    let has = |name: &str| parts.iter().any(|part| part == name);
    match (has("[content_types].xml"), has("word/document.xml"), has("xl/workbook.xml")) {
        (true, true, false) => Ok(FileType::Docx),
        (true, false, true) => Ok(FileType::Xlsx),
        _ => Err(Refusal::NotAllowed { found: "application/zip".to_owned() }),
    }
}

/// Whether a part of an office file is run rather than read: macros, `ActiveX` controls, embedded OLE objects.
fn is_active(part: &str) -> bool {
    part.ends_with("vbaproject.bin")
        || part.contains("/activex/")
        || (part.contains("/embeddings/") && part.ends_with(".bin"))
        || part.contains("/macrosheets/")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn container(parts: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            writer.start_file(*part, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"<x/>").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";

    #[test]
    fn content_name_and_declared_type_agree_or_the_file_is_not_taken() {
        assert_eq!(examine(PDF, "a.pdf", Some("application/pdf")), Ok(FileType::Pdf));
        assert_eq!(examine(PDF, "a.PDF", None), Ok(FileType::Pdf));
        assert_eq!(examine(PNG, "a.png", Some("application/octet-stream")), Ok(FileType::Png));
        assert_eq!(examine(JPEG, "a.jpeg", Some("image/jpg; q=1")), Ok(FileType::Jpeg));
        let said = |said: &str, found| Err(Refusal::Mismatch { said: said.to_owned(), found });
        assert_eq!(examine(PDF, "a.png", None), said(".png", "application/pdf"));
        assert_eq!(examine(PDF, "a", None), said("a", "application/pdf"));
        assert_eq!(examine(PNG, "a.png", Some("application/pdf")), said("application/pdf", "image/png"));
        assert_eq!(examine(PNG, "a.png", Some("text/html")), said("text/html", "image/png"));
    }

    #[test]
    fn what_is_not_on_the_list_is_not_taken_whatever_it_is_called() {
        for (bytes, name) in [
            (b"MZ\x90\0\x03\0\0\0".as_slice(), "a.pdf"),
            (b"\x7fELF\x02\x01\x01\0".as_slice(), "a.pdf"),
            (b"<html><script>".as_slice(), "a.pdf"),
            (b"plain text".as_slice(), "a.txt"),
            (b"GIF89a\x01\0\x01\0".as_slice(), "a.png"),
            (b"#!/bin/sh\n# %PDF-1.7".as_slice(), "a.pdf"),
        ] {
            assert!(matches!(examine(bytes, name, None), Err(Refusal::NotAllowed { .. })), "{name}");
        }
        assert_eq!(examine(b"", "a.pdf", None), Err(Refusal::Empty));
    }

    #[test]
    fn a_document_has_its_largest_size_and_not_a_byte_more() {
        let mut bytes = PDF.to_vec();
        bytes.resize(FILE_BYTES_MAX, 0);
        assert_eq!(examine(&bytes, "a.pdf", None), Ok(FileType::Pdf));
        bytes.push(0);
        assert_eq!(examine(&bytes, "a.pdf", None), Err(Refusal::TooLarge { bytes_max: FILE_BYTES_MAX }));
    }

    #[test]
    fn an_office_file_is_known_by_its_parts_and_a_plain_container_is_none() {
        let word = ["[Content_Types].xml", "_rels/.rels", "word/document.xml"];
        assert_eq!(examine(&container(&word), "a.docx", None), Ok(FileType::Docx));
        let excel = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"];
        assert_eq!(examine(&container(&excel), "a.xlsx", None), Ok(FileType::Xlsx));
        let said = Refusal::Mismatch { said: ".docx".to_owned(), found: FileType::Xlsx.media_type() };
        assert_eq!(examine(&container(&excel), "a.docx", None), Err(said));
        let plain = Err(Refusal::NotAllowed { found: "application/zip".to_owned() });
        assert_eq!(examine(&container(&["run.exe"]), "a.docx", None), plain);
        assert_eq!(examine(&container(&["word/document.xml"]), "a.docx", None), plain);
    }

    #[test]
    fn an_office_file_that_carries_a_program_is_not_taken() {
        for part in ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin"] {
            let bytes = container(&["[Content_Types].xml", "word/document.xml", part]);
            let refused = Err(Refusal::Active { part: part.to_ascii_lowercase() });
            assert_eq!(examine(&bytes, "a.docx", None), refused);
        }
    }

    #[test]
    fn a_container_cut_short_is_damaged() {
        let mut bytes = container(&["[Content_Types].xml", "word/document.xml"]);
        bytes.truncate(bytes.len() / 2);
        assert_eq!(examine(&bytes, "a.docx", None), Err(Refusal::Damaged));
    }
}
