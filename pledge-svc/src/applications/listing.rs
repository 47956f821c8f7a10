//! Applications as lists and as files.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Application, ApplicationStatus},
    store::{self, Column, Filter},
    told::told_all,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ApplicationRead, routes!(list_applications))
        .route(Permission::ApplicationRead, routes!(export_applications))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// In this status.
    status: Option<ApplicationStatus>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Of this enterprise.
    enterprise_id: Option<OrgId>,
    /// Under this product.
    product: Option<String>,
    /// `true`: only those whose time limit is over.
    overdue: Option<bool>,
    /// Number, facility or a party's name contains this.
    q: Option<String>,
    /// `created_at`, `number`, `amount`, `status` or `due_on`; with `-` in front, largest first. Default `-created_at`.
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
    fn filter(&self, today: NaiveDate) -> Filter {
        Filter {
            status: self.status,
            facility: self.facility_id,
            enterprise: self.enterprise_id,
            product: self.product.clone(),
            due_before: self.overdue.unwrap_or_default().then_some(today),
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "amount" => Column::AmountFen,
            "status" => Column::Status,
            "due_on" => Column::DueOn,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、number、amount、status、due_on 排序。",
                    "Sort by created_at, number, amount, status or due_on.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The applications that one may see.
#[utoipa::path(get, path = "/applications", tag = "applications", operation_id = "list_applications",
    params(ListQuery), responses((status = 200, body = Page<Application>)))]
async fn list_applications(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Application>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let filter = query.filter(app.db.clock().business_date());
    let page = store::page(app.db.read(), &who.scope(), &filter, query.sort()?, &request).await?;
    let items = told_all(&app, &who, page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/applications/export", tag = "applications", operation_id = "export_applications",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_applications(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let filter = query.filter(app.db.clock().business_date());
    let (scope, sort) = (who.scope(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|one| cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("申请编号", "Number"),
            ("授信", "Facility"),
            ("银行", "Bank"),
            ("企业", "Enterprise"),
            ("申请金额（元）", "Amount asked"),
            ("期限（月）", "Term (months)"),
            ("专利件数", "Patents"),
            ("状态", "Status"),
            ("建议金额（元）", "Recommended"),
            ("批准金额（元）", "Approved"),
            ("提交日期", "Submitted on"),
            ("产品", "Product"),
            ("办理截止日", "Due on"),
        ],
    );
    Table { name: "applications".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Application, lang: Lang) -> Vec<Cell> {
    let recommended = one.assessment.as_ref().map(|assessment| assessment.recommended_amount);
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.facility_name.clone()),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Amount(one.amount),
        Cell::Number(one.tenor_months.into()),
        Cell::Number(i64::try_from(one.patents.len()).unwrap_or(i64::MAX)),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        recommended.map_or(Cell::Empty, Cell::Amount),
        one.approved_amount().map_or(Cell::Empty, Cell::Amount),
        Cell::Date(one.submitted_on),
        Cell::Text(one.product.clone()),
        one.clock.map_or(Cell::Empty, |clock| Cell::Date(clock.due_on)),
    ]
}
