//! The act of setting an organisation's rules.

use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    model::TriggerRules,
    store::{self, rules_row},
    view::RulesView,
};

/// Sets the rules of the caller's organisation. They count for what is noticed from now on.
pub(super) async fn set(
    tx: &mut Tx,
    caller: &Caller,
    seen: IfMatch,
    rules: &TriggerRules,
) -> Result<RulesView, ActError> {
    let known = store::rules_of(tx.conn(), caller.tenant).await?;
    let read_version = known.as_ref().map_or(0, |(_, row)| row.version);
    seen.check(read_version)?;
    let row = rules_row::Model {
        tenant: caller.tenant.uuid(),
        content: serde_json::to_string(rules)?,
        changed_by: caller.name.clone(),
        changed_at: tx.now(),
        version: read_version + 1,
    };
    store::set_rules(tx, row.clone(), read_version).await?;
    let details = serde_json::json!({ "before": known.map(|(rules, _)| rules), "after": rules });
    let entry = AuditEntry::new(&caller.actor(), "valuation.set_triggers", "trigger_rules", caller.tenant);
    tx.audit([entry.with(details)]).await?;
    Ok(shown(Some((rules.clone(), row))))
}

/// The rules as shown, the platform's defaults beside them.
pub(super) fn shown(known: Option<(TriggerRules, rules_row::Model)>) -> RulesView {
    let platform = TriggerRules::default();
    match known {
        Some((rules, row)) => RulesView {
            rules,
            defaults: false,
            platform,
            changed_by: Some(row.changed_by),
            changed_at: Some(row.changed_at),
            version: row.version,
        },
        None => RulesView {
            rules: platform.clone(),
            defaults: true,
            platform,
            changed_by: None,
            changed_at: None,
            version: 0,
        },
    }
}
