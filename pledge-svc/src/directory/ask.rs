//! Asking the gateway which organisations are registered, on behalf of the caller, before any transaction begins.

use std::collections::HashMap;

use contracts::OrgId;
use http_kit::{ActError, Peer, Problem, peer::PeerError};
use identity::Caller;
use serde::Deserialize;
use tx_kit::Fault;

use super::model::named::{Named, Registered, flaws};
use crate::state::App;

/// The most ids that the directory takes at once.
const IDS_AT_ONCE: usize = 10_000;

/// What the directory answers.
#[derive(Debug, Deserialize)]
struct Resolved {
    items: Vec<Registered>,
}

/// The names that organisations go by, in the order in which a request names them.
///
/// # Errors
/// 422 with a line for each that is not registered, not of the kind needed or not of that name; 503 while the directory does
/// not answer.
pub(crate) async fn names(app: &App, caller: &Caller, named: &[Named<'_>]) -> Result<Vec<String>, ActError> {
    let registered = registered(&app.directory, caller, named).await?;
    let found = flaws(named, &registered);
    if !found.is_empty() {
        let problem = found.into_iter().fold(Problem::bad_fields(Vec::new()), |problem, flaw| {
            problem.with_field(flaw.field, flaw.zh, flaw.en)
        });
        return Err(problem.into());
    }
    Ok(named.iter().filter_map(|one| registered.get(&one.id).map(|known| one.called(known))).collect())
}

/// The name of one of them.
///
/// # Errors
/// As [`names`].
pub(crate) async fn name(app: &App, caller: &Caller, named: Named<'_>) -> Result<String, ActError> {
    let found = names(app, caller, &[named]).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

async fn registered(
    directory: &Peer,
    caller: &Caller,
    named: &[Named<'_>],
) -> Result<HashMap<OrgId, Registered>, ActError> {
    let mut ids: Vec<OrgId> = named.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut registered = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_AT_ONCE) {
        let question = serde_json::json!({ "ids": chunk });
        match directory.post::<Resolved>(caller, "/organisations/resolve", &question).await {
            Ok(answer) => registered.extend(answer.items.into_iter().map(|one| (one.id, one))),
            Err(PeerError::Fault(fault)) => return Err(fault.into()),
            // Everybody may read the directory: an answer of this kind is not about the ids.
            Err(error) => return Err(Fault::Peer(format!("the directory of organisations: {error}")).into()),
        }
    }
    Ok(registered)
}
