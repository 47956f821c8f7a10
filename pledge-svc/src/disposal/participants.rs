//! The acts: a bank that takes part in a loan says by its own authority whether the loan is written off with its part, which
//! it carries in its own books; the lead's last approval waits for every one of them (`votes.rs`).

use contracts::DisposalProposalId;
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    consider::consider,
    model::{Ask, Case, Proposal, Refusal},
    store,
    today::LoanNow,
    votes,
};
use crate::{
    facility::{self, Said},
    loan::Held,
};

/// Asks the banks that take part, as the write-off is proposed. The line is locked before anything of the case is written.
///
/// # Errors
/// The database's fault.
pub(super) async fn ask(
    tx: &Tx,
    (case, proposal): (&Case, &Proposal),
    loan: &LoanNow,
) -> Result<(), ActError> {
    if !matches!(proposal.ask, Ask::WriteOff(_)) {
        return Ok(());
    }
    let line = facility::store::lock(tx.conn(), case.facility_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the line of case {}", case.id)))?;
    let total = loan.total().map_err(Refusal::from)?;
    Ok(facility::ask_write_off(tx, &line, proposal.id.uuid(), total).await?)
}

/// Says the word of the caller's bank on a write-off that waits, on the case as the caller has seen it. What could not be
/// written off today is not agreed to either.
///
/// # Errors
/// 404 for a bank that was not asked, 409 for the lead and where the word is not open, what the bank's own authority refuses.
pub(super) async fn say(
    tx: &mut Tx,
    caller: &Caller,
    id: DisposalProposalId,
    seen: IfMatch,
    said: Said<'_>,
) -> Result<(), ActError> {
    let (proposal, case, held) = votes::waiting(tx, caller, id).await?;
    if !matches!(proposal.ask, Ask::WriteOff(_)) {
        return Err(Problem::not_found().into());
    }
    seen.check(case.version)?;
    let loan = LoanNow::of(&held);
    if let Said::Agrees(_) = said {
        consider(tx.conn(), &case, &proposal.ask, &loan, tx.business_date()).await?;
    }
    let subject = votes::subject(&proposal, &case, &loan)?;
    facility::say_on_write_off(tx, caller, &held.facility, subject, said).await
}

/// A write-off on which the caller's bank was asked or which it leads, with its case.
///
/// # Errors
/// 404 where it is not there for the caller; a fault.
pub(super) async fn found(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    id: DisposalProposalId,
) -> Result<(Proposal, Case), ActError> {
    let proposal = store::find_or_asked(conn, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let case = store::find(conn, &Scope::system(), proposal.case_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the case of proposal {id}")))?;
    Ok((proposal, case))
}

/// The banks that have not agreed stop it: held by the lead's last approval.
///
/// # Errors
/// 409 with the banks that have not answered or decline; a fault.
pub(super) async fn all_agreed(
    tx: &Tx,
    held: &Held,
    (proposal, case): (&Proposal, &Case),
) -> Result<(), ActError> {
    let subject = votes::subject(proposal, case, &LoanNow::of(held))?;
    facility::gate_write_off(tx, &held.facility, subject).await
}
