//! The act: the pledge is entered in the register, unless a ground against it has come up meanwhile.

use contracts::PledgeId;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use tx_kit::{Fault, Tx};

use super::{
    model::{Pledge, Refusal, register, submit::registrable},
    store,
    submit::{changed, examined},
};
use crate::applications::{self, model::PatentFacts};

/// Registers under the number given; the built-in register numbers it where none is given.
pub(super) async fn register(
    tx: &mut Tx,
    caller: &Caller,
    id: PledgeId,
    named: Option<&str>,
    facts: &[PatentFacts],
) -> Result<Pledge, ActError> {
    let pledge = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let application = applications::find(tx.conn(), &caller.scope(), pledge.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {id}")))?;
    let registration_number = match named {
        Some(given) => given.to_owned(),
        None => contracts::number("Y", tx.business_date(), id.uuid()),
    };
    let registered = register::register(pledge, registration_number.clone(), tx.business_date())?;
    registrable(&application, &examined(tx, &application, facts, Some(id)).await?)?;
    // The number is unique in the register, whoever's pledge bears it.
    if store::find_by_registration_number(tx.conn(), &Scope::system(), &registration_number).await?.is_some()
    {
        return Err(Refusal::NumberTaken.into());
    }
    store::update(tx, &registered).await?;
    changed(tx, caller, &registered, "pledge.register").await?;
    Ok(registered)
}
