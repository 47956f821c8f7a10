//! The acts: an enterprise is put on the bank's blacklist, alone or with a whole list; an entry is ended before its time.

use std::collections::HashSet;

use chrono::NaiveDate;
use contracts::{BlacklistEntryId, OrgId};
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::store::blacklist as store;
use crate::{
    applications::model::blacklist::{BlacklistEntry, ListSource, Listed, comparable},
    facility,
};

/// An entry to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewEntry {
    pub name: String,
    pub credit_code: Option<String>,
    pub enterprise_id: Option<OrgId>,
    pub source: ListSource,
    pub reason: String,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
}

impl NewEntry {
    fn made(&self, caller: &Caller, tx: &Tx) -> BlacklistEntry {
        BlacklistEntry {
            id: BlacklistEntryId::fresh(tx.now()),
            bank_id: caller.tenant,
            name: self.name.clone(),
            credit_code: self.credit_code.clone(),
            enterprise_id: self.enterprise_id,
            source: self.source,
            reason: self.reason.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            entered_by: caller.name.clone(),
            entered_at: tx.now(),
            ended_at: None,
            ended_by: None,
            end_reason: None,
        }
    }
}

/// Enters one enterprise.
pub(super) async fn enter(tx: &mut Tx, caller: &Caller, new: &NewEntry) -> Result<BlacklistEntry, Fault> {
    let entry = new.made(caller, tx);
    store::insert(tx, std::slice::from_ref(&entry)).await?;
    let details = serde_json::json!({ "name": entry.name, "source": entry.source, "reason": entry.reason });
    let line = AuditEntry::new(&caller.actor(), "blacklist.enter", "blacklist", entry.id).with(details);
    tx.audit([line]).await?;
    follow(tx, caller.tenant, std::slice::from_ref(&entry)).await?;
    Ok(entry)
}

/// Whom a new entry holds against draws nothing more from the bank: every place that it has on a line is paused in the
/// same act. An entry that begins later is found by the close of the day before.
async fn follow(tx: &mut Tx, bank: OrgId, entries: &[BlacklistEntry]) -> Result<(), Fault> {
    let today = tx.business_date();
    let listed = Listed::of(entries.iter().filter(|entry| entry.in_force(today)));
    if listed == Listed::default() {
        return Ok(());
    }
    for (enterprise, name) in facility::members_at(tx.conn(), bank).await? {
        if listed.holds(enterprise, &comparable(&name)) {
            facility::follow_member(tx, bank, enterprise).await?;
        }
    }
    Ok(())
}

/// Enters a list. What holds already, from the same source and for the same reason, is passed over. Gives how many were
/// entered.
pub(super) async fn enter_all(tx: &mut Tx, caller: &Caller, list: &[NewEntry]) -> Result<usize, Fault> {
    let today = tx.business_date();
    let names: Vec<String> = list.iter().map(|new| comparable(&new.name)).collect();
    let standing = store::find_named(tx.conn(), &caller.scope(), caller.tenant, &names).await?;
    let mut known: HashSet<(String, ListSource, String)> = standing
        .into_iter()
        .filter(|one| one.in_force(today))
        .map(|one| (comparable(&one.name), one.source, one.reason))
        .collect();
    let mut fresh: Vec<BlacklistEntry> = Vec::new();
    for (new, name) in list.iter().zip(names) {
        if known.insert((name, new.source, new.reason.clone())) {
            fresh.push(new.made(caller, tx));
        }
    }
    store::insert(tx, &fresh).await?;
    let details = serde_json::json!({ "read": list.len(), "entered": fresh.len() });
    let line = AuditEntry::new(&caller.actor(), "blacklist.import", "blacklist", caller.tenant).with(details);
    tx.audit([line]).await?;
    follow(tx, caller.tenant, &fresh).await?;
    Ok(fresh.len())
}

/// Ends an entry before its time.
pub(super) async fn end(
    tx: &mut Tx,
    caller: &Caller,
    id: BlacklistEntryId,
    reason: &str,
) -> Result<BlacklistEntry, ActError> {
    let entry = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if entry.ended_at.is_some() {
        return Err(Problem::refused(
            "not-in-status",
            "该条目已移出限制名单，无需重复办理。",
            "The entry was ended before.",
        )
        .into());
    }
    let ended = BlacklistEntry {
        ended_at: Some(tx.now()),
        ended_by: Some(caller.name.clone()),
        end_reason: Some(reason.to_owned()),
        ..entry
    };
    store::end(tx, &ended).await?;
    let details = serde_json::json!({ "name": ended.name, "reason": reason });
    let line = AuditEntry::new(&caller.actor(), "blacklist.end", "blacklist", id).with(details);
    tx.audit([line]).await?;
    Ok(ended)
}
