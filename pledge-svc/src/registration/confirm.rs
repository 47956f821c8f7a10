//! 出质人确认: the pledgor confirms on its own login what the bank has filed for its pledge. Without its word, or the
//! contract that it signed, the built-in register grants nothing that burdens it.

use axum::{Json, extract::State};
use contracts::PledgeId;
use http_kit::{ActError, Api, Command, IfMatch, PathId, Problem, RetryKey, Who};
use identity::{Caller, Permission};
use serde::Deserialize;
use tx_kit::{InTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    case::{By, held, note, revised},
    model::{Pledge, register},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::ApplicationSubmit, routes!(confirm_pledge))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct ConfirmPledgeRequest {}

/// Confirm, as the pledgor, what the bank has filed for the pledge.
#[utoipa::path(post, path = "/pledges/{id}/confirm", tag = "pledges", operation_id = "confirm_pledge",
    params(("id" = PledgeId, Path), IfMatch, RetryKey), request_body = ConfirmPledgeRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "nothing-to-confirm")))]
async fn confirm_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<ConfirmPledgeRequest>,
) -> Result<Json<Pledge>, Problem> {
    let caller = &who.0;
    let confirmed = app.db.run_once(cmd.key.as_ref(), |tx| confirm(tx, caller, (id, seen)).in_tx()).await?;
    Ok(Json(confirmed))
}

async fn confirm(tx: &mut Tx, caller: &Caller, which: (PledgeId, IfMatch)) -> Result<Pledge, ActError> {
    let before = held(tx, &caller.scope(), which).await?;
    let filing = register::confirm(before.filing.clone(), &caller.name, tx.now())?;
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.confirm" };
    let after = revised(tx, by, &before, filing).await?;
    let details = serde_json::json!({ "filing": after.filing.kind });
    note(tx, &actor, &after, "pledgor_confirmed", tx.business_date(), details).await?;
    Ok(after.pledge)
}
