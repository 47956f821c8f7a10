//! Who takes a step, at the instant of the transaction.

use identity::Caller;
use tx_kit::Tx;

use super::Hand;

/// The caller's hand in this transaction.
#[must_use]
pub fn hand(caller: &Caller, tx: &Tx) -> Hand {
    Hand { user: caller.user, name: caller.name.clone(), at: tx.now(), on: tx.business_date() }
}
