//! Applications and their decisions.

use chrono::{DateTime, NaiveDate};
use contracts::{
    Envelope,
    events::{ApplicationDecided, ApplicationSubmitted},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{batch::Rows, month};
use crate::read_model::application;

fn unknown(id: Uuid) -> application::Model {
    application::Model {
        id,
        bank_id: Uuid::nil(),
        bank_name: String::new(),
        enterprise_id: Uuid::nil(),
        enterprise_name: String::new(),
        facility_id: None,
        amount_fen: 0,
        approved_fen: 0,
        patents: "[]".to_owned(),
        status: "submitted".to_owned(),
        submitted_on: NaiveDate::default(),
        submitted_month: String::new(),
        decided_on: None,
        decided_month: None,
        decision_days: 0,
        version: 0,
        known: false,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// `application.submitted`: what is asked for. It never undoes a decision that came first.
pub(super) fn submitted(
    rows: &mut Rows,
    envelope: &Envelope,
    event: &ApplicationSubmitted,
) -> Result<(), Fault> {
    let id = event.application_id.uuid();
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    row.known = true;
    row.bank_id = event.bank_id.uuid();
    row.bank_name.clone_from(&event.bank_name);
    row.enterprise_id = event.enterprise_id.uuid();
    row.enterprise_name.clone_from(&event.enterprise_name);
    row.facility_id = event.facility_id.map(contracts::FacilityId::uuid);
    row.amount_fen = event.amount.fen();
    row.patents = serde_json::to_string(&event.patents)?;
    row.submitted_on = envelope.business_date;
    row.submitted_month = month(envelope.business_date);
    row.version = row.version.max(envelope.version);
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    Ok(())
}

/// `application.decided`: the newest decision stands (an approved application may still be withdrawn).
pub(super) fn decided(rows: &mut Rows, envelope: &Envelope, event: &ApplicationDecided) {
    let id = event.application_id.uuid();
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    if row.decided_on.is_some() && envelope.version <= row.version {
        return;
    }
    row.version = row.version.max(envelope.version);
    row.status.clone_from(&event.outcome);
    row.approved_fen = event.approved_amount.fen();
    row.decided_on = Some(envelope.business_date);
    row.decided_month = Some(month(envelope.business_date));
    row.decision_days = event.days;
    row.changed_at = row.changed_at.max(envelope.occurred_at);
}
