//! The act: another person than the maker approves a version of the bank's parameters, or refuses it with a reason.

use contracts::ParameterVersionId;
use four_eyes::table;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    current,
    kinds::Kind,
    model::{ParameterSet, Refusal},
    problems::flawed,
    store::{self, version_of},
    view::{VersionView, shown},
};
use crate::{
    applications::{ApprovalAuthority, EligibilityRules},
    facility,
};

/// Decides a version that waits.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    kind: &Kind,
    id: ParameterVersionId,
    approve: bool,
    reason: Option<&str>,
) -> Result<VersionView, ActError> {
    let row = store::find(tx.conn(), &caller.scope(), kind.name, id).await?.ok_or_else(Problem::not_found)?;
    let days = (tx.business_date(), tx.now());
    let mut decided = version_of(&row)?.decided(caller, days, (approve, reason))?;
    if approve {
        // The rules may have changed with the program since it was proposed.
        let content: serde_json::Value = serde_json::from_str(&row.content)?;
        (kind.check)(&content).map_err(flawed)?;
        decided.effective_from = kind.begins(decided.effective_from);
        if kind.name == ApprovalAuthority::KIND {
            let after: ApprovalAuthority = serde_json::from_value(content)?;
            let before = current(tx.conn(), caller.tenant, decided.effective_from).await?;
            if after.raises_own_limit(&before, caller.user) {
                return Err(Refusal::OwnLimit.into());
            }
        }
    }
    let row = table::decide::<store::row::Entity>(tx, row, decided).await?;
    if approve && kind.name == EligibilityRules::KIND {
        // Draws read the bank's bounds for one customer and for a group from its lines' rows.
        facility::refresh_customer_caps(tx, caller.tenant, tx.business_date()).await?;
    }
    let action = if approve { "parameters.approve" } else { "parameters.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "parameters", id).with(serde_json::json!({
        "kind": kind.name, "version": row.version, "effective_from": row.effective_from, "reason": reason,
    }));
    tx.audit([entry]).await?;
    Ok(shown(row)?)
}
