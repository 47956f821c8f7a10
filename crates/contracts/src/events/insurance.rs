//! What insurance-svc tells.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use crate::{ClaimId, LoanId, OrgId, PatentId, PolicyId};

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
