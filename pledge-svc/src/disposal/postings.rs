//! The ledger movements of a case, about its loan. What the loan itself is paid (principal, interest) is posted by
//! `servicing`; costs and what is handed on run through the lead's book alone, since the lead acts for the syndicate.

use contracts::{FacilityId, LoanId, OrgId};
use finance::{Money, MoneyError, Rate, split};
use ledger::{Account, Line, Movement};
use rust_decimal::Decimal;
use tx_kit::Fault;

use crate::{
    books::accounts::{
        CLEARING, CREDIT_IMPAIRMENT, DEPOSITS, DISPOSAL_COSTS, INTEREST_RECEIVABLE, LOAN_LOSS_ALLOWANCE,
        LOANS, OTHER_PAYABLES,
    },
    loan::LoanShare,
};

/// What the movements of a case are about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// The lead bank's book.
    pub lead: OrgId,
    /// The loan.
    pub loan: LoanId,
    /// The facility.
    pub facility: FacilityId,
}

impl About {
    fn movement(
        self,
        book: OrgId,
        kind: &'static str,
        lines: impl IntoIterator<Item = Line>,
    ) -> Result<Movement, Fault> {
        Ok(Movement::try_new(book, kind, self.loan, Some(self.facility.uuid()), lines)?)
    }
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(error.to_string())
}

/// Costs paid for the borrower's account: Dr operating and administrative expense / Cr deposits (the payee's account).
pub(super) fn cost_paid(about: About, amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(DISPOSAL_COSTS, amount), Line::credit(DEPOSITS, amount)];
    about.movement(about.lead, "loan.disposal_cost", lines)
}

/// The part of proceeds that does not pay the loan: Dr deposits (the buyer's account) / Cr the expense that is met,
/// Cr other payables (what belongs to the pledgor). `None` where all of it paid the loan.
pub(super) fn proceeds_received(
    about: About,
    reimbursed: Money,
    surplus: Money,
) -> Result<Option<Movement>, Fault> {
    let whole = reimbursed.checked_add(surplus).map_err(broken)?;
    if whole.is_zero() {
        return Ok(None);
    }
    let lines = [
        Line::debit(DEPOSITS, whole),
        Line::credit(DISPOSAL_COSTS, reimbursed),
        Line::credit(OTHER_PAYABLES, surplus),
    ];
    about.movement(about.lead, "loan.disposal_proceeds", lines).map(Some)
}

/// A loan written off, in each bank's book: Dr loan loss allowance / Cr loans, Cr interest receivable; `parts` are each bank's
/// principal and interest on the books. The allowance covers both by then: what it lacked has gone to credit impairment loss (`risk::cover_write_off`). CAS 22;
/// 金融企业呆账核销管理办法, 财金〔2017〕90号.
pub(super) fn written_off(about: About, parts: &[(OrgId, Money, Money)]) -> Result<Vec<Movement>, Fault> {
    let with_something = parts.iter().filter(|(_, one, other)| one.is_positive() || other.is_positive());
    with_something
        .map(|(bank, principal, interest)| {
            let lines = [
                Line::debit(LOAN_LOSS_ALLOWANCE, principal.checked_add(*interest).map_err(broken)?),
                Line::credit(LOANS, *principal),
                Line::credit(INTEREST_RECEIVABLE, *interest),
            ];
            about.movement(*bank, "loan.write_off", lines)
        })
        .collect()
}

/// Recovered by the banks after the write-off, in each bank's book: Dr deposits (lead) or clearing (the others) / Cr loan
/// loss allowance and from there back to credit impairment loss (principal, and interest that had been income before), Cr
/// interest income (the rest). CAS 22: what was written off is reinstated in the allowance before the impairment is reversed.
/// What had been income had been taxed; tax is split off interest income alone, so that it is not taxed again.
pub(super) fn recovered_after_write_off(
    about: About,
    shares: &[LoanShare],
    (principal, taxed): (Money, Money),
    (income, interest): (Account, Money),
) -> Result<Vec<Movement>, Fault> {
    let weights: Vec<Rate> =
        shares.iter().map(|share| Rate::new(Decimal::from(share.amount.fen()))).collect();
    let parts = |whole: Money| {
        split(whole, &weights).map_err(|error| Fault::Invariant(format!("the shares of a loan: {error}")))
    };
    let written_off = parts(principal)?.into_iter().zip(parts(taxed)?);
    let written_off = written_off.map(|(principal, taxed)| principal.checked_add(taxed).map_err(broken));
    let written_off: Vec<Money> = written_off.collect::<Result<_, _>>()?;
    let interests = parts(interest)?;
    let whole = Money::total([principal, taxed, interest]).map_err(broken)?;
    let mut movements = Vec::with_capacity(shares.len());
    let mut others = Money::ZERO;
    let each = shares.iter().zip(written_off).zip(interests).enumerate();
    let mut own = Vec::new();
    for (position, ((share, reinstated), interest)) in each {
        let credits = [
            Line::credit(LOAN_LOSS_ALLOWANCE, reinstated),
            Line::debit(LOAN_LOSS_ALLOWANCE, reinstated),
            Line::credit(CREDIT_IMPAIRMENT, reinstated),
            Line::credit(income, interest),
        ];
        let part = reinstated.checked_add(interest).map_err(broken)?;
        if position == 0 {
            own.extend(credits);
        } else if part.is_positive() {
            others = others.checked_add(part).map_err(broken)?;
            let lines = [Line::debit(CLEARING, part)].into_iter().chain(credits);
            movements.push(about.movement(share.bank_id, "loan.recovery", lines)?);
        }
    }
    if whole.is_positive() {
        let lines = [Line::debit(DEPOSITS, whole), Line::credit(CLEARING, others)].into_iter().chain(own);
        movements.insert(0, about.movement(about.lead, "loan.recovery", lines)?);
    }
    Ok(movements)
}

/// The part of a recovery that is not the banks': Dr deposits (the payer's account) / Cr the expense that is met,
/// Cr deposits (the accounts of those who paid compensation), Cr other payables (what belongs to the pledgor). `None`
/// where there is none.
pub(super) fn recovery_handed_on(
    about: About,
    costs: Money,
    returned: Money,
    surplus: Money,
) -> Result<Option<Movement>, Fault> {
    let whole = Money::total([costs, returned, surplus]).map_err(broken)?;
    if whole.is_zero() {
        return Ok(None);
    }
    let lines = [
        Line::debit(DEPOSITS, whole),
        Line::credit(DISPOSAL_COSTS, costs),
        Line::credit(DEPOSITS, returned),
        Line::credit(OTHER_PAYABLES, surplus),
    ];
    about.movement(about.lead, "loan.disposal_recovery", lines).map(Some)
}

/// An insurer's money that waits for a loss to be shared, or settled nothing: Dr deposits (the insurer's account) / Cr other
/// payables as it comes, the other way round as it is used or goes back. `before` and `after` are what is owed to the
/// insurer; `None` where they are equal.
pub(super) fn insurer_money(about: About, before: Money, after: Money) -> Result<Option<Movement>, Fault> {
    let more = after.saturating_sub(before);
    let less = before.saturating_sub(after);
    let lines = if more.is_positive() {
        [Line::debit(DEPOSITS, more), Line::credit(OTHER_PAYABLES, more)]
    } else if less.is_positive() {
        [Line::debit(OTHER_PAYABLES, less), Line::credit(DEPOSITS, less)]
    } else {
        return Ok(None);
    };
    about.movement(about.lead, "loan.insurer_money", lines).map(Some)
}

#[cfg(test)]
mod tests {
    use ledger::Side;
    use uuid::Uuid;

    use super::*;
    use crate::books::accounts::INTEREST_INCOME;

    fn bank(number: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number))
    }

    fn about() -> About {
        let id = Uuid::from_u128(7);
        About { lead: bank(1), loan: id.into(), facility: id.into() }
    }

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn taxed(amount: i64) -> (Account, Money) {
        (INTEREST_INCOME, fen(amount))
    }

    fn net(movement: &Movement, account: ledger::Account) -> i64 {
        let lines = movement.lines().iter().filter(|line| line.account == account);
        lines.map(|line| if line.side == Side::Debit { line.amount.fen() } else { -line.amount.fen() }).sum()
    }

    #[test]
    fn a_write_off_uses_up_the_allowance_of_every_bank_that_has_something_out() {
        let parts = [(bank(1), fen(1_000), fen(30)), (bank(2), fen(500), fen(0)), (bank(3), fen(0), fen(0))];
        let movements = written_off(about(), &parts).unwrap();
        assert_eq!(movements.len(), 2);
        assert_eq!((net(&movements[0], LOAN_LOSS_ALLOWANCE), net(&movements[0], LOANS)), (1_030, -1_000));
        assert_eq!(net(&movements[0], INTEREST_RECEIVABLE), -30);
        assert_eq!(net(&movements[1], LOANS), -500);
    }

    #[test]
    fn a_recovery_after_the_write_off_goes_through_the_allowance_back_to_impairment() {
        let share = |number, amount| LoanShare {
            bank_id: bank(number),
            bank_name: "行".into(),
            amount: fen(amount),
            outstanding: fen(0),
        };
        let shares = [share(1, 700), share(2, 300)];
        let movements = recovered_after_write_off(about(), &shares, (fen(1_000), fen(0)), taxed(10)).unwrap();
        let [lead, other] = &movements[..] else { panic!("two books") };
        assert_eq!((net(lead, DEPOSITS), net(lead, CLEARING)), (1_010, -303));
        assert_eq!((net(lead, LOAN_LOSS_ALLOWANCE), net(lead, CREDIT_IMPAIRMENT)), (0, -700));
        assert_eq!((net(other, CLEARING), net(other, CREDIT_IMPAIRMENT)), (303, -300));
        assert_eq!(net(other, INTEREST_INCOME), -3);
        assert_eq!(
            recovered_after_write_off(about(), &[share(1, 1)], (fen(0), fen(0)), taxed(0)).unwrap(),
            []
        );
        // Of 111 of interest 101 had been income, and taxed, before: they are impairment that did not happen.
        let movements = recovered_after_write_off(about(), &shares, (fen(0), fen(101)), taxed(10)).unwrap();
        let sum = |account| movements.iter().map(|one| net(one, account)).sum::<i64>();
        assert_eq!((sum(CREDIT_IMPAIRMENT), sum(INTEREST_INCOME)), (-101, -10));
        assert_eq!((sum(LOAN_LOSS_ALLOWANCE), sum(DEPOSITS), sum(CLEARING)), (0, 111, 0));
    }

    #[test]
    fn what_is_handed_on_balances_and_nothing_is_posted_for_nothing() {
        let movement = recovery_handed_on(about(), fen(10), fen(54), fen(3)).unwrap().unwrap();
        assert_eq!(net(&movement, DEPOSITS), 67 - 54);
        assert_eq!(recovery_handed_on(about(), fen(0), fen(0), fen(0)).unwrap(), None);
        assert_eq!(proceeds_received(about(), fen(0), fen(0)).unwrap(), None);
        let held = insurer_money(about(), fen(0), fen(70)).unwrap().unwrap();
        assert_eq!((net(&held, DEPOSITS), net(&held, OTHER_PAYABLES)), (70, -70));
        let back = insurer_money(about(), fen(70), fen(20)).unwrap().unwrap();
        assert_eq!((net(&back, DEPOSITS), net(&back, OTHER_PAYABLES)), (-50, 50));
        assert_eq!(insurer_money(about(), fen(5), fen(5)).unwrap(), None);
        let sold = proceeds_received(about(), fen(30), fen(5)).unwrap().unwrap();
        assert_eq!((net(&sold, DISPOSAL_COSTS), net(&sold, OTHER_PAYABLES)), (-30, -5));
    }
}
