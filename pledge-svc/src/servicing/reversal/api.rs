//! Routes of undoing payments: propose, look, decide.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, StatusCode},
};
use contracts::{LoanId, RepaymentId, RepaymentReversalId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{IdempotencyKey, InTx};
use utoipa_axum::routes;

use super::{
    decide::{Decision, decide},
    listing,
    propose::propose,
    store,
    view::{RepaymentReversal, shown},
};
use crate::{servicing::model::reversal::ReversalStatus, state::App};

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

/// The routes.
pub(in crate::servicing) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::LedgerReverse, routes!(propose_reversal))
        .route(Permission::LoanRead, routes!(read_reversal))
        .route(Permission::LedgerReverse, routes!(approve_reversal))
        .route(Permission::LedgerReverse, routes!(refuse_reversal))
        .route(Permission::LedgerReverse, routes!(withdraw_reversal))
}

/// Why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = RepaymentReversalReason)]
struct Reason {
    /// In words.
    reason: String,
}

impl Reason {
    fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, REASON_CHARS_MAX, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// The ids of a payment's path.
pub(super) fn ids((loan, repayment): &(String, String)) -> Result<(LoanId, RepaymentId), Problem> {
    match (loan.parse(), repayment.parse()) {
        (Ok(loan), Ok(repayment)) => Ok((loan, repayment)),
        _ => Err(Problem::not_found()),
    }
}

/// Propose to undo a payment (冲正) on a loan of one's own bank; one proposal for a payment waits at a time.
#[utoipa::path(post, path = "/loans/{id}/repayments/{repayment_id}/reversals", tag = "loans",
    operation_id = "propose_repayment_reversal",
    params(("id" = LoanId, Path), ("repayment_id" = RepaymentId, Path),
        ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Reason,
    responses((status = 201, body = RepaymentReversal), (status = 404),
        (status = 409, description = "payment-reversal-pending, payment-reversed, payment-not-last, payment-of-case, \
            payment-claimed, loss-shared, loan-not-active, pledge-released, deposit-given-back, line-ended, line-has-no-room")))]
async fn propose_reversal(
    State(app): State<App>,
    who: Who,
    Path(path): Path<(String, String)>,
    cmd: Command<Reason>,
) -> Result<(StatusCode, Json<RepaymentReversal>), Problem> {
    let (key, payment, reason) = (cmd.demand_key()?, ids(&path)?, cmd.body.checked()?);
    let caller = &who.0;
    let made = app.db.run_once(Some(key), |tx| propose(tx, caller, payment, reason).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One of them.
#[utoipa::path(get, path = "/repayment-reversals/{id}", tag = "loans", operation_id = "read_repayment_reversal",
    params(("id" = RepaymentReversalId, Path)),
    responses((status = 200, body = RepaymentReversal, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn read_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RepaymentReversalId>,
) -> Result<([(HeaderName, String); 1], Json<RepaymentReversal>), Problem> {
    let scope = who.scope();
    let row = store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, shown(row, &scope)?))
}

/// Approve it, as another person: the payment is undone today.
#[utoipa::path(post, path = "/repayment-reversals/{id}/approve", tag = "loans",
    operation_id = "approve_repayment_reversal",
    params(("id" = RepaymentReversalId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"),
        ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Reason,
    responses((status = 200, body = RepaymentReversal), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided, or why the payment may not be undone"),
        (status = 412, description = "stale-version")))]
async fn approve_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RepaymentReversalId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<RepaymentReversal>, Problem> {
    let key = cmd.demand_key()?;
    let decision = Decision { status: ReversalStatus::Approved, reason: cmd.body.checked()?, seen };
    decided(&app, &who, id, Some(key), &decision).await
}

/// Refuse it, as another person.
#[utoipa::path(post, path = "/repayment-reversals/{id}/refuse", tag = "loans",
    operation_id = "refuse_repayment_reversal",
    params(("id" = RepaymentReversalId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = RepaymentReversal), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn refuse_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RepaymentReversalId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<RepaymentReversal>, Problem> {
    let decision = Decision { status: ReversalStatus::Refused, reason: cmd.body.checked()?, seen };
    decided(&app, &who, id, cmd.key.as_ref(), &decision).await
}

/// Withdraw one that one has proposed.
#[utoipa::path(post, path = "/repayment-reversals/{id}/withdraw", tag = "loans",
    operation_id = "withdraw_repayment_reversal",
    params(("id" = RepaymentReversalId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = RepaymentReversal), (status = 403, description = "not-maker"), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn withdraw_reversal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RepaymentReversalId>,
    seen: IfMatch,
    cmd: Command<Reason>,
) -> Result<Json<RepaymentReversal>, Problem> {
    let decision = Decision { status: ReversalStatus::Withdrawn, reason: cmd.body.checked()?, seen };
    decided(&app, &who, id, cmd.key.as_ref(), &decision).await
}

async fn decided(
    app: &App,
    who: &Who,
    id: RepaymentReversalId,
    key: Option<&IdempotencyKey>,
    decision: &Decision<'_>,
) -> Result<Json<RepaymentReversal>, Problem> {
    let caller = &who.0;
    Ok(Json(app.db.run_once(key, |tx| decide(tx, caller, id, decision).in_tx()).await?))
}
