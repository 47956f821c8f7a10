//! The waterfall of disposal proceeds: what the sale of collateral pays, in which order.
//!
//! How a loss that is left is shared among guarantors is `loss_sharing`; payments by the borrower are
//! `allocation`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, MoneyError, UnknownChoice, choice::choose};

/// What proceeds pay for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProceedsClaim {
    /// 实现债权的费用: costs of enforcing and of the sale.
    Costs,
    /// 本金: principal.
    Principal,
    /// 利息: contract interest.
    Interest,
    /// 罚息、复利: penalty interest and interest on overdue interest.
    Penalty,
}

impl ProceedsClaim {
    /// Every claim.
    pub const ALL: [Self; 4] = [Self::Costs, Self::Principal, Self::Interest, Self::Penalty];

    /// Costs, principal, interest, penalty: the usual agreement of banks with a loss-sharing fund, whose loss is
    /// counted in principal. A default: the agreement may set another.
    pub const PRINCIPAL_FIRST: [Self; 4] = Self::ALL;

    /// Costs, interest, penalty, principal: the order of the law where nothing was agreed (民法典 §561).
    pub const STATUTORY: [Self; 4] = [Self::Costs, Self::Interest, Self::Penalty, Self::Principal];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Costs => "costs",
            Self::Principal => "principal",
            Self::Interest => "interest",
            Self::Penalty => "penalty",
        }
    }
}

impl fmt::Display for ProceedsClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ProceedsClaim {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("claim on proceeds", text, &Self::ALL, Self::name)
    }
}

/// One amount for each claim: what is owed, what was paid, or what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ByClaim {
    /// Costs of enforcing and of the sale.
    pub costs: Money,
    /// Principal.
    pub principal: Money,
    /// Contract interest.
    pub interest: Money,
    /// Penalty interest and interest on overdue interest.
    pub penalty: Money,
}

impl ByClaim {
    /// The amount of one claim.
    #[must_use]
    pub const fn of(&self, claim: ProceedsClaim) -> Money {
        match claim {
            ProceedsClaim::Costs => self.costs,
            ProceedsClaim::Principal => self.principal,
            ProceedsClaim::Interest => self.interest,
            ProceedsClaim::Penalty => self.penalty,
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn total(&self) -> Result<Money, MoneyError> {
        Money::total(ProceedsClaim::ALL.map(|claim| self.of(claim)))
    }

    fn of_mut(&mut self, claim: ProceedsClaim) -> &mut Money {
        match claim {
            ProceedsClaim::Costs => &mut self.costs,
            ProceedsClaim::Principal => &mut self.principal,
            ProceedsClaim::Interest => &mut self.interest,
            ProceedsClaim::Penalty => &mut self.penalty,
        }
    }
}

/// Where proceeds went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Distribution {
    /// What each claim was paid.
    pub paid: ByClaim,
    /// What each claim still lacks.
    pub left: ByClaim,
    /// What is left of the proceeds: it belongs to the pledgor (民法典 §438).
    pub surplus: Money,
}

/// Why proceeds cannot be distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaterfallError {
    /// Negative proceeds.
    #[error("proceeds of {0} are below zero")]
    NegativeProceeds(Money),
    /// A claim below zero.
    #[error("the claim for {0} is below zero")]
    NegativeClaim(ProceedsClaim),
    /// An order that names a claim twice or not at all.
    #[error("the order of the waterfall must name {0} exactly once")]
    Order(ProceedsClaim),
}

/// Pays `proceeds` to what is owed, claim by claim in the order given; the order names each claim exactly once.
///
/// # Errors
/// When an amount is negative, or the order does not name each claim once.
pub fn distribute_proceeds(
    proceeds: Money,
    owed: &ByClaim,
    order: &[ProceedsClaim],
) -> Result<Distribution, WaterfallError> {
    if proceeds.is_negative() {
        return Err(WaterfallError::NegativeProceeds(proceeds));
    }
    for claim in ProceedsClaim::ALL {
        if owed.of(claim).is_negative() {
            return Err(WaterfallError::NegativeClaim(claim));
        }
        if order.iter().filter(|named| **named == claim).count() != 1 {
            return Err(WaterfallError::Order(claim));
        }
    }
    let (mut paid, mut left, mut rest) = (ByClaim::default(), *owed, proceeds);
    for claim in order {
        let amount = owed.of(*claim).min(rest);
        *paid.of_mut(*claim) = amount;
        *left.of_mut(*claim) = owed.of(*claim).saturating_sub(amount);
        rest = rest.saturating_sub(amount);
    }
    Ok(Distribution { paid, left, surplus: rest })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owed(costs: i64, principal: i64, interest: i64, penalty: i64) -> ByClaim {
        let [costs, principal, interest, penalty] =
            [costs, principal, interest, penalty].map(Money::from_fen);
        ByClaim { costs, principal, interest, penalty }
    }

    #[test]
    fn proceeds_pay_costs_first_and_then_by_the_order_agreed_or_by_law() {
        let debts = owed(300, 10_000, 700, 200);
        let agreed = |proceeds, order: &[ProceedsClaim]| {
            distribute_proceeds(Money::from_fen(proceeds), &debts, order).unwrap()
        };
        let by_agreement = agreed(10_500, &ProceedsClaim::PRINCIPAL_FIRST);
        assert_eq!(by_agreement.paid, owed(300, 10_000, 200, 0));
        assert_eq!(by_agreement.left, owed(0, 0, 500, 200));
        let by_law = agreed(10_500, &ProceedsClaim::STATUTORY);
        assert_eq!(by_law.paid, owed(300, 9_300, 700, 200));
        assert_eq!(agreed(200, &ProceedsClaim::STATUTORY).paid, owed(200, 0, 0, 0));
    }

    #[test]
    fn what_is_beyond_the_debt_belongs_to_the_pledgor() {
        let rich = distribute_proceeds(Money::from_fen(500), &owed(1, 2, 3, 4), &ProceedsClaim::ALL).unwrap();
        assert_eq!((rich.surplus, rich.left), (Money::from_fen(490), ByClaim::default()));
    }

    #[test]
    fn a_waterfall_that_is_no_waterfall_is_refused() {
        let refused = |proceeds, debts, order: &[ProceedsClaim]| {
            distribute_proceeds(Money::from_fen(proceeds), &debts, order).unwrap_err()
        };
        let all = ProceedsClaim::ALL;
        let minus = Money::from_fen(-1);
        assert_eq!(refused(-1, owed(0, 0, 0, 0), &all), WaterfallError::NegativeProceeds(minus));
        let interest = ProceedsClaim::Interest;
        assert_eq!(refused(1, owed(0, 0, -1, 0), &all), WaterfallError::NegativeClaim(interest));
        assert_eq!(refused(1, owed(0, 0, 0, 0), &all[..2]), WaterfallError::Order(interest));
        let twice = [all[0], all[1], all[2], all[3], all[2]];
        assert_eq!(refused(1, owed(0, 0, 0, 0), &twice), WaterfallError::Order(interest));
        assert_eq!("penalty".parse(), Ok(ProceedsClaim::Penalty));
    }

    proptest! {
        #[test]
        fn proceeds_go_to_claims_and_the_pledgor_and_nothing_is_lost(
            proceeds in 0_i64..2_000_000,
            debts in (0_i64..500_000, 0_i64..500_000, 0_i64..500_000, 0_i64..500_000),
        ) {
            let debts = owed(debts.0, debts.1, debts.2, debts.3);
            let all = debts.total().unwrap();
            for order in [ProceedsClaim::PRINCIPAL_FIRST, ProceedsClaim::STATUTORY] {
                let done = distribute_proceeds(Money::from_fen(proceeds), &debts, &order).unwrap();
                let paid = done.paid.total().unwrap();
                prop_assert_eq!(paid.fen() + done.surplus.fen(), proceeds);
                prop_assert_eq!(paid.checked_add(done.left.total().unwrap()), Ok(all));
                prop_assert_eq!(paid, all.min(Money::from_fen(proceeds)));
                for claim in ProceedsClaim::ALL {
                    prop_assert!(!done.paid.of(claim).is_negative() && !done.left.of(claim).is_negative());
                }
            }
        }
    }
}
