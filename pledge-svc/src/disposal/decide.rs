//! The act: another person of the bank approves what was asked for, which is then done in the same transaction against the
//! state of that moment, or refuses it with a reason.

use contracts::DisposalProposalId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    carry_out::carry_out,
    consider::consider,
    events::{Act, sold_by, tell, tell_sold},
    insurer,
    model::{Ask, Case, Decision, Proposal},
    notes, store,
    today::LoanNow,
    votes,
};
use crate::{
    facility::{self, Approval},
    loan::{Held, hold},
    registration::Office,
};

/// Decides, on the case as the caller has seen it.
pub(super) async fn decide(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    id: DisposalProposalId,
    seen: IfMatch,
    (decision, said): (Decision<'_>, &Approval),
) -> Result<Proposal, ActError> {
    let proposal =
        store::find_proposal(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let mut decided = proposal.decided(&caller.actor(), decision, tx.now())?;
    let (mut held, case) = locked(tx, caller, &proposal).await?;
    seen.check(case.version)?;
    match decision {
        Decision::Approve => {
            let on = tx.business_date();
            let loan = LoanNow::of(&held);
            let considered = consider(tx.conn(), &case, &proposal.ask, &loan, on).await?;
            if matches!(proposal.ask, Ask::WriteOff(_)) {
                match votes::approve(tx, caller, (&proposal, &case), &held, said).await? {
                    Some(names) => decided.approver = Some(names),
                    // Another approver is needed; what was said so far stands.
                    None => return Ok(proposal),
                }
            }
            decided.result = Some(serde_json::to_value(&considered.effect)?);
            let sold = sold_by(&proposal.ask, &considered.effect);
            carry_out(tx, office, caller, &mut held, &decided, considered.effect, &considered.case).await?;
            store::update_case(tx, &considered.case, case.version).await?;
            notes::follow(tx, &held, &case, &considered.case).await?;
            tell_sold(tx, Act::of(&proposal.ask), &case.money, &considered.case, sold).await?;
            if matches!(proposal.ask, Ask::Sharing(_) | Ask::WriteOff(_) | Ask::Closing(_)) {
                insurer::settle_heard(tx, &mut held, &considered.case).await?;
            } else {
                // A sale, an answer or a recovery may have paid the loan off.
                insurer::release_waiting(tx, &mut held).await?;
            }
            if matches!(proposal.ask, Ask::Opening(_) | Ask::WriteOff(_)) {
                // Who is in workout draws no more; people alone let it go on.
                facility::follow_member(tx, case.bank_id, case.enterprise_id).await?;
            }
        }
        Decision::Refuse(_) => {
            if let Ask::Opening(_) = proposal.ask {
                let closed = case.opening_decided(false, tx.business_date())?;
                store::update_case(tx, &closed, case.version).await?;
                tell(tx, Act::NotOpened, &case.money, &closed).await?;
            }
            facility::no_longer_asked(tx, id.uuid()).await?;
        }
    }
    store::update_proposal(tx, &decided).await?;
    let action = if decision == Decision::Approve { "disposal.approve" } else { "disposal.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "disposal_case", case.id).with(serde_json::json!({
        "proposal": id, "kind": decided.ask.name(), "result": decided.result, "reason": decided.reason,
    }));
    tx.audit([entry]).await?;
    Ok(decided)
}

/// Locks the loan with its facility and member, then the case.
async fn locked(tx: &Tx, caller: &Caller, proposal: &Proposal) -> Result<(Held, Case), ActError> {
    let gone = || Fault::Corrupt(format!("the case of proposal {}", proposal.id));
    let seen = store::find(tx.conn(), &caller.scope(), proposal.case_id).await?.ok_or_else(gone)?;
    let held = hold(tx, caller, seen.loan_id).await?.ok_or_else(gone)?;
    let case = store::lock(tx, seen.id).await?.ok_or_else(gone)?;
    Ok((held, case))
}
