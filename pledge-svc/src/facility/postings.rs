//! The ledger movement of a draw, in the book of every bank of the syndicate.

use contracts::{FacilityId, LoanId};
use finance::Money;
use ledger::{Line, Movement};
use tx_kit::Fault;

use crate::{
    books::accounts::{CLEARING, DEPOSITS, LOANS},
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
