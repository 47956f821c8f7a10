//! Routes of conditions: those of an application, and each step.

use axum::{
    Json,
    extract::{Path, State},
};
use contracts::{ApplicationId, ConditionId, DocumentId};
use http_kit::{Api, Command, Fields, Page, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{IdempotencyKey, InTx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    steps::{Step, take},
    store,
};
use crate::{
    applications::{self, model::condition::Condition},
    state::App,
};

/// The longest text in a field, in characters.
const TEXT_CHARS_MAX: usize = 1_000;
/// The most documents that prove one condition.
const EVIDENCE_MAX: usize = 20;

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ApplicationRead, routes!(list_of_application))
        .route(Permission::ApplicationExamine, routes!(fulfil_condition))
        .route(Permission::ApplicationExamine, routes!(confirm_condition))
        .route(Permission::ApplicationExamine, routes!(return_condition))
        .route(Permission::ApplicationApprove, routes!(waive_condition))
}

/// A fulfilment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct FulfilRequest {
    /// The application's documents that prove it, 1 to 20.
    #[serde(default)]
    document_ids: Vec<DocumentId>,
    /// In the officer's words.
    note: Option<String>,
}

/// A confirmation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct ConfirmRequest {
    /// In the confirmer's words.
    note: Option<String>,
}

/// A step that needs its reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct ConditionReason {
    /// Why.
    reason: String,
}

type Ids = Path<(String, String)>;

fn ids(path: &Ids) -> Result<(ApplicationId, ConditionId), Problem> {
    let (application, condition) = &path.0;
    let gone = |_| Problem::not_found();
    Ok((application.parse().map_err(gone)?, condition.parse().map_err(|_| Problem::not_found())?))
}

fn note(text: Option<&str>, fields: &mut Fields) -> String {
    let text = text.map(str::trim).unwrap_or_default();
    if !text.is_empty() {
        fields.text(text, TEXT_CHARS_MAX, "note");
    }
    text.to_owned()
}

fn reason(request: &ConditionReason) -> Result<String, Problem> {
    let mut fields = Fields::new();
    fields.text(&request.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(request.reason.trim().to_owned())
}

async fn taken(
    app: &App,
    who: &Who,
    path: &Ids,
    key: Option<&IdempotencyKey>,
    step: Step,
) -> Result<Json<Condition>, Problem> {
    let (caller, step, at) = (&who.0, &step, ids(path)?);
    Ok(Json(app.db.run_once(key, |tx| take(tx, caller, at, step).in_tx()).await?))
}

/// The conditions of an application.
#[utoipa::path(get, path = "/applications/{id}/conditions", tag = "conditions",
    operation_id = "list_application_conditions", params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Page<Condition>), (status = 404)))]
async fn list_of_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<Page<Condition>>, Problem> {
    applications::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let items = store::find_of(app.db.read(), &who.scope(), id).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Say that a condition is fulfilled, with the documents that prove it.
#[utoipa::path(post, path = "/applications/{id}/conditions/{condition_id}/fulfil", tag = "conditions",
    operation_id = "fulfil_condition", params(("id" = ApplicationId, Path), ("condition_id" = ConditionId, Path), RetryKey),
    request_body = FulfilRequest,
    responses((status = 200, body = Condition), (status = 404), (status = 409, description = "not-in-status, not-approved"),
        (status = 422, description = "no evidence")))]
async fn fulfil_condition(
    State(app): State<App>,
    who: Who,
    path: Ids,
    cmd: Command<FulfilRequest>,
) -> Result<Json<Condition>, Problem> {
    let mut fields = Fields::new();
    let note = note(cmd.body.note.as_deref(), &mut fields);
    fields.require(
        cmd.body.document_ids.len() <= EVIDENCE_MAX,
        "document_ids",
        format!("最多 {EVIDENCE_MAX} 份文件。"),
        format!("At most {EVIDENCE_MAX} documents."),
    );
    fields.finish()?;
    let step = Step::Fulfil { evidence: cmd.body.document_ids, note };
    taken(&app, &who, &path, cmd.key.as_ref(), step).await
}

/// Confirm that a condition is fulfilled; another person than who said so.
#[utoipa::path(post, path = "/applications/{id}/conditions/{condition_id}/confirm", tag = "conditions",
    operation_id = "confirm_condition", params(("id" = ApplicationId, Path), ("condition_id" = ConditionId, Path), RetryKey),
    request_body = ConfirmRequest,
    responses((status = 200, body = Condition), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, not-approved")))]
async fn confirm_condition(
    State(app): State<App>,
    who: Who,
    path: Ids,
    cmd: Command<ConfirmRequest>,
) -> Result<Json<Condition>, Problem> {
    let mut fields = Fields::new();
    let note = note(cmd.body.note.as_deref(), &mut fields);
    fields.finish()?;
    taken(&app, &who, &path, cmd.key.as_ref(), Step::Confirm { note }).await
}

/// Send back what does not prove a condition; another person than who said so.
#[utoipa::path(post, path = "/applications/{id}/conditions/{condition_id}/return", tag = "conditions",
    operation_id = "return_condition", params(("id" = ApplicationId, Path), ("condition_id" = ConditionId, Path), RetryKey),
    request_body = ConditionReason,
    responses((status = 200, body = Condition), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, not-approved")))]
async fn return_condition(
    State(app): State<App>,
    who: Who,
    path: Ids,
    cmd: Command<ConditionReason>,
) -> Result<Json<Condition>, Problem> {
    let reason = reason(&cmd.body)?;
    taken(&app, &who, &path, cmd.key.as_ref(), Step::SendBack { reason }).await
}

/// Waive a condition, with a reason; an approver who neither assessed the application nor fulfilled the condition.
#[utoipa::path(post, path = "/applications/{id}/conditions/{condition_id}/waive", tag = "conditions",
    operation_id = "waive_condition", params(("id" = ApplicationId, Path), ("condition_id" = ConditionId, Path), RetryKey),
    request_body = ConditionReason,
    responses((status = 200, body = Condition), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, not-approved")))]
async fn waive_condition(
    State(app): State<App>,
    who: Who,
    path: Ids,
    cmd: Command<ConditionReason>,
) -> Result<Json<Condition>, Problem> {
    let reason = reason(&cmd.body)?;
    taken(&app, &who, &path, cmd.key.as_ref(), Step::Waive { reason }).await
}
