//! The ledger movements of a fund, in its own book.

use contracts::OrgId;
use finance::Money;
use ledger::{Line, Movement};
use tx_kit::Fault;
use uuid::Uuid;

use crate::books::accounts::{BANK_BALANCES, COMPENSATION_PAID, FUND_CAPITAL};

/// Capital paid in, or replenished: Dr bank balances / Cr paid-in capital.
pub(super) fn capital_paid_in(book: OrgId, entry: Uuid, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(BANK_BALANCES, amount), Line::credit(FUND_CAPITAL, amount)];
    Ok(Movement::try_new(book, "fund.capital", entry, None, lines)?)
}

/// Compensation paid to a bank: Dr non-operating expense / Cr bank balances. The movement is about the bank's claim.
pub(super) fn compensation_paid(book: OrgId, claim: Uuid, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(COMPENSATION_PAID, amount), Line::credit(BANK_BALANCES, amount)];
    Ok(Movement::try_new(book, "fund.compensation", claim, None, lines)?)
}

/// A recovery handed back by a bank, which lowers what the compensation cost: Dr bank balances / Cr non-operating
/// expense.
pub(super) fn recovery_handed_back(book: OrgId, claim: Uuid, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(BANK_BALANCES, amount), Line::credit(COMPENSATION_PAID, amount)];
    Ok(Movement::try_new(book, "fund.recovery", claim, None, lines)?)
}
