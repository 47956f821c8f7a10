//! The claim whose subsidy rests on a payment: while it does, the payment stays. Whoever undoes a payment and whoever
//! claims for it lock its row first, so that one of the two sees the other.

use contracts::RepaymentId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{Fault, Tx};

use super::{
    model::PaidInterest,
    store::entities::{claim, payment},
};
use crate::loan::store::repayment;

/// Locks the payments that a claim is about to rest on.
///
/// # Errors
/// A conflict where one of them was undone meanwhile: the claim is worked out again.
pub(super) async fn hold_payments(tx: &Tx, paid: &[PaidInterest]) -> Result<(), Fault> {
    for some in paid.chunks(1_000) {
        let held = repayment::Entity::find()
            .filter(repayment::Column::Id.is_in(some.iter().map(|one| one.repayment_id.uuid())))
            .filter(repayment::Column::ReversedOn.is_null())
            .order_by_asc(repayment::Column::Id)
            .lock_exclusive()
            .all(tx.conn())
            .await?;
        if held.len() != some.len() {
            return Err(Fault::Conflict("a payment was undone meanwhile".to_owned()));
        }
    }
    Ok(())
}

/// The number of the claim that holds on to a payment's interest; `None` where none does.
///
/// # Errors
/// The database's fault.
pub(crate) async fn claim_on(
    conn: &impl ConnectionTrait,
    repayment: RepaymentId,
) -> Result<Option<String>, Fault> {
    let held = payment::Entity::find()
        .filter(payment::Column::RepaymentId.eq(repayment.uuid()))
        .filter(payment::Column::Live.eq(true))
        .one(conn)
        .await?;
    let Some(held) = held else { return Ok(None) };
    Ok(claim::Entity::find_by_id(held.claim_id)
        .select_only()
        .column(claim::Column::Number)
        .into_tuple()
        .one(conn)
        .await?)
}
