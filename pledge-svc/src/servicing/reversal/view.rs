//! Proposals to undo payments as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, LoanId, OrgId, OrgKind, RepaymentId, RepaymentReversalId, UserId};
use finance::Money;
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;

use super::store;
use crate::servicing::model::reversal::ReversalStatus;

/// A payment that is proposed to be undone, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RepaymentReversal {
    /// Its id.
    pub id: RepaymentReversalId,
    /// The payment.
    pub repayment_id: RepaymentId,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// The lead bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What was paid.
    pub amount: Money,
    /// Of it, principal.
    pub principal: Money,
    /// Of it, interest of every kind.
    pub interest: Money,
    /// Of it, fees.
    pub fees: Money,
    /// The business date of the payment.
    pub paid_on: NaiveDate,
    /// What has become of it.
    pub status: ReversalStatus,
    /// Why it is to be undone; the bank's own, not shown to the borrower.
    pub reason: Option<String>,
    /// Who proposed it.
    pub maker: String,
    /// Who proposed it; not shown to the borrower.
    pub maker_id: Option<UserId>,
    /// Who decided it, or withdrew it.
    pub approver: Option<String>,
    /// Why it was decided so; the bank's own.
    pub decision_reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// The business date on which the payment was undone.
    pub reversed_on: Option<NaiveDate>,
    /// By how much interest receivable was corrected for the days closed between; the bank's own.
    pub correction: Option<Money>,
    /// Rises with every step.
    pub version: i64,
}

/// A row as its reader may see it.
///
/// # Errors
/// [`Fault::Corrupt`]
pub(super) fn shown(row: store::row::Model, scope: &Scope) -> Result<RepaymentReversal, Fault> {
    // What the bank thinks of it is its own affair.
    let own = scope.kind() != OrgKind::Enterprise;
    Ok(RepaymentReversal {
        status: store::status_of(&row)?,
        id: row.id.into(),
        repayment_id: row.repayment_id.into(),
        loan_id: row.loan_id.into(),
        loan_number: row.loan_number,
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.amount_fen),
        principal: Money::from_fen(row.principal_fen),
        interest: Money::from_fen(row.interest_fen),
        fees: Money::from_fen(row.fees_fen),
        paid_on: row.paid_on,
        reason: own.then_some(row.reason),
        maker: row.maker,
        maker_id: own.then(|| UserId::from_uuid(row.maker_id)),
        approver: row.approver,
        decision_reason: row.decision_reason.filter(|_| own),
        created_at: row.created_at,
        decided_at: row.decided_at,
        reversed_on: row.reversed_on,
        correction: row.correction_fen.filter(|_| own).map(Money::from_fen),
        version: row.version,
    })
}
