//! Disposal cases of every bank: the list, one with what every act moved, the export.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CaseId, FacilityId, LoanId, OrgId};
use finance::{Money, Rate};
use http_kit::{
    Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::{
    desk::{Look, exported, looked, only, order, ratio_cell, saying, table},
    events::{EventView, timeline},
    model::ratio::ratio,
};
use crate::{
    read_model::{
        disposal_case::{Column, Entity, Model},
        disposal_movement, visible,
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
    /// Of this borrower.
    enterprise_id: Option<Uuid>,
    /// Of this loan.
    loan_id: Option<Uuid>,
    /// `proposed`, `collection`, `disposal`, `sharing`, `written_off`, `closed`; `open` for all that are opened and not
    /// closed.
    status: Option<String>,
    /// Opened in this month: `2026-11`.
    month: Option<String>,
    /// In case or loan number, bank or borrower.
    q: Option<String>,
    /// `-opened_on` (default), `claim`, `loss`, `recovered`, `bank_name`, `enterprise_name`; a minus for largest first.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const ORDERS: [(&str, Column); 6] = [
    ("opened_on", Column::OpenedOn),
    ("claim", Column::ClaimFen),
    ("loss", Column::LossFen),
    ("recovered", Column::RecoveredFen),
    ("bank_name", Column::BankName),
    ("enterprise_name", Column::EnterpriseName),
];

/// Cases that were opened: not those that wait for the decision to open them, nor those that were not opened.
pub(super) fn opened() -> Condition {
    Condition::all()
        .add(Column::Status.ne("proposed"))
        .add(Condition::any().add(Column::Outcome.is_null()).add(Column::Outcome.ne("not_opened")))
}

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::EnterpriseId, self.enterprise_id);
        query = only(query, Column::LoanId, self.loan_id);
        query = match self.status.as_deref() {
            None => query,
            Some("open") => query.filter(opened()).filter(Column::Status.ne("closed")),
            Some(status) => query.filter(Column::Status.eq(status)),
        };
        query = only(query, Column::OpenedMonth, self.month.as_deref());
        saying(
            query,
            &[Column::Number, Column::LoanNumber, Column::BankName, Column::EnterpriseName],
            self.q.as_deref(),
        )
    }
}

/// A disposal case.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct DisposalFigures {
    /// Its id.
    id: CaseId,
    /// Its number.
    number: String,
    /// The loan.
    loan_id: LoanId,
    /// The loan's number.
    loan_number: String,
    /// The facility.
    facility_id: FacilityId,
    /// The (lead) bank.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// The borrower.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// `overdue` or `decision`.
    cause: String,
    /// Where it is.
    status: String,
    /// How it ended.
    outcome: Option<String>,
    /// The day it was opened.
    opened_on: NaiveDate,
    /// The day it ended.
    closed_on: Option<NaiveDate>,
    /// Owed the day it was opened.
    claim: Money,
    /// Costs that the bank paid.
    costs: Money,
    /// Of them, met by proceeds and recoveries.
    reimbursed: Money,
    /// Proceeds of the collateral, gross.
    proceeds: Money,
    /// Of the proceeds, what the loan was paid.
    repaid: Money,
    /// The loss that was determined.
    loss: Money,
    /// Of the loss, what those who share it have paid.
    compensated: Money,
    /// The bank's own part of the loss.
    own_loss: Money,
    /// Principal written off.
    written_off: Money,
    /// Recovered after the loss was determined, gross.
    recovered: Money,
    /// Of the recoveries, what those who paid got back.
    returned: Money,
    /// Paid out to the pledgor.
    surplus: Money,
    /// 回收率: proceeds and recoveries over what was owed the day it was opened.
    recovery_rate: Option<Rate>,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl From<Model> for DisposalFigures {
    fn from(row: Model) -> Self {
        let (claim, proceeds, recovered) = (
            Money::from_fen(row.claim_fen),
            Money::from_fen(row.proceeds_fen),
            Money::from_fen(row.recovered_fen),
        );
        let (loss, compensated) = (Money::from_fen(row.loss_fen), Money::from_fen(row.compensated_fen));
        Self {
            id: row.id.into(),
            number: row.number,
            loan_id: row.loan_id.into(),
            loan_number: row.loan_number,
            facility_id: row.facility_id.into(),
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            enterprise_id: row.enterprise_id.into(),
            enterprise_name: row.enterprise_name,
            cause: row.cause,
            status: row.status,
            outcome: row.outcome,
            opened_on: row.opened_on,
            closed_on: row.closed_on,
            claim,
            costs: Money::from_fen(row.costs_fen),
            reimbursed: Money::from_fen(row.reimbursed_fen),
            proceeds,
            repaid: Money::from_fen(row.repaid_fen),
            loss,
            compensated,
            own_loss: loss.saturating_sub(compensated),
            written_off: Money::from_fen(row.written_off_fen),
            recovered,
            returned: Money::from_fen(row.returned_fen),
            surplus: Money::from_fen(row.surplus_fen),
            recovery_rate: proceeds.checked_add(recovered).ok().and_then(|back| ratio(back, claim)),
            changed_at: row.changed_at,
        }
    }
}

/// What one act moved.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct DisposalMovement {
    /// `cost`, `proceeds`, `sharing` (the loss), `payment` (which lowers the loss), `compensation`, `write_off`, `recovery`.
    kind: String,
    /// How much.
    amount: Money,
    /// The business date.
    moved_on: NaiveDate,
}

/// A case with what every act moved, oldest first, and what was heard of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct DisposalDetail {
    #[serde(flatten)]
    figures: DisposalFigures,
    /// What moved; each kind adds up to the sum of the case, `sharing` less `payment` to the loss.
    movements: Vec<DisposalMovement>,
    /// What was heard of it, newest first.
    events: Vec<EventView>,
}

#[utoipa::path(get, path = "/disposals", tag = "recovery", operation_id = "supervised_disposals", params(Filter),
    responses((status = 200, body = Page<DisposalFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<DisposalFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-opened_on", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    Ok(Json(Page::of(found, DisposalFigures::from)))
}

#[utoipa::path(get, path = "/disposals/{id}", tag = "recovery", operation_id = "supervised_disposal",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DisposalDetail), (status = 404, description = "Not known")))]
pub(super) async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
) -> Result<Json<DisposalDetail>, Problem> {
    let conn = app.db.read();
    let found = Filter::default().select(&who.scope()).filter(Column::Id.eq(id.uuid())).one(conn).await;
    let row = found.map_err(Fault::from)?.ok_or_else(Problem::not_found)?;
    let path = format!("/disposals/{id}");
    looked(&app, &who, Look { subject: "disposal_case", id: row.id, bank: row.bank_id, path }).await?;
    Ok(Json(DisposalDetail {
        movements: movements(conn, row.id).await?,
        events: timeline(conn, &who.scope(), row.id).await?,
        figures: row.into(),
    }))
}

async fn movements(conn: &impl ConnectionTrait, case: Uuid) -> Result<Vec<DisposalMovement>, Fault> {
    use disposal_movement::Column;
    let rows = disposal_movement::Entity::find()
        .filter(Column::CaseId.eq(case))
        .order_by_asc(Column::MovedOn)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| DisposalMovement {
            kind: row.kind,
            amount: Money::from_fen(row.amount_fen),
            moved_on: row.moved_on,
        })
        .collect())
}

#[utoipa::path(get, path = "/disposals/export", tag = "recovery", operation_id = "export_supervised_disposals",
    params(Filter), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_desc(Column::OpenedOn).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("案件编号", "Case"),
        ("贷款编号", "Loan"),
        ("银行", "Bank"),
        ("借款企业", "Borrower"),
        ("立案日", "Opened on"),
        ("立案时债权", "Owed when opened"),
        ("处置费用", "Costs"),
        ("处置价款", "Proceeds"),
        ("损失", "Loss"),
        ("已获代偿", "Compensated"),
        ("银行自担损失", "Bank's own loss"),
        ("核销本金", "Written off"),
        ("损失后追偿", "Recovered"),
        ("返还分担方", "Handed back"),
        ("回收率", "Recovery rate"),
        ("状态", "Status"),
        ("结案日", "Closed on"),
    ];
    let rows = rows.into_iter().map(DisposalFigures::from).map(cells).collect();
    let table = table("disposals", lang, &columns, rows);
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

fn cells(view: DisposalFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.loan_number),
        Cell::Text(view.bank_name),
        Cell::Text(view.enterprise_name),
        Cell::Date(view.opened_on),
        Cell::Amount(view.claim),
        Cell::Amount(view.costs),
        Cell::Amount(view.proceeds),
        Cell::Amount(view.loss),
        Cell::Amount(view.compensated),
        Cell::Amount(view.own_loss),
        Cell::Amount(view.written_off),
        Cell::Amount(view.recovered),
        Cell::Amount(view.returned),
        ratio_cell(view.recovery_rate),
        Cell::Text(view.status),
        view.closed_on.map_or(Cell::Empty, Cell::Date),
    ]
}
