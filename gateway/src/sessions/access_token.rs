//! Access tokens: signed by the users' key, ten minutes long, naming a session and nothing about what may be done.
//!
//! A signature costs far more than everything else at the door, so a verdict is remembered under the SHA-256 of the
//! whole token; expiry is judged by the injected clock on every use. Refusals are not remembered, so that bad tokens
//! cannot push good ones out.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::TimeDelta;
use contracts::{Clock, UserId};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tx_kit::Fault;
use uuid::Uuid;

use crate::Keys;

/// Who issues access tokens.
pub(crate) const ISSUER: &str = "ip-finance";
/// For whom.
pub(crate) const AUDIENCE: &str = "ip-finance/api";
/// How long an access token lives.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How far in the future a token may have been made: replicas' clocks differ a little, and a clock that was set back
/// must not lengthen a token's life.
const CLOCKS_DIFFER_MAX: TimeDelta = TimeDelta::seconds(60);
/// Verified tokens remembered.
const CACHE_MAX: u64 = 50_000;
/// An unknown key is looked for in the database at most this often.
const RELOAD_PAUSE: TimeDelta = TimeDelta::seconds(2);

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The user.
    pub(crate) sub: UserId,
    /// The session.
    pub(crate) sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

/// Makes and checks access tokens.
pub(crate) struct AccessTokens {
    keys: Arc<Keys>,
    clock: Arc<dyn Clock>,
    verified: moka::sync::Cache<[u8; 32], Arc<Claims>>,
    reloaded_at: AtomicI64,
}

impl AccessTokens {
    pub(crate) fn new(keys: Arc<Keys>, clock: Arc<dyn Clock>) -> Self {
        let verified = moka::sync::Cache::new(CACHE_MAX);
        Self { keys, clock, verified, reloaded_at: AtomicI64::new(0) }
    }

    /// A token for a session.
    pub(crate) async fn issue(&self, user: UserId, session: Uuid) -> Result<String, Fault> {
        let signer = self.keys.signer().await;
        let now = self.clock.now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            jti: Uuid::new_v4(),
            iat: now,
            exp: now + LIFETIME.num_seconds(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(signer.key_id);
        jsonwebtoken::encode(&header, &claims, &signer.encoding)
            .map_err(|error| Fault::Other(format!("signing an access token: {error}")))
    }

    /// What the token says, where it is ours and its time is now; otherwise the reason, for the log.
    pub(crate) async fn verify(&self, token: &str) -> Result<Arc<Claims>, String> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let claims = match self.verified.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.check(token).await?);
                self.verified.insert(digest, Arc::clone(&claims));
                claims
            }
        };
        let now = self.clock.now().timestamp();
        if now >= claims.exp {
            self.verified.invalidate(&digest);
            return Err("expired".to_owned());
        }
        if claims.iat > now + CLOCKS_DIFFER_MAX.num_seconds() {
            return Err("made in the future".to_owned());
        }
        Ok(claims)
    }

    async fn check(&self, token: &str) -> Result<Claims, String> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
        let key_id = header.kid.ok_or("no key id")?;
        let key = match self.keys.verifier(&key_id).await {
            Some(key) => key,
            None => {
                self.reload().await;
                self.keys.verifier(&key_id).await.ok_or("unknown key")?
            }
        };
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        // Expiry is judged by the injected clock, not by the machine's.
        rules.validate_exp = false;
        rules.required_spec_claims = ["exp", "iss", "aud", "sub"].map(str::to_owned).into();
        jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .map(|data| data.claims)
            .map_err(|error| error.to_string())
    }

    /// Another replica may have made a new key just now.
    async fn reload(&self) {
        let now = self.clock.now().timestamp();
        let before = self.reloaded_at.swap(now, Ordering::Relaxed);
        if (now - before).abs() < RELOAD_PAUSE.num_seconds() {
            return;
        }
        if let Err(fault) = self.keys.reload().await {
            tracing::warn!(%fault, "the signing keys cannot be read again");
        }
    }
}
