//! The act: papers that did not reach the office, and were given up, are sent again.

use contracts::PledgeId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    case::{held, note},
    model::{Delivery, Pledge, Refusal},
    office::Office,
    store::{filings, parcels},
};

/// Sends again. The office knows the request by its id, so that it has no effect twice.
pub(super) async fn resend(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
) -> Result<Pledge, ActError> {
    let case = held(tx, &caller.scope(), (id, seen)).await?;
    if !case.filing.state.is_open() {
        return Err(Refusal::NothingFiled.into());
    }
    if !office.is_outside() || parcels::send_again(tx, case.filing.id).await? == 0 {
        return Err(Refusal::NothingToSend.into());
    }
    filings::note_delivery(tx, case.filing.id, Delivery::Waiting).await?;
    let actor = caller.actor();
    note(tx, &actor, &case, "sent_again", tx.business_date(), serde_json::Value::Null).await?;
    tx.audit([AuditEntry::new(&actor, "pledge.resend", "pledge", id)]).await?;
    Ok(case.pledge)
}
