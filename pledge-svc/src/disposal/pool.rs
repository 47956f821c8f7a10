//! The mutual-aid pool as one of those who bear a loss: what its deposits hold, what is taken of them, what goes back. The
//! deposits themselves are the facility's.

use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};

use super::model::{Case, Refusal};
use crate::{
    books::accounts::DEPOSITS,
    facility::{self, ForLoan, store as lines},
    loan::Held,
};

/// What the deposits that answer for the case's loan hold: all of the line's where its members answer for each other,
/// else the borrower's own.
pub(super) async fn balance(conn: &impl ConnectionTrait, case: &Case) -> Result<Money, Fault> {
    let gone = || Fault::Corrupt(format!("the facility of case {}", case.id));
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id).await?.ok_or_else(gone)?;
    let mut places = lines::member::Entity::find()
        .select_only()
        .column_as(Expr::col(lines::member::Column::DepositFen).sum().cast_as(Alias::new("BIGINT")), "held")
        .filter(lines::member::Column::FacilityId.eq(case.facility_id.uuid()));
    if !terms.liability.is_joint() {
        places = places.filter(lines::member::Column::EnterpriseId.eq(case.enterprise_id.uuid()));
    }
    let held: Option<Option<i64>> = places.into_tuple().one(conn).await?;
    Ok(Money::from_fen(held.flatten().unwrap_or(0)))
}

fn of(held: &Held) -> ForLoan {
    ForLoan { loan: held.id(), borrower: held.member.enterprise_id }
}

/// Takes an amount out of the pool for a held loan, into the account that the loan is then paid from: Dr security
/// deposits / Cr deposits.
///
/// # Errors
/// [`Refusal::AboveClaimed`] where the pool holds less.
pub(super) async fn take(tx: &mut Tx, caller: &Caller, held: &Held, amount: Money) -> Result<(), ActError> {
    let taken =
        facility::apply_deposits(tx, held.facility.id, of(held), (amount, DEPOSITS), &caller.actor()).await?;
    if taken == amount { Ok(()) } else { Err(Refusal::AboveClaimed { claimed: taken, asked: amount }.into()) }
}

/// Puts a part of a recovery back: Dr deposits / Cr security deposits.
///
/// # Errors
/// A fault where less was taken than goes back.
pub(super) async fn put_back(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    amount: Money,
) -> Result<(), ActError> {
    let back =
        facility::restore_deposits(tx, held.facility.id, of(held), (amount, DEPOSITS), &caller.actor())
            .await?;
    if back == amount {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("{back} of {amount} went back into the pool of loan {}", held.id()))
            .into())
    }
}
