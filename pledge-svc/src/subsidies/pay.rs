//! The act: an approved claim is paid by another manager than decided it. The special account of the fund and the
//! enterprise's deposits at its bank move together with the claim.

use contracts::SubsidyId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{Fault, Tx};

use super::{
    hand, locked,
    model::{Claim, Scheme, paid},
    postings, record, store,
};

/// Pays it.
pub(super) async fn pay(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (SubsidyId, IfMatch),
) -> Result<Claim, ActError> {
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(claim.version)?;
    let scheme = locked(tx, &claim).await?;
    let claim = paid(claim, scheme.held(), &hand(caller, tx))?;
    let mut movements = vec![postings::payment(claim.fund_id, claim.id, claim.amount)?];
    if let Some(bank) = claim.bank_id {
        movements.push(postings::credit(bank, claim.id, claim.amount)?);
    }
    let posted = ledger::post(tx, &movements).await?;
    let claim = Claim { payment_id: posted.first().copied(), credit_id: posted.get(1).copied(), ..claim };
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let after = Scheme {
        paid: scheme.paid.checked_add(claim.amount).map_err(broken)?,
        version: scheme.version + 1,
        ..scheme
    };
    store::update_scheme(tx, &after).await?;
    store::update_claim(tx, &claim).await?;
    record(tx, caller, &claim, "subsidy.pay").await?;
    Ok(claim)
}
