//! Insurance policies of every insurer.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, OrgId, PatentId, PolicyId};
use finance::Money;
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::desk::{exported, only, order, saying, table};
use crate::{
    read_model::{
        policy::{Column, Entity, Model},
        visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this insurer.
    insurer_id: Option<Uuid>,
    /// Of this product.
    product: Option<String>,
    /// `in_force`, `not_begun`, `expired`, `cancelled`.
    status: Option<String>,
    /// On this loan.
    loan_id: Option<Uuid>,
    /// In number, insurer or insured.
    q: Option<String>,
    /// `-ends_on` (default), `starts_on`, `premium`, `limit`, `number`; a minus for largest first.
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
    ("ends_on", Column::EndsOn),
    ("starts_on", Column::StartsOn),
    ("premium", Column::PremiumFen),
    ("limit", Column::LimitFen),
    ("number", Column::Number),
];

impl Filter {
    fn select(&self, scope: &Scope, today: NaiveDate) -> Select<Entity> {
        let mut query =
            Entity::find().filter(visible(scope, Column::InsurerId)).filter(Column::Known.eq(true));
        query = only(query, Column::InsurerId, self.insurer_id);
        query = only(query, Column::Product, self.product.as_deref());
        query = only(query, Column::LoanId, self.loan_id);
        let running = || Condition::all().add(Column::EndedMonth.is_null());
        query = match self.status.as_deref() {
            None => query,
            Some("in_force") => {
                query.filter(running().add(Column::StartsOn.lte(today)).add(Column::EndsOn.gte(today)))
            }
            Some("not_begun") => query.filter(running().add(Column::StartsOn.gt(today))),
            Some("expired") => query.filter(
                Condition::any()
                    .add(Column::Status.eq("expired"))
                    .add(running().add(Column::EndsOn.lt(today))),
            ),
            Some(other) => query.filter(Column::Status.eq(other)),
        };
        saying(query, &[Column::Number, Column::InsurerName, Column::InsuredName], self.q.as_deref())
    }
}

/// A policy.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct PolicyFigures {
    /// Its id.
    id: PolicyId,
    /// Its number.
    number: String,
    /// The insurer.
    insurer_id: OrgId,
    /// Its name.
    insurer_name: String,
    /// The product.
    product: String,
    /// The insured.
    insured_id: OrgId,
    /// The insured's name.
    insured_name: String,
    /// The patent insured.
    patent_id: Option<PatentId>,
    /// The loan insured.
    loan_id: Option<LoanId>,
    /// Who is paid, where it is not the insured.
    beneficiary_id: Option<OrgId>,
    /// Aggregate limit.
    aggregate_limit: Money,
    /// Premium, gross.
    premium: Money,
    /// Premium given back.
    returned_premium: Money,
    /// First day of cover.
    starts_on: NaiveDate,
    /// Last day of cover.
    ends_on: NaiveDate,
    /// Where it stands on the business date.
    status: String,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl PolicyFigures {
    fn of(row: Model, today: NaiveDate) -> Self {
        Self {
            id: row.id.into(),
            number: row.number,
            insurer_id: row.insurer_id.into(),
            insurer_name: row.insurer_name,
            product: row.product,
            insured_id: row.insured_id.into(),
            insured_name: row.insured_name,
            patent_id: row.patent_id.map(PatentId::from),
            loan_id: row.loan_id.map(LoanId::from),
            beneficiary_id: row.beneficiary_id.map(OrgId::from),
            aggregate_limit: Money::from_fen(row.limit_fen),
            premium: Money::from_fen(row.premium_fen),
            returned_premium: Money::from_fen(row.returned_fen),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            status: standing(row.ended_month.is_some(), row.status, (row.starts_on, row.ends_on), today),
            changed_at: row.changed_at,
        }
    }
}

#[utoipa::path(get, path = "/policies", tag = "portfolio", operation_id = "supervised_policies", params(Filter),
    responses((status = 200, body = Page<PolicyFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<PolicyFigures>>, Problem> {
    let today = app.db.clock().business_date();
    let sort = order(filter.sort.as_deref(), "-ends_on", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope(), today), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, |row| PolicyFigures::of(row, today))))
}

#[utoipa::path(get, path = "/policies/export", tag = "portfolio", operation_id = "export_supervised_policies",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = filter.select(&who.scope(), today).order_by_desc(Column::EndsOn).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("保单号", "Number"),
        ("保险公司", "Insurer"),
        ("险种", "Product"),
        ("被保险人", "Insured"),
        ("保险金额", "Aggregate limit"),
        ("保费", "Premium"),
        ("退保费", "Premium returned"),
        ("起保日", "Starts on"),
        ("终保日", "Ends on"),
        ("状态", "Status"),
    ];
    let rows = rows.into_iter().map(|row| PolicyFigures::of(row, today)).map(cells).collect();
    let table = table("policies", lang, &columns, rows);
    exported(&app, &who, &table, filter.insurer_id, filter.format).await
}

fn cells(view: PolicyFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.insurer_name),
        Cell::Text(view.product),
        Cell::Text(view.insured_name),
        Cell::Amount(view.aggregate_limit),
        Cell::Amount(view.premium),
        Cell::Amount(view.returned_premium),
        Cell::Date(view.starts_on),
        Cell::Date(view.ends_on),
        Cell::Text(view.status),
    ]
}

/// An end that was heard of stands; otherwise the days of cover tell.
fn standing(
    ended: bool,
    told: String,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> String {
    if ended {
        told
    } else if today < starts_on {
        "not_begun".to_owned()
    } else if today > ends_on {
        "expired".to_owned()
    } else {
        "in_force".to_owned()
    }
}
