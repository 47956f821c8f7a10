//! An organisation's rules of revaluation: versioned, proposed by one person and approved by another of the same
//! organisation, in force from a day; the platform's defaults where none were approved. What a rule means is
//! `triggers/model/rules.rs`; this only keeps the versions.
//!
//! Where is …? What differs: `triggers/model/difference.rs`; proposing and deciding: `propose.rs`, `decide.rs`, by the
//! rules of `crates/four-eyes`; rows: `store.rs`; routes: `api.rs`, `version_file.rs`, `view.rs`; refusals: `problems.rs`.

pub(crate) mod api;
mod decide;
mod problems;
mod propose;
pub mod store;
mod version_file;
mod view;

use chrono::NaiveDate;
use contracts::OrgId;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::TriggerRules;

/// The rules of an organisation on a day; the platform's defaults where none were approved. The question is the suite's
/// own: whose rules apply follows from whose valuation it is.
///
/// # Errors
/// The database's fault; rules that no longer read.
pub(super) async fn current(
    conn: &impl ConnectionTrait,
    tenant: OrgId,
    on: NaiveDate,
) -> Result<TriggerRules, Fault> {
    match store::find_active(conn, &Scope::system(), tenant, on).await? {
        Some(row) => store::rules_of(&row),
        None => Ok(TriggerRules::default()),
    }
}
