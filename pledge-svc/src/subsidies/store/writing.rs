//! Writing schemes, claims and policies, each under its guard.

use contracts::SubsidyId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use super::{
    entities::{claim, funding, payment, policy, scheme},
    mapping::{claim_row, scheme_row},
};
use crate::subsidies::model::{Claim, PaidInterest, Scheme};

/// Writes a new scheme.
pub(in crate::subsidies) async fn insert_scheme(tx: &Tx, one: &Scheme) -> Result<(), Fault> {
    let row = scheme_row(one)?.into_active_model();
    scheme::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a scheme's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::subsidies) async fn update_scheme(tx: &Tx, one: &Scheme) -> Result<(), Fault> {
    let row = scheme_row(one)?;
    let touched = scheme::Entity::update_many()
        .set(scheme::ActiveModel {
            status: Set(row.status),
            funded_fen: Set(row.funded_fen),
            paid_fen: Set(row.paid_fen),
            checker: Set(row.checker),
            reason: Set(row.reason),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(scheme::Column::Id.eq(row.id))
        .filter(scheme::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("scheme {} was changed by another", one.id)))
    }
}

/// Writes money received.
pub(in crate::subsidies) async fn add_funding(tx: &Tx, row: funding::Model) -> Result<(), Fault> {
    funding::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a new claim with the payments that it holds on to.
///
/// # Errors
/// A conflict where a twin took a payment or the premium first: then this one is decided again.
pub(in crate::subsidies) async fn insert_claim(
    tx: &Tx,
    one: &Claim,
    payments: &[PaidInterest],
) -> Result<(), Fault> {
    let row = claim_row(one)?.into_active_model();
    claim::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    let rows = payments.iter().map(|paid| payment::ActiveModel {
        claim_id: Set(one.id.uuid()),
        repayment_id: Set(paid.repayment_id.uuid()),
        paid_on: Set(paid.paid_on),
        interest_fen: Set(paid.interest.fen()),
        contract_rate: Set(paid.contract_rate.to_string()),
        live: Set(true),
    });
    if !payments.is_empty() {
        payment::Entity::insert_many(rows)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    }
    Ok(())
}

/// Writes a claim's new state; the row must still be at the version before.
///
/// # Errors
/// A conflict where another changed it meanwhile.
pub(in crate::subsidies) async fn update_claim(tx: &Tx, one: &Claim) -> Result<(), Fault> {
    let row = claim_row(one)?;
    let touched = claim::Entity::update_many()
        .set(claim::ActiveModel {
            object: Set(row.object),
            computed_fen: Set(row.computed_fen),
            amount_fen: Set(row.amount_fen),
            bank_id: Set(row.bank_id),
            bank_name: Set(row.bank_name),
            status: Set(row.status),
            decided_by_id: Set(row.decided_by_id),
            decided_by: Set(row.decided_by),
            reason: Set(row.reason),
            paid_by: Set(row.paid_by),
            paid_on: Set(row.paid_on),
            payment_id: Set(row.payment_id),
            credit_id: Set(row.credit_id),
            decided_at: Set(row.decided_at),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(claim::Column::Id.eq(row.id))
        .filter(claim::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("subsidy claim {} was changed by another", one.id)))
    }
}

/// Lets go of the payments of a claim that came to nothing.
pub(in crate::subsidies) async fn release_payments(tx: &Tx, id: SubsidyId) -> Result<(), Fault> {
    payment::Entity::update_many()
        .col_expr(payment::Column::Live, Expr::value(false))
        .filter(payment::Column::ClaimId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes a policy as it is known now, new or changed.
pub(in crate::subsidies) async fn note_policy(
    tx: &Tx,
    row: policy::Model,
    is_new: bool,
) -> Result<(), Fault> {
    if is_new {
        policy::Entity::insert(row.into_active_model())
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    } else {
        policy::Entity::update(row.into_active_model().reset_all()).exec(tx.conn()).await?;
    }
    Ok(())
}
