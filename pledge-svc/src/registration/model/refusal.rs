//! Why a step of a pledge is refused.

use finance::Money;

use super::PledgeStatus;
use crate::applications::Finding;

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only an approved application is secured by a pledge.
    #[error("the application is not approved")]
    NotApproved,
    /// A pledge was already submitted for the application.
    #[error("the application has its pledge")]
    PledgeExists,
    /// Valuations that have ended since the approval.
    #[error("{} valuations have ended", patents.len())]
    ValuationsEnded {
        /// The patents' numbers.
        patents: Vec<String>,
    },
    /// The register would refuse it.
    #[error("not registrable: {} findings", findings.len())]
    NotRegistrable {
        /// Why.
        findings: Vec<Finding>,
    },
    /// The step does not follow from where the pledge is.
    #[error("not possible for a pledge that is {status}")]
    NotInStatus {
        /// Where it is.
        status: PledgeStatus,
    },
    /// Another pledge bears the number.
    #[error("the registration number is taken")]
    NumberTaken,
    /// A loan is outstanding.
    #[error("{outstanding} is still outstanding")]
    StillSecured {
        /// The principal outstanding.
        outstanding: Money,
    },
}
