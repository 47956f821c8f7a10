//! Who takes a step, at the instant of the transaction.

use contracts::OrgId;
use identity::Caller;
use tx_kit::{Fault, Tx};

use super::Hand;
use crate::working_days;

/// The caller's hand in this transaction, on an application to a bank.
///
/// # Errors
/// The database's fault.
pub async fn hand(caller: &Caller, tx: &Tx, bank: OrgId) -> Result<Hand, Fault> {
    let on = tx.business_date();
    let calendar = working_days::of_bank(tx.conn(), bank, on).await?;
    Ok(Hand { user: caller.user, name: caller.name.clone(), at: tx.now(), on, calendar })
}
