//! The ledger movements of the subject: a draw, in the book of every bank of the syndicate; deposits of members, in the
//! book of the lead.

use contracts::{FacilityId, LoanId};
use finance::Money;
use ledger::{Account, Line, Movement};
use tx_kit::Fault;

use super::model::{Facility, Member};
use crate::{
    books::accounts::{CLEARING, DEPOSITS, LOANS, SECURITY_DEPOSITS},
    loan::LoanShare,
};

/// A disbursement. The lead pays the whole out and claims the others' parts through clearing:
/// lead: Dr loans (own part), Dr clearing (the others' parts) / Cr deposits (the whole);
/// each other bank: Dr loans / Cr clearing.
pub(super) fn disbursement(
    loan: LoanId,
    facility: FacilityId,
    shares: &[LoanShare],
) -> Result<Vec<Movement>, Fault> {
    const KIND: &str = "loan.disbursement";
    let group = Some(facility.uuid());
    let Some((lead, others)) = shares.split_first() else {
        return Err(Fault::Invariant("a loan without a lender".to_owned()));
    };
    let others_part = Money::total(others.iter().map(|share| share.amount))
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    let whole = lead.amount.checked_add(others_part).map_err(|error| Fault::Invariant(error.to_string()))?;
    let mut movements = vec![Movement::try_new(
        lead.bank_id,
        KIND,
        loan,
        group,
        [Line::debit(LOANS, lead.amount), Line::debit(CLEARING, others_part), Line::credit(DEPOSITS, whole)],
    )?];
    for share in others.iter().filter(|share| share.amount.is_positive()) {
        let lines = [Line::debit(LOANS, share.amount), Line::credit(CLEARING, share.amount)];
        movements.push(Movement::try_new(share.bank_id, KIND, loan, group, lines)?);
    }
    Ok(movements)
}

/// A deposit paid in out of the member's account: Dr customer deposits / Cr security deposits.
pub(super) fn deposit_paid_in(
    facility: &Facility,
    member: &Member,
    amount: Money,
) -> Result<Movement, Fault> {
    let lines = [Line::debit(DEPOSITS, amount), Line::credit(SECURITY_DEPOSITS, amount)];
    of_deposit(facility, member, "facility.deposit", lines)
}

/// A deposit given back: the mirror.
pub(super) fn deposit_given_back(
    facility: &Facility,
    member: &Member,
    amount: Money,
) -> Result<Movement, Fault> {
    let lines = [Line::debit(SECURITY_DEPOSITS, amount), Line::credit(DEPOSITS, amount)];
    of_deposit(facility, member, "facility.deposit_return", lines)
}

/// A deposit taken for a loss: Dr security deposits / Cr what the loss's sharing collects on.
pub(super) fn deposit_applied(
    facility: &Facility,
    member: &Member,
    amount: Money,
    credit: Account,
) -> Result<Movement, Fault> {
    let lines = [Line::debit(SECURITY_DEPOSITS, amount), Line::credit(credit, amount)];
    of_deposit(facility, member, "facility.deposit_applied", lines)
}

/// A deposit put back from a recovery: the mirror.
pub(super) fn deposit_restored(
    facility: &Facility,
    member: &Member,
    amount: Money,
    debit: Account,
) -> Result<Movement, Fault> {
    let lines = [Line::debit(debit, amount), Line::credit(SECURITY_DEPOSITS, amount)];
    of_deposit(facility, member, "facility.deposit_restored", lines)
}

fn of_deposit(
    facility: &Facility,
    member: &Member,
    kind: &'static str,
    lines: [Line; 2],
) -> Result<Movement, Fault> {
    Ok(Movement::try_new(facility.bank_id, kind, member.id, Some(facility.id.uuid()), lines)?)
}
