//! Routes of waivers of the pledge: looking, proposing, deciding, revoking.

use axum::{Json, extract::State, http::StatusCode};
use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{Sort, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    agreements,
    api::{AMOUNT_MAX, Reason, remarked, seen, sees_members},
    authority_api,
    change_api::{ChangePath, ids},
    model::waiver::WaiverStatus,
    store::{self, waiver::row::Column},
    votes::{Approval, Consent, LineAuthority},
    waivers::{self, Step, WaiverRequest, WaiverView},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(list_waivers))
        .route(Permission::FacilityRead, routes!(read_waiver))
        .route(Permission::FacilityPropose, routes!(propose_waiver))
        .route(Permission::FacilityApprove, routes!(approve_waiver))
        .route(Permission::FacilityApprove, routes!(refuse_waiver))
        .route(Permission::FacilitySuspend, routes!(revoke_waiver))
        .route(Permission::ApplicationConsent, routes!(consent_to_waiver))
        .route(Permission::ParameterRead, routes!(read_waiver_authority))
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// Of this member.
    enterprise_id: Option<OrgId>,
    /// In this state.
    status: Option<WaiverStatus>,
    /// Under which one could draw on this day.
    on: Option<NaiveDate>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The waivers of a facility, newest first: all for the banks, one's own for a member.
#[utoipa::path(get, path = "/facilities/{id}/pledge-waivers", tag = "facilities", operation_id = "list_pledge_waivers",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<WaiverView>), (status = 404)))]
async fn list_waivers(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<WaiverView>>, Problem> {
    seen(&app, &who, id).await?;
    let mut query = store::waiver::under(&who.scope(), id);
    if let Some(enterprise) = filter.enterprise_id {
        query = query.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.name()));
    }
    if let Some(day) = filter.on {
        let not_ended = Condition::any().add(Column::EndedOn.is_null()).add(Column::EndedOn.gte(day));
        query = query.filter(Column::InForceFrom.lte(day)).filter(Column::UntilOn.gte(day)).filter(not_ended);
    }
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let newest = Sort { column: Column::CreatedAt, descending: true };
    let found = page(query, app.db.read(), newest, Column::Id, &request).await?;
    // What banks have said of it is theirs and the regulator's to read.
    let ids: Vec<Uuid> = found.items.iter().filter(|_| sees_members(&who)).map(|row| row.id).collect();
    let mut said = agreements::views_of(app.db.read(), &ids).await?;
    let views = found.items.into_iter().map(|row| {
        let said = said.remove(&row.id).unwrap_or_default();
        waivers::shown(row, said)
    });
    let items = views.collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// One waiver: of any member for the banks, one's own for a member.
#[utoipa::path(get, path = "/facilities/{id}/pledge-waivers/{waiver_id}", tag = "facilities",
    operation_id = "read_pledge_waiver", params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path)),
    responses((status = 200, body = WaiverView), (status = 404)))]
async fn read_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
) -> Result<Json<WaiverView>, Problem> {
    let (facility, waiver) = ids(&path)?;
    seen(&app, &who, facility).await?;
    let found = store::waiver::under(&who.scope(), facility).filter(Column::Id.eq(waiver));
    let row = found.one(app.db.read()).await.map_err(Fault::from)?.ok_or_else(Problem::not_found)?;
    let shown = if sees_members(&who) {
        waivers::view_of(app.db.read(), row).await?
    } else {
        waivers::shown(row, Vec::new())?
    };
    Ok(Json(shown))
}

/// Propose that a member may draw up to an amount and until a day although no pledge of it is registered yet.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers", tag = "facilities",
    operation_id = "propose_pledge_waiver",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = WaiverRequest,
    responses((status = 201, body = WaiverView), (status = 404),
        (status = 409, description = "waiver-pending, pledge-not-waivable, member-left, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn propose_waiver(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<WaiverRequest>,
) -> Result<(StatusCode, Json<WaiverView>), Problem> {
    let mut fields = Fields::new();
    fields.amount(command.body.amount, AMOUNT_MAX, "amount");
    fields.finish()?;
    let view = waivers::propose(&app, &who.0, command.key.as_ref(), (id, seen), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Approve a waiver: for good, or for the first time where its amount takes two approvers. It takes the place of the one
/// in force.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/approve", tag = "facilities",
    operation_id = "approve_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval, responses((status = 200, body = WaiverView), (status = 404),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "consent-missing, consent-denied, participants-open, above-customer-bound, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn approve_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<WaiverView>, Problem> {
    let step = Step::Approve(remarked(&command.body)?);
    Ok(Json(waivers::take(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), step).await?))
}

/// Refuse a waiver.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/refuse", tag = "facilities",
    operation_id = "refuse_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = WaiverView), (status = 403), (status = 404),
        (status = 409, description = "wrong-state"), (status = 412, description = "stale-version")))]
async fn refuse_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<WaiverView>, Problem> {
    let step = Step::Refuse(command.body.checked()?);
    Ok(Json(waivers::take(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), step).await?))
}

/// End a waiver that is in force: nothing further is drawn under it; what was drawn stays.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/revoke", tag = "facilities",
    operation_id = "revoke_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = WaiverView), (status = 404),
        (status = 409, description = "wrong-state"), (status = 412, description = "stale-version")))]
async fn revoke_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<WaiverView>, Problem> {
    let step = Step::Revoke(command.body.checked()?);
    Ok(Json(waivers::take(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), step).await?))
}

/// The risk manager's word on a proposed waiver.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/consent", tag = "facilities",
    operation_id = "consent_to_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Consent, responses((status = 200, body = WaiverView), (status = 403), (status = 404),
        (status = 409, description = "wrong-state"), (status = 412, description = "stale-version"), (status = 422)))]
async fn consent_to_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Consent>,
) -> Result<Json<WaiverView>, Problem> {
    let step = Step::Consent(authority_api::checked(&command.body)?);
    Ok(Json(waivers::take(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), step).await?))
}

/// What the decision of a waiver takes by its amount, and what was said on it; for the bank that leads the facility or takes part.
#[utoipa::path(get, path = "/facilities/{id}/pledge-waivers/{waiver_id}/authority", tag = "facilities",
    operation_id = "read_pledge_waiver_authority",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path)),
    responses((status = 200, body = LineAuthority), (status = 404)))]
async fn read_waiver_authority(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
) -> Result<Json<LineAuthority>, Problem> {
    Ok(Json(waivers::look(&app, &who.0, ids(&path)?).await?))
}
