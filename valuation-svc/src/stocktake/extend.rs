//! The act: a stocktake's deadline is put off, and with it the day of every item that was due then and is not reviewed.

use chrono::NaiveDate;
use contracts::CampaignId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{locked, model::Campaign, store};

/// Items whose new day one line of the audit trail tells.
const ITEMS_A_LINE: usize = 1_000;

/// Puts a stocktake's deadline off.
pub(super) async fn extend(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (CampaignId, IfMatch),
    (deadline, reason): (NaiveDate, &str),
) -> Result<Campaign, ActError> {
    let before = locked(tx, caller, id).await?;
    seen.check(before.version)?;
    let (was, campaign) = (before.deadline, before.extended(deadline)?);
    store::update_campaign(tx, &campaign).await?;
    let items = store::put_off(tx, id, (was, deadline)).await?;
    let actor = caller.actor();
    let line = || AuditEntry::new(&actor, "stocktake.extend", "stocktake", id);
    let details =
        serde_json::json!({ "was": was, "deadline": deadline, "items": items.len(), "reason": reason });
    // All of them went from the one day to the other: which they were stands in lines of so many.
    let moved = items.chunks(ITEMS_A_LINE).map(|some| {
        let due_on = serde_json::json!({ "before": was, "after": deadline });
        line().with(serde_json::json!({ "changed": { "due_on": due_on }, "items": some }))
    });
    tx.audit(std::iter::once(line().with(details)).chain(moved)).await?;
    Ok(campaign)
}
