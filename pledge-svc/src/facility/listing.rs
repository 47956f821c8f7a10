//! Facilities as a list, as a file and one by one, and what stopped them.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
    versioned,
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{Sort, containing, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    api::{seen, sees_members, unsortable},
    model::{
        Status,
        triggers::{TriggerKind, TriggerState},
    },
    store::{self, facility::Column},
    view::{FacilityView, views},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(list))
        .route(Permission::FacilityRead, routes!(export))
        .route(Permission::FacilityRead, routes!(detail))
        .route(Permission::FacilityRead, routes!(triggers))
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// In this state.
    status: Option<Status>,
    /// In number or name.
    q: Option<String>,
    /// `-created_at` (default), `created_at`, `number`, `-limit`, `-drawn`.
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
    fn select(&self, who: &Who) -> Select<store::facility::Entity> {
        let mut query = store::find(&who.scope());
        if let Some(status) = self.status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(q) = &self.q {
            query = query.filter(containing(&[Column::Number, Column::Name], q));
        }
        query
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let column = match text.trim_start_matches('-') {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "limit" => Column::LimitFen,
            "drawn" => Column::DrawnFen,
            _ => return Err(unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// The collective lines that one may see: a bank's own and those it lends under, a member's, a cluster's.
#[utoipa::path(get, path = "/facilities", tag = "facilities", operation_id = "list_facilities", params(Filter),
    responses((status = 200, body = Page<FacilityView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<FacilityView>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    let items = views(app.db.read(), &who.scope(), found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The same lines as a file.
#[utoipa::path(get, path = "/facilities/export", tag = "facilities", operation_id = "export_facilities", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let rows = filter.select(&who).order_by_asc(Column::Number).limit(ROWS_MAX).all(app.db.read()).await?;
    let zh = lang == Lang::Zh;
    let columns = if zh {
        ["编号", "名称", "主办银行", "产业集群", "额度", "已用", "预留", "可用", "状态"]
    } else {
        ["Number", "Name", "Lead bank", "Cluster", "Limit", "Drawn", "Reserved", "Available", "Status"]
    };
    let table = Table {
        name: "facilities".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: views(app.db.read(), &who.scope(), rows).await?.into_iter().map(cells).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: FacilityView) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.name),
        Cell::Text(view.bank_name),
        Cell::Text(view.cluster),
        Cell::Amount(view.limit),
        Cell::Amount(view.drawn),
        Cell::Amount(view.reserved),
        Cell::Amount(view.available),
        Cell::Text(view.status.name().to_owned()),
    ]
}

/// One line: limit, use, terms, members, shares, cover. Its version is the `ETag`.
#[utoipa::path(get, path = "/facilities/{id}", tag = "facilities", operation_id = "get_facility",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = FacilityView, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<impl IntoResponse, Problem> {
    let row = seen(&app, &who, id).await?;
    let view = views(app.db.read(), &who.scope(), vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(versioned(view.version, view))
}

/// What stopped a line or a member, and what became of that.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct TriggerView {
    /// Its id.
    id: Uuid,
    /// Which trigger.
    kind: TriggerKind,
    /// The member, where it stopped one alone.
    enterprise_id: Option<OrgId>,
    /// The figure and the threshold in words.
    reason_zh: String,
    /// The same in English.
    reason_en: String,
    /// Whether it stands, was waived by people, or has cleared.
    state: TriggerState,
    /// The day it was found.
    tripped_on: NaiveDate,
    /// The day it was waived or cleared.
    ended_on: Option<NaiveDate>,
    /// Who waived it.
    ended_by: Option<String>,
}

/// What stopped the line or a member without anybody deciding it, and what became of it.
#[utoipa::path(get, path = "/facilities/{id}/triggers", tag = "facilities", operation_id = "list_facility_triggers",
    params(("id" = FacilityId, Path)), responses((status = 200, body = Page<TriggerView>), (status = 404)))]
async fn triggers(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<Page<TriggerView>>, Problem> {
    seen(&app, &who, id).await?;
    // A trigger names a member and its class: only the banks and the regulator read it.
    let rows = if sees_members(&who) { store::trigger::newest(app.db.read(), id).await? } else { Vec::new() };
    let items = rows.into_iter().map(trigger_view).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

fn trigger_view(row: store::trigger::row::Model) -> Result<TriggerView, Fault> {
    Ok(TriggerView {
        id: row.id,
        kind: TriggerKind::parse(&row.kind)
            .ok_or_else(|| Fault::Corrupt(format!("trigger kind {}", row.kind)))?,
        enterprise_id: row.enterprise_id.map(OrgId::from_uuid),
        state: store::trigger::state_of(&row)?,
        reason_zh: row.zh,
        reason_en: row.en,
        tripped_on: row.tripped_on,
        ended_on: row.ended_on,
        ended_by: row.ended_by,
    })
}
