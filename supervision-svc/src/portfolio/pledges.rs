//! Pledges in favour of every bank.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, OrgId, PledgeId};
use finance::{Money, Rate};
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::{
    desk::{exported, only, order, ratio_cell, saying, table},
    model::ratio::ratio,
};
use crate::{
    read_model::{
        pledge::{Column, Entity, Model},
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
    /// Of this pledgor.
    enterprise_id: Option<Uuid>,
    /// `submitted`, `registered`, `refused`, `cancelled`.
    status: Option<String>,
    /// Registered in this month: `2026-11`.
    month: Option<String>,
    /// In registration number, bank or enterprise.
    q: Option<String>,
    /// `-changed_at` (default), `secured`, `collateral`, `bank_name`, `enterprise_name`; a minus for largest first.
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
    ("changed_at", Column::ChangedAt),
    ("secured", Column::SecuredFen),
    ("collateral", Column::CollateralFen),
    ("bank_name", Column::BankName),
    ("enterprise_name", Column::EnterpriseName),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::EnterpriseId, self.enterprise_id);
        query = only(query, Column::Status, self.status.as_deref());
        query = only(query, Column::RegisteredMonth, self.month.as_deref());
        saying(
            query,
            &[Column::RegistrationNumber, Column::BankName, Column::EnterpriseName],
            self.q.as_deref(),
        )
    }
}

/// A pledge.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct PledgeFigures {
    /// Its id.
    id: PledgeId,
    /// The pledgee.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// The pledgor.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// The application it secures.
    application_id: ApplicationId,
    /// Where it stands.
    status: String,
    /// Its number in the register.
    registration_number: Option<String>,
    /// The secured claim.
    secured_amount: Money,
    /// Accepted value of the patents together.
    collateral_value: Money,
    /// Secured claim over collateral value.
    ltv: Option<Rate>,
    /// Business date of the registration.
    registered_on: Option<NaiveDate>,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl From<Model> for PledgeFigures {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            enterprise_id: row.enterprise_id.into(),
            enterprise_name: row.enterprise_name,
            application_id: row.application_id.into(),
            status: row.status,
            registration_number: row.registration_number,
            secured_amount: Money::from_fen(row.secured_fen),
            collateral_value: Money::from_fen(row.collateral_fen),
            ltv: ratio(Money::from_fen(row.secured_fen), Money::from_fen(row.collateral_fen)),
            registered_on: row.registered_on,
            changed_at: row.changed_at,
        }
    }
}

#[utoipa::path(get, path = "/pledges", tag = "portfolio", operation_id = "supervised_pledges", params(Filter),
    responses((status = 200, body = Page<PledgeFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<PledgeFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-changed_at", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, PledgeFigures::from)))
}

#[utoipa::path(get, path = "/pledges/export", tag = "portfolio", operation_id = "export_supervised_pledges",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_desc(Column::ChangedAt).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("登记号", "Registration number"),
        ("质权人", "Pledgee"),
        ("出质人", "Pledgor"),
        ("担保金额", "Secured amount"),
        ("质物价值", "Collateral value"),
        ("质押率", "LTV"),
        ("状态", "Status"),
        ("登记日", "Registered on"),
    ];
    let rows = rows.into_iter().map(PledgeFigures::from).map(cells).collect();
    let table = table("pledges", lang, &columns, rows);
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

fn cells(view: PledgeFigures) -> Vec<Cell> {
    vec![
        view.registration_number.map_or(Cell::Empty, Cell::Text),
        Cell::Text(view.bank_name),
        Cell::Text(view.enterprise_name),
        Cell::Amount(view.secured_amount),
        Cell::Amount(view.collateral_value),
        ratio_cell(view.ltv),
        Cell::Text(view.status),
        view.registered_on.map_or(Cell::Empty, Cell::Date),
    ]
}
