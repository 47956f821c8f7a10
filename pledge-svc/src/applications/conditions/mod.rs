//! Conditions precedent of approvals: set with the approval, fulfilled with evidence, confirmed by another person or
//! waived; while one stands, the member draws nothing (`facility`).
//!
//! Where is …?
//! - the rule of each step: `../model/condition.rs`; its act: `steps.rs`; setting them with an approval: `set.rs`
//! - tables: `store.rs`; routes: `api.rs`, lists and files: `listing.rs`; refusals as problems: `problems.rs`

mod api;
mod listing;
mod problems;
mod set;
mod steps;
mod store;

use std::collections::HashMap;

use contracts::{FacilityId, OrgId};
use http_kit::Api;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use crate::state::App;

pub(super) use set::{fall_away, set, take_hold};

pub(super) fn routes() -> Api<App> {
    listing::routes().merge(api::routes())
}

/// How many conditions keep each of these members of a facility from drawing; a member that none does is not in the
/// answer. One query over an index that holds only what blocks.
///
/// # Errors
/// The database's fault.
pub async fn conditions_open(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprises: &[OrgId],
) -> Result<HashMap<OrgId, u32>, Fault> {
    store::count_blocking(conn, &Scope::system(), facility, enterprises).await
}
