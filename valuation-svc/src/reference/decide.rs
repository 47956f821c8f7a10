//! The acts: a draft is proposed for a day by one person, approved or refused by another, or thrown away.

use chrono::NaiveDate;
use contracts::{ReferenceVersionId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    model::{
        TableKind, VersionState,
        difference::{Difference, difference},
        version,
    },
    store,
    view::{VersionView, corrupt, shown},
};

/// Proposes a draft to be in force from a day on.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    (kind, id): (TableKind, ReferenceVersionId),
    seen: IfMatch,
    (from, reason): (NaiveDate, &str),
) -> Result<VersionView, ActError> {
    let mut row = found(tx, caller, kind, id, seen).await?;
    let found = compared(tx.conn(), caller, kind, &row, from).await?;
    let state = version::propose(state_of(&row)?, from, tx.business_date(), found.is_any())?;
    row.effective_from = Some(from);
    row.proposed_by_id = Some(caller.user.uuid());
    row.proposed_by = Some(caller.name.clone());
    row.proposed_at = Some(tx.now());
    row.proposal_reason = Some(reason.to_owned());
    row.decided_by_id = None;
    row.decided_by = None;
    row.decided_at = None;
    row.decision_reason = None;
    let details = serde_json::json!({
        "table": kind.name(), "number": row.number, "from": from, "reason": reason, "added": found.added,
        "removed": found.removed, "changed": found.changed,
    });
    moved(tx, caller, (row, state), ("reference.propose", details)).await
}

/// Approves what another person proposed, or refuses it: then it is a draft again.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    (kind, id): (TableKind, ReferenceVersionId),
    seen: IfMatch,
    (approve, reason): (bool, Option<&str>),
) -> Result<VersionView, ActError> {
    let mut row = found(tx, caller, kind, id, seen).await?;
    version::may_be_decided_by(state_of(&row)?, row.proposed_by_id.map(UserId::from_uuid), caller.user)?;
    let proposed_for = row.effective_from.ok_or_else(|| corrupt(&row))?;
    let (state, action) = if approve {
        let from = four_eyes::holds_from(proposed_for, tx.business_date());
        // Another version may have been approved since it was proposed.
        if !compared(tx.conn(), caller, kind, &row, from).await?.is_any() {
            return Err(version::Refusal::Unchanged.into());
        }
        row.effective_from = Some(from);
        (VersionState::Published, "reference.approve")
    } else {
        row.effective_from = None;
        (VersionState::Draft, "reference.refuse")
    };
    signed(tx, caller, &mut row, reason);
    let details = serde_json::json!({
        "table": kind.name(), "number": row.number, "from": row.effective_from, "reason": reason,
    });
    moved(tx, caller, (row, state), (action, details)).await
}

/// Throws a draft away.
pub(super) async fn discard(
    tx: &mut Tx,
    caller: &Caller,
    (kind, id): (TableKind, ReferenceVersionId),
    seen: IfMatch,
) -> Result<VersionView, ActError> {
    let mut row = found(tx, caller, kind, id, seen).await?;
    let state = version::discard(state_of(&row)?)?;
    signed(tx, caller, &mut row, None);
    let details = serde_json::json!({ "table": kind.name(), "number": row.number });
    moved(tx, caller, (row, state), ("reference.discard", details)).await
}

fn signed(tx: &Tx, caller: &Caller, row: &mut store::version::Model, reason: Option<&str>) {
    row.decided_by_id = Some(caller.user.uuid());
    row.decided_by = Some(caller.name.clone());
    row.decided_at = Some(tx.now());
    row.decision_reason = reason.map(str::to_owned);
}

/// What a version changes of the one that would be in force on a day without it.
pub(super) async fn compared(
    conn: &impl sea_orm::ConnectionTrait,
    caller: &Caller,
    kind: TableKind,
    row: &store::version::Model,
    on: NaiveDate,
) -> Result<Difference, tx_kit::Fault> {
    let scope = caller.scope();
    let after = store::list_entries(conn, &scope, row).await?;
    let before = match store::find_in_force(conn, &scope, kind, on).await? {
        Some(before) if before.id == row.id => return Ok(difference(&after, &after)),
        Some(before) => store::list_entries(conn, &scope, &before).await?,
        None => Vec::new(),
    };
    Ok(difference(&before, &after))
}

async fn found(
    tx: &Tx,
    caller: &Caller,
    kind: TableKind,
    id: ReferenceVersionId,
    seen: IfMatch,
) -> Result<store::version::Model, ActError> {
    let row = store::find(tx.conn(), &caller.scope(), kind, id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    Ok(row)
}

fn state_of(row: &store::version::Model) -> Result<VersionState, tx_kit::Fault> {
    VersionState::of_name(&row.state).ok_or_else(|| corrupt(row))
}

async fn moved(
    tx: &mut Tx,
    caller: &Caller,
    (mut row, state): (store::version::Model, VersionState),
    (action, details): (&'static str, serde_json::Value),
) -> Result<VersionView, ActError> {
    state.name().clone_into(&mut row.state);
    row.version += 1;
    store::update(tx, &row).await?;
    let entry = AuditEntry::new(&caller.actor(), action, "reference", ReferenceVersionId::from_uuid(row.id));
    tx.audit([entry.with(details)]).await?;
    Ok(shown(row)?)
}
