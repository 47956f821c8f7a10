//! Routes of the steps of a report: draft, revise, sign, send back, issue, withdraw.

use axum::{Json, extract::State, http::StatusCode};
use contracts::{ReportId, ValuationId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{act, files, model::Texts, view::ReportView};
use crate::state::App;

/// The most characters of what people write into a report.
const TEXT_CHARS_MAX: usize = 4_000;
/// The most characters of the name of who may rely on it.
const NAME_CHARS_MAX: usize = 200;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ReportSign, routes!(draft))
        .route(Permission::ReportSign, routes!(revise))
        .route(Permission::ReportSign, routes!(prepare))
        .route(Permission::ReportSign, routes!(send_back))
        .route(Permission::ReportSign, routes!(issue))
        .route(Permission::ReportSign, routes!(withdraw))
}

/// A report to be drafted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DraftReportRequest)]
pub(crate) struct DraftRequest {
    /// The valuation, one of the caller's organisation.
    valuation_id: ValuationId,
    /// What people write into it.
    #[serde(default)]
    texts: Texts,
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = SignReportRequest)]
pub(crate) struct SignRequest {}

/// A reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ReportReasonRequest)]
pub(crate) struct ReasonRequest {
    /// Why.
    reason: String,
}

fn readable(texts: &Texts) -> Result<(), Problem> {
    let mut fields = Fields::new();
    let given = [
        (&texts.intended_user, NAME_CHARS_MAX, "texts.intended_user"),
        (&texts.special_assumptions, TEXT_CHARS_MAX, "texts.special_assumptions"),
        (&texts.comments, TEXT_CHARS_MAX, "texts.comments"),
    ];
    for (text, chars_max, field) in given {
        if !text.trim().is_empty() {
            fields.text(text, chars_max, field);
        }
    }
    fields.finish()
}

fn reason(cmd: &Command<ReasonRequest>) -> Result<&str, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(cmd.body.reason.trim())
}

/// Draft a report on a valuation.
#[utoipa::path(post, path = "/reports", tag = "reports", operation_id = "draft_valuation_report",
    params(RetryKey), request_body = DraftRequest,
    responses((status = 201, body = ReportView), (status = 404),
        (status = 409, description = "report-open, valuation-expired, revaluation-due")))]
async fn draft(
    State(app): State<App>,
    who: Who,
    cmd: Command<DraftRequest>,
) -> Result<(StatusCode, Json<ReportView>), Problem> {
    readable(&cmd.body.texts)?;
    let (caller, of, texts) = (&who.0, cmd.body.valuation_id, &cmd.body.texts);
    let made = app.db.run_once(cmd.key.as_ref(), |tx| act::draft(tx, caller, of, texts).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made.at(app.verification_page.as_deref()))))
}

/// Write other texts into a draft.
#[utoipa::path(post, path = "/reports/{id}/revise", tag = "reports", operation_id = "revise_valuation_report",
    params(("id" = ReportId, Path), IfMatch, RetryKey), request_body = Texts,
    responses((status = 200, body = ReportView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 412, description = "stale-version")))]
async fn revise(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
    seen: IfMatch,
    cmd: Command<Texts>,
) -> Result<Json<ReportView>, Problem> {
    readable(&cmd.body)?;
    let (caller, texts) = (&who.0, &cmd.body);
    let act = app.db.run_once(cmd.key.as_ref(), |tx| act::revise(tx, caller, (id, seen), texts).in_tx());
    Ok(Json(act.await?.at(app.verification_page.as_deref())))
}

/// Sign as the preparer: the report waits for its reviewer.
#[utoipa::path(post, path = "/reports/{id}/prepare", tag = "reports", operation_id = "prepare_valuation_report",
    params(("id" = ReportId, Path), IfMatch, RetryKey), request_body = SignRequest,
    responses((status = 200, body = ReportView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, valuation-expired, revaluation-due")))]
async fn prepare(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
    seen: IfMatch,
    cmd: Command<SignRequest>,
) -> Result<Json<ReportView>, Problem> {
    let caller = &who.0;
    let act = app.db.run_once(cmd.key.as_ref(), |tx| act::prepare(tx, caller, (id, seen)).in_tx());
    Ok(Json(act.await?.at(app.verification_page.as_deref())))
}

/// Send it back to be drafted anew, with the reason.
#[utoipa::path(post, path = "/reports/{id}/return", tag = "reports", operation_id = "return_valuation_report",
    params(("id" = ReportId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = ReportView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 412, description = "stale-version")))]
async fn send_back(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<ReportView>, Problem> {
    let (caller, why) = (&who.0, reason(&cmd)?);
    let act = app.db.run_once(cmd.key.as_ref(), |tx| act::send_back(tx, caller, (id, seen), why).in_tx());
    Ok(Json(act.await?.at(app.verification_page.as_deref())))
}

/// Sign as the reviewer and issue it under its public code; the one before on the same patent and purpose is superseded.
#[utoipa::path(post, path = "/reports/{id}/issue", tag = "reports", operation_id = "issue_valuation_report",
    params(("id" = ReportId, Path), IfMatch, RetryKey), request_body = SignRequest,
    responses((status = 200, body = ReportView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, valuation-expired, revaluation-due, report-value-changed")))]
async fn issue(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
    seen: IfMatch,
    cmd: Command<SignRequest>,
) -> Result<Json<ReportView>, Problem> {
    let caller = &who.0;
    let issued = app.db.run_once(cmd.key.as_ref(), |tx| act::issue(tx, caller, (id, seen)).in_tx()).await?;
    files::make_all(&app, &who.scope(), id).await;
    Ok(Json(issued.at(app.verification_page.as_deref())))
}

/// Withdraw an issued report with the reason: whoever asks by its code is told that it no longer stands.
#[utoipa::path(post, path = "/reports/{id}/withdraw", tag = "reports", operation_id = "withdraw_valuation_report",
    params(("id" = ReportId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = ReportView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 412, description = "stale-version")))]
async fn withdraw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<ReportView>, Problem> {
    let (caller, why) = (&who.0, reason(&cmd)?);
    let act = app.db.run_once(cmd.key.as_ref(), |tx| act::withdraw(tx, caller, (id, seen), why).in_tx());
    Ok(Json(act.await?.at(app.verification_page.as_deref())))
}
