//! The tasks of the care of loans as a work list and as a file.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{FacilityId, LoanId, OrgId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{Task, TaskKind, TaskStatus},
    store::{self, Column, Filter},
};
use crate::state::App;

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list_tasks))
        .route(Permission::LoanRead, routes!(export_tasks))
}

/// A task in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = LoanTaskItem)]
pub(super) struct TaskItem {
    /// The task.
    #[serde(flatten)]
    task: Task,
    /// Whether its day is over and somebody still has to do it.
    overdue: bool,
}

pub(super) fn item(task: Task, on: NaiveDate) -> TaskItem {
    TaskItem { overdue: task.is_overdue(on), task }
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// `use_of_funds` or `check`.
    kind: Option<TaskKind>,
    /// In this status.
    status: Option<TaskStatus>,
    /// `true`: only those whose day is over and that somebody still has to do.
    overdue: Option<bool>,
    /// Of this loan.
    loan_id: Option<LoanId>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Of this enterprise.
    enterprise_id: Option<OrgId>,
    /// Loan's number or enterprise contains this.
    q: Option<String>,
    /// `due_on`, `status` or `enterprise_name`; with `-` in front, largest first. Default `due_on`.
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
    fn filter(&self, on: NaiveDate) -> Filter {
        Filter {
            kind: self.kind,
            status: self.status,
            overdue_on: self.overdue.unwrap_or(false).then_some(on),
            loan: self.loan_id,
            facility: self.facility_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("due_on");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "due_on" => Column::DueOn,
            "status" => Column::Status,
            "enterprise_name" => Column::EnterpriseName,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 due_on、status、enterprise_name 排序。",
                    "Sort by due_on, status or enterprise_name.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The proofs of use and the checks of loans that one may see.
#[utoipa::path(get, path = "/loan-tasks", tag = "loans", operation_id = "list_loan_tasks",
    params(ListQuery), responses((status = 200, body = Page<TaskItem>)))]
async fn list_tasks(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<TaskItem>>, Problem> {
    let on = app.db.clock().business_date();
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(on), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |task| item(task, on))))
}

/// The same as a file.
#[utoipa::path(get, path = "/loan-tasks/export", tag = "loans", operation_id = "export_loan_tasks",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_tasks(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let on = app.db.clock().business_date();
    let (scope, filter, sort) = (who.scope(), query.filter(on), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|one| cells(one, on, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("贷款编号", "Loan"),
            ("企业", "Enterprise"),
            ("事项", "Task"),
            ("金额", "Amount"),
            ("到期日", "Due on"),
            ("状态", "Status"),
            ("是否逾期", "Overdue"),
            ("办理人", "Done by"),
            ("办理日期", "Done on"),
            ("检查结论", "Outcome"),
            ("说明", "Note"),
            ("核验人", "Decided by"),
            ("核验意见", "Decision"),
        ],
    );
    Table { name: "loan-tasks".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Task, on: NaiveDate, lang: Lang) -> Vec<Cell> {
    let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(one.loan_number.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::said(lang, one.kind.zh(), one.kind.name()),
        one.amount.map_or(Cell::Empty, Cell::Amount),
        Cell::Date(one.due_on),
        Cell::said(lang, one.status.zh(), one.status.name()),
        Cell::yes(lang, one.is_overdue(on)),
        text(&one.done_by),
        one.done_on.map_or(Cell::Empty, Cell::Date),
        one.outcome.map_or(Cell::Empty, |outcome| Cell::said(lang, outcome.zh(), outcome.name())),
        text(&one.note),
        text(&one.decided_by),
        text(&one.decision_note),
    ]
}
