//! Routes of requests: ask, look, take up, refuse, withdraw.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use contracts::{ChangeRequestId, LoanId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    super::{
        api::{REASON_CHARS_MAX, check},
        view::AdjustmentView,
    },
    answer::{self, TakeUp},
    ask::{AskRequest, ask},
    listing, store,
    view::{RequestView, shown_one},
};
use crate::state::App;

/// The routes of this subject.
pub(in crate::adjustments) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::LoanChangeAsk, routes!(ask_for_change))
        .route(Permission::LoanRead, routes!(read_change_request))
        .route(Permission::LoanAdjust, routes!(take_up_change_request))
        .route(Permission::LoanAdjust, routes!(refuse_change_request))
        .route(Permission::LoanChangeAsk, routes!(withdraw_change_request))
}

/// Words with a step.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ChangeRequestReason)]
struct ReasonRequest {
    /// Why.
    reason: String,
}

fn said(reason: &str) -> Result<&str, Problem> {
    let mut fields = Fields::new();
    fields.text(reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(reason.trim())
}

/// Ask the bank to change a loan's terms; one request may wait at a time.
#[utoipa::path(post, path = "/loans/{id}/change-requests", tag = "loans", operation_id = "ask_for_change",
    params(("id" = LoanId, Path), RetryKey), request_body = AskRequest,
    responses((status = 201, body = RequestView), (status = 404),
        (status = 409, description = "request-pending, loan-not-active"), (status = 422, description = "fields")))]
async fn ask_for_change(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    cmd: Command<AskRequest>,
) -> Result<(StatusCode, Json<RequestView>), Problem> {
    said(&cmd.body.reason)?;
    let (caller, request) = (&who.0, &cmd.body);
    let made = app.db.run_once(cmd.key.as_ref(), |tx| ask(tx, caller, id, request).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One request.
#[utoipa::path(get, path = "/change-requests/{id}", tag = "loans", operation_id = "read_change_request",
    params(("id" = ChangeRequestId, Path)), responses((status = 200, body = RequestView), (status = 404)))]
async fn read_change_request(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ChangeRequestId>,
) -> Result<([(HeaderName, String); 1], Json<RequestView>), Problem> {
    let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let version = row.version;
    Ok(versioned(version, shown_one(app.db.read(), &who.scope(), row).await?))
}

/// Take a request up: it becomes a proposal of one's own.
#[utoipa::path(post, path = "/change-requests/{id}/take-up", tag = "loans", operation_id = "take_up_change_request",
    params(("id" = ChangeRequestId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = TakeUp,
    responses((status = 201, body = AdjustmentView), (status = 404),
        (status = 409, description = "request-answered, request-late, change-pending, or why it cannot be done"),
        (status = 412, description = "stale-version")))]
async fn take_up_change_request(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ChangeRequestId>,
    seen: IfMatch,
    cmd: Command<TakeUp>,
) -> Result<(StatusCode, Json<AdjustmentView>), Problem> {
    let (caller, request) = (&who.0, &cmd.body);
    let kind = match &request.change {
        Some(change) => change.kind(),
        None => {
            let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
            store::change_of(&row)?.kind()
        }
    };
    check(kind, &request.reason, request.assessment.as_deref())?;
    let made = app
        .db
        .run_once(cmd.key.as_ref(), |tx| answer::take_up(tx, caller, id, (request, seen)).in_tx())
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Refuse a request; the borrower reads why.
#[utoipa::path(post, path = "/change-requests/{id}/refuse", tag = "loans", operation_id = "refuse_change_request",
    params(("id" = ChangeRequestId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = RequestView), (status = 404),
        (status = 409, description = "request-answered, request-late"), (status = 412, description = "stale-version")))]
async fn refuse_change_request(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ChangeRequestId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<RequestView>, Problem> {
    let (caller, reason) = (&who.0, said(&cmd.body.reason)?);
    let key = cmd.key.as_ref();
    Ok(Json(app.db.run_once(key, |tx| answer::refuse(tx, caller, id, (reason, seen)).in_tx()).await?))
}

/// Withdraw what one has asked for.
#[utoipa::path(post, path = "/change-requests/{id}/withdraw", tag = "loans", operation_id = "withdraw_change_request",
    params(("id" = ChangeRequestId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = RequestView), (status = 404),
        (status = 409, description = "request-answered"), (status = 412, description = "stale-version")))]
async fn withdraw_change_request(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ChangeRequestId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<RequestView>, Problem> {
    let (caller, reason) = (&who.0, said(&cmd.body.reason)?);
    let key = cmd.key.as_ref();
    Ok(Json(app.db.run_once(key, |tx| answer::withdraw(tx, caller, id, (reason, seen)).in_tx()).await?))
}
