//! Writing rows: new ones, and new states of those that were read at the version before.

use contracts::CaseId;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
};
use tx_kit::{Fault, Tx};

use super::{
    entities::{action, case, claim, proposal},
    mapping::{action_row, case_row, claim_row, proposal_row},
};
use crate::disposal::model::{Action, Case, Claim, Proposal, ProposalStatus};

/// Writes a new case.
///
/// # Errors
/// The database's fault; a unique violation where the loan has a case that is open.
pub async fn insert_case(tx: &mut Tx, one: &Case) -> Result<(), Fault> {
    case::Entity::insert(case_row(one)?).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a case's new state; the row must still be at the version `read`.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the case meanwhile.
pub async fn update_case(tx: &mut Tx, one: &Case, read: i64) -> Result<(), Fault> {
    let touched = case::Entity::update_many()
        .set(case::ActiveModel { id: NotSet, ..case_row(one)? })
        .filter(case::Column::Id.eq(one.id.uuid()))
        .filter(case::Column::Version.eq(read))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "case")
}

/// Writes a step of collection.
///
/// # Errors
/// The database's fault.
pub async fn insert_action(tx: &mut Tx, case: CaseId, one: &Action) -> Result<(), Fault> {
    action::Entity::insert(action_row(case.uuid(), one)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a new proposal.
///
/// # Errors
/// The database's fault; a unique violation where one of its kind waits in the case already.
pub async fn insert_proposal(tx: &mut Tx, one: &Proposal) -> Result<(), Fault> {
    proposal::Entity::insert(proposal_row(one)?).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes the decision of a proposal that was still open.
///
/// # Errors
/// The database's fault; a conflict where another was first.
pub async fn update_proposal(tx: &mut Tx, one: &Proposal) -> Result<(), Fault> {
    let change = proposal::ActiveModel {
        status: Set(one.status.name().to_owned()),
        result: Set(one.result.as_ref().map(ToString::to_string)),
        approver: Set(one.approver.clone()),
        reason: Set(one.reason.clone()),
        decided_at: Set(one.decided_at),
        ..Default::default()
    };
    let touched = proposal::Entity::update_many()
        .set(change)
        .filter(proposal::Column::Id.eq(one.id.uuid()))
        .filter(proposal::Column::Status.eq(ProposalStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "proposal")
}

/// Writes new claims.
///
/// # Errors
/// The database's fault.
pub async fn insert_claims(tx: &mut Tx, claims: &[Claim]) -> Result<(), Fault> {
    if !claims.is_empty() {
        claim::Entity::insert_many(claims.iter().map(claim_row)).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes a claim's new state; the row must still be at the version `read`.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the claim meanwhile.
pub async fn update_claim(tx: &mut Tx, one: &Claim, read: i64) -> Result<(), Fault> {
    let touched = claim::Entity::update_many()
        .set(claim::ActiveModel { id: NotSet, ..claim_row(one) })
        .filter(claim::Column::Id.eq(one.id.uuid()))
        .filter(claim::Column::Version.eq(read))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "claim")
}

pub(super) fn guarded(touched: u64, what: &str) -> Result<(), Fault> {
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("a {what} was changed by another"))) }
}
