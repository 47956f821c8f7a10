//! What a borrower instructs its bank to take or to pay, and what becomes of it.
//!
//! | from | step | by whom | to |
//! |---|---|---|---|
//! | pending | confirm | the bank's operations, once the money has come in or gone out | confirmed: booked, for good |
//! | pending | send back | the bank's operations, with a reason | sent back |
//! | pending | withdraw | the enterprise that gave it | withdrawn |
//! | pending | lapse | the close of its last day | lapsed |
//!
//! Whatever it has become it stays: a payment that was confirmed by mistake is undone (冲正), not its instruction.

use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// What is instructed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentInstructionKind)]
pub enum InstructionKind {
    /// 还款: a payment on a loan.
    Repayment,
    /// 结清: a payment that settles a loan, to the fen, on the day on which it is booked.
    Payoff,
    /// 缴存: a deposit into the mutual-aid pool or as margin.
    Deposit,
    /// 退还: a deposit back to the member.
    DepositReturn,
}

impl InstructionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Repayment, Self::Payoff, Self::Deposit, Self::DepositReturn];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repayment => "repayment",
            Self::Payoff => "payoff",
            Self::Deposit => "deposit",
            Self::DepositReturn => "deposit_return",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }

    /// In Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Repayment => "还款",
            Self::Payoff => "结清",
            Self::Deposit => "缴存保证金",
            Self::DepositReturn => "退还保证金",
        }
    }

    /// Whether it is about a loan.
    #[must_use]
    pub const fn is_of_loan(self) -> bool {
        matches!(self, Self::Repayment | Self::Payoff)
    }
}

/// Where an instruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentInstructionStatus)]
pub enum InstructionStatus {
    /// 待银行确认
    Pending,
    /// 已确认入账
    Confirmed,
    /// 已退回
    SentBack,
    /// 已撤回
    Withdrawn,
    /// 已失效
    Lapsed,
}

impl InstructionStatus {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Confirmed, Self::SentBack, Self::Withdrawn, Self::Lapsed];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::SentBack => "sent_back",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }

    /// In Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Pending => "待银行确认",
            Self::Confirmed => "已确认入账",
            Self::SentBack => "已退回",
            Self::Withdrawn => "已撤回",
            Self::Lapsed => "已失效",
        }
    }
}

/// What is done about an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The bank says that the money has come in, or has gone out.
    Confirm,
    /// The bank does not carry it out.
    SendBack,
    /// Who gave it takes it back.
    Withdraw,
    /// Its last day is over.
    Lapse,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not pending any more.
    Decided(InstructionStatus),
    /// What came in, or went out, is another amount.
    OtherAmount {
        /// What was instructed.
        instructed: Money,
    },
    /// With what is instructed already it is more than could be taken.
    Beside {
        /// What pending instructions come to.
        pending: Money,
        /// What may still be instructed.
        left: Money,
    },
    /// The receipt has confirmed another instruction of the bank.
    ReferenceUsed,
    /// Only the enterprise that gave it withdraws it.
    NotGiver,
    /// A payoff that does not settle the loan.
    NotPayoff {
        /// What would settle it today.
        payoff: Money,
    },
}

/// Where an instruction stands after a step.
///
/// # Errors
/// [`Refusal::Decided`]
pub const fn step(status: InstructionStatus, step: Step) -> Result<InstructionStatus, Refusal> {
    match (status, step) {
        (InstructionStatus::Pending, Step::Confirm) => Ok(InstructionStatus::Confirmed),
        (InstructionStatus::Pending, Step::SendBack) => Ok(InstructionStatus::SentBack),
        (InstructionStatus::Pending, Step::Withdraw) => Ok(InstructionStatus::Withdrawn),
        (InstructionStatus::Pending, Step::Lapse) => Ok(InstructionStatus::Lapsed),
        (decided, _) => Err(Refusal::Decided(decided)),
    }
}

/// Whether what came in is what was instructed, to the fen.
///
/// # Errors
/// [`Refusal::OtherAmount`]
pub fn as_instructed(instructed: Money, received: Money) -> Result<(), Refusal> {
    if instructed == received { Ok(()) } else { Err(Refusal::OtherAmount { instructed }) }
}

/// Whether an instruction has room beside those that wait already: `most` is what could be taken in all, so that nobody
/// instructs the same payment twice.
///
/// # Errors
/// [`Refusal::Beside`] inside; [`MoneyError`] where the sum leaves the range of amounts.
pub fn room_beside(most: Money, pending: Money, amount: Money) -> Result<Result<(), Refusal>, MoneyError> {
    let all = pending.checked_add(amount)?;
    Ok(if all <= most {
        Ok(())
    } else {
        Err(Refusal::Beside { pending, left: most.saturating_sub(pending) })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEPS: [Step; 4] = [Step::Confirm, Step::SendBack, Step::Withdraw, Step::Lapse];

    proptest! {
        /// However many hands reach for an instruction in whatever order, the first one decides it and nobody after it.
        #[test]
        fn the_first_step_decides_and_none_after_it(taken in prop::collection::vec(0..STEPS.len(), 1..12)) {
            let mut status = InstructionStatus::Pending;
            let mut booked = 0;
            for (place, taken) in taken.iter().map(|at| STEPS[*at]).enumerate() {
                match step(status, taken) {
                    Ok(after) => {
                        prop_assert_eq!(place, 0);
                        booked += u32::from(after == InstructionStatus::Confirmed);
                        status = after;
                    }
                    Err(refusal) => {
                        prop_assert!(place > 0);
                        prop_assert_eq!(refusal, Refusal::Decided(status));
                    }
                }
            }
            let first = STEPS[taken[0]];
            prop_assert_eq!(booked, u32::from(first == Step::Confirm));
            prop_assert!(status != InstructionStatus::Pending);
        }

        /// What waits together never comes to more than could be taken.
        #[test]
        fn what_waits_together_is_never_more_than_is_owed(
            most in 0_i64..1_000_000,
            asked in prop::collection::vec(1_i64..400_000, 1..10),
        ) {
            let most = Money::from_fen(most);
            let mut pending = Money::ZERO;
            for amount in asked.into_iter().map(Money::from_fen) {
                match room_beside(most, pending, amount).unwrap() {
                    Ok(()) => pending = pending.checked_add(amount).unwrap(),
                    Err(refusal) => {
                        prop_assert_eq!(refusal, Refusal::Beside { pending, left: most.saturating_sub(pending) });
                        prop_assert!(pending.checked_add(amount).unwrap() > most);
                    }
                }
                prop_assert!(pending <= most);
            }
        }
    }

    #[test]
    fn only_the_instructed_amount_confirms_and_every_name_reads_back() {
        let (hundred, more) = (Money::from_fen(10_000), Money::from_fen(10_001));
        assert_eq!(as_instructed(hundred, hundred), Ok(()));
        assert_eq!(as_instructed(hundred, more), Err(Refusal::OtherAmount { instructed: hundred }));
        for status in InstructionStatus::ALL {
            assert_eq!(InstructionStatus::parse(status.name()), Some(status));
        }
        for kind in InstructionKind::ALL {
            assert_eq!(InstructionKind::parse(kind.name()), Some(kind));
        }
    }
}
