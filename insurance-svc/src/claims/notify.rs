//! The act of giving notice: the claim is registered with a first reserve of what the notified loss would pay.

use chrono::NaiveDate;
use contracts::{ClaimId, Event, PolicyId, events::ClaimRegistered};
use finance::Money;
use http_kit::{ActError, Fields, Problem, Who};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    model::{
        Status,
        notify::{self, NotCovered},
    },
    postings,
    store::claim,
    terms,
    view::{self, Claim},
};
use crate::{
    policies::{self, policy},
    products::model::Catalogue,
};

/// A notice of claim.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotifyRequest {
    /// The policy.
    pub policy_id: PolicyId,
    /// What happened, or the code of a sub-limit of the product.
    pub cause: String,
    /// When it happened.
    pub occurred_on: NaiveDate,
    /// The loss.
    pub loss: Money,
}

/// Registers a claim, in the caller's transaction.
pub(crate) async fn notify(
    tx: &mut Tx,
    who: &Who,
    products: &Catalogue,
    request: &NotifyRequest,
) -> Result<Claim, ActError> {
    let mut fields = Fields::new();
    fields.text(&request.cause, 200, "cause");
    fields.amount(request.loss, Money::from_fen(100_000_000_000_000), "loss");
    fields.finish()?;
    let policy =
        policies::find_held(tx, &who.scope(), request.policy_id).await?.ok_or_else(Problem::not_found)?;
    let product = terms::product(products, &policy)?;
    notify::covered(&policy.cover(), product, request.occurred_on, tx.business_date())
        .map_err(not_covered)?;
    let cause = request.cause.trim();
    let reserve = terms::payable(product, &policy, cause, request.loss)?;
    let payable_from = notify::payable_from(product, request.occurred_on);
    let row = row(tx, who, &policy, request, reserve, payable_from);
    let claim = claim::Entity::insert(row).exec_with_returning(tx.conn()).await?;
    if let Some(movement) = postings::reserve_changed(&claim, Money::ZERO, reserve)? {
        ledger::post(tx, &[movement]).await?;
    }
    let event = Event::ClaimRegistered(ClaimRegistered {
        claim_id: claim.id.into(),
        policy_id: claim.policy_id.into(),
        insurer_id: claim.insurer_id.into(),
        reserve,
    });
    tx.publish([(claim.id, claim.version, event)]).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "claim.notify", "claim", claim.id)
        .with(serde_json::json!({ "policy": request.policy_id, "loss": request.loss }))])
        .await?;
    Ok(view::shown(claim)?)
}

fn row(
    tx: &Tx,
    who: &Who,
    policy: &policy::Model,
    request: &NotifyRequest,
    reserve: Money,
    payable_from: NaiveDate,
) -> claim::ActiveModel {
    let id = ClaimId::fresh(tx.now());
    claim::ActiveModel {
        id: Set(id.uuid()),
        number: Set(contracts::number("C", tx.business_date(), id.uuid())),
        policy_id: Set(policy.id),
        policy_number: Set(policy.number.clone()),
        product: Set(policy.product.clone()),
        insurer_id: Set(policy.insurer_id),
        insured_id: Set(policy.insured_id),
        insured_name: Set(policy.insured_name.clone()),
        beneficiary_id: Set(policy.beneficiary_id),
        cause: Set(request.cause.trim().to_owned()),
        occurred_on: Set(request.occurred_on),
        payable_from: Set(payable_from),
        notified_at: Set(tx.now()),
        notifier: Set(who.0.name.clone()),
        loss_fen: Set(request.loss.fen()),
        reserve_fen: Set(reserve.fen()),
        assessed_loss_fen: Set(None),
        payable_fen: Set(None),
        paid_fen: Set(0),
        recovered_fen: Set(0),
        status: Set(Status::Notified.name().to_owned()),
        assessor_id: Set(None),
        assessor: Set(None),
        comment: Set(None),
        approver_id: Set(None),
        approver: Set(None),
        reason: Set(None),
        version: Set(1),
    }
}

fn not_covered(refusal: NotCovered) -> ActError {
    match refusal {
        NotCovered::InTheFuture => Problem::bad_fields(Vec::new())
            .with_field("occurred_on", "出险日不得晚于今天。", "It cannot have happened after today.")
            .into(),
        NotCovered::OutsideCover { from, until } => Problem::refused(
            "outside-cover",
            format!("出险日不在保险期间（{from}至{until}）内。"),
            format!("It did not happen within the cover, {from} to {until}."),
        )
        .with("from", from)
        .with("until", until)
        .into(),
        NotCovered::Waiting { from } => Problem::refused(
            "within-waiting-period",
            format!("出险日在等待期内，{from}起的事故方可索赔。"),
            format!("It happened within the waiting period: events from {from} on are covered."),
        )
        .with("from", from)
        .into(),
    }
}
