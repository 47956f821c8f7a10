//! The tree that a run is by: the platform's, or the bank's version whose content it cites.

use std::sync::Arc;

use tx_kit::{Fault, Tx};

use super::{job::Payload, model::IndexTree};
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
