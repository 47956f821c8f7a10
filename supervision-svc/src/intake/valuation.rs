//! Valuations, each of them kept, and the legal status of patents.

use contracts::{
    Envelope,
    events::{LegalStatusChanged, ValuationCompleted},
};
use sea_orm::ActiveValue::Set;

use super::batch::Rows;
use crate::read_model::{patent_status, valuation};

/// `valuation.completed`
pub(super) fn completed(rows: &mut Rows, envelope: &Envelope, event: &ValuationCompleted) {
    rows.valuations.push(valuation::ActiveModel {
        id: Set(event.valuation_id.uuid()),
        tenant: Set(event.tenant.uuid()),
        tenant_name: Set(event.tenant_name.clone()),
        patent_id: Set(event.patent_id.uuid()),
        patent_number: Set(event.patent_number.clone()),
        patent_title: Set(event.patent_title.clone()),
        industry: Set(event.industry.clone()),
        purpose: Set(event.purpose.clone()),
        score_hundredths: Set(event.score_hundredths.into()),
        grade: Set(event.grade.clone()),
        low_fen: Set(event.low.fen()),
        value_fen: Set(event.value.fen()),
        high_fen: Set(event.high.fen()),
        collateral_fen: Set(event.collateral_value.fen()),
        maximum_loan_fen: Set(event.maximum_loan.fen()),
        valuation_date: Set(event.valuation_date),
        valid_until: Set(event.valid_until),
        model_version: Set(event.model_version.clone()),
        completed_at: Set(envelope.occurred_at),
    });
}

/// `patent.legal_status_changed`: the newest status.
pub(super) fn legal_status_changed(rows: &mut Rows, envelope: &Envelope, event: &LegalStatusChanged) {
    let id = event.patent_id.uuid();
    let known = rows.patents.get(&id).map_or(0, |row| row.version);
    if envelope.version <= known {
        return;
    }
    rows.patents.insert(
        id,
        patent_status::Model {
            patent_id: id,
            patent_number: event.patent_number.clone(),
            status: event.to.clone(),
            effective: event.effective,
            version: envelope.version,
            changed_at: envelope.occurred_at,
        },
    );
}
