//! Letting go of what an approval held on the line, when the application or its pledge ends.

use contracts::Actor;
use finance::Money;
use http_kit::ActError;
use tx_kit::Tx;

use super::{conditions, model::Application, store};
use crate::facility;

/// Ends the reservation of an approved application whose pledge has ended. Does nothing where none stands.
///
/// # Errors
/// The facility's refusal, or the database's fault.
pub async fn let_go(tx: &mut Tx, application: Application, actor: &Actor) -> Result<(), ActError> {
    if !application.holds_reservation {
        return Ok(());
    }
    let approved = application.approved_amount_or_zero();
    let ended = application.without_reservation();
    store::update(tx, &ended).await?;
    conditions::fall_away(tx, &ended).await?;
    release(tx, &ended, approved, actor).await
}

/// Releases what the approval of this application still holds; the member's other approvals keep theirs.
pub(super) async fn release(
    tx: &mut Tx,
    application: &Application,
    approved: Money,
    actor: &Actor,
) -> Result<(), ActError> {
    if !approved.is_positive() {
        return Ok(());
    }
    let (facility_id, enterprise) = (application.facility_id, application.enterprise_id);
    facility::release_reservation(tx, facility_id, enterprise, application.id, actor).await
}
