//! Needs as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::OrgId;
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
    model::need::{NeedMode, NeedStatus},
    store::needs::{self, Filter, row::Column},
    view::{self, TechnologyNeed},
};
use crate::{catalogue::industry::Industry, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::MatchRead, routes!(list_needs))
        .route(Permission::MatchRead, routes!(export_needs))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this state today.
    status: Option<NeedStatus>,
    /// In this industry.
    industry: Option<Industry>,
    /// For this mode.
    mode: Option<NeedMode>,
    /// Of this enterprise.
    enterprise_id: Option<OrgId>,
    /// Title, problem or enterprise contains this.
    q: Option<String>,
    /// `created_at` or `title`; with `-` in front, last first. Default `-created_at`.
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
    fn filter(&self, app: &App) -> Filter {
        let today = app.db.clock().business_date();
        Filter {
            status: self.status.map(|status| (status, today)),
            industry: self.industry,
            mode: self.mode,
            enterprise: self.enterprise_id,
            text: self.q.clone().filter(|text| !text.trim().is_empty()),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "title" => Column::Title,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、title 排序。",
                    "Sort by created_at or title.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The needs that one may see.
#[utoipa::path(get, path = "/needs", tag = "matching", operation_id = "list_technology_needs", params(ListQuery),
    responses((status = 200, body = Page<TechnologyNeed>)))]
async fn list_needs(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<TechnologyNeed>>, Problem> {
    let (scope, today) = (who.scope(), app.db.clock().business_date());
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = needs::page(app.db.read(), &scope, &query.filter(&app), query.sort()?, &request).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        items.push(view::need(row, Vec::new(), &scope, today)?);
    }
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/needs/export", tag = "matching", operation_id = "export_technology_needs",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_needs(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, today) = (app.db.read(), &who.scope(), app.db.clock().business_date());
    let (filter, sort) = (&query.filter(&app), query.sort()?);
    let rows = export::rows(
        |request| async move { needs::page(conn, scope, filter, sort, &request).await },
        |row| Ok(cells(view::need(row, Vec::new(), scope, today)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("需求", "Need"),
            ("技术问题", "Problem"),
            ("企业", "Enterprise"),
            ("产业", "Industry"),
            ("IPC", "IPC"),
            ("合作方式", "Mode"),
            ("预算下限（元）", "Budget from"),
            ("预算上限（元）", "Budget to"),
            ("截止日", "Deadline"),
            ("状态", "Status"),
            ("发布日", "Stated on"),
        ],
    );
    Table { name: "needs".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: TechnologyNeed, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Text(one.title),
        Cell::Text(one.problem),
        Cell::Text(one.enterprise_name),
        Cell::said(lang, one.industry.name_zh(), one.industry.name_en()),
        Cell::Text(one.ipc.join(" ")),
        Cell::said(lang, one.mode.name_zh(), one.mode.name()),
        one.budget_low.map_or(Cell::Empty, Cell::Amount),
        one.budget_high.map_or(Cell::Empty, Cell::Amount),
        one.deadline.map_or(Cell::Empty, Cell::Date),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Date(one.stated_on),
    ]
}
