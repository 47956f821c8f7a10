//! Loans of every bank: the list, one with its payments and its events, the export.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, LoanId, OrgId, events::SyndicateShare};
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
    desk::{Look, exported, looked, only, order, saying, table},
    events::{EventView, timeline},
    risk::Tier,
};
use crate::{
    read_model::{
        facility,
        loan::{Column, Entity, Model, overdue},
        repayment, visible,
    },
    state::App,
};

/// Facilities whose names are looked up in one query.
const NAMES_PER_QUERY: usize = 1_000;

/// The status of a loan that was written off.
const WRITTEN_OFF: &str = "written_off";

/// Where a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// Owed on.
    Active,
    /// Repaid.
    Repaid,
    /// Off the books, still claimed.
    WrittenOff,
    /// Owed on after a due date that was not met.
    Overdue,
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this bank.
    bank_id: Option<Uuid>,
    /// In this industry.
    industry: Option<String>,
    /// Of this borrower.
    enterprise_id: Option<Uuid>,
    /// Under this facility.
    facility_id: Option<Uuid>,
    /// `active`, `repaid`, `written_off`, `overdue`.
    #[param(inline)]
    status: Option<Standing>,
    /// `normal`, `special_mention`, `substandard`, `doubtful`, `loss`, `nonperforming`, `unassessed`; owed on.
    #[param(inline)]
    tier: Option<Tier>,
    /// In this stage of expected loss: 1, 2 or 3; owed on.
    stage: Option<u8>,
    /// Drawn in this month: `2026-11`.
    month: Option<String>,
    /// In number, bank or borrower.
    q: Option<String>,
    /// `-drawn_on` (default), `matures_on`, `outstanding`, `principal`, `provision`, `number`, `enterprise_name`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const ORDERS: [(&str, Column); 7] = [
    ("drawn_on", Column::DrawnOn),
    ("matures_on", Column::MaturesOn),
    ("outstanding", Column::OutstandingFen),
    ("principal", Column::PrincipalFen),
    ("provision", Column::ProvisionFen),
    ("number", Column::Number),
    ("enterprise_name", Column::EnterpriseName),
];

impl Filter {
    fn select(&self, scope: &Scope, today: NaiveDate) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId)).filter(Column::Known.eq(true));
        let ids = [
            (Column::BankId, self.bank_id),
            (Column::EnterpriseId, self.enterprise_id),
            (Column::FacilityId, self.facility_id),
        ];
        for (column, id) in ids {
            query = only(query, column, id);
        }
        query = only(query, Column::Industry, self.industry.as_deref());
        query = only(query, Column::DrawnMonth, self.month.as_deref());
        query = match self.status {
            None => query,
            Some(Standing::Active) => query.filter(Column::OutstandingFen.gt(0)),
            Some(Standing::Repaid) => {
                query.filter(Column::OutstandingFen.eq(0)).filter(Column::Status.ne(WRITTEN_OFF))
            }
            Some(Standing::WrittenOff) => query.filter(Column::Status.eq(WRITTEN_OFF)),
            Some(Standing::Overdue) => query.filter(overdue(today)),
        };
        if let Some(tier) = self.tier {
            query = query.filter(Column::Tier.is_in(tier.names().iter().copied()));
        }
        if let Some(stage) = self.stage {
            query = query.filter(Column::Stage.eq(i64::from(stage)));
        }
        if self.tier.is_some() || self.stage.is_some() {
            query = query.filter(Column::OutstandingFen.gt(0));
        }
        saying(query, &[Column::Number, Column::BankName, Column::EnterpriseName], self.q.as_deref())
    }
}

/// A loan.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct LoanFigures {
    /// Its id.
    id: LoanId,
    /// Its number.
    number: String,
    /// The facility.
    facility_id: FacilityId,
    /// The facility's name; empty while only the loan was heard of.
    facility_name: String,
    /// The (lead) bank.
    bank_id: OrgId,
    /// The bank's name.
    bank_name: String,
    /// The borrower.
    enterprise_id: OrgId,
    /// The borrower's name.
    enterprise_name: String,
    /// The industry's code.
    industry: String,
    /// Principal lent.
    principal: Money,
    /// Of it, what risk-compensation funds cover as agreed at each draw; null where no fund stands behind it.
    covered: Option<Money>,
    /// Principal owed.
    outstanding: Money,
    /// Interest received.
    interest_paid: Money,
    /// Contract rate a year.
    annual_rate: Rate,
    /// Day it was drawn.
    drawn_on: NaiveDate,
    /// Its last day.
    matures_on: NaiveDate,
    /// `active`, `repaid` or `written_off`.
    status: String,
    /// The bank's tier: `normal`, `special_mention`, `substandard`, `doubtful`, `loss`; null until a close told one.
    tier: Option<String>,
    /// The stage of expected loss, 1 to 3; null until a close told one.
    stage: Option<i64>,
    /// What the banks provide for it; nothing once nothing is owed.
    provision: Money,
    /// Days overdue by the bank's own count when it was assessed; null until a close told them.
    assessed_overdue_days: Option<i64>,
    /// The business date of the assessment.
    assessed_on: Option<NaiveDate>,
    /// Days since the oldest due date that was not met; 0 where none is.
    overdue_days: i64,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

/// A payment on the loan.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct Payment {
    /// Business date.
    paid_on: NaiveDate,
    /// Principal paid.
    principal: Money,
    /// Interest paid.
    interest: Money,
}

/// A loan with its payments and its events.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct LoanDetail {
    #[serde(flatten)]
    figures: LoanFigures,
    /// Each bank's part as it was lent.
    shares: Vec<SyndicateShare>,
    /// The payments, oldest first.
    repayments: Vec<Payment>,
    /// What was heard of it, newest first.
    events: Vec<EventView>,
}

async fn figures(
    conn: &impl ConnectionTrait,
    rows: Vec<Model>,
    today: NaiveDate,
) -> Result<Vec<LoanFigures>, Fault> {
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.facility_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names: HashMap<Uuid, String> = HashMap::new();
    for chunk in ids.chunks(NAMES_PER_QUERY) {
        let found: Vec<(Uuid, String)> = facility::Entity::find()
            .select_only()
            .column(facility::Column::Id)
            .column(facility::Column::Name)
            .filter(facility::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(conn)
            .await?;
        names.extend(found);
    }
    rows.into_iter()
        .map(|row| {
            let overdue_days = row.overdue_days(today);
            let told = row.assessed_on.is_some();
            let owed = row.outstanding_fen > 0;
            Ok(LoanFigures {
                id: row.id.into(),
                number: row.number,
                facility_id: row.facility_id.into(),
                facility_name: names.get(&row.facility_id).cloned().unwrap_or_default(),
                bank_id: row.bank_id.into(),
                bank_name: row.bank_name,
                enterprise_id: row.enterprise_id.into(),
                enterprise_name: row.enterprise_name,
                industry: row.industry,
                principal: Money::from_fen(row.principal_fen),
                covered: row.covered_fen.map(Money::from_fen),
                outstanding: Money::from_fen(row.outstanding_fen),
                interest_paid: Money::from_fen(row.interest_paid_fen),
                annual_rate: row
                    .annual_rate
                    .parse()
                    .map_err(|error: finance::RateError| Fault::Corrupt(error.to_string()))?,
                drawn_on: row.drawn_on,
                matures_on: row.matures_on,
                status: row.status,
                tier: told.then_some(row.tier),
                stage: told.then_some(row.stage),
                provision: Money::from_fen(if owed { row.provision_fen } else { 0 }),
                assessed_overdue_days: told.then_some(row.assessed_days),
                assessed_on: row.assessed_on,
                overdue_days,
                changed_at: row.changed_at,
            })
        })
        .collect()
}

#[utoipa::path(get, path = "/loans", tag = "portfolio", operation_id = "supervised_loans", params(Filter),
    responses((status = 200, body = Page<LoanFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<LoanFigures>>, Problem> {
    let today = app.db.clock().business_date();
    let sort = order(filter.sort.as_deref(), "-drawn_on", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope(), today), app.db.read(), sort, Column::Id, &request).await?;
    let items = figures(app.db.read(), found.items, today).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

#[utoipa::path(get, path = "/loans/{id}", tag = "portfolio", operation_id = "supervised_loan",
    params(("id" = LoanId, Path)),
    responses((status = 200, body = LoanDetail), (status = 404, description = "Not known")))]
pub(super) async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<LoanDetail>, Problem> {
    let (conn, today) = (app.db.read(), app.db.clock().business_date());
    let select = Filter::default().select(&who.scope(), today).filter(Column::Id.eq(id.uuid()));
    let row = select.one(conn).await.map_err(Fault::from)?.ok_or_else(Problem::not_found)?;
    let path = format!("/loans/{id}");
    looked(&app, &who, Look { subject: "loan", id: row.id, bank: row.bank_id, path }).await?;
    let shares = serde_json::from_str(&row.shares).map_err(Fault::from)?;
    let figures = figures(conn, vec![row], today).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(Json(LoanDetail {
        figures,
        shares,
        repayments: payments(conn, id).await?,
        events: timeline(conn, &who.scope(), id.uuid()).await?,
    }))
}

async fn payments(conn: &impl ConnectionTrait, id: LoanId) -> Result<Vec<Payment>, Fault> {
    use repayment::Column;
    let rows = repayment::Entity::find()
        .filter(Column::LoanId.eq(id.uuid()))
        .order_by_asc(Column::PaidOn)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Payment {
            paid_on: row.paid_on,
            principal: Money::from_fen(row.principal_fen),
            interest: Money::from_fen(row.interest_fen),
        })
        .collect())
}

#[utoipa::path(get, path = "/loans/export", tag = "portfolio", operation_id = "export_supervised_loans",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let select = filter.select(&who.scope(), today).order_by_asc(Column::Number).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("编号", "Number"),
        ("银行", "Bank"),
        ("借款企业", "Borrower"),
        ("集合授信", "Facility"),
        ("产业", "Industry"),
        ("本金", "Principal"),
        ("基金覆盖", "Covered by funds"),
        ("余额", "Outstanding"),
        ("已收利息", "Interest received"),
        ("年利率", "Annual rate"),
        ("放款日", "Drawn on"),
        ("到期日", "Matures on"),
        ("状态", "Status"),
        ("五级分类", "Tier"),
        ("阶段", "Stage"),
        ("已提准备", "Provision"),
        ("逾期天数", "Days overdue"),
    ];
    let rows = figures(app.db.read(), rows, today).await?;
    let table = table("loans", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

fn cells(view: LoanFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.bank_name),
        Cell::Text(view.enterprise_name),
        Cell::Text(view.facility_name),
        Cell::Text(view.industry),
        Cell::Amount(view.principal),
        view.covered.map_or(Cell::Empty, Cell::Amount),
        Cell::Amount(view.outstanding),
        Cell::Amount(view.interest_paid),
        Cell::rate(view.annual_rate),
        Cell::Date(view.drawn_on),
        Cell::Date(view.matures_on),
        Cell::Text(view.status),
        view.tier.map_or(Cell::Empty, Cell::Text),
        view.stage.map_or(Cell::Empty, Cell::Number),
        Cell::Amount(view.provision),
        Cell::Number(view.overdue_days),
    ]
}
