//! Product filings as a list and as a file, and the products of one patent.

use axum::{Json, extract::State, response::Response};
use contracts::PatentId;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page::PageQuery,
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{PageOf, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::FilingStatus,
    store::{self, Filter, row::Column},
    view::{self, ProductFiling, ProductOfPatent},
};
use crate::{catalogue::store as patents, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(list_product_filings))
        .route(Permission::PatentRead, routes!(export_product_filings))
        .route(Permission::PatentRead, routes!(list_patent_products))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this state.
    status: Option<FilingStatus>,
    /// Recognised as patent-intensive, or not.
    recognised: Option<bool>,
    /// Under this patent.
    patent_id: Option<PatentId>,
    /// Product, model or maker contain this.
    q: Option<String>,
    /// `filed_at` or `product`; with `-` in front, largest first. Default `-filed_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            status: self.status,
            recognised: self.recognised,
            patent: self.patent_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-filed_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "filed_at" => Column::FiledAt,
            "product" => Column::Product,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 filed_at、product 排序。",
                    "Sort by filed_at or product.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The products that the own organisation has filed or makes, the newest first; the regulator sees all.
#[utoipa::path(get, path = "/product-filings", tag = "filings", operation_id = "list_product_filings",
    params(ListQuery), responses((status = 200, body = Page<ProductFiling>)))]
async fn list_product_filings(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<ProductFiling>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(conn, &scope, (&query.filter(), query.sort()?), &request).await?;
    Ok(Json(Page { items: view::all(conn, &scope, page.items).await?, next_cursor: page.next_cursor }))
}

/// The same as a file: a line for each filing.
#[utoipa::path(get, path = "/product-filings/export", tag = "filings", operation_id = "export_product_filings",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_product_filings(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, filter, sort) = (app.db.read(), &who.scope(), &query.filter(), query.sort()?);
    let rows = export::rows(
        |request| async move {
            let found = store::page(conn, scope, (filter, sort), &request).await?;
            Ok(PageOf { items: view::all(conn, scope, found.items).await?, next_cursor: found.next_cursor })
        },
        |one| Ok(cells(one, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("产品名称", "Product"),
            ("型号", "Model"),
            ("生产企业", "Maker"),
            ("备案单位", "Filed by"),
            ("专利", "Patents"),
            ("最近年度", "Last year told"),
            ("销售收入（元）", "Sales"),
            ("状态", "Status"),
            ("专利密集型产品", "Patent-intensive"),
        ],
    );
    Table { name: "product-filings".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: ProductFiling, lang: Lang) -> Vec<Cell> {
    let numbers: Vec<String> = one.patents.into_iter().map(|patent| patent.number).collect();
    let last = one.revenues.last();
    vec![
        Cell::Text(one.product),
        Cell::Text(one.model),
        Cell::Text(one.enterprise_name),
        Cell::Text(one.tenant_name),
        Cell::Text(numbers.join("；")),
        last.map_or(Cell::Empty, |year| Cell::Number(year.year.into())),
        last.map_or(Cell::Empty, |year| Cell::Amount(year.revenue)),
        match one.status {
            FilingStatus::Filed => Cell::said(lang, "已备案", "filed"),
            FilingStatus::Withdrawn => Cell::said(lang, "已撤回", "withdrawn"),
        },
        Cell::yes(lang, one.recognised),
    ]
}

/// The products filed as made under a patent; what they sell is their filers' own affair.
#[utoipa::path(get, path = "/patents/{id}/products", tag = "patents", operation_id = "list_patent_products",
    params(("id" = PatentId, Path), PageQuery),
    responses((status = 200, body = Page<ProductOfPatent>), (status = 404, description = "没有此专利")))]
async fn list_patent_products(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Json<Page<ProductOfPatent>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    patents::one(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let page = store::page_of_patent(conn, &scope, id, &query.request()).await?;
    let ids: Vec<uuid::Uuid> = page.items.iter().map(|row| row.id).collect();
    let parts = store::list_parts(conn, &scope, &ids).await?;
    let items =
        page.items.into_iter().map(|row| view::of_patent(row, &parts, id)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}
