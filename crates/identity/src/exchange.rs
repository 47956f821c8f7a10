//! Token exchange: a service that needs another one asks for a token for it on behalf of the same caller,
//! so that the caller's scope and permissions hold there too (the manner of RFC 8693).

use async_trait::async_trait;
use contracts::Service;

use crate::Caller;

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
