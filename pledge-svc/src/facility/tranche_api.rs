//! Routes of further tranches of a loan. Those drawn so far are listed in `loan/draws_api.rs`.

use axum::{Json, extract::State, http::StatusCode};
use contracts::LoanId;
use finance::{Money, Schedule};
use http_kit::{Api, Body, Command, Fields, IfMatch, PathId, Problem, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa_axum::routes;

use super::{
    api::{AMOUNT_MAX, payment_checked},
    tranche::{Tranche, TrancheRequest, draw_tranche, in_disposal},
    tranche_answers::refused,
};
use crate::{
    disposal,
    loan::{
        api::seen,
        by_calendar,
        model::{owing, tranche::Running},
        store,
    },
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DrawdownRequest, routes!(draw))
        .route(Permission::DrawdownRequest, routes!(preview))
}

fn checked(request: &TrancheRequest) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.amount(request.amount, AMOUNT_MAX, "amount");
    if let Some(purpose) = &request.purpose {
        fields.text(purpose, 200, "purpose");
    }
    payment_checked(&mut fields, request.payment_mode, request.payee.as_ref());
    fields.finish()
}

/// Draw a further tranche on one's own loan.
#[utoipa::path(post, path = "/loans/{id}/tranches", tag = "loans", operation_id = "draw_tranche",
    params(("id" = LoanId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = TrancheRequest,
    responses((status = 201, body = Tranche), (status = 404),
        (status = 409, description = "tranche-not-admitted, tranche-window-passed, loan-not-active, loan-overdue, loan-restructured, loan-matured, in-disposal, and the refusals of a draw"),
        (status = 412, description = "stale-version")))]
async fn draw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    seen: IfMatch,
    command: Command<TrancheRequest>,
) -> Result<(StatusCode, Json<Tranche>), Problem> {
    let key = command.demand_key()?;
    checked(&command.body)?;
    let (caller, request) = (&who.0, &command.body);
    let tranche = app
        .db
        .run_once_read_committed(Some(key), |tx| draw_tranche(tx, caller, id, request, seen).in_tx())
        .await?;
    Ok((StatusCode::CREATED, Json(tranche)))
}

/// What a tranche would make of the loan.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct TranchePreview {
    /// Principal of the tranche.
    amount: Money,
    /// Principal owed before it.
    outstanding_before: Money,
    /// Principal owed after it.
    outstanding_after: Money,
    /// The schedule in force.
    before: Schedule,
    /// The schedule after it.
    after: Schedule,
}

/// The schedules before and after a tranche that were drawn today. What the line leaves is not looked at: the tranche
/// itself is decided on that.
#[utoipa::path(post, path = "/loans/{id}/tranches/preview", tag = "loans", operation_id = "preview_tranche",
    params(("id" = LoanId, Path)), request_body = TrancheRequest,
    responses((status = 200, body = TranchePreview), (status = 404),
        (status = 409, description = "tranche-not-admitted, tranche-window-passed, loan-not-active, loan-overdue, loan-restructured, loan-matured, in-disposal")))]
async fn preview(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    Body(request): Body<TrancheRequest>,
) -> Result<Json<TranchePreview>, Problem> {
    let row = seen(&app, &who, id).await?;
    checked(&request)?;
    if row.enterprise_id != who.0.tenant.uuid() {
        return Err(Problem::not_found());
    }
    let conn = app.db.read();
    if let Some(case) = disposal::find_open(conn, &identity::Scope::system(), id).await? {
        return Err(in_disposal(&case.number));
    }
    let on = app.db.clock().business_date();
    let broken = |error: finance::MoneyError| Fault::Corrupt(error.to_string());
    let plan = store::plan_of(conn, &row).await?;
    let (terms, account, status) = store::parts(&row)?;
    let terms = by_calendar(conn, &row, terms, on).await?;
    let conditions = store::conditions(&row)?;
    let account = account.advanced(&terms, &plan, on).map_err(broken)?;
    let owed = owing(&terms, &plan, &account, on).map_err(broken)?;
    let running = Running {
        terms: &terms,
        plan: &plan,
        account: &account,
        owed: &owed,
        status,
        conditions: &conditions,
        restructured_on: row.restructured_on,
        on,
    };
    let increased = running.increased(request.amount).map_err(refused)?;
    Ok(Json(TranchePreview {
        amount: request.amount,
        outstanding_before: account.outstanding,
        outstanding_after: increased.account.outstanding,
        after: increased.schedule,
        before: plan,
    }))
}
