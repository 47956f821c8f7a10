//! Routes of funds: what is asked for and decided, what stands, what is known of sharing losses elsewhere.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use contracts::{FundAgreementId, FundId, FundInstructionId};
use http_kit::{
    ActError, Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who, versioned,
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    decide, listing,
    model::{
        Decision, Order, Outcome,
        presets::{Preset, presets},
    },
    propose, store,
    view::{self, AgreementView, FundView, InstructionView},
    watch,
};
use crate::state::App;

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::FundRead, routes!(list_funds))
        .route(Permission::FundRead, routes!(read_fund))
        .route(Permission::FundRead, routes!(read_agreement))
        .route(Permission::FundManage, routes!(review_agreement))
        .route(Permission::FundManage, routes!(instruct))
        .route(Permission::FundRead, routes!(list_instructions))
        .route(Permission::FundRead, routes!(read_instruction))
        .route(Permission::FundManage, routes!(approve_instruction))
        .route(Permission::FundManage, routes!(refuse_instruction))
        .route(Permission::FundRead, routes!(list_presets))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InstructionQuery {
    /// In this state.
    status: Option<Outcome>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = FundConfirmation)]
pub struct NothingToSay {}

/// Why not.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RefusalRequest {
    /// The reason.
    pub reason: String,
}

/// The funds that one may see.
#[utoipa::path(get, path = "/funds", tag = "funds", operation_id = "list_funds",
    params(http_kit::page::PageQuery), responses((status = 200, body = Page<FundView>)))]
async fn list_funds(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<http_kit::page::PageQuery>,
) -> Result<Json<Page<FundView>>, Problem> {
    let (scope, today) = (who.scope(), app.db.clock().business_date());
    let page = store::page(app.db.read(), &scope, &query.request()).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for fund in page.items {
        items.push(view::fund(app.db.read(), &scope, fund, today).await?);
    }
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// One fund with its account.
#[utoipa::path(get, path = "/funds/{id}", tag = "funds", operation_id = "read_fund",
    params(("id" = FundId, Path)), responses((status = 200, body = FundView), (status = 404)))]
async fn read_fund(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundId>,
) -> Result<Json<FundView>, Problem> {
    let (scope, today) = (who.scope(), app.db.clock().business_date());
    let fund = store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::fund(app.db.read(), &scope, fund, today).await?))
}

/// One agreement with how it stands today.
#[utoipa::path(get, path = "/fund-agreements/{id}", tag = "funds", operation_id = "read_fund_agreement",
    params(("id" = FundAgreementId, Path)), responses((status = 200, body = AgreementView), (status = 404)))]
async fn read_agreement(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundAgreementId>,
) -> Result<Json<AgreementView>, Problem> {
    let today = app.db.clock().business_date();
    let found =
        store::find_agreement(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::agreement(app.db.read(), found, today).await?))
}

/// Look at the circuit breaker of an agreement now; it stops the bank where a ratio lies above the threshold.
#[utoipa::path(post, path = "/fund-agreements/{id}/review", tag = "funds", operation_id = "review_fund_agreement",
    params(("id" = FundAgreementId, Path), RetryKey), request_body = NothingToSay,
    responses((status = 200, body = AgreementView), (status = 404)))]
async fn review_agreement(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundAgreementId>,
    command: Command<NothingToSay>,
) -> Result<Json<AgreementView>, Problem> {
    let caller = &who.0;
    let reviewed = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                let after = watch::review_now(tx, caller, id).await?;
                let today = tx.business_date();
                Ok::<_, ActError>(view::agreement(tx.conn(), after, today).await?)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(reviewed))
}

/// Ask for something: open the fund, note capital paid in or replenished, make, amend or end an agreement, release a
/// bank that was stopped. Another person of the fund decides it.
#[utoipa::path(post, path = "/fund-instructions", tag = "funds", operation_id = "instruct_fund",
    params(RetryKey), request_body = Order,
    responses((status = 201, body = InstructionView), (status = 404),
        (status = 409, description = "fund-open, fund-not-open, not-enough-free, same-cover, other-facility, below-paid, below-covered, still-covering, not-in-status, change-pending"),
        (status = 422)))]
async fn instruct(
    State(app): State<App>,
    who: Who,
    command: Command<Order>,
) -> Result<(StatusCode, Json<InstructionView>), Problem> {
    let known = app.db.answered::<InstructionView, ActError>(command.key.as_ref()).await?;
    if let Some(answer) = known {
        return Ok((StatusCode::CREATED, Json(answer)));
    }
    let (caller, order) = (&who.0, &propose::registered(&app, &who.0, &command.body).await?);
    let made = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move { propose::propose(tx, caller, order).await.map(InstructionView::from) }.in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What was asked for in one's fund, newest first.
#[utoipa::path(get, path = "/fund-instructions", tag = "funds", operation_id = "list_fund_instructions",
    params(InstructionQuery), responses((status = 200, body = Page<InstructionView>)))]
async fn list_instructions(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<InstructionQuery>,
) -> Result<Json<Page<InstructionView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page_instructions(app.db.read(), &who.scope(), query.status, &request).await?;
    Ok(Json(Page::of(page, InstructionView::from)))
}

/// One thing asked for.
#[utoipa::path(get, path = "/fund-instructions/{id}", tag = "funds", operation_id = "read_fund_instruction",
    params(("id" = FundInstructionId, Path)),
    responses((status = 200, body = InstructionView, headers(("ETag" = String, description = "Name it in If-Match"))), (status = 404)))]
async fn read_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundInstructionId>,
) -> Result<impl IntoResponse, Problem> {
    let found =
        store::find_instruction(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let (version, view) = view::instruction(app.db.read(), found).await?;
    Ok(versioned(version, view))
}

/// Approve what a colleague asked for; it is done at once.
#[utoipa::path(post, path = "/fund-instructions/{id}/approve", tag = "funds", operation_id = "approve_fund_instruction",
    params(("id" = FundInstructionId, Path), IfMatch, ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = NothingToSay,
    responses((status = 200, body = InstructionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 412, description = "stale-version"), (status = 409, description = "already-decided, and as for the proposal")))]
async fn approve_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundInstructionId>,
    seen: IfMatch,
    command: Command<NothingToSay>,
) -> Result<Json<InstructionView>, Problem> {
    let (caller, key) = (&who.0, command.demand_key()?);
    let decided = app
        .db
        .run_once(Some(key), |tx| {
            async move {
                decide::decide(tx, caller, id, Decision::Approve, seen).await.map(InstructionView::from)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(decided))
}

/// Refuse what a colleague asked for.
#[utoipa::path(post, path = "/fund-instructions/{id}/refuse", tag = "funds", operation_id = "refuse_fund_instruction",
    params(("id" = FundInstructionId, Path), IfMatch, RetryKey), request_body = RefusalRequest,
    responses((status = 200, body = InstructionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 412, description = "stale-version"), (status = 409, description = "already-decided")))]
async fn refuse_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundInstructionId>,
    seen: IfMatch,
    command: Command<RefusalRequest>,
) -> Result<Json<InstructionView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, command.body.reason.trim());
    let decided = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                decide::decide(tx, caller, id, Decision::Refuse(reason), seen)
                    .await
                    .map(InstructionView::from)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(decided))
}

/// How losses are shared elsewhere, with the sources.
#[utoipa::path(get, path = "/loss-sharing-presets", tag = "funds", operation_id = "list_loss_sharing_presets",
    responses((status = 200, body = Page<Preset>)))]
async fn list_presets(_: Who) -> Json<Page<Preset>> {
    Json(Page { items: presets(), next_cursor: None })
}
