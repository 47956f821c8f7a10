//! The gateway's own audit trail: sign-ins, accounts, keys. Each sees its own organisation's rows; the platform and
//! the regulator see all.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, Utc};
use contracts::OrgKind;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::state::App;

/// The audit table, read only; its rows are written by `tx_kit`.
mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: DateTimeUtc,
        pub user_id: Uuid,
        pub user_name: String,
        pub tenant: Uuid,
        pub action: String,
        pub subject: String,
        pub subject_id: Uuid,
        pub details: String,
        pub sealed: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::AuditRead, routes!(list)).route(Permission::AuditRead, routes!(export))
}

/// One line of the trail.
#[derive(Debug, Serialize, ToSchema)]
struct AuditRow {
    /// The line.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// Who.
    user_name: String,
    /// Did what.
    action: String,
    /// To what kind of thing.
    subject: String,
    /// To which one.
    subject_id: Uuid,
    /// What changed.
    details: serde_json::Value,
}

impl TryFrom<entity::Model> for AuditRow {
    type Error = Fault;

    fn try_from(row: entity::Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            at: row.at,
            user_name: row.user_name,
            action: row.action,
            subject: row.subject,
            subject_id: row.subject_id,
            details: serde_json::from_str(&row.details)?,
        })
    }
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// One action, such as `session.open`.
    action: Option<String>,
    /// One thing.
    subject_id: Option<Uuid>,
    /// `-at` (default) or `at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: csv or xlsx.
    #[serde(default)]
    format: FileKind,
}

impl ListQuery {
    fn select(&self, scope: &Scope) -> Select<entity::Entity> {
        let mut select = entity::Entity::find();
        if !scope.sees_all() && scope.kind() != OrgKind::Platform {
            select = select.filter(entity::Column::Tenant.eq(scope.tenant().uuid()));
        }
        if let Some(action) = &self.action {
            select = select.filter(entity::Column::Action.eq(action));
        }
        if let Some(id) = self.subject_id {
            select = select.filter(entity::Column::SubjectId.eq(id));
        }
        select
    }

    fn order(&self) -> Result<Sort<entity::Column>, Problem> {
        let descending = match self.sort.as_deref() {
            None | Some("-at") => true,
            Some("at") => false,
            Some(_) => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "本列表只按时间排序：at 或 -at。",
                    "This list is sorted by time only: at or -at.",
                ));
            }
        };
        Ok(Sort { column: entity::Column::At, descending })
    }
}

/// 审计日志 · The gateway's audit trail
#[utoipa::path(get, path = "/audit", tag = "platform", operation_id = "audit", params(ListQuery),
    responses((status = 200, body = Page<AuditRow>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<AuditRow>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let select = query.select(&who.scope());
    let page = listing::page(select, app.db.read(), query.order()?, entity::Column::Id, &request).await?;
    let items = page.items.into_iter().map(AuditRow::try_from).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// 导出审计日志 · The audit trail as a file
#[utoipa::path(get, path = "/audit/export", tag = "platform", operation_id = "export_audit",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let rows = query
        .select(&who.scope())
        .order_by_desc(entity::Column::At)
        .order_by_desc(entity::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?
        .into_iter()
        .map(|row| {
            vec![
                Cell::Text(row.at.to_rfc3339()),
                Cell::Text(row.user_name),
                Cell::Text(row.action),
                Cell::Text(row.subject),
                Cell::Text(row.subject_id.to_string()),
                Cell::Text(row.details),
            ]
        })
        .collect();
    let columns = heads(
        lang,
        [
            ("时间", "At"),
            ("用户", "User"),
            ("操作", "Action"),
            ("对象", "Subject"),
            ("对象编号", "Subject id"),
            ("详情", "Details"),
        ],
    );
    Table { name: "audit".to_owned(), columns, rows }.respond(query.format)
}
