//! The notices that no close gives: an act on the borrower's loan is told on its day.

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

/// Tells the borrower that everything on its loan is due today (提前到期).
///
/// # Errors
/// The database's fault.
pub(crate) async fn declared_due(tx: &Tx, loan: &loan::Model, amount: Money) -> Result<(), Fault> {
    let mut again = once_a_day();
    again.update_column(Column::AmountFen);
    tell(tx, loan, (NoticeKind::DeclaredDue, amount), again).await
}

/// Tells the borrower that a payment on its loan was undone today; several of one day are told as one sum.
///
/// # Errors
/// The database's fault.
pub(crate) async fn payment_reversed(tx: &Tx, loan: &loan::Model, amount: Money) -> Result<(), Fault> {
    let mut summed = once_a_day();
    summed.value(Column::AmountFen, Expr::col((Entity, Column::AmountFen)).add(amount.fen()));
    tell(tx, loan, (NoticeKind::PaymentReversed, amount), summed).await
}

fn once_a_day() -> OnConflict {
    OnConflict::columns([Column::LoanId, Column::Kind, Column::DueOn])
}

async fn tell(
    tx: &Tx,
    loan: &loan::Model,
    (kind, amount): (NoticeKind, Money),
    again: OnConflict,
) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        bank_id: Set(loan.bank_id),
        enterprise_id: Set(loan.enterprise_id),
        loan_id: Set(loan.id),
        loan_number: Set(loan.number.clone()),
        kind: Set(kind.name().to_owned()),
        due_on: Set(tx.business_date()),
        amount_fen: Set(amount.fen()),
        business_date: Set(tx.business_date()),
        created_at: Set(tx.now()),
    };
    Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
