//! The act: a loan officer proposes other figures for a valuation of the bank, with reason and evidence. Nothing holds before
//! another person approves it. What other leaves come to is worked out off the request threads, before the transaction.

use contracts::{OverrideId, ValuationId};
use http_kit::{ActError, Fields, Problem};
use identity::Caller;
use serde::Deserialize;
use tx_kit::{AuditEntry, Db, IdempotencyKey, InTx, Tx};
use utoipa::ToSchema;

use super::{
    model::{Change, OverrideStatus, ReasonCode, figures_of, size},
    problems,
    store::{self, Filter, row},
    view::{self, OverrideView},
};
use crate::{
    models,
    valuations::{
        self,
        model::{Appraised, Figures, Inputs, appraise},
        store::valuation,
    },
};

/// A proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideRequest {
    /// What is put in the model's place.
    pub change: Change,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in one's own words.
    pub reason: String,
    /// The evidence: a document's number or address, a case, a report.
    pub evidence: String,
}

impl OverrideRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, 2_000, "reason");
        fields.text(&self.evidence, 300, "evidence");
        match &self.change {
            Change::Value { value } => {
                fields.require(
                    value.is_positive(),
                    "change.value",
                    "金额必须大于零。",
                    "The amount must be more than zero.",
                );
            }
            Change::Grade { .. } => {}
            Change::Leaves { leaves } => {
                fields.require(
                    (1..=27).contains(&leaves.len()),
                    "change.leaves",
                    "须列明 1 至 27 个指标。",
                    "Name 1 to 27 leaves.",
                );
                let mut codes: Vec<_> = leaves.iter().map(|leaf| leaf.leaf).collect();
                codes.sort();
                codes.dedup();
                fields.require(
                    codes.len() == leaves.len(),
                    "change.leaves",
                    "同一指标不得重复。",
                    "No leaf may be named twice.",
                );
            }
        }
        fields.finish()
    }
}

/// What a proposal comes to.
struct Worked {
    model: Figures,
    found: Figures,
}

/// Proposes an override of a valuation of the caller's bank.
pub(super) async fn propose(
    db: &Db,
    caller: &Caller,
    key: &IdempotencyKey,
    id: ValuationId,
    asked: &OverrideRequest,
) -> Result<OverrideView, Problem> {
    if let Some(first) = db.answered::<OverrideView, ActError>(Some(key)).await? {
        return Ok(first);
    }
    asked.check()?;
    let row = valuations::store::one(db.read(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let worked = work(db, &row, &asked.change).await?;
    let (row, worked) = (&row, &worked);
    Ok(db.run_once(Some(key), |tx| record(tx, caller, row, asked, worked).in_tx()).await?)
}

async fn work(db: &Db, row: &valuation::Model, change: &Change) -> Result<Worked, Problem> {
    let model: Appraised = serde_json::from_str(&row.result).map_err(|error| Problem::fault(&error))?;
    let content = models::content_of(db.read(), &row.content_hash).await?;
    let again = match change {
        Change::Leaves { leaves } => {
            let inputs = Inputs { leaves: leaves.clone(), ..valuations::store::inputs_of(row)? };
            let content = content.clone();
            let found = tokio::task::spawn_blocking(move || appraise(&inputs, &content))
                .await
                .map_err(|error| Problem::fault(&error))?
                .map_err(valuations::refusal)?;
            Some(found)
        }
        Change::Value { .. } | Change::Grade { .. } => None,
    };
    let found = figures_of(&model, (&content.parameters, row.valuation_date), change, again.as_ref())?;
    Ok(Worked { model: Figures::of(&model), found })
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    valued: &valuation::Model,
    asked: &OverrideRequest,
    worked: &Worked,
) -> Result<OverrideView, ActError> {
    if valued.valid_until < tx.business_date() {
        return Err(problems::expired(valued.valid_until).into());
    }
    let filter = Filter { status: Some(OverrideStatus::Proposed), valuation: Some(valued.id.into()) };
    if let Some(open) = store::find(&caller.scope(), &filter).one(tx.conn()).await? {
        return Err(problems::pending(&open.number).into());
    }
    let id = OverrideId::fresh(tx.now());
    let row = row::Model {
        id: id.uuid(),
        number: contracts::number("O", tx.business_date(), id.uuid()),
        tenant: valued.tenant,
        tenant_name: valued.tenant_name.clone(),
        valuation_id: valued.id,
        valuation_number: valued.number.clone(),
        patent_id: valued.patent_id,
        patent_number: valued.patent_number.clone(),
        patent_title: valued.patent_title.clone(),
        model_version: valued.model_version.clone(),
        kind: asked.change.kind().to_owned(),
        change_json: serde_json::to_string(&asked.change)?,
        reason_code: asked.reason_code.name().to_owned(),
        reason: asked.reason.trim().to_owned(),
        evidence: asked.evidence.trim().to_owned(),
        model_json: serde_json::to_string(&worked.model)?,
        figures_json: serde_json::to_string(&worked.found)?,
        size_bp: size(&worked.model, &worked.found),
        status: OverrideStatus::Proposed.name().to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        decider_id: None,
        decider: None,
        decision_reason: None,
        decided_at: None,
        created_at: tx.now(),
    };
    store::insert(tx, row.clone()).await?;
    let entry = AuditEntry::new(&caller.actor(), "valuation.override_propose", "override", id).with(
        serde_json::json!({
            "valuation": row.valuation_id, "change": asked.change, "reason_code": row.reason_code,
            "reason": row.reason, "evidence": row.evidence, "size_bp": row.size_bp,
        }),
    );
    tx.audit([entry]).await?;
    Ok(view::shown(row)?)
}
