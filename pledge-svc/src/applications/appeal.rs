//! The acts: the enterprise appeals against a refusal; another approver upholds it or has the application assessed anew.

use contracts::ApplicationId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    delegations,
    hand::hand,
    model::{Application, appeal, service_levels::ServiceLevels},
    store,
};
use crate::parameters;

/// A step of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Appeal,
    Uphold,
    Reopen,
}

/// Takes the step, with its reason.
pub(super) async fn take(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    step: Step,
    reason: &str,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let levels: ServiceLevels =
        parameters::current(tx.conn(), application.bank_id, tx.business_date()).await?;
    let by = hand(caller, tx);
    let (next, action) = match step {
        Step::Appeal => (appeal::appeal(application, reason, &levels, &by)?, "application.appeal"),
        Step::Uphold => (appeal::uphold(application, reason, &by)?, "application.uphold"),
        Step::Reopen => (appeal::reopen(application, reason, &levels, &by)?, "application.reopen"),
    };
    store::update(tx, &next).await?;
    if step != Step::Appeal {
        delegations::known(tx, caller).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), action, "application", id)
        .with(serde_json::json!({ "appeal": next.appeal }));
    tx.audit([entry]).await?;
    Ok(next)
}
