//! An upload as a form: the file with what is said about it, and the sender's key against doing it twice.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use http_kit::{Fields, Problem, RetryKey, extract};
use identity::Caller;
use sha2::{Digest, Sha256};
use tx_kit::IdempotencyKey;

/// The largest file, bytes: the bound of the readers.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// What the form's other parts may add to the file.
pub(crate) const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;
/// The most parts of a form.
const PARTS_MAX: usize = 20;

/// What came.
pub(crate) struct Uploaded {
    /// The file's name without folders and control characters, at most 120 characters.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What the other parts say, by their names.
    pub parts: BTreeMap<String, String>,
    /// The key, with the fingerprint of the whole form; `None` where none was sent.
    pub key: Option<IdempotencyKey>,
}

impl Uploaded {
    /// What a part says, trimmed; empty where it is missing.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", |text| text.trim())
    }
}

/// Reads the form of a request.
///
/// # Errors
/// 413 for a file that is too large, 422 for a form that is not whole or has no file.
pub(crate) async fn read(caller: &Caller, request: Request) -> Result<Uploaded, Problem> {
    let command = format!("{} {}", request.method(), request.uri().path());
    let key = RetryKey::of(request.headers())?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut found =
        Uploaded { file_name: String::new(), bytes: Vec::new(), parts: BTreeMap::new(), key: None };
    let mut has_file = false;
    while let Some(mut part) = form.next_field().await.map_err(|error| refused(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            has_file = true;
            found.file_name = file_name(part.file_name().unwrap_or_default());
            while let Some(chunk) = part.chunk().await.map_err(|error| refused(&error))? {
                if found.bytes.len() + chunk.len() > FILE_BYTES_MAX {
                    return Err(too_large());
                }
                found.bytes.extend_from_slice(&chunk);
            }
        } else if found.parts.len() < PARTS_MAX {
            found.parts.insert(name, part.text().await.map_err(|error| refused(&error))?);
        }
    }
    let mut fields = Fields::new();
    fields.require(has_file, "file", "请选择要导入的文件。", "Choose the file to import.");
    fields.finish()?;
    let asked = extract::asked_by(caller.user, &fingerprint(&found));
    found.key = key.map(|key| IdempotencyKey::new(caller.tenant, command, key, &asked));
    Ok(found)
}

/// What makes two uploads the same, whatever their forms' boundaries.
fn fingerprint(found: &Uploaded) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let parts = found.parts.iter().flat_map(|(name, text)| [name, text]);
    for piece in std::iter::once(&found.file_name).chain(parts) {
        hasher.update(u64::try_from(piece.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(piece);
    }
    // Of one length whatever the file: none can read like a form that has another part.
    hasher.update(Sha256::digest(&found.bytes));
    hasher.finalize().to_vec()
}

fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if name.trim().is_empty() { "upload".to_owned() } else { name }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        "文件超过 16 MiB，请拆分后导入。",
        "The file is larger than 16 MiB. Split it.",
    )
}

fn unreadable() -> Problem {
    Problem::invalid(
        "unreadable-form",
        "上传的表单不完整，请重新上传。",
        "The form did not arrive whole. Upload it again.",
    )
}

fn refused(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { unreadable() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(file_name: &str, parts: &[(&str, &str)], bytes: &[u8]) -> Vec<u8> {
        let parts = parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        fingerprint(&Uploaded { file_name: file_name.to_owned(), bytes: bytes.to_vec(), parts, key: None })
    }

    #[test]
    fn two_uploads_are_the_same_only_in_every_part() {
        let print = sent("a.csv", &[("source", "b"), ("status", "c")], b"1");
        assert_eq!(print, sent("a.csv", &[("status", "c"), ("source", "b")], b"1"), "in whatever order");
        for other in [
            sent("b.csv", &[("source", "b"), ("status", "c")], b"1"),
            sent("a.csv", &[("source", "bs"), ("tatus", "c")], b"1"),
            sent("a.csv", &[("source", "b")], b"1"),
            sent("a.csv", &[("source", "b"), ("status", "c")], b"2"),
        ] {
            assert_ne!(print, other);
        }
        // A file that holds what a further part would add to the pieces.
        let piece = |text: &str| [&(text.len() as u64).to_be_bytes(), text.as_bytes()].concat();
        let like_a_part = [piece("source"), piece("b"), b"1".to_vec()].concat();
        assert_ne!(sent("a.csv", &[("source", "b")], b"1"), sent("a.csv", &[], &like_a_part));
    }
}
