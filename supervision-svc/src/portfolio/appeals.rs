//! Appeals against refusals of every bank.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, OrgId};
use finance::Money;
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::desk::{exported, only, order, saying, table};
use crate::{
    read_model::{
        appeal::{Column, Entity, Model},
        visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Against this bank.
    bank_id: Option<Uuid>,
    /// Of this enterprise.
    enterprise_id: Option<Uuid>,
    /// `open` (not decided), `upheld`, `reopened`.
    outcome: Option<String>,
    /// Made in this month: `2026-11`.
    month: Option<String>,
    /// In application number, bank or enterprise.
    q: Option<String>,
    /// `-made_on` (default), `amount`, `bank_name`, `enterprise_name`, `days`; a minus for largest first.
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
    ("made_on", Column::MadeOn),
    ("amount", Column::AmountFen),
    ("bank_name", Column::BankName),
    ("enterprise_name", Column::EnterpriseName),
    ("days", Column::Days),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId)).filter(Column::Known.eq(true));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::EnterpriseId, self.enterprise_id);
        query = match self.outcome.as_deref() {
            None => query,
            Some("open") => query.filter(Column::Outcome.is_null()),
            Some(outcome) => query.filter(Column::Outcome.eq(outcome)),
        };
        query = only(query, Column::MadeMonth, self.month.as_deref());
        saying(query, &[Column::Number, Column::BankName, Column::EnterpriseName], self.q.as_deref())
    }
}

/// An appeal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct AppealFigures {
    /// The application, which has one appeal at most.
    application_id: ApplicationId,
    /// Its number.
    number: String,
    /// The bank.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// The enterprise.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// Asked for.
    amount: Money,
    /// The day it was refused.
    refused_on: NaiveDate,
    /// The day of the appeal.
    made_on: NaiveDate,
    /// The last day that the bank has promised to decide it by.
    due_on: Option<NaiveDate>,
    /// `upheld` or `reopened`; null until decided.
    outcome: Option<String>,
    /// The day it was decided.
    decided_on: Option<NaiveDate>,
    /// Calendar days from the appeal to its decision; null until decided.
    days_to_decision: Option<i64>,
    /// Whether the promised day passed before it was decided, or has passed and it is not.
    late: bool,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl AppealFigures {
    fn of(row: Model, today: NaiveDate) -> Self {
        let until = row.decided_on.unwrap_or(today);
        Self {
            application_id: row.application_id.into(),
            number: row.number,
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            enterprise_id: row.enterprise_id.into(),
            enterprise_name: row.enterprise_name,
            amount: Money::from_fen(row.amount_fen),
            refused_on: row.refused_on,
            made_on: row.made_on,
            due_on: row.due_on,
            late: row.due_on.is_some_and(|due| until > due),
            days_to_decision: row.outcome.as_ref().map(|_| row.days),
            outcome: row.outcome,
            decided_on: row.decided_on,
            changed_at: row.changed_at,
        }
    }
}

#[utoipa::path(get, path = "/appeals", tag = "recovery", operation_id = "supervised_appeals", params(Filter),
    responses((status = 200, body = Page<AppealFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<AppealFigures>>, Problem> {
    let today = app.db.clock().business_date();
    let sort = order(filter.sort.as_deref(), "-made_on", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let select = filter.select(&who.scope());
    let found = page(select, app.db.read(), sort, Column::ApplicationId, &request).await?;
    Ok(Json(Page::of(found, |row| AppealFigures::of(row, today))))
}

#[utoipa::path(get, path = "/appeals/export", tag = "recovery", operation_id = "export_supervised_appeals",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = filter.select(&who.scope()).order_by_desc(Column::MadeOn).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("申请编号", "Application"),
        ("银行", "Bank"),
        ("企业", "Enterprise"),
        ("申请金额", "Amount asked"),
        ("拒绝日", "Refused on"),
        ("申诉日", "Appealed on"),
        ("承诺答复日", "Due on"),
        ("结果", "Outcome"),
        ("决定日", "Decided on"),
        ("用时（天）", "Days"),
    ];
    let cells = |row: Model| {
        let view = AppealFigures::of(row, today);
        vec![
            Cell::Text(view.number),
            Cell::Text(view.bank_name),
            Cell::Text(view.enterprise_name),
            Cell::Amount(view.amount),
            Cell::Date(view.refused_on),
            Cell::Date(view.made_on),
            view.due_on.map_or(Cell::Empty, Cell::Date),
            view.outcome.map_or(Cell::Empty, Cell::Text),
            view.decided_on.map_or(Cell::Empty, Cell::Date),
            view.days_to_decision.map_or(Cell::Empty, Cell::Number),
        ]
    };
    let table = table("appeals", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}
