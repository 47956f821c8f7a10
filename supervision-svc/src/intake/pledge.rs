//! Pledges: the whole state with each event.

use chrono::DateTime;
use contracts::{Envelope, PatentId, events::PledgeChanged};

use super::{batch::Rows, month};
use crate::read_model::pledge;

/// `pledge.changed`: the newest state; the day of registration also from an older event that comes late.
pub(super) fn changed(rows: &mut Rows, envelope: &Envelope, event: &PledgeChanged) {
    let id = event.pledge_id.uuid();
    let row = rows.pledges.entry(id).or_insert_with(|| pledge::Model {
        id,
        bank_id: event.bank_id.uuid(),
        bank_name: String::new(),
        enterprise_id: event.enterprise_id.uuid(),
        enterprise_name: String::new(),
        application_id: event.application_id.uuid(),
        status: "unknown".to_owned(),
        registration_number: None,
        secured_fen: 0,
        collateral_fen: 0,
        registered_on: None,
        registered_month: None,
        version: 0,
        changed_at: DateTime::UNIX_EPOCH,
    });
    if event.status == "registered" && row.registered_on.is_none_or(|known| envelope.business_date < known) {
        row.registered_on = Some(envelope.business_date);
        row.registered_month = Some(month(envelope.business_date));
    }
    if envelope.version <= row.version {
        return;
    }
    row.version = envelope.version;
    row.bank_name.clone_from(&event.bank_name);
    row.enterprise_name.clone_from(&event.enterprise_name);
    row.status.clone_from(&event.status);
    row.registration_number.clone_from(&event.registration_number);
    row.secured_fen = event.secured_amount.fen();
    row.collateral_fen = event.collateral_value.fen();
    row.changed_at = envelope.occurred_at;
    rows.pledge_patents.insert(id, event.patents.iter().copied().map(PatentId::uuid).collect());
}
