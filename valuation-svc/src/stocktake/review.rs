//! The act: the institute reviews an item. What is accepted goes on record for the score.

use contracts::StocktakeItemId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{Fault, Tx};

use super::{
    assess::{taken_up, written},
    hand,
    model::{Implementation, Item, ItemState, Refusal, Review, on_record, reviewed},
};
use crate::catalogue::{
    self,
    dormant::{Settled, settled_by_stocktake},
    store as patents,
};

/// Reviews an item.
pub(super) async fn review(
    tx: &mut Tx,
    caller: &Caller,
    at: (StocktakeItemId, IfMatch),
    decision: Review<'_>,
) -> Result<Item, ActError> {
    let item = taken_up(tx, caller, at).await?;
    let item = reviewed(item, decision, hand(caller, tx))?;
    if item.state == ItemState::Library {
        record_grades(tx, caller, &item).await?;
    }
    if !matches!(decision, Review::Return(..)) {
        settle_use(tx, caller, &item).await?;
    }
    let action = match decision {
        Review::Accept => "stocktake.accept",
        Review::KeepOut(_) => "stocktake.keep_out",
        Review::Return(..) => "stocktake.send_back",
    };
    written(tx, caller, item, action).await
}

/// Whether the patent is used, or why not, is on record with the catalogue once the institute stands by it.
async fn settle_use(tx: &mut Tx, caller: &Caller, item: &Item) -> Result<(), ActError> {
    let Some(own) = &item.self_assessment else { return Ok(()) };
    let why = own.justification.trim();
    let settled = match own.implementation {
        Some(used @ (Implementation::Own | Implementation::Licensed)) => Settled::Implemented(used.name_zh()),
        _ if !why.is_empty() => Settled::Waits(why),
        _ => return Ok(()),
    };
    settled_by_stocktake(tx, caller, (item.patent_id, settled)).await
}

async fn record_grades(tx: &mut Tx, caller: &Caller, item: &Item) -> Result<(), ActError> {
    let row = patents::lock(tx, item.patent_id).await?;
    let row = row.ok_or_else(|| Fault::Corrupt(format!("the patent of stocktake item {}", item.id)))?;
    // What an institute says of a patent that it has sold since is not what banks score that patent by.
    if row.owner_id != Some(item.institute_id.uuid()) {
        return Err(Refusal::NotOwned.into());
    }
    let Some(unit) = &item.unit_assessment else { return Ok(()) };
    let mut record = patents::record_of(&row)?;
    record.grades = on_record(record.grades, unit);
    catalogue::upsert(tx, &[record], &caller.actor()).await?;
    Ok(())
}
