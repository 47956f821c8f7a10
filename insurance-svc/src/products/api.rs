//! `GET /products` and `GET /products/{code}`: the terms on sale today.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf,
    export::{Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::model::Product;
use crate::state::App;

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ProductRead, routes!(list_products))
        .route(Permission::ProductRead, routes!(export_products))
        .route(Permission::ProductRead, routes!(show_product))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `csv` or `xlsx`.
    #[serde(default)]
    format: FileKind,
}

fn today(app: &App) -> NaiveDate {
    app.db.clock().business_date()
}

#[utoipa::path(get, path = "/products", tag = "products", operation_id = "list_products",
    responses((status = 200, body = Page<Product>)))]
async fn list_products(State(app): State<App>) -> Json<Page<Product>> {
    Json(Page { items: app.products.on_sale(today(&app)).cloned().collect(), next_cursor: None })
}

#[utoipa::path(get, path = "/products/export", tag = "products", operation_id = "export_products",
    params(ExportQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_products(
    State(app): State<App>,
    lang: Lang,
    QueryOf(query): QueryOf<ExportQuery>,
) -> Result<axum::response::Response, Problem> {
    let columns = heads(
        lang,
        [
            ("代码", "Code"),
            ("版本", "Version"),
            ("名称", "Name"),
            ("生效日", "Effective from"),
            ("最高保额", "Greatest limit"),
            ("免赔额", "Deductible"),
            ("自负比例", "Coinsurance"),
            ("等待期（天）", "Waiting period (days)"),
            ("最低保费", "Smallest premium"),
        ],
    );
    let rows = app.products.on_sale(today(&app)).map(|product| {
        vec![
            Cell::Text(product.code.clone()),
            Cell::Text(product.version.clone()),
            Cell::said(lang, &product.name_zh, &product.name_en),
            Cell::Date(product.effective_from),
            Cell::Amount(product.limit_max),
            Cell::Amount(product.deductible),
            Cell::rate(product.coinsurance),
            Cell::Number(product.waiting_period_days.into()),
            Cell::Amount(product.minimum_premium),
        ]
    });
    let table = Table { name: "products".to_owned(), columns, rows: rows.collect() };
    table.respond(query.format)
}

#[utoipa::path(get, path = "/products/{code}", tag = "products", operation_id = "show_product",
    params(("code" = String, Path, description = "enforcement, pledge_loan_guarantee")),
    responses((status = 200, body = Product), (status = 404, description = "No such product on sale")))]
async fn show_product(
    State(app): State<App>,
    PathId(code): PathId<String>,
) -> Result<Json<Product>, Problem> {
    app.products.current(&code, today(&app)).cloned().map(Json).ok_or_else(Problem::not_found)
}
