//! Between rows and what the rules see.

use contracts::{MovementId, OrgId, UserId};
use finance::Money;
use tx_kit::Fault;

use super::entities::{claim, scheme};
use crate::subsidies::model::{Claim, ClaimStatus, Object, Scheme, SchemeStatus};

/// A scheme of a row.
pub(super) fn scheme_of(row: scheme::Model) -> Result<Scheme, Fault> {
    let status = SchemeStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of scheme {}", row.status, row.id)))?;
    Ok(Scheme {
        id: row.id.into(),
        fund_id: row.fund_id.into(),
        fund_name: row.fund_name,
        terms: serde_json::from_str(&row.terms)?,
        status,
        funded: Money::from_fen(row.funded_fen),
        paid: Money::from_fen(row.paid_fen),
        maker_id: row.maker_id.into(),
        maker: row.maker,
        checker: row.checker,
        reason: row.reason,
        created_at: row.created_at,
        version: row.version,
    })
}

/// The row of a scheme.
pub(super) fn scheme_row(one: &Scheme) -> Result<scheme::Model, Fault> {
    Ok(scheme::Model {
        id: one.id.uuid(),
        fund_id: one.fund_id.uuid(),
        fund_name: one.fund_name.clone(),
        name: one.terms.name.clone(),
        kind: one.terms.kind.name().to_owned(),
        terms: serde_json::to_string(&one.terms)?,
        valid_from: one.terms.valid_from,
        valid_until: one.terms.valid_until,
        status: one.status.name().to_owned(),
        funded_fen: one.funded.fen(),
        paid_fen: one.paid.fen(),
        maker_id: one.maker_id.uuid(),
        maker: one.maker.clone(),
        checker: one.checker.clone(),
        reason: one.reason.clone(),
        created_at: one.created_at,
        version: one.version,
    })
}

/// A claim of a row.
pub(super) fn claim_of(row: claim::Model) -> Result<Claim, Fault> {
    let status = ClaimStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of subsidy claim {}", row.status, row.id)))?;
    Ok(Claim {
        id: row.id.into(),
        number: row.number,
        scheme_id: row.scheme_id.into(),
        scheme_name: row.scheme_name,
        fund_id: row.fund_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        bank_id: row.bank_id.map(OrgId::from_uuid),
        bank_name: row.bank_name,
        object: serde_json::from_str(&row.object)?,
        year: row.claim_year,
        basis: Money::from_fen(row.basis_fen),
        computed: Money::from_fen(row.computed_fen),
        amount: Money::from_fen(row.amount_fen),
        status,
        maker_id: row.maker_id.into(),
        maker: row.maker,
        decided_by_id: row.decided_by_id.map(UserId::from_uuid),
        decided_by: row.decided_by,
        reason: row.reason,
        paid_by: row.paid_by,
        paid_on: row.paid_on,
        payment_id: row.payment_id.map(MovementId::from_uuid),
        credit_id: row.credit_id.map(MovementId::from_uuid),
        created_at: row.created_at,
        decided_at: row.decided_at,
        version: row.version,
    })
}

/// The row of a claim.
pub(super) fn claim_row(one: &Claim) -> Result<claim::Model, Fault> {
    let (loan_id, policy_id) = match &one.object {
        Object::Interest { loan_id, .. } => (Some(loan_id.uuid()), None),
        Object::Premium { policy_id, .. } => (None, Some(policy_id.uuid())),
    };
    Ok(claim::Model {
        id: one.id.uuid(),
        number: one.number.clone(),
        scheme_id: one.scheme_id.uuid(),
        scheme_name: one.scheme_name.clone(),
        fund_id: one.fund_id.uuid(),
        enterprise_id: one.enterprise_id.uuid(),
        enterprise_name: one.enterprise_name.clone(),
        bank_id: one.bank_id.map(OrgId::uuid),
        bank_name: one.bank_name.clone(),
        kind: one.object.kind().name().to_owned(),
        loan_id,
        policy_id,
        object: serde_json::to_string(&one.object)?,
        claim_year: one.year,
        basis_fen: one.basis.fen(),
        computed_fen: one.computed.fen(),
        amount_fen: one.amount.fen(),
        status: one.status.name().to_owned(),
        maker_id: one.maker_id.uuid(),
        maker: one.maker.clone(),
        decided_by_id: one.decided_by_id.map(UserId::uuid),
        decided_by: one.decided_by.clone(),
        reason: one.reason.clone(),
        paid_by: one.paid_by.clone(),
        paid_on: one.paid_on,
        payment_id: one.payment_id.map(MovementId::uuid),
        credit_id: one.credit_id.map(MovementId::uuid),
        created_at: one.created_at,
        decided_at: one.decided_at,
        version: one.version,
    })
}
