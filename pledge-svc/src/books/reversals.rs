//! Routes of reversals.

use axum::{Json, extract::State, http::StatusCode};
use contracts::{MovementId, ReversalId};
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    model::{Reversal, ReversalStatus},
    reversal, store,
};
use crate::state::App;

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LedgerReverse, routes!(propose_reversal))
        .route(Permission::LedgerRead, routes!(list_reversals))
        .route(Permission::LedgerRead, routes!(read_reversal))
        .route(Permission::LedgerReverse, routes!(confirm_reversal))
        .route(Permission::LedgerReverse, routes!(reject_reversal))
}

/// Why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
struct ReversalReason {
    /// Why it is undone, or why it is left.
    reason: String,
}

impl ReversalReason {
    fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, REASON_CHARS_MAX, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
struct ConfirmReversal {}

/// Propose to undo a movement of one's own book.
#[utoipa::path(post, path = "/ledger/movements/{id}/reversals", tag = "ledger", operation_id = "propose_reversal",
    params(("id" = MovementId, Path), RetryKey), request_body = ReversalReason,
    responses((status = 201, body = Reversal), (status = 404),
        (status = 409, description = "is-reversal, already-reversed, controlled-account, loan-step, tax-of-month, reversal-pending")))]
async fn propose_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MovementId>,
    cmd: Command<ReversalReason>,
) -> Result<(StatusCode, Json<Reversal>), Problem> {
    let (caller, reason) = (&who.0, cmd.body.checked()?);
    let made =
        app.db.run_once(cmd.key.as_ref(), |tx| reversal::propose(tx, caller, id, reason).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// In this status.
    status: Option<ReversalStatus>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Reversals of one's own book, newest first.
#[utoipa::path(get, path = "/ledger-reversals", tag = "ledger", operation_id = "list_reversals", params(Filter),
    responses((status = 200, body = Page<Reversal>)))]
async fn list_reversals(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<Reversal>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let page = store::page(app.db.read(), &who.scope(), filter.status, &request).await?;
    Ok(Json(Page::of(page, |one| one)))
}

/// One of them.
#[utoipa::path(get, path = "/ledger-reversals/{id}", tag = "ledger", operation_id = "read_reversal",
    params(("id" = ReversalId, Path)), responses((status = 200, body = Reversal), (status = 404)))]
async fn read_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReversalId>,
) -> Result<Json<Reversal>, Problem> {
    store::find(app.db.read(), &who.scope(), id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Confirm it, as another person: the mirror is posted.
#[utoipa::path(post, path = "/ledger-reversals/{id}/confirm", tag = "ledger", operation_id = "confirm_reversal",
    params(("id" = ReversalId, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = ConfirmReversal,
    responses((status = 200, body = Reversal), (status = 404),
        (status = 409, description = "four-eyes, wrong-state, already-reversed")))]
async fn confirm_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReversalId>,
    cmd: Command<ConfirmReversal>,
) -> Result<Json<Reversal>, Problem> {
    let (key, caller) = (cmd.demand_key()?, &who.0);
    Ok(Json(app.db.run_once(Some(key), |tx| reversal::confirm(tx, caller, id).in_tx()).await?))
}

/// Reject it, as another person.
#[utoipa::path(post, path = "/ledger-reversals/{id}/reject", tag = "ledger", operation_id = "reject_reversal",
    params(("id" = ReversalId, Path), RetryKey), request_body = ReversalReason,
    responses((status = 200, body = Reversal), (status = 404), (status = 409, description = "four-eyes, wrong-state")))]
async fn reject_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReversalId>,
    cmd: Command<ReversalReason>,
) -> Result<Json<Reversal>, Problem> {
    let (caller, reason) = (&who.0, cmd.body.checked()?);
    let rejected =
        app.db.run_once(cmd.key.as_ref(), |tx| reversal::reject(tx, caller, id, reason).in_tx()).await?;
    Ok(Json(rejected))
}
