//! The acts: the enterprise appeals against a refusal; another approver upholds it or has the application assessed anew.

use contracts::{
    ApplicationId, Event,
    clock::china_date,
    events::{AppealDecided, ApplicationAppealed},
};
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    delegations,
    hand::hand,
    model::{
        Application,
        appeal::{self, Appeal, AppealOutcome},
        service_levels::ServiceLevels,
    },
    seen::find_seen,
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
    seen: IfMatch,
    step: Step,
    reason: &str,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let levels: ServiceLevels =
        parameters::current(tx.conn(), application.bank_id, tx.business_date()).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let (next, action) = match step {
        Step::Appeal => (appeal::appeal(application, reason, &levels, &by)?, "application.appeal"),
        Step::Uphold => (appeal::uphold(application, reason, &by)?, "application.uphold"),
        Step::Reopen => (appeal::reopen(application, reason, &levels, &by)?, "application.reopen"),
    };
    store::update(tx, &next).await?;
    if let Some(appeal) = &next.appeal {
        tell(tx, &next, appeal).await?;
    }
    if step != Step::Appeal {
        delegations::known(tx, caller).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), action, "application", id)
        .with(serde_json::json!({ "appeal": next.appeal }));
    tx.audit([entry]).await?;
    Ok(next)
}

/// Tells the others that an appeal was made, or how it was decided.
async fn tell(tx: &mut Tx, application: &Application, appeal: &Appeal) -> Result<(), Fault> {
    let event = match appeal.outcome {
        None => Event::ApplicationAppealed(ApplicationAppealed {
            application_id: application.id,
            number: application.number.clone(),
            bank_id: application.bank_id,
            bank_name: application.bank_name.clone(),
            enterprise_id: application.enterprise_id,
            enterprise_name: application.enterprise_name.clone(),
            amount: application.amount,
            refused_on: china_date(appeal.refused_at),
            due_on: application.clock.map(|clock| clock.due_on),
        }),
        Some(outcome) => Event::AppealDecided(AppealDecided {
            application_id: application.id,
            bank_id: application.bank_id,
            enterprise_id: application.enterprise_id,
            outcome: match outcome {
                AppealOutcome::Upheld => "upheld",
                AppealOutcome::Reopened => "reopened",
            }
            .to_owned(),
            days: (tx.business_date() - china_date(appeal.at)).num_days(),
        }),
    };
    tx.publish([(application.id.uuid(), application.version, event)]).await
}
