//! The ledger movements of servicing, in the book of every bank of the syndicate.

use contracts::{FacilityId, LoanId};
use finance::Money;
use ledger::{Account, Line, Movement};
use tx_kit::Fault;

use crate::{
    books::accounts::{CLEARING, DEPOSITS, FEE_INCOME, INTEREST_RECEIVABLE, LOANS},
    loan::LoanShare,
};

/// One bank's part of a payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Principal.
    pub principal: Money,
    /// Interest of every kind.
    pub interest: Money,
    /// Fees.
    pub fees: Money,
    /// By how much its interest receivable falls; the rest of the interest is income of today.
    pub receivable: Money,
}

impl Part {
    fn whole(self) -> Result<Money, Fault> {
        Money::total([self.principal, self.interest, self.fees]).map_err(broken)
    }

    /// Cr loans, receivable, interest income, fee income. A receivable that rises or an income that falls stands on the other side.
    fn credits(self, interest_income: Account) -> Result<[Line; 4], Fault> {
        let income = self.interest.checked_sub(self.receivable).map_err(broken)?;
        Ok([
            Line::credit(LOANS, self.principal),
            credited(INTEREST_RECEIVABLE, self.receivable),
            credited(interest_income, income),
            Line::credit(FEE_INCOME, self.fees),
        ])
    }
}

fn broken(error: finance::MoneyError) -> Fault {
    Fault::Invariant(error.to_string())
}

/// A credit of an amount that may be negative: then a debit.
fn credited(account: Account, amount: Money) -> Line {
    if amount.is_negative() { Line::debit(account, -amount) } else { Line::credit(account, amount) }
}

/// A payment received: the mirror of the disbursement.
/// lead: Dr deposits (the whole) / Cr loans, interest receivable, interest income, fee income (own parts),
/// Cr clearing (the others' parts); each other bank: Dr clearing / Cr the same of its part.
///
/// `parts` are in the order of the shares; `interest_income` is where interest of the loan is income.
pub(crate) fn receipt(
    loan: LoanId,
    facility: FacilityId,
    shares: &[LoanShare],
    parts: &[Part],
    interest_income: Account,
) -> Result<Vec<Movement>, Fault> {
    const KIND: &str = "loan.repayment";
    let group = Some(facility.uuid());
    let mut movements = Vec::with_capacity(shares.len());
    let mut whole = Money::ZERO;
    let mut others = Money::ZERO;
    for (position, (share, part)) in shares.iter().zip(parts).enumerate() {
        let amount = part.whole()?;
        whole = whole.checked_add(amount).map_err(broken)?;
        if position == 0 {
            continue;
        }
        others = others.checked_add(amount).map_err(broken)?;
        let lines = [Line::debit(CLEARING, amount)].into_iter().chain(part.credits(interest_income)?);
        let lines: Vec<Line> = lines.filter(|line| !line.amount.is_zero()).collect();
        if !lines.is_empty() {
            movements.push(Movement::try_new(share.bank_id, KIND, loan, group, lines)?);
        }
    }
    if let (Some(lead), Some(part)) = (shares.first(), parts.first()) {
        let own = part.credits(interest_income)?;
        let lines = [Line::debit(DEPOSITS, whole), Line::credit(CLEARING, others)].into_iter().chain(own);
        movements.insert(0, Movement::try_new(lead.bank_id, KIND, loan, group, lines)?);
    }
    Ok(movements)
}

/// Interest that has become receivable, or no longer is: Dr receivable / Cr income, or the other way round.
/// One movement for each book; `subject` is the loan, or the close of business that accrues for many; `income` is where the
/// interest is income.
///
/// # Errors
/// An amount beyond the range.
pub(crate) fn accrual(
    kind: &'static str,
    subject: uuid::Uuid,
    group: Option<uuid::Uuid>,
    book: contracts::OrgId,
    (income, amount): (Account, Money),
) -> Result<Option<Movement>, Fault> {
    if amount.is_zero() {
        return Ok(None);
    }
    let lines = [credited(income, amount), credited(INTEREST_RECEIVABLE, -amount)];
    Ok(Some(Movement::try_new(book, kind, subject, group, lines)?))
}
