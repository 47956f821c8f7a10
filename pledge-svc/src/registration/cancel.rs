//! The act: the pledge is cancelled once nothing is outstanding; its patents are free again, and what was
//! still held on the line is let go of.

use contracts::PledgeId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{Fault, Tx};

use super::{
    model::{Pledge, cancel},
    store,
    submit::changed,
};
use crate::{applications, facility};

/// Cancels with a reason.
pub(super) async fn cancel(
    tx: &mut Tx,
    caller: &Caller,
    id: PledgeId,
    reason: &str,
) -> Result<Pledge, ActError> {
    let pledge = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let outstanding =
        facility::member_outstanding(tx.conn(), pledge.facility_id, pledge.enterprise_id).await?;
    let cancelled = cancel::cancel(pledge, outstanding, reason, tx.business_date())?;
    store::update(tx, &cancelled).await?;
    let application = applications::find(tx.conn(), &caller.scope(), cancelled.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {id}")))?;
    applications::let_go(tx, application, &caller.actor()).await?;
    changed(tx, caller, &cancelled, "pledge.cancel").await?;
    Ok(cancelled)
}
