//! What stands of a loan on which nothing is owed any more: when it was repaid its provision comes back; when it is
//! written off its provision covers what is lost.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate, split};
use identity::Scope;
use ledger::Movement;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    assess::{Parts, gather},
    postings,
    record::record,
    store,
};
use crate::{
    loan::{Held, LoanShare, store as loans},
    servicing::model::weights,
};

/// Loans settled in one turn.
const TURN: i64 = 500;

/// Ends the risk of a bank's loans that were repaid: up to some hundreds in one turn, for a close to call until nothing
/// is left. Returns how many there were, and the movements of their provisions for the caller to post.
///
/// # Errors
/// The database's fault.
pub(crate) async fn settle(tx: &Tx, bank: OrgId, on: NaiveDate) -> Result<(usize, Vec<Movement>), Fault> {
    let scope = Scope::of_bank(bank);
    let ids = store::due::find_settled(tx.conn(), &scope, TURN).await?;
    let rows = loans_of(tx.conn(), &ids).await?;
    let batch = gather(tx.conn(), bank, on, &rows).await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        changes.extend(batch.settle(row)?);
    }
    let parts = parts_of(tx.conn(), &ids).await?;
    Ok((ids.len(), record(tx, on, "repaid", &changes, &parts).await?))
}

async fn loans_of(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<loans::loan::Model>, Fault> {
    use sea_orm::{ColumnTrait, QueryFilter};
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let listed = loans::loan::Column::Id.is_in(ids.iter().copied());
    Ok(loans::find(&Scope::system()).filter(listed).all(conn).await?)
}

/// The banks' parts of those loans that more than one bank lent.
pub(super) async fn parts_of(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Parts, Fault> {
    let mut parts: Parts = HashMap::new();
    if ids.is_empty() {
        return Ok(parts);
    }
    for share in loans::shares(conn, ids.iter().copied()).await? {
        let weight = Rate::new(Decimal::from(share.amount_fen));
        parts.entry(share.loan_id).or_default().push((share.bank_id.into(), weight));
    }
    parts.retain(|_, banks| banks.len() > 1);
    Ok(parts)
}

/// Makes the provision of a loan that is about to be written off its whole principal and the interest that the books show, in
/// the book of each bank, and ends its risk: the allowance is then what the write-off uses (Dr loan loss allowance / Cr loans
/// and interest receivable, the caller's movement). To be called before the principal leaves the held loan.
///
/// # Errors
/// The database's fault.
pub(crate) async fn cover_write_off(tx: &mut Tx, held: &Held) -> Result<(), Fault> {
    let bank: OrgId = held.row.bank_id.into();
    let batch = gather(tx.conn(), bank, held.on, std::slice::from_ref(&held.row)).await?;
    let change = batch.settle(&held.row)?;
    let before =
        change.as_ref().and_then(|change| change.before.as_ref()).map_or(Money::ZERO, |one| one.provision);
    let mut movements = Vec::new();
    let interest = divided(held.posted(), &held.shares)?;
    for ((share, has), shown) in held.shares.iter().zip(divided(before, &held.shares)?).zip(interest) {
        let lacks = Money::from_fen(share.outstanding.fen() + shown.fen() - has.fen());
        movements.extend(postings::changed(held.id(), held.facility.id, share.bank_id, lacks)?);
    }
    ledger::store::post(tx, &movements).await?;
    if let Some(change) = change {
        let parts = parts_of(tx.conn(), &[held.row.id]).await?;
        // What is written off is gone from the allowance with the caller's movement, not given back.
        drop(record(tx, held.on, "write_off", std::slice::from_ref(&change), &parts).await?);
    }
    Ok(())
}

/// Each bank's part of a provision.
pub(super) fn divided(provision: Money, shares: &[LoanShare]) -> Result<Vec<Money>, Fault> {
    if let [_] = shares {
        return Ok(vec![provision]);
    }
    split(provision, &weights(shares)).map_err(|error| Fault::Invariant(error.to_string()))
}
