//! Stocktakes as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::clock::china_date;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Campaign, CampaignState},
    store,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeRead, routes!(list_stocktakes))
        .route(Permission::StocktakeRead, routes!(export_stocktakes))
}

/// What the list is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CampaignQuery {
    /// `open` or `closed`.
    #[param(inline)]
    state: Option<CampaignState>,
    /// Name or institute contains this.
    q: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

/// The stocktakes that one may see, newest first.
#[utoipa::path(get, path = "/stocktakes", tag = "stocktakes", operation_id = "list_stocktakes",
    params(CampaignQuery), responses((status = 200, body = Page<Campaign>)))]
async fn list_stocktakes(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CampaignQuery>,
) -> Result<Json<Page<Campaign>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor);
    let by = (query.state, query.q.as_deref());
    let page = store::page_campaigns(app.db.read(), &who.scope(), by, &request).await?;
    Ok(Json(Page::of(page, |one| one)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/stocktakes/export", tag = "stocktakes", operation_id = "export_stocktakes",
    params(CampaignQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_stocktakes(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<CampaignQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, by) = (app.db.read(), &who.scope(), (query.state, query.q.as_deref()));
    let rows = export::rows(
        |request| async move { store::page_campaigns(conn, scope, by, &request).await },
        |campaign| Ok(cells(campaign, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("盘点名称", "Stocktake"),
            ("院校", "Institute"),
            ("截止日", "Deadline"),
            ("状态", "Status"),
            ("申请年份自", "Filed from"),
            ("申请年份至", "Filed to"),
            ("含审中申请", "With pending applications"),
            ("参与学院", "Colleges"),
            ("专利包数", "Bundles"),
            ("发起人", "Opened by"),
            ("发起日", "Opened on"),
            ("结束人", "Closed by"),
            ("结束日", "Closed on"),
            ("结束说明", "Closing note"),
            ("结束时未完成件数", "Unfinished at its end"),
        ],
    );
    Table { name: "stocktakes".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: Campaign, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let year = |value: Option<i32>| value.map_or(Cell::Empty, |year| Cell::Number(year.into()));
    let whole = |count: u64| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        Cell::Text(one.name),
        Cell::Text(one.institute_name),
        Cell::Date(one.deadline),
        Cell::said(lang, one.state.name_zh(), one.state.name()),
        year(one.filed_from),
        year(one.filed_to),
        Cell::yes(lang, one.with_pending),
        Cell::Text(one.colleges.join("; ")),
        Cell::Number(one.bundles),
        Cell::Text(one.opened_by),
        Cell::Date(china_date(one.created_at)),
        text(one.closed_by),
        one.closed_at.map_or(Cell::Empty, |at| Cell::Date(china_date(at))),
        text(one.closing_note),
        one.unfinished.map_or(Cell::Empty, |left| whole(left.total())),
    ]
}
