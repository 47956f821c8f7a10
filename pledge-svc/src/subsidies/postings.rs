//! The ledger movements of subsidies: the special account in the fund's book, the credit in the bank's.

use contracts::{OrgId, SubsidyId, SubsidySchemeId};
use finance::Money;
use ledger::{Line, Movement};
use tx_kit::Fault;

use crate::books::accounts::{CLEARING, DEPOSITS, SPECIAL_BALANCES, SUBSIDY_FUNDS};

/// The kind of the movement in the bank's book; the bank may send such a payment back.
pub(super) const CREDIT: &str = "subsidy.credit";

/// Public money received for a scheme: Dr other monetary funds / Cr special-purpose payables.
pub(super) fn funding(book: OrgId, scheme: SubsidySchemeId, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(SPECIAL_BALANCES, amount), Line::credit(SUBSIDY_FUNDS, amount)];
    Ok(Movement::try_new(book, "subsidy.funding", scheme, None, lines)?)
}

/// A claim paid out of it: Dr special-purpose payables / Cr other monetary funds.
pub(super) fn payment(book: OrgId, claim: SubsidyId, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(SUBSIDY_FUNDS, amount), Line::credit(SPECIAL_BALANCES, amount)];
    Ok(Movement::try_new(book, "subsidy.payment", claim, None, lines)?)
}

/// The same as it arrives at the enterprise's bank: Dr clearing / Cr customer deposits.
pub(super) fn credit(book: OrgId, claim: SubsidyId, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(CLEARING, amount), Line::credit(DEPOSITS, amount)];
    Ok(Movement::try_new(book, CREDIT, claim, None, lines)?)
}
