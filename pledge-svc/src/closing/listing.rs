//! Closes, what failed in them, and notices as files; what failed in one close page by page.

use axum::{Json, extract::State, response::Response};
use contracts::JobId;
use finance::Money;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Deserialize;
use tx_kit::listing::{Sort, page};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    api::{FailureView, NoticeFilter, failed, within},
    failures::entity as failure,
    notices::{self, NoticeKind},
    run::entity,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::RiskRead, routes!(export_closings))
        .route(Permission::RiskRead, routes!(list_failures))
        .route(Permission::RiskRead, routes!(export_failures))
        .route(Permission::LoanRead, routes!(export_notices))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Paging {
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: FileKind,
}

fn table(name: &str, columns: Vec<String>, rows: Vec<Vec<Cell>>) -> Table {
    Table { name: name.to_owned(), columns, rows }
}

fn day(stamp: chrono::DateTime<chrono::Utc>) -> Cell {
    Cell::Date(contracts::clock::china_date(stamp))
}

/// The closes of one's bank as a file.
#[utoipa::path(get, path = "/closings/export", tag = "closing", operation_id = "export_closings", params(Paging),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_closings(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<Paging>,
) -> Result<Response, Problem> {
    let rows = within(&who.scope())
        .order_by_desc(entity::Column::BusinessDate)
        .order_by_desc(entity::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let cells = |row: entity::Model| {
        vec![
            Cell::Date(row.business_date),
            Cell::Text(row.status),
            Cell::Number(row.loans),
            Cell::Number(row.done),
            Cell::Number(row.failed),
            Cell::Amount(Money::from_fen(row.accrued_fen)),
            Cell::Text(row.started_by),
            day(row.started_at),
            row.finished_at.map_or(Cell::Empty, day),
        ]
    };
    let columns = heads(
        lang,
        [
            ("营业日", "Business date"),
            ("状态", "Status"),
            ("贷款笔数", "Loans"),
            ("已办理", "Done"),
            ("未能办理", "Failed"),
            ("当日计息（元）", "Interest of the day"),
            ("发起人", "Started by"),
            ("开始日", "Started on"),
            ("完成日", "Finished on"),
        ],
    );
    table("closings", columns, rows.into_iter().map(cells).collect()).respond(query.format)
}

/// What failed on the day of a close that one may see.
async fn failures_of(app: &App, who: &Who, id: JobId) -> Result<Select<failure::Entity>, Problem> {
    let run = within(&who.scope())
        .filter(entity::Column::Id.eq(id.uuid()))
        .one(app.db.read())
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(failure::Entity::find()
        .filter(failure::Column::BankId.eq(run.bank_id))
        .filter(failure::Column::BusinessDate.eq(run.business_date)))
}

/// The loans that failed in a close, each with why.
#[utoipa::path(get, path = "/closings/{id}/failures", tag = "closing", operation_id = "list_closing_failures",
    params(("id" = JobId, Path), Paging), responses((status = 200, body = Page<FailureView>), (status = 404)))]
async fn list_failures(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<JobId>,
    QueryOf(query): QueryOf<Paging>,
) -> Result<Json<Page<FailureView>>, Problem> {
    let select = failures_of(&app, &who, id).await?;
    let sort = Sort { column: failure::Column::LoanId, descending: false };
    let request = http_kit::page::request(query.limit, query.cursor);
    let found = page(select, app.db.read(), sort, failure::Column::Id, &request).await?;
    Ok(Json(Page::of(found, failed)))
}

/// The same as a file.
#[utoipa::path(get, path = "/closings/{id}/failures/export", tag = "closing", operation_id = "export_closing_failures",
    params(("id" = JobId, Path), Paging), responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_failures(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<JobId>,
    QueryOf(query): QueryOf<Paging>,
) -> Result<Response, Problem> {
    let select = failures_of(&app, &who, id).await?;
    let rows = select.order_by_asc(failure::Column::LoanId).limit(ROWS_MAX).all(app.db.read()).await?;
    let cells = |row: failure::Model| {
        vec![
            Cell::Text(row.loan_id.to_string()),
            Cell::Date(row.business_date),
            Cell::Text(row.reason),
            day(row.failed_at),
            row.mended_at.map_or(Cell::Empty, day),
        ]
    };
    let columns = heads(
        lang,
        [
            ("贷款", "Loan"),
            ("营业日", "Business date"),
            ("原因", "Reason"),
            ("发生日", "Failed on"),
            ("补办日", "Mended on"),
        ],
    );
    table("closing-failures", columns, rows.into_iter().map(cells).collect()).respond(query.format)
}

/// What borrowers were told, as a file.
#[utoipa::path(get, path = "/notices/export", tag = "closing", operation_id = "export_notices", params(NoticeFilter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_notices(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<NoticeFilter>,
) -> Result<Response, Problem> {
    use notices::entity::Column;
    let select = filter.select(&who.scope());
    let rows = select
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let cells = |row: notices::entity::Model| {
        vec![
            Cell::Text(row.loan_number),
            match NoticeKind::parse(&row.kind) {
                Some(kind) => Cell::said(lang, kind.name_zh(), kind.name()),
                None => Cell::Text(row.kind),
            },
            Cell::Date(row.due_on),
            Cell::Amount(Money::from_fen(row.amount_fen)),
            day(row.created_at),
        ]
    };
    let columns = heads(
        lang,
        [
            ("贷款编号", "Loan"),
            ("类型", "Kind"),
            ("应还日", "Due on"),
            ("应还金额（元）", "Amount due"),
            ("通知日", "Told on"),
        ],
    );
    table("notices", columns, rows.into_iter().map(cells).collect()).respond(filter.format)
}
