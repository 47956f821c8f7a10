//! The notice that no close gives: a loan was declared due before its time (提前到期).

use finance::Money;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use tx_kit::{Fault, Tx};

use super::notices::{
    NoticeKind,
    entity::{ActiveModel, Column, Entity},
};
use crate::loan::store::loan;

/// Tells the borrower that everything on its loan is due today.
///
/// # Errors
/// The database's fault.
pub(crate) async fn declared_due(tx: &Tx, loan: &loan::Model, amount: Money) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        bank_id: Set(loan.bank_id),
        enterprise_id: Set(loan.enterprise_id),
        loan_id: Set(loan.id),
        loan_number: Set(loan.number.clone()),
        kind: Set(NoticeKind::DeclaredDue.name().to_owned()),
        due_on: Set(tx.business_date()),
        amount_fen: Set(amount.fen()),
        business_date: Set(tx.business_date()),
        created_at: Set(tx.now()),
    };
    let once = OnConflict::columns([Column::LoanId, Column::Kind, Column::DueOn])
        .update_column(Column::AmountFen)
        .to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(())
}
