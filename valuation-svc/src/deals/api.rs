//! Routes of deals: write down, verify, return, correct, import; read one with its history; what compares with a patent.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, StatusCode},
};
use chrono::NaiveDate;
use contracts::{MarketDealId, PatentId};
use finance::Rate;
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    comparables::{Asked, Comparables, comparables},
    decide,
    import::{self, Imported},
    listing,
    model::{DealDraft, DealKind},
    record, store,
    view::{DealView, HappeningView, happening, shown},
};
use crate::{
    catalogue::store as patents,
    reference::upload::{self, FORM_BYTES_MAX},
    state::App,
};

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, upload) = routes!(import_deals);
    Api::new()
        .merge(listing::routes())
        .route(Permission::EvidenceRead, routes!(compare))
        .route(Permission::EvidenceRead, routes!(read_deal))
        .route(Permission::EvidenceRead, routes!(read_history))
        .route(Permission::EvidenceRecord, routes!(record_deal))
        .route(
            Permission::EvidenceRecord,
            (schemas, paths, upload.layer(DefaultBodyLimit::max(FORM_BYTES_MAX))),
        )
        .route(Permission::EvidenceRecord, routes!(verify_deal))
        .route(Permission::EvidenceRecord, routes!(return_deal))
        .route(Permission::EvidenceRecord, routes!(correct_deal))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = DealVerification)]
struct Verification {}

/// Why a deal is returned.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DealReturn)]
struct Return {
    /// What does not agree with the source.
    reason: String,
}

/// A deal corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DealCorrection)]
struct Correction {
    /// The whole deal as it should be.
    deal: DealDraft,
    /// Why.
    reason: String,
}

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
#[schema(as = DealImportForm)]
struct ImportForm {
    /// CSV (UTF-8 or GBK), XLSX or JSON Lines, at most 16 MiB and 2,000 deals.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What to compare with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CompareQuery {
    /// The patent.
    patent_id: PatentId,
    /// The kind of right that is valued; a sale where none is named.
    kind: Option<DealKind>,
    /// How far back deals are looked for, 1 to 20 years; 5 where absent.
    years: Option<u32>,
    /// The most deals that are answered, 1 to 100; 10 where absent.
    limit: Option<u32>,
    /// Discount rate a year for the part of a life, 0 to 1; 0.12 where absent (platform default).
    discount_rate: Option<Rate>,
    /// The day of the valuation; today where absent.
    on: Option<NaiveDate>,
}

/// The verified deals that compare with a patent, with suggested adjustments.
#[utoipa::path(get, path = "/deals/comparables", tag = "deals", operation_id = "list_comparable_deals",
    params(CompareQuery), responses((status = 200, body = Comparables), (status = 404), (status = 422)))]
async fn compare(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CompareQuery>,
) -> Result<Json<Comparables>, Problem> {
    let (conn, today) = (app.db.read(), app.db.clock().business_date());
    let by_default = Asked::by_default(query.on.unwrap_or(today));
    let asked = Asked {
        kind: query.kind.unwrap_or(by_default.kind),
        years: query.years.unwrap_or(by_default.years),
        limit: query.limit.map_or(by_default.limit, |limit| limit as usize),
        discount_rate: query.discount_rate.unwrap_or(by_default.discount_rate),
        on: by_default.on,
    };
    let mut fields = Fields::new();
    fields.require((1..=20).contains(&asked.years), "years", "须在 1 与 20 之间。", "1 to 20.");
    fields.require((1..=100).contains(&asked.limit), "limit", "须在 1 与 100 之间。", "1 to 100.");
    fields.require(asked.discount_rate.is_share(), "discount_rate", "须在 0 与 1 之间。", "0 to 1.");
    fields.has_come(query.on, today, "on");
    fields.finish()?;
    let row = patents::one(conn, &who.scope(), query.patent_id).await?.ok_or_else(Problem::not_found)?;
    let facts = patents::record_of(&row)?.facts;
    Ok(Json(comparables(conn, &who.scope(), &facts, &asked).await?))
}

/// One deal.
#[utoipa::path(get, path = "/deals/{id}", tag = "deals", operation_id = "read_deal",
    params(("id" = MarketDealId, Path)), responses((status = 200, body = DealView), (status = 404)))]
async fn read_deal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MarketDealId>,
) -> Result<([(HeaderName, String); 1], Json<DealView>), Problem> {
    let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, shown(&row, &who.scope())?))
}

/// Every version of a deal and what was decided about it, oldest first; for those who see it in full.
#[utoipa::path(get, path = "/deals/{id}/history", tag = "deals", operation_id = "read_deal_history",
    params(("id" = MarketDealId, Path)), responses((status = 200, body = Page<HappeningView>), (status = 404)))]
async fn read_history(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MarketDealId>,
) -> Result<Json<Page<HappeningView>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let row = store::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    if !store::sees_in_full(&scope, &row) {
        return Err(Problem::not_found());
    }
    let lines = store::list_history(conn, &scope, id).await?;
    let items = lines.into_iter().map(happening).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Writes a deal down. Another person verifies it.
#[utoipa::path(post, path = "/deals", tag = "deals", operation_id = "record_deal", params(RetryKey),
    request_body = DealDraft,
    responses((status = 201, body = DealView), (status = 409, description = "deal-known"), (status = 422)))]
async fn record_deal(
    State(app): State<App>,
    who: Who,
    command: Command<DealDraft>,
) -> Result<(StatusCode, Json<DealView>), Problem> {
    let (caller, draft) = (&who.0, &command.body);
    let made = app.db.run_once(command.key.as_ref(), |tx| record::record(tx, caller, draft).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Writes the deals of a file down, all of them or none.
#[utoipa::path(post, path = "/deals/imports", tag = "deals", operation_id = "import_deals", params(RetryKey),
    request_body(content = inline(ImportForm), content_type = "multipart/form-data"),
    responses((status = 201, body = Imported), (status = 413),
        (status = 422, description = "unreadable-file, unknown-headers, no-rows, rows-refused (row_errors)")))]
async fn import_deals(
    State(app): State<App>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, Json<Imported>), Problem> {
    let mut sent = upload::read(&who.0, request).await?;
    let place = app.readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let drafts = import::read(std::mem::take(&mut sent.bytes)).await?;
    drop(place);
    let (caller, name, drafts) = (&who.0, &sent.file_name, &drafts);
    let made =
        app.db.run_once(sent.key.as_ref(), |tx| import::import(tx, caller, name, drafts).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Verifies a deal against its source: a second person.
#[utoipa::path(post, path = "/deals/{id}/verify", tag = "deals", operation_id = "verify_deal",
    params(("id" = MarketDealId, Path), RetryKey, IfMatch), request_body = Verification,
    responses((status = 200, body = DealView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 412)))]
async fn verify_deal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MarketDealId>,
    seen: IfMatch,
    command: Command<Verification>,
) -> Result<Json<DealView>, Problem> {
    let caller = &who.0;
    let act = app
        .db
        .run_once(command.key.as_ref(), |tx| decide::decide(tx, caller, id, seen, (true, None)).in_tx());
    Ok(Json(act.await?))
}

fn reasoned(reason: &str) -> Result<&str, Problem> {
    let mut fields = Fields::new();
    fields.text(reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(reason.trim())
}

/// Returns a deal that does not agree with its source: a second person.
#[utoipa::path(post, path = "/deals/{id}/return", tag = "deals", operation_id = "return_deal",
    params(("id" = MarketDealId, Path), RetryKey, IfMatch), request_body = Return,
    responses((status = 200, body = DealView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 412), (status = 422)))]
async fn return_deal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MarketDealId>,
    seen: IfMatch,
    command: Command<Return>,
) -> Result<Json<DealView>, Problem> {
    let (caller, reason) = (&who.0, reasoned(&command.body.reason)?);
    let act = app.db.run_once(command.key.as_ref(), |tx| {
        decide::decide(tx, caller, id, seen, (false, Some(reason))).in_tx()
    });
    Ok(Json(act.await?))
}

/// Corrects a deal by a new version, which waits to be verified.
#[utoipa::path(post, path = "/deals/{id}/correct", tag = "deals", operation_id = "correct_deal",
    params(("id" = MarketDealId, Path), RetryKey, IfMatch), request_body = Correction,
    responses((status = 200, body = DealView), (status = 404), (status = 409, description = "deal-known"),
        (status = 412), (status = 422)))]
async fn correct_deal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MarketDealId>,
    seen: IfMatch,
    command: Command<Correction>,
) -> Result<Json<DealView>, Problem> {
    let (caller, draft) = (&who.0, &command.body.deal);
    let reason = reasoned(&command.body.reason)?;
    let act = app
        .db
        .run_once(command.key.as_ref(), |tx| record::correct(tx, caller, id, seen, (draft, reason)).in_tx());
    Ok(Json(act.await?))
}
