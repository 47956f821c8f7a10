//! The ledger movements of claims, one function each. Every one is about a claim, in its insurer's book, within its
//! policy.

use finance::{Money, MoneyError};
use ledger::{Line, Movement};
use tx_kit::Fault;

use super::store::claim;
use crate::books::chart::{BANK, CHANGE_IN_CLAIMS_RESERVE, CLAIMS_PAID, CLAIMS_RESERVE};

/// The case reserve moves from one amount to another; `None` where it stays.
pub(crate) fn reserve_changed(
    claim: &claim::Model,
    from: Money,
    to: Money,
) -> Result<Option<Movement>, Fault> {
    let overflow = |error: MoneyError| Fault::Corrupt(error.to_string());
    let change = to.checked_sub(from).map_err(overflow)?;
    let lines = match change {
        none if none.is_zero() => return Ok(None),
        more if more.is_positive() => {
            [Line::debit(CHANGE_IN_CLAIMS_RESERVE, more), Line::credit(CLAIMS_RESERVE, more)]
        }
        less => [Line::debit(CLAIMS_RESERVE, -less), Line::credit(CHANGE_IN_CLAIMS_RESERVE, -less)],
    };
    movement(claim, "claim.reserve_changed", lines).map(Some)
}

/// The claim is paid.
pub(crate) fn paid(claim: &claim::Model, amount: Money) -> Result<Movement, Fault> {
    movement(claim, "claim.paid", [Line::debit(CLAIMS_PAID, amount), Line::credit(BANK, amount)])
}

/// A bank hands back what it recovered of a loss that was paid for: claims paid fall by it. CAS 25: what an insurer gets
/// back by subrogation (代位追偿款) reduces the cost of the claim.
pub(crate) fn recovered(claim: &claim::Model, amount: Money) -> Result<Movement, Fault> {
    movement(claim, "claim.recovered", [Line::debit(BANK, amount), Line::credit(CLAIMS_PAID, amount)])
}

fn movement(claim: &claim::Model, kind: &'static str, lines: [Line; 2]) -> Result<Movement, Fault> {
    Ok(Movement::try_new(claim.insurer_id.into(), kind, claim.id, Some(claim.policy_id), lines)?)
}
