//! Why a step of an application is refused, with what the user needs to act on it.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::Money;

use super::{ApplicationStatus, Finding, checklist::ChecklistItem, deficiency::DeficientItem};

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

/// A patent whose valuation cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FlawedValuation {
    /// The patent.
    pub patent_id: PatentId,
    /// Its number; its id where it is not offered.
    pub number: String,
    /// What is wrong.
    pub why: ValuationFlaw,
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
    /// Somebody has spoken on it already and may not be the second.
    #[error("the same person may not speak twice")]
    SameApprover,
    /// Who refused or assessed it may not decide the appeal, nor what comes after it.
    #[error("who refused it may not decide it again")]
    OwnRefusal,
    /// The approver's authority, own or lent, does not reach the amount.
    #[error("{asked} is beyond the authority of {limit}")]
    AboveAuthority {
        /// The amount that decides.
        asked: Money,
        /// How far the authority reaches.
        limit: Money,
    },
    /// The risk manager has not spoken yet.
    #[error("the risk manager's consent is missing")]
    ConsentMissing,
    /// The risk manager does not agree.
    #[error("the risk manager does not agree")]
    ConsentDenied {
        /// Who.
        by: String,
        /// Why.
        comment: String,
    },
    /// Papers or statements of the product's checklist are missing.
    #[error("{} items of the checklist are missing", missing.len())]
    ChecklistIncomplete {
        /// Which, with their cures.
        missing: Vec<ChecklistItem>,
    },
    /// Papers that were asked for have not been attached.
    #[error("{} papers asked for are missing", missing.len())]
    CorrectionIncomplete {
        /// Which.
        missing: Vec<DeficientItem>,
    },
    /// An appeal was made before.
    #[error("an application is appealed once")]
    AppealedBefore,
    /// The time for appealing is over.
    #[error("the appeal was possible until {until}")]
    AppealTooLate {
        /// The last day.
        until: NaiveDate,
    },
    /// The valuations do not fit the patents.
    #[error("{} valuations cannot be relied on", flaws.len())]
    Valuations {
        /// Which, and why.
        flaws: Vec<FlawedValuation>,
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
    /// Longer than the rule for its kind of loan, and the approver gives no reason.
    #[error("{asked} months are beyond the {most} of its kind, and no reason is given")]
    TermWithoutReason {
        /// Months asked for.
        asked: u32,
        /// Months as a rule.
        most: u32,
    },
    /// Longer than even an exception allows.
    #[error("{asked} months are beyond the {most} of an exception")]
    TermTooLong {
        /// Months asked for.
        asked: u32,
        /// The most.
        most: u32,
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
    /// The approval still holds.
    #[error("the approval holds until {until}")]
    ApprovalHolds {
        /// Its last day.
        until: NaiveDate,
    },
    /// A pledge already stands on the approval.
    #[error("a pledge stands on it")]
    PledgeExists,
}
