//! Routes of changes of a facility: limit, members, terms, window, closing.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use contracts::FacilityId;
use http_kit::{Api, Body, Command, IfMatch, Page, PathId, Problem, Who};
use identity::Permission;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    api::{BODY_BYTES_MAX, Comment, Reason, seen, sees_members},
    change::{self, ChangeView, Verdict},
    model::change::Change,
    view::FacilityView,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    let (schemas, paths, proposing) = routes!(propose_change);
    let proposing = proposing.layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    Api::new()
        .route(Permission::FacilityRead, routes!(list_changes))
        .route(Permission::FacilityPropose, (schemas, paths, proposing))
        .route(Permission::FacilityApprove, routes!(approve_change))
        .route(Permission::FacilityApprove, routes!(refuse_change))
}

#[utoipa::path(get, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "list_facility_changes",
    params(("id" = FacilityId, Path)), responses((status = 200, body = Page<ChangeView>)))]
async fn list_changes(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let row = seen(&app, &who, id).await?;
    // A change names every member it touches: only the banks and the regulator read it.
    let items = if sees_members(&who) { change::changes(app.db.read(), &row).await? } else { Vec::new() };
    Ok(Json(Page { items, next_cursor: None }))
}

/// Propose a change of limit, members, terms or window, or that the line be closed.
#[utoipa::path(post, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "propose_facility_change",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Change,
    responses((status = 201, body = ChangeView), (status = 409), (status = 412, description = "stale-version"),
        (status = 422)))]
async fn propose_change(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Change>,
) -> Result<(StatusCode, Json<ChangeView>), Problem> {
    let view = change::propose(&app, &who.0, command.key.as_ref(), (id, seen), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

type ChangePath = axum::extract::Path<(String, String)>;

fn ids(path: &ChangePath) -> Result<(FacilityId, Uuid), Problem> {
    let (facility, change) = &path.0;
    match (facility.parse(), change.parse()) {
        (Ok(facility), Ok(change)) => Ok((facility, change)),
        _ => Err(Problem::not_found()),
    }
}

#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/approve", tag = "facilities",
    operation_id = "approve_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Comment, responses((status = 200, body = FacilityView), (status = 403), (status = 409),
        (status = 412, description = "stale-version")))]
async fn approve_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    Body(body): Body<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    let verdict = Verdict { change, approve: true, reason: body.comment.as_deref() };
    Ok(Json(change::decide(&app, &who.0, (id, seen), verdict).await?))
}

#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/refuse", tag = "facilities",
    operation_id = "refuse_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Reason, responses((status = 200, body = FacilityView), (status = 403), (status = 409),
        (status = 412, description = "stale-version")))]
async fn refuse_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    let verdict = Verdict { change, approve: false, reason: Some(body.checked()?) };
    Ok(Json(change::decide(&app, &who.0, (id, seen), verdict).await?))
}
