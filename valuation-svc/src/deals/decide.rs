//! The acts: another person of the organisation verifies a deal against its source, or returns it with a reason.

use contracts::{MarketDealId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Standing, standing},
    store::{self, Happening},
    view::{DealView, shown},
};

/// Verifies (`holds`) or returns a deal.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: MarketDealId,
    seen: IfMatch,
    (holds, reason): (bool, Option<&str>),
) -> Result<DealView, ActError> {
    let mut row = store::find_own(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let before = Standing::of_name(&row.standing)
        .ok_or_else(|| Fault::Corrupt(format!("standing {} of deal {id}", row.standing)))?;
    let after = standing::decide(before, UserId::from_uuid(row.maker_id), caller.user, holds)?;
    after.name().clone_into(&mut row.standing);
    row.checker_id = Some(caller.user.uuid());
    row.checker = Some(caller.name.clone());
    row.decision_reason = reason.map(str::to_owned);
    row.updated_at = tx.now();
    row.version += 1;
    let view = shown(&row, &caller.scope())?;
    let details = serde_json::json!({ "number": row.number, "revision": row.revision, "reason": reason });
    let happening = Happening { what: after.name(), reason, by: (caller.user, &caller.name) };
    store::update(tx, row, happening).await?;
    let action = if holds { "deal.verify" } else { "deal.return" };
    tx.audit([AuditEntry::new(&caller.actor(), action, "deal", id).with(details)]).await?;
    Ok(view)
}
