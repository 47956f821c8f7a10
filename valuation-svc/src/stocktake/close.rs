//! The act: a stocktake ends. What it leaves unfinished is counted and stays to be listed.

use contracts::CampaignId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{locked, model::Campaign, store};

/// Closes a stocktake.
pub(super) async fn close(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (CampaignId, IfMatch),
    note: &str,
) -> Result<Campaign, ActError> {
    let campaign = locked(tx, caller, id).await?;
    seen.check(campaign.version)?;
    let left = store::unfinished(tx.conn(), id).await?;
    let campaign = campaign.closed((&caller.name, note), tx.now(), left)?;
    store::update_campaign(tx, &campaign).await?;
    let details = serde_json::json!({ "unfinished": left });
    tx.audit([AuditEntry::new(&caller.actor(), "stocktake.close", "stocktake", id).with(details)]).await?;
    Ok(campaign)
}
