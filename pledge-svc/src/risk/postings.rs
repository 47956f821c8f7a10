//! The ledger movements of provisions, in the book of every bank that lends a part.

use contracts::{FacilityId, LoanId, OrgId};
use finance::{Money, Rate};
use ledger::{Line, Movement};
use tx_kit::Fault;

use crate::{
    books::accounts::{CREDIT_IMPAIRMENT, LOAN_LOSS_ALLOWANCE},
    servicing::model::moved,
};

/// The kind of the movement.
pub(super) const PROVISION: &str = "loan.provision";

/// A provision that goes from one amount to another: each bank's part is the split of the whole as the loan was lent,
/// so that parts never drift from it. More: Dr credit impairment / Cr loan loss allowance; less: the other way round.
pub(super) fn provision(
    loan: LoanId,
    facility: FacilityId,
    banks: &[(OrgId, Rate)],
    before: Money,
    after: Money,
) -> Result<Vec<Movement>, Fault> {
    if before == after {
        return Ok(Vec::new());
    }
    let weights: Vec<Rate> = banks.iter().map(|(_, weight)| *weight).collect();
    let parts = moved(before, after, &weights)
        .map_err(|error| Fault::Invariant(format!("the shares of loan {loan}: {error}")))?;
    let mut movements = Vec::with_capacity(parts.len());
    for ((bank, _), part) in banks.iter().zip(parts) {
        movements.extend(changed(loan, facility, *bank, part)?);
    }
    Ok(movements)
}

/// One bank's allowance for a loan changes by an amount; no movement for nothing.
pub(super) fn changed(
    loan: LoanId,
    facility: FacilityId,
    bank: OrgId,
    change: Money,
) -> Result<Option<Movement>, Fault> {
    if change.is_zero() {
        return Ok(None);
    }
    let lines = if change.is_positive() {
        [Line::debit(CREDIT_IMPAIRMENT, change), Line::credit(LOAN_LOSS_ALLOWANCE, change)]
    } else {
        [Line::debit(LOAN_LOSS_ALLOWANCE, -change), Line::credit(CREDIT_IMPAIRMENT, -change)]
    };
    Ok(Some(Movement::try_new(bank, PROVISION, loan, Some(facility.uuid()), lines)?))
}

#[cfg(test)]
mod tests {
    use ledger::Side;
    use uuid::Uuid;

    use super::*;

    fn bank(number: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number))
    }

    fn made(before: i64, after: i64) -> Vec<Movement> {
        let banks = [(bank(1), Rate::from_basis_points(3_333)), (bank(2), Rate::from_basis_points(6_667))];
        let id = Uuid::from_u128(9);
        provision(id.into(), id.into(), &banks, Money::from_fen(before), Money::from_fen(after)).unwrap()
    }

    fn sum(movements: &[Movement], code: &str, side: Side) -> i64 {
        movements
            .iter()
            .flat_map(Movement::lines)
            .filter(|line| line.account.code == code && line.side == side)
            .map(|line| line.amount.fen())
            .sum()
    }

    #[test]
    fn more_provision_costs_and_less_gives_back_to_the_fen() {
        let more = made(0, 100_001);
        assert_eq!(more.len(), 2, "one movement for each book");
        assert_eq!(sum(&more, "6702", Side::Debit), 100_001);
        assert_eq!(sum(&more, "1304", Side::Credit), 100_001);
        let less = made(100_001, 1);
        assert_eq!(sum(&less, "1304", Side::Debit), 100_000);
        assert_eq!(sum(&less, "6702", Side::Credit), 100_000);
        assert!(made(5, 5).is_empty());
    }
}
