//! The desk: one signed-in person's request with language, permissions and the way to the API.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::Response,
};
use http_kit::Lang;
use serde_json::Value;
use tower::ServiceExt;

use crate::{
    failure::{Failure, Refusal},
    text::{self, Words},
    value::Facts,
};

/// How long a page waits for one answer before it says that the service does not answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// The largest answer a page is made from.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Keys of texts that stand for stored values of one subject.
const WORD_GROUPS: [&str; 5] = ["role-", "as-", "service-", "key-", "limit-"];
/// Headers of the browser's request that the API sees too.
const FORWARDED: [HeaderName; 6] = [
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    header::USER_AGENT,
];

/// Where a request comes from and in which language it wants its answer.
#[derive(Debug, Clone)]
pub struct Origin {
    headers: HeaderMap,
    peer: Option<ConnectInfo<std::net::SocketAddr>>,
    /// The language of the page.
    pub lang: Lang,
}

impl Origin {
    /// What of the browser's request goes on to the API.
    #[must_use]
    pub fn of(parts: &Parts, lang: Lang) -> Self {
        let mut headers = HeaderMap::new();
        for name in FORWARDED {
            // The last of several is the nearest proxy's; those before it may be the browser's own word.
            if let Some(value) = parts.headers.get_all(&name).iter().next_back() {
                headers.insert(name, value.clone());
            }
        }
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        Self { headers, peer: parts.extensions.get().copied(), lang }
    }
}

/// Calls the API in process. Anything but a success is a [`Refusal`].
#[derive(Clone)]
pub struct Door(pub Router);

impl Door {
    /// The door to an API, which refuses in the language of who asks: what speaks so for its other callers stands before the
    /// console, too.
    pub fn to(api: Router) -> Self {
        Self(api.layer(axum::middleware::from_fn(http_kit::problem::speak)))
    }

    /// Sends a request with the token, if any, and answers the whole response.
    pub async fn send(
        &self,
        origin: &Origin,
        token: Option<&str>,
        mut request: Request<Body>,
    ) -> Result<Response, Refusal> {
        for (name, value) in &origin.headers {
            request.headers_mut().insert(name, value.clone());
        }
        if let Some(token) = token.and_then(|t| HeaderValue::from_str(&format!("Bearer {t}")).ok()) {
            request.headers_mut().insert(header::AUTHORIZATION, token);
        }
        if let Some(peer) = origin.peer {
            request.extensions_mut().insert(peer);
        }
        match tokio::time::timeout(ANSWER_MAX, self.0.clone().oneshot(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(never)) => match never {},
            Err(_) => Err(Refusal { status: 503, slug: "unavailable".to_owned(), ..Refusal::default() }),
        }
    }

    /// Sends JSON and reads JSON.
    pub async fn call(
        &self,
        origin: &Origin,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Value, Refusal> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(key) = key.filter(|key| !key.is_empty()) {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        let request = request.body(body).map_err(|_| Refusal { status: 404, ..Refusal::default() })?;
        read(self.send(origin, token, request).await?).await
    }
}

/// The JSON of an answer, or its problem.
pub async fn read(response: Response) -> Result<Value, Refusal> {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse().ok());
    let bytes: Bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX)
        .await
        .map_err(|_| Refusal { status: 502, ..Refusal::default() })?;
    if status.is_success() {
        Ok(if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or_default() })
    } else {
        Err(Refusal::read(status, retry_after, &bytes))
    }
}

/// Who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Me {
    /// The person's name.
    pub name: String,
    /// The organisation's id.
    pub organisation_id: String,
    /// The organisation's name.
    pub organisation: String,
    /// `bank`, `enterprise`, …
    pub kind: String,
    /// The roles' names.
    pub roles: Vec<String>,
    permissions: BTreeSet<String>,
}

impl Me {
    /// From `GET /api/platform/v1/me`.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        let texts = |path| value.list(path).iter().filter_map(|v| v.as_str()).map(str::to_owned);
        Self {
            name: value.text("name").to_owned(),
            organisation_id: value.text("organisation.id").to_owned(),
            organisation: value.text("organisation.name").to_owned(),
            kind: value.text("organisation.kind").to_owned(),
            roles: texts("roles").collect(),
            permissions: texts("permissions").collect(),
        }
    }
}

/// One signed-in person's request.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    door: Door,
    origin: Origin,
    token: String,
    me: Me,
    theme: String,
    path: String,
    query: Vec<(String, String)>,
}

impl Desk {
    /// Opens the desk for a verified session.
    #[must_use]
    pub fn open(door: Door, origin: Origin, token: String, me: Me, theme: String, parts: &Parts) -> Self {
        let query = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        Self(Arc::new(Inner { door, origin, token, me, theme, path, query }))
    }

    /// The page's language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.0.origin.lang
    }

    /// A Chinese stop as the page's language has it: where parts of a line are joined, an English line has its own.
    #[must_use]
    pub fn stop(&self, zh: &'static str) -> &'static str {
        text::stop(self.lang(), zh)
    }

    /// Who is signed in.
    #[must_use]
    pub fn me(&self) -> &Me {
        &self.0.me
    }

    /// `light`, `dark` or empty for the system's choice.
    #[must_use]
    pub fn theme(&self) -> &str {
        &self.0.theme
    }

    /// The path of the page.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The page's query parameters as given.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.0.query
    }

    /// One query parameter; empty where it was not given.
    #[must_use]
    pub fn asked(&self, name: &str) -> &str {
        self.0.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether the person holds the permission (`patent.read`); the API decides in the end.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.0.me.permissions.contains(permission)
    }

    /// The words of the page's language.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        Words::of(self.lang())
    }

    /// A text.
    #[must_use]
    pub fn t(&self, key: &'static str) -> &'static str {
        self.words().get(key)
    }

    /// A text with arguments.
    #[must_use]
    pub fn tf(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words().with(key, values)
    }

    /// The word for a stored value (`active` → `v-active`; `role-finance` stands for itself).
    #[must_use]
    pub fn word(&self, value: &str) -> String {
        if value.is_empty() {
            return "—".to_owned();
        }
        let key = value.replace([' ', '.'], "_");
        let found = self.words().find(&format!("v-{key}")).or_else(|| {
            WORD_GROUPS.iter().any(|group| key.starts_with(group)).then(|| self.words().find(&key)).flatten()
        });
        found.map_or_else(
            || {
                WORD_GROUPS
                    .iter()
                    .find_map(|group| value.strip_prefix(group))
                    .unwrap_or(value)
                    .replace('_', " ")
            },
            str::to_owned,
        )
    }

    /// Reads from the API.
    ///
    /// # Errors
    /// What the API refused.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        Ok(self.call(Method::GET, path, None, None).await?)
    }

    /// Reads from the API with query parameters; empty ones are left out.
    ///
    /// # Errors
    /// What the API refused.
    pub async fn find(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        self.get(&with_query(path, query)).await
    }

    /// Sends a command; the caller shows the refusal in its form.
    ///
    /// # Errors
    /// What the API refused.
    pub async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Result<Value, Refusal> {
        self.call(Method::POST, path, Some(body), key).await
    }

    /// Hands a request on as it is (uploads, exports) and answers the response unread.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub async fn pass(&self, request: Request<Body>) -> Result<Response, Refusal> {
        self.0.door.send(&self.0.origin, Some(&self.0.token), request).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Value, Refusal> {
        self.0.door.call(&self.0.origin, Some(&self.0.token), method, path, body, key).await
    }

    /// A list as a file: the API's export with the page's own filters, streamed through.
    ///
    /// # Errors
    /// What the API refused.
    pub async fn export(&self, api: &str) -> Result<Response, Failure> {
        let query: Vec<_> = self.0.query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let request = Request::get(with_query(&format!("{api}/export"), &query))
            .body(Body::empty())
            .map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
        let response = self.pass(request).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(read(response).await.err().unwrap_or_default().into())
    }
}

/// A path with its query; empty values are left out.
#[must_use]
pub fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let given: Vec<_> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(&given) {
        Ok(encoded) if !encoded.is_empty() => format!("{path}?{encoded}"),
        _ => path.to_owned(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::SignIn)
    }
}

/// An identifier from the path. What could not be one becomes `-`, which nothing is called, so that no path
/// ever reaches the API with more segments than the page meant.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(from = "String")]
pub struct Id(String);

impl From<String> for Id {
    fn from(text: String) -> Self {
        let sound = !text.is_empty()
            && text.len() <= 64
            && text != "."
            && text != ".."
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        Self(if sound { text } else { "-".to_owned() })
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::ops::Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
