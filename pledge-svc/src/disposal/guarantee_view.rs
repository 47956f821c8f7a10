//! The policies behind a case's loan and what their insurers paid, as the case shows them: to the bank and the regulator
//! all, to an insurer its own.

use chrono::NaiveDate;
use contracts::{ClaimId, CompensationId, OrgId, PolicyId};
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Case, Guarantee, InsurerClaim, InsurerClaimStatus, guarantee::default_day},
    store,
    today::LoanNow,
};

/// A policy that insures the loan's principal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GuaranteeView {
    /// The policy.
    pub policy_id: PolicyId,
    /// Its number, for people.
    pub number: String,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Its name.
    pub insurer_name: String,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// The most that all claims pay together.
    pub aggregate_limit: Money,
    /// What of it is neither paid on this loan nor claimed.
    pub left: Money,
    /// Taken off each loss.
    pub deductible: Money,
    /// Share of the rest that the bank bears itself.
    pub coinsurance: Rate,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover.
    pub last_day: NaiveDate,
    /// `bound`, `cancelled` or `expired`.
    pub status: String,
    /// The day of the loan's default.
    pub defaulted_on: NaiveDate,
    /// Whether the policy covered the loan on that day.
    pub covers_default: bool,
}

impl GuaranteeView {
    fn of(one: Guarantee, defaulted_on: NaiveDate) -> Self {
        Self {
            covers_default: one.covers(defaulted_on),
            defaulted_on,
            policy_id: one.policy_id,
            number: one.number,
            insurer_id: one.insurer_id,
            insurer_name: one.insurer_name,
            limit_per_claim: one.limit_per_claim,
            aggregate_limit: one.aggregate_limit,
            left: one.left,
            deductible: one.deductible,
            coinsurance: one.coinsurance,
            starts_on: one.starts_on,
            last_day: one.last_day,
            status: one.status,
        }
    }
}

/// A claim at an insurer under one of the policies.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InsurerClaimView {
    /// The insurer's claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// Where it stands: `pending` money is settled once the loss is shared; `unmatched` money is more than is claimed, and
    /// is owed to the insurer until two people of the bank have matched it to a claim or given it back.
    pub status: InsurerClaimStatus,
    /// What the insurer has paid on it.
    pub paid: Money,
    /// Of it, what has paid the loan.
    pub applied: Money,
    /// What has not.
    pub unsettled: Money,
    /// Of what was applied, handed back out of recoveries.
    pub returned: Money,
    /// Of what was paid, given back because there was nothing that it could settle.
    #[serde(default)]
    pub given_back: Money,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The bank's claim that it settled.
    pub compensation_id: Option<CompensationId>,
    /// The day it was first heard of.
    pub heard_on: NaiveDate,
    /// The day of the newest payment.
    pub paid_on: Option<NaiveDate>,
}

impl From<InsurerClaim> for InsurerClaimView {
    fn from(one: InsurerClaim) -> Self {
        Self {
            unsettled: one.unsettled(),
            claim_id: one.claim_id,
            policy_id: one.policy_id,
            status: one.status,
            paid: one.paid,
            applied: one.applied,
            returned: one.returned,
            given_back: one.given_back,
            reason: one.reason,
            compensation_id: one.compensation_id,
            heard_on: one.heard_on,
            paid_on: one.paid_on,
        }
    }
}

/// The policies behind a case's loan that the reader may see, and the claims under them.
pub(super) async fn behind(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (case, loan): (&Case, &LoanNow),
    on: NaiveDate,
) -> Result<(Vec<GuaranteeView>, Vec<InsurerClaimView>), Fault> {
    let mut found = store::list_guarantees(conn, scope, &[case.loan_id]).await?;
    let guarantees = found.remove(&case.loan_id).unwrap_or_default();
    let ids: Vec<PolicyId> = guarantees.iter().map(|one| one.policy_id).collect();
    let claims = store::list_insurer_claims(conn, scope, &ids).await?;
    let late = if loan.active { loan.owing.overdue_days } else { 0 };
    let defaulted = default_day(late, loan.row.accelerated_on, Some(case.opened_on), on);
    let guarantees = guarantees.into_iter().map(|one| GuaranteeView::of(one, defaulted)).collect();
    Ok((guarantees, claims.into_iter().map(InsurerClaimView::from).collect()))
}
