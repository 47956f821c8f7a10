//! Items over HTTP: look, the inventor's word, the transfer office's word, giving back, review.

use axum::{Json, extract::State, response::IntoResponse};
use chrono::NaiveDate;
use contracts::StocktakeItemId;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    assess,
    model::{Assessment, Item, ItemState, Review, TEXT_CHARS_MAX, UnitAssessment},
    own, review, store,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeRead, routes!(read_item))
        .route(Permission::StocktakeAnswer, routes!(self_assess_item))
        .route(Permission::StocktakeManage, routes!(self_assess_for))
        .route(Permission::StocktakeManage, routes!(unit_assess_item))
        .route(Permission::StocktakeManage, routes!(return_item))
        .route(Permission::StocktakeReview, routes!(review_item))
}

/// An item as it is today.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ItemView {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// Past its day and not reviewed.
    pub overdue: bool,
    /// Granted more than five years ago, not used, no reason on file.
    pub dormant: bool,
    /// What the inventor must still fill in before it can be handed in.
    pub missing: Vec<String>,
}

/// An item as it is on a day.
pub(super) fn view(item: Item, on: NaiveDate) -> ItemView {
    let own = item.self_assessment.clone().unwrap_or_default();
    let missing = if item.state == ItemState::Draft { own.missing() } else { Vec::new() };
    ItemView {
        overdue: item.is_overdue(on),
        dormant: item.is_dormant(on),
        missing: missing.into_iter().map(str::to_owned).collect(),
        item,
    }
}

/// One item.
#[utoipa::path(get, path = "/stocktake-items/{id}", tag = "stocktakes", operation_id = "read_stocktake_item",
    params(("id" = StocktakeItemId, Path)), responses((status = 200, body = ItemView), (status = 404)))]
async fn read_item(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
) -> Result<impl IntoResponse, Problem> {
    let own = own(&who.0);
    let found = store::find_item(app.db.read(), (&who.scope(), own.as_ref()), id).await?;
    let item = found.ok_or_else(Problem::not_found)?;
    Ok(versioned(item.version, view(item, app.db.clock().business_date())))
}

/// What an inventor says of a patent.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct SelfRequest {
    /// The assessment; incomplete while it is a draft.
    #[serde(flatten)]
    assessment: Assessment,
    /// Hands it in; otherwise it is kept as a draft.
    #[serde(default)]
    hand_in: bool,
}

fn named(faults: Vec<(&'static str, String, String)>) -> Result<(), Problem> {
    let mut fields = Fields::new();
    for (name, zh, en) in faults {
        fields.require(false, name, zh, en);
    }
    fields.finish()
}

async fn self_assessed(
    app: &App,
    who: &Who,
    at: (StocktakeItemId, IfMatch),
    cmd: &Command<SelfRequest>,
) -> Result<Json<ItemView>, Problem> {
    named(cmd.body.assessment.faults())?;
    let (caller, said) = (&who.0, (&cmd.body.assessment, cmd.body.hand_in));
    let item =
        app.db.run_once(cmd.key.as_ref(), |tx| assess::self_assess(tx, caller, at, said).in_tx()).await?;
    Ok(Json(view(item, app.db.clock().business_date())))
}

/// Writes down one's own assessment of a patent, as a draft or handed in.
#[utoipa::path(post, path = "/stocktake-items/{id}/self-assessment", tag = "stocktakes",
    operation_id = "self_assess_stocktake_item", params(("id" = StocktakeItemId, Path), IfMatch, RetryKey),
    request_body = SelfRequest,
    responses((status = 200, body = ItemView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "stocktake-closed, stocktake-step, not-assigned"),
        (status = 422, description = "invalid-request, assessment-incomplete")))]
async fn self_assess_item(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
    seen: IfMatch,
    cmd: Command<SelfRequest>,
) -> Result<Json<ItemView>, Problem> {
    self_assessed(&app, &who, (id, seen), &cmd).await
}

/// The transfer office writes down what an inventor without an account says.
#[utoipa::path(post, path = "/stocktake-items/{id}/self-assessment-for", tag = "stocktakes",
    operation_id = "self_assess_stocktake_item_for", params(("id" = StocktakeItemId, Path), IfMatch, RetryKey),
    request_body = SelfRequest,
    responses((status = 200, body = ItemView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "stocktake-closed, stocktake-step, not-assigned"),
        (status = 422, description = "invalid-request, assessment-incomplete")))]
async fn self_assess_for(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
    seen: IfMatch,
    cmd: Command<SelfRequest>,
) -> Result<Json<ItemView>, Problem> {
    self_assessed(&app, &who, (id, seen), &cmd).await
}

/// What the transfer office says of a patent.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct UnitRequest {
    /// The assessment.
    #[serde(flatten)]
    assessment: UnitAssessment,
    /// Sends it on to review.
    #[serde(default)]
    forward: bool,
}

/// Writes down the transfer office's assessment, and sends it on to review.
#[utoipa::path(post, path = "/stocktake-items/{id}/unit-assessment", tag = "stocktakes",
    operation_id = "unit_assess_stocktake_item", params(("id" = StocktakeItemId, Path), IfMatch, RetryKey),
    request_body = UnitRequest,
    responses((status = 200, body = ItemView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "stocktake-closed, stocktake-step"),
        (status = 422, description = "invalid-request, reasons-missing")))]
async fn unit_assess_item(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
    seen: IfMatch,
    cmd: Command<UnitRequest>,
) -> Result<Json<ItemView>, Problem> {
    named(cmd.body.assessment.faults())?;
    let (caller, said) = (&who.0, (&cmd.body.assessment, cmd.body.forward));
    let item = app
        .db
        .run_once(cmd.key.as_ref(), |tx| assess::unit_assess(tx, caller, (id, seen), said).in_tx())
        .await?;
    Ok(Json(view(item, app.db.clock().business_date())))
}

/// Why an item is given back.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct ReturnRequest {
    /// Why.
    reason: String,
}

/// Gives an item back to its inventor.
#[utoipa::path(post, path = "/stocktake-items/{id}/return", tag = "stocktakes", operation_id = "return_stocktake_item",
    params(("id" = StocktakeItemId, Path), IfMatch, RetryKey), request_body = ReturnRequest,
    responses((status = 200, body = ItemView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "stocktake-closed, stocktake-step")))]
async fn return_item(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
    seen: IfMatch,
    cmd: Command<ReturnRequest>,
) -> Result<Json<ItemView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    let item = app
        .db
        .run_once(cmd.key.as_ref(), |tx| assess::give_back(tx, caller, (id, seen), reason).in_tx())
        .await?;
    Ok(Json(view(item, app.db.clock().business_date())))
}

/// What a reviewer can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// Into the library.
    Accept,
    /// Kept out of the library.
    KeepOut,
    /// Back to the transfer office.
    ToUnit,
    /// Back to the inventor.
    ToInventor,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct ReviewRequest {
    /// The decision.
    verdict: Verdict,
    /// Why; demanded for all but an acceptance.
    #[serde(default)]
    reason: String,
}

/// Accepts an item into the library of what can be used, keeps it out, or sends it back. What is accepted sets the
/// patent's grades of maturity and market outlook on record.
#[utoipa::path(post, path = "/stocktake-items/{id}/review", tag = "stocktakes", operation_id = "review_stocktake_item",
    params(("id" = StocktakeItemId, Path), IfMatch, RetryKey), request_body = ReviewRequest,
    responses((status = 200, body = ItemView), (status = 404), (status = 403, description = "four-eyes"),
        (status = 412, description = "stale-version"),
        (status = 409, description = "stocktake-closed, stocktake-step, patent-not-owned")))]
async fn review_item(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<StocktakeItemId>,
    seen: IfMatch,
    cmd: Command<ReviewRequest>,
) -> Result<Json<ItemView>, Problem> {
    let (verdict, reason) = (cmd.body.verdict, cmd.body.reason.trim());
    let mut fields = Fields::new();
    if verdict != Verdict::Accept {
        fields.text(reason, TEXT_CHARS_MAX, "reason");
    }
    fields.finish()?;
    let decision = match verdict {
        Verdict::Accept => Review::Accept,
        Verdict::KeepOut => Review::KeepOut(reason),
        Verdict::ToUnit => Review::Return(ItemState::College, reason),
        Verdict::ToInventor => Review::Return(ItemState::Draft, reason),
    };
    let caller = &who.0;
    let item = app
        .db
        .run_once(cmd.key.as_ref(), |tx| review::review(tx, caller, (id, seen), decision).in_tx())
        .await?;
    Ok(Json(view(item, app.db.clock().business_date())))
}
