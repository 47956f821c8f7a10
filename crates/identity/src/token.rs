//! The internal token: EdDSA, a minute or a few long, for one audience; services trust nothing else.
//!
//! Expiry is checked against the injected clock on every use, also where the signature's verdict is cached.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::TimeDelta;
use contracts::{Clock, OrgId, OrgKind, Service, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::RwLock;

use crate::{
    Caller, Role,
    keys::{PublicKeys, SigningKey},
};

/// Issuer of internal tokens.
pub const INTERNAL_ISSUER: &str = "ip-finance/gateway";
/// How long an internal token lives.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::seconds(120);
/// Verified tokens remembered.
const CACHE_MAX: u64 = 20_000;

/// Why a token was not accepted. The caller hears only "not signed in".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Not a token of ours: malformed, wrong algorithm, unknown key or bad signature.
    #[error("not a valid token: {0}")]
    Invalid(String),
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// For another service.
    #[error("for another audience")]
    Audience,
    /// The key set could not be fetched.
    #[error("the key set is not available: {0}")]
    KeysUnavailable(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    name: String,
    tenant: OrgId,
    tenant_name: String,
    org_kind: OrgKind,
    roles: Vec<Role>,
    iat: i64,
    exp: i64,
}

impl Claims {
    fn caller(&self) -> Caller {
        Caller {
            user: self.sub,
            name: self.name.clone(),
            tenant: self.tenant,
            tenant_name: self.tenant_name.clone(),
            org_kind: self.org_kind,
            roles: self.roles.clone(),
        }
    }
}

/// Signs internal tokens; the gateway holds it.
pub struct InternalIssuer {
    key: SigningKey,
    encoding: jsonwebtoken::EncodingKey,
    clock: Arc<dyn Clock>,
    signed: moka::sync::Cache<(UserId, u64, Service), (i64, String)>,
}

impl InternalIssuer {
    /// An issuer with this key.
    #[must_use]
    pub fn new(key: SigningKey, clock: Arc<dyn Clock>) -> Self {
        let encoding = key.encoding();
        Self { key, encoding, clock, signed: moka::sync::Cache::new(CACHE_MAX) }
    }

    /// The public key for the services.
    #[must_use]
    pub fn public_keys(&self) -> PublicKeys {
        PublicKeys { keys: vec![self.key.public()] }
    }

    /// A token for `audience` on behalf of `caller`. A recent one for the same caller is given again.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(&self, caller: &Caller, audience: Service) -> Result<String, TokenRefused> {
        let now = self.clock.now().timestamp();
        let cache_key = (caller.user, fingerprint(caller), audience);
        if let Some((exp, token)) = self.signed.get(&cache_key)
            && now < exp - LIFETIME.num_seconds() / 2
            && now >= exp - LIFETIME.num_seconds()
        {
            return Ok(token);
        }
        let claims = Claims {
            iss: INTERNAL_ISSUER.to_owned(),
            aud: audience.name().to_owned(),
            sub: caller.user,
            name: caller.name.clone(),
            tenant: caller.tenant,
            tenant_name: caller.tenant_name.clone(),
            org_kind: caller.org_kind,
            roles: caller.roles.clone(),
            iat: now,
            exp: now + LIFETIME.num_seconds(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.key.key_id().to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.encoding)
            .map_err(|error| TokenRefused::Invalid(error.to_string()))?;
        self.signed.insert(cache_key, (claims.exp, token.clone()));
        Ok(token)
    }
}

/// Changes when anything in the caller changes, so that no stale token is given again.
pub(crate) fn fingerprint(caller: &Caller) -> u64 {
    let digest = Sha256::digest(format!("{caller:?}").as_bytes());
    digest.iter().take(8).fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

/// Knows the public keys of every gateway that may sign now.
#[async_trait]
pub trait PublishedKeys: Send + Sync + 'static {
    /// Those keys; the reason, for the log, where they cannot be read.
    async fn published(&self) -> Result<PublicKeys, String>;
}

/// Where a service gets the gateway's public keys from.
#[derive(Clone)]
pub enum KeySource {
    /// In the same process.
    Fixed(PublicKeys),
    /// From the gateway, fetched at first need and again when a token names an unknown key.
    Url {
        /// The JWKS address.
        url: String,
        /// The HTTP client to ask with.
        client: reqwest::Client,
    },
    /// The gateway itself, which keeps them; asked at first need and again when a token names an unknown key.
    Own(Arc<dyn PublishedKeys>),
}

/// Verifies internal tokens for one audience.
pub struct Verifier {
    audience: Service,
    clock: Arc<dyn Clock>,
    source: KeySource,
    keys: RwLock<HashMap<String, DecodingKey>>,
    verified: moka::sync::Cache<[u8; 32], Arc<Claims>>,
}

impl Verifier {
    /// A verifier for the service.
    #[must_use]
    pub fn new(audience: Service, source: KeySource, clock: Arc<dyn Clock>) -> Self {
        Self {
            audience,
            clock,
            source,
            keys: RwLock::new(HashMap::new()),
            verified: moka::sync::Cache::new(CACHE_MAX),
        }
    }

    /// The caller that the token speaks for.
    ///
    /// # Errors
    /// [`TokenRefused`], with the reason for the log.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenRefused> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let claims = match self.verified.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.check(token).await?);
                self.verified.insert(digest, Arc::clone(&claims));
                claims
            }
        };
        if self.clock.now().timestamp() >= claims.exp {
            self.verified.invalidate(&digest);
            return Err(TokenRefused::Expired);
        }
        Ok(claims.caller())
    }

    async fn check(&self, token: &str) -> Result<Claims, TokenRefused> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenRefused::Invalid(error.to_string());
        let header = jsonwebtoken::decode_header(token).map_err(invalid)?;
        let key_id = header.kid.ok_or_else(|| TokenRefused::Invalid("no key id".to_owned()))?;
        let key = self.key(&key_id).await?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[INTERNAL_ISSUER]);
        // Audience and expiry are checked below, against our own types and the injected clock.
        rules.validate_aud = false;
        rules.validate_exp = false;
        rules.required_spec_claims = ["exp", "iss", "aud", "sub"].map(str::to_owned).into();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(invalid)?.claims;
        if claims.aud == self.audience.name() { Ok(claims) } else { Err(TokenRefused::Audience) }
    }

    async fn key(&self, key_id: &str) -> Result<DecodingKey, TokenRefused> {
        if let Some(key) = self.keys.read().await.get(key_id) {
            return Ok(key.clone());
        }
        let fetched = match &self.source {
            KeySource::Fixed(keys) => keys.clone(),
            KeySource::Url { url, client } => {
                let unavailable = |error: reqwest::Error| TokenRefused::KeysUnavailable(error.to_string());
                let answer = client.get(url).send().await.map_err(unavailable)?;
                answer.error_for_status().map_err(unavailable)?.json().await.map_err(unavailable)?
            }
            KeySource::Own(keys) => keys.published().await.map_err(TokenRefused::KeysUnavailable)?,
        };
        let mut keys = self.keys.write().await;
        keys.clear();
        for key in &fetched.keys {
            let decoding = key.decoding().map_err(|error| TokenRefused::Invalid(error.to_string()))?;
            keys.insert(key.kid.clone(), decoding);
        }
        keys.get(key_id).cloned().ok_or_else(|| TokenRefused::Invalid("unknown key".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use contracts::SimulatedClock;

    use super::*;

    fn caller() -> Caller {
        Caller {
            user: UserId::from_uuid(uuid::Uuid::from_u128(1)),
            name: "officer".into(),
            tenant: OrgId::from_uuid(uuid::Uuid::from_u128(2)),
            tenant_name: "bank".into(),
            org_kind: OrgKind::Bank,
            roles: vec![Role::LoanOfficer],
        }
    }

    #[tokio::test]
    async fn a_token_is_for_one_audience_and_for_a_short_time() {
        let start: DateTime<Utc> = "2026-01-05T01:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::at(start));
        let issuer = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let source = KeySource::Fixed(issuer.public_keys());
        let pledge = Verifier::new(Service::Pledge, source.clone(), clock.clone());
        let insurance = Verifier::new(Service::Insurance, source, clock.clone());
        let token = issuer.sign(&caller(), Service::Pledge).unwrap();
        assert_eq!(pledge.verify(&token).await.unwrap(), caller());
        assert_eq!(insurance.verify(&token).await, Err(TokenRefused::Audience));
        clock.set(start + TimeDelta::seconds(120));
        assert_eq!(pledge.verify(&token).await, Err(TokenRefused::Expired));
    }

    #[tokio::test]
    async fn a_foreign_signature_or_another_algorithm_is_refused() {
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at("2026-01-05T01:00:00Z".parse().unwrap()));
        let ours = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let theirs = InternalIssuer::new(SigningKey::generate().unwrap(), clock.clone());
        let verifier = Verifier::new(Service::Pledge, KeySource::Fixed(ours.public_keys()), clock);
        let foreign = theirs.sign(&caller(), Service::Pledge).unwrap();
        assert!(matches!(verifier.verify(&foreign).await, Err(TokenRefused::Invalid(_))));
        let good = ours.sign(&caller(), Service::Pledge).unwrap();
        let mut parts: Vec<&str> = good.split('.').collect();
        parts[0] = "eyJhbGciOiJub25lIn0";
        assert!(matches!(verifier.verify(&parts.join(".")).await, Err(TokenRefused::Invalid(_))));
    }
}
