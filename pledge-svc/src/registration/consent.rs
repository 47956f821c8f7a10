//! The acts: the pledgee consents to a disposal of pledged patents, or takes its consent back. The catalogue is told,
//! and refuses what nobody consented to.

use contracts::{Actor, ConsentId, Event, PledgeId, events::PledgeConsentGiven};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{
        Consent, Pledge,
        consent::{self, Extent, Giver},
    },
    store::{self, consents, history::NewLine},
};

fn giver(caller: &Caller, tx: &Tx) -> Giver {
    Giver { name: caller.name.clone(), at: tx.now(), on: tx.business_date() }
}

/// Consents.
pub(super) async fn give(
    tx: &mut Tx,
    caller: &Caller,
    id: PledgeId,
    extent: &Extent,
) -> Result<Consent, ActError> {
    let pledge = store::find::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let consent_id = ConsentId::fresh(tx.now());
    let consent = consent::give(&pledge, extent.clone(), consent_id, giver(caller, tx))?;
    consents::insert(tx, &consent).await?;
    told(tx, &caller.actor(), &pledge, &consent, "consent_given").await?;
    Ok(consent)
}

/// Takes a consent back.
pub(super) async fn revoke(
    tx: &mut Tx,
    caller: &Caller,
    (pledge, id): (PledgeId, ConsentId),
    reason: &str,
) -> Result<Consent, ActError> {
    let scope = caller.scope();
    let found = store::find::find(tx.conn(), &scope, pledge).await?.ok_or_else(Problem::not_found)?;
    let given = consents::find(tx.conn(), &scope, pledge, id).await?.ok_or_else(Problem::not_found)?;
    let read_version = given.version;
    let revoked = consent::revoke(given, reason, &giver(caller, tx))?;
    consents::revoked(tx, &revoked, read_version).await?;
    told(tx, &caller.actor(), &found, &revoked, "consent_revoked").await?;
    Ok(revoked)
}

async fn told(
    tx: &mut Tx,
    actor: &Actor,
    pledge: &Pledge,
    consent: &Consent,
    kind: &'static str,
) -> Result<(), Fault> {
    let event = Event::PledgeConsentGiven(PledgeConsentGiven {
        consent_id: consent.id,
        pledge_id: pledge.id,
        bank_id: pledge.bank_id,
        bank_name: pledge.bank_name.clone(),
        enterprise_id: pledge.enterprise_id,
        patents: consent.patents.clone(),
        acts: consent.acts.iter().map(|act| act.name().to_owned()).collect(),
        valid_from: consent.valid_from,
        valid_until: consent.valid_until,
        revoked: consent.revoked_at.is_some(),
    });
    tx.publish([(consent.id.uuid(), consent.version, event)]).await?;
    let details = json!({
        "consent": consent.id, "acts": consent.acts, "patents": consent.patents, "terms": consent.terms,
        "valid_from": consent.valid_from, "valid_until": consent.valid_until,
        "reason": consent.revoke_reason,
    });
    let line = NewLine {
        pledge: pledge.id,
        filing: None,
        on: tx.business_date(),
        kind,
        who: &actor.name,
        details: details.clone(),
    };
    store::history::write(tx, line).await?;
    let action = if consent.revoked_at.is_some() { "pledge.consent_revoke" } else { "pledge.consent_give" };
    tx.audit([AuditEntry::new(actor, action, "pledge", pledge.id).with(details)]).await
}
