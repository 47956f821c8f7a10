//! Items as a list and as a file in the national platform's manner.

use axum::{Json, extract::State, response::Response};
use contracts::{CampaignId, PatentId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, FileKind, Table},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::Sort;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    items::{ItemView, view},
    model::ItemState,
    own,
    platform_columns::{self, PlatformColumn},
    store::{self, Column, Filter},
};
use crate::state::App;

/// Days before an item's day from which it is in the reminders.
const REMINDED_DAYS: i64 = 7;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeRead, routes!(list_items))
        .route(Permission::StocktakeRead, routes!(export_items))
        .route(Permission::StocktakeRead, routes!(list_columns))
}

/// Whom an item of a running stocktake waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Waiting {
    /// The inventor.
    Inventor,
    /// The transfer office.
    Unit,
    /// A reviewer.
    Review,
    /// Anybody, and due within a week.
    Due,
    /// Anybody, and past its day.
    Late,
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemQuery {
    /// Of this stocktake.
    campaign_id: Option<CampaignId>,
    /// Of stocktakes that run (`true`) or are closed (`false`).
    running: Option<bool>,
    /// Of running stocktakes: what waits for the `inventor`, the `unit` or `review`; what is `due` within a week or `late`.
    #[param(inline)]
    waiting: Option<Waiting>,
    /// `draft`, `college`, `institution`, `library`, `kept_out`.
    #[param(inline)]
    state: Option<ItemState>,
    /// Given to this college.
    college: Option<String>,
    /// Given to some college, or to none.
    assigned: Option<bool>,
    /// Of this prospect grade, 1 to 5; 0 for what nobody has graded.
    grade: Option<u8>,
    /// With this label.
    label: Option<String>,
    /// In this bundle.
    bundle: Option<i64>,
    /// Of this patent.
    patent_id: Option<PatentId>,
    /// Past their day and not reviewed.
    overdue: Option<bool>,
    /// Not reviewed.
    unfinished: Option<bool>,
    /// Granted more than five years ago, not used, no reason on file.
    dormant: Option<bool>,
    /// Number, title, college or inventor contains this.
    q: Option<String>,
    /// `number`, `due_on` or `updated_at`, within one stocktake also `state`, `college` or `grade`; with `-` in front,
    /// largest first. Default `number`.
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

impl ItemQuery {
    fn filter(&self, on: chrono::NaiveDate) -> Filter {
        let asked = |flag: Option<bool>| flag.unwrap_or(false);
        let soon = on.checked_add_signed(chrono::TimeDelta::days(REMINDED_DAYS)).unwrap_or(on);
        let (state, waits) = match self.waiting {
            Some(Waiting::Inventor) => (Some(ItemState::Draft), true),
            Some(Waiting::Unit) => (Some(ItemState::College), true),
            Some(Waiting::Review) => (Some(ItemState::Institution), true),
            Some(Waiting::Due | Waiting::Late) => (self.state, true),
            None => (self.state, false),
        };
        let late = asked(self.overdue) || self.waiting == Some(Waiting::Late);
        Filter {
            campaign: self.campaign_id,
            running: if waits { Some(true) } else { self.running },
            state,
            college: self.college.clone(),
            assigned: self.assigned,
            grade: self.grade,
            label: self.label.clone(),
            bundle: self.bundle,
            patent: self.patent_id,
            overdue_on: late.then_some(on),
            due_within: (self.waiting == Some(Waiting::Due)).then_some((on, soon)),
            unfinished: asked(self.unfinished),
            dormant_on: asked(self.dormant).then_some(on),
            text: self.q.clone(),
        }
    }

    /// Every order has its index: across stocktakes those of number, day and change, within one all of them.
    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("number");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let within_one = self.campaign_id.is_some();
        let column = match name {
            "number" => Column::PatentNumber,
            "due_on" => Column::DueOn,
            "updated_at" => Column::UpdatedAt,
            "state" if within_one => Column::State,
            "college" if within_one => Column::College,
            "grade" if within_one => Column::Grade,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 number、due_on、updated_at 排序；指定盘点（campaign_id）后还可按 state、college、grade 排序。",
                    "Sort by number, due_on or updated_at; within one stocktake (campaign_id) also by state, college or grade.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The items that one may see: an inventor the own ones.
#[utoipa::path(get, path = "/stocktake-items", tag = "stocktakes", operation_id = "list_stocktake_items",
    params(ItemQuery), responses((status = 200, body = Page<ItemView>)))]
async fn list_items(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ItemQuery>,
) -> Result<Json<Page<ItemView>>, Problem> {
    let (own, on) = (own(&who.0), app.db.clock().business_date());
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let sight = (&who.scope(), own.as_ref());
    let page = store::page_items(app.db.read(), sight, &query.filter(on), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |item| view(item, on))))
}

/// The same as a file with the national platform's columns, at most 50,000 rows: filter by college beyond.
#[utoipa::path(get, path = "/stocktake-items/export", tag = "stocktakes", operation_id = "export_stocktake_items",
    params(ItemQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_items(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ItemQuery>,
) -> Result<Response, Problem> {
    let (own, on, sort) = (&own(&who.0), app.db.clock().business_date(), query.sort()?);
    let (conn, scope, filter) = (app.db.read(), &who.scope(), &query.filter(on));
    let rows = export::rows(
        |request| async move { store::page_items(conn, (scope, own.as_ref()), filter, sort, &request).await },
        |item| Ok(platform_columns::cells(&view(item, on), lang)),
    )
    .await?;
    Table { name: "stocktake".to_owned(), columns: platform_columns::heads(lang), rows }.respond(query.format)
}

/// The columns of that file, and whether the head of each is confirmed to be the national platform's.
#[utoipa::path(get, path = "/stocktake-columns", tag = "stocktakes", operation_id = "list_stocktake_columns",
    responses((status = 200, body = Page<PlatformColumn>)))]
async fn list_columns() -> Json<Page<PlatformColumn>> {
    Json(Page { items: platform_columns::described(), next_cursor: None })
}
