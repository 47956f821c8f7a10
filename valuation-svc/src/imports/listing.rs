//! Imports as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::clock::china_date;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::{
    jobs::JobState,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    file::ImportResult,
    store::{self, import},
    view::{ImportView, views},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentImport, routes!(list))
        .route(Permission::PatentImport, routes!(export_imports))
}

/// What the list is paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
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

async fn paged(app: &App, scope: &Scope, request: &PageRequest) -> Result<PageOf<ImportView>, ListingError> {
    let sort = Sort { column: import::Column::CreatedAt, descending: true };
    let found = listing::page(store::find(scope), app.db.read(), sort, import::Column::Id, request).await?;
    Ok(PageOf { items: views(app, found.items).await?, next_cursor: found.next_cursor })
}

/// Lists the imports of the caller's organisation, newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", operation_id = "list_imports", params(ImportQuery),
    responses((status = 200, body = Page<ImportView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ImportQuery>,
) -> Result<Json<Page<ImportView>>, Problem> {
    let request = page::request(query.limit, query.cursor);
    let found = paged(&app, &who.scope(), &request).await?;
    Ok(Json(Page::of(found, |one| one)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/imports/export", tag = "imports", operation_id = "export_imports",
    params(ImportQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_imports(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ImportQuery>,
) -> Result<Response, Problem> {
    let (app, scope) = (&app, &who.scope());
    let rows =
        export::rows(|request| async move { paged(app, scope, &request).await }, |one| Ok(cells(one, lang)))
            .await?;
    let columns = heads(
        lang,
        [
            ("文件名", "File"),
            ("文件大小（字节）", "Size (bytes)"),
            ("导入人", "Imported by"),
            ("导入日", "Imported on"),
            ("状态", "Status"),
            ("读取行数", "Rows read"),
            ("新增", "New"),
            ("更新", "Updated"),
            ("无变化", "Unchanged"),
            ("未导入", "Rejected"),
            ("未完成原因", "Why it was given up"),
        ],
    );
    Table { name: "imports".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: ImportView, lang: Lang) -> Vec<Cell> {
    let (zh, en) = match one.state {
        JobState::Queued => ("排队中", "queued"),
        JobState::Running => ("进行中", "running"),
        JobState::Finished => ("已完成", "finished"),
        JobState::Failed => ("未完成", "failed"),
    };
    let whole = |count: u64| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let result = one.result.as_ref();
    let count = |of: fn(&ImportResult) -> u64| result.map_or(Cell::Empty, |result| whole(of(result)));
    let why = one.failure.map(|why| if lang == Lang::Zh { why.zh } else { why.en });
    vec![
        Cell::Text(one.file_name),
        Cell::Number(one.bytes),
        Cell::Text(one.requested_by),
        Cell::Date(china_date(one.created_at)),
        Cell::said(lang, zh, en),
        Cell::Number(one.done),
        count(|result| result.imported),
        count(|result| result.updated),
        count(|result| result.unchanged),
        count(|result| result.rejected),
        why.map_or(Cell::Empty, Cell::Text),
    ]
}
