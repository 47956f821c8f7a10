//! Agreements and the fund's statement as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::{FundAgreementId, FundId, OrgId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{AgreementStatus, EntryKind},
    store::{self, AgreementFilter, EntryFilter, agreement::Column},
    view::{self, AgreementView, EntryView},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FundRead, routes!(list_agreements))
        .route(Permission::FundRead, routes!(export_agreements))
        .route(Permission::FundRead, routes!(list_entries))
        .route(Permission::FundRead, routes!(export_entries))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AgreementQuery {
    /// Of this fund.
    fund_id: Option<FundId>,
    /// With this bank.
    bank_id: Option<OrgId>,
    /// In this state.
    status: Option<AgreementStatus>,
    /// Number or a party's name contains this.
    q: Option<String>,
    /// `number`, `bank_name`, `commitment`, `ends_on` or `status`; with `-` in front, largest first. Default `-number`.
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

impl AgreementQuery {
    fn filter(&self) -> AgreementFilter {
        AgreementFilter { fund: self.fund_id, bank: self.bank_id, status: self.status, text: self.q.clone() }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-number");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "number" => Column::Number,
            "bank_name" => Column::BankName,
            "commitment" => Column::CommitmentFen,
            "ends_on" => Column::EndsOn,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 number、bank_name、commitment、ends_on、status 排序。",
                    "Sort by number, bank_name, commitment, ends_on or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The agreements that one is party to.
#[utoipa::path(get, path = "/fund-agreements", tag = "funds", operation_id = "list_fund_agreements",
    params(AgreementQuery), responses((status = 200, body = Page<AgreementView>)))]
async fn list_agreements(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<AgreementQuery>,
) -> Result<Json<Page<AgreementView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page =
        store::page_agreements(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    let today = app.db.clock().business_date();
    let items = view::agreements(app.db.read(), page.items, today).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/fund-agreements/export", tag = "funds", operation_id = "export_fund_agreements",
    params(AgreementQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_agreements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<AgreementQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let today = app.db.clock().business_date();
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page_agreements(app.db.read(), &scope, &filter, sort, &request).await?;
        let shown = view::agreements(app.db.read(), page.items, today).await?;
        rows.extend(shown.iter().map(|one| agreement_cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("协议编号", "Number"),
            ("基金", "Fund"),
            ("银行", "Bank"),
            ("授信", "Facility"),
            ("承诺额（元）", "Commitment"),
            ("放大倍数上限", "Greatest leverage"),
            ("覆盖余额（元）", "Covered"),
            ("剩余可覆盖额（元）", "Room"),
            ("已代偿（元）", "Paid"),
            ("已返还（元）", "Returned"),
            ("状态", "Status"),
            ("起始日", "Starts on"),
            ("到期日", "Ends on"),
        ],
    );
    Table { name: "fund-agreements".to_owned(), columns, rows }.respond(query.format)
}

fn agreement_cells(one: &AgreementView, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(one.fund_name.clone()),
        Cell::Text(one.bank_name.clone()),
        one.facility_name.clone().map_or(Cell::Empty, Cell::Text),
        Cell::Amount(one.terms.commitment),
        Cell::rate(one.terms.leverage_max),
        Cell::Amount(one.standing.covered),
        Cell::Amount(one.standing.room),
        Cell::Amount(one.paid),
        Cell::Amount(one.returned),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Date(one.terms.starts_on),
        Cell::Date(one.terms.ends_on),
    ]
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EntryQuery {
    /// Of this kind.
    kind: Option<EntryKind>,
    /// Under this agreement.
    agreement_id: Option<FundAgreementId>,
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

impl EntryQuery {
    fn filter(&self) -> EntryFilter {
        EntryFilter { kind: self.kind, agreement: self.agreement_id }
    }
}

/// What moved the fund's money, newest first; a bank sees what concerns it.
#[utoipa::path(get, path = "/funds/{id}/entries", tag = "funds", operation_id = "list_fund_entries",
    params(("id" = FundId, Path), EntryQuery), responses((status = 200, body = Page<EntryView>), (status = 404)))]
async fn list_entries(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundId>,
    QueryOf(query): QueryOf<EntryQuery>,
) -> Result<Json<Page<EntryView>>, Problem> {
    let scope = who.scope();
    store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page_entries(app.db.read(), &scope, id, &query.filter(), &request).await?;
    let items = page.items.into_iter().map(|row| view::entry(&scope, row)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/funds/{id}/entries/export", tag = "funds", operation_id = "export_fund_entries",
    params(("id" = FundId, Path), EntryQuery), responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_entries(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<FundId>,
    QueryOf(query): QueryOf<EntryQuery>,
) -> Result<Response, Problem> {
    let scope = who.scope();
    store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let filter = query.filter();
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page_entries(app.db.read(), &scope, id, &filter, &request).await?;
        for row in page.items {
            rows.push(entry_cells(&view::entry(&scope, row)?, lang));
        }
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("日期", "Date"),
            ("类别", "Kind"),
            ("金额（元）", "Amount"),
            ("余额（元）", "Balance"),
            ("对方", "Other party"),
            ("凭据", "Reference"),
            ("经办人", "Made by"),
            ("复核人", "Approved by"),
        ],
    );
    Table { name: "fund-entries".to_owned(), columns, rows }.respond(query.format)
}

fn entry_cells(one: &EntryView, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::Date(one.booked_on),
        Cell::said(lang, one.kind.name_zh(), one.kind.name()),
        Cell::Amount(one.amount),
        one.balance.map_or(Cell::Empty, Cell::Amount),
        Cell::Text(one.party.clone()),
        Cell::Text(one.reference.clone()),
        Cell::Text(one.maker.clone()),
        Cell::Text(one.approver.clone()),
    ]
}
