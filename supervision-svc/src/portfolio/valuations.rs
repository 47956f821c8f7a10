//! Valuations of every organisation.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, ValuationId};
use finance::Money;
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::desk::{exported, hundredths, only, order, saying, table};
use crate::{
    read_model::{
        valuation::{Column, Entity, Model},
        visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this patent.
    patent_id: Option<Uuid>,
    /// For this organisation.
    tenant_id: Option<Uuid>,
    /// `pledge`, `licence`, `stocktake`.
    purpose: Option<String>,
    /// In patent number, title or organisation.
    q: Option<String>,
    /// `-valuation_date` (default), `value`, `score`, `patent_number`, `tenant_name`; a minus for largest first.
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
    ("valuation_date", Column::ValuationDate),
    ("value", Column::ValueFen),
    ("score", Column::ScoreHundredths),
    ("patent_number", Column::PatentNumber),
    ("tenant_name", Column::TenantName),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::Tenant));
        query = only(query, Column::PatentId, self.patent_id);
        query = only(query, Column::Tenant, self.tenant_id);
        query = only(query, Column::Purpose, self.purpose.as_deref());
        saying(query, &[Column::PatentNumber, Column::PatentTitle, Column::TenantName], self.q.as_deref())
    }
}

/// A valuation.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct ValuationFigures {
    /// Its id.
    id: ValuationId,
    /// For whom.
    tenant_id: OrgId,
    /// The name.
    tenant_name: String,
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    patent_number: String,
    /// Its title.
    patent_title: String,
    /// The industry's code.
    industry: Option<String>,
    /// What for.
    purpose: String,
    /// Score, 0 to 100.
    #[schema(value_type = String)]
    score: Decimal,
    /// Grade, where coverage allowed one.
    grade: Option<String>,
    /// Low end of the range.
    low: Money,
    /// Value.
    value: Money,
    /// High end of the range.
    high: Money,
    /// Value as collateral.
    collateral_value: Money,
    /// The most that may be lent on it.
    maximum_loan: Money,
    /// The day it is stated for.
    valuation_date: NaiveDate,
    /// The last day it may be relied on.
    valid_until: NaiveDate,
    /// The model with its version.
    model_version: String,
    /// When it was completed.
    completed_at: DateTime<Utc>,
}

impl From<Model> for ValuationFigures {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            tenant_id: row.tenant.into(),
            tenant_name: row.tenant_name,
            patent_id: row.patent_id.into(),
            patent_number: row.patent_number,
            patent_title: row.patent_title,
            industry: row.industry,
            purpose: row.purpose,
            score: hundredths(row.score_hundredths),
            grade: row.grade,
            low: Money::from_fen(row.low_fen),
            value: Money::from_fen(row.value_fen),
            high: Money::from_fen(row.high_fen),
            collateral_value: Money::from_fen(row.collateral_fen),
            maximum_loan: Money::from_fen(row.maximum_loan_fen),
            valuation_date: row.valuation_date,
            valid_until: row.valid_until,
            model_version: row.model_version,
            completed_at: row.completed_at,
        }
    }
}

#[utoipa::path(get, path = "/valuations", tag = "portfolio", operation_id = "supervised_valuations", params(Filter),
    responses((status = 200, body = Page<ValuationFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<ValuationFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-valuation_date", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, ValuationFigures::from)))
}

#[utoipa::path(get, path = "/valuations/export", tag = "portfolio", operation_id = "export_supervised_valuations",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_desc(Column::ValuationDate).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("专利号", "Patent"),
        ("名称", "Title"),
        ("机构", "Organisation"),
        ("用途", "Purpose"),
        ("评分", "Score"),
        ("等级", "Grade"),
        ("低值", "Low"),
        ("价值", "Value"),
        ("高值", "High"),
        ("质物价值", "Collateral value"),
        ("可贷上限", "Maximum loan"),
        ("评估基准日", "Valuation date"),
        ("有效期至", "Valid until"),
        ("模型", "Model"),
    ];
    let rows = rows.into_iter().map(ValuationFigures::from).map(cells).collect();
    let table = table("valuations", lang, &columns, rows);
    exported(&app, &who, &table, filter.tenant_id, filter.format).await
}

fn cells(view: ValuationFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.patent_number),
        Cell::Text(view.patent_title),
        Cell::Text(view.tenant_name),
        Cell::Text(view.purpose),
        Cell::Decimal(view.score),
        view.grade.map_or(Cell::Empty, Cell::Text),
        Cell::Amount(view.low),
        Cell::Amount(view.value),
        Cell::Amount(view.high),
        Cell::Amount(view.collateral_value),
        Cell::Amount(view.maximum_loan),
        Cell::Date(view.valuation_date),
        Cell::Date(view.valid_until),
        Cell::Text(view.model_version),
    ]
}
