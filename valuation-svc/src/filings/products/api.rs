//! Routes of product filings.

use std::collections::HashSet;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use chrono::Datelike;
use contracts::ProductFilingId;
use finance::Money;
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    file::{self, ProductFiled},
    listing,
    recognise::{self, RecognitionTold},
    store,
    view::{self, ProductChange, ProductFiling},
};
use crate::state::App;

/// The longest name, model or reference, in characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 5_000;
/// The most patents of one product.
const PATENTS_MAX: usize = 100;
/// The first year whose sales are told: the Patent Law came into force in it.
const FIRST_YEAR: i32 = 1985;
/// The most that a product sells in a year, yuan: as much as a valuation's request may state.
const SALES_YUAN_MAX: i64 = 1_000_000_000_000;
/// The most criteria of a recognition.
const CRITERIA_MAX: usize = 30;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::ProductFile, routes!(file_product))
        .route(Permission::PatentRead, routes!(read_product_filing))
        .route(Permission::PatentRead, routes!(list_product_changes))
        .route(Permission::ProductFile, routes!(change_product_filing))
        .route(Permission::ProductFile, routes!(withdraw_product_filing))
        .route(Permission::ProductFile, routes!(recognise_product))
        .route(Permission::ProductFile, routes!(end_product_recognition))
}

fn check(asked: &ProductFiled, today: chrono::NaiveDate) -> Result<(), Problem> {
    let mut fields = Fields::new();
    for (text, field) in [(&asked.product, "product"), (&asked.model, "model")] {
        fields.text(text, NAME_CHARS_MAX, field);
    }
    fields.text(&asked.relation, TEXT_CHARS_MAX, "relation");
    if let Some(name) = asked.enterprise_name.as_deref().filter(|name| !name.trim().is_empty()) {
        fields.text(name, NAME_CHARS_MAX, "enterprise_name");
    }
    fields.has_come(asked.launched_on, today, "launched_on");
    let distinct: HashSet<_> = asked.patents.iter().map(|one| one.patent_id).collect();
    fields.require(
        (1..=PATENTS_MAX).contains(&asked.patents.len()) && distinct.len() == asked.patents.len(),
        "patents",
        format!("须列明 1 至 {PATENTS_MAX} 件专利，且不重复。"),
        format!("Name 1 to {PATENTS_MAX} patents, each once."),
    );
    for (at, one) in asked.patents.iter().enumerate() {
        fields.text(&one.claims, NAME_CHARS_MAX, &format!("patents[{at}].claims"));
    }
    let years: HashSet<i32> = asked.revenues.iter().map(|one| one.year).collect();
    fields.require(
        years.len() == asked.revenues.len(),
        "revenues",
        "每个年度只能填写一次。",
        "Each year is told once.",
    );
    for (at, one) in asked.revenues.iter().enumerate() {
        fields.require(
            (FIRST_YEAR..=today.year()).contains(&one.year),
            &format!("revenues[{at}].year"),
            format!("须为 {FIRST_YEAR} 至 {} 年。", today.year()),
            format!("Must be {FIRST_YEAR} to {}.", today.year()),
        );
        fields.require(
            Money::ZERO <= one.revenue
                && Money::from_yuan(SALES_YUAN_MAX).is_ok_and(|max| one.revenue <= max),
            &format!("revenues[{at}].revenue"),
            "须为 0 至一万亿元。",
            "Must be 0 to 10¹² yuan.",
        );
    }
    fields.finish()
}

/// Files a product as made under patents.
#[utoipa::path(post, path = "/product-filings", tag = "filings", operation_id = "file_product",
    params(RetryKey), request_body = ProductFiled,
    responses((status = 201, body = ProductFiling), (status = 404, description = "没有此专利"),
        (status = 409, description = "patent-not-in-force, not-the-makers-patent"),
        (status = 422, description = "参数有误")))]
async fn file_product(
    State(app): State<App>,
    who: Who,
    cmd: Command<ProductFiled>,
) -> Result<(StatusCode, Json<ProductFiling>), Problem> {
    let (caller, asked) = (&who.0, &cmd.body);
    check(asked, app.db.clock().business_date())?;
    let filed = app.db.run_once(cmd.key.as_ref(), |tx| file::file(tx, caller, asked).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(filed)))
}

/// One of them.
#[utoipa::path(get, path = "/product-filings/{id}", tag = "filings", operation_id = "read_product_filing",
    params(("id" = ProductFilingId, Path)),
    responses((status = 200, body = ProductFiling, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404, description = "没有此备案，或不属于本机构")))]
async fn read_product_filing(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
) -> Result<([(HeaderName, String); 1], Json<ProductFiling>), Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let row = store::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let (version, parts) = (row.version, store::list_parts(conn, &scope, &[row.id]).await?);
    Ok(versioned(version, view::shown(row, &parts)?))
}

/// What was done to a filing, in order, with what stood after each act.
#[utoipa::path(get, path = "/product-filings/{id}/changes", tag = "filings", operation_id = "list_product_changes",
    params(("id" = ProductFilingId, Path)),
    responses((status = 200, body = Page<ProductChange>), (status = 404, description = "没有此备案，或不属于本机构")))]
async fn list_product_changes(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
) -> Result<Json<Page<ProductChange>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let row = store::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let changes = store::list_changes(conn, &scope, row.id).await?;
    let items = changes.into_iter().map(view::change).collect::<Result<Vec<_>, Fault>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Changes an own filing: products, patents and sales as they are to stand.
#[utoipa::path(post, path = "/product-filings/{id}/change", tag = "filings", operation_id = "change_product_filing",
    params(("id" = ProductFilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = ProductFiled,
    responses((status = 200, body = ProductFiling), (status = 404, description = "没有此备案，或不属于本机构"),
        (status = 409, description = "filing-withdrawn, patent-not-in-force, not-the-makers-patent"),
        (status = 412, description = "stale-version"), (status = 422, description = "参数有误")))]
async fn change_product_filing(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
    seen: IfMatch,
    cmd: Command<ProductFiled>,
) -> Result<Json<ProductFiling>, Problem> {
    let (caller, asked) = (&who.0, &cmd.body);
    check(asked, app.db.clock().business_date())?;
    let mut fields = Fields::new();
    fields.text(asked.reason.as_deref().unwrap_or_default(), TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let changed =
        app.db.run_once(cmd.key.as_ref(), |tx| file::change(tx, caller, ((id, seen), asked)).in_tx()).await?;
    Ok(Json(changed))
}

/// Why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ProductFilingReason)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// In words.
    reason: String,
}

fn reason(body: &Reason) -> Result<&str, Problem> {
    let mut fields = Fields::new();
    fields.text(&body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(body.reason.trim())
}

/// Withdraws an own filing; a recognition of it ends with it.
#[utoipa::path(post, path = "/product-filings/{id}/withdraw", tag = "filings",
    operation_id = "withdraw_product_filing",
    params(("id" = ProductFilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = ProductFiling), (status = 404, description = "没有此备案，或不属于本机构"),
        (status = 409, description = "filing-withdrawn"), (status = 412, description = "stale-version")))]
async fn withdraw_product_filing(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<ProductFiling>, Problem> {
    let (caller, reason) = (&who.0, reason(&cmd.body)?);
    let withdrawn = app
        .db
        .run_once(cmd.key.as_ref(), |tx| file::withdraw(tx, caller, ((id, seen), reason)).in_tx())
        .await?;
    Ok(Json(withdrawn))
}

/// Records that a product of one's own was recognised as patent-intensive.
#[utoipa::path(post, path = "/product-filings/{id}/recognise", tag = "filings", operation_id = "recognise_product",
    params(("id" = ProductFilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = RecognitionTold,
    responses((status = 200, body = ProductFiling), (status = 404, description = "没有此备案，或不属于本机构"),
        (status = 409, description = "filing-withdrawn, recognised-already, criterion-not-met"),
        (status = 412, description = "stale-version"), (status = 422, description = "参数有误")))]
async fn recognise_product(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
    seen: IfMatch,
    cmd: Command<RecognitionTold>,
) -> Result<Json<ProductFiling>, Problem> {
    let (caller, asked) = (&who.0, &cmd.body);
    let mut fields = Fields::new();
    fields.text(&asked.body, NAME_CHARS_MAX, "body");
    fields.text(&asked.certificate, NAME_CHARS_MAX, "certificate");
    let today = app.db.clock().business_date();
    fields.has_come(Some(asked.recognised_on), today, "recognised_on");
    fields.in_reach(asked.valid_until, today, "valid_until");
    fields.require(
        (1..=CRITERIA_MAX).contains(&asked.criteria.len()),
        "criteria",
        format!("须列明 1 至 {CRITERIA_MAX} 项认定标准。"),
        format!("Name 1 to {CRITERIA_MAX} criteria."),
    );
    for (at, one) in asked.criteria.iter().enumerate() {
        fields.text(&one.criterion, NAME_CHARS_MAX, &format!("criteria[{at}].criterion"));
        fields.text(&one.evidence, TEXT_CHARS_MAX, &format!("criteria[{at}].evidence"));
    }
    fields.finish()?;
    let recognised = app
        .db
        .run_once(cmd.key.as_ref(), |tx| recognise::recognise(tx, caller, ((id, seen), asked)).in_tx())
        .await?;
    Ok(Json(recognised))
}

/// Records that the recognition of a product of one's own has ended.
#[utoipa::path(post, path = "/product-filings/{id}/end-recognition", tag = "filings",
    operation_id = "end_product_recognition",
    params(("id" = ProductFilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = ProductFiling), (status = 404, description = "没有此备案，或不属于本机构"),
        (status = 409, description = "filing-withdrawn, not-recognised"), (status = 412, description = "stale-version")))]
async fn end_product_recognition(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ProductFilingId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<ProductFiling>, Problem> {
    let (caller, reason) = (&who.0, reason(&cmd.body)?);
    let ended = app
        .db
        .run_once(cmd.key.as_ref(), |tx| recognise::end(tx, caller, ((id, seen), reason)).in_tx())
        .await?;
    Ok(Json(ended))
}
