//! Pledges as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Pledge, PledgeStatus},
    store::{self, Filter, row::Column},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRead, routes!(list_pledges))
        .route(Permission::PledgeRead, routes!(export_pledges))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// In this status.
    status: Option<PledgeStatus>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Given by this enterprise.
    enterprise_id: Option<OrgId>,
    /// Number, registration number or a party's name contains this.
    q: Option<String>,
    /// `submitted_at`, `number`, `secured_amount` or `status`; with `-` in front, largest first. Default
    /// `-submitted_at`.
    sort: Option<String>,
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

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            status: self.status,
            facility: self.facility_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-submitted_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "submitted_at" | "created_at" => Column::SubmittedAt,
            "number" => Column::Number,
            "secured_amount" => Column::SecuredFen,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 submitted_at、number、secured_amount、status 排序。",
                    "Sort by submitted_at, number, secured_amount or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The pledges that one may see.
#[utoipa::path(get, path = "/pledges", tag = "pledges", operation_id = "list_pledges",
    params(ListQuery), responses((status = 200, body = Page<Pledge>)))]
async fn list_pledges(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Pledge>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |pledge| pledge)))
}

/// The same as a file.
#[utoipa::path(get, path = "/pledges/export", tag = "pledges", operation_id = "export_pledges",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_pledges(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(cells));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = [
        "质押编号",
        "登记号",
        "质权人",
        "出质人",
        "被担保债权（元）",
        "质押物价值（元）",
        "可贷上限（元）",
        "专利件数",
        "状态",
        "登记日",
        "注销日",
    ];
    let columns = columns.into_iter().map(str::to_owned).collect();
    Table { name: "pledges".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Pledge) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        one.registration_number.clone().map_or(Cell::Empty, Cell::Text),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Amount(one.secured_amount),
        Cell::Amount(one.collateral_value),
        Cell::Amount(one.maximum_loan),
        Cell::Number(i64::try_from(one.patents.len()).unwrap_or(i64::MAX)),
        Cell::Text(one.status.name_zh().to_owned()),
        one.registered_on.map_or(Cell::Empty, Cell::Date),
        one.cancelled_on.map_or(Cell::Empty, Cell::Date),
    ]
}
