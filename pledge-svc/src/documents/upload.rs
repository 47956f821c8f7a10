//! Reading an upload: a form with the file among its parts, or the file itself as the body with what is said about it in
//! the query.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError,
        rejection::BytesRejection,
    },
    http::{HeaderMap, StatusCode, header},
};
use contracts::OrgKind;
use http_kit::{Fields, Problem, QueryOf, RetryKey, extract};
use identity::Caller;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tx_kit::IdempotencyKey;
use utoipa::{IntoParams, ToSchema};

use super::model::{Refusal, Upload, file_name::clean, file_type::FILE_BYTES_MAX};

/// What the form's other parts may add to the file.
pub(super) const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 64 * 1024;
/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;
/// The longest name of a kind of paper.
const KIND_CHARS_MAX: usize = 40;

/// The form. The file itself may be the body instead; what is said about it then stands in the query.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
pub(crate) struct UploadForm {
    /// What the paper is: `business_licence`, `financial_statements` … (small letters, digits, `_`; at most 40).
    kind: String,
    /// PDF, PNG, JPEG, XLSX or DOCX, at most 20 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A note, at most 500 characters.
    note: Option<String>,
    /// For the bank's own eyes; only a bank may say so.
    internal: Option<bool>,
}

/// What is said about a file that is the body itself.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct UploadQuery {
    /// What the paper is.
    kind: Option<String>,
    /// What the file is called.
    file_name: Option<String>,
    /// A note.
    note: Option<String>,
    /// For the bank's own eyes.
    internal: Option<String>,
}

/// An upload with its sender's key against doing it twice.
pub(super) struct Received {
    pub upload: Upload,
    pub key: Option<IdempotencyKey>,
}

/// Parts as they come, before anything is checked.
#[derive(Default)]
struct Parts {
    kind: String,
    name: String,
    declared: Option<String>,
    note: String,
    internal: bool,
    bytes: Option<Vec<u8>>,
}

/// Reads the upload of a request. `kind_before` is the kind of the version that it takes the place of.
pub(super) async fn read(
    caller: &Caller,
    request: Request,
    kind_before: Option<&str>,
) -> Result<Received, Problem> {
    let command = format!("{} {}", request.method(), request.uri().path());
    let key = RetryKey::of(request.headers())?;
    let form = declared_type(request.headers())
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"));
    let mut parts = if form { from_form(request).await? } else { from_body(request).await? };
    if let Some(kind) = kind_before {
        kind.clone_into(&mut parts.kind);
    }
    let upload = checked(caller, parts)?;
    let asked = extract::asked_by(caller.user, &fingerprint(&upload));
    let key = key.map(|key| IdempotencyKey::new(caller.tenant, command, key, &asked));
    Ok(Received { upload, key })
}

fn declared_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

async fn from_form(request: Request) -> Result<Parts, Problem> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable_form())?;
    let mut parts = Parts::default();
    while let Some(mut part) = form.next_field().await.map_err(|error| form_refused(&error))? {
        match part.name().unwrap_or_default() {
            "file" => {
                part.file_name().unwrap_or_default().clone_into(&mut parts.name);
                parts.declared = part.content_type().map(str::to_owned);
                let mut bytes = Vec::new();
                while let Some(chunk) = part.chunk().await.map_err(|error| form_refused(&error))? {
                    if bytes.len() + chunk.len() > FILE_BYTES_MAX {
                        return Err(too_large());
                    }
                    bytes.extend_from_slice(&chunk);
                }
                parts.bytes = Some(bytes);
            }
            "kind" => parts.kind = part.text().await.map_err(|error| form_refused(&error))?,
            "note" => parts.note = part.text().await.map_err(|error| form_refused(&error))?,
            "internal" => {
                parts.internal = is_yes(&part.text().await.map_err(|error| form_refused(&error))?);
            }
            _ => {}
        }
    }
    Ok(parts)
}

async fn from_body(request: Request) -> Result<Parts, Problem> {
    let (mut head, body) = request.into_parts();
    let QueryOf(query) = QueryOf::<UploadQuery>::from_request_parts(&mut head, &()).await?;
    let declared = declared_type(&head.headers).map(str::to_owned);
    let bytes =
        Bytes::from_request(Request::from_parts(head, body), &()).await.map_err(
            |rejection| match rejection {
                BytesRejection::FailedToBufferBody(inner)
                    if inner.status() == StatusCode::PAYLOAD_TOO_LARGE =>
                {
                    too_large()
                }
                _ => unreadable_form(),
            },
        )?;
    Ok(Parts {
        kind: query.kind.unwrap_or_default(),
        name: query.file_name.unwrap_or_default(),
        declared,
        note: query.note.unwrap_or_default(),
        internal: query.internal.is_some_and(|text| is_yes(&text)),
        bytes: Some(bytes.to_vec()),
    })
}

fn is_yes(text: &str) -> bool {
    matches!(text.trim(), "true" | "yes" | "on" | "1")
}

fn checked(caller: &Caller, parts: Parts) -> Result<Upload, Problem> {
    let mut fields = Fields::new();
    let (kind, note) = (parts.kind.trim(), parts.note.trim());
    fields.require(
        is_kind(kind),
        "kind",
        format!("请说明文件种类：小写字母开头，只含小写字母、数字和下划线，最多 {KIND_CHARS_MAX} 个字符。"),
        format!(
            "Say what the paper is: small letters, digits and `_`, a letter first, at most {KIND_CHARS_MAX}."
        ),
    );
    if !note.is_empty() {
        fields.text(note, NOTE_CHARS_MAX, "note");
    }
    let bytes = parts.bytes.unwrap_or_default();
    fields.require(!bytes.is_empty(), "file", "请选择要上传的文件。", "Choose the file to upload.");
    let name = clean(&parts.name);
    fields.require(
        name.is_some(),
        "file_name",
        "文件须有名称和扩展名。",
        "The file needs a name with its ending.",
    );
    fields.require(
        !parts.internal || caller.org_kind == OrgKind::Bank,
        "internal",
        "只有银行可将文件标记为内部文件。",
        "Only a bank keeps a document for its own eyes.",
    );
    fields.finish()?;
    Ok(Upload {
        kind: kind.to_owned(),
        file_name: name.unwrap_or_default(),
        declared: parts.declared,
        note: note.to_owned(),
        internal: parts.internal,
        bytes,
    })
}

/// Whether a text names a kind of paper.
fn is_kind(text: &str) -> bool {
    text.len() <= KIND_CHARS_MAX
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What makes two uploads the same, whatever their forms' boundaries.
fn fingerprint(upload: &Upload) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [&upload.kind, &upload.file_name, &upload.note] {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update([u8::from(upload.internal)]);
    hash.update(&upload.bytes);
    hash.finalize().to_vec()
}

fn too_large() -> Problem {
    Refusal::TooLarge { bytes_max: FILE_BYTES_MAX }.into()
}

fn form_refused(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { unreadable_form() }
}

fn unreadable_form() -> Problem {
    Problem::invalid(
        "unreadable-form",
        "上传的表单不完整，请重新上传。",
        "The form did not arrive whole. Upload it again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_paper_is_a_plain_name() {
        for kind in ["a", "business_licence", "w8", &"k".repeat(KIND_CHARS_MAX)] {
            assert!(is_kind(kind), "{kind}");
        }
        for kind in ["", "8w", "_a", "Licence", "a-b", "执照", "a b", &"k".repeat(KIND_CHARS_MAX + 1)] {
            assert!(!is_kind(kind), "{kind}");
        }
    }

    #[test]
    fn two_uploads_are_the_same_only_in_every_part() {
        let one = Upload {
            kind: "a".into(),
            file_name: "b.pdf".into(),
            declared: None,
            note: String::new(),
            internal: false,
            bytes: vec![1],
        };
        let print = fingerprint(&one);
        assert_eq!(print, fingerprint(&Upload { declared: Some("application/pdf".into()), ..one.clone() }));
        for other in [
            Upload { kind: "ab".into(), file_name: ".pdf".into(), ..one.clone() },
            Upload { note: "n".into(), ..one.clone() },
            Upload { internal: true, ..one.clone() },
            Upload { bytes: vec![2], ..one.clone() },
        ] {
            assert_ne!(print, fingerprint(&other));
        }
    }
}
