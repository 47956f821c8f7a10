//! The acts: an insurer's money that waits or settled nothing is given back or matched to a claim on the same insurer, asked
//! for by one person of the bank and decided by another. What goes back is told to the insurer, whose claim then has cost
//! less; what is matched pays the loan, or is a recovery of it once it is off the books.
//!
//! Locks: facility, member, loan, the claims at the insurer, the case, what is asked for. Whoever locks a case or claims at an
//! insurer holds the facility first, so that their order among each other blocks nobody.

use contracts::{ClaimId, CompensationId, Event, JobId, events::CompensationReturned};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    insurer,
    model::{
        Case, CaseStatus, Claim, Decision, Guarantee, InsurerClaim, MoneyAsk, MoneyProposal, ProposalStatus,
        Refusal,
        insurer::{Answerer, Stage, matched, room},
        insurer_money::may_match,
        late::late_room,
    },
    store,
};
use crate::loan::{Held, LoanStatus, hold};

/// An insurer's claim with its policy, and the loan held.
struct Behind {
    row: InsurerClaim,
    policy: Guarantee,
    held: Held,
}

/// The claim at an insurer whose money it is, held with its loan; anything else than the caller's own is not there.
async fn behind(tx: &Tx, caller: &Caller, id: ClaimId) -> Result<Behind, ActError> {
    let scope = caller.scope();
    let seen = store::find_insurer_claim(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let found = store::find_guarantee(tx.conn(), &scope, seen.policy_id).await?;
    let (loan, policy) =
        found.filter(|(_, policy)| policy.bank_id == caller.tenant).ok_or_else(Problem::not_found)?;
    let held = hold(tx, caller, loan).await?.ok_or_else(Problem::not_found)?;
    let rows = store::lock_insurer_claims(tx, policy.policy_id).await?;
    let row = rows.into_iter().find(|row| row.claim_id == id).ok_or_else(Problem::not_found)?;
    Ok(Behind { row, policy, held })
}

/// The bank's claim that the money is to be matched to, with its case.
async fn target(
    tx: &Tx,
    caller: &Caller,
    id: CompensationId,
    (row, held): (&InsurerClaim, &Held),
) -> Result<(Case, Claim), ActError> {
    let scope = caller.scope();
    let claim = store::find_claim(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let case = store::lock(tx, claim.case_id).await?.ok_or_else(Problem::not_found)?;
    may_match(row, &claim, case.loan_id == held.id())?;
    Ok((case, claim))
}

/// Refuses what the claim has no room for: what is matched is matched in whole.
fn fits(case: &Case, claim: &Claim, held: &Held, amount: Money) -> Result<(), ActError> {
    let most = match (case.status, held.status) {
        (CaseStatus::Sharing, LoanStatus::Active) => {
            room(claim, case, held.owed.total().map_err(Refusal::from)?)
        }
        (CaseStatus::WrittenOff | CaseStatus::Closed, LoanStatus::WrittenOff) => late_room(claim, case),
        _ => return Err(Refusal::NotInStatus { status: case.status }.into()),
    };
    if amount > most { Err(Refusal::AboveClaimed { claimed: most, asked: amount }.into()) } else { Ok(()) }
}

/// Asks for something; what could not be done today is refused at once.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    id: ClaimId,
    ask: &MoneyAsk,
) -> Result<(), ActError> {
    let found = ask.flaws();
    if !found.is_empty() {
        return Err(Refusal::Flawed(found).into());
    }
    let Behind { row, held, .. } = behind(tx, caller, id).await?;
    row.frees(ask.amount())?;
    if let MoneyAsk::Match { amount, claim_id, .. } = ask {
        let (case, claim) = target(tx, caller, *claim_id, (&row, &held)).await?;
        fits(&case, &claim, &held, *amount)?;
    }
    let asked = MoneyProposal {
        id: JobId::fresh(tx.now()).uuid(),
        claim_id: id,
        bank_id: caller.tenant,
        ask: ask.clone(),
        status: ProposalStatus::Proposed,
        maker_id: caller.user,
        maker: caller.name.clone(),
        approver: None,
        refusal_reason: None,
        created_at: tx.now(),
        decided_at: None,
    };
    match store::insert_money_proposal(tx, &asked).await {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Problem::refused(
                "change-pending",
                "该笔赔款已有一项处理待审批，请先完成审批。",
                "Something already waits for a decision on this money; decide that one first.",
            )
            .into());
        }
        other => other?,
    }
    told(tx, caller, "insurer_claim.propose", &asked).await?;
    Ok(())
}

async fn told(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    asked: &MoneyProposal,
) -> Result<(), Fault> {
    let entry = AuditEntry::new(&caller.actor(), action, "insurer_claim", asked.claim_id)
        .with(serde_json::json!({ "proposal": asked.id, "ask": asked.ask, "reason": asked.refusal_reason }));
    tx.audit([entry]).await
}

/// Decides what a colleague asked for; it is done at once.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    (claim, id): (ClaimId, Uuid),
    decision: Decision<'_>,
) -> Result<(), ActError> {
    let Behind { row, policy, mut held } = behind(tx, caller, claim).await?;
    let asked = store::lock_money_proposal(tx, claim, id).await?.ok_or_else(Problem::not_found)?;
    let decided = asked.decided(&caller.actor(), decision, tx.now())?;
    if decision == Decision::Approve {
        match &asked.ask {
            MoneyAsk::GiveBack { amount, reference, .. } => {
                give_back(tx, caller, (&row, &held), (*amount, reference)).await?;
            }
            MoneyAsk::Match { amount, claim_id, .. } => {
                let found = target(tx, caller, *claim_id, (&row, &held)).await?;
                match_to(tx, caller, (&row, &policy), &mut held, found, *amount).await?;
            }
        }
    }
    store::decide_money_proposal(tx, &decided).await?;
    let action = match decision {
        Decision::Approve => "insurer_claim.approve",
        Decision::Refuse(_) => "insurer_claim.refuse",
    };
    Ok(told(tx, caller, action, &decided).await?)
}

/// Gives money back to its insurer, and tells it.
async fn give_back(
    tx: &mut Tx,
    caller: &Caller,
    (row, held): (&InsurerClaim, &Held),
    (amount, reference): (Money, &str),
) -> Result<(), ActError> {
    let after = row.gives_back(amount)?;
    store::write_insurer_claim(tx, &after).await?;
    insurer::book_held(tx, held, &after).await?;
    let event = CompensationReturned {
        claim_id: row.claim_id,
        policy_id: row.policy_id,
        insurer_id: row.insurer_id,
        compensation_id: None,
        compensation_number: reference.trim().to_owned(),
        case_id: None,
        loan_id: held.id(),
        bank_id: caller.tenant,
        bank_name: held.row.bank_name.clone(),
        amount,
    };
    tx.publish([(row.claim_id.uuid(), after.version, Event::CompensationReturned(event))]).await?;
    Ok(())
}

/// Lets a claim take the money, in whole.
async fn match_to(
    tx: &mut Tx,
    caller: &Caller,
    (row, policy): (&InsurerClaim, &Guarantee),
    held: &mut Held,
    (case, claim): (Case, Claim),
    amount: Money,
) -> Result<(), ActError> {
    row.frees(amount)?;
    fits(&case, &claim, held, amount)?;
    let by = Answerer { insurer: &policy.insurer_name, policy: &policy.number };
    let took = insurer::take(tx, (caller, by), held, (&case, &claim), amount).await?;
    let gone = || Fault::Invariant(format!("claim {} took less than it has room for", claim.id));
    let took = took.filter(|took| took.amount == amount).ok_or_else(gone)?;
    let open = store::find_open(tx.conn(), &Scope::system(), held.id()).await?;
    let stage = Stage::of(held.status == LoanStatus::Active, open.as_ref());
    let after = matched(row, stage, Some((claim.id, amount))).map_err(Refusal::from)?;
    insurer::write(tx, caller, row, &after).await?;
    insurer::book_held(tx, held, &after).await?;
    insurer::keep(tx, held, &case, &took.case).await
}
