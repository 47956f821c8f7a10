//! The register that pledges are filed with: the built-in one, or an office outside. Which one it is, is set when the
//! service starts; nothing above this trait asks.
//!
//! Where is …?
//! - the built-in register, whose decisions are taken at its desk here: [`built_in`]
//! - an office outside, over HTTP: [`http`]; how it and we prove who wrote: [`seal`]
//! - sending, asking, trying again: `../deliver.rs`; its messages: `../take.rs`, `../callbacks.rs`

pub mod built_in;
pub mod http;
pub mod seal;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::{Clock, FilingId};
use http_kit::config::{ConfigError, Settings};
use secrecy::ExposeSecret;

use super::model::{Answer, Filing, OfficeMessage, Parcel};
use seal::Seal;

/// Why papers did not reach the office, or why it could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may work later: no connection, no answer in time, an answer that is no answer.
    #[error("{0}")]
    Later(String),
    /// The office will not have it like this.
    #[error("{0}")]
    Never(String),
}

/// A register of pledges.
#[async_trait]
pub trait Register: Send + Sync + 'static {
    /// Whether decisions are taken elsewhere and arrive as messages.
    fn is_outside(&self) -> bool;

    /// What the register says the moment something is filed with it; nothing where it is elsewhere.
    fn at_once(&self, filing: &Filing) -> Vec<Answer>;

    /// What the office's messages are proved with; none where there is no office outside.
    fn seal(&self) -> Option<&Seal>;

    /// Brings a parcel to the office. The same parcel may come several times: its request id tells.
    ///
    /// # Errors
    /// [`Undelivered`]
    async fn deliver(&self, parcel: &Parcel) -> Result<Vec<OfficeMessage>, Undelivered>;

    /// Everything that the office has said about a filing; `None` where it does not know it.
    ///
    /// # Errors
    /// [`Undelivered`]
    async fn messages(&self, filing: FilingId) -> Result<Option<Vec<OfficeMessage>>, Undelivered>;
}

/// The register in use. Cheap to clone; the built-in one by default.
#[derive(Clone)]
pub struct Office(Arc<dyn Register>);

impl Office {
    /// A register of one's own.
    #[must_use]
    pub fn new(register: impl Register) -> Self {
        Self(Arc::new(register))
    }

    /// The register of the settings: an office outside where one is set, the built-in one otherwise.
    ///
    /// # Errors
    /// One sentence where the office's address cannot be used.
    pub fn by_settings(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let (Some(url), Some(secret)) = (&settings.register_url, &settings.register_secret) else {
            tracing::info!("IPF_REGISTER_URL is not set: the built-in register takes pledges");
            return Ok(Self::default());
        };
        http::HttpRegister::new(url, secret.expose_secret().trim().as_bytes(), clock)
            .map(Self::new)
            .map_err(|fault| ConfigError(format!("IPF_REGISTER_URL: {fault}")))
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new(built_in::BuiltIn)
    }
}

impl std::ops::Deref for Office {
    type Target = dyn Register;

    fn deref(&self) -> &Self::Target {
        self.0.as_ref()
    }
}
