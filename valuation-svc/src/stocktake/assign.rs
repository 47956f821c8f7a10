//! The acts: patents are given to colleges and inventors, some by name at once or all by rules in a job.

use contracts::{CampaignId, JobId, StocktakeItemId};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    hand,
    job::Work,
    model::{Assigned, Campaign, Item, Rule, assigned},
    open::queue,
    running, store,
};

/// A stocktake with the job that works on its items.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct OpenedJob {
    /// The stocktake.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// The job; its progress is among the stocktake's jobs.
    pub job_id: JobId,
}

/// An item as the caller has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Seen {
    /// The item.
    pub id: StocktakeItemId,
    /// The version seen; any will do where absent.
    #[serde(default)]
    pub version: Option<i64>,
}

/// What came of a change to many items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Changed {
    /// Items changed.
    pub items: u64,
}

/// The items named, locked, as the caller has seen them: all or none.
pub(super) async fn named(
    tx: &Tx,
    caller: &Caller,
    campaign: CampaignId,
    seen: &[Seen],
) -> Result<Vec<Item>, ActError> {
    let ids: Vec<StocktakeItemId> = seen.iter().map(|one| one.id).collect();
    let items = store::lock_items(tx.conn(), &caller.scope(), campaign, &ids).await?;
    for one in seen {
        let item = items.iter().find(|item| item.id == one.id).ok_or_else(Problem::not_found)?;
        if one.version.is_some_and(|version| version != item.version) {
            return Err(Problem::stale(item.version).with("item_id", item.id).into());
        }
    }
    Ok(items)
}

/// Gives items to a college and an inventor.
pub(super) async fn assign(
    tx: &mut Tx,
    caller: &Caller,
    id: CampaignId,
    (seen, to): (&[Seen], &Assigned),
) -> Result<Changed, ActError> {
    let campaign = running(tx, caller, id).await?;
    campaign.takes(&to.college)?;
    let items = named(tx, caller, id, seen).await?;
    let (hand, actor) = (hand(caller, tx), caller.actor());
    // A line for the command and one for each item, with what it was before.
    let details = serde_json::json!({ "items": items.len(), "college": to.college });
    let mut trail = vec![AuditEntry::new(&actor, "stocktake.assign", "stocktake", id).with(details)];
    let mut changed = 0;
    for item in items {
        let keeps = to.inventor_name.is_empty() && to.inventor_id.is_none();
        let to = if keeps {
            // Without another name the inventor stays who it was.
            let (inventor_name, inventor_id) = (item.inventor_name.clone(), item.inventor_id);
            Assigned { college: to.college.clone(), inventor_name, inventor_id }
        } else {
            to.clone()
        };
        let after = assigned(item.clone(), to, hand)?;
        store::update_item(tx, &after).await?;
        let line = AuditEntry::new(&actor, "stocktake.assign", "stocktake_item", item.id);
        trail.push(line.with_change(&item, &after));
        changed += 1;
    }
    tx.audit(trail).await?;
    Ok(Changed { items: changed })
}

/// Queues the giving of all drafts by rules.
pub(super) async fn assign_by_rules(
    tx: &mut Tx,
    caller: &Caller,
    id: CampaignId,
    rules: &[Rule],
) -> Result<OpenedJob, ActError> {
    let campaign = running(tx, caller, id).await?;
    for rule in rules {
        campaign.takes(&rule.college)?;
    }
    let job_id = queue(tx, caller, id, Work::Assign, rules.to_vec()).await?;
    Ok(OpenedJob { campaign, job_id })
}
