//! Applications to every bank and their decisions.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, OrgId, PatentId};
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
        application::{Column, Entity, Model},
        visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// To this bank.
    bank_id: Option<Uuid>,
    /// Of this enterprise.
    enterprise_id: Option<Uuid>,
    /// `submitted`, `approved`, `refused`, `withdrawn`, `lapsed`.
    status: Option<String>,
    /// Submitted in this month: `2026-11`.
    month: Option<String>,
    /// In bank or enterprise.
    q: Option<String>,
    /// `-submitted_on` (default), `amount`, `bank_name`, `enterprise_name`, `decision_days`; a minus for largest first.
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
    ("submitted_on", Column::SubmittedOn),
    ("amount", Column::AmountFen),
    ("bank_name", Column::BankName),
    ("enterprise_name", Column::EnterpriseName),
    ("decision_days", Column::DecisionDays),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId)).filter(Column::Known.eq(true));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::EnterpriseId, self.enterprise_id);
        query = only(query, Column::Status, self.status.as_deref());
        query = only(query, Column::SubmittedMonth, self.month.as_deref());
        saying(query, &[Column::BankName, Column::EnterpriseName], self.q.as_deref())
    }
}

/// An application.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct ApplicationFigures {
    /// Its id.
    id: ApplicationId,
    /// The bank.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// The enterprise.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// The facility, where it is under one.
    facility_id: Option<FacilityId>,
    /// Asked for.
    amount: Money,
    /// Approved; zero otherwise.
    approved_amount: Money,
    /// Patents offered.
    patent_ids: Vec<PatentId>,
    /// Where it stands.
    status: String,
    /// Business date of submission.
    submitted_on: NaiveDate,
    /// Business date of the decision.
    decided_on: Option<NaiveDate>,
    /// Calendar days from submission to decision; null while undecided.
    days_to_decision: Option<i64>,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl From<Model> for ApplicationFigures {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            enterprise_id: row.enterprise_id.into(),
            enterprise_name: row.enterprise_name,
            facility_id: row.facility_id.map(FacilityId::from),
            amount: Money::from_fen(row.amount_fen),
            approved_amount: Money::from_fen(row.approved_fen),
            patent_ids: serde_json::from_str(&row.patents).unwrap_or_default(),
            status: row.status,
            submitted_on: row.submitted_on,
            decided_on: row.decided_on,
            days_to_decision: row.decided_on.map(|_| row.decision_days),
            changed_at: row.changed_at,
        }
    }
}

#[utoipa::path(get, path = "/applications", tag = "portfolio", operation_id = "supervised_applications", params(Filter),
    responses((status = 200, body = Page<ApplicationFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<ApplicationFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-submitted_on", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, ApplicationFigures::from)))
}

#[utoipa::path(get, path = "/applications/export", tag = "portfolio", operation_id = "export_supervised_applications",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_desc(Column::SubmittedOn).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("银行", "Bank"),
        ("企业", "Enterprise"),
        ("申请金额", "Amount asked"),
        ("批准金额", "Amount approved"),
        ("状态", "Status"),
        ("提交日", "Submitted on"),
        ("决定日", "Decided on"),
        ("用时（天）", "Days"),
    ];
    let rows = rows.into_iter().map(ApplicationFigures::from).map(cells).collect();
    let table = table("applications", lang, &columns, rows);
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

fn cells(view: ApplicationFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.bank_name),
        Cell::Text(view.enterprise_name),
        Cell::Amount(view.amount),
        Cell::Amount(view.approved_amount),
        Cell::Text(view.status),
        Cell::Date(view.submitted_on),
        view.decided_on.map_or(Cell::Empty, Cell::Date),
        view.days_to_decision.map_or(Cell::Empty, Cell::Number),
    ]
}
