//! One service behind the gateway: its router in this process, or its address.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Uri, uri},
    response::{IntoResponse, Response},
};
use contracts::Service;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tower::ServiceExt;
use tx_kit::Fault;

use super::{body::Watch, breaker::Breaker};

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long the answer about a service's health may take.
const HEALTH_DEADLINE: Duration = Duration::from_secs(2);
/// Idle connections kept to each service.
const IDLE_MAX: usize = 64;

/// Where a service is.
pub enum Upstream {
    /// In this process.
    InProcess(Router),
    /// At a base address: `http://pledge:8082`.
    Http(String),
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// The request did not get there.
    Unreachable { retry_after_seconds: u64 },
    /// It got there, perhaps; nothing came back.
    Lost,
}

/// How a service does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health {
    /// Whether it can do its work.
    pub(crate) ready: bool,
    /// Whether requests are refused before they are sent.
    pub(crate) breaker_open: bool,
    /// Where it is; none where it is in this process.
    pub(crate) address: Option<String>,
}

/// A service with what is needed to call it.
pub(super) enum Behind {
    InProcess(Router),
    Http(Arc<Remote>),
}

/// A service at an address.
pub(super) struct Remote {
    service: Service,
    base: uri::Parts,
    address: String,
    client: Client<HttpConnector, Body>,
    breaker: Breaker,
}

impl Behind {
    pub(super) fn new(service: Service, upstream: Upstream) -> Result<Self, Fault> {
        match upstream {
            Upstream::InProcess(router) => Ok(Self::InProcess(router)),
            Upstream::Http(address) => Ok(Self::Http(Arc::new(Remote::new(service, &address)?))),
        }
    }

    /// The service's answer, begun within the deadline.
    pub(super) async fn call(
        &self,
        request: Request,
        deadline: Duration,
        watch: &Watch,
    ) -> Result<Response, Unanswered> {
        match self {
            Self::InProcess(router) => {
                let answer = tokio::time::timeout(deadline, router.clone().oneshot(request)).await;
                match answer {
                    Ok(Ok(response)) => Ok(response),
                    Ok(Err(never)) => match never {},
                    Err(_) => Err(Unanswered::Lost),
                }
            }
            Self::Http(remote) => remote.call(request, deadline, watch).await,
        }
    }

    pub(super) async fn health(&self) -> Health {
        match self {
            Self::InProcess(_) => Health { ready: true, breaker_open: false, address: None },
            Self::Http(remote) => remote.health().await,
        }
    }
}

impl Remote {
    fn new(service: Service, address: &str) -> Result<Self, Fault> {
        let wrong = || Fault::Other(format!("the address of {service}, {address}, is not http://host:port"));
        let base = address.trim_end_matches('/').parse::<Uri>().map_err(|_| wrong())?.into_parts();
        let plain = base.scheme.as_ref() == Some(&uri::Scheme::HTTP);
        let no_path = base.path_and_query.as_ref().is_none_or(|path| path.as_str() == "/");
        if !plain || !no_path || base.authority.is_none() {
            return Err(wrong());
        }
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(IDLE_MAX)
            .build(connector);
        let address = address.trim_end_matches('/').to_owned();
        Ok(Self { service, base, address, client, breaker: Breaker::default() })
    }

    fn target(&self, uri: &Uri) -> Result<Uri, uri::InvalidUriParts> {
        let mut parts = uri::Parts::default();
        parts.scheme.clone_from(&self.base.scheme);
        parts.authority.clone_from(&self.base.authority);
        parts.path_and_query = uri.path_and_query().cloned();
        Uri::from_parts(parts)
    }

    async fn call(
        &self,
        mut request: Request,
        deadline: Duration,
        watch: &Watch,
    ) -> Result<Response, Unanswered> {
        let unreachable = |seconds: u64| Unanswered::Unreachable { retry_after_seconds: seconds };
        self.breaker.pass(deadline).map_err(|wait| unreachable(wait.as_secs() + 1))?;
        *request.uri_mut() = self.target(request.uri()).map_err(|_| unreachable(2))?;
        match tokio::time::timeout(deadline, self.client.request(request)).await {
            Ok(Ok(response)) => {
                self.breaker.succeeded();
                Ok(response.into_response())
            }
            // Nobody else is cut off from the service for what one client sent.
            Ok(Err(_)) if watch.broke() => Err(Unanswered::Lost),
            Ok(Err(error)) => {
                self.note_failure(&error);
                Err(if error.is_connect() { unreachable(2) } else { Unanswered::Lost })
            }
            // Nor for what one client has not sent in all that time.
            Err(_) if watch.is_under_way() => Err(Unanswered::Lost),
            Err(_) => {
                self.note_failure(&"no answer in time");
                Err(Unanswered::Lost)
            }
        }
    }

    fn note_failure(&self, reason: &dyn std::fmt::Display) {
        let opened = self.breaker.failed();
        tracing::warn!(service = %self.service, %reason, breaker_open = opened, "a service did not answer");
    }

    /// Asked past the breaker: it has no part in this.
    async fn health(&self) -> Health {
        let target = self.target(&Uri::from_static("/health/ready"));
        let ready = match target.map(|uri| Request::get(uri).body(Body::empty())) {
            Ok(Ok(request)) => {
                let answer = tokio::time::timeout(HEALTH_DEADLINE, self.client.request(request)).await;
                matches!(answer, Ok(Ok(response)) if response.status().is_success())
            }
            _ => false,
        };
        Health { ready, breaker_open: self.breaker.is_open(), address: Some(self.address.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_called_is_refused_at_the_start() {
        for wrong in ["pledge:8082", "https://pledge", "http://pledge/base", "ftp://pledge", ""] {
            assert!(Remote::new(Service::Pledge, wrong).is_err(), "{wrong}");
        }
        let remote = Remote::new(Service::Pledge, "http://pledge:8082/").unwrap();
        let target = remote.target(&Uri::from_static("/api/pledge/v1/loans?q=1")).unwrap();
        assert_eq!(target, "http://pledge:8082/api/pledge/v1/loans?q=1");
    }
}
