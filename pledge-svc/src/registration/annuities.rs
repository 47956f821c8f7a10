//! The act: until when the annuities of pledged patents are paid is looked up in the catalogue again. It tells of no payment
//! by itself; a warning that an annuity is unpaid stands until somebody has looked.

use axum::{Json, extract::State};
use contracts::PledgeId;
use http_kit::{ActError, Api, Command, IfMatch, PathId, Problem, RetryKey, Who};
use identity::{Caller, Permission};
use serde::Deserialize;
use serde_json::json;
use tx_kit::{AuditEntry, InTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api::pledged_facts,
    model::{Pledge, PledgeStatus, Refusal},
    store::{self, history::NewLine},
};
use crate::{applications::model::PatentFacts, risk, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PledgeRegister, routes!(check_annuities))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct CheckAnnuitiesRequest {}

/// Look up again until when the annuities of the pledged patents are paid.
#[utoipa::path(post, path = "/pledges/{id}/annuities", tag = "pledges", operation_id = "check_pledge_annuities",
    params(("id" = PledgeId, Path), IfMatch, RetryKey), request_body = CheckAnnuitiesRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status")))]
async fn check_annuities(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<CheckAnnuitiesRequest>,
) -> Result<Json<Pledge>, Problem> {
    let facts = &pledged_facts(&app, &who, id).await?;
    let caller = &who.0;
    let checked =
        app.db.run_once(cmd.key.as_ref(), |tx| check(tx, caller, (id, seen), facts).in_tx()).await?;
    Ok(Json(checked))
}

async fn check(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    facts: &[PatentFacts],
) -> Result<Pledge, ActError> {
    let pledge = store::find::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(pledge.version)?;
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status }.into());
    }
    let read_version = pledge.version;
    let mut checked = Pledge { version: read_version + 1, ..pledge };
    for patent in &mut checked.patents {
        if let Some(shown) = facts.iter().find(|one| one.id == patent.patent_id) {
            patent.annuity_until = shown.annuity_paid_until;
        }
    }
    store::update(tx, &checked, read_version).await?;
    store::write_annuities(tx, &checked).await?;
    risk::review_line(tx.conn(), checked.facility_id.uuid()).await?;
    let paid: Vec<_> =
        checked.held().map(|one| json!({ "number": one.number, "until": one.annuity_until })).collect();
    let details = json!({ "annuities": paid });
    let actor = caller.actor();
    let line = NewLine {
        pledge: id,
        filing: None,
        on: tx.business_date(),
        kind: "annuities_checked",
        who: &actor.name,
        details: details.clone(),
    };
    store::history::write(tx, line).await?;
    let entry = AuditEntry::new(&actor, "pledge.check_annuities", "pledge", id).with(details);
    tx.audit([entry]).await?;
    Ok(checked)
}
