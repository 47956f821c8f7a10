//! The act: the bank takes back what it filed. An office outside is asked; what it decides meanwhile stands.

use contracts::PledgeId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::Tx;

use super::{
    case::{By, decided, held, note, revised, send},
    model::{
        ParcelKind, Pledge,
        withdraw::{self, Withdrawal},
    },
    office::Office,
};

/// Withdraws with a reason.
pub(super) async fn withdraw(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    reason: &str,
) -> Result<Pledge, ActError> {
    let before = held(tx, &caller.scope(), (id, seen)).await?;
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.withdraw" };
    let details = serde_json::json!({ "reason": reason });
    match withdraw::withdraw(before.filing.clone(), office.is_outside())? {
        Withdrawal::Granted(answer) => {
            note(tx, &actor, &before, "withdrawal_asked", tx.business_date(), details).await?;
            Ok(decided(tx, by, before, answer).await?.pledge)
        }
        Withdrawal::Asked(filing) => {
            let after = revised(tx, by, &before, *filing).await?;
            note(tx, &actor, &after, "withdrawal_asked", tx.business_date(), details).await?;
            send(tx, &after, ParcelKind::Withdrawal).await?;
            Ok(after.pledge)
        }
    }
}
