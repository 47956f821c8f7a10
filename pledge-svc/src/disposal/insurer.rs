//! What insurers pay and refuse under policies that guarantee a loan, held against the bank's claims on them: at once where
//! the loss is shared, at its sharing where the money came before. What nothing claims takes no part of the loan's account:
//! it stays the insurer's, in its own account at the bank, until people have settled what it is for.
//!
//! Locks: facility, member, loan, case, then the claims at the insurer.

use contracts::{Event, OrgKind, PolicyId, UserId, events::CompensationReturned};
use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    events::{Act, tell},
    model::{
        Case, Claim, Guarantee, InsurerClaim, Refusal,
        claim::compensated,
        insurer::{Answerer, Stage, all_declined, matched, returned, room},
    },
    settle::pay,
    store,
};
use crate::loan::{Held, LoanStatus};

/// An insurer as it appears in the bank's own rows: its payment enters the bank's book, and the bank's auditor reads who
/// brought it about.
pub(super) fn in_the_banks_book(policy: &Guarantee) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::nil()),
        name: policy.insurer_name.clone(),
        tenant: policy.bank_id,
        tenant_name: policy.insurer_name.clone(),
        org_kind: OrgKind::Bank,
        roles: Vec::new(),
    }
}

/// Once a loss is shared: what insurers paid or refused before settles the claims on them. Once the loan is off the books or
/// its case over: what still waits is put before people.
///
/// # Errors
/// The database's fault.
pub(super) async fn settle_heard(tx: &mut Tx, held: &mut Held, case: &Case) -> Result<(), ActError> {
    let mut found = store::list_guarantees(tx.conn(), &Scope::system(), &[case.loan_id]).await?;
    for policy in found.remove(&case.loan_id).unwrap_or_default() {
        settle_under(tx, held, &policy).await?;
    }
    Ok(())
}

/// Holds what was heard of the claims under a policy against the bank's claim on its insurer. The loan is held.
///
/// # Errors
/// The database's fault.
pub(super) async fn settle_under(tx: &mut Tx, held: &mut Held, policy: &Guarantee) -> Result<(), ActError> {
    let system = Scope::system();
    let open = match store::find_open(tx.conn(), &system, held.id()).await? {
        None => None,
        Some(seen) => store::lock(tx, seen.id).await?,
    };
    let rows = store::lock_insurer_claims(tx, policy.policy_id).await?;
    let stage = Stage::of(held.status == LoanStatus::Active, open.as_ref());
    let claims = match &open {
        Some(case) if stage == Stage::Sharing => store::list_claims(tx.conn(), &system, case.id).await?,
        _ => Vec::new(),
    };
    let claim = claims.into_iter().find(|claim| claim.policy_id == Some(policy.policy_id));
    let caller = in_the_banks_book(policy);
    match (open, claim) {
        (Some(case), Some(claim)) => settle(tx, (&caller, policy), held, (&case, claim), &rows).await,
        _ => {
            for row in &rows {
                let after = matched(row, stage, None).map_err(Refusal::from)?;
                write(tx, &caller, row, &after).await?;
            }
            Ok(())
        }
    }
}

/// Settles a claim of a case that shares its loss by what the insurer paid, or declines it once the insurer has refused.
async fn settle(
    tx: &mut Tx,
    (caller, policy): (&Caller, &Guarantee),
    held: &mut Held,
    (case, mut claim): (&Case, Claim),
    rows: &[InsurerClaim],
) -> Result<(), ActError> {
    let on = tx.business_date();
    let by = Answerer { insurer: &policy.insurer_name, policy: &policy.number };
    let mut now = case.clone();
    for row in rows {
        let owed = if held.status == LoanStatus::Active {
            held.owed.total().map_err(Refusal::from)?
        } else {
            Money::ZERO
        };
        let amount = row.unsettled().min(room(&claim, &now, owed));
        let mut taken = None;
        if amount.is_positive() {
            let paid = claim.paid_by(by, amount, on)?;
            store::update_claim(tx, &paid, claim.version).await?;
            pay(tx, caller, held, &paid, amount).await?;
            now = compensated(&now, amount)?;
            told(tx, caller, "compensation.insurer_paid", &paid, amount).await?;
            taken = Some((paid.id, amount));
            claim = paid;
        }
        let after = matched(row, Stage::Sharing, taken).map_err(Refusal::from)?;
        write(tx, caller, row, &after).await?;
    }
    if claim.status.is_open() && all_declined(rows) {
        let reason = rows.iter().rev().find_map(|row| row.reason.as_deref());
        let declined = claim.refused_by(by, reason, on)?;
        store::update_claim(tx, &declined, claim.version).await?;
        now = compensated(&now, Money::ZERO)?;
        told(tx, caller, "compensation.insurer_declined", &declined, Money::ZERO).await?;
    }
    if now.version != case.version {
        store::update_case(tx, &now, case.version).await?;
        tell(tx, Act::Compensation, &case.money, &now).await?;
    }
    Ok(())
}

async fn told(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    claim: &Claim,
    amount: Money,
) -> Result<(), Fault> {
    let entry =
        AuditEntry::new(&caller.actor(), action, "disposal_claim", claim.id).with(serde_json::json!({
            "status": claim.status, "amount": amount, "paid": claim.paid, "policy": claim.policy_id,
            "reason": claim.reason,
        }));
    tx.audit([entry]).await
}

/// Writes what became of an insurer's claim; one whose money found nothing to settle is put before the bank's auditor.
async fn write(
    tx: &mut Tx,
    caller: &Caller,
    before: &InsurerClaim,
    after: &InsurerClaim,
) -> Result<(), Fault> {
    if before.version == after.version {
        return Ok(());
    }
    store::write_insurer_claim(tx, after).await?;
    let entry = AuditEntry::new(&caller.actor(), "insurer_claim.match", "insurer_claim", after.claim_id)
        .with(serde_json::json!({
            "status": after.status, "paid": after.paid, "applied": after.applied, "policy": after.policy_id,
        }));
    tx.audit([entry]).await
}

/// Tells an insurer what of a recovery is its: a part for each of its claims that paid the loan.
///
/// # Errors
/// A fault where its claims have paid less than goes back; the database's.
pub(super) async fn hand_back(
    tx: &mut Tx,
    case: &Case,
    (claim, policy): (&Claim, PolicyId),
    amount: Money,
) -> Result<(), Fault> {
    let rows = store::lock_insurer_claims(tx, policy).await?;
    let parts = returned(&rows, amount)
        .map_err(|refusal| Fault::Invariant(format!("recovery of claim {}: {refusal}", claim.id)))?;
    let mut events = Vec::with_capacity(parts.len());
    for (row, part) in parts {
        store::write_insurer_claim(tx, &row).await?;
        let event = CompensationReturned {
            claim_id: row.claim_id,
            policy_id: row.policy_id,
            insurer_id: row.insurer_id,
            compensation_id: claim.id,
            compensation_number: claim.number.clone(),
            case_id: case.id,
            loan_id: case.loan_id,
            bank_id: case.bank_id,
            bank_name: case.bank_name.clone(),
            amount: part,
        };
        events.push((row.claim_id.uuid(), row.version, Event::CompensationReturned(event)));
    }
    tx.publish(events).await
}
