//! The act: patents that were sold for the debt are let go of. The release is filed with the register in the act of the
//! sale, and the cancellation where nothing is left under the pledge.

use contracts::{Actor, FilingId, PatentId, PledgeId};
use http_kit::{ActError, Problem};
use identity::Scope;
use tx_kit::Tx;

use super::{
    case::{By, file},
    model::{
        Case, Filing, FilingKind, Papers, Pledge, PledgeStatus, Refusal, change::without, filing::NewFiling,
    },
    office::Office,
    store,
};

/// Whether patents under a pledge can be let go of now.
///
/// # Errors
/// Not registered, or something of it is at the register.
pub(crate) fn releasable(pledge: &Pledge) -> Result<(), Problem> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status }.into());
    }
    match pledge.filing.as_ref().filter(|filing| filing.state.is_open()) {
        Some(filing) => Err(Refusal::FilingOpen { kind: filing.kind }.into()),
        None => Ok(()),
    }
}

/// Files the release of patents that were sold under a pledge. The facility is locked, and who decided the sale has been
/// asked for his right to it.
///
/// # Errors
/// As [`releasable`]; the database's fault.
pub(crate) async fn release_sold(
    tx: &mut Tx,
    office: &Office,
    actor: &Actor,
    id: PledgeId,
    (patents, reason): (&[PatentId], &str),
) -> Result<(), ActError> {
    let found = store::find::find(tx.conn(), &Scope::system(), id).await?;
    let pledge = found.ok_or_else(Problem::not_found)?;
    releasable(&pledge)?;
    let (kind, action, change) = match without(&pledge, patents) {
        Some(change) => (FilingKind::Change, "pledge.change", Some(change)),
        None => (FilingKind::Cancellation, "pledge.cancel", None),
    };
    let filing = Filing::new(NewFiling {
        id: FilingId::fresh(tx.now()),
        pledge_id: id,
        kind,
        online: true,
        papers: Papers { change, reason: Some(reason.to_owned()), ..Papers::default() },
        outside: office.is_outside(),
        at: tx.now(),
    });
    file(tx, office, By { actor, action }, Some(&pledge), Case { pledge: pledge.clone(), filing }).await?;
    Ok(())
}
