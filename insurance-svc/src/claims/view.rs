//! A claim as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ClaimId, CompensationId, OrgId, PolicyId};
use finance::Money;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::Status,
    store::{claim, recovery},
};

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// The claim.
    pub id: ClaimId,
    /// Its number.
    pub number: String,
    /// The policy.
    pub policy_id: PolicyId,
    /// Its number.
    pub policy_number: String,
    /// The product's code.
    pub product: String,
    /// Who is insured.
    pub insured_id: OrgId,
    /// The insured's name.
    pub insured_name: String,
    /// The bank that is paid, for the guarantee.
    pub beneficiary_id: Option<OrgId>,
    /// What happened; a sub-limit's code where one applies.
    pub cause: String,
    /// When it happened.
    pub occurred_on: NaiveDate,
    /// When notice was given.
    pub notified_at: DateTime<Utc>,
    /// Who gave notice.
    pub notifier: String,
    /// The loss as notified.
    pub loss: Money,
    /// The case reserve: what the insurer still expects to pay.
    pub reserve: Money,
    /// The loss as assessed.
    pub assessed_loss: Option<Money>,
    /// What is paid for it under the terms.
    pub payable: Option<Money>,
    /// The first day on which it may be paid.
    pub payable_from: NaiveDate,
    /// Paid.
    pub paid: Money,
    /// Of it, handed back by the bank out of what it recovered of the loss.
    pub recovered: Money,
    /// What the claim has cost: paid less recovered.
    pub net_paid: Money,
    /// Where it is in its life.
    pub status: Status,
    /// Who assessed it.
    pub assessor: Option<String>,
    /// The assessor's comment.
    pub comment: Option<String>,
    /// Who approved or refused it.
    pub approver: Option<String>,
    /// Why it was approved or refused.
    pub reason: Option<String>,
}

/// A row as shown.
pub(crate) fn shown(row: claim::Model) -> Result<Claim, Fault> {
    Ok(Claim {
        status: row.status()?,
        id: row.id.into(),
        number: row.number,
        policy_id: row.policy_id.into(),
        policy_number: row.policy_number,
        product: row.product,
        insured_id: row.insured_id.into(),
        insured_name: row.insured_name,
        beneficiary_id: row.beneficiary_id.map(OrgId::from),
        cause: row.cause,
        occurred_on: row.occurred_on,
        notified_at: row.notified_at,
        notifier: row.notifier,
        loss: Money::from_fen(row.loss_fen),
        reserve: Money::from_fen(row.reserve_fen),
        assessed_loss: row.assessed_loss_fen.map(Money::from_fen),
        payable: row.payable_fen.map(Money::from_fen),
        payable_from: row.payable_from,
        paid: Money::from_fen(row.paid_fen),
        recovered: Money::from_fen(row.recovered_fen),
        net_paid: Money::from_fen(row.paid_fen).saturating_sub(Money::from_fen(row.recovered_fen)),
        assessor: row.assessor,
        comment: row.comment,
        approver: row.approver,
        reason: row.reason,
    })
}

/// A claim with what was handed back of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InsuranceClaimDetail)]
pub struct ClaimDetail {
    /// The claim.
    #[serde(flatten)]
    pub claim: Claim,
    /// What banks handed back, oldest first.
    pub recoveries: Vec<ClaimRecovery>,
}

/// What a bank handed back out of a recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimRecovery {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The bank's claim for compensation, which the payment settled; none where it settled nothing and came back.
    pub compensation_id: Option<CompensationId>,
    /// That claim's number.
    pub compensation_number: String,
    /// How much.
    pub amount: Money,
    /// The day.
    pub received_on: NaiveDate,
}

impl From<recovery::Model> for ClaimRecovery {
    fn from(row: recovery::Model) -> Self {
        Self {
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            compensation_id: row.compensation_id.map(Into::into),
            compensation_number: row.compensation_number,
            amount: Money::from_fen(row.amount_fen),
            received_on: row.received_on,
        }
    }
}
