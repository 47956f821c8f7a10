//! The acts: the bank confirms an instruction and so books it, or sends it back; who gave it withdraws it. The loan, or the
//! line and the member's place, is locked first, then the instruction; its guarded write lets one of them through.

use contracts::{FacilityId, LoanId, OrgId, OrgKind, PaymentInstructionId};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    give::told,
    model::{InstructionKind, InstructionStatus, Refusal, Step, as_instructed, step},
    store,
    view::{PaymentInstruction, shown},
};
use crate::{
    closing::{self, OfInstruction},
    facility::{self, GiveBack, PayIn},
    loan::hold,
    servicing::{self, RepaymentRequest},
};

/// What the bank has received, or paid out.
pub(super) struct Receipt<'a> {
    /// How much.
    pub amount: Money,
    /// The bank's reference of it.
    pub reference: &'a str,
}

/// Confirms an instruction: it is booked today, by the rules of a payment of today.
///
/// # Errors
/// Not this bank's instruction, decided before, another amount, a receipt that has confirmed another one, why it cannot be
/// booked; the database's fault.
pub(super) async fn confirm(
    tx: &mut Tx,
    caller: &Caller,
    id: PaymentInstructionId,
    (receipt, seen): (&Receipt<'_>, IfMatch),
) -> Result<PaymentInstruction, ActError> {
    let found = to_decide(tx, caller, id).await?;
    let (row, booked) = if store::kind_of(&found)?.is_of_loan() {
        payment(tx, caller, &found, (receipt, seen)).await?
    } else {
        deposit(tx, caller, &found, (receipt, seen)).await?
    };
    let change = store::row::ActiveModel {
        reference: Set(Some(receipt.reference.to_owned())),
        booked_id: Set(Some(booked)),
        booked_on: Set(Some(tx.business_date())),
        ..decided(tx, caller, InstructionStatus::Confirmed)
    };
    if !store::update(tx, &row, change).await? {
        return Err(Refusal::ReferenceUsed.into());
    }
    closing::instruction(tx, &told(&row), OfInstruction::Confirmed).await?;
    let more = serde_json::json!({
        "amount": receipt.amount, "reference": receipt.reference, "booked": booked,
    });
    record(tx, caller, &row, ("payment_instruction.confirm", more)).await
}

/// Sends an instruction back: the bank does not carry it out.
///
/// # Errors
/// Not this bank's instruction, decided before; the database's fault.
pub(super) async fn send_back(
    tx: &mut Tx,
    caller: &Caller,
    id: PaymentInstructionId,
    (reason, seen): (&str, IfMatch),
) -> Result<PaymentInstruction, ActError> {
    let found = to_decide(tx, caller, id).await?;
    let (row, status) = claimed(tx, &found, seen, Step::SendBack).await?;
    let change =
        store::row::ActiveModel { reason: Set(Some(reason.to_owned())), ..decided(tx, caller, status) };
    store::update(tx, &row, change).await?;
    closing::instruction(tx, &told(&row), OfInstruction::SentBack).await?;
    let more = serde_json::json!({ "reason": reason });
    record(tx, caller, &row, ("payment_instruction.send_back", more)).await
}

/// Withdraws an instruction of one's own enterprise.
///
/// # Errors
/// Not one's own, decided before; the database's fault.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    id: PaymentInstructionId,
    (comment, seen): (Option<&str>, IfMatch),
) -> Result<PaymentInstruction, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if caller.org_kind != OrgKind::Enterprise || found.enterprise_id != caller.tenant.uuid() {
        return Err(Refusal::NotGiver.into());
    }
    let (row, status) = claimed(tx, &found, seen, Step::Withdraw).await?;
    let change =
        store::row::ActiveModel { reason: Set(comment.map(str::to_owned)), ..decided(tx, caller, status) };
    store::update(tx, &row, change).await?;
    let more = serde_json::json!({ "reason": comment });
    record(tx, caller, &row, ("payment_instruction.withdraw", more)).await
}

/// An instruction that was given to the caller's bank.
async fn to_decide(
    tx: &Tx,
    caller: &Caller,
    id: PaymentInstructionId,
) -> Result<store::row::Model, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?;
    let own = found
        .filter(|row| caller.org_kind == OrgKind::Bank && row.bank_id == caller.tenant.uuid())
        .ok_or_else(Problem::not_found)?;
    Ok(own)
}

/// Locks an instruction that was found for a step: as it was seen, and still pending. Gives where it stands after the
/// step. One that was decided while its lock was waited for makes the transaction run again, so that a twin with the same
/// key gets the first one's answer.
pub(super) async fn claimed(
    tx: &Tx,
    found: &store::row::Model,
    seen: IfMatch,
    taken: Step,
) -> Result<(store::row::Model, InstructionStatus), ActError> {
    // That it was decided says more than that its version is another.
    let after = step(store::status_of(found)?, taken)?;
    let row = store::lock(tx, found.id.into()).await?.ok_or_else(Problem::not_found)?;
    if row.version != found.version {
        return Err(Fault::Conflict(format!("instruction {} was decided meanwhile", row.id)).into());
    }
    seen.check(row.version)?;
    Ok((row, after))
}

/// Books a payment on a loan; gives the instruction as locked and the payment.
async fn payment(
    tx: &mut Tx,
    caller: &Caller,
    found: &store::row::Model,
    (receipt, seen): (&Receipt<'_>, IfMatch),
) -> Result<(store::row::Model, Uuid), ActError> {
    let loan = found.loan_id.map(LoanId::from_uuid);
    let loan = loan.ok_or_else(|| Fault::Corrupt(format!("instruction {} on no loan", found.id)))?;
    let held = hold(tx, caller, loan).await?.ok_or_else(Problem::not_found)?;
    let (row, _) = claimed(tx, found, seen, Step::Confirm).await?;
    as_instructed(Money::from_fen(row.amount_fen), receipt.amount)?;
    let request = RepaymentRequest {
        amount: receipt.amount,
        comment: row.comment.clone(),
        pays_off: store::kind_of(&row)? == InstructionKind::Payoff,
    };
    let booked = servicing::book(tx, caller, held, &request).await?;
    Ok((row, booked.id.uuid()))
}

/// Books a deposit, or its way back; gives the instruction as locked and the movement.
async fn deposit(
    tx: &mut Tx,
    caller: &Caller,
    found: &store::row::Model,
    (receipt, seen): (&Receipt<'_>, IfMatch),
) -> Result<(store::row::Model, Uuid), ActError> {
    let (line, member) = (FacilityId::from_uuid(found.facility_id), OrgId::from_uuid(found.enterprise_id));
    let place = facility::deposit_place(tx, caller, (line, IfMatch::default()), member).await?;
    let (row, _) = claimed(tx, found, seen, Step::Confirm).await?;
    as_instructed(Money::from_fen(row.amount_fen), receipt.amount)?;
    let kind = store::deposit_kind_of(&row)?
        .ok_or_else(|| Fault::Corrupt(format!("instruction {} on no deposit", row.id)))?;
    let comment = row.comment.clone();
    let booked = match store::kind_of(&row)? {
        InstructionKind::DepositReturn => {
            let asked = GiveBack { enterprise_id: member, amount: Some(receipt.amount), kind, comment };
            facility::book_deposit_return(tx, caller, &place, &asked).await?
        }
        _ => {
            let asked = PayIn { enterprise_id: member, amount: receipt.amount, kind, comment };
            facility::book_deposit(tx, caller, &place, &asked).await?
        }
    };
    Ok((row, booked.id))
}

fn decided(tx: &Tx, caller: &Caller, status: InstructionStatus) -> store::row::ActiveModel {
    store::row::ActiveModel {
        status: Set(status.name().to_owned()),
        decided_by_id: Set(Some(caller.user.uuid())),
        decided_by: Set(Some(caller.name.clone())),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    }
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    row: &store::row::Model,
    (action, more): (&'static str, serde_json::Value),
) -> Result<PaymentInstruction, ActError> {
    let entry = AuditEntry::new(&caller.actor(), action, "payment_instruction", row.id).with(more);
    tx.audit([entry]).await?;
    let after = store::find(tx.conn(), &caller.scope(), row.id.into()).await?;
    Ok(shown(after.ok_or_else(Problem::not_found)?)?)
}
