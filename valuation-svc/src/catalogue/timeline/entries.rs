//! A patent's timeline as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{PatentId, clock::china_date};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{ListingError, PageOf, PageRequest},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    store,
    view::{self, TimelineEntry},
    words,
};
use crate::{catalogue::store as patents, state::App};

/// The kinds of entries that are deals.
const DEALS: [&str; 3] = ["transferred", "licensed", "licence_ended"];
/// The kinds of entries that the register of pledges makes.
const PLEDGES: [&str; 2] = ["pledge_registered", "pledge_cancelled"];

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(timeline))
        .route(Permission::PatentRead, routes!(export_timeline))
}

/// What a timeline is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Entries of this kind; `deals` for transfers, licences and their early ends, `pledges` for pledges registered and cancelled.
    kind: Option<String>,
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

impl TimelineQuery {
    fn kinds(&self) -> Vec<&str> {
        match self.kind.as_deref() {
            None => Vec::new(),
            Some("deals") => DEALS.to_vec(),
            Some("pledges") => PLEDGES.to_vec(),
            Some(kind) => vec![kind],
        }
    }
}

async fn paged(
    app: &App,
    scope: &Scope,
    wanted: (PatentId, &[&str]),
    request: &PageRequest,
) -> Result<PageOf<TimelineEntry>, ListingError> {
    let conn = app.db.read();
    let found = store::page(conn, scope, wanted, request).await?;
    let ids: Vec<uuid::Uuid> = found.items.iter().map(|row| row.id).collect();
    let newer = store::list_superseding(conn, scope, &ids).await?;
    let entries = found.items.into_iter().map(|row| {
        let superseded_by = newer.get(&row.id).copied();
        view::entry(row, superseded_by)
    });
    Ok(PageOf { items: entries.collect::<Result<_, Fault>>()?, next_cursor: found.next_cursor })
}

/// What happened to a patent, the newest day first. Filing, publication, grant and the end of its term stand with the
/// patent itself.
#[utoipa::path(get, path = "/patents/{id}/timeline", tag = "patents", operation_id = "list_patent_timeline",
    params(("id" = PatentId, Path), TimelineQuery),
    responses((status = 200, body = Page<TimelineEntry>), (status = 404, description = "没有此专利")))]
async fn timeline(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<TimelineQuery>,
) -> Result<Json<Page<TimelineEntry>>, Problem> {
    let scope = who.scope();
    patents::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let request = page::request(query.limit, query.cursor.clone());
    let found = paged(&app, &scope, (id, &query.kinds()), &request).await?;
    Ok(Json(Page::of(found, |entry| entry)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/patents/{id}/timeline/export", tag = "patents",
    operation_id = "export_patent_timeline", params(("id" = PatentId, Path), TimelineQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404, description = "没有此专利")))]
async fn export_timeline(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<TimelineQuery>,
) -> Result<Response, Problem> {
    let (app, scope, kinds) = (&app, &who.scope(), query.kinds());
    patents::one(app.db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let kinds = kinds.as_slice();
    let rows = export::rows(
        |request| async move { paged(app, scope, (id, kinds), &request).await },
        |entry| Ok(cells(entry, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("序号", "Place"),
            ("发生日", "Happened on"),
            ("事项", "What"),
            ("内容", "Details"),
            ("来源", "Source"),
            ("文件", "Document"),
            ("备注", "Remark"),
            ("登记人", "Recorded by"),
            ("登记日", "Recorded on"),
            ("更正此前条目", "Corrects an entry"),
            ("已被更正", "Corrected since"),
        ],
    );
    Table { name: "timeline".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: TimelineEntry, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let (zh, en) = words::kind(&one.what);
    vec![
        Cell::Number(one.seq),
        Cell::Date(one.happened_on),
        Cell::said(lang, zh, en),
        Cell::Text(words::details(&one.what, lang)),
        Cell::Text(one.source),
        text(one.document),
        text(one.remark),
        Cell::Text(one.recorded_by),
        Cell::Date(china_date(one.recorded_at)),
        Cell::yes(lang, one.supersedes.is_some()),
        Cell::yes(lang, one.superseded_by.is_some()),
    ]
}
