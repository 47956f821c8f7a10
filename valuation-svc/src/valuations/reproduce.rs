//! Making a stored valuation again from its inputs: the figures must be the same to the fen.

use contracts::ValuationId;
use http_kit::Problem;
use identity::Scope;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// Whether every figure is the same; sentences may be worded otherwise by now.
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
    let first = figures(&first)?;
    Ok(Reproduction {
        identical: again.map(|again| figures(&again)).transpose()?.is_some_and(|again| again == first),
        model_version: row.model_version,
        content_hash: row.content_hash,
        current_version: MODEL_VERSION.to_owned(),
    })
}

/// A result without its sentences: one that is worded better some day changes no figure.
fn figures(result: &Appraised) -> Result<Value, Problem> {
    let mut all = serde_json::to_value(result).map_err(|error| Problem::fault(&error))?;
    // What the reader is told has grown by a sentence before and will again.
    if let Some(members) = all.as_object_mut() {
        members.remove("limits");
    }
    drop_sentences(&mut all);
    Ok(all)
}

fn drop_sentences(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let says =
                |name: &str| matches!(name, "zh" | "en") || name.ends_with("_zh") || name.ends_with("_en");
            members.retain(|name, _| !says(name));
            members.values_mut().for_each(drop_sentences);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_sentences),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sentence_worded_otherwise_changes_no_figure_and_a_figure_does() {
        let said = |reason: &str, value: &str| {
            let mut all = json!({ "value": { "methods": [{ "method": "cost", "reason_zh": reason, "value": value }] },
                "limits": [{ "zh": reason, "en": reason }] });
            drop_sentences(&mut all);
            all
        };
        assert_eq!(said("一", "1.00"), said("二", "1.00"));
        assert_ne!(said("一", "1.00"), said("一", "1.01"));
    }
}
