//! Routes of facilities: proposing, deciding, suspending, drawing. Lists and pages are in `listing.rs` and
//! `members_listing.rs`, changes in `change_api.rs`, deposits in `deposit_api.rs`, the borrowing base in `pool/api.rs`.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use contracts::{FacilityId, OrgKind};
use finance::Money;
use http_kit::{Api, Body, Command, Fields, IfMatch, PathId, Problem, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::{
    answers,
    approve::{self, Decision},
    change_api, deposit_api,
    draw::{Answer, Asked, DrawRequest, Drawdown},
    listing, members_listing,
    model::proposal::Proposal,
    pool, propose, store,
    view::FacilityView,
};
use crate::state::App;

/// The largest single amount that is even looked at: a hundred billion yuan.
pub(super) const AMOUNT_MAX: Money = Money::from_fen(10_000_000_000_000);
/// The largest proposal or change: ten thousand members with long names.
pub(super) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, proposing) = routes!(propose_facility);
    let proposing = proposing.layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    listing::routes()
        .merge(members_listing::routes())
        .route(Permission::FacilityPropose, (schemas, paths, proposing))
        .route(Permission::FacilityApprove, routes!(approve_facility))
        .route(Permission::FacilityApprove, routes!(refuse_facility))
        .route(Permission::FacilityApprove, routes!(activate_facility))
        .route(Permission::FacilitySuspend, routes!(suspend_facility))
        .route(Permission::FacilitySuspend, routes!(resume_facility))
        .merge(change_api::routes())
        .merge(deposit_api::routes())
        .merge(pool::api::routes())
        .route(Permission::DrawdownRequest, routes!(draw))
}

/// The sort asked for is not offered.
pub(crate) fn unsortable() -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "sort",
        "不支持按此字段排序。",
        "This list cannot be sorted by that.",
    )
}

/// The facility's row, if the caller may see it.
pub(crate) async fn seen(app: &App, who: &Who, id: FacilityId) -> Result<store::facility::Model, Problem> {
    store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// Whether the caller sees every member's figures of a facility that it sees.
pub(super) fn sees_members(who: &Who) -> bool {
    who.scope().sees_all() || who.0.org_kind == OrgKind::Bank
}

#[utoipa::path(post, path = "/facilities", tag = "facilities", operation_id = "propose_facility",
    request_body = Proposal, responses((status = 201, body = FacilityView), (status = 422)))]
async fn propose_facility(
    State(app): State<App>,
    who: Who,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<FacilityView>), Problem> {
    let view = propose::propose(&app, &who.0, command.key.as_ref(), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// A remark that is not demanded.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct Comment {
    /// The remark.
    #[serde(default)]
    pub(super) comment: Option<String>,
}

/// A reason that is demanded.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct Reason {
    /// The reason.
    reason: String,
}

impl Reason {
    pub(super) fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, 500, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

async fn decided(
    app: &App,
    who: &Who,
    (id, seen): (FacilityId, IfMatch),
    decision: Decision,
    reason: Option<&str>,
) -> Result<Json<FacilityView>, Problem> {
    Ok(Json(approve::decide(app, &who.0, id, (decision, reason), seen).await?))
}

/// Approve a proposed facility; it is active once its window has begun.
#[utoipa::path(post, path = "/facilities/{id}/approve", tag = "facilities", operation_id = "approve_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Comment, responses((status = 200, body = FacilityView), (status = 403, description = "four-eyes"),
        (status = 409), (status = 412, description = "stale-version")))]
async fn approve_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    Body(body): Body<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, (id, seen), Decision::Approve, body.comment.as_deref()).await
}

/// Refuse a proposed facility.
#[utoipa::path(post, path = "/facilities/{id}/refuse", tag = "facilities", operation_id = "refuse_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409), (status = 412, description = "stale-version")))]
async fn refuse_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, (id, seen), Decision::Refuse, Some(body.checked()?)).await
}

/// Open an approved facility whose window has begun, before the close of business does.
#[utoipa::path(post, path = "/facilities/{id}/activate", tag = "facilities", operation_id = "activate_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Comment,
    responses((status = 200, body = FacilityView), (status = 409, description = "wrong-state, outside-window"),
        (status = 412, description = "stale-version")))]
async fn activate_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    Body(body): Body<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, (id, seen), Decision::Activate, body.comment.as_deref()).await
}

/// Suspend an active facility.
#[utoipa::path(post, path = "/facilities/{id}/suspend", tag = "facilities", operation_id = "suspend_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409), (status = 412, description = "stale-version")))]
async fn suspend_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, (id, seen), Decision::Suspend, Some(body.checked()?)).await
}

/// Let a suspended facility go on; what stopped it is waived until it becomes worse.
#[utoipa::path(post, path = "/facilities/{id}/resume", tag = "facilities", operation_id = "resume_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409), (status = 412, description = "stale-version")))]
async fn resume_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, (id, seen), Decision::Resume, Some(body.checked()?)).await
}

#[utoipa::path(post, path = "/facilities/{id}/drawdowns", tag = "facilities", operation_id = "draw",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = DrawRequest,
    responses((status = 201, body = Drawdown), (status = 404), (status = 409, description = "limit-exceeded and other refusals"),
        (status = 412, description = "stale-version")))]
async fn draw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<DrawRequest>,
) -> Result<(StatusCode, Json<Drawdown>), Problem> {
    let key = command.demand_key()?.clone();
    let request = command.body;
    let mut fields = Fields::new();
    fields.amount(request.amount, AMOUNT_MAX, "amount");
    if let Some(purpose) = &request.purpose {
        fields.text(purpose, 200, "purpose");
    }
    fields.finish()?;
    // One draws for oneself; another member's place is not there.
    if request.enterprise_id != who.0.tenant {
        return Err(Problem::not_found());
    }
    match app.desk.draw(id, Asked { caller: who.0, key, request, seen }).await? {
        Answer::Drawn(drawdown) => Ok((StatusCode::CREATED, Json(*drawdown))),
        Answer::Refused(refusal) => Err(answers::draw_refused(&refusal)),
        Answer::NotThere => Err(Problem::not_found()),
        Answer::KeyReused => Err(<Problem as tx_kit::KeyReused>::key_reused()),
        Answer::Stale { version } => Err(Problem::stale(version)),
    }
}
