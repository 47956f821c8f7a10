//! Why something is not done with a fund.

use chrono::NaiveDate;
use finance::{Money, MoneyError};

use super::{AgreementStatus, Outcome, PaymentLimit, StopCause, instruction::Flaw};

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is asked for is not sound by itself.
    #[error("{} fields are wrong", .0.len())]
    Flawed(Vec<Flaw>),
    /// The organisation's fund is open already.
    #[error("the fund is open")]
    AlreadyOpen,
    /// The organisation has no fund yet.
    #[error("the fund is not open")]
    NotOpen,
    /// The maker tried to decide.
    #[error("the maker never decides")]
    FourEyes,
    /// Decided before.
    #[error("the instruction is {}", .status.name())]
    Decided {
        /// How.
        status: Outcome,
    },
    /// More would be promised than the balance leaves free.
    #[error("{free} of the balance is free, {asked} was asked for")]
    NotFree {
        /// The promise asked for.
        asked: Money,
        /// What is free for it.
        free: Money,
    },
    /// The facility named is not that bank's.
    #[error("the facility is not that bank's")]
    OtherFacility,
    /// An agreement that has not ended covers the same already.
    #[error("agreement {number} covers the same")]
    SameCover {
        /// Its number.
        number: String,
    },
    /// The step does not follow from where the agreement is.
    #[error("the agreement is {}", .status.name())]
    NotInStatus {
        /// Where it is.
        status: AgreementStatus,
    },
    /// The new commitment is less than was paid under it.
    #[error("{paid} was paid")]
    BelowPaid {
        /// Net compensation.
        paid: Money,
    },
    /// The new terms would not carry what is covered.
    #[error("{covered} is covered, {capacity} would be possible")]
    BelowCovered {
        /// The covered balance.
        covered: Money,
        /// What the new terms carry.
        capacity: Money,
    },
    /// Loans are covered or claims wait.
    #[error("{covered} is covered, {pending} claimed")]
    StillCovering {
        /// The covered balance.
        covered: Money,
        /// Claims not decided.
        pending: Money,
    },
    /// The circuit breaker has stopped the bank.
    #[error("agreement {number} is stopped")]
    Stopped {
        /// The agreement's number.
        number: String,
        /// Why.
        cause: Option<StopCause>,
    },
    /// No new cover on this day.
    #[error("new cover from {from} to {until}")]
    OutsideTerm {
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// The covered balance would be beyond the leverage.
    #[error("{asked} asked for, {room} left")]
    BeyondLeverage {
        /// The loan.
        asked: Money,
        /// What may still be covered.
        room: Money,
    },
    /// More than a payment may be.
    #[error("{asked} asked for, {most} payable")]
    AbovePayable {
        /// Which bound.
        limit: PaymentLimit,
        /// How much it allows.
        most: Money,
        /// What was asked for.
        asked: Money,
    },
    /// More would come back than was paid.
    #[error("{asked} handed back, {most} outstanding")]
    AboveReturnable {
        /// Net compensation.
        most: Money,
        /// What was to come back.
        asked: Money,
    },
    /// A sum beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}
