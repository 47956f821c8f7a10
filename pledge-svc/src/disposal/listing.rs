//! Cases, proposals and claims as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, LoanId, OrgId};
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
    lang: Lang,
    QueryOf(query): QueryOf<CaseQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.into_iter().map(|case| case_cells(&case.into(), lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("案件编号", "Case"),
            ("贷款编号", "Loan"),
            ("银行", "Bank"),
            ("借款企业", "Borrower"),
            ("状态", "Status"),
            ("立案日", "Opened on"),
            ("立案时本金（元）", "Principal when opened"),
            ("处置价款（元）", "Proceeds"),
            ("费用（元）", "Costs"),
            ("认定损失（元）", "Loss"),
            ("已获代偿（元）", "Compensated"),
            ("核销本金（元）", "Written off"),
            ("追偿所得（元）", "Recovered"),
            ("结案日", "Closed on"),
        ],
    );
    Table { name: "disposal-cases".to_owned(), columns, rows }.respond(query.format)
}

fn case_cells(one: &CaseHead, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.loan_number.clone()),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
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
    lang: Lang,
    QueryOf(query): QueryOf<ClaimQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page_claims(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.into_iter().map(|claim| claim_cells(&claim.into(), lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("申请编号", "Number"),
            ("案件编号", "Case"),
            ("银行", "Bank"),
            ("借款企业", "Borrower"),
            ("分担方类别", "Kind of bearer"),
            ("分担方", "Bearer"),
            ("申请代偿（元）", "Claimed"),
            ("状态", "Status"),
            ("已代偿（元）", "Paid"),
            ("已返还（元）", "Returned"),
            ("申请日", "Claimed on"),
            ("决定日", "Decided on"),
        ],
    );
    Table { name: "compensation-claims".to_owned(), columns, rows }.respond(query.format)
}

fn claim_cells(one: &ClaimView, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.case_number.clone()),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::said(lang, one.bearer.name_zh(), one.bearer.name()),
        Cell::Text(one.party.clone()),
        Cell::Amount(one.amount),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Amount(one.paid),
        Cell::Amount(one.returned),
        Cell::Date(one.claimed_on),
        one.decided_on.map_or(Cell::Empty, Cell::Date),
    ]
}
