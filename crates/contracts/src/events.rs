//! Events: facts that one service publishes for the others, each with a version in its name.
//!
//! An [`Envelope`] travels at least once and out of order; a consumer is idempotent by `id` and orders by
//! `version` within one aggregate.

mod disposal;
mod disposition;
mod fund;
mod insurance;
mod pledge;
mod valuation;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use disposal::{CompensationReturned, DisposalCaseChanged, SoldPatent};
pub use disposition::{DisposalRefused, PatentChallenged, PledgeConsentGiven};
pub use fund::{FundAgreementChanged, FundChanged, FundMovement};
pub use insurance::{
    ClaimDeclined, ClaimPaid, ClaimRegistered, ClaimReserved, GuaranteeTerms, PolicyBound, PolicyEnded,
};
pub use pledge::{
    AppealDecided, ApplicationAppealed, ApplicationDecided, ApplicationSubmitted, FacilityChanged,
    FacilityMember, LoanDrawn, LoanRepaid, LoanRepaymentReversed, LoanStateChanged, LoanTrancheDrawn,
    PledgeChanged, SyndicateShare,
};
pub use valuation::{
    AnnuityRecorded, LegalStatusChanged, PatentTransferred, RevaluationDue, ValuationCompleted,
};

use crate::{EventId, Service};

/// An event on its way, with what every consumer needs to place it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Unique; the consumer's key for exactly-once effect.
    pub id: EventId,
    /// Who published it.
    pub source: Service,
    /// The aggregate it is about (facility, loan, patent …).
    pub aggregate: Uuid,
    /// Position within the aggregate, from 1; gaps are allowed, repeats are not.
    pub version: i64,
    /// When the cause was committed.
    pub occurred_at: DateTime<Utc>,
    /// The business date of the cause.
    pub business_date: NaiveDate,
    /// What happened.
    pub event: Event,
}

/// Everything that services tell each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Event {
    /// A valuation was completed.
    #[serde(rename = "valuation.completed.v1")]
    ValuationCompleted(ValuationCompleted),
    /// A patent's legal status or encumbrance-relevant facts changed.
    #[serde(rename = "patent.legal_status_changed.v1")]
    LegalStatusChanged(LegalStatusChanged),
    /// An application was submitted.
    #[serde(rename = "application.submitted.v1")]
    ApplicationSubmitted(ApplicationSubmitted),
    /// An application was approved, refused or withdrawn, or its approval lapsed.
    #[serde(rename = "application.decided.v1")]
    ApplicationDecided(ApplicationDecided),
    /// An enterprise appealed against a refusal.
    #[serde(rename = "application.appealed.v1")]
    ApplicationAppealed(ApplicationAppealed),
    /// An appeal was decided: the refusal stands, or the application is assessed anew.
    #[serde(rename = "application.appeal_decided.v1")]
    AppealDecided(AppealDecided),
    /// A facility was proposed, approved, changed, suspended or closed: its whole state.
    #[serde(rename = "facility.changed.v1")]
    FacilityChanged(FacilityChanged),
    /// A pledge was submitted, registered or cancelled: its whole state.
    #[serde(rename = "pledge.changed.v1")]
    PledgeChanged(PledgeChanged),
    /// A pledgee consented to a disposal of pledged patents, or took its consent back.
    #[serde(rename = "pledge.consent_given.v1")]
    PledgeConsentGiven(PledgeConsentGiven),
    /// Proceedings that attack a patent or its ownership were opened or closed.
    #[serde(rename = "patent.challenged.v1")]
    PatentChallenged(PatentChallenged),
    /// The catalogue recorded until when a patent's annuities are paid.
    #[serde(rename = "patent.annuity_recorded.v1")]
    AnnuityRecorded(AnnuityRecorded),
    /// The catalogue recorded that a patent went to another owner.
    #[serde(rename = "patent.transferred.v1")]
    PatentTransferred(PatentTransferred),
    /// A valuation is to be made anew, or was: the whole state of what asks for it.
    #[serde(rename = "valuation.revaluation_due.v1")]
    RevaluationDue(RevaluationDue),
    /// The catalogue refused to record an act over a pledged patent.
    #[serde(rename = "patent.disposal_refused.v1")]
    DisposalRefused(DisposalRefused),
    /// A loan was drawn.
    #[serde(rename = "loan.drawn.v1")]
    LoanDrawn(LoanDrawn),
    /// A further tranche of a running loan was drawn.
    #[serde(rename = "loan.tranche_drawn.v1")]
    LoanTrancheDrawn(LoanTrancheDrawn),
    /// A loan was repaid, in part or whole.
    #[serde(rename = "loan.repaid.v1")]
    LoanRepaid(LoanRepaid),
    /// A payment on a loan was undone: the loan is as if it had not been made.
    #[serde(rename = "loan.repayment_reversed.v1")]
    LoanRepaymentReversed(LoanRepaymentReversed),
    /// A loan changed otherwise: at the close of a day, by a restructuring, a write-off, a judgement.
    #[serde(rename = "loan.state_changed.v1")]
    LoanStateChanged(LoanStateChanged),
    /// A disposal case was opened, went on or ended: its whole state.
    #[serde(rename = "disposal.case_changed.v1")]
    DisposalCaseChanged(DisposalCaseChanged),
    /// A bank handed a recovery back to the insurer that had paid a part of the loss.
    #[serde(rename = "compensation.returned.v1")]
    CompensationReturned(CompensationReturned),
    /// A fund's account changed: its whole state, with what moved.
    #[serde(rename = "fund.changed.v1")]
    FundChanged(FundChanged),
    /// A fund's agreement with a bank was made, drawn on, stopped, released or ended: its whole state.
    #[serde(rename = "fund.agreement_changed.v1")]
    FundAgreementChanged(FundAgreementChanged),
    /// A policy was bound.
    #[serde(rename = "policy.bound.v1")]
    PolicyBound(PolicyBound),
    /// A policy was cancelled or expired.
    #[serde(rename = "policy.ended.v1")]
    PolicyEnded(PolicyEnded),
    /// A claim was registered.
    #[serde(rename = "claim.registered.v1")]
    ClaimRegistered(ClaimRegistered),
    /// What is reserved for a claim changed.
    #[serde(rename = "claim.reserved.v1")]
    ClaimReserved(ClaimReserved),
    /// A claim ended without a payment.
    #[serde(rename = "claim.declined.v1")]
    ClaimDeclined(ClaimDeclined),
    /// A claim payment was made.
    #[serde(rename = "claim.paid.v1")]
    ClaimPaid(ClaimPaid),
}

impl Event {
    /// The event's stable name with its version, as on the bus.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ValuationCompleted(_) => "valuation.completed.v1",
            Self::LegalStatusChanged(_) => "patent.legal_status_changed.v1",
            Self::ApplicationSubmitted(_) => "application.submitted.v1",
            Self::ApplicationDecided(_) => "application.decided.v1",
            Self::ApplicationAppealed(_) => "application.appealed.v1",
            Self::AppealDecided(_) => "application.appeal_decided.v1",
            Self::FacilityChanged(_) => "facility.changed.v1",
            Self::PledgeChanged(_) => "pledge.changed.v1",
            Self::PledgeConsentGiven(_) => "pledge.consent_given.v1",
            Self::PatentChallenged(_) => "patent.challenged.v1",
            Self::AnnuityRecorded(_) => "patent.annuity_recorded.v1",
            Self::PatentTransferred(_) => "patent.transferred.v1",
            Self::RevaluationDue(_) => "valuation.revaluation_due.v1",
            Self::DisposalRefused(_) => "patent.disposal_refused.v1",
            Self::LoanDrawn(_) => "loan.drawn.v1",
            Self::LoanTrancheDrawn(_) => "loan.tranche_drawn.v1",
            Self::LoanRepaid(_) => "loan.repaid.v1",
            Self::LoanRepaymentReversed(_) => "loan.repayment_reversed.v1",
            Self::LoanStateChanged(_) => "loan.state_changed.v1",
            Self::DisposalCaseChanged(_) => "disposal.case_changed.v1",
            Self::CompensationReturned(_) => "compensation.returned.v1",
            Self::FundChanged(_) => "fund.changed.v1",
            Self::FundAgreementChanged(_) => "fund.agreement_changed.v1",
            Self::PolicyBound(_) => "policy.bound.v1",
            Self::PolicyEnded(_) => "policy.ended.v1",
            Self::ClaimRegistered(_) => "claim.registered.v1",
            Self::ClaimReserved(_) => "claim.reserved.v1",
            Self::ClaimDeclined(_) => "claim.declined.v1",
            Self::ClaimPaid(_) => "claim.paid.v1",
        }
    }
}
