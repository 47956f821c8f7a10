//! The acts of a fund on a claim of a bank: one person answers, another confirms or sends the answer back. What is
//! confirmed is paid in both books at once: on the loan, or as a recovery of it where the fund answers once the loan is off
//! the books.

use contracts::{CompensationId, OrgKind};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    insurer::{self, keep},
    model::{Claim, claim::Answer, late::answered},
    settle::{settle, settle_late},
    store,
};
use crate::{fund::Bearer, loan::hold};

/// A claim on the caller's own fund, as the caller has seen it; anything else is not there.
async fn own_claim(tx: &Tx, caller: &Caller, id: CompensationId, seen: IfMatch) -> Result<Claim, ActError> {
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?;
    let own = claim
        .filter(|claim| {
            caller.org_kind == OrgKind::Fund
                && claim.bearer == Bearer::Fund
                && claim.party_id == Some(caller.tenant)
        })
        .ok_or_else(Problem::not_found)?;
    seen.check(own.version)?;
    Ok(own)
}

async fn told(tx: &mut Tx, caller: &Caller, action: &'static str, claim: &Claim) -> Result<(), Fault> {
    let entry =
        AuditEntry::new(&caller.actor(), action, "disposal_claim", claim.id).with(serde_json::json!({
            "status": claim.status, "granted": claim.granted, "reason": claim.reason, "paid": claim.paid,
        }));
    tx.audit([entry]).await
}

/// Answers a claim: pays it in whole or part, or declines it with a reason. Another person confirms.
pub(super) async fn answer(
    tx: &mut Tx,
    caller: &Caller,
    id: CompensationId,
    seen: IfMatch,
    answer: &Answer,
) -> Result<Claim, ActError> {
    let claim = own_claim(tx, caller, id, seen).await?;
    let answered = claim.answered(&caller.actor(), answer)?;
    store::update_claim(tx, &answered, claim.version).await?;
    told(tx, caller, "compensation.answer", &answered).await?;
    Ok(answered)
}

/// Sends an answer back; the claim waits for a new one.
pub(super) async fn send_back(
    tx: &mut Tx,
    caller: &Caller,
    id: CompensationId,
    seen: IfMatch,
) -> Result<Claim, ActError> {
    let claim = own_claim(tx, caller, id, seen).await?;
    let waiting = claim.sent_back(&caller.actor())?;
    store::update_claim(tx, &waiting, claim.version).await?;
    told(tx, caller, "compensation.send_back", &waiting).await?;
    Ok(waiting)
}

/// Confirms an answer of a colleague. What it grants leaves the fund and pays the loan in the same transaction.
pub(super) async fn confirm(
    tx: &mut Tx,
    caller: &Caller,
    id: CompensationId,
    seen: IfMatch,
) -> Result<Claim, ActError> {
    let claim = own_claim(tx, caller, id, seen).await?;
    let confirmed = claim.confirmed(&caller.actor(), tx.business_date())?;
    let gone = || Fault::Corrupt(format!("the case of claim {id}"));
    let known = store::find(tx.conn(), &caller.scope(), claim.case_id).await?.ok_or_else(gone)?;
    let for_bank = in_the_banks_book(caller, &claim);
    let mut held = hold(tx, &for_bank, known.loan_id).await?.ok_or_else(gone)?;
    let case = store::lock(tx, known.id).await?.ok_or_else(gone)?;
    if confirmed.paid.is_zero() {
        settle(tx, &for_bank, &mut held, &confirmed, claim.version).await?;
    } else {
        let (after, late) = answered(&case, confirmed.paid)?;
        match late {
            None => settle(tx, &for_bank, &mut held, &confirmed, claim.version).await?,
            Some(late) => settle_late(tx, &for_bank, &held, (&confirmed, claim.version), late).await?,
        }
        keep(tx, &held, &case, &after).await?;
        insurer::release_waiting(tx, &mut held).await?;
    }
    told(tx, caller, "compensation.confirm", &confirmed).await?;
    Ok(confirmed)
}

/// The person of the fund as it appears in the bank's own rows: the payment enters the bank's book, and the bank's
/// auditor reads who brought it about.
fn in_the_banks_book(caller: &Caller, claim: &Claim) -> Caller {
    Caller {
        tenant: claim.bank_id,
        tenant_name: claim.bank_name.clone(),
        org_kind: OrgKind::Bank,
        roles: Vec::new(),
        ..caller.clone()
    }
}
