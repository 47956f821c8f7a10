//! Routes of policies.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use chrono::NaiveDate;
use contracts::{PolicyId, QuoteId};
use finance::Money;
use http_kit::{
    ActError, Api, Command, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Select};
use serde::Deserialize;
use tx_kit::{
    Fault, InTx, Recorded, idempotency,
    listing::{self, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    bind::{self, BindRequest},
    cancel::{self, CancelRequest},
    model::{Status, status},
    store::{self, policy},
    view::{self, Policy},
};
use crate::{
    lists,
    quotes::{self, Patent},
    state::App,
};

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PolicyBind, routes!(bind_policy))
        .route(Permission::PolicyBind, routes!(cancel_policy))
        .route(Permission::PolicyRead, routes!(list_policies))
        .route(Permission::PolicyRead, routes!(export_policies))
        .route(Permission::PolicyRead, routes!(show_policy))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PolicyQuery {
    /// The product's code.
    product: Option<String>,
    /// `bound`, `in_force`, `expired` or `cancelled`.
    #[param(inline)]
    status: Option<Status>,
    /// Part of the number, the insured's name, the patent's or the loan's number.
    q: Option<String>,
    /// `created_at`, `number`, `premium` or `ends_on`, with a minus for the largest first.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    #[serde(default)]
    format: FileKind,
}

fn selected(scope: &Scope, query: &PolicyQuery, today: NaiveDate) -> Select<policy::Entity> {
    use policy::Column as C;
    let mut select = store::find(scope);
    if let Some(product) = &query.product {
        select = select.filter(C::Product.eq(product));
    }
    let kept = |select: Select<policy::Entity>| select.filter(C::CancelledFrom.is_null());
    select = match query.status {
        None => select,
        Some(Status::Cancelled) => select.filter(C::CancelledFrom.is_not_null()),
        Some(Status::Bound) => kept(select).filter(C::StartsOn.gt(today)),
        Some(Status::InForce) => kept(select).filter(C::StartsOn.lte(today)).filter(C::EndsOn.gte(today)),
        Some(Status::Expired) => kept(select).filter(C::EndsOn.lt(today)),
    };
    match &query.q {
        None => select,
        Some(text) => select
            .filter(lists::containing(&[C::Number, C::InsuredName, C::PatentNumber, C::LoanNumber], text)),
    }
}

/// The patent of a quote as the catalogue shows it now.
async fn patent_of(app: &App, who: &Who, id: QuoteId) -> Result<Option<Patent>, Problem> {
    let quote = quotes::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let Some(patent) = quote.patent_id else { return Ok(None) };
    let found = quotes::catalogued_patent(&app.valuation, &who.0, patent.into()).await?;
    Ok(Some(found.ok_or_else(quotes::unknown_patent)?))
}

#[utoipa::path(post, path = "/policies", tag = "policies", operation_id = "bind_policy", request_body = BindRequest,
    params(("Idempotency-Key" = String, Header, description = "The same key gives the first answer again")),
    responses((status = 201, body = Policy),
        (status = 403, description = "four-eyes: the quote was referred to another underwriter"),
        (status = 409, description = "quote-already-bound, quote-expired, not-insurable")))]
async fn bind_policy(
    State(app): State<App>,
    who: Who,
    command: Command<BindRequest>,
) -> Result<(StatusCode, Json<Policy>), Problem> {
    let key = command.demand_key()?;
    // A retry is answered before the catalogue is asked: the patent may have changed since.
    if let Recorded::Answer(policy) = idempotency::look_up(app.db.read(), key).await? {
        return Ok((StatusCode::CREATED, Json(policy)));
    }
    let quote_id = command.body.quote_id;
    let patent = patent_of(&app, &who, quote_id).await?;
    let (who, products, patent) = (&who, app.products.as_ref(), patent.as_ref());
    let policy: Result<Policy, ActError> =
        app.db.run_once(Some(key), |tx| bind::bind(tx, who, products, quote_id, patent).in_tx()).await;
    Ok((StatusCode::CREATED, Json(policy?)))
}

#[utoipa::path(post, path = "/policies/{id}/cancel", tag = "policies", operation_id = "cancel_policy",
    params(("id" = PolicyId, Path), RetryKey), request_body = CancelRequest,
    responses((status = 200, body = Policy, description = "With the premium given back"),
        (status = 409, description = "policy-ended, claim-after-cancellation")))]
async fn cancel_policy(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PolicyId>,
    command: Command<CancelRequest>,
) -> Result<Json<Policy>, Problem> {
    let (who, request) = (&who, &command.body);
    let policy: Result<Policy, ActError> =
        app.db.run_once(command.key.as_ref(), |tx| cancel::cancel(tx, who, id, request).in_tx()).await;
    Ok(Json(policy?))
}

#[utoipa::path(get, path = "/policies", tag = "policies", operation_id = "list_policies", params(PolicyQuery),
    responses((status = 200, body = Page<Policy>)))]
async fn list_policies(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<PolicyQuery>,
) -> Result<Json<Page<Policy>>, Problem> {
    let columns = [
        ("created_at", policy::Column::CreatedAt),
        ("number", policy::Column::Number),
        ("premium", policy::Column::PremiumFen),
        ("ends_on", policy::Column::EndsOn),
    ];
    let default = Sort { column: policy::Column::CreatedAt, descending: true };
    let sort = lists::order(query.sort.as_deref(), &columns, default)?;
    let today = app.db.clock().business_date();
    let request = page::request(query.limit, query.cursor.clone());
    let select = selected(&who.scope(), &query, today);
    let page = listing::page(select, app.db.read(), sort, policy::Column::Id, &request).await?;
    let items = page.items.into_iter().map(|row| view::shown(row, today)).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

#[utoipa::path(get, path = "/policies/export", tag = "policies", operation_id = "export_policies",
    params(PolicyQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_policies(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<PolicyQuery>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = selected(&who.scope(), &query, today).order_by_desc(policy::Column::CreatedAt);
    let rows = lists::for_file(select, app.db.read()).await?.into_iter().map(|row| {
        let cover = row.cover();
        let split = cover.split(today).map_err(|error| Fault::Corrupt(error.to_string()))?;
        let left = row.aggregate_left();
        let status = status::status(&cover, today);
        Ok(vec![
            Cell::Text(row.number),
            Cell::Text(row.product),
            Cell::Text(row.insurer_name),
            Cell::Text(row.insured_name),
            Cell::Text(row.beneficiary_name.unwrap_or_default()),
            Cell::Text(row.patent_number.or(row.loan_number).unwrap_or_default()),
            Cell::Amount(Money::from_fen(row.aggregate_limit_fen)),
            Cell::Amount(left),
            Cell::Amount(cover.premium),
            Cell::Amount(split.earned),
            Cell::Amount(split.unearned),
            Cell::Amount(split.returned),
            Cell::Date(row.starts_on),
            Cell::Date(row.ends_on),
            Cell::said(lang, status.zh(), status.name()),
        ])
    });
    let columns = heads(
        lang,
        [
            ("保单号", "Number"),
            ("产品", "Product"),
            ("保险公司", "Insurer"),
            ("被保险人", "Insured"),
            ("受益银行", "Beneficiary bank"),
            ("专利或贷款", "Patent or loan"),
            ("累计赔偿限额", "Aggregate limit"),
            ("剩余限额", "Limit left"),
            ("保费", "Premium"),
            ("已赚保费", "Earned"),
            ("未赚保费", "Unearned"),
            ("退还保费", "Returned"),
            ("起保日", "Starts on"),
            ("终止日", "Ends on"),
            ("状态", "Status"),
        ],
    );
    let table = Table { name: "policies".to_owned(), columns, rows: rows.collect::<Result<_, Fault>>()? };
    table.respond(query.format)
}

#[utoipa::path(get, path = "/policies/{id}", tag = "policies", operation_id = "show_policy",
    params(("id" = PolicyId, Path)),
    responses((status = 200, body = Policy), (status = 404, description = "Not there, or not yours")))]
async fn show_policy(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PolicyId>,
) -> Result<Json<Policy>, Problem> {
    let row = store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::shown(row, app.db.clock().business_date())?))
}
