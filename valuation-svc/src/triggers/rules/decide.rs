//! The act: another person than the maker approves a version of the rules, or refuses it with a reason.

use contracts::TriggerRulesVersionId;
use four_eyes::table;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    problems::checked,
    store::{self, version_of},
    view::{RulesVersionView, shown},
};

/// Decides a version that waits. What was noticed before it holds stays as it was noticed.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: TriggerRulesVersionId,
    approve: bool,
    reason: Option<&str>,
) -> Result<RulesVersionView, ActError> {
    let own = store::find(tx.conn(), &caller.scope(), id).await?;
    let row = own.filter(|row| row.tenant == caller.tenant.uuid()).ok_or_else(Problem::not_found)?;
    let days = (tx.business_date(), tx.now());
    let decided = version_of(&row)?.decided(caller, days, (approve, reason))?;
    if approve {
        // What a rule may say may have changed with the program since it was proposed.
        checked(&store::rules_of(&row)?)?;
    }
    let row = table::decide::<store::row::Entity>(tx, row, decided).await?;
    let action = if approve { "valuation.approve_trigger_rules" } else { "valuation.refuse_trigger_rules" };
    let details = serde_json::json!({
        "version": row.version, "effective_from": row.effective_from, "reason": reason,
    });
    tx.audit([AuditEntry::new(&caller.actor(), action, "trigger_rules", id).with(details)]).await?;
    Ok(shown(row)?)
}
