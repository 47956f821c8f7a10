//! Proposals to undo payments as a work list, as the history of a payment and as a file.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use contracts::{LoanId, RepaymentId};
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
    api::ids,
    store::{self, Filter, row::Column},
    view::{RepaymentReversal, shown},
};
use crate::{servicing::model::reversal::ReversalStatus, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list_reversals))
        .route(Permission::LoanRead, routes!(export_reversals))
        .route(Permission::LoanRead, routes!(list_of_repayment))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// Of this loan.
    loan_id: Option<LoanId>,
    /// In this state.
    status: Option<ReversalStatus>,
    /// Loan number or borrower contains this.
    q: Option<String>,
    /// `created_at`, `loan_number`, `paid_on` or `amount`; with `-` in front, largest first. Default `-created_at`.
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
        Filter { loan: self.loan_id, repayment: None, status: self.status, text: self.q.clone() }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "loan_number" => Column::LoanNumber,
            "paid_on" => Column::PaidOn,
            "amount" => Column::AmountFen,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、loan_number、paid_on、amount 排序。",
                    "Sort by created_at, loan_number, paid_on or amount.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

async fn paged(
    app: &App,
    who: &Who,
    filter: &Filter,
    query: &ListQuery,
) -> Result<Json<Page<RepaymentReversal>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let scope = who.scope();
    let page = store::page(app.db.read(), &scope, filter, query.sort()?, &request).await?;
    let items = page.items.into_iter().map(|row| shown(row, &scope)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The payments that one may see, proposed to be undone or undone; a borrower sees those that were.
#[utoipa::path(get, path = "/repayment-reversals", tag = "loans", operation_id = "list_repayment_reversals",
    params(ListQuery), responses((status = 200, body = Page<RepaymentReversal>)))]
async fn list_reversals(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<RepaymentReversal>>, Problem> {
    paged(&app, &who, &query.filter(), &query).await
}

/// The proposals to undo one payment.
#[utoipa::path(get, path = "/loans/{id}/repayments/{repayment_id}/reversals", tag = "loans",
    operation_id = "list_reversals_of_repayment",
    params(("id" = LoanId, Path), ("repayment_id" = RepaymentId, Path), ListQuery),
    responses((status = 200, body = Page<RepaymentReversal>), (status = 404)))]
async fn list_of_repayment(
    State(app): State<App>,
    who: Who,
    Path(path): Path<(String, String)>,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<RepaymentReversal>>, Problem> {
    let (loan, repayment) = ids(&path)?;
    let found = store::find_repayment(app.db.read(), &who.scope(), (loan, repayment)).await?;
    found.ok_or_else(Problem::not_found)?;
    let filter = Filter { loan: Some(loan), repayment: Some(repayment), ..query.filter() };
    paged(&app, &who, &filter, &query).await
}

/// The same as a file.
#[utoipa::path(get, path = "/repayment-reversals/export", tag = "loans",
    operation_id = "export_repayment_reversals", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_reversals(
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
        for row in page.items {
            rows.push(cells(shown(row, &scope)?, lang));
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("借据号", "Loan"),
            ("借款人", "Borrower"),
            ("还款日", "Paid on"),
            ("金额（元）", "Amount"),
            ("其中本金（元）", "Principal"),
            ("其中利息（元）", "Interest"),
            ("其中费用（元）", "Fees"),
            ("状态", "Status"),
            ("冲正原因", "Reason"),
            ("经办人", "Proposed by"),
            ("复核人", "Decided by"),
            ("冲正日", "Undone on"),
            ("利息调整（元）", "Interest corrected"),
        ],
    );
    Table { name: "repayment-reversals".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: RepaymentReversal, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(one.loan_number),
        Cell::Text(one.enterprise_name),
        Cell::Date(one.paid_on),
        Cell::Amount(one.amount),
        Cell::Amount(one.principal),
        Cell::Amount(one.interest),
        Cell::Amount(one.fees),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        text(one.reason),
        Cell::Text(one.maker),
        text(one.approver),
        one.reversed_on.map_or(Cell::Empty, Cell::Date),
        one.correction.map_or(Cell::Empty, Cell::Amount),
    ]
}
