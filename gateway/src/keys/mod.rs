//! Signing keys: one that signs users' access tokens, one that signs internal tokens; both Ed25519, kept in the
//! database so that every replica of the gateway signs and verifies alike.
//!
//! A rotation makes a new key that signs from now on; the old one stays in the published set until nothing that it
//! signed can still be valid.

mod api;
mod store;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{Actor, Clock};
use identity::{
    InternalIssuer,
    keys::{PublicKey, PublicKeys, SigningKey},
    token::PublishedKeys,
};
use jsonwebtoken::{DecodingKey, EncodingKey};
use tokio::sync::{Mutex, RwLock};
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};

pub(crate) use api::{platform_routes, well_known_routes};
pub(crate) use store::{Purpose, StoredKey};

/// How long after its retirement a key of users' tokens stays published: an access token's life, and the time in
/// which another replica may still sign with it.
const USER_KEY_AFTERLIFE: TimeDelta = TimeDelta::minutes(15);
/// The same for internal keys: each gateway signs with the one it started with.
const INTERNAL_KEY_AFTERLIFE: TimeDelta = TimeDelta::days(30);
/// The published internal keys are read at most this often, whatever key ids clients make up.
const INTERNAL_READ_PAUSE: TimeDelta = TimeDelta::seconds(2);

impl Purpose {
    const fn afterlife(self) -> TimeDelta {
        match self {
            Self::User => USER_KEY_AFTERLIFE,
            Self::Internal => INTERNAL_KEY_AFTERLIFE,
        }
    }
}

/// The key that signs now.
#[derive(Clone)]
pub(crate) struct Signer {
    /// Its id.
    pub(crate) key_id: String,
    /// For signing.
    pub(crate) encoding: EncodingKey,
}

/// A key that verifies, until it leaves the published set.
struct Published {
    public: PublicKey,
    decoding: DecodingKey,
    until: Option<DateTime<Utc>>,
}

/// What is known of the users' keys.
struct UserKeys {
    signer: Signer,
    published: HashMap<String, Published>,
}

/// The gateway's keys.
pub struct Keys {
    db: Db,
    clock: Arc<dyn Clock>,
    user: RwLock<UserKeys>,
    internal: Arc<InternalIssuer>,
    /// The published internal keys, and when they were read.
    internal_read: Mutex<Option<(DateTime<Utc>, PublicKeys)>>,
}

impl Keys {
    /// Reads the keys; makes them on the first start.
    ///
    /// # Errors
    /// The database's fault, or a stored key that does not read.
    pub async fn open(db: &Db) -> Result<Self, Fault> {
        let (user_stored, internal_stored) = db.run(|tx| ensure(tx).in_tx()).await?;
        let internal = InternalIssuer::new(internal_stored.signing_key()?, Arc::clone(db.clock()));
        let user = user_keys(user_stored)?;
        Ok(Self {
            db: db.clone(),
            clock: Arc::clone(db.clock()),
            user: RwLock::new(user),
            internal: Arc::new(internal),
            internal_read: Mutex::new(None),
        })
    }

    /// The issuer of internal tokens.
    #[must_use]
    pub fn internal_issuer(&self) -> Arc<InternalIssuer> {
        Arc::clone(&self.internal)
    }

    /// The public keys of internal tokens, of every gateway that may sign with them.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn internal_public_keys(&self) -> Result<PublicKeys, Fault> {
        let stored = store::published(self.db.read(), Purpose::Internal, self.clock.now()).await?;
        let keys = stored.iter().map(|key| Ok(key.signing_key()?.public())).collect::<Result<_, Fault>>()?;
        Ok(PublicKeys { keys })
    }

    /// The public keys of users' tokens.
    pub async fn user_public_keys(&self) -> PublicKeys {
        let now = self.clock.now();
        let known = self.user.read().await;
        let mut keys: Vec<PublicKey> = known
            .published
            .values()
            .filter(|key| key.until.is_none_or(|until| now < until))
            .map(|key| key.public.clone())
            .collect();
        keys.sort_by(|a, b| a.kid.cmp(&b.kid));
        PublicKeys { keys }
    }

    /// Reads the keys again, so that a rotation on another replica reaches this one.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn reload(&self) -> Result<(), Fault> {
        let stored = store::published(self.db.read(), Purpose::User, self.clock.now()).await?;
        let fresh = user_keys(stored)?;
        *self.user.write().await = fresh;
        Ok(())
    }

    /// Makes a new signing key; the old one verifies on until what it signed has expired. An internal key signs
    /// from the next start of each gateway on.
    ///
    /// # Errors
    /// The database's fault.
    pub(crate) async fn rotate(&self, actor: &Actor, purpose: Purpose) -> Result<StoredKey, Fault> {
        let fresh = fresh_key(purpose, self.clock.now())?;
        let fresh = &fresh;
        let made = self.db.run(|tx| replace(tx, actor, fresh).in_tx()).await?;
        self.reload().await?;
        tracing::info!(key.id = made.id, purpose = purpose.name(), "a new signing key is in use");
        Ok(made)
    }

    /// The key that signs users' tokens now.
    pub(crate) async fn signer(&self) -> Signer {
        self.user.read().await.signer.clone()
    }

    /// The key that verifies users' tokens with this id, while it is published.
    pub(crate) async fn verifier(&self, key_id: &str) -> Option<DecodingKey> {
        let now = self.clock.now();
        let known = self.user.read().await;
        let key = known.published.get(key_id)?;
        key.until.is_none_or(|until| now < until).then(|| key.decoding.clone())
    }

    /// All stored keys without their private halves, newest first.
    pub(crate) async fn stored(&self) -> Result<Vec<StoredKey>, Fault> {
        store::all(self.db.read()).await
    }
}

#[async_trait]
impl PublishedKeys for Keys {
    async fn published(&self) -> Result<PublicKeys, String> {
        let now = self.clock.now();
        let mut read = self.internal_read.lock().await;
        if let Some((at, keys)) = read.as_ref()
            && (now - *at).abs() < INTERNAL_READ_PAUSE
        {
            return Ok(keys.clone());
        }
        let keys = self.internal_public_keys().await.map_err(|fault| fault.to_string())?;
        *read = Some((now, keys.clone()));
        Ok(keys)
    }
}

fn user_keys(stored: Vec<StoredKey>) -> Result<UserKeys, Fault> {
    let mut signer = None;
    let mut published = HashMap::new();
    for key in stored {
        let signing = key.signing_key()?;
        let public = signing.public();
        let decoding = public.decoding().map_err(|error| Fault::Corrupt(error.to_string()))?;
        if key.retired_at.is_none() {
            signer = Some(Signer { key_id: key.id.clone(), encoding: signing.encoding() });
        }
        published.insert(key.id, Published { public, decoding, until: key.published_until });
    }
    let signer = signer.ok_or_else(|| Fault::Corrupt("no key signs users' tokens".to_owned()))?;
    Ok(UserKeys { signer, published })
}

fn fresh_key(purpose: Purpose, now: DateTime<Utc>) -> Result<StoredKey, Fault> {
    let key = SigningKey::generate().map_err(|error| Fault::Other(error.to_string()))?;
    Ok(StoredKey::new(purpose, &key, now))
}

/// The users' published keys and the internal key that signs; made where there are none.
async fn ensure(tx: &mut Tx) -> Result<(Vec<StoredKey>, StoredKey), Fault> {
    for purpose in [Purpose::User, Purpose::Internal] {
        if store::current(tx, purpose).await?.is_none() {
            let key = fresh_key(purpose, tx.now())?;
            store::insert(tx, &key).await?;
        }
    }
    let user = store::published(tx.conn(), Purpose::User, tx.now()).await?;
    let internal = store::current(tx, Purpose::Internal)
        .await?
        .ok_or_else(|| Fault::Invariant("the internal key just made is not there".to_owned()))?;
    Ok((user, internal))
}

async fn replace(tx: &mut Tx, actor: &Actor, fresh: &StoredKey) -> Result<StoredKey, Fault> {
    let purpose = fresh.purpose;
    let old = store::current(tx, purpose).await?;
    if let Some(old) = &old {
        store::retire(tx, old, tx.now() + purpose.afterlife()).await?;
    }
    store::insert(tx, fresh).await?;
    let details = serde_json::json!({
        "purpose": purpose.name(),
        "key": fresh.id,
        "before": old.map(|key| key.id),
    });
    // Audit rows name things by UUID; a key's id is 64 bits in hexadecimal.
    let subject = uuid::Uuid::from_u64_pair(0, u64::from_str_radix(&fresh.id, 16).unwrap_or_default());
    tx.audit([AuditEntry::new(actor, "key.rotate", "signing_key", subject).with(details)]).await?;
    Ok(fresh.clone())
}
