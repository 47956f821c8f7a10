//! What a bank keeps about the enterprises it deals with: whom it lends nothing to, and who is connected with whom.
//!
//! Where is …?
//! - the blacklist: the rule `../model/blacklist.rs`, entering and ending `list.rs`, a court's list as a file `upload.rs`, `file.rs`
//! - connected enterprises: the rule `../model/connected.rs`, declaring and dissolving `declare.rs`
//! - their names, as the platform has them: `registered.rs`
//! - tables: `store/`; routes: `api_blacklist.rs`, `api_groups.rs`

mod api_blacklist;
mod api_groups;
mod declare;
mod file;
mod list;
mod registered;
mod store;
mod upload;

use chrono::NaiveDate;
use contracts::OrgId;
use http_kit::Api;
use identity::Scope;
use sea_orm::{ConnectionTrait, sea_query::Expr};
use tx_kit::Fault;

use super::model::{
    blacklist::{Listed, comparable},
    connected::ConnectedGroup,
};
use crate::state::App;

pub(super) fn routes() -> Api<App> {
    api_blacklist::routes().merge(api_groups::routes())
}

/// Whether an entry of a bank's blacklist holds against an enterprise on a day: by its id, or by its name however it is
/// written.
///
/// # Errors
/// The database's fault.
pub async fn blacklisted(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprise: OrgId,
    name: &str,
    on: NaiveDate,
) -> Result<bool, Fault> {
    let entries =
        store::blacklist::find_against(conn, &Scope::system(), bank, enterprise, &comparable(name)).await?;
    Ok(entries.iter().any(|entry| entry.in_force(on)))
}

/// Whether a bank has any entry on its blacklist in force on a day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn has_blacklist(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<bool, Fault> {
    store::blacklist::find_any(conn, &Scope::system(), bank, on).await
}

/// Which of some enterprises, each with its name, an entry of a bank's blacklist holds against on a day.
///
/// # Errors
/// The database's fault, or an entry that does not read back.
pub(crate) async fn blacklisted_among(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprises: &[(OrgId, String)],
    on: NaiveDate,
) -> Result<Vec<OrgId>, Fault> {
    if enterprises.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<(OrgId, String)> =
        enterprises.iter().map(|(enterprise, name)| (*enterprise, comparable(name))).collect();
    let entries = store::blacklist::find_against_any(conn, &Scope::system(), bank, &named).await?;
    let holding = Listed::of(entries.iter().filter(|entry| entry.in_force(on)));
    Ok(named.into_iter().filter(|(id, name)| holding.holds(*id, name)).map(|(id, _)| id).collect())
}

/// The living groups of a bank that any of these enterprises belongs to, each with all of its members: what the group
/// owes is counted together. Two queries, whatever the number of enterprises.
///
/// # Errors
/// The database's fault.
pub async fn connected_groups(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprises: &[OrgId],
) -> Result<Vec<ConnectedGroup>, Fault> {
    store::groups::find_living_of(conn, &Scope::system(), bank, enterprises).await
}

/// To be read with another row: whether any bank takes one of these enterprises together with others.
pub(crate) fn any_connected(enterprises: impl IntoIterator<Item = OrgId>) -> Expr {
    store::groups::any_connected(enterprises.into_iter().map(OrgId::uuid))
}

/// The enterprises of those living groups of some banks that any of these enterprises belongs to, each with its bank and
/// group: what a group owes is counted together. One statement.
///
/// # Errors
/// The database's fault.
pub(crate) async fn connected_at(
    conn: &impl ConnectionTrait,
    banks: &[OrgId],
    enterprises: impl IntoIterator<Item = OrgId>,
) -> Result<Vec<store::groups::ConnectedAt>, Fault> {
    store::groups::list_connected(conn, &Scope::system(), banks, enterprises).await
}
