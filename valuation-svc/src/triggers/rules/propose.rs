//! The act: one person proposes rules. They hold only once another person of the organisation approves them.

use chrono::NaiveDate;
use contracts::TriggerRulesVersionId;
use four_eyes::{VersionStatus, first_day};
use http_kit::ActError;
use identity::Caller;
use serde::Deserialize;
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    current,
    problems::checked,
    store,
    view::{RulesVersionView, shown},
};
use crate::triggers::model::{CauseRule, RulesRefusal, TriggerRules, differences};

/// Rules proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TriggerRulesProposal)]
pub(super) struct Proposal {
    /// One rule for each cause.
    pub rules: Vec<CauseRule>,
    /// The first day on which they hold; they never hold before they are approved, and it lies at most two years
    /// ahead.
    pub effective_from: NaiveDate,
    /// Why.
    pub reason: String,
}

/// Proposes for the caller's organisation; one proposal may be open at a time.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    proposal: &Proposal,
) -> Result<RulesVersionView, ActError> {
    let (scope, tenant) = (caller.scope(), caller.tenant);
    first_day(proposal.effective_from, tx.business_date())?;
    let rules = TriggerRules { rules: proposal.rules.clone() };
    checked(&rules)?;
    if let Some(open) = store::find_open(tx.conn(), &scope, tenant).await? {
        return Err(RulesRefusal::Pending { version: open.version }.into());
    }
    let before = current(tx.conn(), tenant, proposal.effective_from).await?;
    let differences = differences(&before, &rules);
    if differences.is_empty() {
        return Err(RulesRefusal::Unchanged.into());
    }
    let id = TriggerRulesVersionId::fresh(tx.now());
    let row = store::row::Model {
        id: id.uuid(),
        tenant: tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        version: store::find_last_number(tx.conn(), &scope, tenant).await? + 1,
        content: serde_json::to_string(&rules)?,
        effective_from: proposal.effective_from,
        reason: proposal.reason.trim().to_owned(),
        status: VersionStatus::Proposed.name().to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        approver_id: None,
        approver: None,
        decision_reason: None,
        created_at: tx.now(),
        decided_at: None,
    };
    store::insert(tx, row.clone()).await?;
    let details = serde_json::json!({
        "version": row.version, "effective_from": row.effective_from, "differences": differences,
    });
    let entry = AuditEntry::new(&caller.actor(), "valuation.propose_trigger_rules", "trigger_rules", id);
    tx.audit([entry.with(details)]).await?;
    Ok(shown(row)?)
}
