//! The notice that no close gives: a payment on the borrower's loan was undone.

use finance::Money;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use tx_kit::{Fault, Tx};

use super::notices::{
    NoticeKind,
    entity::{ActiveModel, Column, Entity},
};
use crate::loan::store::loan;

/// Tells the borrower that a payment on its loan was undone today; several of one day are told as one sum.
///
/// # Errors
/// The database's fault.
pub(crate) async fn payment_reversed(tx: &Tx, loan: &loan::Model, amount: Money) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        bank_id: Set(loan.bank_id),
        enterprise_id: Set(loan.enterprise_id),
        loan_id: Set(loan.id),
        loan_number: Set(loan.number.clone()),
        kind: Set(NoticeKind::PaymentReversed.name().to_owned()),
        due_on: Set(tx.business_date()),
        amount_fen: Set(amount.fen()),
        business_date: Set(tx.business_date()),
        created_at: Set(tx.now()),
    };
    let summed = OnConflict::columns([Column::LoanId, Column::Kind, Column::DueOn])
        .value(Column::AmountFen, Expr::col((Entity, Column::AmountFen)).add(amount.fen()))
        .to_owned();
    Entity::insert(row).on_conflict(summed).exec_without_returning(tx.conn()).await?;
    Ok(())
}
