//! The act of paying: the approved amount, in full, once.

use contracts::{ClaimId, Event, UserId, events::ClaimPaid};
use finance::Money;
use http_kit::{ActError, Problem, Who};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    assess::held,
    model::{Step, lifecycle},
    postings,
    store::{self, claim},
    terms,
    view::{self, Claim},
};
use crate::policies;

/// A payment of what was approved; it has nothing to say beyond that.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
pub struct PayRequest {}

/// Pays an approved claim, in the caller's transaction.
pub(crate) async fn pay(tx: &mut Tx, who: &Who, id: ClaimId) -> Result<Claim, ActError> {
    let (policy, row) = held(tx, who, id).await?;
    let assessor = row.assessor_id.map(UserId::from);
    let next = lifecycle::after(row.status()?, Step::Pay, assessor, who.0.user).map_err(terms::refused)?;
    if tx.business_date() < row.payable_from {
        let from = row.payable_from;
        return Err(Problem::refused(
            "waiting-period",
            format!("等待期未满，{from}起方可赔付。"),
            format!("The waiting period runs: the claim may be paid from {from} on."),
        )
        .with("payable_from", from)
        .into());
    }
    let amount = row
        .payable_fen
        .map(Money::from_fen)
        .filter(|amount| amount.is_positive())
        .ok_or_else(|| Fault::Invariant(format!("approved claim {id} has nothing to pay")))?;
    let paid = claim::Model {
        paid_fen: amount.fen(),
        reserve_fen: 0,
        status: next.name().to_owned(),
        version: row.version + 1,
        ..row.clone()
    };
    let changed = claim::ActiveModel {
        paid_fen: Set(paid.paid_fen),
        reserve_fen: Set(0),
        status: Set(paid.status.clone()),
        ..Default::default()
    };
    store::save(tx, &row, changed).await?;
    policies::pay_claim(tx, policy.id, amount).await?;
    let mut movements = vec![postings::paid(&row, amount)?];
    movements.extend(postings::reserve_changed(&row, Money::from_fen(row.reserve_fen), Money::ZERO)?);
    ledger::post(tx, &movements).await?;
    let event = Event::ClaimPaid(ClaimPaid {
        claim_id: id,
        policy_id: row.policy_id.into(),
        insurer_id: row.insurer_id.into(),
        amount,
    });
    tx.publish([(paid.id, paid.version, event)]).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "claim.pay", "claim", id)
        .with(serde_json::json!({ "amount": amount, "policy": row.policy_id }))])
        .await?;
    Ok(view::shown(paid)?)
}
