//! Letting go of what an approval held on the line, when the application or its pledge ends.

use contracts::Actor;
use finance::Money;
use http_kit::ActError;
use identity::Scope;
use tx_kit::{Fault, Tx};

use super::{
    conditions,
    model::{Application, reservation::to_release},
    store,
};
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
    // What is held for the member is one sum, whoever asks: the suite's own question.
    let system = Scope::system();
    let line = facility::find_for_application(tx.conn(), &system, facility_id, enterprise)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the facility of application {}", application.id)))?;
    let others = store::find_held_by_others(tx.conn(), &system, application).await?;
    let freed = to_release(approved, line.member_reserved, others, line.member_drawn);
    if freed.is_positive() {
        facility::release_reservation(tx, facility_id, enterprise, freed, actor).await?;
    }
    Ok(())
}
