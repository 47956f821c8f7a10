//! Routes of `/auth`.

use axum::{Json, extract::State, http::StatusCode};
use http_kit::{ActError, Api, Body, Problem};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{AuditEntry, InTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    change_password::change_password,
    door::Admitted,
    refresh::refresh,
    sign_in::{Tokens, sign_in},
    store,
};
use crate::{limits::ClientAddress, state::App};

/// The routes, below `/auth`.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .public("signing in", routes!(token))
        .public("the refresh token is the proof", routes!(renew))
        .route(Permission::SessionOwn, routes!(sign_out))
        .route(Permission::SessionOwn, routes!(password))
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
struct SignInRequest {
    /// The user name.
    username: String,
    /// The password.
    password: String,
}

/// 登录 · Sign in
#[utoipa::path(post, path = "/token", tag = "door", operation_id = "sign_in", request_body = SignInRequest,
    responses((status = 200, body = Tokens), (status = 401, description = "Wrong name or password"),
        (status = 429, description = "Too many wrong passwords; see Retry-After")))]
async fn token(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(request): Body<SignInRequest>,
) -> Result<Json<Tokens>, Problem> {
    Ok(Json(sign_in(&app, &request.username, &request.password, address).await?))
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
struct RefreshRequest {
    /// The one given last.
    refresh_token: String,
}

/// 续期 · Change a refresh token into new tokens; a second use of one ends the session
#[utoipa::path(post, path = "/refresh", tag = "door", operation_id = "refresh", request_body = RefreshRequest,
    responses((status = 200, body = Tokens), (status = 401, description = "The session has ended")))]
async fn renew(State(app): State<App>, Body(request): Body<RefreshRequest>) -> Result<Json<Tokens>, Problem> {
    Ok(Json(refresh(&app, &request.refresh_token).await?))
}

/// What else to end.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct SignOutRequest {
    /// A refresh token of one's own, where it belongs to another session.
    refresh_token: Option<String>,
}

/// 退出登录 · Sign out; the session's tokens end at once
#[utoipa::path(post, path = "/sign-out", tag = "door", operation_id = "sign_out",
    request_body = SignOutRequest, responses((status = 204, description = "Signed out")))]
async fn sign_out(
    State(app): State<App>,
    who: Admitted,
    Body(request): Body<SignOutRequest>,
) -> Result<StatusCode, Problem> {
    let hash = request.refresh_token.as_deref().map(store::hash);
    let (who, hash) = (&who, hash.as_deref());
    let done: Result<(), ActError> = app.db.run(|tx| end(tx, who, hash).in_tx()).await;
    app.sessions.forget();
    done?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end(tx: &mut Tx, who: &Admitted, refresh_hash: Option<&str>) -> Result<(), ActError> {
    store::revoke(tx, who.session, "signed-out").await?;
    if let Some(hash) = refresh_hash
        && let Some((_, session)) = store::token(tx, hash).await?
        && session.account_id == who.caller.user.uuid()
    {
        store::revoke(tx, session.id, "signed-out").await?;
    }
    tx.audit([AuditEntry::new(&who.caller.actor(), "session.end", "session", who.session)]).await?;
    Ok(())
}

/// The current and the new password.
#[derive(Deserialize, ToSchema)]
struct PasswordRequest {
    /// The current password.
    current: String,
    /// The new one, 8 to 128 characters.
    new: String,
}

/// 修改密码 · Change one's password; all other sessions end
#[utoipa::path(post, path = "/password", tag = "door", operation_id = "change_password",
    request_body = PasswordRequest, responses((status = 204, description = "Changed"),
        (status = 401, description = "The current password is wrong"),
        (status = 422, description = "The new one does not do")))]
async fn password(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    who: Admitted,
    Body(request): Body<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    change_password(&app, &who, &request.current, &request.new, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
