//! Revaluation triggers: what happened to a patent, to its market, to the model, or with time alone, by which a valuation
//! that is relied on has to be made anew; by when; and the newer valuation that closes it. It values nothing itself.
//!
//! Each cause is recorded once for each valuation and told as `valuation.revaluation_due.v1`; pledge-svc shows it with the
//! pledge, supervision-svc with the bank.
//!
//! Where is …? The causes, their rules and defaults: [`model`]; what is heard of: `hear.rs`; what comes with time:
//! `daily.rs`, compared with `sources.rs`; recording and closing: `raise.rs`; the versions of an organisation's rules,
//! proposed and approved: [`rules`]; what is stored: `store.rs`; what is shown: [`view`].

pub(crate) mod api;
mod daily;
mod hear;
mod migrations;
pub mod model;
mod raise;
mod rules;
mod sources;
mod store;
pub mod view;

use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

pub use daily::sweep;
pub(crate) use daily::worker;
pub use hear::RevaluationTriggers;
pub use migrations::TriggerTables;

use contracts::ValuationId;

/// What asks for a valuation to be made anew and is not closed.
///
/// # Errors
/// The database's fault.
pub(crate) async fn open_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    valuation: ValuationId,
    today: chrono::NaiveDate,
) -> Result<Vec<view::RevaluationTrigger>, Fault> {
    let filter = store::Filter { valuation: Some(valuation), ..store::Filter::default() };
    let open = store::list_open(conn, scope, &filter).await?;
    Ok(open.into_iter().map(|row| view::view(row, today)).collect())
}
