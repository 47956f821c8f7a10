//! Routes of servicing: payments on loans, and the schedule calculator (试算).

use axum::{Json, extract::State, http::StatusCode};
use contracts::{LoanId, OrgKind};
use finance::{Money, Rate, Roll, Schedule, ScheduleError, ScheduleTerms, WorkingDays};
use http_kit::{Api, Body, Command, Fields, Page, PathId, Problem, QueryOf, Who};
use identity::Permission;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use tx_kit::{
    InTx,
    listing::{Sort, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    charge::{FEES_MAX, FeeRequest, FeesOwed, charge},
    repay::{self, RepaymentRequest, RepaymentView},
};
use crate::{
    instructions::{PaymentInstruction, Taken},
    loan::{LoanStatus, api::seen, store},
    state::App,
    working_days,
};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::RepaymentRecord, routes!(repay_loan))
        .route(Permission::LoanAdjust, routes!(charge_fee))
        .route(Permission::LoanRead, routes!(list))
        .route(Permission::TrialCalculation, routes!(preview))
        .merge(super::repayments::routes())
        .merge(super::reversal::routes())
        .merge(super::statement_api::routes())
}

/// Record a payment on a loan. It settles what is owed in the agreed order; what is beyond goes to principal ahead of
/// the plan. What a borrower says it pays is booked at once where its bank debits at once (201); elsewhere it waits as an
/// instruction until the bank confirms that the money has come in (202), and nothing is booked until then.
#[utoipa::path(post, path = "/loans/{id}/repayments", tag = "loans", operation_id = "repay",
    params(("id" = LoanId, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = RepaymentRequest,
    responses((status = 201, body = RepaymentView),
        (status = 202, description = "It waits for the bank's confirmation", body = PaymentInstruction),
        (status = 404),
        (status = 409, description = "above-outstanding, loss-shared, not-payoff, instructed-already")))]
async fn repay_loan(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    command: Command<RepaymentRequest>,
) -> Result<Taken<RepaymentView>, Problem> {
    let key = command.demand_key()?;
    let mut fields = Fields::new();
    fields.amount(command.body.amount, Money::MAX, "amount");
    if let Some(comment) = &command.body.comment {
        fields.text(comment, 500, "comment");
    }
    fields.finish()?;
    Ok(repay::repay(&app.db, &who.0, key, id, &command.body).await?)
}

/// Charge a fee on a loan of one's own bank.
#[utoipa::path(post, path = "/loans/{id}/fees", tag = "loans", operation_id = "charge_fee",
    params(("id" = LoanId, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = FeeRequest,
    responses((status = 201, body = FeesOwed), (status = 404), (status = 409, description = "loan-not-active, fees-too-high")))]
async fn charge_fee(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    command: Command<FeeRequest>,
) -> Result<(StatusCode, Json<FeesOwed>), Problem> {
    let key = command.demand_key()?;
    let mut fields = Fields::new();
    fields.amount(command.body.amount, FEES_MAX, "amount");
    fields.text(&command.body.reason, 500, "reason");
    fields.finish()?;
    let (caller, request) = (&who.0, &command.body);
    let owed = app.db.run_once(Some(key), |tx| charge(tx, caller, id, request).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(owed)))
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Paging {
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What was paid on a loan, and what each payment settled, newest first.
#[utoipa::path(get, path = "/loans/{id}/repayments", tag = "loans", operation_id = "list_repayments",
    params(("id" = LoanId, Path), Paging), responses((status = 200, body = Page<RepaymentView>), (status = 404)))]
async fn list(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<RepaymentView>>, Problem> {
    use store::repayment::Column;
    let loan = seen(&app, &who, id).await?;
    let select = store::repayment::Entity::find().filter(Column::LoanId.eq(loan.id));
    let sort = Sort { column: Column::CreatedAt, descending: true };
    let request = http_kit::page::request(paging.limit, paging.cursor);
    let found = page(select, app.db.read(), sort, Column::Id, &request).await?;
    let settled_by = settled_by(&app, &loan).await?;
    Ok(Json(Page::of(found, |row| RepaymentView {
        id: row.id.into(),
        loan_id: row.loan_id.into(),
        amount: Money::from_fen(row.amount_fen),
        interest: Money::from_fen(row.interest_fen),
        penalty: Money::from_fen(row.penalty_fen),
        fees: Money::from_fen(row.fees_fen),
        source: row.source,
        principal: Money::from_fen(row.principal_fen),
        outstanding: Money::from_fen(row.outstanding_fen),
        paid_on: row.paid_on,
        status: if settled_by == Some(row.id) { LoanStatus::Repaid } else { LoanStatus::Active },
        reversed_on: row.reversed_on,
        facility: None,
    })))
}

/// The payment after which a loan was repaid: the last that stands. Nothing is paid on a loan that is not active, so all
/// others left it active.
async fn settled_by(app: &App, loan: &store::loan::Model) -> Result<Option<Uuid>, Problem> {
    use store::repayment::Column;
    if loan.status != LoanStatus::Repaid.name() {
        return Ok(None);
    }
    let last = store::repayment::Entity::find()
        .filter(Column::LoanId.eq(loan.id))
        .filter(Column::ReversedOn.is_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(app.db.read())
        .await?;
    Ok(last.map(|row| row.id))
}

/// A schedule from terms; changes nothing. Where a roll rule is given, due dates are moved by the working days of one's
/// bank; of others, by those that ship.
#[utoipa::path(post, path = "/schedules/preview", tag = "calculators", operation_id = "preview_schedule",
    request_body = ScheduleTerms, responses((status = 200, body = Schedule), (status = 422)))]
async fn preview(
    State(app): State<App>,
    who: Who,
    Body(terms): Body<ScheduleTerms>,
) -> Result<Json<Schedule>, Problem> {
    // "3.45" is what a person types who means 3.45 %.
    let mut fields = Fields::new();
    fields.require(
        terms.annual_rate <= Rate::ONE,
        "annual_rate",
        "年利率以小数填写，最高为 1：3.45% 填 \"0.0345\"。",
        "The annual rate is a fraction, at most 1: 3.45 % is \"0.0345\".",
    );
    fields.finish()?;
    let calendar = if terms.roll != Roll::None && who.0.org_kind == OrgKind::Bank {
        working_days::of_bank(app.db.read(), who.0.tenant, app.db.clock().business_date()).await?
    } else {
        WorkingDays::china()
    };
    terms.schedule_by(calendar).map(Json).map_err(|error| no_schedule(&error))
}

fn no_schedule(error: &ScheduleError) -> Problem {
    let (field, zh) = match error {
        ScheduleError::NoPrincipal => ("principal", "本金必须大于零。".to_owned()),
        ScheduleError::NegativeRate => ("annual_rate", "年利率不得为负。".to_owned()),
        ScheduleError::Instalments(_) => ("instalments", "期数须为 1 至 600。".to_owned()),
        ScheduleError::Every => ("every", "间隔须不小于 1。".to_owned()),
        ScheduleError::Grace { instalments, .. } => ("grace", format!("宽限期须少于总期数 {instalments}。")),
        ScheduleError::FirstDue => ("first_due", "首个还款日须晚于提款日。".to_owned()),
        ScheduleError::BeyondCalendar | ScheduleError::OutsidePeriod(_) => {
            ("first_drawdown", "日期超出可计算的范围。".to_owned())
        }
        ScheduleError::Amount(_) => ("principal", "金额超出可计算的范围。".to_owned()),
    };
    Problem::bad_fields(Vec::new()).with_field(field, zh, format!("No schedule can be made: {error}."))
}
