//! The act: the enterprise takes its application back; what an approval had held is let go of in the same
//! transaction.

use contracts::ApplicationId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::Tx;

use super::{
    approve::decided,
    conditions,
    hand::hand,
    model::{Application, withdraw},
    reservation,
    seen::find_seen,
    store,
};

/// Withdraws with a reason.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    reason: &str,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let withdrawal = withdraw::withdraw(application, reason, &by)?;
    let application = withdrawal.application;
    store::update(tx, &application).await?;
    reservation::release(tx, &application, withdrawal.reserved, &caller.actor()).await?;
    conditions::fall_away(tx, &application).await?;
    decided(tx, caller, &application, "application.withdraw", serde_json::Value::Null).await?;
    Ok(application)
}
