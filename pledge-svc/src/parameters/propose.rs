//! The act: a risk manager proposes a version of the bank's parameters. It holds only once another person approves it.

use chrono::{Datelike, NaiveDate};
use contracts::ParameterVersionId;
use four_eyes::{VersionStatus, first_day};
use http_kit::ActError;
use identity::Caller;
use serde::Deserialize;
use serde_json::Value;
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    kinds::Kind,
    model::{Refusal, diff::diff},
    problems::{flawed, within_month},
    store,
    view::{VersionView, shown},
};

/// A version proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ParameterProposal)]
pub(super) struct Proposal {
    /// The whole set; fields that are not sent take the platform's default.
    #[schema(value_type = Object)]
    pub content: Value,
    /// The first day on which it holds; it never holds before it is approved, and it lies at most two years ahead. Of a
    /// kind that begins with a month, the first day of one.
    pub effective_from: NaiveDate,
    /// Why.
    pub reason: String,
}

/// Proposes for the caller's bank; one proposal of a kind may be open at a time.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    kind: &Kind,
    proposal: &Proposal,
) -> Result<VersionView, ActError> {
    let (scope, bank, today) = (caller.scope(), caller.tenant, tx.business_date());
    first_day(proposal.effective_from, today)?;
    let first = kind.begins(proposal.effective_from);
    if first != proposal.effective_from {
        // Where the next one lies too far ahead, the first of this month is the last that would do.
        let offered = match first_day(first, today) {
            Ok(()) => first,
            Err(_) => proposal.effective_from.with_day(1).unwrap_or(first),
        };
        return Err(within_month(offered).into());
    }
    let content = (kind.check)(&proposal.content).map_err(flawed)?;
    if let Some(open) = store::find_open(tx.conn(), &scope, bank, kind.name).await? {
        return Err(Refusal::Pending { version: open.version }.into());
    }
    let before = match store::find_active(tx.conn(), &scope, bank, kind.name, proposal.effective_from).await?
    {
        Some(row) => serde_json::from_str(&row.content)?,
        None => (kind.default)(),
    };
    let differences = diff(&before, &content);
    if differences.is_empty() {
        return Err(Refusal::Unchanged.into());
    }
    let id = ParameterVersionId::fresh(tx.now());
    let row = store::row::Model {
        id: id.uuid(),
        bank_id: bank.uuid(),
        bank_name: caller.tenant_name.clone(),
        kind: kind.name.to_owned(),
        version: store::find_last_number(tx.conn(), &scope, bank, kind.name).await? + 1,
        content: serde_json::to_string(&content)?,
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
    let entry = AuditEntry::new(&caller.actor(), "parameters.propose", "parameters", id)
        .with(serde_json::json!({ "kind": kind.name, "version": row.version, "differences": differences }));
    tx.audit([entry]).await?;
    Ok(shown(row)?)
}
