//! What a patent cites and what cites it, as a list and as a file.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use contracts::{PatentId, clock::china_date};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    store::{self, CitationKind, citation as cited_row},
    view::{self, Citation},
};
use crate::{
    catalogue::store::{self as patents, patent},
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(citations))
        .route(Permission::PatentRead, routes!(export_citations))
}

/// What a list of citations is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CitationQuery {
    /// `backward_patent`, `backward_literature` or `forward`.
    kind: Option<CitationKind>,
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

/// One page of a patent's citations, those of the catalogue's patents with their ids.
async fn paged(
    app: &App,
    scope: &Scope,
    (id, kind): (PatentId, Option<CitationKind>),
    request: &PageRequest,
) -> Result<PageOf<Citation>, ListingError> {
    let conn = app.db.read();
    let sort = Sort { column: cited_row::Column::CitedOn, descending: true };
    let select = store::find_citations(scope, id, kind);
    let found = listing::page(select, conn, sort, cited_row::Column::Id, request).await?;
    let keys = found.items.iter().map(|row| row.reference_key.as_str());
    let known = patent::Entity::find()
        .filter(patent::Column::NumberKey.is_in(keys))
        .all(conn)
        .await
        .map_err(Fault::from)?;
    let known: HashMap<String, PatentId> =
        known.into_iter().map(|row| (row.number_key, row.id.into())).collect();
    let items =
        found.items.into_iter().map(|row| view::citation(row, &known)).collect::<Result<Vec<_>, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// What a patent cites and what cites it, the newest first.
#[utoipa::path(get, path = "/patents/{id}/citations", tag = "patents", operation_id = "list_patent_citations",
    params(("id" = PatentId, Path), CitationQuery),
    responses((status = 200, body = Page<Citation>), (status = 404, description = "没有此专利")))]
async fn citations(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<CitationQuery>,
) -> Result<Json<Page<Citation>>, Problem> {
    let scope = who.scope();
    patents::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let request = page::request(query.limit, query.cursor);
    let PageOf { items, next_cursor } = paged(&app, &scope, (id, query.kind), &request).await?;
    Ok(Json(Page { items, next_cursor }))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/patents/{id}/citations/export", tag = "patents",
    operation_id = "export_patent_citations", params(("id" = PatentId, Path), CitationQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404, description = "没有此专利")))]
async fn export_citations(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<CitationQuery>,
) -> Result<Response, Problem> {
    let (app, scope) = (&app, &who.scope());
    patents::one(app.db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let rows = export::rows(
        |request| async move { paged(app, scope, (id, query.kind), &request).await },
        |one| Ok(cells(one, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("方向", "Direction"),
            ("文献", "Document"),
            ("引用日", "Cited on"),
            ("IPC分类号", "IPC symbols"),
            ("引证类别", "Category"),
            ("来源", "Source"),
            ("登记人", "Recorded by"),
            ("登记日", "Recorded on"),
        ],
    );
    Table { name: "citations".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: Citation, lang: Lang) -> Vec<Cell> {
    let way = match one.kind {
        CitationKind::BackwardPatent => Cell::said(lang, "引证专利", "cites a patent"),
        CitationKind::BackwardLiterature => Cell::said(lang, "引证非专利文献", "cites literature"),
        CitationKind::Forward => Cell::said(lang, "被引证", "cited by"),
    };
    vec![
        way,
        Cell::Text(one.reference),
        one.cited_on.map_or(Cell::Empty, Cell::Date),
        Cell::Text(one.ipc.join("; ")),
        one.category.map_or(Cell::Empty, Cell::Text),
        Cell::Text(one.source),
        Cell::Text(one.recorded_by),
        Cell::Date(china_date(one.recorded_at)),
    ]
}
