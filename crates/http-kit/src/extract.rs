//! What handlers take from a request: the caller, a JSON body, query and path values, the language.

use std::{convert::Infallible, str::FromStr};

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use contracts::UserId;
use identity::{Caller, Scope};
use serde::de::DeserializeOwned;
use tx_kit::IdempotencyKey;

use crate::{
    Problem, RetryKey,
    problem::{FieldProblem, Text},
    reading,
};

/// The language of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// 简体中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// The better of the two for an `Accept-Language` header; Chinese where it names neither.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let Some(accepted) = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
        else {
            return Self::Zh;
        };
        let mut best = (0.0_f32, Self::Zh);
        for part in accepted.split(',').take(16) {
            let (tag, quality) = part.split_once(';').unwrap_or((part, "q=1"));
            let quality: f32 = quality.trim().trim_start_matches("q=").parse().unwrap_or(0.0);
            let tag = tag.trim().to_ascii_lowercase();
            let lang = if tag.starts_with("zh") {
                Self::Zh
            } else if tag.starts_with("en") {
                Self::En
            } else {
                continue;
            };
            if quality > best.0 {
                best = (quality, lang);
            }
        }
        best.1
    }

    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// The caller, as verified at the service's door.
#[derive(Debug, Clone)]
pub struct Who(pub Caller);

impl Who {
    /// How far the caller sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.0.scope()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// A typed id (or another parsed value) from the path; what does not parse is not found.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: FromStr + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Query parameters; what does not read is named.
#[derive(Debug, Clone)]
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = parts.uri.query().unwrap_or_default();
        // A form's empty inputs mean "not given".
        let given: Vec<(String, String)> = serde_urlencoded::from_str::<Vec<(String, String)>>(pairs)
            .map_err(|error| unreadable("query", &error.to_string()))?
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // No text of ours holds the character, and PostgreSQL takes none that does.
        if let Some((name, _)) = given.iter().find(|(_, value)| value.contains('\0')) {
            return Err(holds_nul(name));
        }
        let encoded =
            serde_urlencoded::to_string(&given).map_err(|error| unreadable("query", &error.to_string()))?;
        let deserializer = serde_urlencoded::Deserializer::new(form_pairs(encoded.as_bytes()));
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| unreadable(&error.path().to_string(), &error.inner().to_string()))
    }
}

fn form_pairs(encoded: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(encoded)
}

pub(crate) fn unreadable(field: &str, reason: &str) -> Problem {
    Problem::bad_fields(vec![reading::unreadable(field, reason)])
}

fn bad(field: &str, zh: &str, en: &str) -> Problem {
    Problem::bad_fields(vec![FieldProblem { field: field.to_owned(), text: Text::new(zh, en) }])
}

/// A JSON body; what does not read is named by its path.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = body_bytes(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// A command: a JSON body together with the caller's `Idempotency-Key`, where one was sent.
#[derive(Debug, Clone)]
pub struct Command<T> {
    /// The body.
    pub body: T,
    /// The key, with the fingerprint of this request; `None` where the caller sent none.
    pub key: Option<IdempotencyKey>,
}

impl<T> Command<T> {
    /// The key, for commands that demand one: what moves money, and what would otherwise be there twice.
    ///
    /// # Errors
    /// 400 where the caller sent none.
    pub fn demand_key(&self) -> Result<&IdempotencyKey, Problem> {
        self.key.as_ref().ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency-key-required",
                "此操作须带 Idempotency-Key 请求头，以便安全重试。",
                "Send an Idempotency-Key header, so that a request whose reply was lost can be sent again safely.",
            )
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let command = format!("{} {}", request.method(), request.uri().path());
        let caller = request.extensions().get::<Caller>().map(|caller| (caller.tenant, caller.user));
        let key = RetryKey::of(request.headers())?;
        let bytes = body_bytes(request, state).await?;
        let body = parse(&bytes)?;
        let key = match (caller, key) {
            (Some((tenant, user)), Some(key)) => {
                Some(IdempotencyKey::new(tenant, command, key, &asked_by(user, &canonical(&bytes))))
            }
            _ => None,
        };
        Ok(Self { body, key })
    }
}

/// The request without what does not change its meaning: white space and the order of members.
fn canonical(bytes: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<serde_json::Value>(bytes)
        .ok()
        .and_then(|value| serde_json::to_vec(&value).ok())
        .unwrap_or_else(|| bytes.to_vec())
}

/// What a person asks, to be told from every other request under the same key. What another person asks is another request: a
/// second approval is never taken for the first.
#[must_use]
pub fn asked_by(user: UserId, content: &[u8]) -> Vec<u8> {
    [user.uuid().as_bytes().as_slice(), content].concat()
}

/// 422 where the client did not send what it had announced.
#[must_use]
pub fn cut() -> Problem {
    bad("body", "请求内容不完整，请重新发送。", "The body did not arrive whole: send it again.")
}

pub(crate) async fn body_bytes<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<axum::body::Bytes, Problem> {
    let json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|kind| kind.starts_with("application/json") || kind.contains("+json"));
    if !json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "请以 application/json 发送请求。",
            "Send the request as application/json.",
        ));
    }
    axum::body::Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(inner) if inner.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload-too-large",
                "请求内容过大。请缩小或分批提交。",
                "The request is too large. Make it smaller or send it in parts.",
            )
        }
        _ => cut(),
    })
}

/// Where a body names a currency that is not the yuan: nobody's dollars are booked as yuan because no command reads the
/// field.
fn foreign_currency(bytes: &[u8]) -> Option<String> {
    fn within(value: &serde_json::Value, path: &str) -> Option<String> {
        match value {
            serde_json::Value::Object(members) => members.iter().find_map(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match value {
                    serde_json::Value::String(code) if name == "currency" => (code != "CNY").then_some(path),
                    _ => within(value, &path),
                }
            }),
            serde_json::Value::Array(items) => {
                items.iter().enumerate().find_map(|(index, item)| within(item, &format!("{path}[{index}]")))
            }
            _ => None,
        }
    }
    const NAME: &[u8] = b"\"currency\"";
    if !bytes.windows(NAME.len()).any(|some| some == NAME) {
        return None;
    }
    within(&serde_json::from_slice(bytes).ok()?, "")
}

fn holds_nul(field: &str) -> Problem {
    bad(field, "含有不允许的字符（U+0000）。", "It holds a character that is not taken (U+0000).")
}

/// Where a text of the body, or a member's name, holds U+0000: no text of ours does, and PostgreSQL takes none.
fn nul(bytes: &[u8]) -> Option<String> {
    fn within(value: &serde_json::Value, path: &str) -> Option<String> {
        match value {
            serde_json::Value::String(text) => text.contains('\0').then(|| path.to_owned()),
            serde_json::Value::Object(members) => members.iter().find_map(|(name, value)| {
                if name.contains('\0') {
                    return Some(path.to_owned());
                }
                within(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") })
            }),
            serde_json::Value::Array(items) => {
                items.iter().enumerate().find_map(|(index, item)| within(item, &format!("{path}[{index}]")))
            }
            _ => None,
        }
    }
    const ESCAPED: &[u8] = b"\\u0000";
    if !bytes.windows(ESCAPED.len()).any(|some| some == ESCAPED) {
        return None;
    }
    within(&serde_json::from_slice(bytes).ok()?, "")
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    if let Some(field) = nul(bytes) {
        return Err(holds_nul(if field.is_empty() { "body" } else { &field }));
    }
    if let Some(field) = foreign_currency(bytes) {
        return Err(bad(
            &field,
            "金额均以人民币（CNY）计，不受理其他币种。",
            "Every amount is in Chinese yuan (CNY); no other currency is taken.",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| unreadable(&error.path().to_string(), &error.inner().to_string()))?;
    deserializer.end().map_err(|error| unreadable("body", &error.to_string()))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Search {
        q: Option<String>,
    }

    async fn search(query: &str) -> Result<Option<String>, Problem> {
        let request = Request::get(format!("/x?{query}")).body(axum::body::Body::empty()).unwrap();
        let (mut parts, _) = request.into_parts();
        QueryOf::<Search>::from_request_parts(&mut parts, &()).await.map(|QueryOf(search)| search.q)
    }

    #[test]
    fn an_amount_in_another_currency_is_refused_wherever_the_body_names_it() {
        let refused = parse::<serde_json::Value>(br#"{"parts": [{"amount": "1.00", "currency": "USD"}]}"#);
        assert_eq!(refused.unwrap_err().render(Lang::En)["errors"][0]["field"], "parts[0].currency");
        assert!(parse::<serde_json::Value>(br#"{"amount": "1.00", "currency": "CNY"}"#).is_ok());
        assert!(parse::<serde_json::Value>(br#"{"note": "a \"currency\" of trust"}"#).is_ok());
    }

    #[test]
    fn a_text_with_the_character_that_postgresql_refuses_is_named_wherever_it_stands() {
        for (body, field) in [
            (r#"{"user": {"name": "a\u0000b"}}"#, "user.name"),
            (r#"{"notes": ["a", "\u0000"]}"#, "notes[1]"),
            (r#"{"a\u0000": 1}"#, "body"),
        ] {
            let refused = parse::<serde_json::Value>(body.as_bytes()).unwrap_err();
            assert_eq!(refused.render(Lang::En)["errors"][0]["field"], field, "{body}");
        }
        assert!(parse::<serde_json::Value>(br#"{"note": "a \\u0000 in words"}"#).is_ok());
    }

    #[test]
    fn what_another_person_asks_is_another_request() {
        let [first, second] = [1, 2].map(|number| UserId::from_uuid(uuid::Uuid::from_u128(number)));
        assert_eq!(asked_by(first, b"{}"), asked_by(first, b"{}"));
        assert_ne!(asked_by(first, b"{}"), asked_by(second, b"{}"));
        assert_ne!(asked_by(first, b"{}"), asked_by(first, b"[]"));
    }

    #[tokio::test]
    async fn a_search_never_carries_the_character_that_postgresql_refuses() {
        assert_eq!(search("q=%E9%94%82&limit=").await.unwrap().as_deref(), Some("锂"));
        assert_eq!(search("q=").await.unwrap(), None, "an empty input means not given");
        assert!(search("q=a%00b").await.is_err());
    }
}
