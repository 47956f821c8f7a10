//! Why a step of an application is refused, with what the user needs to act on it.

use contracts::PatentId;
use finance::Money;

use super::{ApplicationStatus, Finding};

/// What is wrong with a valuation that was named for a patent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuationFlaw {
    /// None was named for the patent.
    Missing,
    /// It is of another patent, or of one that is not offered, or named twice.
    OtherPatent,
    /// It is another organisation's.
    OtherTenant,
    /// It was made for another purpose than a pledge.
    OtherPurpose,
    /// It is not completed.
    NotCompleted,
    /// It may no longer be relied on.
    Expired,
    /// It leaves nothing to lend on.
    Worthless,
}

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something stands in the way that no declaration lifts.
    #[error("not eligible: {} findings", findings.len())]
    NotEligible {
        /// What.
        findings: Vec<Finding>,
    },
    /// The step does not follow from where the application is.
    #[error("not possible for an application that is {status}")]
    NotInStatus {
        /// Where it is.
        status: ApplicationStatus,
    },
    /// The assessor may not decide.
    #[error("the assessor may not decide")]
    FourEyes,
    /// The valuations do not fit the patents.
    #[error("{} valuations cannot be relied on", flaws.len())]
    Valuations {
        /// Which, and why.
        flaws: Vec<(PatentId, ValuationFlaw)>,
    },
    /// More than may be lent on the patents.
    #[error("{asked} is more than the {maximum_loan} that may be lent on the patents")]
    AboveCollateral {
        /// What was wanted.
        asked: Money,
        /// What may be lent.
        maximum_loan: Money,
    },
    /// More than was asked for or recommended.
    #[error("{asked} is more than {most}")]
    AboveAmount {
        /// What was wanted.
        asked: Money,
        /// The most possible.
        most: Money,
    },
    /// The facility cannot be used now.
    #[error("the facility is not open")]
    FacilityClosed,
    /// Patents that another live pledge holds.
    #[error("{} patents are already pledged", patents.len())]
    AlreadyPledged {
        /// Their numbers.
        patents: Vec<String>,
    },
    /// A pledge already stands on the approval.
    #[error("a pledge stands on it")]
    PledgeExists,
}
