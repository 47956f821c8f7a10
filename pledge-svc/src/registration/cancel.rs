//! The act: the cancellation of a pledge is filed once nothing is outstanding, from when on it carries nothing; with its
//! grant, by another person where the register is the built-in one, the patents are free again, and what was still held on
//! the line is let go of.

use contracts::{FilingId, PledgeId};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use tx_kit::{Fault, Tx};

use super::{
    case::{By, file},
    model::{
        Case, Filing, FilingKind, Papers, Pledge, PledgeStatus,
        cancel::{self, Owing},
        change::Secured,
        filing::NewFiling,
    },
    office::Office,
    pool::registered_under,
    store, withdraw,
};
use crate::{disposal, facility};

/// Cancels with a reason. What is not registered yet is withdrawn.
pub(super) async fn cancel(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    reason: &str,
) -> Result<Pledge, ActError> {
    let pledge = store::find::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(pledge.version)?;
    if pledge.status == PledgeStatus::Submitted {
        return withdraw::withdraw(tx, office, caller, (id, seen), reason).await;
    }
    let secured = line(tx, &pledge).await?;
    let owing = owing(tx, &pledge, secured.outstanding).await?;
    let sold = disposal::sold_under(tx.conn(), id).await?;
    cancel::cancel(&pledge, &owing, &sold)?;
    let filing = Filing::new(NewFiling {
        id: FilingId::fresh(tx.now()),
        pledge_id: id,
        kind: FilingKind::Cancellation,
        online: true,
        papers: Papers { reason: Some(reason.to_owned()), ..Papers::default() },
        outside: office.is_outside(),
        at: tx.now(),
    })
    .filed_by(caller.user, &caller.name);
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.cancel" };
    Ok(file(tx, office, by, Some(&pledge), Case { pledge: pledge.clone(), filing }).await?.pledge)
}

/// What a pledge secures and what else does, with the line locked: nothing is drawn on it until the transaction has
/// ended. Where the patents of all members are pooled, the others' pledges secure the same loans.
pub(super) async fn line(tx: &Tx, pledge: &Pledge) -> Result<Secured, ActError> {
    let (facility, enterprise) = (pledge.facility_id, pledge.enterprise_id);
    let outstanding = facility::member_outstanding(tx.conn(), facility, enterprise).await?;
    let terms = facility::find_for_application(tx.conn(), &Scope::system(), facility, enterprise).await?;
    let pooled = terms.is_some_and(|line| line.collateral.pool().is_some());
    let others = registered_under(tx.conn(), facility).await?.into_iter().filter(|one| {
        one.id != pledge.id
            && (pooled || one.enterprise_id == enterprise)
            && one.valid_until().is_some_and(|day| day >= tx.business_date())
    });
    let elsewhere = Money::total(others.map(|one| one.carrying))
        .map_err(|error| Fault::Corrupt(format!("what is pledged under {facility}: {error}")))?;
    let borrower = (!pooled).then_some(enterprise);
    let last_due = store::owing::find_last_due(tx.conn(), &Scope::system(), facility, borrower).await?;
    Ok(Secured { outstanding, elsewhere, sold: false, last_due })
}

/// What is owed that a pledge secures, interest and fees and open cases among it; the line is locked.
async fn owing(tx: &Tx, pledge: &Pledge, outstanding: Money) -> Result<Owing, ActError> {
    let (facility, enterprise) = (pledge.facility_id, pledge.enterprise_id);
    let system = Scope::system();
    let terms = facility::find_for_application(tx.conn(), &system, facility, enterprise).await?;
    // A pool secures the loans of all its members.
    let pooled = terms.is_some_and(|line| line.collateral.pool().is_some());
    let borrower = (!pooled).then_some(enterprise);
    let loans = store::owing::list_loans(tx.conn(), &system, facility, borrower).await?;
    let cases = disposal::open_cases(tx.conn(), facility, borrower).await?;
    Ok(Owing { outstanding, loans, cases })
}
