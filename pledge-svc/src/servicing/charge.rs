//! The act: a fee is charged on a loan. It is owed at once, is served first by the next payment, and is income when it is
//! paid.

use contracts::LoanId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};

use crate::loan::{LoanStatus, hold, store};

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

/// Charges a fee.
///
/// # Errors
/// Not the lead bank's loan, not active, or the database's fault.
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
    let fees = held
        .account
        .arrears
        .fees
        .checked_add(request.amount)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    held.account.arrears.fees = fees;
    held.write(tx, store::loan::ActiveModel::default()).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.charge", "loan", id)
        .with(serde_json::json!({ "amount": request.amount, "reason": request.reason }));
    tx.audit([entry]).await?;
    Ok(FeesOwed { loan_id: id, fees })
}
