//! Routes of instructions: looking, confirming, sending back, withdrawing. They are given where the payment is said:
//! `POST /loans/{id}/repayments`, `/facilities/{id}/deposits` and `/facilities/{id}/deposits/return`.

use axum::{Json, extract::State, http::HeaderName};
use contracts::PaymentInstructionId;
use finance::Money;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    decide::{self, Receipt},
    listing, store,
    view::{PaymentInstruction, shown},
};
use crate::state::App;

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;
/// The longest reference, in characters.
const REFERENCE_CHARS_MAX: usize = 100;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::LoanRead, routes!(read_instruction))
        .route(Permission::PaymentConfirm, routes!(confirm_instruction))
        .route(Permission::PaymentConfirm, routes!(send_back_instruction))
        .route(Permission::RepaymentRecord, routes!(withdraw_instruction))
}

/// What the bank has received, or paid out.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = PaymentReceipt)]
struct Received {
    /// How much: what was instructed, to the fen.
    amount: Money,
    /// The bank's reference of the receipt, or of what was paid out; it confirms one instruction.
    reference: String,
}

/// Why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = PaymentInstructionReason)]
struct Reason {
    /// In words; the borrower reads it.
    reason: String,
}

/// A remark.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = PaymentInstructionRemark)]
struct Remark {
    /// In words; the bank reads it.
    #[serde(default)]
    comment: Option<String>,
}

/// One of them.
#[utoipa::path(get, path = "/payment-instructions/{id}", tag = "loans", operation_id = "read_payment_instruction",
    params(("id" = PaymentInstructionId, Path)),
    responses((status = 200, body = PaymentInstruction, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn read_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PaymentInstructionId>,
) -> Result<([(HeaderName, String); 1], Json<PaymentInstruction>), Problem> {
    let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, shown(row)?))
}

/// Confirm an instruction to one's own bank, once the money has come in or gone out: it is booked today.
#[utoipa::path(post, path = "/payment-instructions/{id}/confirm", tag = "loans",
    operation_id = "confirm_payment_instruction",
    params(("id" = PaymentInstructionId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"),
        ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Received,
    responses((status = 200, body = PaymentInstruction), (status = 404),
        (status = 409, description = "already-decided, amount-differs, reference-used, not-payoff, above-outstanding, \
            loss-shared, or why the deposit is not taken or given back"),
        (status = 412, description = "stale-version")))]
async fn confirm_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PaymentInstructionId>,
    seen: IfMatch,
    command: Command<Received>,
) -> Result<Json<PaymentInstruction>, Problem> {
    let key = command.demand_key()?;
    let mut fields = Fields::new();
    fields.amount(command.body.amount, Money::MAX, "amount");
    fields.text(&command.body.reference, REFERENCE_CHARS_MAX, "reference");
    fields.finish()?;
    let caller = &who.0;
    let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let receipt = Receipt { amount: command.body.amount, reference: command.body.reference.trim() };
    let receipt = &receipt;
    // A payment locks everything that it is decided on; a deposit is decided on loans that it does not lock.
    let confirmed = if store::kind_of(&row)?.is_of_loan() {
        let (db, key) = (&app.db, Some(key));
        db.run_once_read_committed(key, |tx| decide::confirm(tx, caller, id, (receipt, seen)).in_tx()).await?
    } else {
        app.db.run_once(Some(key), |tx| decide::confirm(tx, caller, id, (receipt, seen)).in_tx()).await?
    };
    Ok(Json(confirmed))
}

/// Send an instruction to one's own bank back, with the reason.
#[utoipa::path(post, path = "/payment-instructions/{id}/send-back", tag = "loans",
    operation_id = "send_back_payment_instruction",
    params(("id" = PaymentInstructionId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = PaymentInstruction), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn send_back_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PaymentInstructionId>,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<PaymentInstruction>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, command.body.reason.trim());
    let sent = app
        .db
        .run_once(command.key.as_ref(), |tx| decide::send_back(tx, caller, id, (reason, seen)).in_tx())
        .await?;
    Ok(Json(sent))
}

/// Withdraw an instruction of one's own that waits.
#[utoipa::path(post, path = "/payment-instructions/{id}/withdraw", tag = "loans",
    operation_id = "withdraw_payment_instruction",
    params(("id" = PaymentInstructionId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Remark,
    responses((status = 200, body = PaymentInstruction), (status = 403, description = "not-giver"), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn withdraw_instruction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PaymentInstructionId>,
    seen: IfMatch,
    command: Command<Remark>,
) -> Result<Json<PaymentInstruction>, Problem> {
    let comment = command.body.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(comment) = comment {
        let mut fields = Fields::new();
        fields.text(comment, REASON_CHARS_MAX, "comment");
        fields.finish()?;
    }
    let caller = &who.0;
    let withdrawn = app
        .db
        .run_once(command.key.as_ref(), |tx| decide::withdraw(tx, caller, id, (comment, seen)).in_tx())
        .await?;
    Ok(Json(withdrawn))
}
