//! The act: a payment is proposed to be undone, with the reason.

use contracts::{LoanId, OrgKind, RepaymentId, RepaymentReversalId};
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    around::{around, trace_of},
    store,
    view::{RepaymentReversal, shown},
};
use crate::{
    loan::{Held, hold},
    servicing::model::reversal::{Refusal, ReversalStatus, may_be_undone},
};

/// Holds a loan for the bank that acts for its lenders; for everybody else it is not there.
pub(super) async fn hold_led(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Held, ActError> {
    let held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if caller.org_kind != OrgKind::Bank || held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    Ok(held)
}

/// Proposes.
///
/// # Errors
/// Not the lead bank's loan, no such payment, why it may not be undone, or the database's fault.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    (loan, id): (LoanId, RepaymentId),
    reason: &str,
) -> Result<RepaymentReversal, ActError> {
    let held = hold_led(tx, caller, loan).await?;
    let paid = store::find_repayment(tx.conn(), &caller.scope(), (loan, id)).await?;
    let paid = paid.ok_or_else(Problem::not_found)?;
    let trace = trace_of(&paid)?;
    may_be_undone(&around(tx, &held, &paid, trace.as_ref()).await?)?;
    let row = store::row::Model {
        id: RepaymentReversalId::fresh(tx.now()).uuid(),
        repayment_id: paid.id,
        loan_id: held.row.id,
        loan_number: held.row.number.clone(),
        facility_id: held.row.facility_id,
        bank_id: held.row.bank_id,
        bank_name: held.row.bank_name.clone(),
        enterprise_id: held.row.enterprise_id,
        enterprise_name: held.row.enterprise_name.clone(),
        amount_fen: paid.amount_fen,
        principal_fen: paid.principal_fen,
        interest_fen: paid.interest_fen,
        fees_fen: paid.fees_fen,
        paid_on: paid.paid_on,
        status: ReversalStatus::Proposed.name().to_owned(),
        reason: reason.to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        approver_id: None,
        approver: None,
        decision_reason: None,
        created_at: tx.now(),
        decided_at: None,
        reversed_on: None,
        correction_fen: None,
        version: 1,
    };
    if !store::insert(tx, row.clone()).await? {
        return Err(Refusal::Pending.into());
    }
    let entry = AuditEntry::new(&caller.actor(), "loan.repayment_reversal.propose", "loan", loan).with(
        serde_json::json!({
            "reversal": row.id, "repayment": id, "reason": reason,
        }),
    );
    tx.audit([entry]).await?;
    Ok(shown(row, &caller.scope())?)
}
