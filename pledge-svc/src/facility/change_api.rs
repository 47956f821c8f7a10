//! Routes of changes of a facility: limit, members, terms, window, closing.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use contracts::FacilityId;
use http_kit::{Api, Command, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who, page::PageQuery};
use identity::Permission;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    api::{BODY_BYTES_MAX, Reason, remarked, seen, sees_members},
    change::{self, ChangeView, Verdict},
    model::change::Change,
    view::FacilityView,
    votes::Approval,
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

/// What was proposed to change on a line, newest first.
#[utoipa::path(get, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "list_facility_changes",
    params(("id" = FacilityId, Path), PageQuery), responses((status = 200, body = Page<ChangeView>)))]
async fn list_changes(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let row = seen(&app, &who, id).await?;
    // A change names every member it touches: only the banks and the regulator read it.
    if !sees_members(&who) {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None }));
    }
    let found = change::changes(app.db.read(), &row, &query.request()).await?;
    Ok(Json(Page { items: found.items, next_cursor: found.next_cursor }))
}

/// Propose a change of limit, members, terms or window, or that the line be closed.
#[utoipa::path(post, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "propose_facility_change",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
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
    let key = command.demand_key()?;
    let view = change::propose(&app, &who.0, Some(key), (id, seen), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

pub(super) type ChangePath = axum::extract::Path<(String, String)>;

pub(super) fn ids(path: &ChangePath) -> Result<(FacilityId, Uuid), Problem> {
    let (facility, change) = &path.0;
    match (facility.parse(), change.parse()) {
        (Ok(facility), Ok(change)) => Ok((facility, change)),
        _ => Err(Problem::not_found()),
    }
}

/// Approve a change of a line: for good, or as the first of two approvers. It is decided again on today's use.
#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/approve", tag = "facilities",
    operation_id = "approve_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval,
    responses((status = 200, body = FacilityView), (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "consent-missing, consent-denied, participants-open, participants-not-asked, above-customer-bound, wrong-state"),
        (status = 412, description = "stale-version")))]
async fn approve_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    let approval = remarked(&command.body)?;
    let verdict = Verdict { change, approval: Some(approval), reason: approval.comment.as_deref() };
    Ok(Json(change::decide(&app, &who.0, command.key.as_ref(), (id, seen), verdict).await?))
}

/// Refuse a change of a line, with a reason.
#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/refuse", tag = "facilities",
    operation_id = "refuse_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = FacilityView), (status = 403), (status = 409),
        (status = 412, description = "stale-version")))]
async fn refuse_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    let verdict = Verdict { change, approval: None, reason: Some(command.body.checked()?) };
    Ok(Json(change::decide(&app, &who.0, command.key.as_ref(), (id, seen), verdict).await?))
}
