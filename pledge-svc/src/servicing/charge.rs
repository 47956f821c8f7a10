//! The act: a fee is charged on a loan. It is owed at once, is served first by the next payment, and is income when it is
//! paid.

use contracts::LoanId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};

use crate::{
    loan::{LoanStatus, hold, store},
    risk,
};

/// The most that may stand open in fees on one loan: a hundred million yuan, far above any fee and far below the range of
/// amounts, so that no sum of a loan's debts leaves that range.
pub(super) const FEES_MAX: Money = Money::from_fen(10_000_000_000);

/// A fee to charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FeeRequest {
    /// How much.
    pub amount: Money,
    /// What for; the borrower reads it in the notice.
    pub reason: String,
}

/// The fees of a loan after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FeesOwed {
    /// The loan.
    pub loan_id: LoanId,
    /// Everything owed in fees.
    pub fees: Money,
}

fn too_much(owed: Money) -> Problem {
    let left = FEES_MAX.saturating_sub(owed);
    Problem::refused(
        "fees-too-high",
        format!("一笔贷款未付费用合计不超过 {FEES_MAX} 元，现已有 {owed} 元，最多还可收取 {left} 元。"),
        format!(
            "No more than {FEES_MAX} yuan of fees may stand open on a loan; {owed} do, so charge at most {left}."
        ),
    )
    .with("fees", owed)
    .with("left", left)
}

/// Charges a fee.
///
/// # Errors
/// Not the lead bank's loan, not active, more fees than a loan may owe, or the database's fault.
pub(super) async fn charge(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &FeeRequest,
) -> Result<FeesOwed, ActError> {
    let mut held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if held.status != LoanStatus::Active {
        return Err(Problem::refused(
            "loan-not-active",
            "贷款已结清或已核销，不能再收取费用。",
            "The loan is repaid or written off; no fee can be charged on it.",
        )
        .into());
    }
    let before = held.account.arrears.fees;
    let fees = before.checked_add(request.amount).ok().filter(|sum| *sum <= FEES_MAX);
    let fees = fees.ok_or_else(|| too_much(before))?;
    held.account.arrears.fees = fees;
    held.write(tx, store::loan::ActiveModel::default()).await?;
    let told = risk::reassess(tx, &held, "fee").await?;
    let event = held.state_changed("fee", told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.charge", "loan", id)
        .with(serde_json::json!({ "amount": request.amount, "reason": request.reason }));
    tx.audit([entry]).await?;
    Ok(FeesOwed { loan_id: id, fees })
}
