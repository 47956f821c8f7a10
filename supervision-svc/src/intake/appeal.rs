//! Appeals against refusals, and what they do to the application: one appeal of an application, made and decided once.

use chrono::{DateTime, NaiveDate};
use contracts::{
    Envelope,
    events::{AppealDecided, ApplicationAppealed},
};
use uuid::Uuid;

use super::{application, batch::Rows, month};
use crate::read_model::appeal;

fn unknown(id: Uuid, bank_id: Uuid, enterprise_id: Uuid) -> appeal::Model {
    appeal::Model {
        application_id: id,
        number: String::new(),
        bank_id,
        bank_name: String::new(),
        enterprise_id,
        enterprise_name: String::new(),
        amount_fen: 0,
        refused_on: NaiveDate::default(),
        made_on: NaiveDate::default(),
        made_month: String::new(),
        due_on: None,
        outcome: None,
        decided_on: None,
        days: 0,
        known: false,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// `application.appealed`: what is appealed against; the application waits for the decision.
pub(super) fn made(rows: &mut Rows, envelope: &Envelope, event: &ApplicationAppealed) {
    let id = event.application_id.uuid();
    let (bank, enterprise) = (event.bank_id.uuid(), event.enterprise_id.uuid());
    let row = rows.appeals.entry(id).or_insert_with(|| unknown(id, bank, enterprise));
    row.known = true;
    row.number.clone_from(&event.number);
    row.bank_name.clone_from(&event.bank_name);
    row.enterprise_name.clone_from(&event.enterprise_name);
    row.amount_fen = event.amount.fen();
    row.refused_on = event.refused_on;
    row.made_on = envelope.business_date;
    row.made_month = month(envelope.business_date);
    row.due_on = event.due_on;
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    application::appealed(rows, envelope, id);
}

/// `application.appeal_decided`: the refusal stands, or the application is assessed anew.
pub(super) fn decided(rows: &mut Rows, envelope: &Envelope, event: &AppealDecided) {
    let id = event.application_id.uuid();
    let (bank, enterprise) = (event.bank_id.uuid(), event.enterprise_id.uuid());
    let row = rows.appeals.entry(id).or_insert_with(|| unknown(id, bank, enterprise));
    row.outcome = Some(event.outcome.clone());
    row.decided_on = Some(envelope.business_date);
    row.days = event.days;
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    if event.outcome == "reopened" {
        application::reopened(rows, envelope, id);
    } else {
        application::upheld(rows, envelope, id);
    }
}
