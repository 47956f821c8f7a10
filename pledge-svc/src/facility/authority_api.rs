//! Routes of what a decision on a facility or on a change of it takes, and of the risk manager's word before it.

use axum::{Json, extract::State};
use contracts::FacilityId;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use utoipa_axum::routes;

use super::{
    approve,
    change::{self, ChangeView},
    change_api::{ChangePath, ids},
    view::FacilityView,
    votes::{Consent, LineAuthority},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ParameterRead, routes!(read_facility_authority))
        .route(Permission::ParameterRead, routes!(read_change_authority))
        .route(Permission::ApplicationConsent, routes!(consent_to_facility))
        .route(Permission::ApplicationConsent, routes!(consent_to_change))
}

/// A word with its reason.
pub(super) fn checked(consent: &Consent) -> Result<&Consent, Problem> {
    let mut fields = Fields::new();
    fields.text(&consent.comment, 500, "comment");
    fields.finish()?;
    Ok(consent)
}

/// What the decision of a proposed facility takes by its limit, and what was said on it: for the bank that leads it, and
/// for one that takes part, by its own part.
#[utoipa::path(get, path = "/facilities/{id}/authority", tag = "facilities",
    operation_id = "read_facility_authority", params(("id" = FacilityId, Path)),
    responses((status = 200, body = LineAuthority), (status = 404)))]
async fn read_facility_authority(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<LineAuthority>, Problem> {
    Ok(Json(approve::look(&app, &who.0, id).await?))
}

/// The same for a change.
#[utoipa::path(get, path = "/facilities/{id}/changes/{change_id}/authority", tag = "facilities",
    operation_id = "read_facility_change_authority",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path)),
    responses((status = 200, body = LineAuthority), (status = 404)))]
async fn read_change_authority(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
) -> Result<Json<LineAuthority>, Problem> {
    Ok(Json(change::look(&app, &who.0, ids(&path)?).await?))
}

/// The risk manager's word on a proposed facility, for the bank that leads it or takes part; a later word takes the place
/// of an earlier one.
#[utoipa::path(post, path = "/facilities/{id}/consent", tag = "facilities", operation_id = "consent_to_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Consent, responses((status = 200, body = FacilityView), (status = 403, description = "four-eyes"),
        (status = 409, description = "wrong-state"), (status = 412, description = "stale-version"), (status = 422)))]
async fn consent_to_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Consent>,
) -> Result<Json<FacilityView>, Problem> {
    let said = checked(&command.body)?;
    Ok(Json(approve::consent(&app, &who.0, command.key.as_ref(), (id, seen), said).await?))
}

/// The risk manager's word on a proposed change, for the bank that leads the facility or takes part.
#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/consent", tag = "facilities",
    operation_id = "consent_to_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Consent, responses((status = 200, body = ChangeView), (status = 403, description = "four-eyes"),
        (status = 409, description = "wrong-state"), (status = 412, description = "stale-version"), (status = 422)))]
async fn consent_to_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Consent>,
) -> Result<Json<ChangeView>, Problem> {
    let said = checked(&command.body)?;
    Ok(Json(change::consent(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), said).await?))
}
