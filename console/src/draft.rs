//! What was posted, and the API's body made from it.

use std::convert::Infallible;

use axum::{
    Form as Posted,
    body::Body,
    extract::{FromRequest, Request},
    http::header,
};
use serde_json::{Map, Value};

use crate::{
    desk::{Desk, read},
    failure::Refusal,
    figures,
};

/// The hidden field with the version of the thing that a form showed.
pub const SEEN: &str = "seen_version";

/// What was posted.
#[derive(Debug, Clone, Default)]
pub struct Input(Vec<(String, String)>);

impl Input {
    /// From pairs.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a field without surrounding space; empty where it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every field and value as posted.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The key against sending twice.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.get("idempotency_key").filter(|key| !key.is_empty())
    }

    /// The version of the thing that the form showed.
    #[must_use]
    pub fn seen(&self) -> Option<i64> {
        self.get(SEEN).and_then(|version| version.parse().ok())
    }
}

impl<S: Send + Sync> FromRequest<S> for Input {
    type Rejection = Infallible;

    /// A body that does not read is an empty form: every required field then says so.
    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let posted = Posted::<Vec<(String, String)>>::from_request(request, state).await;
        Ok(Self(posted.map(|Posted(pairs)| pairs).unwrap_or_default()))
    }
}

/// A body for the API made from what was typed, with what could not be read as the field demands.
#[derive(Debug)]
pub struct Draft<'a> {
    desk: &'a Desk,
    input: &'a Input,
    body: Map<String, Value>,
    bad: Vec<(String, String)>,
}

impl<'a> Draft<'a> {
    /// An empty body.
    #[must_use]
    pub fn new(desk: &'a Desk, input: &'a Input) -> Self {
        Self { desk, input, body: Map::new(), bad: Vec::new() }
    }

    /// Texts as typed; what is empty is left out.
    #[must_use]
    pub fn texts(mut self, names: &[&str]) -> Self {
        for name in names {
            let text = self.input.text(name);
            if !text.is_empty() {
                self.body.insert((*name).to_owned(), text.into());
            }
        }
        self
    }

    /// Amounts in 元 or 万元.
    #[must_use]
    pub fn amounts(mut self, names: &[&str]) -> Self {
        for name in names {
            let text = self.input.text(name);
            if text.is_empty() {
                continue;
            }
            let unit = self.input.text(&format!("{name}_unit"));
            match figures::typed_amount(text, unit) {
                Some(amount) => self.set(name, amount),
                None => self.bad(name, "form-bad-amount"),
            }
        }
        self
    }

    /// Percents.
    #[must_use]
    pub fn percents(mut self, names: &[&str]) -> Self {
        for name in names {
            let text = self.input.text(name);
            if text.is_empty() {
                continue;
            }
            match figures::typed_percent(text) {
                Some(rate) => self.set(name, rate),
                None => self.bad(name, "form-bad-percent"),
            }
        }
        self
    }

    /// Whole numbers.
    #[must_use]
    pub fn wholes(mut self, names: &[&str]) -> Self {
        for name in names {
            let text = self.input.text(name);
            if text.is_empty() {
                continue;
            }
            match text.parse::<i64>() {
                Ok(number) => self.set(name, number),
                Err(_) => self.bad(name, "form-bad-whole"),
            }
        }
        self
    }

    /// Sets a member.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.body.insert(name.to_owned(), value.into());
    }

    /// Sets a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Notes a field as unreadable.
    pub fn bad(&mut self, name: &str, key: &'static str) {
        self.bad.push((name.to_owned(), self.desk.t(key).to_owned()));
    }

    /// The body, or what does not read.
    ///
    /// # Errors
    /// The fields that do not read, as the API would say it.
    pub fn finish(self) -> Result<Value, Refusal> {
        if self.bad.is_empty() {
            return Ok(Value::Object(self.body));
        }
        let detail = self.desk.t("form-correct").to_owned();
        Err(Refusal { status: 422, detail, fields: self.bad, ..Refusal::default() })
    }

    /// Sends the body with the form's key and, where the form shows a thing that others may change meanwhile, the version
    /// that it showed.
    ///
    /// # Errors
    /// What does not read, or what the API refused.
    pub async fn send(self, path: &str) -> Result<Value, Refusal> {
        let (desk, key, seen) = (self.desk, self.input.key(), self.input.seen());
        let body = self.finish()?;
        let Some(seen) = seen else { return desk.post(path, &body, key).await };
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{seen}\""));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(Body::from(body.to_string()))
            .map_err(|_| Refusal { status: 400, ..Refusal::default() })?;
        read(desk.pass(request).await?).await
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("path", &self.path()).finish_non_exhaustive()
    }
}
