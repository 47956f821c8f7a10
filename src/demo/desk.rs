//! How the people of the demo call the services: over each service's own door, with an internal token, as the
//! gateway would on their behalf.

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use contracts::{Service, SimulatedClock};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::cast::Person;
use crate::suite::Suite;

/// Why the story did not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    /// A service refused a step.
    #[error("the demo stopped: {who} {what}: {status} {answer}")]
    Refused { who: &'static str, what: String, status: StatusCode, answer: String },
    /// The machinery failed.
    #[error("the demo stopped: {0}")]
    Fault(String),
}

impl From<tx_kit::Fault> for DemoError {
    fn from(fault: tx_kit::Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

impl From<http_kit::ActError> for DemoError {
    fn from(error: http_kit::ActError) -> Self {
        match error {
            http_kit::ActError::Fault(fault) => fault.into(),
            http_kit::ActError::Refused(problem) => Self::Fault(problem.detail().en.clone()),
        }
    }
}

/// The services on a day of the year.
pub(super) struct Desk<'a> {
    pub suite: &'a Suite,
    clock: &'a SimulatedClock,
    issuer: std::sync::Arc<identity::InternalIssuer>,
    /// The day it is.
    pub today: NaiveDate,
    /// Minutes since the office opened.
    minutes: i64,
    /// Rises with every command, for keys.
    commands: u64,
}

impl<'a> Desk<'a> {
    pub(super) fn new(suite: &'a Suite, clock: &'a SimulatedClock, first_day: NaiveDate) -> Self {
        let issuer = suite.keys.internal_issuer();
        let mut desk = Self { suite, clock, issuer, today: first_day, minutes: 0, commands: 0 };
        desk.open(first_day);
        desk
    }

    /// Opens the office at half past eight in China on a day.
    pub(super) fn open(&mut self, day: NaiveDate) {
        self.today = day;
        self.minutes = 0;
        self.clock.set(self.instant());
    }

    fn instant(&self) -> DateTime<Utc> {
        // 08:30 in China is 00:30 UTC of the same day.
        self.today.and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(30 + self.minutes)
    }

    /// A few minutes pass between any two commands.
    fn tick(&mut self) {
        self.minutes = (self.minutes + 3).min(8 * 60);
        self.clock.set(self.instant());
    }

    fn door(&self, service: Service) -> Result<Router, DemoError> {
        let found = self.suite.doors.iter().find(|(name, _)| *name == service);
        found.map(|(_, router)| router.clone()).ok_or_else(|| DemoError::Fault(format!("no {service}")))
    }

    pub(super) async fn get(&self, who: &Person, service: Service, path: &str) -> Result<Value, DemoError> {
        self.call(who, service, Method::GET, path, None).await
    }

    pub(super) async fn post(
        &mut self,
        who: &Person,
        service: Service,
        path: &str,
        body: Value,
    ) -> Result<Value, DemoError> {
        self.tick();
        self.commands += 1;
        self.call(who, service, Method::POST, path, Some(body)).await
    }

    /// Attaches a paper, a file's name and its bytes, to a thing of pledge-svc's, in the same minutes as the command that it is
    /// for; the document.
    pub(super) async fn attach(
        &mut self,
        who: &Person,
        thing: &str,
        kind: &str,
        (name, paper): (String, Vec<u8>),
    ) -> Result<Value, DemoError> {
        self.commands += 1;
        let path = format!("{thing}/documents?kind={kind}&file_name={}", percent(&name));
        self.send(who, Service::Pledge, (Method::POST, &path), ("application/pdf", paper)).await
    }

    /// Uploads a file as a form with what is said about it.
    pub(super) async fn upload(
        &mut self,
        who: &Person,
        service: Service,
        path: &str,
        said: &[(&str, &str)],
        file: &str,
    ) -> Result<Value, DemoError> {
        self.tick();
        self.commands += 1;
        let mut form: String = said
            .iter()
            .map(|(name, value)| {
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            })
            .collect();
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"table.csv\"\r\n\r\n";
        form.push_str(&format!("{head}{file}\r\n--edge--\r\n"));
        let kind = "multipart/form-data; boundary=edge";
        self.send(who, service, (Method::POST, path), (kind, form.into_bytes())).await
    }

    async fn call(
        &self,
        who: &Person,
        service: Service,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, DemoError> {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.send(who, service, (method, path), ("application/json", body)).await
    }

    async fn send(
        &self,
        who: &Person,
        service: Service,
        (method, path): (Method, &str),
        (content_type, body): (&str, Vec<u8>),
    ) -> Result<Value, DemoError> {
        let broken = |error: &dyn std::fmt::Display| DemoError::Fault(error.to_string());
        let token = self.issuer.sign(&who.caller(), service).map_err(|error| broken(&error))?;
        let what = format!("{method} {}{path}", service.base_path());
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", service.base_path()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header("idempotency-key", format!("demo-{}-{}", self.today, self.commands))
            .body(Body::from(body))
            .map_err(|error| broken(&error))?;
        let answer = self.door(service)?.oneshot(request).await.map_err(|error| broken(&error))?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await.map_err(|error| broken(&error))?.to_bytes();
        if status.is_success() {
            serde_json::from_slice(&bytes).map_err(|error| broken(&error))
        } else {
            let answer = String::from_utf8_lossy(&bytes).chars().take(600).collect();
            Err(DemoError::Refused { who: who.username, what, status, answer })
        }
    }
}

/// A text field of an answer.
pub(super) fn text<'v>(value: &'v Value, path: &str) -> Result<&'v str, DemoError> {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .ok_or_else(|| DemoError::Fault(format!("no {path} in {value}")))
}

/// An amount of an answer.
pub(super) fn money(value: &Value, path: &str) -> Result<finance::Money, DemoError> {
    text(value, path)?.parse().map_err(|error| DemoError::Fault(format!("{path}: {error}")))
}

/// The rows of a list.
pub(super) fn items(value: &Value) -> &[Value] {
    value.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value inside a query.
pub(super) fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
