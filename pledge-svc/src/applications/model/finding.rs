//! What stands in the way of a pledge loan, each with a stable code, its reason and its cure.
//!
//! Grounds 1 to 11 are those of CNIPA Announcement 461 (2021), 专利权质押登记办法, on which the office refuses
//! registration; the rest are the terms of the facility and of the product, what the bank knows of the enterprise, and
//! what its valuations say of the collateral. A soft finding is lifted by the parties' declaration that they know of it;
//! a hard one by its cure alone; a notice refuses nothing and is read by those who decide.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a declaration lifts a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Only its cure lifts it.
    Hard,
    /// The parties' informed declaration lifts it.
    Soft,
    /// It refuses nothing; who decides reads it.
    Notice,
}

/// Defines the codes with their stable names and severities. A name is a token tree: a literal is handed to the derives
/// inside an invisible group, in which the document's does not find it.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:tt, $severity:ident);+ $(;)?) => {
        /// The kind of a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum FindingCode { $($(#[$doc])* #[serde(rename = $name)] $code),+ }

        impl FindingCode {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name),+ }
            }

            /// Whether a declaration lifts it.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity),+ }
            }
        }
    };
}

codes! {
    /// Ground 1: the pledgor is not the registered patentee.
    NotThePatentee = "not_the_patentee", Hard;
    /// Ground 2: the right has ended or was declared invalid.
    RightEnded = "right_ended", Hard;
    /// Ground 3: not granted yet.
    NotGranted = "not_granted", Hard;
    /// Ground 4: the annuity is not paid.
    AnnuityUnpaid = "annuity_unpaid", Hard;
    /// Ground 5: ownership is in dispute, or a court has ordered preservation.
    OwnershipDispute = "ownership_dispute", Hard;
    /// Ground 6: the debt would outlive the right.
    TermBeyondRight = "term_beyond_right", Hard;
    /// Ground 7: what the contract must say about the patent is not known.
    ContractContent = "contract_content", Hard;
    /// Ground 8: co-owned. An application is taken on the statement that all owners consent, assessed on their paper.
    CoOwned = "co_owned", Soft;
    /// Ground 9: already pledged.
    AlreadyPledged = "already_pledged", Hard;
    /// Ground 10: an invention and a utility model for the same thing, filed on the same day.
    SameDayPair = "same_day_pair", Soft;
    /// Ground 11: its invalidation has been asked for.
    InvalidationPending = "invalidation_pending", Soft;
    /// The facility is not active.
    FacilityNotActive = "facility_not_active", Hard;
    /// The facility's availability window is over.
    WindowClosed = "window_closed", Hard;
    /// More than the member's sub-limit still allows.
    AboveSubLimit = "above_sub_limit", Hard;
    /// Longer than the facility's tenor cap.
    AboveTenorCap = "above_tenor_cap", Hard;
    /// The enterprise's place in the cluster is paused or ended.
    MemberNotActive = "member_not_active", Hard;
    /// The enterprise is on the bank's blacklist.
    Blacklisted = "blacklisted", Hard;
    /// More than the bank approves for a group of connected enterprises together.
    AboveGroupExposure = "above_group_exposure", Hard;
    /// More than the bank may lend to a single customer, by its net capital.
    AboveSingleCustomer = "above_single_customer", Hard;
    /// More than all exposure to a single customer may come to, by the bank's net tier-1 capital.
    AboveExposure = "above_exposure", Hard;
    /// More than the product lends.
    AboveProductAmount = "above_product_amount", Hard;
    /// Longer than the product's term.
    AboveProductTenor = "above_product_tenor", Hard;
    /// The facility's rate is above the product's.
    AboveProductRate = "above_product_rate", Hard;
    /// The LPR that the product's highest rate goes by is not the one in force.
    LprOutdated = "lpr_outdated", Notice;
    /// The product does not serve the facility's industry.
    IndustryNotServed = "industry_not_served", Hard;
    /// No valuation was named for a patent.
    ValuationMissing = "valuation_missing", Hard;
    /// The valuation named is of another patent.
    ValuationOfOtherPatent = "valuation_of_other_patent", Hard;
    /// The valuation named is another bank's.
    ValuationOfOtherBank = "valuation_of_other_bank", Hard;
    /// The valuation was made for another purpose than a pledge.
    ValuationForOtherPurpose = "valuation_for_other_purpose", Hard;
    /// The valuation is not completed.
    ValuationNotCompleted = "valuation_not_completed", Hard;
    /// The valuation may no longer be relied on.
    ValuationExpired = "valuation_expired", Hard;
    /// The valuation leaves nothing to lend on.
    ValuationWorthless = "valuation_worthless", Hard;
    /// The bank does not accept patents of this grade.
    GradeNotAccepted = "grade_not_accepted", Hard;
    /// One patent makes up too much of the collateral's value.
    PatentTooConcentrated = "patent_too_concentrated", Notice;
    /// The patent is offered in another open application, too.
    OfferedElsewhere = "offered_elsewhere", Notice;
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no finding's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such finding")]
pub struct UnknownFinding;

impl FromStr for FindingCode {
    type Err = UnknownFinding;

    fn from_str(text: &str) -> Result<Self, UnknownFinding> {
        Self::ALL.iter().copied().find(|code| code.name() == text).ok_or(UnknownFinding)
    }
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// Whether a declaration lifts it.
    pub severity: Severity,
    /// The patent's or the facility's number.
    pub subject: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// What to do, in Chinese.
    pub cure_zh: String,
    /// What to do, in English.
    pub cure_en: String,
}

impl Finding {
    /// A finding about a subject: its reason and its cure, each in Chinese and English.
    #[must_use]
    pub fn new(
        code: FindingCode,
        subject: &str,
        (reason_zh, reason_en): (impl Into<String>, impl Into<String>),
        (cure_zh, cure_en): (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self {
            code,
            severity: code.severity(),
            subject: subject.to_owned(),
            reason_zh: reason_zh.into(),
            reason_en: reason_en.into(),
            cure_zh: cure_zh.into(),
            cure_en: cure_en.into(),
        }
    }

    /// The same finding with another weight: a bank may make binding what is a notice elsewhere.
    #[must_use]
    pub fn weighing(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Whether it still stands once the parties have declared what they know.
    #[must_use]
    pub fn stands_against(&self, declarations: &[FindingCode]) -> bool {
        match self.severity {
            Severity::Hard => true,
            Severity::Soft => !declarations.contains(&self.code),
            Severity::Notice => false,
        }
    }
}
