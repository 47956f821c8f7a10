//! The act: the risk manager says whether an amount may be approved for which the bank wants that word.

use contracts::ApplicationId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    hand::hand,
    model::{Application, consent},
    store,
};

/// Records the risk manager's word.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    agrees: bool,
    comment: &str,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let by = hand(caller, tx, application.bank_id).await?;
    let said = consent::consent(application, agrees, comment, &by)?;
    store::update(tx, &said).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.consent", "application", id)
        .with(serde_json::json!({ "consent": said.consent }));
    tx.audit([entry]).await?;
    Ok(said)
}
