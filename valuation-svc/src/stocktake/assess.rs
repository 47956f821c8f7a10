//! The acts: what the inventor says of a patent, what the transfer office says, and giving it back.

use contracts::StocktakeItemId;
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Permission};
use tx_kit::{AuditEntry, Tx};

use super::{
    hand,
    model::{Assessment, Item, UnitAssessment, returned, self_assessed, unit_assessed},
    own, running, store,
};

/// An item that the caller sees, of a stocktake that runs, locked and as it was seen.
pub(super) async fn taken_up(
    tx: &Tx,
    caller: &Caller,
    (id, seen): (StocktakeItemId, IfMatch),
) -> Result<Item, ActError> {
    let own = own(caller);
    let found = store::find_item(tx.conn(), (&caller.scope(), own.as_ref()), id).await?;
    let campaign = found.ok_or_else(Problem::not_found)?.campaign_id;
    running(tx, caller, campaign).await?;
    let mut locked = store::lock_items(tx.conn(), &caller.scope(), campaign, &[id]).await?;
    let item = locked.pop().ok_or_else(Problem::not_found)?;
    seen.check(item.version)?;
    Ok(item)
}

/// Writes an item's new state, and what was done to it.
pub(super) async fn written(
    tx: &mut Tx,
    caller: &Caller,
    item: Item,
    action: &'static str,
) -> Result<Item, ActError> {
    store::update_item(tx, &item).await?;
    let details = serde_json::json!({ "patent": item.patent_number, "state": item.state });
    tx.audit([AuditEntry::new(&caller.actor(), action, "stocktake_item", item.id).with(details)]).await?;
    Ok(item)
}

/// Writes down the inventor's assessment: by the inventor, or by the transfer office in the inventor's place.
pub(super) async fn self_assess(
    tx: &mut Tx,
    caller: &Caller,
    at: (StocktakeItemId, IfMatch),
    (assessment, hand_in): (&Assessment, bool),
) -> Result<Item, ActError> {
    let item = taken_up(tx, caller, at).await?;
    let as_inventor = !caller.may(Permission::StocktakeManage);
    let item = self_assessed(item, assessment.clone(), hand_in, (hand(caller, tx), as_inventor))?;
    written(tx, caller, item, if hand_in { "stocktake.hand_in" } else { "stocktake.draft" }).await
}

/// Writes down the transfer office's assessment.
pub(super) async fn unit_assess(
    tx: &mut Tx,
    caller: &Caller,
    at: (StocktakeItemId, IfMatch),
    (assessment, forward): (&UnitAssessment, bool),
) -> Result<Item, ActError> {
    let item = taken_up(tx, caller, at).await?;
    let item = unit_assessed(item, assessment.clone(), forward, hand(caller, tx))?;
    written(tx, caller, item, if forward { "stocktake.forward" } else { "stocktake.assess" }).await
}

/// Gives an item back to its inventor.
pub(super) async fn give_back(
    tx: &mut Tx,
    caller: &Caller,
    at: (StocktakeItemId, IfMatch),
    reason: &str,
) -> Result<Item, ActError> {
    let item = taken_up(tx, caller, at).await?;
    let item = returned(item, reason, hand(caller, tx))?;
    written(tx, caller, item, "stocktake.return").await
}
