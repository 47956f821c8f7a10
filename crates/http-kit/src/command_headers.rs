//! The headers that make a command safe: the version that it was decided on, and the key under which it is done once.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use crate::{
    Problem,
    problem::{FieldProblem, Text},
};

/// The version of a thing that the caller has seen (`If-Match`, RFC 9110 §13.1.1), so that nobody decides on what has
/// changed since. Without the header every version will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IfMatch(Option<i64>);

impl IfMatch {
    /// The caller has seen this version.
    #[must_use]
    pub const fn version(version: i64) -> Self {
        Self(Some(version))
    }

    /// Whether the thing is still as the caller has seen it.
    #[must_use]
    pub fn holds(self, version: i64) -> bool {
        self.0.is_none_or(|seen| seen == version)
    }

    /// Refuses what the caller decided on another version. Called inside the act, on the row that it has locked.
    ///
    /// # Errors
    /// 412 with the version that the thing has now.
    pub fn check(self, version: i64) -> Result<(), Problem> {
        if self.holds(version) { Ok(()) } else { Err(Problem::stale(version)) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let tag = text.strip_prefix("W/").unwrap_or(text);
        let version = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match version.and_then(|version| version.parse().ok()) {
            Some(version) => Ok(Self(Some(version))),
            None => Err(Problem::bad_fields(vec![FieldProblem {
                field: "If-Match".to_owned(),
                text: Text::new(
                    "须为先前答复中的 ETag，如 \"3\"。",
                    "Must be the ETag of an answer before, such as \"3\".",
                ),
            }])),
        }
    }
}

/// An answer with its version as `ETag`, for `If-Match` to name.
pub fn versioned<T>(version: i64, body: T) -> ([(HeaderName, String); 1], Json<T>) {
    ([(header::ETAG, format!("\"{version}\""))], Json(body))
}

/// The `Idempotency-Key` header in a command's documentation: the same key and body again is answered as the first time,
/// and nothing is done twice. Where a key is demanded, the command documents that itself.
#[derive(Debug, Clone, Copy)]
pub struct RetryKey;

/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 128;

impl RetryKey {
    /// The key that a request was sent under.
    ///
    /// # Errors
    /// 422 for one that is empty, too long or not ASCII.
    pub fn of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().unwrap_or_default().trim();
        if (1..=KEY_CHARS_MAX).contains(&key.len()) {
            return Ok(Some(key.to_owned()));
        }
        Err(Problem::bad_fields(vec![FieldProblem {
            field: "Idempotency-Key".to_owned(),
            text: Text::new(
                format!("须为 1 至 {KEY_CHARS_MAX} 个 ASCII 字符。"),
                format!("Must be 1 to {KEY_CHARS_MAX} ASCII characters."),
            ),
        }]))
    }
}

fn header_param(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(<String as utoipa::PartialSchema>::schema()))
        .build()
}

impl IntoParams for RetryKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header_param(
            "Idempotency-Key",
            "Sent again with the same key and body, the command is not done again: the first answer is given again",
        )]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header_param(
            "If-Match",
            "The ETag seen; where the thing has changed since, 412 and nothing is done",
        )]
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, StatusCode};

    use super::*;
    use crate::Lang;

    async fn seen(tag: Option<&str>) -> Result<IfMatch, Problem> {
        let mut request = Request::get("/x");
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_decision_on_what_has_changed_since_is_refused_with_the_version_of_now() {
        let (tag, _) = versioned(7, ());
        let named = seen(Some(&tag[0].1)).await.unwrap();
        assert!(named.check(7).is_ok());
        let stale = named.check(8).unwrap_err();
        assert_eq!((stale.status(), stale.slug()), (StatusCode::PRECONDITION_FAILED, "stale-version"));
        assert_eq!(stale.render(Lang::En)["version"], 8);
        for any in [None, Some("*")] {
            assert!(seen(any).await.unwrap().check(1).is_ok(), "{any:?}");
        }
        assert!(seen(Some("W/\"7\"")).await.unwrap().check(7).is_ok());
        for wrong in ["7", "\"x\"", "\"1\", \"2\"", ""] {
            assert!(seen(Some(wrong)).await.is_err(), "{wrong}");
        }
    }
}
