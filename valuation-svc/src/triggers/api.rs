//! Routes: what is to be valued anew, as a list to work off and as a file. The rules: `rules/api.rs`.

use axum::{Json, extract::State, response::Response};
use contracts::{PatentId, ValuationId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::Permission;
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::listing::{self, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::Cause,
    rules,
    store::{self, Column, Filter, trigger},
    view::{self, RevaluationTrigger, Status},
};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRead, routes!(list))
        .route(Permission::ValuationRead, routes!(export))
        .merge(rules::api::routes())
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = TriggerOrder)]
pub(crate) enum Order {
    /// Due first.
    #[default]
    #[serde(rename = "deadline")]
    Deadline,
    /// Due last.
    #[serde(rename = "-deadline")]
    DeadlineDescending,
    /// Noticed first.
    #[serde(rename = "noted_on")]
    Noted,
    /// Noticed last.
    #[serde(rename = "-noted_on")]
    NotedDescending,
}

impl Order {
    const fn sort(self) -> Sort<Column> {
        let (column, descending) = match self {
            Self::Deadline => (Column::Deadline, false),
            Self::DeadlineDescending => (Column::Deadline, true),
            Self::Noted => (Column::NotedOn, false),
            Self::NotedDescending => (Column::NotedOn, true),
        };
        Sort { column, descending }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TriggerQuery {
    /// `due`, `overdue` or `closed`.
    status: Option<Status>,
    /// For this cause.
    cause: Option<Cause>,
    /// Of this patent.
    patent_id: Option<PatentId>,
    /// Of this valuation.
    valuation_id: Option<ValuationId>,
    /// Part of the patent's number, its title or the valuation's number.
    q: Option<String>,
    /// `deadline` or `noted_on`, each with `-` for the other way round.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
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

impl TriggerQuery {
    fn filter(&self, app: &App) -> Filter {
        Filter {
            status: self.status.map(|status| (status, app.db.clock().business_date())),
            cause: self.cause.map(Cause::name),
            patent: self.patent_id,
            valuation: self.valuation_id,
            text: self.q.clone(),
        }
    }
}

/// What asks for valuations of the caller's organisation to be made anew; the regulator sees all.
#[utoipa::path(get, path = "/revaluation-triggers", tag = "triggers", operation_id = "list_revaluation_triggers",
    params(TriggerQuery), responses((status = 200, body = Page<RevaluationTrigger>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<TriggerQuery>,
) -> Result<Json<Page<RevaluationTrigger>>, Problem> {
    let today = app.db.clock().business_date();
    let select = store::find(&who.scope(), &query.filter(&app));
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), query.sort.sort(), Column::Id, &asked).await?;
    Ok(Json(Page::of(found, |row| view::view(row, today))))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/revaluation-triggers/export", tag = "triggers",
    operation_id = "export_revaluation_triggers", params(TriggerQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<TriggerQuery>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let sort = query.sort.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find(&who.scope(), &query.filter(&app))
        .order_by(sort.column, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let columns = heads(
        lang,
        [
            ("评估编号", "Valuation"),
            ("委托机构", "Ordered by"),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("触发原因", "Cause"),
            ("说明", "Reason"),
            ("发现日", "Noted on"),
            ("重估期限", "Deadline"),
            ("重估完成日", "Valued anew on"),
        ],
    );
    let rows = rows.into_iter().map(|row| cells(row, today, lang)).collect();
    Table { name: "revaluation-triggers".to_owned(), columns, rows }.respond(query.format)
}

fn cells(row: trigger::Model, today: chrono::NaiveDate, lang: Lang) -> Vec<Cell> {
    let one = view::view(row, today);
    vec![
        Cell::Text(one.valuation_number),
        Cell::Text(one.tenant_name),
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        Cell::said(lang, &one.cause_zh, &one.cause_en),
        Cell::said(lang, &one.reason_zh, &one.reason_en),
        Cell::Date(one.noted_on),
        Cell::Date(one.deadline),
        one.closed_on.map_or(Cell::Empty, Cell::Date),
    ]
}
