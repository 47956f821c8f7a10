//! The acts: another person approves or refuses a proposal to undo a payment; its maker may withdraw it. What is approved
//! is looked at again on the loan as it is at that moment.

use contracts::{LoanId, RepaymentReversalId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    around::{around, trace_of},
    carry_out::carry_out,
    propose::hold_led,
    store,
    view::{RepaymentReversal, shown},
};
use crate::{
    loan::Held,
    servicing::model::reversal::{ReversalStatus, may_be_undone, may_decide, may_withdraw},
};

/// A decision.
pub(super) struct Decision<'a> {
    /// What becomes of the proposal.
    pub status: ReversalStatus,
    /// Why.
    pub reason: &'a str,
    /// The version of the proposal that was looked at.
    pub seen: IfMatch,
}

/// Approves, refuses or withdraws.
///
/// # Errors
/// No such proposal, decided before, the same person, why the payment may not be undone, or the database's fault.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: RepaymentReversalId,
    decision: &Decision<'_>,
) -> Result<RepaymentReversal, ActError> {
    let scope = caller.scope();
    let found = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let mut held = hold_led(tx, caller, found.loan_id.into()).await?;
    // Read again under the loan's lock: a twin may have decided it while we waited.
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    decision.seen.check(row.version)?;
    let (status, maker) = (store::status_of(&row)?, UserId::from_uuid(row.maker_id));
    if decision.status == ReversalStatus::Withdrawn {
        may_withdraw(status, maker, caller.user)?;
    } else {
        may_decide(status, maker, caller.user)?;
    }
    let mut change = store::row::ActiveModel {
        status: Set(decision.status.name().to_owned()),
        approver_id: Set(Some(caller.user.uuid())),
        approver: Set(Some(caller.name.clone())),
        decision_reason: Set(Some(decision.reason.to_owned())),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if decision.status == ReversalStatus::Approved {
        let correction = undo(tx, caller, &mut held, &row).await?;
        change.reversed_on = Set(Some(held.on));
        change.correction_fen = Set(Some(correction.fen()));
    }
    store::update(tx, &row, change).await?;
    let action = match decision.status {
        ReversalStatus::Approved => "loan.repayment_reversal.approve",
        ReversalStatus::Withdrawn => "loan.repayment_reversal.withdraw",
        _ => "loan.repayment_reversal.refuse",
    };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", held.id()).with(serde_json::json!({
        "reversal": id, "repayment": row.repayment_id, "reason": decision.reason,
    }));
    tx.audit([entry]).await?;
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(shown(row, &scope)?)
}

/// Undoes the payment of a proposal; gives the correction of what was accrued since.
async fn undo(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    row: &store::row::Model,
) -> Result<finance::Money, ActError> {
    let loan = LoanId::from_uuid(row.loan_id);
    let paid = store::lock_repayment(tx, (loan, row.repayment_id.into())).await?;
    let paid = paid.ok_or_else(|| Fault::Corrupt(format!("the payment of reversal {}", row.id)))?;
    let trace = trace_of(&paid)?;
    may_be_undone(&around(tx, held, &paid, trace.as_ref()).await?)?;
    // The rules let nothing through that others paid, and all else has left its trace.
    let trace = trace.ok_or_else(|| Fault::Corrupt(format!("payment {} has left no trace", paid.id)))?;
    Ok(carry_out(tx, caller, held, (&paid, &trace), &row.reason).await?)
}
