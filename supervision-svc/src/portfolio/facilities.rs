//! Facilities of every bank: the list, one with its members and its events, the export.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, OrgId, events::SyndicateShare};
use finance::{Money, Rate};
use http_kit::{
    Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::{
    desk::{Look, exported, looked, only, order, ratio_cell, saying, table},
    events::{EventView, timeline},
    model::ratio::ratio,
};
use crate::{
    read_model::{
        facility::{Column, Entity, Model},
        member, visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this bank.
    bank_id: Option<Uuid>,
    /// In this industry.
    industry: Option<String>,
    /// `proposed`, `active`, `suspended`, `expired`, `closed`, `refused`.
    status: Option<String>,
    /// In number, name, cluster or bank.
    q: Option<String>,
    /// `-limit` (default), `drawn`, `number`, `bank_name`, `changed_at`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const ORDERS: [(&str, Column); 5] = [
    ("limit", Column::LimitFen),
    ("drawn", Column::DrawnFen),
    ("number", Column::Number),
    ("bank_name", Column::BankName),
    ("changed_at", Column::ChangedAt),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query =
            Entity::find().filter(visible(scope, Column::BankId)).filter(Column::StateVersion.gt(0));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::Industry, self.industry.as_deref());
        query = only(query, Column::Status, self.status.as_deref());
        saying(query, &[Column::Number, Column::Name, Column::Cluster, Column::BankName], self.q.as_deref())
    }
}

/// A facility.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct FacilityFigures {
    /// Its id.
    id: FacilityId,
    /// Its number.
    number: String,
    /// Its name.
    name: String,
    /// The (lead) bank.
    bank_id: OrgId,
    /// The bank's name.
    bank_name: String,
    /// The cluster's name.
    cluster: String,
    /// The industry's code.
    industry: String,
    /// The limit.
    limit: Money,
    /// Drawn.
    drawn: Money,
    /// Held for approved applications.
    reserved: Money,
    /// Limit less drawn and reserved.
    available: Money,
    /// Drawn over limit.
    utilisation: Option<Rate>,
    /// The currency.
    currency: &'static str,
    /// Where it stands.
    status: String,
    /// First day of the window.
    available_from: NaiveDate,
    /// Last day of the window.
    available_until: NaiveDate,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl From<Model> for FacilityFigures {
    fn from(row: Model) -> Self {
        let (limit, drawn, reserved) = (
            Money::from_fen(row.limit_fen),
            Money::from_fen(row.drawn_fen),
            Money::from_fen(row.reserved_fen),
        );
        Self {
            id: row.id.into(),
            number: row.number,
            name: row.name,
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            cluster: row.cluster,
            industry: row.industry,
            limit,
            drawn,
            reserved,
            available: limit.saturating_sub(drawn).saturating_sub(reserved),
            utilisation: ratio(drawn, limit),
            currency: Money::CURRENCY,
            status: row.status,
            available_from: row.available_from,
            available_until: row.available_until,
            changed_at: row.changed_at,
        }
    }
}

/// A member's place.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct MemberFigures {
    /// The enterprise.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// The most it may have drawn at once.
    sub_limit: Money,
    /// Drawn.
    drawn: Money,
    /// Held.
    reserved: Money,
    /// Sub-limit less drawn and reserved.
    available: Money,
    /// Drawn over the facility's limit.
    share_of_limit: Option<Rate>,
}

/// A facility with its members and its events.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct FacilityDetail {
    #[serde(flatten)]
    figures: FacilityFigures,
    /// The syndicate.
    shares: Vec<SyndicateShare>,
    /// The members, largest draws first.
    members: Vec<MemberFigures>,
    /// What was heard of it, newest first.
    events: Vec<EventView>,
}

#[utoipa::path(get, path = "/facilities", tag = "portfolio", operation_id = "supervised_facilities", params(Filter),
    responses((status = 200, body = Page<FacilityFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<FacilityFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-limit", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, FacilityFigures::from)))
}

#[utoipa::path(get, path = "/facilities/{id}", tag = "portfolio", operation_id = "supervised_facility",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = FacilityDetail), (status = 404, description = "Not known")))]
pub(super) async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<FacilityDetail>, Problem> {
    let conn = app.db.read();
    let found = Filter::default().select(&who.scope()).filter(Column::Id.eq(id.uuid())).one(conn).await;
    let row = found.map_err(Fault::from)?.ok_or_else(Problem::not_found)?;
    let path = format!("/facilities/{id}");
    looked(&app, &who, Look { subject: "facility", id: row.id, bank: row.bank_id, path }).await?;
    let limit = Money::from_fen(row.limit_fen);
    Ok(Json(FacilityDetail {
        shares: serde_json::from_str(&row.shares).map_err(Fault::from)?,
        members: members(conn, row.id, limit).await?,
        events: timeline(conn, &who.scope(), row.id).await?,
        figures: row.into(),
    }))
}

async fn members(
    conn: &impl ConnectionTrait,
    facility: Uuid,
    limit: Money,
) -> Result<Vec<MemberFigures>, Fault> {
    use member::Column;
    let rows = member::Entity::find()
        .filter(Column::FacilityId.eq(facility))
        .filter(Column::InLine.eq(true))
        .order_by_desc(Column::DrawnFen)
        .order_by_asc(Column::EnterpriseId)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (sub_limit, drawn, reserved) = (
                Money::from_fen(row.sub_limit_fen),
                Money::from_fen(row.drawn_fen),
                Money::from_fen(row.reserved_fen),
            );
            MemberFigures {
                enterprise_id: row.enterprise_id.into(),
                enterprise_name: row.enterprise_name,
                sub_limit,
                drawn,
                reserved,
                available: sub_limit.saturating_sub(drawn).saturating_sub(reserved),
                share_of_limit: ratio(drawn, limit),
            }
        })
        .collect())
}

#[utoipa::path(get, path = "/facilities/export", tag = "portfolio", operation_id = "export_supervised_facilities",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_asc(Column::Number).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("编号", "Number"),
        ("名称", "Name"),
        ("主办银行", "Lead bank"),
        ("产业集群", "Cluster"),
        ("产业", "Industry"),
        ("额度", "Limit"),
        ("已用", "Drawn"),
        ("预留", "Reserved"),
        ("可用", "Available"),
        ("使用率", "Utilisation"),
        ("状态", "Status"),
        ("可用至", "Available until"),
    ];
    let cells = |row: Model| {
        let view = FacilityFigures::from(row);
        vec![
            Cell::Text(view.number),
            Cell::Text(view.name),
            Cell::Text(view.bank_name),
            Cell::Text(view.cluster),
            Cell::Text(view.industry),
            Cell::Amount(view.limit),
            Cell::Amount(view.drawn),
            Cell::Amount(view.reserved),
            Cell::Amount(view.available),
            ratio_cell(view.utilisation),
            Cell::Text(view.status),
            Cell::Date(view.available_until),
        ]
    };
    let table = table("facilities", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}
