//! A type for each kind of identifier, so that a loan's id can never be passed for a patent's.
//!
//! Ids are UUID version 7: they sort by the time of their making, and those of one instant in its order.

/// Defines identifier types over UUIDs.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A fresh identifier, made at the instant given: above those made at it before.
            #[must_use]
            pub fn fresh(now: chrono::DateTime<chrono::Utc>) -> Self {
                Self($crate::sequence::id(now))
            }

            /// The identifier with this value.
            #[must_use]
            pub const fn from_uuid(value: uuid::Uuid) -> Self {
                Self(value)
            }

            /// The value, as the databases store it.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(value: uuid::Uuid) -> Self {
                Self(value)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::Uuid,
                    )))
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// An organisation: the tenant that owns rows.
    OrgId,
    /// A person or machine client of an organisation.
    UserId,
    /// A patent of the catalogue.
    PatentId,
    /// A valuation of one patent for one organisation.
    ValuationId,
    /// What happened to a patent on a day: an entry of its legal timeline.
    LegalEventId,
    /// A product filed as made under patents.
    ProductFilingId,
    /// An invention examined before it is filed.
    PrefilingId,
    /// A version of a table that valuations rest on.
    ReferenceVersionId,
    /// A licence or a sale, as evidence of the market.
    MarketDealId,
    /// A stocktake of an institute's patents.
    CampaignId,
    /// One patent's place in a stocktake.
    StocktakeItemId,
    /// Patents put to the market's evaluation.
    EvaluationRoundId,
    /// One expert's evaluation of one patent.
    EvaluationId,
    /// What an enterprise looks for.
    NeedId,
    /// A patent proposed for a need, or to an enterprise.
    MatchId,
    /// A version of a bank's own valuation model.
    ModelVersionId,
    /// A proposal to put another figure in a valuation's place.
    OverrideId,
    /// A comparison of a model's values with what was realised.
    BacktestId,
    /// What a patent was realised at.
    RealisationId,
    /// An issued valuation report.
    ReportId,
    /// What asks for a valuation to be made anew.
    TriggerId,
    /// A version of an organisation's rules of revaluation.
    TriggerRulesVersionId,
    /// Patents valued together.
    PortfolioId,
    /// A scoring of the whole catalogue.
    ScoringRunId,
    /// An import job or another long-running job.
    JobId,
    /// An industry cluster.
    ClusterId,
    /// A collective credit facility.
    FacilityId,
    /// A member's place in a facility.
    MemberId,
    /// A pledge-financing application.
    ApplicationId,
    /// A registered (or pending) pledge over patents.
    PledgeId,
    /// One use of a facility by a member.
    DrawdownId,
    /// A loan.
    LoanId,
    /// A payment received on a loan.
    RepaymentId,
    /// A proposal to undo a payment on a loan.
    RepaymentReversalId,
    /// What a borrower has instructed its bank to take or to pay.
    PaymentInstructionId,
    /// A stored document.
    DocumentId,
    /// A proposed change of a loan's terms: extension, restructuring, rollover, repricing, write-off.
    AdjustmentId,
    /// What a borrower asks its bank to change of a loan's terms.
    ChangeRequestId,
    /// A collection or disposal case.
    CaseId,
    /// A risk-compensation fund.
    FundId,
    /// What a fund has agreed to cover for a bank.
    FundAgreementId,
    /// What one person of a fund asks for and another decides.
    FundInstructionId,
    /// What one person asks for in a disposal case and another decides.
    DisposalProposalId,
    /// A claim for compensation on whoever shares a loan's loss.
    CompensationId,
    /// A claim for an interest or premium subsidy.
    SubsidyId,
    /// A version of a bank's parameters.
    ParameterVersionId,
    /// A classification of a loan by judgement.
    ClassificationId,
    /// An approver's authority lent to a colleague.
    DelegationId,
    /// A condition that an approval carries.
    ConditionId,
    /// What is to be done for a running loan: a proof of use, a check.
    LoanTaskId,
    /// An entry of a bank's blacklist.
    BlacklistEntryId,
    /// A group of connected enterprises, as one bank sees it.
    ConnectedGroupId,
    /// What was filed with the register for a pledge: its registration, a change, its cancellation.
    FilingId,
    /// A pledgee's consent to a disposal of pledged patents.
    ConsentId,
    /// A pledge valued anew.
    RevaluationId,
    /// A balanced movement of the ledger.
    MovementId,
    /// A reversal of a ledger movement that one person proposed.
    ReversalId,
    /// The rules of a subsidy.
    SubsidySchemeId,
    /// An insurance quote.
    QuoteId,
    /// An insurance policy.
    PolicyId,
    /// A claim under a policy.
    ClaimId,
    /// A published event.
    EventId,
}
