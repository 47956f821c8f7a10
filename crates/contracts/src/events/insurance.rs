//! What insurance-svc tells.

use chrono::NaiveDate;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use crate::{ClaimId, LoanId, OrgId, PatentId, PolicyId};

/// What a guarantee policy pays a bank of the principal that it loses on one loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuaranteeTerms {
    /// The loan whose principal is covered.
    pub loan_id: LoanId,
    /// The bank that is paid.
    pub beneficiary_id: OrgId,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// The most that all claims pay together.
    pub aggregate_limit: Money,
    /// Taken off each loss.
    pub deductible: Money,
    /// Share of what remains of a loss that the bank bears itself.
    pub coinsurance: Rate,
    /// First day of cover: a default from this day on is covered …
    pub starts_on: NaiveDate,
    /// … up to and with this one, unless the policy ends before.
    pub ends_on: NaiveDate,
}

/// A policy was bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyBound {
    /// The policy.
    pub policy_id: PolicyId,
    /// Its number, for people.
    pub number: String,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Its name.
    pub insurer_name: String,
    /// `enforcement`, `pledge_loan_guarantee` …
    pub product: String,
    /// Who is insured.
    pub insured_id: OrgId,
    /// The insured's name.
    pub insured_name: String,
    /// The patent insured, for patent products.
    pub patent_id: Option<PatentId>,
    /// The loan insured, for the guarantee.
    pub loan_id: Option<LoanId>,
    /// Who is paid, where it is not the insured (the bank, for the guarantee).
    pub beneficiary_id: Option<OrgId>,
    /// Aggregate limit.
    pub aggregate_limit: Money,
    /// Premium, gross.
    pub premium: Money,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover.
    pub ends_on: NaiveDate,
    /// What it pays a bank, for the guarantee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<GuaranteeTerms>,
}

/// A policy was cancelled or came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyEnded {
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// `cancelled` or `expired`.
    pub status: String,
    /// Premium given back.
    pub returned_premium: Money,
    /// The last day that was covered; the day before the first where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

/// A claim was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRegistered {
    /// The claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// The case reserve set.
    pub reserve: Money,
}

/// What an insurer keeps for a claim changed: it was assessed or approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReserved {
    /// The claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// The case reserve now.
    pub reserve: Money,
}

/// A claim ended without a payment: refused, or nothing was due under the terms. Nothing stays reserved for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDeclined {
    /// The claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Why, in the insurer's words; nothing where the terms left nothing to pay.
    pub reason: Option<String>,
}

/// A claim was paid: what was approved, in full, once. Nothing stays reserved for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimPaid {
    /// The claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Paid now.
    pub amount: Money,
}
