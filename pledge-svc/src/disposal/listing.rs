//! Cases, proposals and claims as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, LoanId, OrgId};
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
    model::{CaseStatus, ClaimStatus, ProposalStatus},
    store::{self, ClaimFilter, Filter, case::Column, claim::Column as ClaimColumn},
    view::{CaseHead, ClaimView, ProposalView},
};
use crate::{fund::Bearer, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DisposalRead, routes!(list_cases))
        .route(Permission::DisposalRead, routes!(export_cases))
        .route(Permission::DisposalRead, routes!(list_proposals))
        .route(Permission::DisposalRead, routes!(list_claims))
        .route(Permission::DisposalRead, routes!(export_claims))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CaseQuery {
    /// In this state.
    status: Option<CaseStatus>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Of this loan.
    loan_id: Option<LoanId>,
    /// Of this borrower.
    enterprise_id: Option<OrgId>,
    /// Number, loan or a party's name contains this.
    q: Option<String>,
    /// `opened_on`, `number`, `loss` or `status`; with `-` in front, largest first. Default `-opened_on`.
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

impl CaseQuery {
    fn filter(&self) -> Filter {
        Filter {
            status: self.status,
            facility: self.facility_id,
            loan: self.loan_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-opened_on");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "opened_on" => Column::OpenedOn,
            "number" => Column::Number,
            "loss" => Column::LossFen,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 opened_on、number、loss、status 排序。",
                    "Sort by opened_on, number, loss or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The cases that one may see.
#[utoipa::path(get, path = "/disposal-cases", tag = "disposal", operation_id = "list_disposal_cases",
    params(CaseQuery), responses((status = 200, body = Page<CaseHead>)))]
async fn list_cases(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CaseQuery>,
) -> Result<Json<Page<CaseHead>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, CaseHead::from)))
}

/// The same as a file.
#[utoipa::path(get, path = "/disposal-cases/export", tag = "disposal", operation_id = "export_disposal_cases",
    params(CaseQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_cases(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CaseQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.into_iter().map(|case| case_cells(&case.into())));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = [
        "案件编号",
        "贷款编号",
        "银行",
        "借款企业",
        "状态",
        "立案日",
        "立案时本金（元）",
        "处置价款（元）",
        "费用（元）",
        "认定损失（元）",
        "已获代偿（元）",
        "核销本金（元）",
        "追偿所得（元）",
        "结案日",
    ];
    let columns = columns.map(str::to_owned).to_vec();
    Table { name: "disposal-cases".to_owned(), columns, rows }.respond(query.format)
}

fn case_cells(one: &CaseHead) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.loan_number.clone()),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(one.status.name_zh().to_owned()),
        Cell::Date(one.opened_on),
        Cell::Amount(one.claim.principal),
        Cell::Amount(one.money.proceeds),
        Cell::Amount(one.money.costs),
        Cell::Amount(one.money.loss),
        Cell::Amount(one.money.compensated),
        Cell::Amount(one.money.written_off),
        Cell::Amount(one.money.recovered),
        one.closed_on.map_or(Cell::Empty, Cell::Date),
    ]
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProposalQuery {
    /// In this state.
    status: Option<ProposalStatus>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What was asked for in the bank's cases, newest first.
#[utoipa::path(get, path = "/disposal-proposals", tag = "disposal", operation_id = "list_disposal_proposals",
    params(ProposalQuery), responses((status = 200, body = Page<ProposalView>)))]
async fn list_proposals(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ProposalQuery>,
) -> Result<Json<Page<ProposalView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page_proposals(app.db.read(), &who.scope(), query.status, &request).await?;
    Ok(Json(Page::of(page, ProposalView::from)))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ClaimQuery {
    /// In this state.
    status: Option<ClaimStatus>,
    /// On such a party.
    bearer: Option<Bearer>,
    /// Number or a party's name contains this.
    q: Option<String>,
    /// `number`, `claimed_on`, `amount` or `status`; with `-` in front, largest first. Default `-claimed_on`.
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

impl ClaimQuery {
    fn filter(&self) -> ClaimFilter {
        ClaimFilter { status: self.status, bearer: self.bearer, text: self.q.clone() }
    }

    fn sort(&self) -> Result<Sort<ClaimColumn>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-claimed_on");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "claimed_on" => ClaimColumn::ClaimedOn,
            "number" => ClaimColumn::Number,
            "amount" => ClaimColumn::AmountFen,
            "status" => ClaimColumn::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 claimed_on、number、amount、status 排序。",
                    "Sort by claimed_on, number, amount or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The claims for compensation that one may see: the bank's own, or those on one's fund.
#[utoipa::path(get, path = "/compensation-claims", tag = "disposal", operation_id = "list_compensation_claims",
    params(ClaimQuery), responses((status = 200, body = Page<ClaimView>)))]
async fn list_claims(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ClaimQuery>,
) -> Result<Json<Page<ClaimView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page =
        store::page_claims(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, ClaimView::from)))
}

/// The same as a file.
#[utoipa::path(get, path = "/compensation-claims/export", tag = "disposal", operation_id = "export_compensation_claims",
    params(ClaimQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_claims(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ClaimQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page_claims(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.into_iter().map(|claim| claim_cells(&claim.into())));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = [
        "申请编号",
        "案件编号",
        "银行",
        "借款企业",
        "分担方类别",
        "分担方",
        "申请代偿（元）",
        "状态",
        "已代偿（元）",
        "已返还（元）",
        "申请日",
        "决定日",
    ];
    let columns = columns.map(str::to_owned).to_vec();
    Table { name: "compensation-claims".to_owned(), columns, rows }.respond(query.format)
}

fn claim_cells(one: &ClaimView) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.case_number.clone()),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(one.bearer.name_zh().to_owned()),
        Cell::Text(one.party.clone()),
        Cell::Amount(one.amount),
        Cell::Text(one.status.name_zh().to_owned()),
        Cell::Amount(one.paid),
        Cell::Amount(one.returned),
        Cell::Date(one.claimed_on),
        one.decided_on.map_or(Cell::Empty, Cell::Date),
    ]
}
