//! Style sheet and scripts, embedded, under names that carry the hash of their content: cached for ever, and
//! new when they change.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// Hex digits of the hash in a name.
const HASH_DIGITS: usize = 12;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Name with hash → name in the folder.
static NAMES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let hash = hex::encode(Files::get(&name)?.metadata.sha256_hash());
            let (stem, ending) = name.rsplit_once('.')?;
            Some((format!("{stem}.{}.{ending}", hash.get(..HASH_DIGITS)?), name.to_string()))
        })
        .collect()
});

/// The address of a file by its plain name.
#[must_use]
pub fn href(name: &str) -> String {
    NAMES
        .iter()
        .find(|(_, plain)| *plain == name)
        .map_or_else(|| format!("/static/{name}"), |(hashed, _)| format!("/static/{hashed}"))
}

/// Serves a file by its hashed name, or by its plain name to be checked each time.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let (plain, cache) = match NAMES.get(&name) {
        Some(plain) => (plain.as_str(), "public, max-age=31536000, immutable"),
        None => (name.as_str(), "no-cache"),
    };
    let Some(file) = Files::get(plain) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let kind = match plain.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let known =
        headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(&tag));
    let (status, body) = if known {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(file.data.into_owned()))
    };
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    (
        status,
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            (header::ETAG, tag),
        ],
        body,
    )
        .into_response()
}
