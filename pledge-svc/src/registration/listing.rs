//! Pledges as lists and as files, and the history of one.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{FacilityId, OrgId, PledgeId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{FilingState, Pledge, PledgeStatus},
    store::{
        find::{self, Filter},
        history::{self, HistoryLine},
        row::Column,
    },
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRead, routes!(list_pledges))
        .route(Permission::PledgeRead, routes!(export_pledges))
        .route(Permission::PledgeRead, routes!(pledge_history))
}

/// A pledge in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct PledgeItem {
    /// The pledge.
    #[serde(flatten)]
    pledge: Pledge,
    /// Whether the register is late.
    overdue: bool,
}

fn item(pledge: Pledge, on: NaiveDate) -> PledgeItem {
    PledgeItem { overdue: pledge.filing.as_ref().is_some_and(|filing| filing.is_overdue(on)), pledge }
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// In this status.
    status: Option<PledgeStatus>,
    /// Whose papers are here at the register: `accepted`, `deficient` …
    filing_state: Option<FilingState>,
    /// Those whose answer from the register is late.
    overdue: Option<bool>,
    /// Registered ones to be valued anew: a valuation has ended, from when on they carry nothing, or an annuity is unpaid.
    valuation_ended: Option<bool>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Given by this enterprise.
    enterprise_id: Option<OrgId>,
    /// Number, registration number or a party's name contains this.
    q: Option<String>,
    /// `submitted_at`, `number`, `secured_amount` or `status`; with `-` in front, largest first. Default
    /// `-submitted_at`.
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

impl ListQuery {
    fn filter(&self, on: NaiveDate) -> Filter {
        Filter {
            status: self.status,
            filing: self.filing_state,
            overdue_on: self.overdue.unwrap_or(false).then_some(on),
            stale_on: self.valuation_ended.unwrap_or(false).then_some(on),
            facility: self.facility_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-submitted_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "submitted_at" | "created_at" => Column::SubmittedAt,
            "number" => Column::Number,
            "secured_amount" => Column::SecuredFen,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 submitted_at、number、secured_amount、status 排序。",
                    "Sort by submitted_at, number, secured_amount or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The pledges that one may see.
#[utoipa::path(get, path = "/pledges", tag = "pledges", operation_id = "list_pledges",
    params(ListQuery), responses((status = 200, body = Page<PledgeItem>)))]
async fn list_pledges(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<PledgeItem>>, Problem> {
    let on = app.db.clock().business_date();
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = find::page(app.db.read(), &who.scope(), &query.filter(on), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |pledge| item(pledge, on))))
}

/// The same as a file.
#[utoipa::path(get, path = "/pledges/export", tag = "pledges", operation_id = "export_pledges",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_pledges(
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
        let page = find::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|one| cells(one, on, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("质押编号", "Number"),
            ("登记号", "Registration number"),
            ("质权人", "Pledgee"),
            ("出质人", "Pledgor"),
            ("被担保债权（元）", "Secured amount"),
            ("质押物价值（元）", "Collateral value"),
            ("可贷上限（元）", "Greatest loan"),
            ("专利件数", "Patents"),
            ("状态", "Status"),
            ("登记办理", "Filing"),
            ("应答期限", "Answer due on"),
            ("是否逾期", "Overdue"),
            ("登记日", "Registered on"),
            ("注销日", "Cancelled on"),
        ],
    );
    Table { name: "pledges".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Pledge, on: NaiveDate, lang: Lang) -> Vec<Cell> {
    let filing = one.filing.as_ref();
    let overdue = filing.is_some_and(|filing| filing.is_overdue(on));
    vec![
        Cell::Text(one.number.clone()),
        one.registration_number.clone().map_or(Cell::Empty, Cell::Text),
        Cell::Text(one.bank_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Amount(one.secured_amount),
        Cell::Amount(one.collateral_value),
        Cell::Amount(one.maximum_loan),
        Cell::Number(i64::try_from(one.patents.len()).unwrap_or(i64::MAX)),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        filing.map_or(Cell::Empty, |filing| Cell::said(lang, filing.state.name_zh(), filing.state.name())),
        filing.and_then(|filing| filing.due_on).map_or(Cell::Empty, Cell::Date),
        Cell::yes(lang, overdue),
        one.registered_on.map_or(Cell::Empty, Cell::Date),
        one.cancelled_on.map_or(Cell::Empty, Cell::Date),
    ]
}

/// What the history is paged by.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// `at` for the oldest first, `-at` for the newest first (the default).
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What happened to a pledge: every filing, message, consent and warning.
#[utoipa::path(get, path = "/pledges/{id}/history", tag = "pledges", operation_id = "read_pledge_history",
    params(("id" = PledgeId, Path), HistoryQuery),
    responses((status = 200, body = Page<HistoryLine>), (status = 404)))]
async fn pledge_history(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    QueryOf(query): QueryOf<HistoryQuery>,
) -> Result<Json<Page<HistoryLine>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let descending = match query.sort.as_deref() {
        None | Some("-at") => true,
        Some("at") => false,
        Some(_) => {
            return Err(Problem::bad_fields(Vec::new()).with_field(
                "sort",
                "可按 at 或 -at 排序。",
                "Sort by at or -at.",
            ));
        }
    };
    find::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = history::page(conn, &scope, id, descending, &request).await?;
    Ok(Json(Page::of(page, |line| line)))
}
