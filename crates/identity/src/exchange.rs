//! Token exchange: a service that needs another one asks for a token for it on behalf of the same caller,
//! so that the caller's scope and permissions hold there too (the manner of RFC 8693).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use contracts::Service;
use serde::{Deserialize, Serialize};

use crate::{
    Caller, InternalIssuer,
    token::{LIFETIME, fingerprint},
};

/// Where the gateway gives internal tokens to services that run as their own processes.
pub const EXCHANGE_PATH: &str = "/internal/token";
/// Tokens remembered by one service.
const CACHE_MAX: u64 = 10_000;

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no token for {audience}: {reason}")]
pub struct ExchangeFailed {
    /// For which service.
    pub audience: Service,
    /// Why, in words for the log.
    pub reason: String,
}

/// Gives internal tokens.
#[async_trait]
pub trait TokenExchange: Send + Sync + 'static {
    /// A short internal token for `audience` on behalf of `caller`.
    async fn token(&self, caller: &Caller, audience: Service) -> Result<String, ExchangeFailed>;
}

/// The exchange inside one process: the issuer itself.
#[derive(Clone)]
pub struct InProcessExchange(pub Arc<InternalIssuer>);

#[async_trait]
impl TokenExchange for InProcessExchange {
    async fn token(&self, caller: &Caller, audience: Service) -> Result<String, ExchangeFailed> {
        self.0.sign(caller, audience).map_err(|error| ExchangeFailed { audience, reason: error.to_string() })
    }
}

/// What a service sends to the gateway's exchange.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExchangeRequest {
    /// On whose behalf.
    pub caller: Caller,
    /// For which service.
    pub audience: Service,
}

/// What the gateway answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExchangeAnswer {
    /// The internal token.
    pub token: String,
}

/// The exchange over HTTP, with the secret that the services share with the gateway.
pub struct HttpExchange {
    url: String,
    secret: String,
    client: reqwest::Client,
    /// Kept for a quarter of a token's life: the issuer gives one out until half of its life is over, and what
    /// is given out here must still be good for the call.
    recent: moka::sync::Cache<(u64, Service), String>,
}

impl HttpExchange {
    /// The exchange of the gateway at this base address.
    #[must_use]
    pub fn new(gateway: &str, secret: impl Into<String>, client: reqwest::Client) -> Self {
        let quarter_life = Duration::from_secs(LIFETIME.num_seconds().unsigned_abs() / 4);
        Self {
            url: format!("{}{EXCHANGE_PATH}", gateway.trim_end_matches('/')),
            secret: secret.into(),
            client,
            recent: moka::sync::Cache::builder().max_capacity(CACHE_MAX).time_to_live(quarter_life).build(),
        }
    }
}

#[async_trait]
impl TokenExchange for HttpExchange {
    async fn token(&self, caller: &Caller, audience: Service) -> Result<String, ExchangeFailed> {
        let failed = |error: reqwest::Error| ExchangeFailed { audience, reason: error.to_string() };
        let key = (fingerprint(caller), audience);
        if let Some(token) = self.recent.get(&key) {
            return Ok(token);
        }
        let request = ExchangeRequest { caller: caller.clone(), audience };
        let answer = self
            .client
            .post(&self.url)
            .bearer_auth(&self.secret)
            .json(&request)
            .send()
            .await
            .map_err(failed)?;
        let answer: ExchangeAnswer =
            answer.error_for_status().map_err(failed)?.json().await.map_err(failed)?;
        self.recent.insert(key, answer.token.clone());
        Ok(answer.token)
    }
}
