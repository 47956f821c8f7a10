//! The acts: a scheme is proposed by one manager, adopted or turned down by another, ended.

use contracts::SubsidySchemeId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    hand,
    model::{Scheme, SchemeStatus, SchemeTerms, adopted, ended, turned_down},
    store,
};

/// Proposes a scheme of the caller's organisation. Its terms were checked.
pub(super) async fn propose(tx: &mut Tx, caller: &Caller, terms: &SchemeTerms) -> Result<Scheme, ActError> {
    let hand = hand(caller, tx);
    let scheme = Scheme {
        id: SubsidySchemeId::fresh(tx.now()),
        fund_id: caller.tenant,
        fund_name: caller.tenant_name.clone(),
        terms: terms.clone(),
        status: SchemeStatus::Proposed,
        funded: Money::ZERO,
        paid: Money::ZERO,
        maker_id: hand.user,
        maker: hand.name,
        checker: None,
        reason: None,
        created_at: hand.at,
        version: 1,
    };
    store::insert_scheme(tx, &scheme).await?;
    record(tx, caller, &scheme, "subsidy_scheme.propose").await?;
    Ok(scheme)
}

/// What becomes of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Adopted.
    Adopt,
    /// Turned down, with a reason.
    TurnDown(&'a str),
    /// Ended, with a reason.
    End(&'a str),
}

/// Takes a step with a scheme of the caller's organisation.
pub(super) async fn step(
    tx: &mut Tx,
    caller: &Caller,
    id: SubsidySchemeId,
    step: Step<'_>,
) -> Result<Scheme, ActError> {
    let scheme = own(tx, caller, id).await?;
    let hand = hand(caller, tx);
    let (scheme, action) = match step {
        Step::Adopt => (adopted(scheme, &hand)?, "subsidy_scheme.adopt"),
        Step::TurnDown(reason) => (turned_down(scheme, reason, &hand)?, "subsidy_scheme.turn_down"),
        Step::End(reason) => (ended(scheme, reason)?, "subsidy_scheme.end"),
    };
    store::update_scheme(tx, &scheme).await?;
    record(tx, caller, &scheme, action).await?;
    Ok(scheme)
}

/// Locks a scheme of the caller's own organisation.
pub(super) async fn own(tx: &Tx, caller: &Caller, id: SubsidySchemeId) -> Result<Scheme, ActError> {
    store::find_scheme(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let scheme = store::lock_scheme(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    if scheme.fund_id == caller.tenant { Ok(scheme) } else { Err(Problem::not_found().into()) }
}

/// Writes who did what to a scheme.
pub(super) async fn record(
    tx: &mut Tx,
    caller: &Caller,
    scheme: &Scheme,
    action: &'static str,
) -> Result<(), Fault> {
    let entry =
        AuditEntry::new(&caller.actor(), action, "subsidy_scheme", scheme.id).with(serde_json::json!({
            "name": scheme.terms.name, "source": scheme.terms.source, "status": scheme.status,
            "funded": scheme.funded, "paid": scheme.paid, "reason": scheme.reason,
        }));
    tx.audit([entry]).await
}
