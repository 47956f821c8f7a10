//! The annuity calendar: patents whose next annuity is due soon, is late, or was missed.

use axum::{Json, extract::State, response::Response};
use chrono::{Days, Months, NaiveDate};
use contracts::OrgId;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{ANNUITY_BASIS, AnnuityState, Basis, annuity::GRACE_MONTHS},
    view::{self, AnnuityItem},
};
use crate::{
    catalogue::{
        encumbrance,
        patent::LegalStatus,
        store::{self as patents, patent},
    },
    state::App,
};

/// Days ahead that the calendar looks where nobody says how many.
const AHEAD_DEFAULT: u32 = 90;
/// The most days ahead.
const AHEAD_MAX: u32 = 3_660;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(calendar))
        .route(Permission::PatentRead, routes!(export_calendar))
        .route(Permission::PatentRead, routes!(basis))
}

/// Which annuities.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    /// Due within the days asked for, late or missed.
    #[default]
    All,
    /// Due within the days asked for.
    DueSoon,
    /// Past their day, within the six months.
    Grace,
    /// Past the six months.
    Missed,
}

/// What the calendar is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CalendarQuery {
    /// `all`, `due_soon`, `grace` or `missed`.
    #[serde(default)]
    #[param(inline)]
    state: Wanted,
    /// How many days ahead to look, 1 to 3660; 90 where absent.
    within_days: Option<u32>,
    /// Of this owner, an organisation of the platform.
    owner_id: Option<OrgId>,
    /// Pledged to this bank.
    pledgee_id: Option<OrgId>,
    /// Part of a number, title or applicant.
    q: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl CalendarQuery {
    fn select(&self, scope: &Scope, on: NaiveDate) -> Select<patent::Entity> {
        use patent::Column;
        let ahead = self.within_days.unwrap_or(AHEAD_DEFAULT).clamp(1, AHEAD_MAX);
        let until = on.checked_add_days(Days::new(ahead.into())).unwrap_or(on);
        // What was due before this day is past the six months.
        let missed = on.checked_sub_months(Months::new(GRACE_MONTHS)).unwrap_or(on);
        let filter = patents::Filter {
            q: self.q.clone(),
            legal_status: Some(LegalStatus::Granted),
            owner: self.owner_id,
            ..patents::Filter::default()
        };
        let select = patents::find(scope, &filter, on);
        let select = match self.state {
            Wanted::All => select.filter(Column::AnnuityDueOn.lte(until)),
            Wanted::DueSoon => select.filter(Column::AnnuityDueOn.between(on, until)),
            Wanted::Grace => {
                select.filter(Column::AnnuityDueOn.gte(missed)).filter(Column::AnnuityDueOn.lt(on))
            }
            Wanted::Missed => select.filter(Column::AnnuityDueOn.lt(missed)),
        };
        match self.pledgee_id {
            None => select,
            Some(bank) => {
                let held = encumbrance::registered(encumbrance::Held { bank: Some(bank), enterprise: None });
                let patents = held.select_only().column(encumbrance::entity::Column::PatentId).into_query();
                select.filter(Column::Id.in_subquery(patents))
            }
        }
    }
}

/// What annuities are counted by: each figure with its source, and how well it is confirmed.
#[utoipa::path(get, path = "/annuities/basis", tag = "patents", operation_id = "list_annuity_basis",
    responses((status = 200, body = Page<Basis>)))]
async fn basis() -> Json<Page<Basis>> {
    Json(Page { items: ANNUITY_BASIS.to_vec(), next_cursor: None })
}

/// Patents by the day on which their next annuity is due, the first first.
#[utoipa::path(get, path = "/annuities", tag = "patents", operation_id = "list_annuities",
    params(CalendarQuery), responses((status = 200, body = Page<AnnuityItem>)))]
async fn calendar(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CalendarQuery>,
) -> Result<Json<Page<AnnuityItem>>, Problem> {
    let on = app.db.clock().business_date();
    let sort = Sort { column: patent::Column::AnnuityDueOn, descending: false };
    let request = page::request(query.limit, query.cursor.clone());
    let select = query.select(&who.scope(), on);
    let found = listing::page(select, app.db.read(), sort, patent::Column::Id, &request).await?;
    Ok(Json(Page { items: shown(&found.items, on)?, next_cursor: found.next_cursor }))
}

fn shown(rows: &[patent::Model], on: NaiveDate) -> Result<Vec<AnnuityItem>, Fault> {
    rows.iter().filter_map(|row| view::annuity(row, on).transpose()).collect()
}

/// The calendar as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/annuities/export", tag = "patents", operation_id = "export_annuities",
    params(CalendarQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_calendar(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<CalendarQuery>,
) -> Result<Response, Problem> {
    let on = app.db.clock().business_date();
    let rows = query
        .select(&who.scope(), on)
        .order_by_asc(patent::Column::AnnuityDueOn)
        .order_by_asc(patent::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    tokio::task::spawn_blocking(move || {
        let columns = heads(
            lang,
            [
                ("公开(公告)号", "Publication number"),
                ("名称", "Name"),
                ("权利人", "Holders"),
                ("已质押", "Pledged"),
                ("年费缴至", "Paid until"),
                ("年度", "Year"),
                ("应缴日", "Due on"),
                ("滞纳期满日", "Grace ends on"),
                ("年费（元）", "Annuity"),
                ("滞纳金（元）", "Surcharge"),
                ("状态", "State"),
            ],
        );
        let rows = shown(&rows, on)?.into_iter().map(|item| cells(item, lang)).collect();
        Table { name: "annuities".to_owned(), columns, rows }.respond(query.format)
    })
    .await
    .map_err(|error| Problem::fault(&error))?
}

fn cells(item: AnnuityItem, lang: Lang) -> Vec<Cell> {
    let (zh, en) = match item.next.state {
        AnnuityState::NotDue => ("未到期", "not due"),
        AnnuityState::Grace => ("滞纳期内", "late, in the grace period"),
        AnnuityState::Missed => ("逾期未缴", "missed"),
        AnnuityState::Unknown => ("未载明", "not known"),
    };
    vec![
        Cell::Text(item.number),
        Cell::Text(item.title),
        Cell::Text(item.holders.join(patents::NAMES)),
        Cell::yes(lang, item.encumbered),
        item.paid_until.map_or(Cell::Empty, Cell::Date),
        Cell::Number(item.next.year.into()),
        Cell::Date(item.next.due_on),
        Cell::Date(item.next.grace_ends_on),
        item.next.fee.map_or(Cell::Empty, Cell::Amount),
        Cell::Amount(item.next.surcharge),
        Cell::said(lang, zh, en),
    ]
}
