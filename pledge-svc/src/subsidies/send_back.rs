//! The act: the bank undoes the credit of a subsidy (wrong account, wrong enterprise). The fund's payment is undone with
//! it, the money stands in the special account again, and the claim waits to be paid anew.

use contracts::{MovementId, SubsidyId};
use http_kit::ActError;
use identity::Caller;
use ledger::{PostedMovement, ReverseError};
use tx_kit::{Fault, Tx};

use super::{
    locked,
    model::{Claim, Scheme, paid_back},
    postings, record, store,
};

/// Follows the reversal of a movement of the bank's book, where it was the credit of a subsidy.
pub(crate) async fn payment_reversed(
    tx: &mut Tx,
    caller: &Caller,
    movement: &PostedMovement,
    reason: &str,
) -> Result<(), ActError> {
    if movement.kind != postings::CREDIT {
        return Ok(());
    }
    let id = SubsidyId::from_uuid(movement.subject);
    let gone = || Fault::Invariant(format!("the subsidy claim {id} of movement {}", movement.id));
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?.ok_or_else(gone)?;
    let scheme = locked(tx, &claim).await?;
    let payment: MovementId = claim.payment_id.ok_or_else(gone)?;
    ledger::reverse(tx, payment, reason).await.map_err(|error| match error {
        ReverseError::Fault(fault) => fault,
        ReverseError::Refused(refused) => Fault::Invariant(format!("the payment of claim {id}: {refused}")),
    })?;
    let after = Scheme {
        paid: scheme.paid.checked_sub(claim.amount).map_err(|error| Fault::Invariant(error.to_string()))?,
        version: scheme.version + 1,
        ..scheme
    };
    let claim: Claim = paid_back(claim)?;
    store::update_scheme(tx, &after).await?;
    store::update_claim(tx, &claim).await?;
    record(tx, caller, &claim, "subsidy.sent_back").await?;
    Ok(())
}
