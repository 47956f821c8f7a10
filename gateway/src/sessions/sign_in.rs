//! Signing in: one attempt at a time for each account, counted before anything is told.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{Actor, OrgId, UserId};
use http_kit::{ActError, Problem};
use sea_orm::EntityTrait;
use serde::Serialize;
use tx_kit::{AuditEntry, Fault, InTx, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{access_token, attempts, store};
use crate::{
    accounts::{
        password,
        store::{AccountRow, account, by_username},
    },
    state::App,
};

/// How long a session lasts after signing in, however often its tokens are refreshed.
const SESSION_LIFETIME: TimeDelta = TimeDelta::hours(12);
/// The longest user name that is looked at.
const USERNAME_CHARS_MAX: usize = 200;

/// What a successful sign-in or refresh answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// Sent with each request as `Authorization: Bearer …`.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// Good for one call of `/auth/refresh`.
    refresh_token: String,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
}

impl Tokens {
    pub(super) async fn issue(
        app: &App,
        session: &store::session::Model,
        refresh_token: String,
        must_change_password: bool,
    ) -> Result<Self, Fault> {
        let access_token = app.tokens.issue(session.account_id.into(), session.id).await?;
        Ok(Self {
            access_token,
            token_type: "Bearer",
            expires_in: access_token::LIFETIME.num_seconds(),
            refresh_token,
            must_change_password,
        })
    }
}

/// Signs in.
pub(super) async fn sign_in(
    app: &App,
    username: &str,
    given: &str,
    address: IpAddr,
) -> Result<Tokens, Problem> {
    if username.chars().count() > USERNAME_CHARS_MAX {
        return Err(invalid_credentials());
    }
    let username = crate::accounts::normal_username(username);
    // Attempts on one account follow each other: guesses sent all at once are counted one by one.
    let turn = app.sign_in_turns.get_with(username.clone(), Default::default);
    let _turn = turn.lock().await;
    if let Some(left) = attempts::wait(app.db.read(), &username, address, app.db.clock().now()).await? {
        return Err(too_many_attempts(left));
    }
    let found = by_username(app.db.read(), &username).await?;
    let stored = found.as_ref().map(|(account, _)| account.password_hash.as_str());
    let fits = password::verify(given, stored).await?;
    let found = found.filter(|(account, _)| fits && account.active);
    let Some((account, _)) = found else {
        refuse(app, &username, address).await?;
        return Err(invalid_credentials());
    };
    let refresh_token = identity::secrets::token().map_err(|error| Problem::fault(&error))?;
    let hash = store::hash(&refresh_token);
    let (hash, account) = (&hash, &account);
    let opened = app.db.run(|tx| open(tx, account, hash).in_tx()).await;
    let session = opened.map_err(Problem::from)?;
    Ok(Tokens::issue(app, &session, refresh_token, account.must_change).await?)
}

/// Counts the wrong password and writes it down, for a name that is nobody's just as for one that is somebody's.
async fn refuse(app: &App, username: &str, address: IpAddr) -> Result<(), Fault> {
    let locked = app.db.run(|tx| note_refusal(tx, username, address).in_tx()).await?;
    if let Some(wait) = locked {
        tracing::warn!(seconds = wait.num_seconds(), "an account is locked after wrong passwords");
    }
    Ok(())
}

async fn note_refusal(tx: &mut Tx, username: &str, address: IpAddr) -> Result<Option<TimeDelta>, Fault> {
    let locked = attempts::count(tx, username, address).await?;
    let (id, actor) = match by_username(tx.conn(), username).await? {
        Some((account, organisation)) => (account.id, actor(&account, organisation.id.into())),
        None => (Uuid::nil(), Actor::system()),
    };
    let details = serde_json::json!({ "locked_seconds": locked.map(|wait| wait.num_seconds()) });
    tx.audit([AuditEntry::new(&actor, "session.refuse", "user", id).with(details)]).await?;
    Ok(locked)
}

/// Opens the session, unless the account changed while the password was checked.
async fn open(tx: &mut Tx, seen: &account::Model, hash: &str) -> Result<store::session::Model, ActError> {
    let now = account::Entity::find_by_id(seen.id).one(tx.conn()).await?;
    let Some(now) = now.filter(|now| now.active && now.password_hash == seen.password_hash) else {
        return Err(invalid_credentials().into());
    };
    attempts::forgive(tx, &now.username).await?;
    let session = store::open(tx, now.id, session_end(tx.now())).await?;
    store::add_token(tx, session.id, hash).await?;
    let actor = actor(&now, now.organisation_id.into());
    tx.audit([AuditEntry::new(&actor, "session.open", "session", session.id)]).await?;
    Ok(session)
}

fn session_end(now: DateTime<Utc>) -> DateTime<Utc> {
    now + SESSION_LIFETIME
}

/// The account's person as written into audit rows.
pub(super) fn actor(account: &account::Model, tenant: OrgId) -> Actor {
    Actor { user: UserId::from_uuid(account.id), name: account.name.clone(), tenant }
}

/// The same for a session's account.
pub(super) fn actor_of((account, organisation): &AccountRow) -> Actor {
    actor(account, organisation.id.into())
}

/// 401, the same for a wrong name, a wrong password and an account that has ended.
pub(super) fn invalid_credentials() -> Problem {
    Problem::new(
        axum::http::StatusCode::UNAUTHORIZED,
        "invalid-credentials",
        "用户名或密码不正确。请检查后重试；多次输错将暂停登录。",
        "User name or password is wrong. Check them and try again; repeated mistakes pause sign-in.",
    )
}

/// 429 with the time to wait.
pub(super) fn too_many_attempts(left: TimeDelta) -> Problem {
    // Part of a second counts as one.
    let seconds = u64::try_from(left.num_milliseconds()).unwrap_or(0).div_ceil(1_000).max(1);
    Problem::new(
        axum::http::StatusCode::TOO_MANY_REQUESTS,
        "too-many-attempts",
        format!("密码输错次数过多，登录已暂停。请在 {seconds} 秒后重试，或联系本机构管理员重置密码。"),
        format!(
            "Too many wrong passwords: sign-in is paused. Try again in {seconds} seconds, or ask your organisation's administrator for a new password."
        ),
    )
    .retry_after(seconds)
}
