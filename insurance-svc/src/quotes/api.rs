//! Routes of quotes.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use chrono::NaiveDate;
use contracts::QuoteId;
use finance::Money;
use http_kit::{
    Api, Command, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Select};
use serde::Deserialize;
use tx_kit::{
    Fault, InTx,
    listing::{self, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    insured_object,
    make::{self, QuoteRequest},
    store::{self, quote},
    view::{self, Quote, QuoteStatus},
};
use crate::{lists, state::App};

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::QuoteMake, routes!(make_quote))
        .route(Permission::QuoteRead, routes!(list_quotes))
        .route(Permission::QuoteRead, routes!(export_quotes))
        .route(Permission::QuoteRead, routes!(show_quote))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QuoteQuery {
    /// The product's code.
    product: Option<String>,
    /// `open`, `bound` or `expired`.
    #[param(inline)]
    status: Option<QuoteStatus>,
    /// Part of the number, the insured's name, the patent's or the loan's number.
    q: Option<String>,
    /// `created_at`, `number` or `premium`, with a minus for the largest first.
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

fn selected(scope: &Scope, query: &QuoteQuery, today: NaiveDate) -> Select<quote::Entity> {
    let mut select = store::find(scope);
    if let Some(product) = &query.product {
        select = select.filter(quote::Column::Product.eq(product));
    }
    select = match query.status {
        None => select,
        Some(QuoteStatus::Bound) => select.filter(quote::Column::Bound.eq(true)),
        Some(QuoteStatus::Open) => {
            select.filter(quote::Column::Bound.eq(false)).filter(quote::Column::ValidUntil.gte(today))
        }
        Some(QuoteStatus::Expired) => {
            select.filter(quote::Column::Bound.eq(false)).filter(quote::Column::ValidUntil.lt(today))
        }
    };
    match &query.q {
        None => select,
        Some(text) => select.filter(lists::containing(
            &[
                quote::Column::Number,
                quote::Column::InsuredName,
                quote::Column::PatentNumber,
                quote::Column::LoanNumber,
            ],
            text,
        )),
    }
}

#[utoipa::path(post, path = "/quotes", tag = "quotes", operation_id = "make_quote", params(RetryKey), request_body = QuoteRequest,
    responses((status = 201, body = Quote),
        (status = 409, description = "not-insurable: every ground against the risk"),
        (status = 422, description = "What in the request does not hold")))]
async fn make_quote(
    State(app): State<App>,
    who: Who,
    command: Command<QuoteRequest>,
) -> Result<(StatusCode, Json<Quote>), Problem> {
    let request = &command.body;
    let today = app.db.clock().business_date();
    let product = app.products.current(&request.product, today).ok_or_else(|| {
        Problem::bad_fields(Vec::new()).with_field(
            "product",
            "没有此在售产品。",
            "No such product is on sale.",
        )
    })?;
    make::check(request, product, today)?;
    let patent = match request.patent_id {
        None => None,
        Some(id) => {
            let found = insured_object::patent(&app.valuation, &who.0, id).await?;
            Some(found.ok_or_else(make::unknown_patent)?)
        }
    };
    let (who, patent) = (&who, patent.as_ref());
    let quote: Result<Quote, http_kit::ActError> = app
        .db
        .run_once(command.key.as_ref(), |tx| make::make(tx, who, product, request, patent).in_tx())
        .await;
    Ok((StatusCode::CREATED, Json(quote?)))
}

#[utoipa::path(get, path = "/quotes", tag = "quotes", operation_id = "list_quotes", params(QuoteQuery),
    responses((status = 200, body = Page<Quote>)))]
async fn list_quotes(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<QuoteQuery>,
) -> Result<Json<Page<Quote>>, Problem> {
    let columns = [
        ("created_at", quote::Column::CreatedAt),
        ("number", quote::Column::Number),
        ("premium", quote::Column::PremiumFen),
    ];
    let default = Sort { column: quote::Column::CreatedAt, descending: true };
    let sort = lists::order(query.sort.as_deref(), &columns, default)?;
    let today = app.db.clock().business_date();
    let request = page::request(query.limit, query.cursor.clone());
    let select = selected(&who.scope(), &query, today);
    let page = listing::page(select, app.db.read(), sort, quote::Column::Id, &request).await?;
    let items = page.items.into_iter().map(|row| view::shown(row, today)).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

#[utoipa::path(get, path = "/quotes/export", tag = "quotes", operation_id = "export_quotes", params(QuoteQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_quotes(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<QuoteQuery>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = selected(&who.scope(), &query, today).order_by_desc(quote::Column::CreatedAt);
    let rows = lists::for_file(select, app.db.read()).await?.into_iter().map(|row| {
        let (zh, en) = match view::status(&row, today) {
            QuoteStatus::Open => ("有效", "open"),
            QuoteStatus::Bound => ("已承保", "bound"),
            QuoteStatus::Expired => ("已过期", "expired"),
        };
        vec![
            Cell::Text(row.number),
            Cell::Text(row.product),
            Cell::Text(row.insured_name),
            Cell::Text(row.patent_number.or(row.loan_number).unwrap_or_default()),
            Cell::Amount(Money::from_fen(row.limit_per_claim_fen)),
            Cell::Amount(Money::from_fen(row.aggregate_limit_fen)),
            Cell::Amount(Money::from_fen(row.premium_fen)),
            Cell::Date(row.starts_on),
            Cell::Date(row.ends_on),
            Cell::Date(row.valid_until),
            Cell::said(lang, zh, en),
        ]
    });
    let columns = heads(
        lang,
        [
            ("报价单号", "Number"),
            ("产品", "Product"),
            ("被保险人", "Insured"),
            ("专利或贷款", "Patent or loan"),
            ("每次赔偿限额", "Limit per claim"),
            ("累计赔偿限额", "Aggregate limit"),
            ("保费", "Premium"),
            ("起保日", "Starts on"),
            ("终止日", "Ends on"),
            ("有效期至", "Valid until"),
            ("状态", "Status"),
        ],
    );
    let table = Table { name: "quotes".to_owned(), columns, rows: rows.collect() };
    table.respond(query.format)
}

#[utoipa::path(get, path = "/quotes/{id}", tag = "quotes", operation_id = "show_quote",
    params(("id" = QuoteId, Path)),
    responses((status = 200, body = Quote), (status = 404, description = "Not there, or not yours")))]
async fn show_quote(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<QuoteId>,
) -> Result<Json<Quote>, Problem> {
    let row = store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::shown(row, app.db.clock().business_date())?))
}
