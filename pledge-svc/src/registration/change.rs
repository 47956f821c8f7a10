//! The act: the bank files a change of a registered pledge.

use contracts::{FilingId, PledgeId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::Tx;

use super::{
    cancel::line,
    case::{By, file},
    model::{
        Case, Change, Filing, FilingKind, Papers, Pledge,
        change::{self, Secured},
        filing::NewFiling,
    },
    office::Office,
    store,
};
use crate::disposal;

/// Files the change. It has its effect once the register grants it; what it lowers carries nothing from now on.
pub(super) async fn change(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    (content, reason): (&Change, &str),
) -> Result<Pledge, ActError> {
    let pledge = store::find::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(pledge.version)?;
    let secured = secured(tx, &pledge, content).await?;
    change::change(&pledge, content, secured)?;
    let filing = Filing::new(NewFiling {
        id: FilingId::fresh(tx.now()),
        pledge_id: id,
        kind: FilingKind::Change,
        online: true,
        papers: Papers {
            change: Some(content.clone()),
            reason: Some(reason.to_owned()),
            ..Papers::default()
        },
        outside: office.is_outside(),
        at: tx.now(),
    })
    .filed_by(caller.user, &caller.name);
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.change" };
    Ok(file(tx, office, by, Some(&pledge), Case { pledge: pledge.clone(), filing }).await?.pledge)
}

/// What a pledge secures and what else does, with the line locked, and whether all that a change releases was sold.
pub(super) async fn secured(tx: &Tx, pledge: &Pledge, content: &Change) -> Result<Secured, ActError> {
    let sold = disposal::sold_under(tx.conn(), pledge.id).await?;
    let sold = !content.release.is_empty() && content.release.iter().all(|one| sold.contains(one));
    Ok(Secured { sold, ..line(tx, pledge).await? })
}
