//! Why a step of a pledge is refused.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::Money;

use super::{FilingKind, FilingState, PledgeStatus, papers::PaperItem, revaluation::RevaluationStatus};
use crate::applications::{Finding, FlawedValuation};

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
    /// Papers that the register asks for are not there.
    #[error("{} papers are missing", missing.len())]
    PapersMissing {
        /// Which, each with its cure.
        missing: Vec<PaperItem>,
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
    /// No principal is outstanding, but something else is owed, or a case is open.
    #[error("loans {loans:?} or cases {cases:?} are not at their end")]
    StillOwed {
        /// The numbers of loans on which interest, penalty or fees are owed.
        loans: Vec<String>,
        /// The numbers of open cases.
        cases: Vec<String>,
    },
    /// The approval has passed its last day.
    #[error("the approval held until {until}")]
    ApprovalOver {
        /// Its last day.
        until: NaiveDate,
    },
    /// Something filed for the pledge waits for the register.
    #[error("a {kind} is under way")]
    FilingOpen {
        /// What was filed.
        kind: FilingKind,
    },
    /// Nothing filed for the pledge waits for the register.
    #[error("nothing filed is under way")]
    NothingFiled,
    /// The register asked for no correction.
    #[error("not to be corrected: the filing is {state}")]
    NotDeficient {
        /// Where the filing is.
        state: FilingState,
    },
    /// The last day for the correction is over.
    #[error("the correction was wanted by {until}")]
    CorrectionLate {
        /// That day.
        until: NaiveDate,
    },
    /// The office outside was already asked to let it be withdrawn.
    #[error("its withdrawal was already asked for")]
    WithdrawalAsked,
    /// Decisions come from the office outside.
    #[error("the office decides")]
    OfficeDecides,
    /// The papers have reached the office, or are about to be sent.
    #[error("nothing is to be sent again")]
    NothingToSend,
    /// The change changes nothing.
    #[error("nothing would change")]
    NothingToChange,
    /// Patents that are not under the pledge.
    #[error("{} patents are not under the pledge", patents.len())]
    NotUnderPledge {
        /// Which.
        patents: Vec<PatentId>,
    },
    /// A pledge over nothing is none: it is cancelled instead.
    #[error("every patent would be released")]
    ReleasesAll,
    /// The secured claim would exceed what may be lent on the patents.
    #[error("{claim} is more than the {maximum} that may be lent on the patents")]
    AboveMaximum {
        /// The claim.
        claim: Money,
        /// The most that may be lent.
        maximum: Money,
    },
    /// The debt would outlive a right that secures it.
    #[error("the debt would last until {until}, a right ends on {ends}")]
    DebtBeyondRight {
        /// The debt's last day.
        until: NaiveDate,
        /// The first end of the rights.
        ends: NaiveDate,
    },
    /// A loan falls due after the debt's last day.
    #[error("the debt would last until {until}, a loan falls due on {due}")]
    DebtBelowLoans {
        /// The debt's last day.
        until: NaiveDate,
        /// The loan's.
        due: NaiveDate,
    },
    /// Loans would be left without cover.
    #[error("{outstanding} is outstanding, {cover} would be covered")]
    CoverTooSmall {
        /// The principal outstanding.
        outstanding: Money,
        /// What the pledgor's pledges would carry.
        cover: Money,
    },
    /// The consent's days do not make a term.
    #[error("the consent must end between {earliest} and {latest}")]
    ConsentTerm {
        /// The earliest last day.
        earliest: NaiveDate,
        /// The latest last day.
        latest: NaiveDate,
    },
    /// The consent was taken back before, or is over.
    #[error("the consent has ended")]
    ConsentEnded,
    /// Who filed it or proposed it does not decide about it.
    #[error("another person decides")]
    FourEyes,
    /// The pledgor has not confirmed what was filed, and no signed contract is among the papers.
    #[error("the pledgor has not confirmed the filing")]
    NotConfirmed,
    /// The pledgor has confirmed what was filed, or there is nothing to confirm.
    #[error("nothing waits for the pledgor's word")]
    NothingToConfirm,
    /// Valuations that the bank may not rely on.
    #[error("{} valuations cannot be relied on", flaws.len())]
    ValuationsFlawed {
        /// Which, and why.
        flaws: Vec<FlawedValuation>,
    },
    /// A revaluation of the pledge waits for its decision.
    #[error("a revaluation is proposed")]
    RevaluationOpen,
    /// The revaluation is decided.
    #[error("the revaluation is {status}")]
    RevaluationDecided {
        /// Where it is.
        status: RevaluationStatus,
    },
    /// Another valuation took the place of the one that the proposal was compared with.
    #[error("another valuation took the place of the one compared with")]
    RevaluationOvertaken,
    /// There is nothing to certify: the pledge was never registered, or never existed.
    #[error("no certificate of a pledge that is {status}")]
    NothingToCertify {
        /// Where it is.
        status: PledgeStatus,
    },
}
