//! Until when no annuity of a pledged patent is late: as the catalogue tells whenever it records another day, and by an act
//! that looks there again. The catalogue counts that day, the due day of the next annuity; from the day after it an unpaid
//! annuity warns (`risk`) and puts the pledge among those to be valued anew.

use axum::{Json, extract::State};
use contracts::{Actor, PledgeId, events::AnnuityRecorded};
use http_kit::{ActError, Api, Command, IfMatch, PathId, Problem, RetryKey, Who};
use identity::{Caller, Permission, Scope};
use serde::Deserialize;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, InTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api::pledged_facts,
    model::{Pledge, PledgeStatus, Refusal},
    rights::written,
    store::{self, history::NewLine, rights},
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

/// The catalogue has recorded until when a patent's annuities are paid: every live pledge over it goes by that day, and the
/// loans that it secures are looked at again at the next close.
pub(super) async fn hear(tx: &mut Tx, told: &AnnuityRecorded, version: i64) -> Result<(), Fault> {
    let in_time = told.in_time_until();
    if !rights::note_annuity(tx, told.patent_id, version, in_time).await? {
        return Ok(());
    }
    let until = Some(in_time);
    for pledge in store::find::find_over_patent(tx.conn(), &Scope::system(), told.patent_id).await? {
        let known = pledge.patents.iter().find(|one| one.patent_id == told.patent_id);
        let Some(before) = known.map(|one| one.annuity_until).filter(|before| *before != until) else {
            continue;
        };
        let read_version = pledge.version;
        let mut after = Pledge { version: read_version + 1, ..pledge };
        for patent in after.patents.iter_mut().filter(|one| one.patent_id == told.patent_id) {
            patent.annuity_until = until;
        }
        store::update(tx, &after, read_version).await?;
        store::write_annuities(tx, &after).await?;
        risk::review_line(tx.conn(), after.facility_id.uuid()).await?;
        let missed = in_time < tx.business_date();
        let details = json!({
            "patent": told.patent_id, "number": told.patent_number, "before": before, "until": until,
            "missed": missed,
        });
        let kind = if missed { "annuity_missed" } else { "annuity_paid" };
        written(tx, &after, kind, told.noted_on, details.clone()).await?;
        let actor = Actor { tenant: after.bank_id, ..Actor::system() };
        let entry = AuditEntry::new(&actor, "pledge.hear_annuity", "pledge", after.id).with(details);
        tx.audit([entry]).await?;
    }
    Ok(())
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
            patent.annuity_until = shown.annuity_until();
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
