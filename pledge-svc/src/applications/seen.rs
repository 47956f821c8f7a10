//! An application as its caller has seen it.

use contracts::ApplicationId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::Tx;

use super::{Application, store};

/// The application that a step is taken on, at the version that the caller has seen where one was named. What changes it
/// meanwhile is found by [`store::update`], which writes no other version than the one read here.
///
/// # Errors
/// It is not there for the caller, it has changed since (412), or a fault.
pub(super) async fn find_seen(
    tx: &Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(application.version)?;
    Ok(application)
}
