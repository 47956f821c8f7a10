//! An upload as it arrives: a small file into memory, a large one piece by piece into the store.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use contracts::JobId;
use http_kit::Problem;
use sha2::{Digest, Sha256};
use tx_kit::{Db, InTx};
use uuid::Uuid;

use super::{
    kept::{self, PIECE_BYTES},
    streamed::FILE_BYTES_MAX,
};

/// A file up to this size is read while its sender waits, and imported wholly or not at all.
const SMALL_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The same in the words of a refusal.
const FILE_MIB_MAX: usize = FILE_BYTES_MAX / (1024 * 1024);

/// What was uploaded.
pub(super) struct Upload {
    pub file_name: String,
    pub size: usize,
    pub file: Kept,
    pub mapping: Option<String>,
    /// The SHA-256 of the file.
    digest: Vec<u8>,
}

impl Upload {
    /// What makes two uploads the same, whatever their forms' boundaries.
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [self.file_name.as_str(), self.mapping.as_deref().unwrap_or_default()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.update(&self.digest);
        hash.finalize().to_vec()
    }

    /// Throws away what was kept of an upload that begins nothing.
    pub async fn discard(&self, db: &Db) {
        if let Kept::Stored(id) = &self.file {
            discard(db, *id).await;
        }
    }
}

/// Where the file is.
pub(super) enum Kept {
    /// Here.
    Here(Vec<u8>),
    /// In the store.
    Stored(Uuid),
}

/// The file under way.
struct Arriving<'a> {
    db: &'a Db,
    buffer: Vec<u8>,
    stored: Option<(Uuid, i64)>,
    size: usize,
    hash: Sha256,
}

impl Arriving<'_> {
    async fn take(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.size += bytes.len();
        if self.size > FILE_BYTES_MAX {
            self.discard().await;
            return Err(too_large());
        }
        self.hash.update(bytes);
        self.buffer.extend_from_slice(bytes);
        let full = if self.stored.is_some() { PIECE_BYTES } else { SMALL_BYTES_MAX };
        if self.buffer.len() > full { self.store().await } else { Ok(()) }
    }

    /// Puts what is in memory into the store, in pieces.
    async fn store(&mut self) -> Result<(), Problem> {
        let now = self.db.clock().now();
        let (id, mut position) = self.stored.unwrap_or_else(|| (JobId::fresh(now).uuid(), 0));
        let buffer = std::mem::take(&mut self.buffer);
        for piece in buffer.chunks(PIECE_BYTES) {
            self.db.run(|tx| kept::keep(tx, id, position, piece).in_tx()).await?;
            position += 1;
        }
        self.stored = Some((id, position));
        Ok(())
    }

    /// What does not arrive whole leaves nothing behind.
    async fn discard(&self) {
        if let Some((id, _)) = self.stored {
            discard(self.db, id).await;
        }
    }
}

/// Throws a stored file away; what cannot be thrown away now is when it is a week old.
pub(super) async fn discard(db: &Db, id: Uuid) {
    if let Err(fault) = db.run(|tx| kept::drop_file(tx, id).in_tx()).await {
        tracing::warn!(%fault, "an upload that was not taken stays for a week");
    }
}

/// Reads the form of a request.
pub(super) async fn receive(db: &Db, request: Request) -> Result<Upload, Problem> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| incomplete())?;
    let mut arriving = Arriving { db, buffer: Vec::new(), stored: None, size: 0, hash: Sha256::new() };
    let (mut file_name, mut mapping) = (None, None);
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => {
                arriving.discard().await;
                return Err(unreadable_form(error));
            }
        };
        match part.name() {
            Some("file") if file_name.is_none() => {
                file_name = Some(name_of(part.file_name().unwrap_or_default()));
                loop {
                    match part.chunk().await {
                        Ok(Some(bytes)) => arriving.take(&bytes).await?,
                        Ok(None) => break,
                        Err(error) => {
                            arriving.discard().await;
                            return Err(unreadable_form(error));
                        }
                    }
                }
            }
            Some("mapping") => match part.text().await {
                Ok(text) => mapping = Some(text).filter(|text| !text.trim().is_empty()),
                Err(error) => {
                    arriving.discard().await;
                    return Err(unreadable_form(error));
                }
            },
            _ => {}
        }
    }
    let mut fields = http_kit::Fields::new();
    fields.require(file_name.is_some(), "file", "请选择要导入的文件。", "Choose the file to import.");
    fields.finish()?;
    if arriving.stored.is_some() && !arriving.buffer.is_empty() {
        arriving.store().await?;
    }
    let Arriving { buffer, stored, size, hash, .. } = arriving;
    let file = stored.map_or(Kept::Here(buffer), |(id, _)| Kept::Stored(id));
    let (file_name, digest) = (file_name.unwrap_or_default(), hash.finalize().to_vec());
    Ok(Upload { file_name, size, file, mapping, digest })
}

/// The last part of the name that the browser gives, without control characters, at most 120 characters.
fn name_of(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if name.trim().is_empty() { "upload".to_owned() } else { name }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        format!("文件超过 {FILE_MIB_MAX} MiB，请拆分后导入。"),
        format!("The file is larger than {FILE_MIB_MAX} MiB. Split it."),
    )
}

fn unreadable_form(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    incomplete()
}

fn incomplete() -> Problem {
    Problem::invalid(
        "unreadable-form",
        "上传的表单不完整，请重新上传。",
        "The form did not arrive whole. Upload it again.",
    )
}
