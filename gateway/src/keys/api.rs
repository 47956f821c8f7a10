//! The published key sets, and the operator's view of the keys.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use chrono::{DateTime, Utc};
use http_kit::{Api, Body, Problem, Who};
use identity::{Permission, keys::PublicKeys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Purpose, StoredKey};
use crate::state::App;

/// How long others may keep a key set.
const KEY_SET_CACHE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=60")];

/// A signing key without its private half.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
struct KeyRow {
    /// Key id.
    id: String,
    /// What it signs.
    purpose: Purpose,
    /// `EdDSA`.
    algorithm: &'static str,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Since when it signs no more; null while it signs.
    retired_at: Option<DateTime<Utc>>,
    /// Until when it stays in the published set; null while it signs.
    published_until: Option<DateTime<Utc>>,
}

impl From<StoredKey> for KeyRow {
    fn from(key: StoredKey) -> Self {
        Self {
            id: key.id,
            purpose: key.purpose,
            algorithm: "EdDSA",
            created_at: key.created_at,
            retired_at: key.retired_at,
            published_until: key.published_until,
        }
    }
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyList)]
struct KeyRows {
    /// The keys, newest first.
    items: Vec<KeyRow>,
    /// Always null: there are few.
    next_cursor: Option<String>,
}

/// Which key to replace.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
struct RotateRequest {
    /// `user` where nothing is said.
    purpose: Purpose,
}

/// The published key sets.
pub(crate) fn well_known_routes() -> Api<App> {
    Api::new().public("public keys", routes!(user_keys)).public("public keys", routes!(internal_keys))
}

/// The operator's routes.
pub(crate) fn platform_routes() -> Api<App> {
    Api::new()
        .route(Permission::PlatformOperate, routes!(list))
        .route(Permission::PlatformOperate, routes!(rotate))
}

/// 用户访问令牌的公钥 · Public keys of users' access tokens
#[utoipa::path(get, path = "/jwks.json", tag = "door", operation_id = "user_keys",
    responses((status = 200, body = PublicKeys)))]
async fn user_keys(State(app): State<App>) -> ([(HeaderName, &'static str); 1], Json<PublicKeys>) {
    (KEY_SET_CACHE, Json(app.keys.user_public_keys().await))
}

/// 内部令牌的公钥 · Public keys of internal tokens
#[utoipa::path(get, path = "/internal-jwks.json", tag = "door", operation_id = "internal_keys",
    responses((status = 200, body = PublicKeys)))]
async fn internal_keys(
    State(app): State<App>,
) -> Result<([(HeaderName, &'static str); 1], Json<PublicKeys>), Problem> {
    Ok((KEY_SET_CACHE, Json(app.keys.internal_public_keys().await?)))
}

/// 签名密钥一览 · Signing keys
#[utoipa::path(get, path = "/keys", tag = "platform", operation_id = "keys",
    responses((status = 200, body = KeyRows)))]
async fn list(State(app): State<App>) -> Result<Json<KeyRows>, Problem> {
    let items = app.keys.stored().await?.into_iter().map(KeyRow::from).collect();
    Ok(Json(KeyRows { items, next_cursor: None }))
}

/// 更换签名密钥 · Rotate a signing key; tokens already given stay valid until they expire
#[utoipa::path(post, path = "/keys/rotate", tag = "platform", operation_id = "rotate_key",
    request_body = RotateRequest, responses((status = 201, body = KeyRow)))]
async fn rotate(
    State(app): State<App>,
    who: Who,
    Body(request): Body<RotateRequest>,
) -> Result<(StatusCode, Json<KeyRow>), Problem> {
    let made = app.keys.rotate(&who.0.actor(), request.purpose).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
