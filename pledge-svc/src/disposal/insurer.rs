//! What insurers pay and refuse under policies that guarantee a loan, held against the bank's claims on them: at once where
//! the loss is shared, at its sharing where the money came before, and once the loan is off the books as a recovery of it
//! (`model/late.rs`). What nothing claims takes no part of the loan's account: the bank owes it to the insurer
//! (`loan.insurer_money`) until two people have matched it or given it back (`insurer_money.rs`).
//!
//! Locks: facility, member, loan, case, then the claims at the insurer.

use contracts::{Event, LoanId, OrgKind, UserId, events::CompensationReturned};
use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    carry_out::about,
    events::{Act, tell},
    model::{
        Case, CaseStatus, Claim, Guarantee, InsurerClaim, Refusal,
        claim::compensated,
        insurer::{Answerer, Stage, all_declined, matched, returned, room},
        late::{compensated_late, late_room},
    },
    notes, postings,
    settle::{came_back, pay},
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
    settle_all(tx, held, case.loan_id).await
}

async fn settle_all(tx: &mut Tx, held: &mut Held, loan: LoanId) -> Result<(), ActError> {
    let mut found = store::list_guarantees(tx.conn(), &Scope::system(), &[loan]).await?;
    for policy in found.remove(&loan).unwrap_or_default() {
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
        Some(case) if matches!(stage, Stage::Sharing | Stage::OffBooks) => {
            store::list_claims(tx.conn(), &system, case.id).await?
        }
        _ => Vec::new(),
    };
    let claim = claims.into_iter().find(|claim| claim.policy_id == Some(policy.policy_id));
    let caller = in_the_banks_book(policy);
    match (open, claim) {
        (Some(case), Some(claim)) => settle(tx, (&caller, policy), held, (&case, claim), &rows).await?,
        _ => {
            for row in &rows {
                let after = matched(row, stage, None).map_err(Refusal::from)?;
                write(tx, &caller, row, &after).await?;
            }
        }
    }
    for row in store::lock_insurer_claims(tx, policy.policy_id).await? {
        book_held(tx, held, &row).await?;
    }
    Ok(())
}

/// The lead's book shows as owed to the insurer what of its money waits or settled nothing.
pub(super) async fn book_held(tx: &mut Tx, held: &Held, row: &InsurerClaim) -> Result<(), Fault> {
    let owed = row.unsettled();
    let Some(movement) = postings::insurer_money(about(held), row.held, owed)? else { return Ok(()) };
    ledger::store::post(tx, &[movement]).await?;
    let after = InsurerClaim { held: owed, version: row.version + 1, ..row.clone() };
    store::write_insurer_claim(tx, &after).await
}

/// Once a loan has ended, whoever paid it and whatever settled it: what insurers paid on it and waited for a loss is
/// released and put before people. Every act that may end a loan asks for it last; of a loan on the books nothing changes.
///
/// # Errors
/// The database's fault.
pub(crate) async fn release_waiting(tx: &mut Tx, held: &mut Held) -> Result<(), ActError> {
    if held.status == LoanStatus::Active {
        return Ok(());
    }
    let loan = held.id();
    settle_all(tx, held, loan).await
}

/// What a claim takes of an insurer's money, and the case and the claim afterwards.
pub(super) struct Took {
    /// How much.
    pub amount: Money,
    /// The case.
    pub case: Case,
    /// The claim.
    pub claim: Claim,
}

/// Lets a claim take as much of an amount as it has room for: as a payment on the loan while its loss is shared, as a
/// recovery once it is off the books. The case's row is the caller's. `None` where there is no room.
pub(super) async fn take(
    tx: &mut Tx,
    (caller, by): (&Caller, Answerer<'_>),
    held: &mut Held,
    (case, claim): (&Case, &Claim),
    amount: Money,
) -> Result<Option<Took>, ActError> {
    let on_books = case.status == CaseStatus::Sharing;
    let most = match (on_books, held.status) {
        (true, LoanStatus::Active) => room(claim, case, held.owed.total().map_err(Refusal::from)?),
        (true, _) => Money::ZERO,
        (false, _) => late_room(claim, case),
    };
    let amount = amount.min(most);
    if !amount.is_positive() {
        return Ok(None);
    }
    let paid = claim.paid_by(by, amount, tx.business_date())?;
    store::update_claim(tx, &paid, claim.version).await?;
    let after = if on_books {
        pay(tx, caller, held, &paid, amount).await?;
        compensated(case, amount)?
    } else {
        let (after, late) = compensated_late(case, amount)?;
        came_back(tx, held, late).await?;
        after
    };
    told(tx, caller, "compensation.insurer_paid", &paid, amount).await?;
    Ok(Some(Took { amount, case: after, claim: paid }))
}

/// Settles a claim of a case by what the insurer paid, or declines it once the insurer has refused.
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
        let mut taken = None;
        if let Some(took) = take(tx, (caller, by), held, (&now, &claim), row.unsettled()).await? {
            taken = Some((took.claim.id, took.amount));
            now = took.case;
            claim = took.claim;
        }
        let after = matched(row, Stage::Sharing, taken).map_err(Refusal::from)?;
        write(tx, caller, row, &after).await?;
    }
    if claim.status.is_live() && all_declined(rows) {
        let reason = rows.iter().rev().find_map(|row| row.reason.as_deref());
        let declined = claim.refused_by(by, reason, on)?;
        store::update_claim(tx, &declined, claim.version).await?;
        if case.status == CaseStatus::Sharing {
            now = compensated(&now, Money::ZERO)?;
        }
        told(tx, caller, "compensation.insurer_declined", &declined, Money::ZERO).await?;
    }
    keep(tx, held, case, &now).await
}

/// Writes a case after compensation, with the notes beside the books and the event.
pub(super) async fn keep(tx: &mut Tx, held: &Held, before: &Case, now: &Case) -> Result<(), ActError> {
    if now.version != before.version {
        store::update_case(tx, now, before.version).await?;
        notes::follow(tx, held, before, now).await?;
        tell(tx, Act::Compensation, &before.money, now).await?;
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
pub(super) async fn write(
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
pub(super) async fn hand_back(tx: &mut Tx, case: &Case, claim: &Claim, amount: Money) -> Result<(), Fault> {
    let rows = store::lock_behind(tx, claim.id, claim.policy_id).await?;
    if rows.is_empty() && claim.policy_id.is_none() {
        // It paid outside the platform, and is paid back there.
        return Ok(());
    }
    let parts = returned(&rows, amount)
        .map_err(|refusal| Fault::Invariant(format!("recovery of claim {}: {refusal}", claim.id)))?;
    let mut events = Vec::with_capacity(parts.len());
    for (row, part) in parts {
        store::write_insurer_claim(tx, &row).await?;
        let event = CompensationReturned {
            claim_id: row.claim_id,
            policy_id: row.policy_id,
            insurer_id: row.insurer_id,
            compensation_id: Some(claim.id),
            compensation_number: claim.number.clone(),
            case_id: Some(case.id),
            loan_id: case.loan_id,
            bank_id: case.bank_id,
            bank_name: case.bank_name.clone(),
            amount: part,
        };
        events.push((row.claim_id.uuid(), row.version, Event::CompensationReturned(event)));
    }
    tx.publish(events).await
}
