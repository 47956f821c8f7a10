//! Valuations of every bank that are to be made anew: why, by when, and whether they were.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{OrgId, PatentId, TriggerId, ValuationId};
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
        revaluation::{Column, Entity, Model},
        visible,
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
    /// `due`, `overdue` (due, and the deadline has passed), `closed`.
    status: Option<String>,
    /// For this cause: `invalidation_filed`, `annuity_missed` …
    cause: Option<String>,
    /// In patent number, title, valuation number or bank.
    q: Option<String>,
    /// `deadline` (default), `noted_on`, `bank_name`; a minus for largest first.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const ORDERS: [(&str, Column); 3] =
    [("deadline", Column::Deadline), ("noted_on", Column::NotedOn), ("bank_name", Column::TenantName)];

impl Filter {
    fn select(&self, scope: &Scope, today: NaiveDate) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::Tenant));
        query = only(query, Column::Tenant, self.bank_id);
        query = match self.status.as_deref() {
            Some("due") => query.filter(Column::ClosedOn.is_null()),
            Some("overdue") => query.filter(Column::ClosedOn.is_null()).filter(Column::Deadline.lt(today)),
            Some("closed") => query.filter(Column::ClosedOn.is_not_null()),
            _ => query,
        };
        query = only(query, Column::Cause, self.cause.as_deref());
        saying(
            query,
            &[Column::PatentNumber, Column::PatentTitle, Column::ValuationNumber, Column::TenantName],
            self.q.as_deref(),
        )
    }
}

/// A valuation to be made anew.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct SupervisedRevaluation {
    /// What asks for it.
    id: TriggerId,
    /// The valuation.
    valuation_id: ValuationId,
    /// Its number.
    valuation_number: String,
    /// Whose it is.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// What the valuation was for.
    purpose: String,
    /// The patent.
    patent_id: PatentId,
    /// Its publication number.
    patent_number: String,
    /// Its title.
    patent_title: String,
    /// A stable word.
    cause: String,
    /// Why, in Chinese.
    reason_zh: String,
    /// Why, in English.
    reason_en: String,
    /// The day on which it was noticed.
    noted_on: NaiveDate,
    /// By when the patent is to be valued anew.
    deadline: NaiveDate,
    /// When it was; absent while it is due.
    closed_on: Option<NaiveDate>,
    /// `due`, `overdue` or `closed`.
    status: &'static str,
}

impl SupervisedRevaluation {
    fn of(row: Model, today: NaiveDate) -> Self {
        let status = match row.closed_on {
            Some(_) => "closed",
            None if row.deadline < today => "overdue",
            None => "due",
        };
        Self {
            id: row.id.into(),
            valuation_id: row.valuation_id.into(),
            valuation_number: row.valuation_number,
            bank_id: row.tenant.into(),
            bank_name: row.tenant_name,
            purpose: row.purpose,
            patent_id: row.patent_id.into(),
            patent_number: row.patent_number,
            patent_title: row.patent_title,
            cause: row.cause,
            reason_zh: row.reason_zh,
            reason_en: row.reason_en,
            noted_on: row.noted_on,
            deadline: row.deadline,
            closed_on: row.closed_on,
            status,
        }
    }
}

#[utoipa::path(get, path = "/revaluations", tag = "portfolio", operation_id = "supervised_revaluations", params(Filter),
    responses((status = 200, body = Page<SupervisedRevaluation>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<SupervisedRevaluation>>, Problem> {
    let today = app.db.clock().business_date();
    let sort = order(filter.sort.as_deref(), "deadline", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope(), today), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, |row| SupervisedRevaluation::of(row, today))))
}

#[utoipa::path(get, path = "/revaluations/export", tag = "portfolio",
    operation_id = "export_supervised_revaluations", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = filter.select(&who.scope(), today).order_by_asc(Column::Deadline).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("银行", "Bank"),
        ("评估编号", "Valuation"),
        ("专利号", "Patent"),
        ("专利名称", "Title"),
        ("原因", "Reason"),
        ("发现日", "Noted on"),
        ("重估期限", "Deadline"),
        ("重估完成日", "Valued anew on"),
    ];
    let cells = |row: Model| {
        let view = SupervisedRevaluation::of(row, today);
        vec![
            Cell::Text(view.bank_name),
            Cell::Text(view.valuation_number),
            Cell::Text(view.patent_number),
            Cell::Text(view.patent_title),
            Cell::said(lang, &view.reason_zh, &view.reason_en),
            Cell::Date(view.noted_on),
            Cell::Date(view.deadline),
            view.closed_on.map_or(Cell::Empty, Cell::Date),
        ]
    };
    let table = table("revaluations", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}
