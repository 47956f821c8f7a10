//! Why a step of a scheme or claim is refused.

use chrono::NaiveDate;
use finance::{Money, MoneyError, SubsidyError};

use super::{ClaimStatus, SchemeStatus};

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The scheme is not in force.
    #[error("the scheme is {}", status.name())]
    SchemeNotActive {
        /// Where it is.
        status: SchemeStatus,
    },
    /// The scheme does not subsidise that.
    #[error("the scheme subsidises something else")]
    OtherKind,
    /// The scheme is for loans of another product.
    #[error("the scheme is for loans of product {wanted}")]
    OtherProduct {
        /// The product it is for.
        wanted: String,
    },
    /// The scheme is for loans drawn under applications for another product.
    #[error("the scheme is for loans of the programme {wanted}")]
    OtherProgramme {
        /// The product of the applications it is for.
        wanted: String,
    },
    /// The scheme leaves out loans that were restructured.
    #[error("the scheme leaves out restructured loans")]
    Restructured,
    /// The scheme leaves out loans whose money was not used as agreed.
    #[error("the scheme leaves out misused loans")]
    Misused,
    /// All that is left of the period's interest was paid late, and the scheme leaves that out.
    #[error("the scheme leaves out interest paid late")]
    PaidLate {
        /// That interest.
        paid: Money,
    },
    /// The period reaches beyond the scheme's validity.
    #[error("the scheme is valid from {from} to {until}")]
    OutsideValidity {
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// The period is upside down, in the future, or in two calendar years.
    #[error("the period is not within one calendar year up to today")]
    BadPeriod,
    /// No interest of the period was paid that is not subsidised already.
    #[error("nothing to claim: {already} of {paid} paid is claimed already")]
    NothingPaid {
        /// Contract interest that the borrower paid in the period.
        paid: Money,
        /// Of it, in other claims.
        already: Money,
    },
    /// A claim for the policy's premium exists.
    #[error("the premium is claimed already")]
    PremiumClaimed,
    /// Nothing of the premium is left: the policy was cancelled.
    #[error("nothing of the premium is left")]
    NoPremium,
    /// The yearly caps leave nothing.
    #[error("the caps of {year} leave nothing")]
    CapReached {
        /// The year.
        year: i32,
        /// What the enterprise's cap leaves.
        enterprise_left: Option<Money>,
        /// What the scheme's budget leaves.
        budget_left: Option<Money>,
    },
    /// The claim would be granted another amount than the decider has seen.
    #[error("{now} would be granted, not {seen}")]
    OtherAmount {
        /// What was seen.
        seen: Money,
        /// What it would be.
        now: Money,
    },
    /// The step does not follow from where the claim is.
    #[error("not possible for a claim that is {}", status.name())]
    NotInStatus {
        /// Where it is.
        status: ClaimStatus,
    },
    /// The step does not follow from where the scheme is.
    #[error("not possible for a scheme that is {}", status.name())]
    SchemeNotInStatus {
        /// Where it is.
        status: SchemeStatus,
    },
    /// The same person did the step before.
    #[error("another person must do this step")]
    SamePerson,
    /// The special account does not hold enough.
    #[error("the special account holds {held}")]
    NotFunded {
        /// Paid in and not yet paid out.
        held: Money,
    },
    /// The rates or amounts give no subsidy.
    #[error(transparent)]
    Subsidy(#[from] SubsidyError),
    /// Beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}
