//! The acts: a reversal is proposed by one person of operations and decided by another. Confirming posts the mirror and
//! tells the subject whose movement it was.

use contracts::{MovementId, ReversalId};
use http_kit::{ActError, Problem};
use identity::Caller;
use ledger::{PostedMovement, ReversalRefused, ReverseError};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Maker, Refusal, Reversal, Verdict, decided, may_be_reversed, proposed},
    store,
};
use crate::subsidies;

/// Proposes to undo a movement of the caller's own book.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    id: MovementId,
    reason: &str,
) -> Result<Reversal, ActError> {
    let movement = of_own_book(tx, caller, id).await?;
    if store::find_open(tx.conn(), &caller.scope(), id).await?.is_some() {
        return Err(Refusal::Pending.into());
    }
    let reversal = proposed(ReversalId::fresh(tx.now()), &movement, reason, hand(caller, tx))?;
    store::insert(tx, &reversal).await?;
    record(tx, caller, &reversal, "ledger.reversal.propose").await?;
    Ok(reversal)
}

/// Confirms it: the mirror is posted today.
pub(super) async fn confirm(tx: &mut Tx, caller: &Caller, id: ReversalId) -> Result<Reversal, ActError> {
    let open = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let reversal = decided(open, Verdict::Confirm, hand(caller, tx))?;
    let movement = of_own_book(tx, caller, reversal.movement_id).await?;
    may_be_reversed(&movement)?;
    let mirror = ledger::reverse(tx, movement.id, &reversal.reason).await.map_err(refused)?;
    subsidies::payment_reversed(tx, caller, &movement, &reversal.reason).await?;
    let reversal = Reversal { reversal_movement_id: Some(mirror), ..reversal };
    store::decide(tx, &reversal).await?;
    record(tx, caller, &reversal, "ledger.reversal.confirm").await?;
    Ok(reversal)
}

/// Rejects it with a reason.
pub(super) async fn reject(
    tx: &mut Tx,
    caller: &Caller,
    id: ReversalId,
    reason: &str,
) -> Result<Reversal, ActError> {
    let open = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let reversal = decided(open, Verdict::Reject(reason.to_owned()), hand(caller, tx))?;
    store::decide(tx, &reversal).await?;
    record(tx, caller, &reversal, "ledger.reversal.reject").await?;
    Ok(reversal)
}

async fn of_own_book(tx: &Tx, caller: &Caller, id: MovementId) -> Result<PostedMovement, ActError> {
    let found = ledger::movement_by_id(tx.conn(), id, Some(caller.tenant)).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

fn hand(caller: &Caller, tx: &Tx) -> Maker {
    Maker { user: caller.user, name: caller.name.clone(), at: tx.now() }
}

fn refused(error: ReverseError) -> ActError {
    match error {
        ReverseError::Fault(fault) => fault.into(),
        ReverseError::Refused(ReversalRefused::NotThere) => Problem::not_found().into(),
        ReverseError::Refused(ReversalRefused::IsReversal) => Refusal::IsReversal.into(),
        ReverseError::Refused(ReversalRefused::Already { by }) => Refusal::Already { by }.into(),
    }
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    reversal: &Reversal,
    action: &'static str,
) -> Result<(), Fault> {
    let entry = AuditEntry::new(&caller.actor(), action, "ledger_movement", reversal.movement_id).with(
        serde_json::json!({
            "reversal": reversal.id, "kind": reversal.movement_kind, "reason": reversal.reason,
            "mirror": reversal.reversal_movement_id, "decision_reason": reversal.decision_reason,
        }),
    );
    tx.audit([entry]).await
}
