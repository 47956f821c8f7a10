//! A write-off as the banks that take part in the loan see it: what each needs for its word, and nothing else of the lead's
//! own house.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CaseId, DisposalProposalId, FacilityId, LoanId, OrgId};
use finance::{ByClaim, Money, MoneyError};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::{Ask, Case, Proposal, ProposalStatus, WriteOff},
    participants, store, today,
    view::ActionView,
};
use crate::{
    documents::{Document, SubjectKind, find_of},
    facility::{self, AgreementView},
    loan::store as loans,
};

/// What a bank is asked on a write-off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WriteOffAsked {
    /// The proposal.
    pub id: DisposalProposalId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The line.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility_name: String,
    /// The bank that leads and asks.
    pub lead_bank_id: OrgId,
    /// Its name.
    pub lead_bank_name: String,
    /// The borrower.
    pub enterprise_name: String,
    /// Where the write-off is.
    pub status: ProposalStatus,
    /// Condition, papers and note.
    pub write_off: WriteOff,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// The day the case was opened.
    pub opened_on: NaiveDate,
    /// What was owed that day.
    pub claim: ByClaim,
    /// What is owed on the books today, with the costs that are not met.
    pub owed: ByClaim,
    /// All that leaves the books of the banks today.
    pub total: Money,
    /// Principal that is still owed to the bank which asks to see it.
    pub own_principal: Money,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
    /// What is lost.
    pub loss: Money,
    /// Of it, compensated by those who share it.
    pub compensated: Money,
    /// What was done to collect, oldest first.
    pub actions: Vec<ActionView>,
    /// The papers of the case that may be opened.
    pub documents: Vec<Document>,
    /// What the banks have said, in the order of their shares.
    pub agreements: Vec<AgreementView>,
    /// The version of the case: what `If-Match` of a word names.
    pub version: i64,
}

/// Shows it once an act on it is done: the answer to whoever spoke, of the lead or of a bank that was asked.
///
/// # Errors
/// 404 where it is not there for the caller; a fault.
pub(super) async fn of_act(
    tx: &Tx,
    caller: &Caller,
    id: DisposalProposalId,
) -> Result<WriteOffAsked, ActError> {
    let found = participants::found(tx.conn(), caller, id).await?;
    let made = shown(tx.conn(), caller, found, tx.business_date()).await?;
    made.ok_or_else(|| Problem::not_found().into())
}

/// Shows it to a bank that leads or was asked; `None` for what is no write-off.
pub(super) async fn shown(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    (proposal, case): (Proposal, Case),
    on: NaiveDate,
) -> Result<Option<WriteOffAsked>, Fault> {
    let broken = |error: MoneyError| Fault::Invariant(error.to_string());
    let Ask::WriteOff(write_off) = proposal.ask else { return Ok(None) };
    let system = Scope::system();
    let loan = today::read(conn, &case, on).await?;
    let parts = loans::shares(conn, [loan.row.id]).await?.into_iter().map(loans::share_of);
    let own = parts.filter(|part| part.bank_id == caller.tenant).map(|part| part.outstanding);
    let actions = store::list_actions(conn, &system, case.id).await?;
    let documents = find_of(conn, &system, SubjectKind::Case, case.id.uuid()).await?;
    Ok(Some(WriteOffAsked {
        id: proposal.id,
        case_id: case.id,
        owed: loan.owed(&case).map_err(broken)?,
        total: loan.total().map_err(broken)?,
        own_principal: Money::total(own).map_err(broken)?,
        overdue_days: if loan.active { loan.owing.overdue_days } else { 0 },
        actions: actions.into_iter().map(ActionView::from).collect(),
        documents: documents.into_iter().filter(Document::counts).collect(),
        agreements: facility::said_on(conn, proposal.id.uuid()).await?,
        case_number: case.number,
        loan_id: case.loan_id,
        loan_number: case.loan_number,
        facility_id: case.facility_id,
        facility_name: case.facility_name,
        lead_bank_id: case.bank_id,
        lead_bank_name: case.bank_name,
        enterprise_name: case.enterprise_name,
        status: proposal.status,
        write_off,
        created_at: proposal.created_at,
        opened_on: case.opened_on,
        claim: case.claim,
        loss: case.money.loss,
        compensated: case.money.compensated,
        version: case.version,
    }))
}
