//! Stocktakes (存量专利盘点): an institute takes stock of its patents. Each is given to a college and an inventor, assessed
//! by the inventor, assessed by the transfer office, reviewed, and put in the library of what can be used. It values
//! nothing; what it says to the score are two grades of every patent accepted (`model/grades.rs`).
//!
//! Where is …? What an item may do next: `model/steps.rs`; what must be filled in: `model/assessment.rs`; opening one and
//! filling it: `open.rs`, `job.rs`; giving patents to colleges: `assign.rs`, by rules `model/rules.rs`; the inventor's and
//! the office's word: `assess.rs`; the review: `review.rs`; bundles and changes to many items: `edit.rs`; its deadline put off:
//! `extend.rs`; its end: `close.rs`; lists and the export in the national platform's manner: `campaign_list.rs`, `listing.rs`,
//! `platform_columns.rs`.

pub(crate) mod api;
mod assess;
mod assign;
mod campaign_list;
mod campaigns;
mod close;
mod coverage;
mod edit;
mod extend;
mod items;
mod job;
mod listing;
mod many;
mod migrations;
pub mod model;
mod open;
mod platform_columns;
mod problems;
mod review;
mod store;

use std::collections::{HashMap, HashSet};

use contracts::{CampaignId, OrgId, PatentId};
use http_kit::ActError;
use identity::{Caller, Permission};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

pub use job::StocktakeJob;
pub use migrations::StocktakeTables;
pub(crate) use model::stored_words;

use crate::catalogue::store::patent;
use model::{Campaign, Hand};

/// Patents whose owners are asked for by one statement.
const OWNERS_AT_ONCE: usize = 1_000;

/// A patent that an institute has in its library of what can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shelved {
    /// The patent.
    pub patent: PatentId,
    /// The number of its bundle, where it is in one.
    pub bundle: Option<i64>,
}

/// Which of an institute's patents in the library are meant.
#[derive(Debug, Clone)]
pub(crate) enum Meant {
    /// These.
    Patents(Vec<PatentId>),
    /// Those of a bundle of a stocktake.
    Bundle(CampaignId, i64),
}

/// The patents meant, as far as they are in the institute's library and still belong to it: what it has sold since stays in
/// its stocktake and is no longer its to offer.
pub(crate) async fn in_library(
    conn: &impl ConnectionTrait,
    institute: OrgId,
    meant: &Meant,
) -> Result<Vec<Shelved>, Fault> {
    use store::Column;
    let chosen = match meant {
        Meant::Patents(ids) => Condition::all().add(Column::PatentId.is_in(ids.iter().map(|id| id.uuid()))),
        Meant::Bundle(campaign, number) => {
            Condition::all().add(Column::CampaignId.eq(campaign.uuid())).add(Column::Bundle.eq(*number))
        }
    };
    let items = store::in_library(conn, institute, chosen).await?;
    let patents: Vec<Uuid> = items.iter().map(|item| item.patent_id.uuid()).collect();
    let owners = owners(conn, &patents).await?;
    let mut seen = HashSet::with_capacity(items.len());
    Ok(items
        .into_iter()
        .filter(|item| owners.get(&item.patent_id.uuid()) == Some(&institute.uuid()))
        .filter(|item| seen.insert(item.patent_id.uuid()))
        .map(|item| Shelved { patent: item.patent_id, bundle: item.bundle })
        .collect())
}

/// Whose patents are today, of those with an owner on the platform.
async fn owners(conn: &impl ConnectionTrait, patents: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let mut found = HashMap::with_capacity(patents.len());
    for some in patents.chunks(OWNERS_AT_ONCE) {
        let rows: Vec<(Uuid, Option<Uuid>)> = patent::Entity::find()
            .select_only()
            .columns([patent::Column::Id, patent::Column::OwnerId])
            .filter(patent::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(conn)
            .await?;
        found.extend(rows.into_iter().filter_map(|(patent, owner)| owner.map(|owner| (patent, owner))));
    }
    Ok(found)
}

/// What the owners of patents said in their newest stocktake that the transfer office has assessed: whether they want them
/// used, conditions included. A patent of which nothing was said is not in it; what an owner before today's said is nothing.
pub(crate) async fn willingness(
    conn: &impl ConnectionTrait,
    patents: &[Uuid],
) -> Result<HashMap<Uuid, bool>, Fault> {
    let owners = owners(conn, patents).await?;
    let mut found = HashMap::new();
    for item in store::assessed_of(conn, patents).await? {
        if owners.get(&item.patent_id.uuid()) != Some(&item.institute_id.uuid()) {
            continue;
        }
        if let Some(said) = item.self_assessment.and_then(|own| own.willingness) {
            found.insert(item.patent_id.uuid(), said != model::Willingness::Unwilling);
        }
    }
    Ok(found)
}

/// Whose items the caller sees: everybody's within the scope, or an inventor's own.
fn own(caller: &Caller) -> Option<store::Own> {
    let all = caller.scope().sees_all()
        || caller.may(Permission::StocktakeManage)
        || caller.may(Permission::StocktakeReview);
    (!all).then(|| store::Own { user: caller.user, name: caller.name.clone() })
}

fn hand<'a>(caller: &'a Caller, tx: &Tx) -> Hand<'a> {
    Hand { user: caller.user, name: &caller.name, now: tx.now() }
}

/// A stocktake of the caller's institute that still runs, held beside others who work on its items: it is not closed
/// before they are done, so that its end counts what it really left.
async fn running(tx: &Tx, caller: &Caller, id: CampaignId) -> Result<Campaign, ActError> {
    store::find_campaign(tx.conn(), &caller.scope(), id).await?.ok_or_else(http_kit::Problem::not_found)?;
    let campaign = store::hold_campaign(tx.conn(), id).await?.ok_or_else(http_kit::Problem::not_found)?;
    campaign.runs()?;
    Ok(campaign)
}

/// The same, locked against everybody: for acts that change the stocktake itself.
async fn locked(tx: &Tx, caller: &Caller, id: CampaignId) -> Result<Campaign, ActError> {
    store::find_campaign(tx.conn(), &caller.scope(), id).await?.ok_or_else(http_kit::Problem::not_found)?;
    let campaign = store::lock_campaign(tx.conn(), id).await?.ok_or_else(http_kit::Problem::not_found)?;
    campaign.runs()?;
    Ok(campaign)
}
