//! What is known of the patent to be insured: asked of the catalogue on behalf of the caller. A loan is known from
//! the service's own picture of it (`loans`).

use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use http_kit::{ActError, Peer, peer::PeerError};
use identity::Caller;
use serde::Deserialize;

use super::model::PatentFacts;

/// The part of the catalogue's answer that cover depends on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Patent {
    pub(crate) number: String,
    pub(crate) kind: String,
    legal_status: String,
    #[serde(default)]
    jurisdiction: Option<String>,
    #[serde(default)]
    pub(crate) expires_on: Option<NaiveDate>,
    #[serde(default)]
    pub(crate) owner_id: Option<OrgId>,
    #[serde(default)]
    applicants: Vec<String>,
    #[serde(default)]
    ipc: Vec<String>,
    #[serde(default)]
    annuity_status: Option<String>,
    #[serde(default)]
    disputes: Vec<Dispute>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Dispute {
    status: String,
}

/// Words for a proceeding that is over; everything else counts as open.
const CLOSED: [&str; 6] = ["closed", "resolved", "settled", "rejected", "dismissed", "withdrawn"];

impl Patent {
    /// What eligibility asks about it.
    pub(crate) fn facts(&self, consent_declared: bool) -> PatentFacts {
        PatentFacts {
            in_force: self.legal_status == "granted",
            jurisdiction: self.jurisdiction.clone(),
            expires_on: self.expires_on,
            annuity_unpaid: self.annuity_status.as_deref() == Some("unpaid"),
            open_disputes: self.disputes.iter().filter(|d| !CLOSED.contains(&d.status.as_str())).count(),
            owners: self.applicants.len(),
            consent_declared,
        }
    }

    /// The field of technology as the rating tables name it, by the main class.
    pub(crate) fn technology(&self) -> &'static str {
        match self.ipc.first().map(|class| class.trim()) {
            Some(class) if class.starts_with(['G', 'H']) => "electrical",
            Some(class) if class.starts_with('C') || class.starts_with("A61") => "chemical",
            _ => "other",
        }
    }
}

/// Asks the catalogue for a patent; `None` where it knows none that the caller may see.
pub(crate) async fn patent(peer: &Peer, caller: &Caller, id: PatentId) -> Result<Option<Patent>, ActError> {
    match peer.get(caller, &format!("/patents/{id}")).await {
        Ok(patent) => Ok(Some(patent)),
        Err(PeerError::NotFound | PeerError::Forbidden) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patent(ipc: &str, dispute: &str) -> Patent {
        serde_json::from_value(serde_json::json!({
            "number": "CN1", "kind": "invention", "legal_status": "granted", "ipc": [ipc],
            "disputes": [{ "kind": "invalidation", "status": dispute }]
        }))
        .unwrap()
    }

    #[test]
    fn a_dispute_counts_as_open_until_it_is_called_over() {
        assert_eq!(patent("H04L9/08", "pending").facts(false).open_disputes, 1);
        assert_eq!(patent("H04L9/08", "closed").facts(false).open_disputes, 0);
    }

    #[test]
    fn the_main_class_names_the_field() {
        for (ipc, field) in [("H04L9/08", "electrical"), ("A61K31/00", "chemical"), ("B64C39/02", "other")] {
            assert_eq!(patent(ipc, "closed").technology(), field);
        }
    }
}
