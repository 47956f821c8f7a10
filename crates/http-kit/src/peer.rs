//! Calling another service: in the same process or over HTTP, always with a token for that service on
//! behalf of the same caller, always with a deadline.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::Service;
use http_body_util::BodyExt;
use identity::{Caller, TokenExchange};
use serde::{Serialize, de::DeserializeOwned};
use tower::ServiceExt;
use tx_kit::Fault;

/// How long a peer may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// The largest answer taken from a peer.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

/// The HTTP client of the suite: deadlines, pooled connections, no proxy from the environment.
///
/// # Errors
/// When the machine's TLS cannot be set up.
pub fn client() -> Result<reqwest::Client, Fault> {
    reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(Duration::from_secs(2))
        .timeout(DEADLINE)
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
        .map_err(|error| Fault::Other(format!("the HTTP client cannot be built: {error}")))
}

/// Where a peer is.
#[derive(Clone)]
enum Place {
    /// In this process; set once everything is built.
    InProcess(Arc<OnceLock<Router>>),
    /// At a base address.
    Http { base: String, client: reqwest::Client },
}

/// Another service of the suite.
#[derive(Clone)]
pub struct Peer {
    service: Service,
    place: Place,
    tokens: Arc<dyn TokenExchange>,
}

/// What a peer answered instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// Not there, or not the caller's to see.
    #[error("the peer does not know it")]
    NotFound,
    /// The caller may not ask this.
    #[error("the peer does not permit it")]
    Forbidden,
    /// No answer, or not as agreed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Peer {
    /// A peer in this process; the cell is filled when its router stands.
    #[must_use]
    pub fn in_process(
        service: Service,
        router: Arc<OnceLock<Router>>,
        tokens: Arc<dyn TokenExchange>,
    ) -> Self {
        Self { service, place: Place::InProcess(router), tokens }
    }

    /// A peer at an address.
    #[must_use]
    pub fn at(
        service: Service,
        base: impl Into<String>,
        client: reqwest::Client,
        tokens: Arc<dyn TokenExchange>,
    ) -> Self {
        let base = base.into().trim_end_matches('/').to_owned();
        Self { service, place: Place::Http { base, client }, tokens }
    }

    /// `GET` a path below the peer's API base on behalf of the caller: `/patents/{id}`.
    ///
    /// # Errors
    /// [`PeerError`]
    pub async fn get<T: DeserializeOwned>(&self, caller: &Caller, path: &str) -> Result<T, PeerError> {
        self.ask(caller, Method::GET, path, None).await
    }

    /// `POST` to a path below the peer's API base on behalf of the caller, for a question that no address holds, such as
    /// ten thousand ids. It carries no `Idempotency-Key`: what changes anything at a peer is told by an event.
    ///
    /// # Errors
    /// [`PeerError`]
    pub async fn post<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        path: &str,
        question: &(impl Serialize + Sync),
    ) -> Result<T, PeerError> {
        let body = serde_json::to_vec(question).map_err(Fault::from)?;
        self.ask(caller, Method::POST, path, Some(body)).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<T, PeerError> {
        let path = format!("{}{path}", self.service.base_path());
        let (status, body) = tokio::time::timeout(DEADLINE, async {
            let token = self.tokens.token(caller, self.service).await;
            let token = token.map_err(|error| Fault::Peer(error.to_string()))?;
            self.fetch((method, &path), &token, body).await
        })
        .await
        .map_err(|_| Fault::Peer(format!("{} did not answer in time", self.service)))??;
        match status {
            StatusCode::NOT_FOUND => Err(PeerError::NotFound),
            StatusCode::FORBIDDEN => Err(PeerError::Forbidden),
            status if status.is_success() => serde_json::from_slice(&body).map_err(|error| {
                Fault::Peer(format!("{} answered otherwise than agreed: {error}", self.service)).into()
            }),
            status => Err(Fault::Peer(format!("{} answered {status}", self.service)).into()),
        }
    }

    async fn fetch(
        &self,
        (method, path): (Method, &str),
        token: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(StatusCode, Vec<u8>), Fault> {
        let unreachable = |error: &dyn std::fmt::Display| Fault::Peer(format!("{}: {error}", self.service));
        match &self.place {
            Place::InProcess(cell) => {
                let router = cell.get().ok_or_else(|| unreachable(&"not started yet"))?.clone();
                let mut request = Request::builder()
                    .method(method)
                    .uri(path)
                    .header(header::AUTHORIZATION, format!("Bearer {token}"));
                if body.is_some() {
                    request = request.header(header::CONTENT_TYPE, "application/json");
                }
                let body = body.map_or_else(Body::empty, Body::from);
                let request = request.body(body).map_err(|error| unreachable(&error))?;
                let response = router.oneshot(request).await.map_err(|error| unreachable(&error))?;
                let status = response.status();
                let body = http_body_util::Limited::new(response.into_body(), ANSWER_MAX_BYTES);
                let bytes = body.collect().await.map_err(|error| unreachable(&error))?.to_bytes();
                Ok((status, bytes.to_vec()))
            }
            Place::Http { base, client } => {
                let mut request = client.request(method, format!("{base}{path}")).bearer_auth(token);
                if let Some(body) = body {
                    request = request.header(header::CONTENT_TYPE, "application/json").body(body);
                }
                let answer = request.send().await.map_err(|error| unreachable(&error))?;
                let status = answer.status();
                let bytes = answer.bytes().await.map_err(|error| unreachable(&error))?;
                Ok((status, bytes.to_vec()))
            }
        }
    }
}
