//! Who may write a loan off: by what leaves the books, one approver or two within their authority, after the risk manager's
//! word where the bank wants so. The levels are those for a single borrower, as for lending. Whatever else is asked for in
//! a case takes another person than the maker.

use contracts::{Actor, DisposalProposalId};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Ask, Case, Proposal, ProposalStatus, Refusal},
    store,
    today::{self, LoanNow},
};
use crate::{
    facility::{self, Approval, Consent, LineAuthority, VotedOn, model::authority::Weight},
    loan::{Held, hold},
};

/// What is voted on: a write-off by all that leaves the books, anything else by nobody's level.
fn subject(proposal: &Proposal, case: &Case, loan: &LoanNow) -> Result<VotedOn, ActError> {
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

/// Counts an approval of a write-off; gives the names of all who approved where it was the last one needed.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    (proposal, case): (&Proposal, &Case),
    loan: &LoanNow,
    said: &Approval,
) -> Result<Option<String>, ActError> {
    let names = facility::approve_by_authority(tx, caller, subject(proposal, case, loan)?, said).await?;
    if names.is_none() {
        let entry = AuditEntry::new(&caller.actor(), "disposal.approve_first", "disposal_case", case.id)
            .with(serde_json::json!({ "proposal": proposal.id, "kind": proposal.ask.name() }));
        tx.audit([entry]).await?;
    }
    Ok(names)
}

/// Puts a write-off before the auditors of the banks that take part in the loan: the lead, which acts for the syndicate, has
/// taken their parts off the books with its own.
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

/// Records the risk manager's word on a write-off that waits.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: DisposalProposalId,
    said: &Consent,
) -> Result<Proposal, ActError> {
    let (proposal, case, loan) = waiting(tx, caller, id).await?;
    if !matches!(proposal.ask, Ask::WriteOff(_)) {
        return Err(Problem::not_found().into());
    }
    facility::speak_as_risk_manager(tx, caller, subject(&proposal, &case, &loan)?, said).await?;
    let entry = AuditEntry::new(&caller.actor(), "disposal.consent", "disposal_case", case.id)
        .with(serde_json::json!({ "proposal": id, "agrees": said.agrees, "comment": said.comment }));
    tx.audit([entry]).await?;
    Ok(proposal)
}

/// What the decision takes, and whether the one who asks may take it.
pub(super) async fn look(
    conn: &impl sea_orm::ConnectionTrait,
    caller: &Caller,
    id: DisposalProposalId,
    on: chrono::NaiveDate,
) -> Result<LineAuthority, ActError> {
    let proposal = store::find_proposal(conn, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let case = store::find(conn, &caller.scope(), proposal.case_id).await?.ok_or_else(Problem::not_found)?;
    let loan = today::read(conn, &case, on).await?;
    Ok(facility::look_at_authority(conn, caller, subject(&proposal, &case, &loan)?, on).await?)
}

/// A proposal that waits for its decision, with its case and loan. The facility is locked before the case, as where it is
/// decided: a vote refers to the facility's row.
async fn waiting(
    tx: &Tx,
    caller: &Caller,
    id: DisposalProposalId,
) -> Result<(Proposal, Case, LoanNow), ActError> {
    let gone = || Fault::Corrupt(format!("the case of proposal {id}"));
    let seen = store::find_proposal(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let known = store::find(tx.conn(), &caller.scope(), seen.case_id).await?.ok_or_else(gone)?;
    let held = hold(tx, caller, known.loan_id).await?.ok_or_else(gone)?;
    let case = store::lock(tx, known.id).await?.ok_or_else(gone)?;
    let proposal =
        store::find_proposal(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if proposal.status != ProposalStatus::Proposed {
        return Err(Refusal::Decided { status: proposal.status }.into());
    }
    Ok((proposal, case, LoanNow::of(&held)))
}
