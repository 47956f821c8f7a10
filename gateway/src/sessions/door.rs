//! The check of every request at the door: which session, whose, and whether it still stands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_kit::Problem;
use identity::{Caller, TokenRefused};
use tx_kit::{Db, Fault};
use uuid::Uuid;

use super::store;
use crate::{
    accounts::store::{parse_kind, parse_roles},
    proxy::is_open,
    state::App,
};

/// How long a session's state is remembered: the longest time in which a sign-out on another replica goes unseen.
pub(crate) const STATE_MAX_AGE: Duration = Duration::from_secs(3);
/// Sessions remembered.
const CACHE_MAX: u64 = 50_000;
/// What works before a one-time password is changed, below `/api`.
const BEFORE_PASSWORD_CHANGE: &str = "/api/platform/v1/me";

/// A service asks on behalf of the caller, who has a session at another request.
#[derive(Debug, Clone, Copy)]
struct OnBehalf;

/// Who is let in.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// The user, with today's roles.
    pub(crate) caller: Caller,
    /// The session.
    pub(crate) session: Uuid,
    /// The name signed in with.
    pub(crate) username: String,
    /// The language of choice.
    pub(crate) language: String,
    /// Whether the password must be changed first.
    must_change: bool,
    /// When the session ends.
    expires_at: chrono::DateTime<chrono::Utc>,
}

impl Admitted {
    /// Whether the password must be changed before anything else.
    pub(crate) const fn must_change(&self) -> bool {
        self.must_change
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// The states of sessions, remembered for a moment.
pub(crate) struct Sessions {
    db: Db,
    states: moka::sync::Cache<Uuid, Option<Arc<Admitted>>>,
    /// Counts the changes, so that a state read before a change is not remembered after it.
    changes: AtomicU64,
}

impl Sessions {
    pub(crate) fn new(db: Db) -> Self {
        let states = moka::sync::Cache::builder().max_capacity(CACHE_MAX).time_to_live(STATE_MAX_AGE).build();
        Self { db, states, changes: AtomicU64::new(0) }
    }

    /// Forgets what is remembered: a session, an account or its roles have changed.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.states.invalidate_all();
    }

    /// Who holds the session; `None` where it has ended.
    async fn holder(&self, session: Uuid) -> Result<Option<Arc<Admitted>>, Fault> {
        if let Some(state) = self.states.get(&session) {
            return Ok(self.unexpired(state));
        }
        let before = self.changes.load(Ordering::SeqCst);
        let state = self.read(session).await?.map(Arc::new);
        if self.changes.load(Ordering::SeqCst) == before {
            self.states.insert(session, state.clone());
        }
        Ok(self.unexpired(state))
    }

    fn unexpired(&self, state: Option<Arc<Admitted>>) -> Option<Arc<Admitted>> {
        state.filter(|admitted| self.db.clock().now() < admitted.expires_at)
    }

    async fn read(&self, session: Uuid) -> Result<Option<Admitted>, Fault> {
        let Some((session, (account, organisation))) = store::standing(self.db.read(), session).await? else {
            return Ok(None);
        };
        if !account.active || session.revoked_at.is_some() {
            return Ok(None);
        }
        let caller = Caller {
            user: account.id.into(),
            name: account.name,
            tenant: organisation.id.into(),
            tenant_name: organisation.name,
            org_kind: parse_kind(&organisation.kind)?,
            roles: parse_roles(&account.roles)?,
        };
        Ok(Some(Admitted {
            caller,
            session: session.id,
            username: account.username,
            language: account.language,
            must_change: account.must_change,
            expires_at: session.expires_at,
        }))
    }
}

/// Middleware: finds out who calls. A request without a token, or with one that is not accepted, goes on as
/// nobody's; whatever else a client sends to look like somebody is taken away.
pub(crate) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().remove::<Caller>();
    request.extensions_mut().remove::<Admitted>();
    request.extensions_mut().remove::<OnBehalf>();
    if let Some(token) = bearer(request.headers()) {
        match holder_of(&app, token).await {
            Ok(Some(admitted)) => {
                request.extensions_mut().insert(admitted.caller.clone());
                request.extensions_mut().insert(Admitted::clone(&admitted));
            }
            Ok(None) => {}
            Err(fault) => return Problem::from(fault).into_response(),
        }
    }
    next.run(request).await
}

/// Middleware of what services may ask as well, inside [`admit`]: takes an internal token for the gateway where the token
/// is no user's. Whatever else the gateway does is for people with a session only.
pub(crate) async fn admit_service(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Admitted>().is_none()
        && let Some(token) = bearer(request.headers())
    {
        match app.internal.verify(token).await {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                request.extensions_mut().insert(OnBehalf);
            }
            Err(TokenRefused::KeysUnavailable(reason)) => {
                tracing::warn!(%reason, "internal tokens cannot be verified");
                return Problem::unavailable(2).into_response();
            }
            Err(reason) => tracing::debug!(%reason, "an internal token was refused"),
        }
    }
    next.run(request).await
}

/// Middleware below `/api`: nobody comes further without a session but to what is open to everybody, and nobody with
/// a one-time password does business.
pub(crate) async fn demand(request: Request, next: Next) -> Response {
    let open =
        is_open(request.method(), request.uri().path()) || request.extensions().get::<OnBehalf>().is_some();
    let refused = match request.extensions().get::<Admitted>() {
        _ if open => None,
        None => Some(Problem::unauthenticated()),
        Some(admitted) if admitted.must_change && request.uri().path() != BEFORE_PASSWORD_CHANGE => {
            Some(password_change_required())
        }
        Some(_) => None,
    };
    match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

async fn holder_of(app: &App, token: &str) -> Result<Option<Arc<Admitted>>, Fault> {
    let claims = match app.tokens.verify(token).await {
        Ok(claims) => claims,
        Err(reason) => {
            tracing::debug!(%reason, "an access token was refused");
            return Ok(None);
        }
    };
    let holder = app.sessions.holder(claims.sid).await?;
    Ok(holder.filter(|admitted| admitted.caller.user == claims.sub))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn password_change_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "password-change-required",
        "首次登录请先修改密码（POST /auth/password），再办理业务。",
        "Change the one-time password first (POST /auth/password), then do business.",
    )
}
