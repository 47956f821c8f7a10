//! The notices of acts: what happens to the borrower's loan, or to what it has instructed, is told on its day.

use finance::Money;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

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
    tell(tx, &Told::of(loan, amount), NoticeKind::DeclaredDue, again).await
}

/// Tells the borrower that a payment on its loan was undone today; several of one day are told as one sum.
///
/// # Errors
/// The database's fault.
pub(crate) async fn payment_reversed(tx: &Tx, loan: &loan::Model, amount: Money) -> Result<(), Fault> {
    tell(tx, &Told::of(loan, amount), NoticeKind::PaymentReversed, summed(amount)).await
}

/// What a notice of an act is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// The bank that is told.
    pub bank: Uuid,
    /// The enterprise that is told.
    pub enterprise: Uuid,
    /// The loan; none where it is about a deposit.
    pub loan: Option<Uuid>,
    /// The loan's number; the line's where it is about a deposit.
    pub number: &'a str,
    /// How much.
    pub amount: Money,
}

impl<'a> Told<'a> {
    fn of(loan: &'a loan::Model, amount: Money) -> Self {
        Self {
            bank: loan.bank_id,
            enterprise: loan.enterprise_id,
            loan: Some(loan.id),
            number: &loan.number,
            amount,
        }
    }
}

/// What has become of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfInstruction {
    /// It waits for the bank.
    Waits,
    /// The bank has confirmed it.
    Confirmed,
    /// The bank has sent it back.
    SentBack,
    /// Its term is over.
    Lapsed,
}

/// Tells the bank that an instruction waits, and its giver what has become of it; several on one loan of one day are told
/// as one sum.
///
/// # Errors
/// The database's fault.
pub(crate) async fn instruction(tx: &Tx, told: &Told<'_>, of: OfInstruction) -> Result<(), Fault> {
    let kind = match of {
        OfInstruction::Waits => NoticeKind::PaymentWaits,
        OfInstruction::Confirmed => NoticeKind::PaymentConfirmed,
        OfInstruction::SentBack => NoticeKind::PaymentSentBack,
        OfInstruction::Lapsed => NoticeKind::PaymentLapsed,
    };
    tell(tx, told, kind, summed(told.amount)).await
}

/// What happens to the terms of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfTerms {
    /// The borrower asks for others.
    Asked,
    /// The bank has answered what was asked for, or let its term pass.
    Answered,
    /// A proposal wants the borrower's consent.
    ConsentWanted,
    /// The borrower has answered it.
    ConsentAnswered,
    /// They are others from today on.
    Changed,
}

/// Tells both parties what happens to the terms of a loan, with what is outstanding on it; once a day of each kind.
///
/// # Errors
/// The database's fault.
pub(crate) async fn terms(tx: &Tx, told: &Told<'_>, of: OfTerms) -> Result<(), Fault> {
    let kind = match of {
        OfTerms::Asked => NoticeKind::ChangeAsked,
        OfTerms::Answered => NoticeKind::ChangeAnswered,
        OfTerms::ConsentWanted => NoticeKind::ConsentWanted,
        OfTerms::ConsentAnswered => NoticeKind::ConsentAnswered,
        OfTerms::Changed => NoticeKind::TermsChanged,
    };
    let mut again = once_a_day();
    again.update_column(Column::AmountFen);
    tell(tx, told, kind, again).await
}

/// Tells both parties that what was spent of a loan was to be proved by today, with the sum that is not proved; told again on
/// the same day it is the same notice.
///
/// # Errors
/// The database's fault.
pub(crate) async fn use_unproven(tx: &Tx, told: &Told<'_>) -> Result<(), Fault> {
    let mut again = once_a_day();
    again.update_column(Column::AmountFen);
    tell(tx, told, NoticeKind::UseUnproven, again).await
}

/// Tells both parties that papers for the use of a draw were rejected.
///
/// # Errors
/// The database's fault.
pub(crate) async fn use_rejected(tx: &Tx, told: &Told<'_>) -> Result<(), Fault> {
    tell(tx, told, NoticeKind::UseRejected, summed(told.amount)).await
}

/// What is told again on the same day is added to what was told.
fn summed(amount: Money) -> OnConflict {
    let mut summed = once_a_day();
    summed.value(Column::AmountFen, Expr::col((Entity, Column::AmountFen)).add(amount.fen()));
    summed
}

fn once_a_day() -> OnConflict {
    OnConflict::columns([Column::LoanId, Column::Kind, Column::DueOn])
}

async fn tell(tx: &Tx, told: &Told<'_>, kind: NoticeKind, again: OnConflict) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        bank_id: Set(told.bank),
        enterprise_id: Set(told.enterprise),
        loan_id: Set(told.loan),
        loan_number: Set(told.number.to_owned()),
        kind: Set(kind.name().to_owned()),
        due_on: Set(tx.business_date()),
        amount_fen: Set(told.amount.fen()),
        business_date: Set(tx.business_date()),
        created_at: Set(tx.now()),
    };
    Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
