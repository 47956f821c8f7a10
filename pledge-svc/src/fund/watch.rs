//! The act: the circuit breaker is looked at again, after a payment, when a bank's loans are classified anew, or because
//! somebody of the fund asks. What it stops, two people release.

use contracts::{FundAgreementId, OrgId};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    events::{self, Act},
    exposure,
    model::{Agreement, breaker},
    store,
};

/// Stops an agreement that was locked where its breaker trips; gives it as it is afterwards.
pub(super) async fn review(tx: &mut Tx, agreement: &Agreement) -> Result<Agreement, Fault> {
    let today = exposure::of(tx.conn(), agreement, tx.business_date()).await?;
    let tripped = breaker::trip(agreement, today).map_err(|error| Fault::Invariant(error.to_string()))?;
    let Some(trip) = tripped else { return Ok(agreement.clone()) };
    let stopped = agreement.stopped(trip, tx.business_date());
    store::update_agreement(tx, &stopped).await?;
    events::tell_agreement(tx, Act::Stopped, &stopped).await?;
    let entry = AuditEntry::new(&contracts::Actor::system(), "fund.stop", "fund_agreement", stopped.id).with(
        serde_json::json!({ "cause": trip.cause, "ratio": trip.ratio, "threshold": stopped.terms.threshold }),
    );
    tx.audit([entry]).await?;
    Ok(stopped)
}

/// Looks at every active agreement of a bank; gives how many were stopped. For the close of business, once the bank's
/// loans are classified.
///
/// # Errors
/// The database's fault.
pub async fn review_bank(tx: &mut Tx, bank: OrgId) -> Result<u32, Fault> {
    let mut stopped = 0;
    for seen in store::list_active_of_bank(tx.conn(), &Scope::system(), bank).await? {
        store::lock(tx, seen.fund_id).await?;
        let Some(agreement) = store::lock_agreement(tx, seen.id).await? else { continue };
        let after = review(tx, &agreement).await?;
        stopped += u32::from(after.status != agreement.status);
    }
    Ok(stopped)
}

/// Looks at one agreement because somebody of its fund asks.
pub(super) async fn review_now(
    tx: &mut Tx,
    caller: &Caller,
    id: FundAgreementId,
) -> Result<Agreement, ActError> {
    let seen = store::find_agreement(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    store::lock(tx, seen.fund_id).await?;
    let agreement = store::lock_agreement(tx, id).await?.ok_or_else(Problem::not_found)?;
    let after = review(tx, &agreement).await?;
    let entry = AuditEntry::new(&caller.actor(), "fund.review", "fund_agreement", id)
        .with(serde_json::json!({ "status": after.status }));
    tx.audit([entry]).await?;
    Ok(after)
}
