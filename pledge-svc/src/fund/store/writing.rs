//! Writing rows: new ones, and new states of those that were read at the version before.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
};
use tx_kit::{Fault, Tx};

use super::{
    entities::{agreement, entry, fund, instruction},
    mapping::{agreement_row, fund_row, instruction_row},
};
use crate::fund::model::{Agreement, Fund, Instruction, Outcome};

/// Writes a new fund.
///
/// # Errors
/// The database's fault; a twin that was first makes the transaction run again.
pub async fn insert(tx: &mut Tx, one: &Fund) -> Result<(), Fault> {
    fund::Entity::insert(fund_row(one))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes a fund's new state; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the fund meanwhile.
pub async fn update(tx: &mut Tx, one: &Fund) -> Result<(), Fault> {
    let touched = fund::Entity::update_many()
        .set(fund::ActiveModel { id: NotSet, ..fund_row(one) })
        .filter(fund::Column::Id.eq(one.id.uuid()))
        .filter(fund::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "fund")
}

/// Writes a new agreement.
///
/// # Errors
/// The database's fault; a twin that was first makes the transaction run again.
pub async fn insert_agreement(tx: &mut Tx, one: &Agreement) -> Result<(), Fault> {
    agreement::Entity::insert(agreement_row(one))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes an agreement's new state; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the agreement meanwhile.
pub async fn update_agreement(tx: &mut Tx, one: &Agreement) -> Result<(), Fault> {
    let touched = agreement::Entity::update_many()
        .set(agreement::ActiveModel { id: NotSet, ..agreement_row(one) })
        .filter(agreement::Column::Id.eq(one.id.uuid()))
        .filter(agreement::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "fund agreement")
}

/// Writes an entry.
///
/// # Errors
/// The database's fault.
pub async fn insert_entry(tx: &mut Tx, row: entry::Model) -> Result<(), Fault> {
    entry::Entity::insert(entry::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a new instruction.
///
/// # Errors
/// The database's fault; a unique violation where something waits for a decision on the agreement already.
pub async fn insert_instruction(tx: &mut Tx, one: &Instruction) -> Result<(), Fault> {
    instruction::Entity::insert(instruction_row(one)?).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes the decision of an instruction that was still open.
///
/// # Errors
/// The database's fault; a conflict where another was first.
pub async fn update_instruction(tx: &mut Tx, one: &Instruction) -> Result<(), Fault> {
    let change = instruction::ActiveModel {
        status: Set(one.status.name().to_owned()),
        approver: Set(one.approver.clone()),
        reason: Set(one.reason.clone()),
        decided_at: Set(one.decided_at),
        ..Default::default()
    };
    let touched = instruction::Entity::update_many()
        .set(change)
        .filter(instruction::Column::Id.eq(one.id.uuid()))
        .filter(instruction::Column::Status.eq(Outcome::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    guarded(touched, "fund instruction")
}

fn guarded(touched: u64, what: &str) -> Result<(), Fault> {
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("a {what} was changed by another"))) }
}
