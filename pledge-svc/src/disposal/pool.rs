//! Members' deposits as those who bear a loss: the mutual-aid pool, and the margin under a pool of patents. What they hold,
//! what is taken of them, what goes back. The deposits themselves are the facility's.

use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};

use super::{
    model::{Case, Refusal},
    store,
};
use crate::{
    books::accounts::DEPOSITS,
    facility::{self, DepositKind, ForLoan, store as lines},
    fund::Bearer,
    loan::Held,
};

/// The kind of deposit that a bearer is; `None` where it is somebody else's money.
pub(super) const fn kind_of(bearer: Bearer) -> Option<DepositKind> {
    match bearer {
        Bearer::Pool => Some(DepositKind::MutualAid),
        Bearer::Margin => Some(DepositKind::Margin),
        Bearer::Insurer
        | Bearer::Fund
        | Bearer::Guarantor
        | Bearer::Appraiser
        | Bearer::Reguarantor
        | Bearer::Bank => None,
    }
}

/// What the deposits of a kind hold that answer for the case's loan: all of the line's where its members answer for each
/// other, or where their patents are pooled and the margin with them; else the borrower's own. Less what other losses of the
/// line have claimed and wait for.
pub(super) async fn balance(
    conn: &impl ConnectionTrait,
    case: &Case,
    kind: DepositKind,
) -> Result<Money, Fault> {
    let gone = || Fault::Corrupt(format!("the facility of case {}", case.id));
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id).await?.ok_or_else(gone)?;
    let (column, of_all) = match kind {
        DepositKind::MutualAid => (lines::member::Column::DepositFen, terms.liability.is_joint()),
        DepositKind::Margin => (lines::member::Column::MarginFen, terms.pooled),
    };
    let mut places = lines::member::Entity::find()
        .select_only()
        .column_as(Expr::col(column).sum().cast_as(Alias::new("BIGINT")), "held")
        .filter(lines::member::Column::FacilityId.eq(case.facility_id.uuid()));
    if !of_all {
        places = places.filter(lines::member::Column::EnterpriseId.eq(case.enterprise_id.uuid()));
    }
    let held: Option<Option<i64>> = places.into_tuple().one(conn).await?;
    let bearer = match kind {
        DepositKind::MutualAid => Bearer::Pool,
        DepositKind::Margin => Bearer::Margin,
    };
    let waiting = store::find_waiting_on(conn, &Scope::system(), case.facility_id, bearer).await?;
    Ok(Money::from_fen(held.flatten().unwrap_or(0)).saturating_sub(waiting))
}

fn of(held: &Held) -> ForLoan {
    ForLoan { loan: held.id(), borrower: held.member.enterprise_id }
}

/// Takes an amount out of deposits for a held loan, into the account that the loan is then paid from: Dr security
/// deposits / Cr deposits.
///
/// # Errors
/// [`Refusal::AboveClaimed`] where less is held.
pub(super) async fn take(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    (kind, amount): (DepositKind, Money),
) -> Result<(), ActError> {
    let (line, sum) = (held.facility.id, (kind, amount, DEPOSITS));
    let taken = facility::apply_deposits(tx, line, of(held), sum, &caller.actor()).await?;
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
    (kind, amount): (DepositKind, Money),
) -> Result<(), ActError> {
    let (line, sum) = (held.facility.id, (kind, amount, DEPOSITS));
    let back = facility::restore_deposits(tx, line, of(held), sum, &caller.actor()).await?;
    if back == amount {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("{back} of {amount} went back into the pool of loan {}", held.id()))
            .into())
    }
}

/// The borrowing base once deposits and the loan have both moved: what was taken of the margin has paid principal.
pub(super) async fn base_after(tx: &mut Tx, caller: &Caller, held: &Held) -> Result<(), ActError> {
    facility::recompute_base(tx, held.facility.id, "deposit", &caller.actor()).await?;
    Ok(())
}
