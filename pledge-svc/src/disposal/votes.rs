//! Who may write a loan off: by what leaves the books, one approver or two within their authority, after the risk manager's
//! word where the bank wants so, and once every bank that takes part in the loan agrees (`participants.rs`). The levels are
//! those for a single borrower, as for lending. Whatever else is asked for in
//! a case takes another person than the maker.

use contracts::{Actor, DisposalProposalId, OrgKind};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Ask, Case, Proposal, ProposalStatus, Refusal},
    participants, store,
    today::{self, LoanNow},
};
use crate::{
    facility::{self, Approval, Consent, LineAuthority, VotedOn, model::authority::Weight},
    loan::{Held, hold},
};

/// What is voted on: a write-off by all that leaves the books, anything else by nobody's level.
pub(super) fn subject(proposal: &Proposal, case: &Case, loan: &LoanNow) -> Result<VotedOn, ActError> {
    let amount: Money = loan.total().map_err(Refusal::from)?;
    let weight = match proposal.ask {
        Ask::WriteOff(_) => Weight::Borrower(amount),
        _ => Weight::TakesAway,
    };
    Ok(VotedOn {
        facility: case.facility_id.uuid(),
        id: proposal.id.uuid(),
        maker: proposal.maker_id,
        weight,
        bank: case.bank_id,
        round: 1,
    })
}

/// Counts an approval of a write-off; gives the names of all who approved where it was the last one needed, and every bank
/// that takes part in the loan has agreed.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    (proposal, case): (&Proposal, &Case),
    held: &Held,
    said: &Approval,
) -> Result<Option<String>, ActError> {
    let loan = &LoanNow::of(held);
    let names = facility::approve_by_authority(tx, caller, subject(proposal, case, loan)?, said).await?;
    if names.is_some() {
        participants::all_agreed(tx, held, (proposal, case)).await?;
    } else {
        let entry = AuditEntry::new(&caller.actor(), "disposal.approve_first", "disposal_case", case.id)
            .with(serde_json::json!({ "proposal": proposal.id, "kind": proposal.ask.name() }));
        tx.audit([entry]).await?;
    }
    Ok(names)
}

/// Puts a write-off before the auditors of the banks that take part in the loan: each agreed to it, and its part has left
/// its own books in this act.
pub(super) async fn tell_participants(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    (proposal, case): (&Proposal, &Case),
) -> Result<(), Fault> {
    let parts = held.shares.iter().filter(|share| share.bank_id != case.bank_id);
    let entries: Vec<AuditEntry> = parts
        .map(|share| {
            let by = Actor { tenant: share.bank_id, ..caller.actor() };
            AuditEntry::new(&by, "disposal.write_off_part", "loan", held.id()).with(serde_json::json!({
                "lead": case.bank_name, "case": case.number, "proposal": proposal.id, "of_loan": share.amount,
                "written_off": case.money.written_off, "approver": proposal.approver,
            }))
        })
        .collect();
    if entries.is_empty() { Ok(()) } else { tx.audit(entries).await }
}

/// Records the risk manager's word on a write-off that waits, for the bank that leads or for one that takes part.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: DisposalProposalId,
    said: &Consent,
) -> Result<(), ActError> {
    let (proposal, case, held) = waiting(tx, caller, id).await?;
    if !matches!(proposal.ask, Ask::WriteOff(_)) {
        return Err(Problem::not_found().into());
    }
    let whole = subject(&proposal, &case, &LoanNow::of(&held))?;
    let own = facility::subject_open_to(tx.conn(), caller, &held.facility, whole).await?;
    facility::speak_as_risk_manager(tx, caller, own, said).await?;
    let entry = AuditEntry::new(&caller.actor(), "disposal.consent", "disposal_case", case.id)
        .with(serde_json::json!({ "proposal": id, "agrees": said.agrees, "comment": said.comment }));
    Ok(tx.audit([entry]).await?)
}

/// What the decision takes, and whether the one who asks may take it: for the lead by all that leaves the books, for a bank
/// that takes part by its own part.
pub(super) async fn look(
    conn: &impl sea_orm::ConnectionTrait,
    caller: &Caller,
    id: DisposalProposalId,
    on: chrono::NaiveDate,
) -> Result<LineAuthority, ActError> {
    let (proposal, case) = participants::found(conn, caller, id).await?;
    let loan = today::read(conn, &case, on).await?;
    let whole = subject(&proposal, &case, &loan)?;
    let own = if caller.org_kind == OrgKind::Bank && caller.tenant != case.bank_id {
        facility::subject_of_bank(conn, caller, case.facility_id, whole).await?
    } else {
        whole
    };
    Ok(facility::look_at_authority(conn, caller, own, on).await?)
}

/// A proposal that waits for its decision, with its case and loan. The facility is locked before the case, as where it is
/// decided: a vote refers to the facility's row.
pub(super) async fn waiting(
    tx: &Tx,
    caller: &Caller,
    id: DisposalProposalId,
) -> Result<(Proposal, Case, Held), ActError> {
    let gone = || Fault::Corrupt(format!("the case of proposal {id}"));
    let (_, known) = participants::found(tx.conn(), caller, id).await?;
    let held = hold(tx, caller, known.loan_id).await?.ok_or_else(gone)?;
    let case = store::lock(tx, known.id).await?.ok_or_else(gone)?;
    let (proposal, _) = participants::found(tx.conn(), caller, id).await?;
    if proposal.status != ProposalStatus::Proposed {
        return Err(Refusal::Decided { status: proposal.status }.into());
    }
    Ok((proposal, case, held))
}
