//! Routes of the care of loans: one task, proving the use of a draw, deciding on the proof, a check. The list is in
//! `listing.rs`, papers in `papers.rs`.

use axum::{Json, extract::State, http::StatusCode};
use contracts::{LoanId, LoanTaskId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    check::{CheckRequest, check},
    evidence::{EvidenceRequest, decide, supply},
    listing::{self, TaskItem, item},
    papers, store,
};
use crate::state::App;

/// The longest text in a field, in characters.
const TEXT_CHARS_MAX: usize = 1_000;
/// The most documents for one task.
const PAPERS_MAX: usize = 20;

/// The routes of this subject.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .merge(papers::routes())
        .route(Permission::LoanRead, routes!(read_task))
        .route(Permission::DocumentAttach, routes!(prove_use))
        .route(Permission::LoanMonitor, routes!(accept_evidence))
        .route(Permission::LoanMonitor, routes!(reject_evidence))
        .route(Permission::LoanMonitor, routes!(record_check))
}

/// A remark that is not demanded.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = LoanTaskComment)]
struct Comment {
    /// The remark.
    #[serde(default)]
    comment: Option<String>,
}

/// A reason that is demanded.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = LoanTaskReason)]
struct Reason {
    /// Why; the borrower reads it.
    reason: String,
}

fn papers_fit(fields: &mut Fields, count: usize) {
    fields.require(
        count <= PAPERS_MAX,
        "document_ids",
        format!("最多 {PAPERS_MAX} 份文件。"),
        format!("At most {PAPERS_MAX} documents."),
    );
}

/// One task of the care of a loan.
#[utoipa::path(get, path = "/loan-tasks/{id}", tag = "loans", operation_id = "read_loan_task",
    params(("id" = LoanTaskId, Path)), responses((status = 200, body = TaskItem), (status = 404)))]
async fn read_task(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanTaskId>,
) -> Result<Json<TaskItem>, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(item(found, app.db.clock().business_date())))
}

/// Prove what a draw was spent on, with documents attached to the loan: by its borrower, or by its bank for it.
#[utoipa::path(post, path = "/loans/{id}/use-evidence", tag = "loans", operation_id = "prove_use_of_funds",
    params(("id" = LoanId, Path), RetryKey), request_body = EvidenceRequest,
    responses((status = 200, body = TaskItem), (status = 404),
        (status = 409, description = "paid-by-bank, not-in-status, loan-not-active"), (status = 422)))]
async fn prove_use(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    cmd: Command<EvidenceRequest>,
) -> Result<Json<TaskItem>, Problem> {
    let mut fields = Fields::new();
    papers_fit(&mut fields, cmd.body.document_ids.len());
    if let Some(note) = cmd.body.note.as_deref().filter(|note| !note.trim().is_empty()) {
        fields.text(note, TEXT_CHARS_MAX, "note");
    }
    fields.finish()?;
    let (caller, request) = (&who.0, &cmd.body);
    let task = app.db.run_once(cmd.key.as_ref(), |tx| supply(tx, caller, id, request).in_tx()).await?;
    Ok(Json(item(task, app.db.clock().business_date())))
}

/// Accept the papers that were brought; another person than who brought them.
#[utoipa::path(post, path = "/loan-tasks/{id}/accept", tag = "loans", operation_id = "accept_use_evidence",
    params(("id" = LoanTaskId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Comment,
    responses((status = 200, body = TaskItem), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, task-of-other-kind"), (status = 412, description = "stale-version")))]
async fn accept_evidence(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanTaskId>,
    seen: IfMatch,
    cmd: Command<Comment>,
) -> Result<Json<TaskItem>, Problem> {
    let comment = cmd.body.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut fields = Fields::new();
    if let Some(comment) = comment {
        fields.text(comment, TEXT_CHARS_MAX, "comment");
    }
    fields.finish()?;
    let (caller, said) = (&who.0, (true, comment.map(str::to_owned)));
    let task =
        app.db.run_once(cmd.key.as_ref(), |tx| decide(tx, caller, (id, seen), said.clone()).in_tx()).await?;
    Ok(Json(item(task, app.db.clock().business_date())))
}

/// Reject the papers that were brought, with a reason; the borrower brings others. Whether money was misused is a change of
/// the loan that two people decide.
#[utoipa::path(post, path = "/loan-tasks/{id}/reject", tag = "loans", operation_id = "reject_use_evidence",
    params(("id" = LoanTaskId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = TaskItem), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, task-of-other-kind"), (status = 412, description = "stale-version")))]
async fn reject_evidence(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanTaskId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<TaskItem>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, said) = (&who.0, (false, Some(cmd.body.reason.trim().to_owned())));
    let task =
        app.db.run_once(cmd.key.as_ref(), |tx| decide(tx, caller, (id, seen), said.clone()).in_tx()).await?;
    Ok(Json(item(task, app.db.clock().business_date())))
}

/// Write down a check of the borrower that was made (贷后检查); the next one is due by the bank's interval, or earlier.
#[utoipa::path(post, path = "/loans/{id}/checks", tag = "loans", operation_id = "record_loan_check",
    params(("id" = LoanId, Path), RetryKey), request_body = CheckRequest,
    responses((status = 201, body = TaskItem), (status = 404),
        (status = 409, description = "loan-not-active"), (status = 422)))]
async fn record_check(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    cmd: Command<CheckRequest>,
) -> Result<(StatusCode, Json<TaskItem>), Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.findings, TEXT_CHARS_MAX, "findings");
    papers_fit(&mut fields, cmd.body.document_ids.len());
    fields.finish()?;
    let (caller, request) = (&who.0, &cmd.body);
    let task = app.db.run_once(cmd.key.as_ref(), |tx| check(tx, caller, id, request).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(item(task, app.db.clock().business_date()))))
}
