//! Timelines: the events about one thing, as they came.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::EventId;
use http_kit::{Page, Problem, QueryOf, Who};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::desk::order;
use crate::{
    read_model::event::{Column, Entity, Model},
    state::App,
};

/// Events shown with a detail; the whole timeline is a list of its own.
const SHOWN: u64 = 100;

/// An event as it came.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct EventView {
    /// Its id.
    id: EventId,
    /// The service that published it.
    source: String,
    /// What it is about.
    aggregate_id: Uuid,
    /// The version of what it is about, after it.
    version: i64,
    /// Its name with its version: `loan.drawn.v1`.
    name: String,
    /// When its cause was committed.
    occurred_at: DateTime<Utc>,
    /// The business date of its cause.
    business_date: NaiveDate,
    /// What it says.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl TryFrom<Model> for EventView {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        let mut event: serde_json::Value = serde_json::from_str(&row.data)?;
        Ok(Self {
            id: row.id.into(),
            source: row.source,
            aggregate_id: row.aggregate,
            version: row.version,
            name: row.name,
            occurred_at: row.occurred_at,
            business_date: row.business_date,
            data: event.get_mut("data").map(serde_json::Value::take).unwrap_or_default(),
        })
    }
}

/// The events that the scope may see: all of them, or none, since an event names several parties.
fn seen(scope: &Scope) -> Select<Entity> {
    let select = Entity::find();
    if scope.sees_all() { select } else { select.filter(Column::Aggregate.is_in(std::iter::empty::<Uuid>())) }
}

/// The newest events about one thing, newest first.
///
/// # Errors
/// The database's fault.
pub(super) async fn timeline(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    aggregate: Uuid,
) -> Result<Vec<EventView>, Fault> {
    let rows = seen(scope)
        .filter(Column::Aggregate.eq(aggregate))
        .order_by_desc(Column::Version)
        .limit(SHOWN)
        .all(conn)
        .await?;
    rows.into_iter().map(EventView::try_from).collect()
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// About this facility, loan, application, pledge, policy, claim or patent.
    aggregate_id: Option<Uuid>,
    /// Of this name: `loan.drawn.v1`.
    name: Option<String>,
    /// `-occurred_at` (default) or `occurred_at`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

#[utoipa::path(get, path = "/events", tag = "portfolio", operation_id = "supervised_events", params(Filter),
    responses((status = 200, body = Page<EventView>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<EventView>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-occurred_at", &[("occurred_at", Column::OccurredAt)])?;
    let mut query = seen(&who.scope());
    if let Some(aggregate) = filter.aggregate_id {
        query = query.filter(Column::Aggregate.eq(aggregate));
    }
    if let Some(name) = &filter.name {
        query = query.filter(Column::Name.eq(name));
    }
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let found = page(query, app.db.read(), sort, Column::Id, &request).await?;
    let items = found.items.into_iter().map(EventView::try_from).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}
