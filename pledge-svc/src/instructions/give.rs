//! The act: what a borrower says it pays, or wants back, becomes an instruction that waits, unless its bank debits at once.
//! The caller holds the loan, or the line and the member's place, and has decided that the payment could be taken today.

use contracts::{LoanId, OrgKind, PaymentInstructionId};
use finance::Money;
use http_kit::ActError;
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{InstructionKind, InstructionStatus, PaymentRules, room_beside},
    store::{self, Beside},
    view::{PaymentInstruction, shown},
};
use crate::{
    closing::{self, OfInstruction},
    facility::{DepositKind, Facility, Member},
    loan::store::loan,
    parameters, working_days,
};

/// What an instruction is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A payment on a loan, of which this much is owed.
    Loan {
        /// The loan.
        loan: &'a loan::Model,
        /// What would settle it today.
        owed: Money,
        /// It is meant to settle the loan.
        pays_off: bool,
    },
    /// A deposit to pay in.
    Deposit(DepositKind),
    /// A deposit to give back, of which the member holds this much.
    Return(DepositKind, Money),
}

/// An instruction to give.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// The line.
    pub facility: &'a Facility,
    /// The member's place on it.
    pub member: &'a Member,
    /// What it is about.
    pub subject: Subject<'a>,
    /// How much.
    pub amount: Money,
    /// A remark.
    pub comment: Option<&'a str>,
}

/// Whether what the caller says is paid waits for the bank: an enterprise's word does, at a bank that does not debit at
/// once. What the bank's own people record is the bank's own record of the money.
///
/// # Errors
/// The database's fault.
pub(crate) async fn waits(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    facility: &Facility,
    on: chrono::NaiveDate,
) -> Result<bool, Fault> {
    if caller.org_kind != OrgKind::Enterprise {
        return Ok(false);
    }
    let rules: PaymentRules = parameters::current(conn, facility.bank_id, on).await?;
    Ok(!rules.debit_at_once)
}

/// Gives it.
///
/// # Errors
/// More than there is with what waits already; the database's fault.
pub(crate) async fn give(
    tx: &mut Tx,
    caller: &Caller,
    given: Given<'_>,
) -> Result<PaymentInstruction, ActError> {
    room(tx, &given).await?;
    let (facility, member) = (given.facility, given.member);
    let (kind, loan, deposit) = match given.subject {
        Subject::Loan { loan, pays_off: false, .. } => (InstructionKind::Repayment, Some(loan), None),
        Subject::Loan { loan, pays_off: true, .. } => (InstructionKind::Payoff, Some(loan), None),
        Subject::Deposit(deposit) => (InstructionKind::Deposit, None, Some(deposit)),
        Subject::Return(deposit, _) => (InstructionKind::DepositReturn, None, Some(deposit)),
    };
    let today = tx.business_date();
    let rules: PaymentRules = parameters::current(tx.conn(), facility.bank_id, today).await?;
    let calendar = working_days::of_bank(tx.conn(), facility.bank_id, today).await?;
    let lapses_on = calendar
        .add_working_days(today, rules.lapse_after_working_days)
        .ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let row = store::row::Model {
        id: PaymentInstructionId::fresh(tx.now()).uuid(),
        kind: kind.name().to_owned(),
        bank_id: facility.bank_id.uuid(),
        bank_name: facility.bank_name.clone(),
        enterprise_id: member.enterprise_id.uuid(),
        enterprise_name: member.enterprise_name.clone(),
        facility_id: facility.id.uuid(),
        loan_id: loan.map(|loan| loan.id),
        number: loan.map_or_else(|| facility.number.clone(), |loan| loan.number.clone()),
        deposit_kind: deposit.map(|deposit| deposit.name().to_owned()),
        amount_fen: given.amount.fen(),
        comment: given.comment.map(str::to_owned),
        status: InstructionStatus::Pending.name().to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        instructed_on: today,
        lapses_on,
        created_at: tx.now(),
        decided_by_id: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        reference: None,
        booked_id: None,
        booked_on: None,
        version: 1,
    };
    store::insert(tx, row.clone()).await?;
    closing::instruction(tx, &told(&row), OfInstruction::Waits).await?;
    let entry = AuditEntry::new(&caller.actor(), "payment_instruction.give", "payment_instruction", row.id)
        .with(serde_json::json!({
            "kind": kind, "loan": loan.map(|loan| loan.id), "facility": facility.id,
            "amount": given.amount, "lapses_on": lapses_on,
        }));
    tx.audit([entry]).await?;
    Ok(shown(row)?)
}

/// Nobody instructs the same payment twice: what waits together is no more than is owed, or held.
async fn room(tx: &Tx, given: &Given<'_>) -> Result<(), ActError> {
    let (beside, most) = match given.subject {
        Subject::Loan { loan, owed, .. } => (Beside::Loan(LoanId::from_uuid(loan.id)), owed),
        Subject::Return(kind, held) => {
            (Beside::Return(given.facility.id, given.member.enterprise_id, kind), held)
        }
        // What may be paid in at most is looked at again when it is.
        Subject::Deposit(_) => return Ok(()),
    };
    let pending = store::pending(tx.conn(), beside).await?;
    room_beside(most, pending, given.amount).map_err(|error| Fault::Invariant(error.to_string()))??;
    Ok(())
}

/// What a notice says of an instruction.
pub(super) fn told(row: &store::row::Model) -> closing::Told<'_> {
    closing::Told {
        bank: row.bank_id,
        enterprise: row.enterprise_id,
        loan: row.loan_id,
        number: &row.number,
        amount: Money::from_fen(row.amount_fen),
    }
}
