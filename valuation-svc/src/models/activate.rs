//! Putting a version into use for a purpose, as champion or challenger, and taking it out of use. A bank has at most one
//! champion a purpose; the one before holds until the day on which the new one begins.

use chrono::NaiveDate;
use contracts::ModelVersionId;
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::Deserialize;
use tx_kit::Tx;
use utoipa::ToSchema;

use super::{
    develop::{answer, hands, own, put},
    model::{ModelAct, ModelRole, hash_of},
    store::{self, activation, version},
    superseded,
    view::ModelVersionView,
};
use crate::scoring::model::Scenario;

/// Challengers of a purpose at a time: each of them is worked out with every valuation.
const CHALLENGERS_MAX: u64 = 3;

/// How a version is put into use.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = ModelActivation)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    /// The purpose.
    pub scenario: Scenario,
    /// Champion or challenger.
    pub role: ModelRole,
    /// The first day; today or later.
    pub active_from: NaiveDate,
}

/// Puts an approved version into use.
pub(super) async fn activate(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    asked: Activation,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Activate, caller.user)?;
    let today = tx.business_date();
    if asked.active_from < today {
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                "active_from",
                format!("模型不得追溯启用，启用日须不早于 {today}。"),
                format!("A model is not used backwards: the first day may not lie before {today}."),
            )
            .into());
    }
    if hash_of(&row.content) != row.content_hash {
        return Err(tx_kit::Fault::Corrupt(format!(
            "the content of model version {id} is not the one validated"
        ))
        .into());
    }
    let running = store::find_open_activations(tx.conn(), &caller.scope(), id).await?;
    for one in running.iter().filter(|one| one.scenario == asked.scenario.as_str()) {
        if one.role == asked.role.name() {
            return Err(already(one).into());
        }
        superseded::end(tx, one, asked.active_from).await?;
    }
    not_twice(tx, id, asked).await?;
    let mut superseded_id = None;
    if asked.role == ModelRole::Champion {
        superseded_id = supersede(tx, caller, &row, asked).await?;
    } else {
        let beside =
            store::count_open_challengers(tx.conn(), &caller.scope(), caller.tenant, asked.scenario).await?;
        if beside >= CHALLENGERS_MAX {
            return Err(too_many().into());
        }
    }
    let made = activation::Model {
        id: ModelVersionId::fresh(tx.now()).uuid(),
        bank_id: row.bank_id,
        version_id: row.id,
        scenario: asked.scenario.as_str().to_owned(),
        role: asked.role.name().to_owned(),
        active_from: asked.active_from,
        active_until: None,
        activated_by: caller.name.clone(),
        created_at: tx.now(),
    };
    store::insert_activation(tx, made).await?;
    row.status = next.name().to_owned();
    let details = serde_json::json!({
        "scenario": asked.scenario.as_str(), "role": asked.role.name(), "from": asked.active_from,
        "hash": row.content_hash,
    });
    put(tx, &caller.actor(), &mut row, ("model.activate", details)).await?;
    if let Some(before) = superseded_id {
        superseded::retire_if_over(tx, before, &caller.actor()).await?;
    }
    answer(tx, caller, row).await
}

fn already(one: &activation::Model) -> Problem {
    let from = one.active_from;
    Problem::refused(
        "model-already-active",
        format!("该版本自 {from} 起已按此方式启用，无需再次启用。"),
        format!("The version is already used in this way from {from}."),
    )
    .with("active_from", from)
}

fn too_many() -> Problem {
    Problem::refused(
        "too-many-challengers",
        format!("同一用途的挑战模型至多 {CHALLENGERS_MAX} 个，请先停用其中一个。"),
        format!("A purpose has at most {CHALLENGERS_MAX} challengers; take one of them out of use first."),
    )
    .with("most", CHALLENGERS_MAX)
}

/// A version that holds for a purpose until a day to come does nothing else for it before that day.
async fn not_twice(tx: &Tx, id: ModelVersionId, asked: Activation) -> Result<(), ActError> {
    let uses = superseded::days_left(tx.conn(), id, tx.business_date()).await?;
    let until = uses
        .iter()
        .filter(|one| one.scenario == asked.scenario.as_str())
        .filter_map(|one| one.active_until)
        .find(|until| *until > asked.active_from);
    let Some(until) = until else { return Ok(()) };
    Err(Problem::bad_fields(Vec::new())
        .with_field(
            "active_from",
            format!("该版本用于此用途至 {until} 前一日，新的启用日不得早于 {until}。"),
            format!("The version holds for this purpose up to the day before {until}; it may begin anew on {until} at the earliest."),
        )
        .into())
}

/// Ends the champion before the new one on the new one's first day; its version.
async fn supersede(
    tx: &Tx,
    caller: &Caller,
    row: &version::Model,
    asked: Activation,
) -> Result<Option<ModelVersionId>, ActError> {
    let scope = caller.scope();
    let before = store::find_open_champion(tx.conn(), &scope, caller.tenant, asked.scenario).await?;
    let Some(before) = before.filter(|before| before.version_id != row.id) else { return Ok(None) };
    if asked.active_from < before.active_from {
        let from = before.active_from;
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                "active_from",
                format!("现有在用模型自 {from} 起启用，新的启用日不得更早。"),
                format!("The present champion begins on {from}; the new one may not begin before it."),
            )
            .into());
    }
    store::end_activation(tx, &before, asked.active_from).await?;
    Ok(Some(before.version_id.into()))
}

/// Takes a version out of use at once, with the reason.
pub(super) async fn retire(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    reason: &str,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Retire, caller.user)?;
    let today = tx.business_date();
    for one in superseded::days_left(tx.conn(), id, today).await? {
        superseded::end(tx, &one, today).await?;
    }
    row.status = next.name().to_owned();
    row.retired_by = Some(caller.name.clone());
    row.retired_reason = Some(reason.to_owned());
    let details = serde_json::json!({ "reason": reason, "hash": row.content_hash });
    put(tx, &caller.actor(), &mut row, ("model.retire", details)).await?;
    answer(tx, caller, row).await
}
