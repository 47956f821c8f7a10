//! An office outside, over HTTP. It decides; we send papers under our own request id, ask what it has said, and take
//! its callbacks. What it has to answer is described in `docs/register.md`.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use contracts::{Clock, FilingId};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use tx_kit::Fault;

use super::{
    Register, Undelivered,
    seal::{PROOF_HEADER, STAMP_HEADER, Seal},
};
use crate::registration::model::{Answer, Filing, OfficeMessage, Parcel, ParcelKind};

/// How long the office may take for one answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How much of a refusal is kept for people, in characters.
const WORDS_CHARS_MAX: usize = 300;

/// An office at an address.
pub struct HttpRegister {
    base: String,
    client: reqwest::Client,
    seal: Seal,
    clock: Arc<dyn Clock>,
}

/// What the office answers.
#[derive(Debug, Default, Deserialize)]
struct Answered {
    #[serde(default)]
    messages: Vec<OfficeMessage>,
}

impl HttpRegister {
    /// An office at a base address (`https://register.example/api`), with the secret shared with it.
    ///
    /// # Errors
    /// One sentence where the address cannot be used or the machine's TLS cannot be set up.
    pub fn new(base: &str, secret: &[u8], clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let base = base.trim_end_matches('/');
        if !(base.starts_with("https://") || base.starts_with("http://")) {
            return Err(Fault::Other(format!(
                "the register's address {base} does not begin with https:// or http://"
            )));
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(DEADLINE)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| Fault::Other(format!("the HTTP client cannot be built: {error}")))?;
        Ok(Self { base: base.to_owned(), client, seal: Seal::new(secret), clock })
    }

    /// A request with its proof: over the body where it has one, over the path otherwise.
    fn request(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> RequestBuilder {
        let stamp = self.clock.now().timestamp();
        let proof = self.seal.prove(stamp, body.as_deref().unwrap_or(path.as_bytes()));
        let request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header(STAMP_HEADER, stamp.to_string())
            .header(PROOF_HEADER, proof);
        match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request,
        }
    }
}

#[async_trait]
impl Register for HttpRegister {
    fn is_outside(&self) -> bool {
        true
    }

    fn at_once(&self, _filing: &Filing) -> Vec<Answer> {
        Vec::new()
    }

    fn seal(&self) -> Option<&Seal> {
        Some(&self.seal)
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<Vec<OfficeMessage>, Undelivered> {
        let id = parcel.filing_id;
        let path = match parcel.kind {
            ParcelKind::Submission => "/filings".to_owned(),
            ParcelKind::Correction => format!("/filings/{id}/corrections"),
            ParcelKind::Withdrawal => format!("/filings/{id}/withdrawal"),
        };
        let key = format!("{id}:{}:{}", parcel.kind, parcel.body["correction"].as_u64().unwrap_or(0));
        let body = parcel.body.to_string().into_bytes();
        let request = self.request(Method::POST, &path, Some(body)).header("idempotency-key", key);
        let (status, bytes) = sent(request).await?;
        match status {
            status if status.is_success() => read(&bytes, id),
            // It has it already: a repeat of ours arrived after its first answer was lost.
            StatusCode::CONFLICT => Ok(Vec::new()),
            status if is_passing(status) => Err(Undelivered::Later(format!("the office answered {status}"))),
            status => Err(Undelivered::Never(format!("the office answered {status}: {}", words(&bytes)))),
        }
    }

    async fn messages(&self, filing: FilingId) -> Result<Option<Vec<OfficeMessage>>, Undelivered> {
        let request = self.request(Method::GET, &format!("/filings/{filing}"), None);
        let (status, bytes) = sent(request).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => read(&bytes, filing).map(Some),
            status => Err(Undelivered::Later(format!("the office answered {status}"))),
        }
    }
}

/// Whether the same request may be answered otherwise later.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status.is_redirection()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT
                | StatusCode::TOO_MANY_REQUESTS
                | StatusCode::TOO_EARLY
                | StatusCode::LOCKED
                | StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
        )
}

async fn sent(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Undelivered> {
    let later = |error: reqwest::Error| Undelivered::Later(error.without_url().to_string());
    let mut response: Response = request.send().await.map_err(later)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(later)? {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Undelivered::Later("the office's answer is too large".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((response.status(), bytes))
}

/// The messages of an answer, all about this filing; an empty answer has none.
fn read(bytes: &[u8], filing: FilingId) -> Result<Vec<OfficeMessage>, Undelivered> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    let answered: Answered = serde_json::from_slice(bytes)
        .map_err(|error| Undelivered::Later(format!("the office's answer does not read: {error}")))?;
    if answered.messages.iter().any(|message| message.request_id != filing) {
        return Err(Undelivered::Later("the office answered about another filing".to_owned()));
    }
    Ok(answered.messages)
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(WORDS_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use contracts::SystemClock;

    use super::*;

    fn office(base: &str) -> Result<HttpRegister, Fault> {
        HttpRegister::new(base, b"secret", Arc::new(SystemClock))
    }

    #[test]
    fn an_address_that_is_none_is_refused_at_the_start() {
        for wrong in ["register.example", "ftp://register.example", ""] {
            assert!(office(wrong).is_err(), "{wrong}");
        }
        assert!(office("https://register.example/api/").is_ok());
    }

    #[test]
    fn an_answer_about_another_filing_is_not_believed() {
        let id = FilingId::from_uuid(uuid::Uuid::from_u128(8));
        assert_eq!(read(b"", id), Ok(Vec::new()));
        assert_eq!(read(b"{}", id), Ok(Vec::new()));
        assert!(matches!(read(b"<html>", id), Err(Undelivered::Later(_))));
        let about = br#"{"messages":[{"request_id":"00000000-0000-0000-0000-000000000009","sequence":1,
            "on":"2026-11-24","answer":{"kind":"withdrawn"}}]}"#;
        assert!(matches!(read(about, id), Err(Undelivered::Later(_))));
        assert_eq!(read(about, FilingId::from_uuid(uuid::Uuid::from_u128(9))).unwrap().len(), 1);
    }
}
