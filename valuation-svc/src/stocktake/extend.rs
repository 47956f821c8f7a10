//! The act: a stocktake's deadline is put off, and with it the day of every item that was due then and is not reviewed.

use chrono::NaiveDate;
use contracts::CampaignId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{locked, model::Campaign, store};

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
    let details = serde_json::json!({ "was": was, "deadline": deadline, "items": items, "reason": reason });
    tx.audit([AuditEntry::new(&caller.actor(), "stocktake.extend", "stocktake", id).with(details)]).await?;
    Ok(campaign)
}
