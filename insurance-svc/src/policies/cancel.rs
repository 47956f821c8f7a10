//! The act of cancelling: cover ends early, unearned premium is given back.

use chrono::NaiveDate;
use contracts::{Event, PolicyId, events::PolicyEnded};
use finance::Money;
use http_kit::{ActError, Fields, Problem, Who};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::cancel::{self, Refusal},
    postings,
    store::{self, policy},
    view::{self, Policy},
};
use crate::{claims, loans};

/// A cancellation asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CancelRequest {
    /// Why.
    pub reason: String,
    /// The first day without cover.
    pub effective_on: NaiveDate,
}

/// Cancels a policy, in the caller's transaction.
pub(crate) async fn cancel(
    tx: &mut Tx,
    who: &Who,
    id: PolicyId,
    request: &CancelRequest,
) -> Result<Policy, ActError> {
    let mut fields = Fields::new();
    fields.text(&request.reason, 500, "reason");
    fields.finish()?;
    let row = store::find_held(tx, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let occurred = claims::last_occurrence(tx, &who.scope(), id).await?;
    let decided =
        cancel::decide(&row.cover(), request.effective_on, tx.business_date(), occurred).map_err(refused)?;
    let reason = request.reason.trim().to_owned();
    let cancelled = policy::Model {
        cancelled_from: Some(decided.cancelled_from),
        cancel_reason: Some(reason.clone()),
        returned_fen: decided.returned.fen(),
        version: row.version + 1,
        ..row.clone()
    };
    let changed = policy::ActiveModel {
        cancelled_from: Set(cancelled.cancelled_from),
        cancel_reason: Set(cancelled.cancel_reason.clone()),
        returned_fen: Set(cancelled.returned_fen),
        ..Default::default()
    };
    store::save(tx, &row, changed).await?;
    if let Some(loan) = cancelled.loan_id {
        loans::release(tx, loan.into(), id, cancelled.cover().last_day()).await?;
    }
    if decided.returned.is_positive() {
        ledger::post(tx, &[postings::returned(&cancelled, decided.returned)?]).await?;
    }
    tx.publish([(cancelled.id, cancelled.version, event(&cancelled, "cancelled", decided.returned))]).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "policy.cancel", "policy", id).with(
        serde_json::json!({ "from": decided.cancelled_from, "returned": decided.returned, "reason": reason }),
    )])
    .await?;
    Ok(view::shown(cancelled, tx.business_date())?)
}

/// A policy came to its end.
pub(crate) fn event(policy: &policy::Model, status: &str, returned_premium: Money) -> Event {
    Event::PolicyEnded(PolicyEnded {
        policy_id: policy.id.into(),
        insurer_id: policy.insurer_id.into(),
        status: status.to_owned(),
        returned_premium,
        last_day: Some(policy.cover().last_day()),
    })
}

fn refused(refusal: Refusal) -> ActError {
    match refusal {
        Refusal::Ended(state) => Problem::refused(
            "policy-ended",
            format!("保单{}，不能退保。", state.zh()),
            format!("The policy is {} and cannot be cancelled.", state.name()),
        )
        .with("status", state)
        .into(),
        Refusal::OutsideCover { earliest, latest } => Problem::bad_fields(Vec::new())
            .with_field(
                "effective_on",
                format!("退保生效日须在{earliest}至{latest}之间。"),
                format!("Cancellation takes effect from {earliest} to {latest}."),
            )
            .into(),
        Refusal::ClaimAfter(occurred) => Problem::refused(
            "claim-after-cancellation",
            format!("该日及以后有出险（{occurred}）的理赔案件，请将生效日定在其后。"),
            format!("A claim falls on {occurred}, on or after that day: choose a later one."),
        )
        .with("occurred_on", occurred)
        .into(),
        Refusal::Overflow(error) => Fault::Corrupt(error.to_string()).into(),
    }
}
