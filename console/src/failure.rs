//! What the API refused or could not do, and the page that says so when there is no form to say it in.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::value::Facts;

/// A problem document as the API gave it.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// The last part of the problem's type.
    pub slug: String,
    /// The sentence, in the caller's language.
    pub detail: String,
    /// `(field, sentence)` for each bad field.
    pub fields: Vec<(String, String)>,
    /// The whole document, with the numbers behind the refusal.
    pub body: Box<Value>,
    /// After how many seconds to come again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// From an answer's status, `Retry-After` and body.
    #[must_use]
    pub fn read(status: StatusCode, retry_after: Option<u64>, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let slug = body.text("type").rsplit('/').next().unwrap_or_default().to_owned();
        let fields = body
            .list("errors")
            .iter()
            .map(|error| (error.text("field").to_owned(), error.text("detail").to_owned()))
            .collect();
        Self {
            status: status.as_u16(),
            slug,
            detail: body.text("detail").to_owned(),
            fields,
            body: Box::new(body),
            retry_after,
        }
    }
}

/// Why a page cannot be shown.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The session ended: sign in again.
    SignIn,
    /// A one-time password must be changed first.
    ChangePassword,
    /// The API refused, or something behind it does not answer.
    Refused(Box<Refusal>),
}

impl Failure {
    /// 404, as the API says it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::status(StatusCode::NOT_FOUND)
    }

    /// A failure of the console's own with the standard words for its status.
    #[must_use]
    pub fn status(status: StatusCode) -> Self {
        Self::Refused(Box::new(Refusal { status: status.as_u16(), ..Refusal::default() }))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match (refusal.status, refusal.slug.as_str()) {
            (401, _) => Self::SignIn,
            (403, "password-change-required") => Self::ChangePassword,
            _ => Self::Refused(Box::new(refusal)),
        }
    }
}

impl IntoResponse for Failure {
    /// Leaves itself in the response; the session's middleware, which knows language and person, draws the page.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
