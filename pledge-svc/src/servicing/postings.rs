//! The ledger movement of a repayment, in the book of every bank of the syndicate.

use contracts::{FacilityId, LoanId};
use finance::Money;
use ledger::{Line, Movement};
use tx_kit::Fault;

use crate::{
    books::accounts::{CLEARING, DEPOSITS, INTEREST_INCOME, LOANS},
    loan::LoanShare,
};

/// A payment received: the mirror of the disbursement.
/// lead: Dr deposits (the whole) / Cr loans, Cr interest income (own parts), Cr clearing (the others' parts);
/// each other bank: Dr clearing / Cr loans, Cr interest income.
///
/// `parts` are interest and principal of each bank, in the order of the shares.
pub(super) fn receipt(
    loan: LoanId,
    facility: FacilityId,
    shares: &[LoanShare],
    parts: &[(Money, Money)],
) -> Result<Vec<Movement>, Fault> {
    const KIND: &str = "loan.repayment";
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let group = Some(facility.uuid());
    let mut movements = Vec::with_capacity(shares.len());
    let mut whole = Money::ZERO;
    let mut others = Money::ZERO;
    for (position, (share, (interest, principal))) in shares.iter().zip(parts).enumerate() {
        let part = interest.checked_add(*principal).map_err(broken)?;
        whole = whole.checked_add(part).map_err(broken)?;
        if position == 0 || part.is_zero() {
            continue;
        }
        others = others.checked_add(part).map_err(broken)?;
        let lines = [
            Line::debit(CLEARING, part),
            Line::credit(LOANS, *principal),
            Line::credit(INTEREST_INCOME, *interest),
        ];
        movements.push(Movement::try_new(share.bank_id, KIND, loan, group, lines)?);
    }
    if let (Some(lead), Some((interest, principal))) = (shares.first(), parts.first()) {
        let lines = [
            Line::debit(DEPOSITS, whole),
            Line::credit(LOANS, *principal),
            Line::credit(INTEREST_INCOME, *interest),
            Line::credit(CLEARING, others),
        ];
        movements.insert(0, Movement::try_new(lead.bank_id, KIND, loan, group, lines)?);
    }
    Ok(movements)
}
