//! The acts after the examination: the administrator's decision, and naming the patent that was filed.

use contracts::{PatentId, PrefilingId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Role};
use sea_orm::ActiveValue::Set;
use tx_kit::Tx;

use super::{
    examine::told,
    model::{Course, Deciding, Refusal, Status, may_decide, may_link},
    store::{self, row},
    view::{Prefiling, shown},
};
use crate::catalogue::store as patents;

/// Decides what becomes of an invention.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), (decision, reason)): ((PrefilingId, IfMatch), (Course, &str)),
) -> Result<Prefiling, ActError> {
    let row = store::find_locked(tx, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let now = shown(row.clone())?;
    let deciding = Deciding {
        status: now.status,
        maker: UserId::from_uuid(row.maker_id),
        inventors: &now.inventors,
        decider: (caller.user, &caller.name),
        administrator: caller.roles.contains(&Role::InstituteAdmin),
        searched: now.searched,
        ownership: now.ownership,
    };
    may_decide(deciding, decision).map_err(ActError::from)?;
    let change = row::ActiveModel {
        status: Set(Status::Decided.name().to_owned()),
        decision: Set(Some(decision.name().to_owned())),
        decision_reason: Set(Some(reason.to_owned())),
        decided_by_id: Set(Some(caller.user.uuid())),
        decided_by: Set(Some(caller.name.clone())),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::update(tx, &row, change).await?;
    after(tx, caller, (id, "prefiling.decide")).await
}

/// Names the patent that was filed for an invention.
pub(super) async fn link(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), patent): ((PrefilingId, IfMatch), PatentId),
) -> Result<Prefiling, ActError> {
    let scope = caller.scope();
    let row = store::find_locked(tx, &scope, id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let found = patents::one(tx.conn(), &scope, patent).await?.ok_or_else(Problem::not_found)?;
    let now = shown(row.clone())?;
    may_link(now.status, now.decision, (caller.tenant, found.owner_id.map(contracts::OrgId::from)))
        .map_err(ActError::from)?;
    let today = tx.business_date();
    let change = row::ActiveModel {
        status: Set(Status::Filed.name().to_owned()),
        patent_id: Set(Some(patent.uuid())),
        linked_on: Set(Some(today)),
        ..Default::default()
    };
    if !store::update(tx, &row, change).await? {
        return Err(Refusal::LinkedAlready.into());
    }
    after(tx, caller, (id, "prefiling.link")).await
}

async fn after(
    tx: &mut Tx,
    caller: &Caller,
    (id, action): (PrefilingId, &'static str),
) -> Result<Prefiling, ActError> {
    let row = store::find_locked(tx, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    told(tx, caller, action, &row).await?;
    Ok(shown(row)?)
}
