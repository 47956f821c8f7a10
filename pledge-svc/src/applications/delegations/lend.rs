//! The acts: an approver lends the own authority to a colleague, one of the two ends it, or the bank does.

use chrono::NaiveDate;
use contracts::{DelegationId, UserId};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::store;
use crate::{
    applications::model::{
        authority::ApprovalAuthority,
        delegation::{Delegation, DelegationRefusal},
    },
    parameters,
};

/// What is to be lent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lending {
    pub to: UserId,
    pub cap: Option<Money>,
    pub valid_from: NaiveDate,
    pub valid_until: NaiveDate,
    pub reason: String,
}

/// Lends the caller's own authority.
pub(super) async fn lend(tx: &mut Tx, caller: &Caller, lending: &Lending) -> Result<Delegation, ActError> {
    let today = tx.business_date();
    let colleague = store::find_approver(tx.conn(), &caller.scope(), lending.to).await?;
    let authority: ApprovalAuthority = parameters::current(tx.conn(), caller.tenant, today).await?;
    let delegation = Delegation {
        id: DelegationId::fresh(tx.now()),
        bank_id: caller.tenant,
        from_id: caller.user,
        from: caller.name.clone(),
        to_id: lending.to,
        to: colleague.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
        cap: lending.cap,
        valid_from: lending.valid_from,
        valid_until: lending.valid_until,
        reason: lending.reason.clone(),
        created_at: tx.now(),
        revoked_at: None,
        revoked_by: None,
        revoke_reason: None,
    };
    delegation.may_be_made(colleague.is_some(), authority.limit_of(caller.user), today)?;
    store::remember(tx, caller).await?;
    store::insert(tx, &delegation).await?;
    told(tx, caller, &delegation, "delegation.make").await?;
    Ok(delegation)
}

/// Takes a delegation back: who lent it, or who no longer wants it.
pub(super) async fn take_back(
    tx: &mut Tx,
    caller: &Caller,
    id: DelegationId,
) -> Result<Delegation, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let ended = found.revoke(caller.user, &caller.name, tx.now())?;
    store::revoke(tx, &ended).await?;
    // Who ends it knows; the other of the two is told.
    store::note_seen(tx, id, caller.user).await?;
    told(tx, caller, &ended, "delegation.revoke").await?;
    Ok(ended)
}

/// Ends a delegation of the bank for the bank, whoever lent it.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    id: DelegationId,
    reason: &str,
) -> Result<Delegation, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let ended = found.withdraw(&caller.name, reason, tx.now())?;
    store::revoke(tx, &ended).await?;
    told(tx, caller, &ended, "delegation.withdraw").await?;
    Ok(ended)
}

/// One of the two takes note that a lending has ended.
pub(super) async fn take_note(
    tx: &mut Tx,
    caller: &Caller,
    id: DelegationId,
) -> Result<Delegation, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    found.may_be_seen(caller.user, tx.business_date())?;
    store::note_seen(tx, id, caller.user).await?;
    Ok(found)
}

/// Makes the caller known as an approver to whom colleagues may lend.
pub(super) async fn introduce(tx: &mut Tx, caller: &Caller) -> Result<(), ActError> {
    Ok(store::remember(tx, caller).await?)
}

async fn told(tx: &mut Tx, caller: &Caller, one: &Delegation, action: &'static str) -> Result<(), ActError> {
    let details = serde_json::json!({
        "from": one.from, "to": one.to, "cap": one.cap, "valid_from": one.valid_from,
        "valid_until": one.valid_until, "reason": one.reason, "revoke_reason": one.revoke_reason,
    });
    tx.audit([AuditEntry::new(&caller.actor(), action, "delegation", one.id).with(details)]).await?;
    Ok(())
}

impl From<DelegationRefusal> for ActError {
    fn from(refusal: DelegationRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
