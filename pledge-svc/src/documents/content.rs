//! Handing a document out: always as a file to keep, never shown in the page, and only when it is what was attached.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use contracts::DocumentId;
use http_kit::Problem;
use identity::Scope;
use sha2::{Digest, Sha256};
use tx_kit::{Db, Fault};

use super::{model::Document, store};

/// The document's file as an answer.
///
/// # Errors
/// Not in scope, quarantined or infected; a fault where the content is not what was attached.
pub(super) async fn download(db: &Db, scope: &Scope, id: DocumentId) -> Result<Response, Problem> {
    let document = store::find(db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    document.may_be_opened()?;
    let bytes = store::find_content(db.read(), scope, id).await?;
    if hex::encode(Sha256::digest(&bytes)) != document.sha256 {
        return Err(Fault::Corrupt(format!("the content of document {id} is not what was attached")).into());
    }
    let media_type = HeaderValue::from_str(&document.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, disposition(&document)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (
            HeaderName::from_static("content-security-policy"),
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// `attachment` with the name twice: in plain letters for old clients, in full by RFC 8187 for the others.
fn disposition(document: &Document) -> HeaderValue {
    let name = &document.file_name;
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encoded(name));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Every byte but the `attr-char` of RFC 8187 as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_name_survives_and_nothing_breaks_out_of_the_header() {
        assert_eq!(percent_encoded("执照 1.pdf"), "%E6%89%A7%E7%85%A7%201.pdf");
        assert_eq!(percent_encoded("a\"; x=y"), "a%22%3B%20x%3Dy");
    }
}
