//! Routes of loans: lists, pages, schedules, ledger movements, draws and loans of a facility.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{DrawdownId, FacilityId, LoanId, OrgId, OrgKind};
use finance::{DayCount, Money, Rate, Repayment, Schedule};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{Sort, containing, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{LoanShare, LoanStatus, standing},
    store::{self, loan::Column},
};
use crate::{facility, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(list))
        .route(Permission::LoanRead, routes!(export))
        .route(Permission::LoanRead, routes!(detail))
        .route(Permission::LoanRead, routes!(schedule))
        .route(Permission::LoanRead, routes!(of_facility))
        .route(Permission::FacilityRead, routes!(drawdowns))
}

/// A loan.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct LoanView {
    id: LoanId,
    number: String,
    facility_id: FacilityId,
    facility_name: String,
    bank_id: OrgId,
    bank_name: String,
    enterprise_id: OrgId,
    enterprise_name: String,
    industry: String,
    principal: Money,
    outstanding: Money,
    /// All interest owed today: due, running, penalty and interest on interest.
    interest_accrued: Money,
    /// Of it, penalty interest.
    penalty: Money,
    /// Of it, interest on overdue interest.
    interest_on_interest: Money,
    /// Principal past its due date.
    overdue_principal: Money,
    /// Contract interest past its due date.
    overdue_interest: Money,
    /// Fees owed.
    fees: Money,
    /// Principal that was written off and is still claimed.
    written_off: Money,
    /// What would settle the loan today.
    payoff: Money,
    annual_rate: Rate,
    day_count: DayCount,
    repayment: Repayment,
    tenor_months: u32,
    /// The rate a year on what is overdue.
    penalty_rate: Rate,
    /// The product it was lent under.
    product: String,
    /// Rises with every new schedule; 0 while the one agreed at the draw stands.
    plan_version: i32,
    /// Since when it counts as restructured.
    restructured_on: Option<NaiveDate>,
    drawn_on: NaiveDate,
    matures_on: NaiveDate,
    status: LoanStatus,
    overdue_days: i64,
    next_due: Option<NextDue>,
    purpose: Option<String>,
    shares: Vec<LoanShare>,
    created_at: DateTime<Utc>,
}

/// What falls due next.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct NextDue {
    due: NaiveDate,
    total: Money,
}

/// A draw, as the list of a facility shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DrawdownRow {
    id: DrawdownId,
    facility_id: FacilityId,
    enterprise_id: OrgId,
    enterprise_name: String,
    amount: Money,
    tenor_months: u32,
    loan_id: LoanId,
    loan_number: String,
    drawn_on: NaiveDate,
    matures_on: NaiveDate,
    status: String,
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// Of this facility.
    facility_id: Option<Uuid>,
    /// Of this enterprise.
    enterprise_id: Option<Uuid>,
    /// In this state.
    status: Option<LoanStatus>,
    /// In number, borrower or facility.
    q: Option<String>,
    /// `-created_at` (default), `number`, `matures_on`, `-outstanding`, `-principal`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

impl Filter {
    fn select(&self, who: &Who) -> Select<store::loan::Entity> {
        let mut query = store::find(&who.scope());
        if let Some(facility) = self.facility_id {
            query = query.filter(Column::FacilityId.eq(facility));
        }
        if let Some(enterprise) = self.enterprise_id {
            query = query.filter(Column::EnterpriseId.eq(enterprise));
        }
        if let Some(status) = self.status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(q) = &self.q {
            query =
                query.filter(containing(&[Column::Number, Column::EnterpriseName, Column::FacilityName], q));
        }
        query
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let column = match text.trim_start_matches('-') {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "matures_on" => Column::MaturesOn,
            "outstanding" => Column::OutstandingFen,
            "principal" => Column::PrincipalFen,
            _ => return Err(facility::api::unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// The views of loans found in scope, as they stand on a day.
async fn views(app: &App, who: &Who, rows: Vec<store::loan::Model>) -> Result<Vec<LoanView>, Fault> {
    let mut shares: HashMap<Uuid, Vec<LoanShare>> = HashMap::new();
    for share in store::shares(app.db.read(), rows.iter().map(|row| row.id)).await? {
        shares.entry(share.loan_id).or_default().push(store::share_of(share));
    }
    let on = app.db.clock().business_date();
    let borrower = who.0.org_kind == OrgKind::Enterprise;
    let mut plans = store::plans(app.db.read(), &rows).await?;
    rows.into_iter()
        .map(|row| {
            let parts = shares.remove(&row.id).unwrap_or_default();
            let plan = plans
                .remove(&row.id)
                .ok_or_else(|| Fault::Invariant(format!("loan {} has no plan", row.id)))?;
            // How a syndicate shares a loan is the banks' affair.
            view(row, &plan, if borrower { Vec::new() } else { parts }, on)
        })
        .collect()
}

fn view(
    row: store::loan::Model,
    plan: &Schedule,
    shares: Vec<LoanShare>,
    on: NaiveDate,
) -> Result<LoanView, Fault> {
    let (terms, account, status) = store::parts(&row)?;
    let today = standing(&terms, plan, &account, on).map_err(|error| Fault::Corrupt(error.to_string()))?;
    Ok(LoanView {
        id: row.id.into(),
        number: row.number,
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        industry: row.industry,
        principal: terms.principal,
        outstanding: account.outstanding,
        interest_accrued: today.interest,
        penalty: today.penalty,
        interest_on_interest: today.on_interest,
        overdue_principal: today.overdue_principal,
        overdue_interest: today.overdue_interest,
        fees: today.fees,
        written_off: Money::from_fen(row.written_off_fen),
        payoff: today.payoff,
        annual_rate: terms.annual_rate,
        day_count: terms.day_count,
        repayment: terms.repayment,
        tenor_months: terms.tenor_months,
        penalty_rate: terms.penalty_rate(),
        product: row.product,
        plan_version: row.plan_version,
        restructured_on: row.restructured_on,
        drawn_on: terms.drawn_on,
        matures_on: row.matures_on,
        status,
        overdue_days: today.overdue_days,
        next_due: today.next_due.map(|(due, total)| NextDue { due, total }),
        purpose: row.purpose,
        shares,
        created_at: row.created_at,
    })
}

/// The loan's row, if the caller may see it.
pub(crate) async fn seen(app: &App, who: &Who, id: LoanId) -> Result<store::loan::Model, Problem> {
    store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

#[utoipa::path(get, path = "/loans", tag = "loans", operation_id = "list_loans", params(Filter),
    responses((status = 200, body = Page<LoanView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<LoanView>>, Problem> {
    paged(&app, &who, &filter).await
}

async fn paged(app: &App, who: &Who, filter: &Filter) -> Result<Json<Page<LoanView>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    let items = views(app, who, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

#[utoipa::path(get, path = "/facilities/{id}/loans", tag = "facilities", operation_id = "list_facility_loans",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<LoanView>)))]
async fn of_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<LoanView>>, Problem> {
    facility::api::seen(&app, &who, id).await?;
    paged(&app, &who, &Filter { facility_id: Some(id.uuid()), ..filter }).await
}

#[utoipa::path(get, path = "/facilities/{id}/drawdowns", tag = "facilities", operation_id = "list_drawdowns",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<DrawdownRow>)))]
async fn drawdowns(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<DrawdownRow>>, Problem> {
    facility::api::seen(&app, &who, id).await?;
    let filter = Filter { facility_id: Some(id.uuid()), ..filter };
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    Ok(Json(Page::of(found, |row| DrawdownRow {
        id: row.drawdown_id.into(),
        facility_id: row.facility_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.principal_fen),
        tenor_months: u32::try_from(row.tenor_months).unwrap_or(0),
        loan_id: row.id.into(),
        loan_number: row.number,
        drawn_on: row.drawn_on,
        matures_on: row.matures_on,
        status: "disbursed".to_owned(),
    })))
}

#[utoipa::path(get, path = "/loans/export", tag = "loans", operation_id = "export_loans", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let rows = filter.select(&who).order_by_asc(Column::Number).limit(ROWS_MAX).all(app.db.read()).await?;
    let columns = if lang == Lang::Zh {
        [
            "借据号",
            "借款人",
            "集合授信",
            "主办银行",
            "本金",
            "余额",
            "应计利息",
            "年利率",
            "起息日",
            "到期日",
            "状态",
            "逾期天数",
        ]
    } else {
        [
            "Number",
            "Borrower",
            "Facility",
            "Lead bank",
            "Principal",
            "Outstanding",
            "Interest owed",
            "Rate",
            "Drawn on",
            "Matures on",
            "Status",
            "Days overdue",
        ]
    };
    let table = Table {
        name: "loans".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: views(&app, &who, rows).await?.into_iter().map(cells).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: LoanView) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.enterprise_name),
        Cell::Text(view.facility_name),
        Cell::Text(view.bank_name),
        Cell::Amount(view.principal),
        Cell::Amount(view.outstanding),
        Cell::Amount(view.interest_accrued),
        Cell::Text(view.annual_rate.to_string()),
        Cell::Date(view.drawn_on),
        Cell::Date(view.matures_on),
        Cell::Text(view.status.name().to_owned()),
        Cell::Number(view.overdue_days),
    ]
}

#[utoipa::path(get, path = "/loans/{id}", tag = "loans", operation_id = "get_loan",
    params(("id" = LoanId, Path)), responses((status = 200, body = LoanView), (status = 404)))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<LoanView>, Problem> {
    let row = seen(&app, &who, id).await?;
    views(&app, &who, vec![row]).await?.pop().map(Json).ok_or_else(Problem::not_found)
}

#[utoipa::path(get, path = "/loans/{id}/schedule", tag = "loans", operation_id = "get_loan_schedule",
    params(("id" = LoanId, Path)), responses((status = 200, body = Schedule), (status = 404)))]
async fn schedule(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<Schedule>, Problem> {
    let row = seen(&app, &who, id).await?;
    Ok(Json(store::plan_of(app.db.read(), &row).await?))
}
