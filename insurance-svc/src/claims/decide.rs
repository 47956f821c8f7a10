//! The acts of approving and refusing a claim. Approval erodes the policy's aggregate limit at once, so that two
//! approved claims can never outrun it.

use contracts::{ClaimId, UserId};
use finance::Money;
use http_kit::{ActError, Fields, Who};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    assess::held,
    model::{Step, lifecycle},
    postings,
    store::{self, claim},
    terms, told,
    view::{self, Claim},
};
use crate::{policies, products::model::Catalogue};

/// An approval.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ApproveClaimRequest {
    /// Why, where there is something to say.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A refusal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefuseClaimRequest {
    /// Why; the insured reads it.
    pub reason: String,
}

/// Approves what the terms pay for the assessed loss as the limits stand now, in the caller's transaction.
pub(crate) async fn approve(
    tx: &mut Tx,
    who: &Who,
    products: &Catalogue,
    id: ClaimId,
    request: &ApproveClaimRequest,
) -> Result<Claim, ActError> {
    let comment = request.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(comment) = comment {
        let mut fields = Fields::new();
        fields.text(comment, 1000, "comment");
        fields.finish()?;
    }
    let (policy, row) = held(tx, who, id).await?;
    let (status, assessor) = (row.status()?, row.assessor_id.map(UserId::from));
    let step = |nothing| {
        lifecycle::after(status, Step::Approve { nothing }, assessor, who.0.user).map_err(terms::refused)
    };
    let next = step(false)?;
    let loss = row
        .assessed_loss_fen
        .map(Money::from_fen)
        .ok_or_else(|| Fault::Invariant(format!("assessed claim {id} has no assessed loss")))?;
    let payable = terms::payable(terms::product(products, &policy)?, &policy, &row.cause, loss)?;
    let next = if payable.is_zero() { step(true)? } else { next };
    let approved = claim::Model {
        payable_fen: Some(payable.fen()),
        reserve_fen: payable.fen(),
        status: next.name().to_owned(),
        approver_id: Some(who.0.user.uuid()),
        approver: Some(who.0.name.clone()),
        reason: comment.map(str::to_owned),
        version: row.version + 1,
        ..row.clone()
    };
    decided(tx, &row, &approved).await?;
    if payable.is_positive() {
        policies::commit_claim(tx, policy.id, payable).await?;
        if approved.reserve_fen != row.reserve_fen {
            tx.publish([(approved.id, approved.version, told::reserved(&approved))]).await?;
        }
    } else {
        tx.publish([(approved.id, approved.version, told::declined(&approved))]).await?;
    }
    tx.audit([AuditEntry::new(&who.0.actor(), "claim.approve", "claim", id)
        .with(serde_json::json!({ "payable": payable, "status": next }))])
        .await?;
    Ok(view::shown(approved)?)
}

/// Refuses a claim, in the caller's transaction.
pub(crate) async fn refuse(
    tx: &mut Tx,
    who: &Who,
    id: ClaimId,
    request: &RefuseClaimRequest,
) -> Result<Claim, ActError> {
    let mut fields = Fields::new();
    fields.text(&request.reason, 1000, "reason");
    fields.finish()?;
    let (_, row) = held(tx, who, id).await?;
    let assessor = row.assessor_id.map(UserId::from);
    let next = lifecycle::after(row.status()?, Step::Refuse, assessor, who.0.user).map_err(terms::refused)?;
    let refused = claim::Model {
        payable_fen: Some(0),
        reserve_fen: 0,
        status: next.name().to_owned(),
        approver_id: Some(who.0.user.uuid()),
        approver: Some(who.0.name.clone()),
        reason: Some(request.reason.trim().to_owned()),
        version: row.version + 1,
        ..row.clone()
    };
    decided(tx, &row, &refused).await?;
    tx.publish([(refused.id, refused.version, told::declined(&refused))]).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "claim.refuse", "claim", id)
        .with(serde_json::json!({ "reason": refused.reason }))])
        .await?;
    Ok(view::shown(refused)?)
}

/// Writes a decision and brings the reserve to what is now expected to be paid.
async fn decided(tx: &mut Tx, before: &claim::Model, after: &claim::Model) -> Result<(), ActError> {
    let changed = claim::ActiveModel {
        payable_fen: Set(after.payable_fen),
        reserve_fen: Set(after.reserve_fen),
        status: Set(after.status.clone()),
        approver_id: Set(after.approver_id),
        approver: Set(after.approver.clone()),
        reason: Set(after.reason.clone()),
        ..Default::default()
    };
    store::save(tx, before, changed).await?;
    let (from, to) = (Money::from_fen(before.reserve_fen), Money::from_fen(after.reserve_fen));
    if let Some(movement) = postings::reserve_changed(before, from, to)? {
        ledger::post(tx, &[movement]).await?;
    }
    Ok(())
}
