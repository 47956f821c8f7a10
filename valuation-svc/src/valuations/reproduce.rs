//! Making a stored valuation again from its inputs: the figures must be the same to the fen.

use contracts::ValuationId;
use http_kit::Problem;
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Db;
use utoipa::ToSchema;

use super::{
    model::{Appraised, MODEL_VERSION, appraise},
    store,
};
use crate::models;

/// How a valuation compares with itself made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reproduction {
    /// Whether every figure is the same.
    pub identical: bool,
    /// The version that it was made with.
    pub model_version: String,
    /// The version of the methods that it was made again with.
    pub current_version: String,
    /// SHA-256 of the complete content of the model, with which it was made both times.
    pub content_hash: String,
}

/// Makes a valuation again from its stored inputs and compares.
///
/// # Errors
/// 404 for one that the scope does not see; the database's fault.
pub async fn reproduce(db: &Db, scope: &Scope, id: ValuationId) -> Result<Reproduction, Problem> {
    let row = store::one(db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let inputs = store::inputs_of(&row)?;
    let content = models::content_of(db.read(), &row.content_hash).await?;
    let again = tokio::task::spawn_blocking(move || appraise(&inputs, &content).ok())
        .await
        .map_err(|error| Problem::fault(&error))?;
    let first: Appraised = serde_json::from_str(&row.result).map_err(|error| Problem::fault(&error))?;
    Ok(Reproduction {
        identical: again.is_some_and(|again| again == first),
        model_version: row.model_version,
        content_hash: row.content_hash,
        current_version: MODEL_VERSION.to_owned(),
    })
}
