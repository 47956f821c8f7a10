//! What every handler of the gateway shares.

use std::{ops::Deref, sync::Arc, time::Duration};

use contracts::Service;
use identity::{Verifier, token::KeySource};
use secrecy::SecretString;
use tokio::sync::Mutex;
use tx_kit::{Db, Fault};

use crate::{
    Keys,
    limits::RateLimit,
    openapi::Documents,
    proxy::Upstreams,
    sessions::{access_token::AccessTokens, door::Sessions},
    wiring::Deps,
};

/// Accounts whose attempts to sign in are kept in turn.
const SIGN_IN_TURNS_MAX: u64 = 10_000;
/// How long a turn is kept after its last use; longer than a request may last.
const SIGN_IN_TURN_IDLE: Duration = Duration::from_secs(120);

/// The gateway's state. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// See [`App`].
pub(crate) struct Shared {
    /// The gateway's own data.
    pub(crate) db: Db,
    /// Signing keys.
    pub(crate) keys: Arc<Keys>,
    /// Access tokens.
    pub(crate) tokens: AccessTokens,
    /// Sessions.
    pub(crate) sessions: Sessions,
    /// Internal tokens for the gateway, with which a service asks it on behalf of its caller.
    pub(crate) internal: Verifier,
    /// One lock for each account that somebody is trying to sign in to.
    pub(crate) sign_in_turns: moka::sync::Cache<String, Arc<Mutex<()>>>,
    /// The services behind.
    pub(crate) upstreams: Upstreams,
    /// Their documents.
    pub(crate) documents: Documents,
    /// What a client may ask of us in a second.
    pub(crate) rate_limit: RateLimit,
    /// What services in their own processes show when they ask for a token.
    pub(crate) client_secret: Option<SecretString>,
}

impl App {
    pub(crate) fn new(deps: Deps) -> Result<Self, Fault> {
        let clock = Arc::clone(deps.db.clock());
        let documents = Documents::new(deps.documents, &deps.upstreams)?;
        let own_keys = KeySource::Own(Arc::clone(&deps.keys) as _);
        Ok(Self(Arc::new(Shared {
            internal: Verifier::new(Service::Gateway, own_keys, Arc::clone(&clock)),
            tokens: AccessTokens::new(Arc::clone(&deps.keys), clock),
            sessions: Sessions::new(deps.db.clone()),
            sign_in_turns: moka::sync::Cache::builder()
                .max_capacity(SIGN_IN_TURNS_MAX)
                .time_to_idle(SIGN_IN_TURN_IDLE)
                .build(),
            upstreams: Upstreams::new(deps.upstreams)?,
            documents,
            rate_limit: RateLimit::new(&deps.settings),
            client_secret: deps.client_secret,
            keys: deps.keys,
            db: deps.db,
        })))
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
