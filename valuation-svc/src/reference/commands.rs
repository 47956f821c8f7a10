//! What is done with a version: it is proposed for a day, approved or refused by another person, or thrown away.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::ReferenceVersionId;
use four_eyes::{Decision, REASON_CHARS_MAX};
use http_kit::{Api, Command, Fields, IfMatch, Problem, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api::{VersionPath, parts},
    decide,
    view::VersionView,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ReferenceManage, routes!(propose))
        .route(Permission::ReferenceManage, routes!(approve))
        .route(Permission::ReferenceManage, routes!(refuse))
        .route(Permission::ReferenceManage, routes!(discard))
}

/// From when on, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ReferenceProposal)]
struct Proposal {
    /// The first day on which the version is in force; not before today or more than two years ahead, and
    /// never before its approval.
    effective_from: NaiveDate,
    /// Why.
    reason: String,
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = ReferenceDiscard)]
struct Discard {}

/// Proposes a draft to be in force from a day on. Another person of the platform decides.
#[utoipa::path(post, path = "/reference/{table}/versions/{version_id}/propose", tag = "reference",
    operation_id = "propose_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RetryKey, IfMatch),
    request_body = Proposal,
    responses((status = 200, body = VersionView), (status = 404),
        (status = 409, description = "not-in-status, reference-unchanged"), (status = 412), (status = 422)))]
async fn propose(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    if_match: IfMatch,
    command: Command<Proposal>,
) -> Result<Json<VersionView>, Problem> {
    let (caller, what, from) = (&who.0, parts(&path)?, command.body.effective_from);
    let reason = command.body.reason.trim();
    let mut fields = Fields::new();
    fields.text(reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let act = app.db.run_once(command.key.as_ref(), |tx| {
        decide::propose(tx, caller, what, if_match, (from, reason)).in_tx()
    });
    Ok(Json(act.await?))
}

async fn decided(
    app: &App,
    who: &Who,
    path: &VersionPath,
    if_match: IfMatch,
    command: &Command<Decision>,
    approve: bool,
) -> Result<Json<VersionView>, Problem> {
    let (caller, what) = (&who.0, parts(path)?);
    let reason = command.body.checked(!approve)?;
    let act = app.db.run_once(command.key.as_ref(), |tx| {
        decide::decide(tx, caller, what, if_match, (approve, reason)).in_tx()
    });
    Ok(Json(act.await?))
}

/// Approves what another person proposed: it is in force from its day on.
#[utoipa::path(post, path = "/reference/{table}/versions/{version_id}/approve", tag = "reference",
    operation_id = "approve_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RetryKey, IfMatch),
    request_body = Decision,
    responses((status = 200, body = VersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, reference-unchanged"), (status = 412), (status = 422)))]
async fn approve(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    if_match: IfMatch,
    command: Command<Decision>,
) -> Result<Json<VersionView>, Problem> {
    decided(&app, &who, &path, if_match, &command, true).await
}

/// Refuses what another person proposed, with a reason: it is a draft again.
#[utoipa::path(post, path = "/reference/{table}/versions/{version_id}/refuse", tag = "reference",
    operation_id = "refuse_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RetryKey, IfMatch),
    request_body = Decision,
    responses((status = 200, body = VersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 412), (status = 422)))]
async fn refuse(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    if_match: IfMatch,
    command: Command<Decision>,
) -> Result<Json<VersionView>, Problem> {
    decided(&app, &who, &path, if_match, &command, false).await
}

/// Throws a draft away.
#[utoipa::path(post, path = "/reference/{table}/versions/{version_id}/discard", tag = "reference",
    operation_id = "discard_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RetryKey, IfMatch),
    request_body = Discard,
    responses((status = 200, body = VersionView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 412)))]
async fn discard(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    if_match: IfMatch,
    command: Command<Discard>,
) -> Result<Json<VersionView>, Problem> {
    let (caller, what) = (&who.0, parts(&path)?);
    let act = app.db.run_once(command.key.as_ref(), |tx| decide::discard(tx, caller, what, if_match).in_tx());
    Ok(Json(act.await?))
}
