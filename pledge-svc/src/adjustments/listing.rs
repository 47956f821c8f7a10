//! Changes of loans as a work list, as the history of a loan and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::LoanId;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{AdjustmentKind, AdjustmentStatus, Consent},
    store::{self, Filter, row::Column},
    view::{AdjustmentView, shown},
    votes,
};
use crate::{loan, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list_adjustments))
        .route(Permission::LoanRead, routes!(export_adjustments))
        .route(Permission::LoanRead, routes!(list_loan_adjustments))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// Of this loan.
    loan_id: Option<LoanId>,
    /// Of this kind.
    kind: Option<AdjustmentKind>,
    /// In this state.
    status: Option<AdjustmentStatus>,
    /// Where the borrower's consent stands so.
    consent: Option<Consent>,
    /// Loan number or borrower contains this.
    q: Option<String>,
    /// `created_at`, `loan_number`, `kind` or `outstanding`; with `-` in front, largest first. Default `-created_at`.
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
            loan: self.loan_id,
            kind: self.kind,
            status: self.status,
            consent: self.consent,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "loan_number" => Column::LoanNumber,
            "kind" => Column::Kind,
            "outstanding" => Column::OutstandingFen,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、loan_number、kind、outstanding 排序。",
                    "Sort by created_at, loan_number, kind or outstanding.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

async fn paged(app: &App, who: &Who, query: &ListQuery) -> Result<Json<Page<AdjustmentView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let scope = who.scope();
    let page = store::page(app.db.read(), &scope, &query.filter(), query.sort()?, &request).await?;
    let on = app.db.clock().business_date();
    let wanted = votes::risk_word_wanted(app.db.read(), &who.0, &page.items, on).await?;
    let one = |row: store::row::Model| {
        let risk_word_wanted = wanted.contains(&row.id);
        Ok::<_, Fault>(AdjustmentView { risk_word_wanted, ..shown(row, &scope)? })
    };
    let items = page.items.into_iter().map(one).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The changes of loans that one may see.
#[utoipa::path(get, path = "/adjustments", tag = "loans", operation_id = "list_adjustments",
    params(ListQuery), responses((status = 200, body = Page<AdjustmentView>)))]
async fn list_adjustments(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<AdjustmentView>>, Problem> {
    paged(&app, &who, &query).await
}

/// The changes of one loan.
#[utoipa::path(get, path = "/loans/{id}/adjustments", tag = "loans", operation_id = "list_loan_adjustments",
    params(("id" = LoanId, Path), ListQuery),
    responses((status = 200, body = Page<AdjustmentView>), (status = 404)))]
async fn list_loan_adjustments(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<AdjustmentView>>, Problem> {
    loan::api::seen(&app, &who, id).await?;
    paged(&app, &who, &ListQuery { loan_id: Some(id), ..query }).await
}

/// The same as a file.
#[utoipa::path(get, path = "/adjustments/export", tag = "loans", operation_id = "export_adjustments",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_adjustments(
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
            rows.push(cells(&shown(row, &scope)?, lang));
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = if lang == Lang::Zh { ZH } else { EN };
    let columns = columns.map(str::to_owned).to_vec();
    Table { name: "adjustments".to_owned(), columns, rows }.respond(query.format)
}

const ZH: [&str; 14] = [
    "借据号",
    "借款人",
    "变更类型",
    "状态",
    "借款人意见",
    "贷款余额（元）",
    "原利率",
    "新利率",
    "原到期日",
    "新到期日",
    "重组贷款",
    "提交人",
    "审批人",
    "生效日",
];
const EN: [&str; 14] = [
    "Loan",
    "Borrower",
    "Kind",
    "Status",
    "Consent",
    "Outstanding",
    "Rate before",
    "Rate after",
    "Maturity before",
    "Maturity after",
    "Restructured",
    "Proposed by",
    "Decided by",
    "Effective on",
];

fn cells(one: &AdjustmentView, lang: Lang) -> Vec<Cell> {
    let zh = lang == Lang::Zh;
    let (kind, status) =
        if zh { (one.kind.name_zh(), one.status.name_zh()) } else { (one.kind.name(), one.status.name()) };
    let restructured = match (zh, one.restructured) {
        (true, true) => "是",
        (true, false) => "否",
        (false, true) => "yes",
        (false, false) => "no",
    };
    vec![
        Cell::Text(one.loan_number.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(kind.to_owned()),
        Cell::Text(status.to_owned()),
        one.consent
            .map_or(Cell::Empty, |said| Cell::Text(if zh { said.name_zh() } else { said.name() }.to_owned())),
        Cell::Amount(one.outstanding),
        Cell::rate(one.annual_rate_before),
        Cell::rate(one.annual_rate_after),
        Cell::Date(one.matures_on_before),
        Cell::Date(one.matures_on_after),
        Cell::Text(restructured.to_owned()),
        Cell::Text(one.maker.clone()),
        one.approver.clone().map_or(Cell::Empty, Cell::Text),
        one.effective_on.map_or(Cell::Empty, Cell::Date),
    ]
}
