//! The act: another person than the assessor refuses, and says why.

use contracts::ApplicationId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::Tx;

use super::{
    approve::decided,
    conditions, delegations,
    hand::hand,
    model::{Application, refuse, service_levels::ServiceLevels},
    store,
};
use crate::parameters;

/// Refuses with a reason.
pub(super) async fn refuse(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    reason: &str,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
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
