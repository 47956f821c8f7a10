//! Funds and their agreements: the whole state with each event, and every movement of money.

use contracts::{
    CompensationId, Envelope, FacilityId, FundAgreementId, OrgId,
    events::{FundAgreementChanged, FundChanged},
};
use sea_orm::ActiveValue::Set;

use super::{batch::Rows, month};
use crate::read_model::{fund, fund_agreement, fund_movement};

/// `fund.changed`: the newest state of the account; each movement is a line of its own.
pub(super) fn changed(rows: &mut Rows, envelope: &Envelope, event: &FundChanged) {
    let id = event.fund_id.uuid();
    if let Some(moved) = &event.movement {
        rows.fund_movements.push(fund_movement::ActiveModel {
            id: Set(moved.entry_id.uuid()),
            fund_id: Set(id),
            agreement_id: Set(moved.agreement_id.map(FundAgreementId::uuid)),
            bank_id: Set(moved.bank_id.map(OrgId::uuid)),
            kind: Set(moved.kind.clone()),
            amount_fen: Set(moved.amount.fen()),
            balance_fen: Set(moved.balance.fen()),
            claim_id: Set(moved.claim_id.map(CompensationId::uuid)),
            party: Set(moved.party.clone()),
            reference: Set(moved.reference.clone()),
            booked_on: Set(envelope.business_date),
            booked_month: Set(month(envelope.business_date)),
        });
    }
    if rows.funds.get(&id).is_some_and(|known| envelope.version <= known.version) {
        return;
    }
    let row = fund::Model {
        id,
        name: event.name.clone(),
        sponsor: event.sponsor.clone(),
        opened_on: event.opened_on,
        capital_fen: event.capital.fen(),
        paid_fen: event.paid.fen(),
        recovered_fen: event.recovered.fen(),
        committed_fen: event.committed.fen(),
        version: envelope.version,
        changed_at: envelope.occurred_at,
    };
    rows.funds.insert(id, row);
}

/// `fund.agreement_changed`: the newest state.
pub(super) fn agreement_changed(rows: &mut Rows, envelope: &Envelope, event: &FundAgreementChanged) {
    let id = event.agreement_id.uuid();
    if rows.fund_agreements.get(&id).is_some_and(|known| envelope.version <= known.version) {
        return;
    }
    let row = fund_agreement::Model {
        id,
        number: event.number.clone(),
        fund_id: event.fund_id.uuid(),
        fund_name: event.fund_name.clone(),
        bank_id: event.bank_id.uuid(),
        bank_name: event.bank_name.clone(),
        facility_id: event.facility_id.map(FacilityId::uuid),
        facility_name: event.facility_name.clone(),
        commitment_fen: event.commitment.fen(),
        leverage_max: event.leverage_max.to_string(),
        share_max: event.share_max.to_string(),
        threshold: event.threshold.to_string(),
        starts_on: event.starts_on,
        ends_on: event.ends_on,
        status: event.status.clone(),
        stop_cause: event.stop_cause.clone(),
        stop_ratio: event.stop_ratio.map(|ratio| ratio.to_string()),
        stopped_on: event.stopped_on,
        paid_fen: event.paid.fen(),
        returned_fen: event.returned.fen(),
        pending_fen: event.pending.fen(),
        version: envelope.version,
        changed_at: envelope.occurred_at,
    };
    rows.fund_agreements.insert(id, row);
}
