//! Examinations as a work list, and the same as a file.

use axum::{Json, extract::State, response::Response};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::Sort;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Course, Status},
    store::{self, Filter, row::Column},
    view::{Prefiling, shown},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeRead, routes!(list_prefilings))
        .route(Permission::StocktakeRead, routes!(export_prefilings))
}

/// What is listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this state.
    status: Option<Status>,
    /// With this recommendation.
    recommendation: Option<Course>,
    /// Title, inventors or field contain this.
    q: Option<String>,
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
    fn filter(&self) -> (Filter, Sort<Column>) {
        let filter =
            Filter { status: self.status, recommendation: self.recommendation, text: self.q.clone() };
        (filter, Sort { column: Column::MadeAt, descending: true })
    }
}

/// The inventions that the own institute examined before filing, the newest first; the regulator sees all.
#[utoipa::path(get, path = "/prefilings", tag = "filings", operation_id = "list_prefilings",
    params(ListQuery), responses((status = 200, body = Page<Prefiling>)))]
async fn list_prefilings(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Prefiling>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let (filter, sort) = query.filter();
    let page = store::page(app.db.read(), &who.scope(), (&filter, sort), &request).await?;
    let items = page.items.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/prefilings/export", tag = "filings", operation_id = "export_prefilings",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_prefilings(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, (filter, sort)) = (app.db.read(), &who.scope(), query.filter());
    let filter = &filter;
    let rows = export::rows(
        |request| async move { store::page(conn, scope, (filter, sort), &request).await },
        |row| Ok(cells(shown(row)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("发明名称", "Title"),
            ("发明人", "Inventors"),
            ("技术领域", "Field"),
            ("已检索", "Searched"),
            ("市场前景", "Market outlook"),
            ("财政资助", "State funded"),
            ("建议", "Recommendation"),
            ("评估人", "Examined by"),
            ("状态", "Status"),
            ("决定", "Decision"),
            ("决定人", "Decided by"),
        ],
    );
    Table { name: "prefilings".to_owned(), columns, rows }.respond(query.format)
}

fn course(lang: Lang, course: Course) -> Cell {
    match course {
        Course::File => Cell::said(lang, "申请专利", "file"),
        Course::KeepSecret => Cell::said(lang, "技术秘密", "keep secret"),
        Course::Publish => Cell::said(lang, "公开发表", "publish"),
        Course::Drop => Cell::said(lang, "放弃", "drop"),
    }
}

fn cells(one: Prefiling, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Text(one.title),
        Cell::Text(one.inventors.join("；")),
        Cell::Text(one.field),
        Cell::yes(lang, one.searched),
        Cell::Number(one.market_outlook.into()),
        Cell::yes(lang, one.state_funded),
        course(lang, one.recommendation),
        Cell::Text(one.evaluator),
        match one.status {
            Status::Evaluated => Cell::said(lang, "待决定", "waits for a decision"),
            Status::Decided => Cell::said(lang, "已决定", "decided"),
            Status::Filed => Cell::said(lang, "已申请", "filed"),
        },
        one.decision.map_or(Cell::Empty, |decision| course(lang, decision)),
        one.decided_by.map_or(Cell::Empty, Cell::Text),
    ]
}
