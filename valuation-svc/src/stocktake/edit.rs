//! The acts: labels, bundles and days of many items by one command; a new bundle.

use contracts::CampaignId;
use http_kit::ActError;
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    assign::{Changed, Seen, named},
    hand, locked,
    model::{Edit, Refusal, edited},
    running,
    store::{self, bundle},
};

/// Changes many items: all or none.
pub(super) async fn edit_many(
    tx: &mut Tx,
    caller: &Caller,
    id: CampaignId,
    (seen, edit): (&[Seen], &Edit),
) -> Result<Changed, ActError> {
    let campaign = running(tx, caller, id).await?;
    if let Some(Some(number)) = edit.bundle
        && !(1..=campaign.bundles).contains(&number)
    {
        return Err(Refusal::NoSuchBundle { number }.into());
    }
    let items = named(tx, caller, id, seen).await?;
    let (hand, actor) = (hand(caller, tx), caller.actor());
    // A line for the command and one for each item, with what it was before.
    let details = serde_json::json!({
        "items": items.len(), "labels_added": edit.add_labels, "labels_removed": edit.remove_labels,
        "bundle": edit.bundle, "due_on": edit.due_on,
    });
    let mut trail = vec![AuditEntry::new(&actor, "stocktake.edit", "stocktake", id).with(details)];
    let mut changed = 0;
    for item in items {
        let after = edited(item.clone(), edit, hand)?;
        store::update_item(tx, &after).await?;
        let line = AuditEntry::new(&actor, "stocktake.edit", "stocktake_item", item.id);
        trail.push(line.with_change(&item, &after));
        changed += 1;
    }
    tx.audit(trail).await?;
    Ok(Changed { items: changed })
}

/// Makes a bundle; its number is the next one of the stocktake.
pub(super) async fn make_bundle(
    tx: &mut Tx,
    caller: &Caller,
    id: CampaignId,
    (name, note): (&str, &str),
) -> Result<bundle::Model, ActError> {
    let mut campaign = locked(tx, caller, id).await?;
    campaign.bundles += 1;
    campaign.version += 1;
    let row = bundle::Model {
        campaign_id: id.uuid(),
        bundle: campaign.bundles,
        name: name.to_owned(),
        note: note.to_owned(),
        made_by: caller.name.clone(),
        created_at: tx.now(),
    };
    store::update_campaign(tx, &campaign).await?;
    store::insert_bundle(tx, row.clone()).await?;
    let details = serde_json::json!({ "bundle": row.bundle, "name": row.name });
    tx.audit([AuditEntry::new(&caller.actor(), "stocktake.bundle", "stocktake", id).with(details)]).await?;
    Ok(row)
}
