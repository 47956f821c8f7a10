//! The act: another person than the assessor approves, and the amount is held on the facility and the member's
//! sub-limit in the same transaction.

use contracts::{ApplicationId, Event, events::ApplicationDecided};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    hand::hand,
    model::{Application, approve},
    store,
    submit::terms,
};
use crate::{facility, registration};

/// Approves for the amount named, or for the one recommended.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    amount: Option<Money>,
    comment: &str,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let (facility_id, enterprise) = (application.facility_id, application.enterprise_id);
    let line = facility::find_for_application(tx.conn(), &caller.scope(), facility_id, enterprise)
        .await?
        .ok_or_else(Problem::not_found)?;
    let held = registration::live_by_patent(tx.conn(), &application.patent_ids()).await?;
    let by = hand(caller, tx);
    let approved = approve::approve(application, amount, comment, &terms(&line), &held, &by)?;
    let granted = approved.approved_amount_or_zero();
    facility::reserve(tx, facility_id, enterprise, granted, &caller.actor()).await?;
    store::update(tx, &approved).await?;
    decided(tx, caller, &approved, "application.approve").await?;
    Ok(approved)
}

/// Tells the others that an application has ended, and writes who ended it.
pub(super) async fn decided(
    tx: &mut Tx,
    caller: &Caller,
    application: &Application,
    action: &'static str,
) -> Result<(), Fault> {
    let event = Event::ApplicationDecided(ApplicationDecided {
        application_id: application.id,
        bank_id: application.bank_id,
        enterprise_id: application.enterprise_id,
        outcome: application.status.name().to_owned(),
        approved_amount: application.approved_amount_or_zero(),
        days: application.days_until(tx.business_date()),
    });
    tx.publish([(application.id.uuid(), application.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), action, "application", application.id)
        .with(serde_json::json!({ "decision": application.decision }));
    tx.audit([entry]).await
}
