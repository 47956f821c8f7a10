//! The services of the suite, as token audiences, event sources and path prefixes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One service of the suite.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// The door: issuer, sessions, organisations, proxy.
    Gateway,
    /// Catalogue, scoring, appraisal.
    Valuation,
    /// Applications, facilities, loans, registration.
    Pledge,
    /// Quotes, policies, claims.
    Insurance,
    /// The regulator's view.
    Supervision,
}

impl Service {
    /// Every service, in the order in which they start.
    pub const ALL: [Self; 5] =
        [Self::Gateway, Self::Valuation, Self::Pledge, Self::Insurance, Self::Supervision];

    /// The short name: token audience, event source, configuration suffix.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Valuation => "valuation",
            Self::Pledge => "pledge",
            Self::Insurance => "insurance",
            Self::Supervision => "supervision",
        }
    }

    /// Where its API begins: `/api/pledge/v1`.
    #[must_use]
    pub const fn base_path(self) -> &'static str {
        match self {
            Self::Gateway => "/api/platform/v1",
            Self::Valuation => "/api/valuation/v1",
            Self::Pledge => "/api/pledge/v1",
            Self::Insurance => "/api/insurance/v1",
            Self::Supervision => "/api/supervision/v1",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, UnknownService> {
        Self::ALL.into_iter().find(|service| service.name() == text).ok_or(UnknownService)
    }
}

/// A name that is no service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such service")]
pub struct UnknownService;
