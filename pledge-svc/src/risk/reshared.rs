//! The provision of a loan whose banks lend it in other parts than before: each bank's allowance follows its part.

use tx_kit::{Fault, Tx};

use super::{postings, reassess::told, settle::divided};
use crate::loan::{Held, LoanShare};

/// Moves each bank's allowance for a held loan from the parts before to those that it has now; the whole stays.
///
/// # Errors
/// The database's fault.
pub(crate) async fn reshare(tx: &mut Tx, held: &Held, before: &[LoanShare]) -> Result<(), Fault> {
    let provision = told(tx.conn(), held.id()).await?.provision;
    let parts = divided(provision, before)?.into_iter().zip(divided(provision, &held.shares)?);
    let mut movements = Vec::new();
    for (share, (had, has)) in held.shares.iter().zip(parts) {
        let change = has.checked_sub(had).map_err(|error| Fault::Invariant(error.to_string()))?;
        movements.extend(postings::changed(held.id(), held.facility.id, share.bank_id, change)?);
    }
    if movements.is_empty() {
        return Ok(());
    }
    ledger::store::post(tx, &movements).await?;
    Ok(())
}
