//! Policies and claims.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    Envelope, LoanId, OrgId, PatentId, PolicyId,
    events::{ClaimDeclined, ClaimPaid, ClaimRegistered, ClaimReserved, PolicyBound, PolicyEnded},
};
use finance::Money;
use tx_kit::Fault;
use uuid::Uuid;

use super::{batch::Rows, month, plus};
use crate::read_model::{claim, policy};

fn unknown(id: Uuid, insurer: OrgId) -> policy::Model {
    policy::Model {
        id,
        number: String::new(),
        insurer_id: insurer.uuid(),
        insurer_name: String::new(),
        product: String::new(),
        insured_id: Uuid::nil(),
        insured_name: String::new(),
        patent_id: None,
        loan_id: None,
        beneficiary_id: None,
        limit_fen: 0,
        premium_fen: 0,
        returned_fen: 0,
        starts_on: NaiveDate::default(),
        ends_on: NaiveDate::default(),
        bound_month: String::new(),
        ended_month: None,
        status: "bound".to_owned(),
        known: false,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// `policy.bound`: what is insured. It never undoes an end that came first.
pub(super) fn bound(rows: &mut Rows, envelope: &Envelope, event: &PolicyBound) {
    let id = event.policy_id.uuid();
    let row = rows.policies.entry(id).or_insert_with(|| unknown(id, event.insurer_id));
    row.known = true;
    row.number.clone_from(&event.number);
    row.insurer_name.clone_from(&event.insurer_name);
    row.product.clone_from(&event.product);
    row.insured_id = event.insured_id.uuid();
    row.insured_name.clone_from(&event.insured_name);
    row.patent_id = event.patent_id.map(PatentId::uuid);
    row.loan_id = event.loan_id.map(LoanId::uuid);
    row.beneficiary_id = event.beneficiary_id.map(OrgId::uuid);
    row.limit_fen = event.aggregate_limit.fen();
    row.premium_fen = event.premium.fen();
    row.starts_on = event.starts_on;
    row.ends_on = event.ends_on;
    row.bound_month = month(envelope.business_date);
    row.changed_at = row.changed_at.max(envelope.occurred_at);
}

/// `policy.ended`: cancelled or expired, with what was given back.
pub(super) fn ended(rows: &mut Rows, envelope: &Envelope, event: &PolicyEnded) {
    let id = event.policy_id.uuid();
    let row = rows.policies.entry(id).or_insert_with(|| unknown(id, event.insurer_id));
    row.status.clone_from(&event.status);
    row.returned_fen = event.returned_premium.fen();
    row.ended_month = Some(month(envelope.business_date));
    row.changed_at = row.changed_at.max(envelope.occurred_at);
}

fn claim_row(rows: &mut Rows, id: Uuid, policy: PolicyId, insurer: OrgId) -> &mut claim::Model {
    rows.claims.entry(id).or_insert_with(|| claim::Model {
        id,
        policy_id: policy.uuid(),
        insurer_id: insurer.uuid(),
        reserve_fen: 0,
        paid_fen: 0,
        registered_on: None,
        version: 0,
        changed_at: DateTime::<Utc>::UNIX_EPOCH,
    })
}

/// `claim.registered`: the case reserve.
pub(super) fn claim_registered(rows: &mut Rows, envelope: &Envelope, event: &ClaimRegistered) {
    let row = claim_row(rows, event.claim_id.uuid(), event.policy_id, event.insurer_id);
    row.registered_on = Some(envelope.business_date);
    reserved(row, envelope, event.reserve);
}

/// `claim.reserved`: what the insurer expects to pay, once the claim was assessed or approved.
pub(super) fn claim_reserved(rows: &mut Rows, envelope: &Envelope, event: &ClaimReserved) {
    let row = claim_row(rows, event.claim_id.uuid(), event.policy_id, event.insurer_id);
    reserved(row, envelope, event.reserve);
}

/// `claim.declined`: nothing is expected to be paid any more.
pub(super) fn claim_declined(rows: &mut Rows, envelope: &Envelope, event: &ClaimDeclined) {
    let row = claim_row(rows, event.claim_id.uuid(), event.policy_id, event.insurer_id);
    reserved(row, envelope, Money::ZERO);
}

/// The newest reserve counts, in whatever order the events come.
fn reserved(row: &mut claim::Model, envelope: &Envelope, reserve: Money) {
    if envelope.version > row.version {
        row.reserve_fen = reserve.fen();
        row.version = envelope.version;
    }
    row.changed_at = row.changed_at.max(envelope.occurred_at);
}

/// `claim.paid`: payments add up.
pub(super) fn claim_paid(rows: &mut Rows, envelope: &Envelope, event: &ClaimPaid) -> Result<(), Fault> {
    let row = claim_row(rows, event.claim_id.uuid(), event.policy_id, event.insurer_id);
    row.paid_fen = plus(row.paid_fen, event.amount.fen())?;
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    Ok(())
}
