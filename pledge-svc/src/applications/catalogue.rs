//! Asking valuation-svc for patents and valuations on behalf of the caller, before any transaction begins.

use contracts::{PatentId, ValuationId};
use http_kit::{ActError, Peer, Problem, peer::PeerError};
use identity::Caller;

use super::model::{PatentFacts, ValuationFacts};

/// The facts of patents, in the order of their ids.
///
/// # Errors
/// The patents that the catalogue does not know, by field; or the peer's fault.
pub async fn patents(peer: &Peer, caller: &Caller, ids: &[PatentId]) -> Result<Vec<PatentFacts>, ActError> {
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for (position, id) in ids.iter().enumerate() {
        match peer.get::<PatentFacts>(caller, &format!("/patents/{id}")).await {
            Ok(facts) => found.push(facts),
            Err(PeerError::NotFound | PeerError::Forbidden) => {
                unknown.push(format!("patent_ids[{position}]"))
            }
            Err(PeerError::Fault(fault)) => return Err(fault.into()),
        }
    }
    missing(
        unknown,
        "专利库中没有此专利，请先导入。",
        "The catalogue does not know this patent. Import it first.",
    )?;
    Ok(found)
}

/// The valuations named for patents, in the order given.
///
/// # Errors
/// The valuations that the caller's bank does not have, by field; or the peer's fault.
pub(crate) async fn valuations(
    peer: &Peer,
    caller: &Caller,
    named: &[(PatentId, ValuationId)],
) -> Result<Vec<(PatentId, ValuationFacts)>, ActError> {
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for (position, (patent, valuation)) in named.iter().enumerate() {
        match peer.get::<ValuationFacts>(caller, &format!("/valuations/{valuation}")).await {
            Ok(facts) => found.push((*patent, facts)),
            Err(PeerError::NotFound | PeerError::Forbidden) => {
                unknown.push(format!("valuations[{position}].valuation_id"));
            }
            Err(PeerError::Fault(fault)) => return Err(fault.into()),
        }
    }
    missing(
        unknown,
        "本行没有此评估，请先评估该专利。",
        "Your bank has no such valuation. Value the patent first.",
    )?;
    Ok(found)
}

fn missing(fields: Vec<String>, zh: &str, en: &str) -> Result<(), Problem> {
    if fields.is_empty() {
        return Ok(());
    }
    let problem = Problem::bad_fields(Vec::new());
    Err(fields.into_iter().fold(problem, |problem, field| problem.with_field(field, zh, en)))
}
