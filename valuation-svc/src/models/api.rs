//! Routes of model versions: what there is, what differs, writing, handing in, deciding.

use axum::{Json, extract::State, http::StatusCode};
use contracts::ModelVersionId;
use http_kit::{Api, Command, Fields, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    activate::{self, Activation},
    decide::{self, ValidationReport},
    develop::{self, NewContent, NewModel, Submission},
    listing,
    model::{ContentDifference, ModelContent, diff},
    store::{self, version},
    view::{self, ModelVersionItem, ModelVersionView},
};
use crate::state::App;

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::ModelRead, routes!(platform_default))
        .route(Permission::ModelRead, routes!(read_model))
        .route(Permission::ModelRead, routes!(compare_models))
        .route(Permission::ModelDevelop, routes!(create_model))
        .route(Permission::ModelDevelop, routes!(change_model))
        .route(Permission::ModelDevelop, routes!(submit_model))
        .route(Permission::ModelDevelop, routes!(discard_model))
        .route(Permission::ModelValidate, routes!(validate_model))
        .route(Permission::ModelValidate, routes!(return_model))
        .route(Permission::ModelApprove, routes!(approve_model))
        .route(Permission::ModelApprove, routes!(decline_model))
        .route(Permission::ModelApprove, routes!(activate_model))
        .route(Permission::ModelApprove, routes!(retire_model))
}

/// What to compare with.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct AgainstQuery {
    /// The version before; the platform's default where absent.
    against: Option<ModelVersionId>,
}

/// The platform's default as a version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlatformDefaultView {
    /// Always `platform-default`.
    id: &'static str,
    /// How valuations name it.
    model_version: &'static str,
    /// SHA-256 of the content.
    content_hash: String,
    /// The whole content.
    content: ModelContent,
}

/// What differs between two versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ModelComparison {
    /// The version before; null for the platform's default.
    from: Option<ModelVersionItem>,
    /// The version after.
    to: ModelVersionItem,
    /// Every figure that differs.
    differences: Vec<ContentDifference>,
}

/// A reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelReason {
    /// In one's own words.
    reason: String,
}

impl ModelReason {
    fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, REASON_CHARS_MAX, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// What is said with an approval.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ModelNote {
    /// In one's own words.
    comment: Option<String>,
}

/// What holds where a bank has no version of its own.
#[utoipa::path(get, path = "/models/platform-default", tag = "models", operation_id = "read_platform_default_model",
    responses((status = 200, body = PlatformDefaultView)))]
async fn platform_default() -> Json<PlatformDefaultView> {
    let stored = ModelContent::platform_default();
    Json(PlatformDefaultView {
        id: "platform-default",
        model_version: crate::valuations::model::MODEL_VERSION,
        content_hash: stored.hash.clone(),
        content: ModelContent::clone(&stored.content),
    })
}

async fn seen(app: &App, who: &Who, id: ModelVersionId) -> Result<version::Model, Problem> {
    store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// One version in full.
#[utoipa::path(get, path = "/models/{id}", tag = "models", operation_id = "read_model",
    params(("id" = ModelVersionId, Path)), responses((status = 200, body = ModelVersionView), (status = 404)))]
async fn read_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
) -> Result<Json<ModelVersionView>, Problem> {
    let row = seen(&app, &who, id).await?;
    let uses = store::list_activations(app.db.read(), &who.scope(), &[row.id]).await?;
    Ok(Json(view::full(row, &uses)?))
}

/// What differs between another version, or the platform's default, and this one, leaf by leaf.
#[utoipa::path(get, path = "/models/{id}/diff", tag = "models", operation_id = "compare_models",
    params(("id" = ModelVersionId, Path), AgainstQuery),
    responses((status = 200, body = ModelComparison), (status = 404)))]
async fn compare_models(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    QueryOf(query): QueryOf<AgainstQuery>,
) -> Result<Json<ModelComparison>, Problem> {
    let to = seen(&app, &who, id).await?;
    let from = match query.against {
        Some(other) => Some(seen(&app, &who, other).await?),
        None => None,
    };
    let read = |text: &str| serde_json::from_str::<ModelContent>(text).map_err(Fault::from);
    let after = read(&to.content)?;
    let differences = match &from {
        Some(row) => diff(&read(&row.content)?, &after),
        None => diff(&ModelContent::platform_default().content, &after),
    };
    Ok(Json(ModelComparison {
        from: from.as_ref().map(|row| view::item(row, &[])).transpose()?,
        to: view::item(&to, &[])?,
        differences: differences.map_err(Fault::from)?,
    }))
}

/// Begin a version from the platform's default or from another version.
#[utoipa::path(post, path = "/models", tag = "models", operation_id = "create_model",
    params(("Idempotency-Key" = String, Header, description = "Demanded: a version would be there twice")),
    request_body = NewModel,
    responses((status = 201, body = ModelVersionView), (status = 404), (status = 422)))]
async fn create_model(
    State(app): State<App>,
    who: Who,
    command: Command<NewModel>,
) -> Result<(StatusCode, Json<ModelVersionView>), Problem> {
    let key = command.demand_key()?;
    let (caller, body) = (&who.0, &command.body);
    let mut fields = Fields::new();
    fields.text(&body.name, 60, "name");
    fields.text(&body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let made = app.db.run_once(Some(key), |tx| develop::create(tx, caller, body).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Put a content in place of the draft's.
#[utoipa::path(post, path = "/models/{id}/content", tag = "models", operation_id = "change_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = NewContent,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "not-the-developer"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 412, description = "stale-version"), (status = 422)))]
async fn change_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<NewContent>,
) -> Result<Json<ModelVersionView>, Problem> {
    let (caller, body) = (&who.0, &command.body);
    let act = app.db.run_once(command.key.as_ref(), |tx| develop::change(tx, caller, id, body).in_tx());
    Ok(Json(act.await?))
}

/// Hand a draft to the validators.
#[utoipa::path(post, path = "/models/{id}/submit", tag = "models", operation_id = "submit_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = Submission,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "not-the-developer"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422, description = "the content breaks rules, by field")))]
async fn submit_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<Submission>,
) -> Result<Json<ModelVersionView>, Problem> {
    command.body.check()?;
    let (caller, said) = (&who.0, &command.body);
    let act = app.db.run_once(command.key.as_ref(), |tx| develop::submit(tx, caller, id, said).in_tx());
    Ok(Json(act.await?))
}

/// Give up a draft that was never handed in, with the reason.
#[utoipa::path(post, path = "/models/{id}/discard", tag = "models", operation_id = "discard_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ModelReason,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "not-the-developer"), (status = 404),
        (status = 409, description = "not-in-status, model-was-submitted"), (status = 422)))]
async fn discard_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ModelReason>,
) -> Result<Json<ModelVersionView>, Problem> {
    let (caller, reason) = (&who.0, command.body.checked()?);
    let act = app.db.run_once(command.key.as_ref(), |tx| develop::discard(tx, caller, id, reason).in_tx());
    Ok(Json(act.await?))
}

/// Confirm a version with a validation report.
#[utoipa::path(post, path = "/models/{id}/validate", tag = "models", operation_id = "validate_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ValidationReport,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn validate_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ValidationReport>,
) -> Result<Json<ModelVersionView>, Problem> {
    command.body.check()?;
    let (caller, body) = (&who.0, &command.body);
    let act = app.db.run_once(command.key.as_ref(), |tx| decide::validate(tx, caller, id, body).in_tx());
    Ok(Json(act.await?))
}

async fn given_back(
    app: &App,
    who: &Who,
    id: ModelVersionId,
    command: &Command<ModelReason>,
) -> Result<Json<ModelVersionView>, Problem> {
    let (caller, reason) = (&who.0, command.body.checked()?);
    let act = app.db.run_once(command.key.as_ref(), |tx| decide::give_back(tx, caller, id, reason).in_tx());
    Ok(Json(act.await?))
}

/// Give a version back to its developer with reasons, as its validator.
#[utoipa::path(post, path = "/models/{id}/return", tag = "models", operation_id = "return_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ModelReason,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn return_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ModelReason>,
) -> Result<Json<ModelVersionView>, Problem> {
    given_back(&app, &who, id, &command).await
}

/// Approve a validated version.
#[utoipa::path(post, path = "/models/{id}/approve", tag = "models", operation_id = "approve_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ModelNote,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn approve_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ModelNote>,
) -> Result<Json<ModelVersionView>, Problem> {
    let note = command.body.comment.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if let Some(note) = note {
        let mut fields = Fields::new();
        fields.text(note, REASON_CHARS_MAX, "comment");
        fields.finish()?;
    }
    let caller = &who.0;
    let act = app.db.run_once(command.key.as_ref(), |tx| decide::approve(tx, caller, id, note).in_tx());
    Ok(Json(act.await?))
}

/// Give a validated version back with reasons instead of approving it.
#[utoipa::path(post, path = "/models/{id}/decline", tag = "models", operation_id = "decline_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ModelReason,
    responses((status = 200, body = ModelVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn decline_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ModelReason>,
) -> Result<Json<ModelVersionView>, Problem> {
    given_back(&app, &who, id, &command).await
}

/// Put an approved version into use for a purpose, as champion or challenger.
#[utoipa::path(post, path = "/models/{id}/activate", tag = "models", operation_id = "activate_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = Activation,
    responses((status = 200, body = ModelVersionView), (status = 404),
        (status = 409, description = "not-in-status, model-already-active, too-many-challengers"), (status = 422)))]
async fn activate_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<Activation>,
) -> Result<Json<ModelVersionView>, Problem> {
    let (caller, body) = (&who.0, command.body);
    let act = app.db.run_once(command.key.as_ref(), |tx| activate::activate(tx, caller, id, body).in_tx());
    Ok(Json(act.await?))
}

/// Take a version out of use, with the reason.
#[utoipa::path(post, path = "/models/{id}/retire", tag = "models", operation_id = "retire_model",
    params(("id" = ModelVersionId, Path), RetryKey), request_body = ModelReason,
    responses((status = 200, body = ModelVersionView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 422)))]
async fn retire_model(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ModelVersionId>,
    command: Command<ModelReason>,
) -> Result<Json<ModelVersionView>, Problem> {
    let (caller, reason) = (&who.0, command.body.checked()?);
    let act = app.db.run_once(command.key.as_ref(), |tx| activate::retire(tx, caller, id, reason).in_tx());
    Ok(Json(act.await?))
}
