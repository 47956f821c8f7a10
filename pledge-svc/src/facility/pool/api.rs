//! Routes of the borrowing base and of margin calls.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, OrgKind};
use finance::{Money, Rate};
use http_kit::{
    Api, Command, Lang, Page, PageQuery, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, InTx,
    listing::{Sort, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::base::{reckon, recompute};
use crate::{
    facility::{
        api::{seen, sees_members, unsortable},
        model::{base::BorrowingBase, margin_call::CallStatus},
        store::{
            self,
            pool::{base::Column as B, call::Column as C},
        },
    },
    state::App,
};

/// The routes of this file.
pub(in crate::facility) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(borrowing_base))
        .route(Permission::FacilityRead, routes!(base_history))
        .route(Permission::PledgeRegister, routes!(recompute_base))
        .route(Permission::FacilityRead, routes!(list_calls))
        .route(Permission::FacilityRead, routes!(export_calls))
}

/// The facility does not lend on a pool.
fn no_pool() -> Problem {
    Problem::refused(
        "no-patent-pool",
        "该授信不以专利池担保，没有借款基数。",
        "The facility does not lend on a pool of patents and so has no borrowing base.",
    )
}

/// The base of a facility that a scope may see, reckoned now.
async fn now(app: &App, who: &Who, id: FacilityId) -> Result<BorrowingBase, Problem> {
    let row = seen(app, who, id).await?;
    // The pool says what every member has pledged: its banks and the regulator read it, a member its own patents.
    if !sees_members(who) && who.0.org_kind != OrgKind::Enterprise {
        return Err(Problem::not_found());
    }
    let facility = store::facility_of(row, Vec::new())?;
    let on = contracts::clock::china_date(app.db.clock().now());
    let mut base = reckon(app.db.read(), &facility, on).await?.ok_or_else(no_pool)?;
    if !sees_members(who) {
        base.rows.retain(|row| row.owner_id == who.0.tenant);
    }
    Ok(base)
}

/// What the pool carries now, with every patent and what of it does not count; a member sees its own patents.
#[utoipa::path(get, path = "/facilities/{id}/borrowing-base", tag = "facilities", operation_id = "get_borrowing_base",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = BorrowingBase), (status = 404), (status = 409, description = "no-patent-pool")))]
async fn borrowing_base(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<BorrowingBase>, Problem> {
    now(&app, &who, id).await.map(Json)
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
struct RecomputeRequest {}

/// Reckon and record the base now, with what follows from it: after patents were added, for instance.
#[utoipa::path(post, path = "/facilities/{id}/borrowing-base", tag = "facilities",
    operation_id = "recompute_borrowing_base", params(("id" = FacilityId, Path), RetryKey), request_body = RecomputeRequest,
    responses((status = 200, body = BorrowingBase), (status = 404), (status = 409, description = "no-patent-pool")))]
async fn recompute_base(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    command: Command<RecomputeRequest>,
) -> Result<Json<BorrowingBase>, Problem> {
    let row = seen(&app, &who, id).await?;
    if row.bank_id != who.0.tenant.uuid() {
        return Err(Problem::not_found());
    }
    let actor = &who.0.actor();
    let base: Option<BorrowingBase> = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move { recompute(tx, id, "request", actor).await.map_err(http_kit::ActError::from) }.in_tx()
        })
        .await?;
    base.map(Json).ok_or_else(no_pool)
}

/// A base that was recorded.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct BaseRecord {
    /// Its id.
    id: Uuid,
    /// The day it was reckoned for.
    on: NaiveDate,
    /// Why: `close`, `valuation`, `legal_status`, `pledge`, `deposit`, `request`.
    cause: String,
    /// The accepted value of every patent.
    accepted: Money,
    /// What of it did not count.
    excluded: Money,
    /// What counted.
    eligible: Money,
    /// What was lent on it.
    advance_rate: Rate,
    /// Margin paid in.
    margin: Money,
    /// What the pool carried.
    base: Money,
    /// Principal drawn by all.
    outstanding: Money,
    /// What it lacked.
    shortfall: Money,
    /// When it was reckoned.
    created_at: DateTime<Utc>,
}

/// The bases that were recorded, newest first.
#[utoipa::path(get, path = "/facilities/{id}/borrowing-base/history", tag = "facilities",
    operation_id = "list_borrowing_bases", params(("id" = FacilityId, Path), PageQuery),
    responses((status = 200, body = Page<BaseRecord>), (status = 404)))]
async fn base_history(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Json<Page<BaseRecord>>, Problem> {
    seen(&app, &who, id).await?;
    if !sees_members(&who) {
        return Err(Problem::not_found());
    }
    let newest = Sort { column: B::CreatedAt, descending: true };
    let found = page(store::pool::reckoned(id), app.db.read(), newest, B::Id, &query.request()).await?;
    let items = found.items.into_iter().map(base_record).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

fn base_record(row: store::pool::base::Model) -> Result<BaseRecord, Fault> {
    Ok(BaseRecord {
        id: row.id,
        on: row.as_of,
        cause: row.cause,
        accepted: Money::from_fen(row.accepted_fen),
        excluded: Money::from_fen(row.excluded_fen),
        eligible: Money::from_fen(row.eligible_fen),
        advance_rate: store::rate(&row.advance_rate)?,
        margin: Money::from_fen(row.margin_fen),
        base: Money::from_fen(row.base_fen),
        outstanding: Money::from_fen(row.outstanding_fen),
        shortfall: Money::from_fen(row.shortfall_fen),
        created_at: row.created_at,
    })
}

/// A margin call.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct MarginCallView {
    /// Its id.
    id: Uuid,
    /// Its number.
    number: String,
    /// The facility.
    facility_id: FacilityId,
    /// The facility's name.
    facility_name: String,
    /// Where it is.
    status: CallStatus,
    /// What is lacking now.
    shortfall: Money,
    /// The most that was lacking.
    peak: Money,
    /// The day it was called.
    called_on: NaiveDate,
    /// The last day to cure it.
    due_on: NaiveDate,
    /// What the pool carried when it was called.
    called_base: Money,
    /// What was drawn when it was called.
    called_outstanding: Money,
    /// What the pool carried when it was last looked at.
    base: Money,
    /// What was drawn when it was last looked at.
    outstanding: Money,
    /// The day its period had ended without a cure.
    lapsed_on: Option<NaiveDate>,
    /// The day it was cured.
    cured_on: Option<NaiveDate>,
    /// The day on which there was nothing to cure any more: the line lends on no pool, or was closed.
    lifted_on: Option<NaiveDate>,
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// In this state.
    status: Option<CallStatus>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// `due_on` (default), `-called_on`, `-shortfall`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

impl Filter {
    fn select(&self, who: &Who) -> Select<store::pool::call::Entity> {
        let mut query = store::pool::calls(&who.scope());
        if let Some(status) = self.status {
            query = query.filter(C::Status.eq(status.name()));
        }
        if let Some(facility) = self.facility_id {
            query = query.filter(C::FacilityId.eq(facility.uuid()));
        }
        query
    }

    fn sort(&self) -> Result<Sort<C>, Problem> {
        let text = self.sort.as_deref().unwrap_or("due_on");
        let column = match text.trim_start_matches('-') {
            "due_on" => C::DueOn,
            "called_on" => C::CalledOn,
            "shortfall" => C::ShortfallFen,
            _ => return Err(unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// Margin calls on the facilities in scope, the one that is due first on top.
#[utoipa::path(get, path = "/margin-calls", tag = "facilities", operation_id = "list_margin_calls", params(Filter),
    responses((status = 200, body = Page<MarginCallView>)))]
async fn list_calls(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<MarginCallView>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who), app.db.read(), filter.sort()?, C::Id, &request).await?;
    let items = call_views(&app, &who, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

async fn call_views(
    app: &App,
    who: &Who,
    rows: Vec<store::pool::call::Model>,
) -> Result<Vec<MarginCallView>, Problem> {
    use store::facility::Column as F;
    let names: Vec<(Uuid, String)> = store::find(&who.scope())
        .select_only()
        .column(F::Id)
        .column(F::Name)
        .filter(F::Id.is_in(rows.iter().map(|row| row.facility_id)))
        .into_tuple()
        .all(app.db.read())
        .await?;
    let view = |row: store::pool::call::Model| {
        let name = names.iter().find(|(id, _)| *id == row.facility_id).map(|(_, name)| name.clone());
        Ok(MarginCallView {
            id: row.id,
            number: row.number,
            facility_id: row.facility_id.into(),
            facility_name: name.unwrap_or_default(),
            status: CallStatus::parse(&row.status)
                .ok_or_else(|| Fault::Corrupt(format!("margin call status {}", row.status)))?,
            shortfall: Money::from_fen(row.shortfall_fen),
            peak: Money::from_fen(row.peak_fen),
            called_on: row.called_on,
            due_on: row.due_on,
            called_base: Money::from_fen(row.called_base_fen),
            called_outstanding: Money::from_fen(row.called_outstanding_fen),
            base: Money::from_fen(row.base_fen),
            outstanding: Money::from_fen(row.outstanding_fen),
            lapsed_on: row.lapsed_on,
            cured_on: row.cured_on,
            lifted_on: row.lifted_on,
        })
    };
    rows.into_iter().map(view).collect::<Result<_, Fault>>().map_err(Problem::from)
}

/// The same as a file.
#[utoipa::path(get, path = "/margin-calls/export", tag = "facilities", operation_id = "export_margin_calls",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
async fn export_calls(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let rows = filter.select(&who).order_by_asc(C::DueOn).limit(ROWS_MAX).all(app.db.read()).await?;
    let columns = if lang == Lang::Zh {
        ["编号", "授信", "状态", "缺口", "最大缺口", "借款基数", "已用", "通知日", "补足期限", "补足或解除日"]
    } else {
        [
            "Number",
            "Facility",
            "Status",
            "Shortfall",
            "Peak",
            "Base",
            "Drawn",
            "Called on",
            "Due on",
            "Cured or lifted on",
        ]
    };
    let table = Table {
        name: "margin-calls".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: call_views(&app, &who, rows).await?.into_iter().map(|view| cells(view, lang)).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: MarginCallView, lang: Lang) -> Vec<Cell> {
    let status = if lang == Lang::Zh { view.status.name_zh() } else { view.status.name() };
    vec![
        Cell::Text(view.number),
        Cell::Text(view.facility_name),
        Cell::Text(status.to_owned()),
        Cell::Amount(view.shortfall),
        Cell::Amount(view.peak),
        Cell::Amount(view.base),
        Cell::Amount(view.outstanding),
        Cell::Date(view.called_on),
        Cell::Date(view.due_on),
        view.cured_on.or(view.lifted_on).map_or(Cell::Empty, Cell::Date),
    ]
}
