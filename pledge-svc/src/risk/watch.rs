//! The acts: a risk manager puts a loan on the watch list, which makes its provision that of its whole life, or takes it
//! off again; each with a reason.

use contracts::LoanId;
use http_kit::ActError;
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    judge::hold_led,
    model::{Judged, judgement::Refusal},
    reassess::{Setting, reassess_as},
    store::{self, write},
    view::{RiskView, view_in},
};

/// Puts a loan on the watch list, or takes it off.
pub(super) async fn watch(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    watched: bool,
    reason: &str,
) -> Result<RiskView, ActError> {
    let mut held = hold_led(tx, caller, id).await?;
    let known = store::find::find_risk(tx.conn(), &caller.scope(), id).await?;
    if known.as_ref().is_some_and(|row| row.watched) == watched {
        return Err(Refusal::WatchUnchanged.into());
    }
    let judged = known.as_ref().map_or_else(|| Ok(Judged::default()), store::judged_of)?;
    held.write(tx, Default::default()).await?;
    let (_, told) = reassess_as(tx, &mut held, "watch_list", Some(Setting { judged, watched })).await?;
    let on = tx.business_date();
    write::set_watched(tx, id, watched.then_some((on, caller.name.as_str(), reason))).await?;
    let event = held.state_changed("judgement", told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let action = if watched { "risk.watch.add" } else { "risk.watch.remove" };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", id)
        .with(serde_json::json!({ "reason": reason, "tier": told.tier, "stage": told.stage }));
    tx.audit([entry]).await?;
    view_in(tx.conn(), &caller.scope(), &held.row).await.map_err(Into::into)
}
