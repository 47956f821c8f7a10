//! Requests as the bank's work list, as the borrower's own list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::LoanId;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    super::model::{AdjustmentKind, RequestStatus},
    store::{self, Filter, row::Column},
    view::{RequestView, shown},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list_change_requests))
        .route(Permission::LoanRead, routes!(export_change_requests))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// About this loan.
    loan_id: Option<LoanId>,
    /// Of this kind.
    kind: Option<AdjustmentKind>,
    /// In this state.
    status: Option<RequestStatus>,
    /// Loan number or borrower contains this.
    q: Option<String>,
    /// `created_at`, `answer_by`, `loan_number` or `outstanding`; with `-` in front, largest first. Default `-created_at`.
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
    fn filter(&self) -> Filter {
        Filter { loan: self.loan_id, kind: self.kind, status: self.status, text: self.q.clone() }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "answer_by" => Column::AnswerBy,
            "loan_number" => Column::LoanNumber,
            "outstanding" => Column::OutstandingFen,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、answer_by、loan_number、outstanding 排序。",
                    "Sort by created_at, answer_by, loan_number or outstanding.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// What borrowers ask for, as far as one may see it.
#[utoipa::path(get, path = "/change-requests", tag = "loans", operation_id = "list_change_requests",
    params(ListQuery), responses((status = 200, body = Page<RequestView>)))]
async fn list_change_requests(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<RequestView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let scope = who.scope();
    let page = store::page(app.db.read(), &scope, &query.filter(), query.sort()?, &request).await?;
    let items = shown(app.db.read(), &scope, page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/change-requests/export", tag = "loans", operation_id = "export_change_requests",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_change_requests(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        let shown = shown(app.db.read(), &scope, page.items).await?;
        rows.extend(shown.iter().map(|one| cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = if lang == Lang::Zh { ZH } else { EN };
    let columns = columns.map(str::to_owned).to_vec();
    Table { name: "change-requests".to_owned(), columns, rows }.respond(query.format)
}

const ZH: [&str; 12] = [
    "借据号",
    "借款人",
    "申请变更类型",
    "状态",
    "贷款余额（元）",
    "申请后到期日",
    "申请理由",
    "申请人",
    "申请日期",
    "答复期限",
    "答复人",
    "答复意见",
];
const EN: [&str; 12] = [
    "Loan",
    "Borrower",
    "Kind",
    "Status",
    "Outstanding",
    "Maturity asked for",
    "Reason",
    "Asked by",
    "Asked on",
    "To be answered by",
    "Answered by",
    "Answer",
];

fn cells(one: &RequestView, lang: Lang) -> Vec<Cell> {
    let zh = lang == Lang::Zh;
    let (kind, status) =
        if zh { (one.kind.name_zh(), one.status.name_zh()) } else { (one.kind.name(), one.status.name()) };
    vec![
        Cell::Text(one.loan_number.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(kind.to_owned()),
        Cell::Text(status.to_owned()),
        Cell::Amount(one.outstanding),
        one.figures.as_ref().map_or(Cell::Empty, |figures| Cell::Date(figures.matures_on)),
        Cell::Text(one.reason.clone()),
        Cell::Text(one.asker.clone()),
        Cell::Date(one.created_at.date_naive()),
        Cell::Date(one.answer_by),
        one.answerer.clone().map_or(Cell::Empty, Cell::Text),
        one.answer.clone().map_or(Cell::Empty, Cell::Text),
    ]
}
