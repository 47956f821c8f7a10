//! Routes of unused patents: the list, justifications.

use axum::{Json, extract::State, http::StatusCode};
use contracts::PatentId;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who, page::PageQuery};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    justify::{self, Justification, JustificationGiven},
    listing, store,
};
use crate::{catalogue::store as patents, state::App};

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 2_000;
/// The longest reference, in characters.
const DOCUMENT_CHARS_MAX: usize = 200;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::PatentRead, routes!(justifications))
        .route(Permission::PatentRecord, routes!(give))
        .route(Permission::PatentRecord, routes!(withdraw))
}

/// Whether a scope may look at a patent's justifications: its owner and the regulator.
async fn seen(app: &App, scope: &Scope, id: PatentId) -> Result<(), Problem> {
    let row = patents::one(app.db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let own = row.owner_id == Some(scope.tenant().uuid());
    if own || scope.sees_all() { Ok(()) } else { Err(Problem::not_found()) }
}

/// The justifications of an own patent, newest first.
#[utoipa::path(get, path = "/dormant-patents/{id}/justifications", tag = "patents",
    operation_id = "list_dormancy_justifications", params(("id" = PatentId, Path), PageQuery),
    responses((status = 200, body = Page<Justification>), (status = 404, description = "没有此专利，或不属于本机构")))]
async fn justifications(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Json<Page<Justification>>, Problem> {
    let scope = who.scope();
    seen(&app, &scope, id).await?;
    let found = store::page(app.db.read(), &scope, id, &query.request()).await?;
    Ok(Json(Page::of(found, Justification::from)))
}

/// Says why an own patent is not put to use; a justification that stood before is replaced.
#[utoipa::path(post, path = "/dormant-patents/{id}/justifications", tag = "patents",
    operation_id = "justify_dormancy", params(("id" = PatentId, Path), RetryKey),
    request_body = JustificationGiven,
    responses((status = 201, body = Justification), (status = 404, description = "没有此专利，或不属于本机构"),
        (status = 422, description = "参数有误")))]
async fn give(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<JustificationGiven>,
) -> Result<(StatusCode, Json<Justification>), Problem> {
    let given = &cmd.body;
    let today = app.db.clock().business_date();
    let latest = justify::latest(today);
    let mut fields = Fields::new();
    fields.text(&given.reason, REASON_CHARS_MAX, "reason");
    if let Some(document) = given.document.as_deref().filter(|text| !text.trim().is_empty()) {
        fields.text(document, DOCUMENT_CHARS_MAX, "document");
    }
    fields.require(
        today <= given.valid_until && given.valid_until <= latest,
        "valid_until",
        format!("须在 {today} 至 {latest} 之间。"),
        format!("Must be from {today} to {latest}."),
    );
    fields.finish()?;
    let caller = &who.0;
    let given =
        app.db.run_once(cmd.key.as_ref(), |tx| justify::give(tx, caller, (id, given)).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(given)))
}

/// Why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DormancyWithdrawal)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// In words.
    reason: String,
}

/// Withdraws the justification of an own patent: it counts as unused again.
#[utoipa::path(post, path = "/dormant-patents/{id}/justifications/withdrawal", tag = "patents",
    operation_id = "withdraw_dormancy_justification", params(("id" = PatentId, Path), RetryKey),
    request_body = Reason,
    responses((status = 200, body = Justification), (status = 404, description = "没有此专利，或不属于本机构"),
        (status = 409, description = "nothing-justified"), (status = 422, description = "参数有误")))]
async fn withdraw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<Reason>,
) -> Result<Json<Justification>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    let ended =
        app.db.run_once(cmd.key.as_ref(), |tx| justify::withdraw(tx, caller, (id, reason)).in_tx()).await?;
    Ok(Json(ended))
}
