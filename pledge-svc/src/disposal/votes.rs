//! Who may write a loan off: by what leaves the books, one approver or two within their authority, after the risk manager's
//! word where the bank wants so. The levels are those for a single borrower, as for lending. Whatever else is asked for in
//! a case takes another person than the maker.

use contracts::DisposalProposalId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Ask, Case, Proposal, ProposalStatus, Refusal},
    store,
    today::{self, LoanNow},
};
use crate::facility::{self, Approval, Consent, LineAuthority, VotedOn, model::authority::Weight};

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

/// Records the risk manager's word on a write-off that waits.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: DisposalProposalId,
    said: &Consent,
) -> Result<Proposal, ActError> {
    let (proposal, case) = waiting(tx, caller, id).await?;
    if !matches!(proposal.ask, Ask::WriteOff(_)) {
        return Err(Problem::not_found().into());
    }
    let loan = today::read(tx.conn(), &case, tx.business_date()).await?;
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

/// A proposal that waits for its decision, with its case, which is locked.
async fn waiting(tx: &Tx, caller: &Caller, id: DisposalProposalId) -> Result<(Proposal, Case), ActError> {
    let gone = || Fault::Corrupt(format!("the case of proposal {id}"));
    let seen = store::find_proposal(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let case = store::lock(tx, seen.case_id).await?.ok_or_else(gone)?;
    let proposal =
        store::find_proposal(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if proposal.status != ProposalStatus::Proposed {
        return Err(Refusal::Decided { status: proposal.status }.into());
    }
    Ok((proposal, case))
}
