//! How a payment changes an account: it settles debts in the order of the product, oldest first; what is left repays
//! principal ahead of the plan.

use chrono::NaiveDate;
use finance::{Allocation, AllocationError, Claim, Money, MoneyError, Schedule, allocate};
use rust_decimal::Decimal;

use super::{Account, Arrears, LoanTerms, owing};

/// A payment as it was allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The account after it.
    pub account: Account,
    /// Where it went.
    pub allocation: Allocation,
}

impl Received {
    /// Toward interest of every kind.
    #[must_use]
    pub fn interest(&self) -> Money {
        let of = |claim| self.allocation.of(claim);
        let late = of(Claim::Penalty).fen() + of(Claim::InterestOnInterest).fen();
        Money::from_fen(self.allocation.interest().fen() + late)
    }
}

/// Why a payment is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// More than is owed: the surplus would belong to nobody.
    #[error("{owed} is owed")]
    AboveOwed {
        /// What would settle the loan.
        owed: Money,
    },
    /// Not a payment, or an order that forgets a debt.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// Beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}

/// Takes a payment on a day into an account that was brought to that day.
///
/// # Errors
/// [`ReceiptRefused`]
pub fn receive(
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    amount: Money,
    order: &[Claim],
    on: NaiveDate,
) -> Result<Received, ReceiptRefused> {
    let owed = owing(terms, plan, account, on)?;
    let most = owed.total()?;
    if amount > most {
        return Err(ReceiptRefused::AboveOwed { owed: most });
    }
    let allocation = allocate(amount, &owed.debts, order)?;
    let mut after = account.clone();
    // What runs is settled up to today before principal moves, so that no day is counted on the wrong balance.
    after.carried = owed.running;
    after.interest_from = account.interest_from.max(on);
    after.settle_late(terms, &owed, on);
    for paid in &allocation.paid {
        match paid.claim {
            Claim::Fees => after.arrears.settle_fees(paid.amount, Some(paid.due))?,
            Claim::Penalty => {
                lower(&mut after.arrears.penalty, paid.amount, owed.sum(|c| c == paid.claim)?)?;
                after.arrears.bearing = after.arrears.bearing.saturating_sub(paid.amount);
            }
            Claim::InterestOnInterest => {
                lower(&mut after.arrears.on_interest, paid.amount, owed.sum(|c| c == paid.claim)?)?;
            }
            _ => settle(&mut after, paid.claim, paid.due, paid.amount)?,
        }
    }
    if after.arrears.penalty.is_zero() && after.arrears.on_interest.is_zero() {
        after.arrears.penalty_due = None;
    }
    after.outstanding = account.outstanding.checked_sub(allocation.principal())?;
    after.arrears.dues.retain(|due| due.principal.is_positive() || due.interest.is_positive());
    if amount == most {
        // Fractions of a fen are nobody's debt.
        after.carried = Decimal::ZERO;
        after.arrears = Arrears::default();
    } else if after.arrears.is_empty() {
        after.arrears.late_from = None;
    } else if after.outstanding.is_zero() {
        after.arrears.misuse = None;
    }
    Ok(Received { account: after, allocation })
}

/// Takes a payment off an exact sum; the fraction of a fen that rounding added or cut goes with the last of it.
fn lower(exact: &mut Decimal, paid: Money, rounded: Money) -> Result<(), MoneyError> {
    *exact = if paid == rounded {
        Decimal::ZERO
    } else {
        exact.checked_sub(paid.yuan()).ok_or(MoneyError::Overflow)?
    };
    Ok(())
}

/// Takes a payment of contract interest or principal off the due of its day, or off what runs.
fn settle(after: &mut Account, claim: Claim, day: NaiveDate, amount: Money) -> Result<(), MoneyError> {
    let of_day = after.arrears.dues.iter_mut().filter(|due| due.due == day);
    let mut lefts =
        of_day.map(|due| if claim.is_principal() { &mut due.principal } else { &mut due.interest });
    if let Some(left) = lefts.find(|left| left.is_positive()) {
        *left = left.checked_sub(amount)?;
        return Ok(());
    }
    if claim.is_principal() {
        // Principal ahead of the plan lowers what is outstanding, which the caller does for all principal.
        return Ok(());
    }
    let running = Money::round_yuan(after.carried, finance::Rounding::HalfUp)?;
    lower(&mut after.carried, amount, running)
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Rate, Repayment};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_payment_on_a_day_of_grace_saves_no_day_of_penalty() {
        // 2026-01-31 is a Saturday: it may be met until Monday, 2026-02-02.
        let terms = LoanTerms {
            holiday_grace: true,
            ..LoanTerms::monthly(
                Money::from_yuan(1_000_000).unwrap(),
                Rate::from_basis_points(345),
                DayCount::Actual360,
                Repayment::Bullet,
                12,
                day("2025-01-31"),
            )
        };
        let plan = terms.schedule().unwrap();
        let account = Account::opened(terms.principal, terms.drawn_on);
        let grace = account.advanced(&terms, &plan, day("2026-02-02")).unwrap();
        let paid = Money::from_yuan(1).unwrap();
        let paid = receive(&terms, &plan, &grace, paid, &Claim::USUAL_ORDER, day("2026-02-02")).unwrap();
        for (account, later) in [(&grace, "2026-02-03"), (&paid.account, "2026-02-03")] {
            let late = owing(&terms, &plan, account, day(later)).unwrap();
            // Three days at 5.175 %: from the due date, not from the payment.
            assert_eq!(late.sum(|claim| claim == Claim::Penalty).unwrap().to_string(), "431.25");
            assert_eq!(late.overdue_days, 3);
        }
        // Settled once it is missed, it runs on from there.
        let one = Money::from_yuan(1).unwrap();
        let again =
            receive(&terms, &plan, &paid.account, one, &Claim::USUAL_ORDER, day("2026-02-03")).unwrap();
        let next = owing(&terms, &plan, &again.account, day("2026-02-04")).unwrap();
        assert_eq!(next.sum(|claim| claim == Claim::Penalty).unwrap().to_string(), "574.00");
    }
}
