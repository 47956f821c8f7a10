//! The act: another person than the assessor refuses, and says why.

use contracts::ApplicationId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::Tx;

use super::{
    approve::decided,
    conditions, delegations,
    hand::hand,
    model::{Application, refuse, service_levels::ServiceLevels},
    seen::find_seen,
    store,
};
use crate::parameters;

/// Refuses with a reason.
pub(super) async fn refuse(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    reason: &str,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let levels: ServiceLevels =
        parameters::current(tx.conn(), application.bank_id, tx.business_date()).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let refused = refuse::refuse(application, reason, &levels, &by)?;
    store::update(tx, &refused).await?;
    delegations::known(tx, caller).await?;
    conditions::fall_away(tx, &refused).await?;
    decided(tx, caller, &refused, "application.refuse", serde_json::Value::Null).await?;
    Ok(refused)
}
