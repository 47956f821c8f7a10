//! Registered pledges over patents as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::OrgId;
use finance::Money;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::listing::{self, ListingError, PageOf, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    encumbrance::{self, Held, entity},
    store,
    view::EncumbranceItem,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(encumbrances))
        .route(Permission::PatentRead, routes!(export_encumbrances))
}

/// What the list of encumbrances is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EncumbranceQuery {
    /// The pledgee.
    bank_id: Option<OrgId>,
    /// The pledgor.
    enterprise_id: Option<OrgId>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl EncumbranceQuery {
    const fn held(&self) -> Held {
        Held { bank: self.bank_id, enterprise: self.enterprise_id }
    }
}

async fn paged(app: &App, held: Held, request: &PageRequest) -> Result<PageOf<entity::Model>, ListingError> {
    let sort = Sort { column: entity::Column::PatentId, descending: false };
    let select = encumbrance::registered(held);
    listing::page(select, app.db.read(), sort, entity::Column::PledgeId, request).await
}

/// The registered pledges over patents as the catalogue shows them, in the order of the patents.
#[utoipa::path(get, path = "/encumbrances", tag = "patents", operation_id = "list_encumbrances",
    params(EncumbranceQuery), responses((status = 200, body = Page<EncumbranceItem>)))]
async fn encumbrances(
    State(app): State<App>,
    QueryOf(query): QueryOf<EncumbranceQuery>,
) -> Result<Json<Page<EncumbranceItem>>, Problem> {
    let request = page::request(query.limit, query.cursor.clone());
    let found = paged(&app, query.held(), &request).await?;
    Ok(Json(Page::of(found, EncumbranceItem::from)))
}

/// The same with the patents' numbers and titles as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/encumbrances/export", tag = "patents", operation_id = "export_encumbrances",
    params(EncumbranceQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_encumbrances(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<EncumbranceQuery>,
) -> Result<Response, Problem> {
    let (app, scope, held) = (&app, &who.scope(), query.held());
    let rows = export::rows(
        |request| async move { named(app, scope, paged(app, held, &request).await?).await },
        |(row, patent)| Ok(cells(row, patent)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("公开(公告)号", "Publication number"),
            ("专利名称", "Title"),
            ("质权人", "Pledgee"),
            ("登记日", "Registered on"),
            ("质押担保金额（元）", "Secured by the pledge (yuan)"),
            ("质押标识", "Pledge"),
        ],
    );
    Table { name: "encumbrances".to_owned(), columns, rows }.respond(query.format)
}

/// A pledge over a patent, with the patent's number and title.
type Named = (entity::Model, Option<(String, String)>);

async fn named(
    app: &App,
    scope: &Scope,
    found: PageOf<entity::Model>,
) -> Result<PageOf<Named>, ListingError> {
    let ids: Vec<Uuid> = found.items.iter().map(|row| row.patent_id).collect();
    let names = store::find_names(app.db.read(), scope, &ids).await?;
    let items = found.items.into_iter().map(|row| {
        let patent = names.get(&row.patent_id).cloned();
        (row, patent)
    });
    Ok(PageOf { items: items.collect(), next_cursor: found.next_cursor })
}

fn cells(row: entity::Model, patent: Option<(String, String)>) -> Vec<Cell> {
    let (number, title) =
        patent.map_or((Cell::Empty, Cell::Empty), |(number, title)| (Cell::Text(number), Cell::Text(title)));
    vec![
        number,
        title,
        Cell::Text(row.bank_name),
        Cell::Date(row.since),
        Cell::Amount(Money::from_fen(row.secured_fen)),
        Cell::Text(row.pledge_id.to_string()),
    ]
}
