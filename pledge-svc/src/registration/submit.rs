//! The act: the bank sends the pledge of an approved application to the register.

use contracts::{ApplicationId, Event, PledgeId, events::PledgeChanged};
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    carried::live_by_patent,
    model::{Pledge, Refusal, submit},
    store,
};
use crate::applications::{self, Application, Considered, Finding, grounds, hand, model::PatentFacts};

/// Makes the pledge. `facts` are the patents as the catalogue shows them now.
pub(super) async fn submit_pledge(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    facts: &[PatentFacts],
) -> Result<Pledge, ActError> {
    let application =
        applications::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if application.pledge_id.is_some() {
        return Err(Refusal::PledgeExists.into());
    }
    let findings = examined(tx, &application, facts, None).await?;
    let pledge_id = PledgeId::fresh(tx.now());
    let pledge_number = contracts::number("P", tx.business_date(), pledge_id.uuid());
    let pledge = submit::submit(&application, &findings, pledge_id, pledge_number, &hand(caller, tx))?;
    store::insert(tx, &pledge).await?;
    applications::record_pledge(tx, application, pledge_id).await?;
    changed(tx, caller, &pledge, "pledge.submit").await?;
    Ok(pledge)
}

/// The grounds against the patents of an application today; a pledge that exists is not in its own way.
pub(super) async fn examined(
    tx: &Tx,
    application: &Application,
    facts: &[PatentFacts],
    itself: Option<PledgeId>,
) -> Result<Vec<Finding>, Fault> {
    let held = live_by_patent(tx.conn(), &application.patent_ids()).await?;
    let considered = Considered {
        pledgor: application.enterprise_id,
        tenor_months: application.tenor_months,
        on: tx.business_date(),
        held: &held,
        itself,
    };
    Ok(grounds(facts, considered))
}

/// Tells the others of the pledge's new state, and writes who brought it about.
pub(super) async fn changed(
    tx: &mut Tx,
    caller: &Caller,
    pledge: &Pledge,
    action: &'static str,
) -> Result<(), Fault> {
    let event = Event::PledgeChanged(PledgeChanged {
        pledge_id: pledge.id,
        bank_id: pledge.bank_id,
        bank_name: pledge.bank_name.clone(),
        enterprise_id: pledge.enterprise_id,
        enterprise_name: pledge.enterprise_name.clone(),
        application_id: pledge.application_id,
        status: pledge.status.name().to_owned(),
        registration_number: pledge.registration_number.clone(),
        secured_amount: pledge.secured_amount,
        collateral_value: pledge.collateral_value,
        patents: pledge.patents.iter().map(|patent| patent.patent_id).collect(),
    });
    tx.publish([(pledge.id.uuid(), pledge.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), action, "pledge", pledge.id).with(serde_json::json!({
        "status": pledge.status,
        "registration_number": pledge.registration_number,
        "reason": pledge.cancel_reason,
    }));
    tx.audit([entry]).await
}
