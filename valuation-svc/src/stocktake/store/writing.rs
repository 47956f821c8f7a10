//! Writing stocktakes, items and bundles, each under its guard.

use chrono::NaiveDate;
use contracts::{CampaignId, StocktakeItemId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{Fault, Tx, bulk::Rows};

use super::{
    entities::{bundle, campaign, item},
    mapping::{campaign_row, item_row},
};
use crate::stocktake::model::{Campaign, Item, ItemState};

/// Writes a new stocktake.
pub(in crate::stocktake) async fn insert_campaign(tx: &Tx, one: &Campaign) -> Result<(), Fault> {
    let row = campaign_row(one)?.into_active_model();
    campaign::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a stocktake's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::stocktake) async fn update_campaign(tx: &Tx, one: &Campaign) -> Result<(), Fault> {
    let touched = campaign::Entity::update_many()
        .set(campaign_row(one)?.into_active_model().reset_all())
        .filter(campaign::Column::Id.eq(one.id.uuid()))
        .filter(campaign::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, || format!("stocktake {} was changed by another", one.id))
}

/// Writes new items; a job beside this one that took a patent first makes the chunk run again without it.
pub(in crate::stocktake) async fn insert_items(tx: &Tx, items: &[Item]) -> Result<(), Fault> {
    if items.is_empty() {
        return Ok(());
    }
    let rows = items.iter().map(|one| Ok(item_row(one)?.into_active_model().reset_all()));
    let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    tx.conn().insert([Rows::of(rows)?]).await.map_err(Fault::overtaken_if_taken)
}

/// Writes an item's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::stocktake) async fn update_item(tx: &Tx, one: &Item) -> Result<(), Fault> {
    let touched = item::Entity::update_many()
        .set(item_row(one)?.into_active_model().reset_all())
        .filter(item::Column::Id.eq(one.id.uuid()))
        .filter(item::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, || format!("stocktake item {} was changed by another", one.id))
}

/// Puts off the day of every item of a stocktake that was due on one day and is not reviewed; which those were. The
/// stocktake is locked: nobody works on its items meanwhile.
pub(in crate::stocktake) async fn put_off(
    tx: &Tx,
    campaign: CampaignId,
    (was, until): (NaiveDate, NaiveDate),
) -> Result<Vec<StocktakeItemId>, Fault> {
    let due = Condition::all()
        .add(item::Column::CampaignId.eq(campaign.uuid()))
        .add(item::Column::DueOn.eq(was))
        .add(item::Column::State.is_not_in([ItemState::Library.name(), ItemState::KeptOut.name()]));
    let items: Vec<uuid::Uuid> = item::Entity::find()
        .select_only()
        .column(item::Column::Id)
        .filter(due.clone())
        .into_tuple()
        .all(tx.conn())
        .await?;
    let touched = item::Entity::update_many()
        .col_expr(item::Column::DueOn, Expr::value(until))
        .col_expr(item::Column::Version, Expr::col(item::Column::Version).add(1))
        .filter(due)
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == items.len() as u64 {
        Ok(items.into_iter().map(StocktakeItemId::from_uuid).collect())
    } else {
        Err(Fault::Conflict(format!("items of stocktake {campaign} were changed by another")))
    }
}

/// Writes a new bundle.
pub(in crate::stocktake) async fn insert_bundle(tx: &Tx, row: bundle::Model) -> Result<(), Fault> {
    bundle::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn guarded(touched: u64, what: impl FnOnce() -> String) -> Result<(), Fault> {
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(what())) }
}
