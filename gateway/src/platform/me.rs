//! Who am I, and what may I do.

use axum::Json;
use contracts::{OrgId, OrgKind, UserId};
use http_kit::Api;
use identity::{Permission, Role};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{sessions::door::Admitted, state::App};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::SessionOwn, routes!(me))
}

/// One's organisation.
#[derive(Debug, Serialize, ToSchema)]
struct OwnOrganisation {
    /// Its id.
    id: OrgId,
    /// What kind it is.
    kind: OrgKind,
    /// Its name.
    name: String,
}

/// The user who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The id.
    user_id: UserId,
    /// The name signed in with.
    username: String,
    /// The person's name.
    name: String,
    /// The organisation.
    organisation: OwnOrganisation,
    /// What the person is there.
    roles: Vec<Role>,
    /// What these roles may do.
    permissions: Vec<Permission>,
    /// The language of choice.
    language: String,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
}

/// 当前用户 · The user who is signed in
#[utoipa::path(get, path = "/me", tag = "platform", operation_id = "me", responses((status = 200, body = Me)))]
async fn me(who: Admitted) -> Json<Me> {
    let permissions =
        Permission::ALL.iter().copied().filter(|permission| who.caller.may(*permission)).collect();
    Json(Me {
        user_id: who.caller.user,
        must_change_password: who.must_change(),
        username: who.username,
        name: who.caller.name,
        organisation: OwnOrganisation {
            id: who.caller.tenant,
            kind: who.caller.org_kind,
            name: who.caller.tenant_name,
        },
        roles: who.caller.roles,
        permissions,
        language: who.language,
    })
}
