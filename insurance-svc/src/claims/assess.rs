//! The act of assessing: the loss as found, the reserve as expected, and what the terms would pay.

use contracts::ClaimId;
use finance::Money;
use http_kit::{ActError, Fields, Problem, Who};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    model::{Step, lifecycle},
    postings,
    store::{self, claim},
    terms, told,
    view::{self, Claim},
};
use crate::{
    loans,
    policies::{self, policy},
    products::model::Catalogue,
};

/// An assessment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AssessRequest {
    /// The loss as found.
    pub assessed_loss: Money,
    /// What the insurer expects to pay.
    pub reserve: Money,
    /// The findings.
    #[serde(default)]
    pub comment: Option<String>,
}

/// Assesses a claim, in the caller's transaction.
pub(crate) async fn assess(
    tx: &mut Tx,
    who: &Who,
    products: &Catalogue,
    id: ClaimId,
    request: &AssessRequest,
) -> Result<Claim, ActError> {
    let (policy, row) = held(tx, who, id).await?;
    check(request, &policy)?;
    let assessor = row.assessor_id.map(contracts::UserId::from);
    let next = lifecycle::after(row.status()?, Step::Assess, assessor, who.0.user).map_err(terms::refused)?;
    within_loan(tx, who, &policy, request.assessed_loss).await?;
    let product = terms::product(products, &policy)?;
    let payable = terms::payable(product, &policy, &row.cause, request.assessed_loss)?;
    let comment = request.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let assessed = claim::Model {
        assessed_loss_fen: Some(request.assessed_loss.fen()),
        payable_fen: Some(payable.fen()),
        reserve_fen: request.reserve.fen(),
        status: next.name().to_owned(),
        assessor_id: Some(who.0.user.uuid()),
        assessor: Some(who.0.name.clone()),
        comment: comment.map(str::to_owned),
        version: row.version + 1,
        ..row.clone()
    };
    let changed = claim::ActiveModel {
        assessed_loss_fen: Set(assessed.assessed_loss_fen),
        payable_fen: Set(assessed.payable_fen),
        reserve_fen: Set(assessed.reserve_fen),
        status: Set(assessed.status.clone()),
        assessor_id: Set(assessed.assessor_id),
        assessor: Set(assessed.assessor.clone()),
        comment: Set(assessed.comment.clone()),
        ..Default::default()
    };
    store::save(tx, &row, changed).await?;
    let before = Money::from_fen(row.reserve_fen);
    if let Some(movement) = postings::reserve_changed(&row, before, request.reserve)? {
        ledger::post(tx, &[movement]).await?;
    }
    if before != request.reserve {
        tx.publish([(assessed.id, assessed.version, told::reserved(&assessed))]).await?;
    }
    tx.audit([AuditEntry::new(&who.0.actor(), "claim.assess", "claim", id).with(serde_json::json!({
        "assessed_loss": request.assessed_loss, "reserve": request.reserve, "payable": payable,
        "reserve_before": before,
    }))])
    .await?;
    Ok(view::shown(assessed)?)
}

/// A claim and its policy, both held: the policy first, in every act.
pub(crate) async fn held(tx: &Tx, who: &Who, id: ClaimId) -> Result<(policy::Model, claim::Model), ActError> {
    let scope = who.scope();
    let seen = store::find_one(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let policy =
        policies::find_held(tx, &scope, seen.policy_id.into()).await?.ok_or_else(Problem::not_found)?;
    let claim = store::find_held(tx, &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok((policy, claim))
}

fn check(request: &AssessRequest, policy: &policy::Model) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.require(
        !request.assessed_loss.is_negative() && request.assessed_loss <= Money::from_fen(100_000_000_000_000),
        "assessed_loss",
        "定损金额不得为负。",
        "The assessed loss is not negative.",
    );
    let limit = Money::from_fen(policy.limit_per_claim_fen);
    fields.require(
        !request.reserve.is_negative() && request.reserve <= limit,
        "reserve",
        format!("未决赔款准备金须在0至每次赔偿限额{limit}元之间。"),
        format!("The reserve is from 0 to the limit per claim, {limit} yuan."),
    );
    if let Some(comment) = &request.comment {
        fields.require(
            comment.chars().count() <= 1000,
            "comment",
            "最多1000个字符。",
            "At most 1000 characters.",
        );
    }
    fields.finish()
}

/// A guarantee insures principal: no more can be lost than is still owed.
async fn within_loan(tx: &Tx, who: &Who, policy: &policy::Model, loss: Money) -> Result<(), ActError> {
    let Some(id) = policy.loan_id else { return Ok(()) };
    let Some(loan) = loans::find_held(tx.conn(), &who.scope(), id.into()).await? else { return Ok(()) };
    let owed = Money::from_fen(loan.outstanding_fen);
    if loss <= owed {
        return Ok(());
    }
    Err(Problem::refused(
        "loss-above-outstanding",
        format!("定损金额超过贷款余额{owed}元。"),
        format!("The assessed loss is above the {owed} yuan still owed on the loan."),
    )
    .with("outstanding", owed)
    .into())
}
