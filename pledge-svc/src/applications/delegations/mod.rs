//! Approval authority lent for a time: who may lend to whom, what is lent, taking it back, by one of the two or for the bank. Using it is part of an
//! approval (`../approve.rs`).
//!
//! Where is …?
//! - the rule: `../model/delegation.rs`; lending, taking back, taking note of an end: `lend.rs`
//! - the approvers that a bank's people may lend to: `store.rs`, known by their own acts or by making themselves known
//! - tables: `store.rs`; routes: `api.rs`; refusals as problems: `problems.rs`

mod api;
mod lend;
mod problems;
mod store;

use chrono::NaiveDate;
use contracts::DelegationId;
use http_kit::{ActError, Api, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::model::{authority::Lent, delegation::Delegation};
use crate::state::App;

pub(super) fn routes() -> Api<App> {
    api::routes()
}

/// The authority that a caller uses under a delegation.
///
/// # Errors
/// Not there for the caller's bank, lent to somebody else, or not in force; a fault.
pub(crate) async fn used(
    tx: &Tx,
    caller: &Caller,
    id: DelegationId,
    on: NaiveDate,
) -> Result<Lent, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(found.used_by(caller.user, on)?)
}

/// The authority lent to a caller that holds on a day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn lent_to(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    on: NaiveDate,
) -> Result<Vec<Delegation>, Fault> {
    store::find_lent(conn, &caller.scope(), caller.user, on).await
}

/// Remembers the caller as an approver of the bank: who decides proves to be one.
///
/// # Errors
/// The database's fault.
pub(crate) async fn known(tx: &Tx, caller: &Caller) -> Result<(), Fault> {
    store::remember(tx, caller).await
}
