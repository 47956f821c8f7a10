//! Reversing a movement: its exact mirror is posted today; nothing is deleted. A movement is reversed once, and a
//! reversal is never reversed: what was right after all is posted anew, by whoever posts such movements.

use contracts::MovementId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::{AsFault, Fault, Tx};

use super::{
    open_days::open_days,
    rows::{entry, movement},
};

/// Why a movement is not reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReversalRefused {
    /// There is no such movement.
    #[error("there is no such movement")]
    NotThere,
    /// It is a reversal itself.
    #[error("the movement is itself a reversal")]
    IsReversal,
    /// It was reversed before.
    #[error("the movement was reversed by {by}")]
    Already {
        /// The movement that did.
        by: MovementId,
    },
}

/// A refusal or a fault.
#[derive(Debug, thiserror::Error)]
pub enum ReverseError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] ReversalRefused),
    /// The machinery failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sea_orm::DbErr> for ReverseError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl AsFault for ReverseError {
    fn as_fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) => None,
        }
    }
}

/// Posts the mirror of a movement on the transaction's business date, or the book's first open day after it: the same book, kind, subject, group and entries,
/// with the sides turned. Returns the mirror's id.
///
/// The unique index on `reversal_of` lets one of two simultaneous reversals through; the other runs again and is refused.
///
/// # Errors
/// [`ReversalRefused`], or the database's fault.
pub async fn reverse(tx: &mut Tx, id: MovementId, reason: &str) -> Result<MovementId, ReverseError> {
    let head =
        movement::Entity::find_by_id(id.uuid()).one(tx.conn()).await?.ok_or(ReversalRefused::NotThere)?;
    if head.reversal_of.is_some() {
        return Err(ReversalRefused::IsReversal.into());
    }
    let earlier =
        movement::Entity::find().filter(movement::Column::ReversalOf.eq(id.uuid())).one(tx.conn()).await?;
    if let Some(earlier) = earlier {
        return Err(ReversalRefused::Already { by: earlier.id.into() }.into());
    }
    let entries = entry::Entity::find()
        .filter(entry::Column::MovementId.eq(id.uuid()))
        .order_by_asc(entry::Column::Position)
        .all(tx.conn())
        .await?;
    let mirror = MovementId::fresh(tx.now());
    let on = open_days(tx, vec![head.book]).await?.of(head.book);
    let turned = movement::ActiveModel {
        id: Set(mirror.uuid()),
        book: Set(head.book),
        kind: Set(head.kind),
        subject: Set(head.subject),
        subject_group: Set(head.subject_group),
        business_date: Set(on),
        posted_at: Set(tx.now()),
        reversal_of: Set(Some(id.uuid())),
        reason: Set(Some(reason.to_owned())),
    };
    movement::Entity::insert(turned).exec_without_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        if fault.is_unique_violation() {
            Fault::Conflict("the movement was reversed at the same time".to_owned())
        } else {
            fault
        }
    })?;
    let mirrored = entries.into_iter().map(|row| entry::ActiveModel {
        movement_id: Set(mirror.uuid()),
        position: Set(row.position),
        book: Set(row.book),
        account: Set(row.account),
        business_date: Set(on),
        debit_fen: Set(row.credit_fen),
        credit_fen: Set(row.debit_fen),
    });
    entry::Entity::insert_many(mirrored).exec_without_returning(tx.conn()).await?;
    Ok(mirror)
}
