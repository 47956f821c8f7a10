//! The act: one person of the bank asks for something in a case; nothing moves before another decides it. What could not be
//! done today is refused at once.

use contracts::CaseId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    consider::consider,
    model::{Ask, Proposal, Refusal, proposal::flaws},
    open, participants, store, today,
};

/// Asks for what is said.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    id: CaseId,
    seen: IfMatch,
    ask: &Ask,
) -> Result<Proposal, ActError> {
    let case = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if case.bank_id != caller.tenant {
        return Err(Problem::not_found().into());
    }
    seen.check(case.version)?;
    let today = tx.business_date();
    let found = flaws(ask, today);
    if !found.is_empty() {
        return Err(Refusal::Flawed(found).into());
    }
    if let Ask::Opening(_) = ask {
        // A case is opened when it is made; there is no second opening.
        return Err(Refusal::NotInStatus { status: case.status }.into());
    }
    let loan = today::read(tx.conn(), &case, today).await?;
    consider(tx.conn(), &case, ask, &loan, today).await?;
    let proposal = open::proposal(tx, caller, &case, ask.clone());
    participants::ask(tx, (&case, &proposal), &loan).await?;
    match store::insert_proposal(tx, &proposal).await {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Problem::refused(
                "change-pending",
                "该案件已有一项同类事项待审批，请先完成审批。",
                "Something of this kind already waits for a decision in the case; decide that one first.",
            )
            .into());
        }
        other => other?,
    }
    let entry = AuditEntry::new(&caller.actor(), "disposal.propose", "disposal_case", id).with(ask);
    tx.audit([entry]).await?;
    Ok(proposal)
}
