//! Disposal cases: the whole state with each event, and what each act moved.

use contracts::{Envelope, events::DisposalCaseChanged};
use sea_orm::ActiveValue::Set;

use super::{batch::Rows, month};
use crate::read_model::{disposal_case, disposal_movement};

/// `disposal.case_changed`: the newest state stands; what an act moved counts whatever the order.
pub(super) fn changed(rows: &mut Rows, envelope: &Envelope, event: &DisposalCaseChanged) {
    let id = event.case_id.uuid();
    if event.amount.is_positive() {
        rows.disposal_movements.push(disposal_movement::ActiveModel {
            id: Set(envelope.id.uuid()),
            case_id: Set(id),
            bank_id: Set(event.bank_id.uuid()),
            kind: Set(event.act.clone()),
            amount_fen: Set(event.amount.fen()),
            moved_on: Set(envelope.business_date),
            moved_month: Set(month(envelope.business_date)),
        });
    }
    if rows.disposal_cases.get(&id).is_some_and(|known| envelope.version <= known.version) {
        return;
    }
    let row = disposal_case::Model {
        id,
        number: event.number.clone(),
        loan_id: event.loan_id.uuid(),
        loan_number: event.loan_number.clone(),
        facility_id: event.facility_id.uuid(),
        bank_id: event.bank_id.uuid(),
        bank_name: event.bank_name.clone(),
        enterprise_id: event.enterprise_id.uuid(),
        enterprise_name: event.enterprise_name.clone(),
        cause: event.cause.clone(),
        status: event.status.clone(),
        outcome: event.outcome.clone(),
        opened_on: event.opened_on,
        opened_month: month(event.opened_on),
        closed_on: event.closed_on,
        claim_fen: event.claim.fen(),
        costs_fen: event.costs.fen(),
        reimbursed_fen: event.reimbursed.fen(),
        proceeds_fen: event.proceeds.fen(),
        repaid_fen: event.repaid.fen(),
        loss_fen: event.loss.fen(),
        compensated_fen: event.compensated.fen(),
        written_off_fen: event.written_off.fen(),
        written_back_fen: event.written_back.fen(),
        recovered_fen: event.recovered.fen(),
        own_back_fen: event.own_back.fen(),
        extra_fen: event.extra.fen(),
        returned_fen: event.returned.fen(),
        surplus_fen: event.surplus.fen(),
        version: envelope.version,
        changed_at: envelope.occurred_at,
    };
    rows.disposal_cases.insert(id, row);
}
