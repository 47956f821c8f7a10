//! The act: the risk manager says whether an amount may be approved for which the bank wants that word.

use contracts::ApplicationId;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    hand::hand,
    model::{Application, consent},
    seen::find_seen,
    store,
};

/// Records the risk manager's word.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    agrees: bool,
    comment: &str,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let said = consent::consent(application, agrees, comment, &by)?;
    store::update(tx, &said).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.consent", "application", id)
        .with(serde_json::json!({ "consent": said.consent }));
    tx.audit([entry]).await?;
    Ok(said)
}
