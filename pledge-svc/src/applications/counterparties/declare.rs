//! The acts: the bank declares that enterprises are connected, declares it anew, or dissolves a group.

use contracts::ConnectedGroupId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::store::groups as store;
use crate::{
    applications::model::connected::{ConnectedGroup, ConnectedMember},
    facility,
};

/// What the bank declares of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declared {
    pub name: String,
    pub reason: String,
    pub members: Vec<ConnectedMember>,
}

/// Declares a new group.
pub(super) async fn declare(
    tx: &mut Tx,
    caller: &Caller,
    declared: &Declared,
) -> Result<ConnectedGroup, ActError> {
    free(tx, caller, declared, None).await?;
    let group = ConnectedGroup {
        id: ConnectedGroupId::fresh(tx.now()),
        bank_id: caller.tenant,
        name: declared.name.clone(),
        reason: declared.reason.clone(),
        members: declared.members.clone(),
        declared_by: caller.name.clone(),
        created_at: tx.now(),
        dissolved_at: None,
        version: 1,
    };
    store::insert(tx, &group).await?;
    facility::relabel(tx, &caller.actor(), caller.tenant, &group.enterprises(), None).await?;
    told(tx, caller, &group, "connected_group.declare", &group.reason).await?;
    Ok(group)
}

/// Declares a group anew: its name, its reason and all of its enterprises.
pub(super) async fn redeclare(
    tx: &mut Tx,
    caller: &Caller,
    id: ConnectedGroupId,
    declared: &Declared,
) -> Result<ConnectedGroup, ActError> {
    let group = living(tx, caller, id).await?;
    let (before, mut touched) = (group.name.clone(), group.enterprises());
    free(tx, caller, declared, Some(id)).await?;
    let group = ConnectedGroup {
        name: declared.name.clone(),
        reason: declared.reason.clone(),
        members: declared.members.clone(),
        declared_by: caller.name.clone(),
        version: group.version + 1,
        ..group
    };
    store::update(tx, &group).await?;
    touched.extend(group.enterprises());
    facility::relabel(tx, &caller.actor(), caller.tenant, &touched, Some(&before)).await?;
    told(tx, caller, &group, "connected_group.change", &group.reason).await?;
    Ok(group)
}

/// Dissolves a group; it is kept with its enterprises as they were.
pub(super) async fn dissolve(
    tx: &mut Tx,
    caller: &Caller,
    id: ConnectedGroupId,
    reason: &str,
) -> Result<ConnectedGroup, ActError> {
    let group = living(tx, caller, id).await?;
    let group = ConnectedGroup { dissolved_at: Some(tx.now()), version: group.version + 1, ..group };
    store::update(tx, &group).await?;
    let (actor, touched) = (caller.actor(), group.enterprises());
    facility::relabel(tx, &actor, caller.tenant, &touched, Some(&group.name)).await?;
    told(tx, caller, &group, "connected_group.dissolve", reason).await?;
    Ok(group)
}

async fn living(tx: &Tx, caller: &Caller, id: ConnectedGroupId) -> Result<ConnectedGroup, ActError> {
    let group = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if group.dissolved_at.is_some() {
        return Err(Problem::refused(
            "not-in-status",
            "该关联企业组已解散，不能再变更。如需重新认定，请新建。",
            "The group is dissolved and cannot be changed. Declare a new one.",
        )
        .into());
    }
    Ok(group)
}

/// None of the enterprises belongs to another living group of the bank.
async fn free(
    tx: &Tx,
    caller: &Caller,
    declared: &Declared,
    itself: Option<ConnectedGroupId>,
) -> Result<(), ActError> {
    let enterprises: Vec<_> = declared.members.iter().map(|one| one.enterprise_id).collect();
    let others = store::find_living_of(tx.conn(), &caller.scope(), caller.tenant, &enterprises).await?;
    let Some(other) = others.into_iter().find(|group| Some(group.id) != itself) else { return Ok(()) };
    let shared = other.members.iter().filter(|one| enterprises.contains(&one.enterprise_id));
    let names: Vec<&str> = shared.map(|one| one.name.as_str()).collect();
    Err(Problem::refused(
        "already-connected",
        format!("{} 已在关联企业组“{}”中。请在该组中变更。", names.join("、"), other.name),
        format!("{} belong to the group {} already. Change that group.", names.join(", "), other.name),
    )
    .with("group_id", other.id)
    .into())
}

async fn told(
    tx: &mut Tx,
    caller: &Caller,
    group: &ConnectedGroup,
    action: &'static str,
    reason: &str,
) -> Result<(), ActError> {
    let members = group.enterprises();
    let details = serde_json::json!({ "name": group.name, "reason": reason, "members": members });
    let line = AuditEntry::new(&caller.actor(), action, "connected_group", group.id).with(details);
    tx.audit([line]).await?;
    Ok(())
}
