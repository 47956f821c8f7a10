//! Applications and their decisions.
//!
//! Status and decision have a version each: an appeal changes the one and leaves the other, unless it has the application
//! assessed anew.

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
        status_version: 0,
        decision_version: 0,
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
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    Ok(())
}

/// `application.decided`: the newest decision stands (an approved application may still be withdrawn or lapse).
pub(super) fn decided(rows: &mut Rows, envelope: &Envelope, event: &ApplicationDecided) {
    let id = event.application_id.uuid();
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    in_status(row, envelope, &event.outcome);
    if envelope.version <= row.decision_version {
        return;
    }
    row.decision_version = envelope.version;
    row.approved_fen = event.approved_amount.fen();
    row.decided_on = Some(envelope.business_date);
    row.decided_month = Some(month(envelope.business_date));
    row.decision_days = event.days;
}

/// The refusal is appealed against; until that is decided it is what was decided.
pub(super) fn appealed(rows: &mut Rows, envelope: &Envelope, id: Uuid) {
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    in_status(row, envelope, "appealed");
}

/// The refusal stands.
pub(super) fn upheld(rows: &mut Rows, envelope: &Envelope, id: Uuid) {
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    in_status(row, envelope, "refused");
}

/// The refusal is lifted: nothing is decided, as if the application had just been submitted.
pub(super) fn reopened(rows: &mut Rows, envelope: &Envelope, id: Uuid) {
    let row = rows.applications.entry(id).or_insert_with(|| unknown(id));
    in_status(row, envelope, "submitted");
    if envelope.version <= row.decision_version {
        return;
    }
    row.decision_version = envelope.version;
    row.approved_fen = 0;
    row.decided_on = None;
    row.decided_month = None;
    row.decision_days = 0;
}

fn in_status(row: &mut application::Model, envelope: &Envelope, status: &str) {
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    if envelope.version > row.status_version {
        row.status_version = envelope.version;
        status.clone_into(&mut row.status);
    }
}
