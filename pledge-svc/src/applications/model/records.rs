//! What the steps of an application leave behind: the patents with their figures, the assessment, the approvals, the
//! decision.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{PatentId, UserId, ValuationId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    ApplicationStatus, Finding,
    application::Hand,
    authority::{Demand, Lent},
};

/// A patent offered as collateral; the figures come with the bank's assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferedPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The bank's valuation.
    pub valuation_id: Option<ValuationId>,
    /// Its value as collateral.
    pub collateral_value: Option<Money>,
    /// The most that may be lent on it.
    pub maximum_loan: Option<Money>,
    /// The loan-to-value cap of its grade.
    pub ltv_cap: Option<Rate>,
    /// The last day on which the valuation may be relied on.
    pub valid_until: Option<NaiveDate>,
}

/// The officer's assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// Who assessed, for people.
    pub by: String,
    /// Who assessed.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// In the officer's words.
    pub comment: String,
    /// The amount recommended.
    pub recommended_amount: Money,
    /// The value of the patents as collateral, together.
    pub collateral_value: Money,
    /// The most that may be lent on them under this facility.
    pub maximum_loan: Money,
    /// What was found and refuses nothing: who decides reads it.
    pub findings: Vec<Finding>,
}

/// The risk manager's word on an amount from which the bank wants it first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RiskConsent)]
pub struct Consent {
    /// Who gave it, for people.
    pub by: String,
    /// Who gave it.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the risk manager agrees.
    pub agrees: bool,
    /// In the risk manager's words.
    pub comment: String,
}

/// What an approval says of the loan beside its amount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovedTerms {
    /// Why it may run longer than the rule for its kind of loan; none where it does not.
    #[serde(default)]
    pub term_exception: Option<String>,
    /// Whether everything drawn under it is paid out by the bank (受托支付), whatever the amount.
    #[serde(default)]
    pub entrusted_payment: bool,
}

impl ApprovedTerms {
    /// These, and what an earlier approver has said of them.
    #[must_use]
    pub fn with(self, earlier: Option<&Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        Self {
            term_exception: self.term_exception.or_else(|| earlier.term_exception.clone()),
            entrusted_payment: self.entrusted_payment || earlier.entrusted_payment,
        }
    }
}

/// One of two approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Who approved, for people.
    pub by: String,
    /// Who approved.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// The amount approved.
    pub amount: Money,
    /// The approver's comment; may be empty.
    pub comment: String,
    /// Whose authority was used, where it was a colleague's.
    pub under: Option<Lent>,
    /// What the decision took on that day.
    pub demand: Demand,
    /// What it says of the loan beside the amount.
    #[serde(default)]
    pub terms: ApprovedTerms,
}

/// The end of an application, one way or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApplicationDecision)]
pub struct Decision {
    /// Who decided, for people.
    pub by: String,
    /// Who decided.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// `approved`, `refused` or `withdrawn`.
    pub outcome: ApplicationStatus,
    /// The amount approved; zero otherwise.
    pub amount: Money,
    /// Why, or the approver's comment; may be empty.
    pub reason: String,
    /// Whose authority was used, where it was a colleague's.
    pub under: Option<Lent>,
    /// What the approval took on that day; none for what is no approval.
    pub demand: Option<Demand>,
    /// What the approval says of the loan beside the amount.
    #[serde(default)]
    pub terms: ApprovedTerms,
}

impl Decision {
    /// A decision that approves nothing, by a hand with a reason.
    #[must_use]
    pub fn without_amount(outcome: ApplicationStatus, reason: &str, by: &Hand) -> Self {
        Self {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            outcome,
            amount: Money::ZERO,
            reason: reason.to_owned(),
            under: None,
            demand: None,
            terms: ApprovedTerms::default(),
        }
    }
}
