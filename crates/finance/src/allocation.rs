//! Which debts a payment settles, and in which order.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Money;

/// What a debt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// 费用: costs and fees.
    Fees,
    /// 罚息: penalty interest.
    Penalty,
    /// 复利: interest on overdue interest.
    InterestOnInterest,
    /// 逾期利息: interest past its due date.
    OverdueInterest,
    /// 逾期本金: principal past its due date.
    OverduePrincipal,
    /// 当期利息: interest due now or not yet due.
    CurrentInterest,
    /// 当期本金: principal due now or not yet due.
    CurrentPrincipal,
}

impl Claim {
    /// The usual order. A default: the product may set another.
    pub const USUAL_ORDER: [Self; 7] = [
        Self::Fees,
        Self::Penalty,
        Self::InterestOnInterest,
        Self::OverdueInterest,
        Self::OverduePrincipal,
        Self::CurrentInterest,
        Self::CurrentPrincipal,
    ];

    /// The order once a loan is overdue beyond [`Claim::PRINCIPAL_FIRST_AFTER`] days: overdue principal
    /// first. A default: the product may set another.
    pub const PRINCIPAL_FIRST_ORDER: [Self; 7] = [
        Self::OverduePrincipal,
        Self::Fees,
        Self::Penalty,
        Self::InterestOnInterest,
        Self::OverdueInterest,
        Self::CurrentInterest,
        Self::CurrentPrincipal,
    ];

    /// Days overdue beyond which overdue principal is served first.
    pub const PRINCIPAL_FIRST_AFTER: u32 = 90;

    /// The default order for a loan overdue by so many days.
    #[must_use]
    pub const fn order_after(overdue_days: u32) -> [Self; 7] {
        if overdue_days > Self::PRINCIPAL_FIRST_AFTER {
            Self::PRINCIPAL_FIRST_ORDER
        } else {
            Self::USUAL_ORDER
        }
    }

    /// Whether it is part of the principal.
    #[must_use]
    pub const fn is_principal(self) -> bool {
        matches!(self, Self::OverduePrincipal | Self::CurrentPrincipal)
    }

    /// Whether it is contract interest (not penalty, nor interest on interest).
    #[must_use]
    pub const fn is_interest(self) -> bool {
        matches!(self, Self::OverdueInterest | Self::CurrentInterest)
    }
}

/// One debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Owed {
    /// The day it was or will be due.
    pub due: NaiveDate,
    /// What it is for.
    pub claim: Claim,
    /// How much is still owed.
    pub amount: Money,
}

impl Owed {
    /// What is still owed of an instalment: its interest and its principal, overdue when it was due before
    /// `on`.
    #[must_use]
    pub fn instalment(due: NaiveDate, interest: Money, principal: Money, on: NaiveDate) -> [Self; 2] {
        let (for_interest, for_principal) = if due < on {
            (Claim::OverdueInterest, Claim::OverduePrincipal)
        } else {
            (Claim::CurrentInterest, Claim::CurrentPrincipal)
        };
        [
            Self { due, claim: for_interest, amount: interest },
            Self { due, claim: for_principal, amount: principal },
        ]
    }
}

/// A part of a payment that settles a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paid {
    /// The day the debt was or will be due.
    pub due: NaiveDate,
    /// What it was for.
    pub claim: Claim,
    /// How much of it is settled; never zero.
    pub amount: Money,
}

/// Where a payment went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Allocation {
    /// The debts settled, in the order in which they were served.
    pub paid: Vec<Paid>,
    /// What is left of the payment when nothing more is owed.
    pub rest: Money,
}

impl Allocation {
    /// How much went to principal, overdue or current.
    #[must_use]
    pub fn principal(&self) -> Money {
        self.sum(Claim::is_principal)
    }

    /// How much went to contract interest, overdue or current.
    #[must_use]
    pub fn interest(&self) -> Money {
        self.sum(Claim::is_interest)
    }

    /// How much went to one claim.
    #[must_use]
    pub fn of(&self, claim: Claim) -> Money {
        self.sum(|paid| paid == claim)
    }

    /// The parts never exceed the payment, so that their sum is an amount.
    fn sum(&self, wanted: impl Fn(Claim) -> bool) -> Money {
        Money::from_fen(
            self.paid.iter().filter(|paid| wanted(paid.claim)).map(|paid| paid.amount.fen()).sum(),
        )
    }
}

/// Why a payment cannot be allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// Zero or negative payment.
    #[error("a payment must be more than zero")]
    NoPayment,
    /// A debt below zero.
    #[error("what is owed for {0:?} is below zero")]
    NegativeDebt(Claim),
    /// A claim that the order forgets.
    #[error("the order of allocation does not name {0:?}")]
    Unordered(Claim),
}

/// Allocates `payment` to what is owed: claim by claim in the order given, within a claim the oldest due
/// date first, and equal dates as they were listed.
///
/// # Errors
/// When the payment is not more than zero, a debt is negative, or the order does not name its claim.
pub fn allocate(payment: Money, owed: &[Owed], order: &[Claim]) -> Result<Allocation, AllocationError> {
    if !payment.is_positive() {
        return Err(AllocationError::NoPayment);
    }
    let mut queue = Vec::with_capacity(owed.len());
    for debt in owed {
        if debt.amount.is_negative() {
            return Err(AllocationError::NegativeDebt(debt.claim));
        }
        let rank = order.iter().position(|claim| *claim == debt.claim);
        queue.push((rank.ok_or(AllocationError::Unordered(debt.claim))?, debt));
    }
    queue.sort_by_key(|(rank, debt)| (*rank, debt.due));
    let mut rest = payment;
    let mut paid = Vec::new();
    for (_, debt) in queue {
        let amount = debt.amount.min(rest);
        if amount.is_positive() {
            paid.push(Paid { due: debt.due, claim: debt.claim, amount });
            rest = rest.saturating_sub(amount);
        }
    }
    Ok(Allocation { paid, rest })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, month, 20).unwrap()
    }

    fn owed(month: u32, claim: Claim, yuan: i64) -> Owed {
        Owed { due: day(month), claim, amount: Money::from_yuan(yuan).unwrap() }
    }

    /// Two instalments overdue, one due today, penalty and a fee.
    fn debts() -> Vec<Owed> {
        let yuan = |yuan| Money::from_yuan(yuan).unwrap();
        let mut debts = vec![owed(3, Claim::Penalty, 30), owed(3, Claim::Fees, 20)];
        debts.push(owed(3, Claim::InterestOnInterest, 5));
        for month in [3, 2, 1] {
            debts.extend(Owed::instalment(day(month), yuan(100), yuan(1_000), day(3)));
        }
        debts
    }

    fn served(payment: i64, order: &[Claim]) -> Vec<(Claim, u32, i64)> {
        use chrono::Datelike;
        let allocation = allocate(Money::from_yuan(payment).unwrap(), &debts(), order).unwrap();
        allocation.paid.iter().map(|paid| (paid.claim, paid.due.month(), paid.amount.fen() / 100)).collect()
    }

    #[test]
    fn fees_and_penalty_come_before_interest_and_interest_before_principal_oldest_first() {
        assert_eq!(
            served(2_000, &Claim::order_after(59)),
            [
                (Claim::Fees, 3, 20),
                (Claim::Penalty, 3, 30),
                (Claim::InterestOnInterest, 3, 5),
                (Claim::OverdueInterest, 1, 100),
                (Claim::OverdueInterest, 2, 100),
                (Claim::OverduePrincipal, 1, 1_000),
                (Claim::OverduePrincipal, 2, 745),
            ]
        );
    }

    #[test]
    fn beyond_ninety_days_overdue_principal_is_served_first() {
        assert_eq!(Claim::order_after(90), Claim::USUAL_ORDER);
        assert_eq!(
            served(2_010, &Claim::order_after(91)),
            [(Claim::OverduePrincipal, 1, 1_000), (Claim::OverduePrincipal, 2, 1_000), (Claim::Fees, 3, 10)]
        );
    }

    #[test]
    fn what_is_paid_beyond_the_debts_is_left_over() {
        let allocation = allocate(Money::from_yuan(4_000).unwrap(), &debts(), &Claim::USUAL_ORDER).unwrap();
        assert_eq!(allocation.rest.to_string(), "645.00");
        assert_eq!(allocation.principal().to_string(), "3000.00");
        assert_eq!(allocation.interest().to_string(), "300.00");
        assert_eq!(allocation.of(Claim::CurrentInterest).to_string(), "100.00");
    }

    #[test]
    fn a_payment_that_cannot_be_placed_is_refused() {
        let one = Money::from_yuan(1).unwrap();
        let debt = owed(1, Claim::Fees, 1);
        assert_eq!(allocate(Money::ZERO, &[debt], &Claim::USUAL_ORDER), Err(AllocationError::NoPayment));
        assert_eq!(allocate(one, &[debt], &[Claim::Penalty]), Err(AllocationError::Unordered(Claim::Fees)));
        let negative = Owed { amount: -one, ..debt };
        assert_eq!(
            allocate(one, &[negative], &Claim::USUAL_ORDER),
            Err(AllocationError::NegativeDebt(Claim::Fees))
        );
    }

    proptest! {
        #[test]
        fn a_payment_goes_to_debts_and_the_rest_and_nothing_is_lost(
            payment in 1_i64..1_000_000,
            debts in prop::collection::vec((0_usize..7, 1_u32..13, 0_i64..100_000), 0..20),
        ) {
            let owed: Vec<Owed> = debts
                .iter()
                .map(|(claim, month, fen)| Owed {
                    due: day(*month),
                    claim: Claim::USUAL_ORDER[*claim],
                    amount: Money::from_fen(*fen),
                })
                .collect();
            let allocation = allocate(Money::from_fen(payment), &owed, &Claim::USUAL_ORDER).unwrap();
            let paid: i64 = allocation.paid.iter().map(|paid| paid.amount.fen()).sum();
            let all: i64 = owed.iter().map(|debt| debt.amount.fen()).sum();
            prop_assert_eq!(paid + allocation.rest.fen(), payment);
            prop_assert_eq!(paid, payment.min(all));
        }
    }
}
