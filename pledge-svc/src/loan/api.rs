//! Routes of loans: lists, pages, schedules, loans of a facility. Draws are in `draws_api.rs`, ledger movements in
//! `movements.rs`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use contracts::{FacilityId, LoanId};
use finance::Schedule;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
    versioned,
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Deserialize;
use tx_kit::listing::{Sort, containing, page};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    draws_api,
    model::LoanStatus,
    store::{self, loan::Column},
    view::{LoanView, views},
};
use crate::{facility, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list))
        .route(Permission::LoanRead, routes!(export))
        .route(Permission::LoanRead, routes!(detail))
        .route(Permission::LoanRead, routes!(schedule))
        .route(Permission::LoanRead, routes!(of_facility))
        .merge(draws_api::routes())
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this facility.
    pub(super) facility_id: Option<Uuid>,
    /// Of this enterprise.
    enterprise_id: Option<Uuid>,
    /// In this state.
    status: Option<LoanStatus>,
    /// In number, borrower or facility.
    q: Option<String>,
    /// `-created_at` (default), `number`, `matures_on`, `-outstanding`, `-principal`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    pub(super) limit: Option<u64>,
    /// Where the page before ended.
    pub(super) cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

impl Filter {
    pub(super) fn select(&self, who: &Who) -> Select<store::loan::Entity> {
        let mut query = store::find(&who.scope());
        if let Some(facility) = self.facility_id {
            query = query.filter(Column::FacilityId.eq(facility));
        }
        if let Some(enterprise) = self.enterprise_id {
            query = query.filter(Column::EnterpriseId.eq(enterprise));
        }
        if let Some(status) = self.status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(q) = &self.q {
            query =
                query.filter(containing(&[Column::Number, Column::EnterpriseName, Column::FacilityName], q));
        }
        query
    }

    pub(super) fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let column = match text.trim_start_matches('-') {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "matures_on" => Column::MaturesOn,
            "outstanding" => Column::OutstandingFen,
            "principal" => Column::PrincipalFen,
            _ => return Err(facility::api::unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// The loan's row, if the caller may see it.
pub(crate) async fn seen(app: &App, who: &Who, id: LoanId) -> Result<store::loan::Model, Problem> {
    store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// The loans that one may see.
#[utoipa::path(get, path = "/loans", tag = "loans", operation_id = "list_loans", params(Filter),
    responses((status = 200, body = Page<LoanView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<LoanView>>, Problem> {
    paged(&app, &who, &filter).await
}

async fn paged(app: &App, who: &Who, filter: &Filter) -> Result<Json<Page<LoanView>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    let items = views(app, who, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The loans drawn on a line, newest first.
#[utoipa::path(get, path = "/facilities/{id}/loans", tag = "facilities", operation_id = "list_facility_loans",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<LoanView>)))]
async fn of_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<LoanView>>, Problem> {
    facility::api::seen(&app, &who, id).await?;
    paged(&app, &who, &Filter { facility_id: Some(id.uuid()), ..filter }).await
}

/// The same loans as a file.
#[utoipa::path(get, path = "/loans/export", tag = "loans", operation_id = "export_loans", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let rows = filter.select(&who).order_by_asc(Column::Number).limit(ROWS_MAX).all(app.db.read()).await?;
    let columns = if lang == Lang::Zh {
        [
            "借据号",
            "借款人",
            "集合授信",
            "主办银行",
            "本金",
            "余额",
            "应计利息",
            "年利率",
            "起息日",
            "到期日",
            "状态",
            "逾期天数",
        ]
    } else {
        [
            "Number",
            "Borrower",
            "Facility",
            "Lead bank",
            "Principal",
            "Outstanding",
            "Interest owed",
            "Rate",
            "Drawn on",
            "Matures on",
            "Status",
            "Days overdue",
        ]
    };
    let table = Table {
        name: "loans".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: views(&app, &who, rows).await?.into_iter().map(cells).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: LoanView) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.enterprise_name),
        Cell::Text(view.facility_name),
        Cell::Text(view.bank_name),
        Cell::Amount(view.principal),
        Cell::Amount(view.outstanding),
        Cell::Amount(view.interest_accrued),
        Cell::rate(view.annual_rate),
        Cell::Date(view.drawn_on),
        Cell::Date(view.matures_on),
        Cell::Text(view.status.name().to_owned()),
        Cell::Number(view.overdue_days),
    ]
}

/// One loan as it stands today: what is outstanding, due, overdue and accrued, and its terms.
#[utoipa::path(get, path = "/loans/{id}", tag = "loans", operation_id = "get_loan",
    params(("id" = LoanId, Path)),
    responses((status = 200, body = LoanView, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<impl IntoResponse, Problem> {
    let row = seen(&app, &who, id).await?;
    let version = row.version;
    let view = views(&app, &who, vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(version, view))
}

/// The plan in force: every instalment, those that have fallen due among them.
#[utoipa::path(get, path = "/loans/{id}/schedule", tag = "loans", operation_id = "get_loan_schedule",
    params(("id" = LoanId, Path)), responses((status = 200, body = Schedule), (status = 404)))]
async fn schedule(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<Schedule>, Problem> {
    let row = seen(&app, &who, id).await?;
    Ok(Json(store::plan_of(app.db.read(), &row).await?))
}
