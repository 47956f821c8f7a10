//! The acts: a draft is put in force from a day, or thrown away.

use chrono::NaiveDate;
use contracts::ReferenceVersionId;
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

/// Puts a draft in force from a day on.
pub(super) async fn put_in_force(
    tx: &mut Tx,
    caller: &Caller,
    (kind, id): (TableKind, ReferenceVersionId),
    seen: IfMatch,
    from: NaiveDate,
) -> Result<VersionView, ActError> {
    let row = found(tx, caller, kind, id, seen).await?;
    let found = compared(tx.conn(), caller, kind, &row, from).await?;
    let state = version::put_in_force(state_of(&row)?, from, tx.business_date(), found.is_any())?;
    let details = serde_json::json!({
        "table": kind.name(), "number": row.number, "from": from, "added": found.added, "removed": found.removed,
        "changed": found.changed,
    });
    decided(tx, caller, row, (state, Some(from)), ("reference.put_in_force", details)).await
}

/// Throws a draft away.
pub(super) async fn discard(
    tx: &mut Tx,
    caller: &Caller,
    (kind, id): (TableKind, ReferenceVersionId),
    seen: IfMatch,
) -> Result<VersionView, ActError> {
    let row = found(tx, caller, kind, id, seen).await?;
    let state = version::discard(state_of(&row)?)?;
    let details = serde_json::json!({ "table": kind.name(), "number": row.number });
    decided(tx, caller, row, (state, None), ("reference.discard", details)).await
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

async fn decided(
    tx: &mut Tx,
    caller: &Caller,
    mut row: store::version::Model,
    (state, from): (VersionState, Option<NaiveDate>),
    (action, details): (&'static str, serde_json::Value),
) -> Result<VersionView, ActError> {
    state.name().clone_into(&mut row.state);
    row.effective_from = from;
    row.decided_by = Some(caller.name.clone());
    row.decided_at = Some(tx.now());
    row.version += 1;
    store::decide(tx, &row).await?;
    let entry = AuditEntry::new(&caller.actor(), action, "reference", ReferenceVersionId::from_uuid(row.id));
    tx.audit([entry.with(details)]).await?;
    Ok(shown(row)?)
}
