//! The act: another person than the assessor refuses, and says why.

use contracts::ApplicationId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::Tx;

use super::{
    approve::decided,
    hand::hand,
    model::{Application, refuse},
    store,
};

/// Refuses with a reason.
pub(super) async fn refuse(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    reason: &str,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let refused = refuse::refuse(application, reason, &hand(caller, tx))?;
    store::update(tx, &refused).await?;
    decided(tx, caller, &refused, "application.refuse").await?;
    Ok(refused)
}
