//! Instructions as the bank's work list, as what an enterprise has given, and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, LoanId};
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
    model::{InstructionKind, InstructionStatus},
    store::{self, Filter, row::Column},
    view::{PaymentInstruction, shown},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list_instructions))
        .route(Permission::LoanRead, routes!(export_instructions))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this state.
    status: Option<InstructionStatus>,
    /// Of this kind.
    kind: Option<InstructionKind>,
    /// On this loan.
    loan_id: Option<LoanId>,
    /// On this line, its loans included.
    facility_id: Option<FacilityId>,
    /// Number of the loan or line, borrower or the bank's reference contains this.
    q: Option<String>,
    /// `created_at`, `lapses_on`, `number` or `amount`; with `-` in front, largest first. Default `-created_at`.
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
        Filter {
            status: self.status,
            kind: self.kind,
            loan: self.loan_id,
            facility: self.facility_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "lapses_on" => Column::LapsesOn,
            "number" => Column::Number,
            "amount" => Column::AmountFen,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、lapses_on、number、amount 排序。",
                    "Sort by created_at, lapses_on, number or amount.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The instructions to one's bank, or of one's enterprise.
#[utoipa::path(get, path = "/payment-instructions", tag = "loans", operation_id = "list_payment_instructions",
    params(ListQuery), responses((status = 200, body = Page<PaymentInstruction>)))]
async fn list_instructions(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<PaymentInstruction>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    let items = page.items.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/payment-instructions/export", tag = "loans",
    operation_id = "export_payment_instructions", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_instructions(
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
            rows.push(cells(shown(row)?, lang));
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("指示日", "Given on"),
            ("类别", "Kind"),
            ("编号", "Number"),
            ("借款人", "Borrower"),
            ("金额（元）", "Amount"),
            ("状态", "Status"),
            ("有效至", "Lapses on"),
            ("提交人", "Given by"),
            ("办理人", "Decided by"),
            ("原因", "Reason"),
            ("银行流水号", "Reference"),
            ("入账日", "Booked on"),
        ],
    );
    Table { name: "payment-instructions".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: PaymentInstruction, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Date(one.instructed_on),
        Cell::said(lang, one.kind.name_zh(), one.kind.name()),
        Cell::Text(one.number),
        Cell::Text(one.enterprise_name),
        Cell::Amount(one.amount),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Date(one.lapses_on),
        Cell::Text(one.maker),
        text(one.decided_by),
        text(one.reason),
        text(one.reference),
        one.booked_on.map_or(Cell::Empty, Cell::Date),
    ]
}
