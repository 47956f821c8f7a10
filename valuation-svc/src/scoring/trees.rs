//! The tree that a run is by: the platform's, or the bank's version whose content it cites.

use std::{collections::HashMap, sync::Arc};

use identity::Scope;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    job::Payload,
    model::{IndexTree, Scorer},
    store::{self, Owner, score},
};
use crate::models;

/// The tree of a run.
///
/// # Errors
/// The database's fault; a content that is not what its hash says.
pub(super) async fn of_run(tx: &Tx, payload: &Payload) -> Result<Arc<IndexTree>, Fault> {
    Ok(Arc::new(match &payload.content_hash {
        None => IndexTree::platform_default(),
        Some(hash) => models::content_of(tx.conn(), hash).await?.tree.clone(),
    }))
}

/// The trees of the runs that made some scores by other versions than the one of this run, by run.
///
/// # Errors
/// As [`of_run`].
pub(super) async fn earlier(
    tx: &Tx,
    payload: &Payload,
    before: &HashMap<Uuid, score::Model>,
) -> Result<HashMap<Uuid, Scorer>, Fault> {
    if payload.owner == Owner::Platform {
        // Older versions of the platform's tree are not kept.
        return Ok(HashMap::new());
    }
    let other = before.values().filter(|row| row.model_version != payload.model_version);
    let runs: std::collections::BTreeSet<Uuid> = other.map(|row| row.run_id).collect();
    let mut found = HashMap::new();
    if runs.is_empty() {
        return Ok(found);
    }
    for (run, hash) in store::find_contents(tx.conn(), &Scope::system(), runs).await? {
        let content = models::content_of(tx.conn(), &hash).await?;
        found.insert(run, Scorer::of(&content.tree, payload.scenario));
    }
    Ok(found)
}
