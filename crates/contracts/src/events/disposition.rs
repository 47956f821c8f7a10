//! What the pledgee and the catalogue tell each other about disposing of pledged patents, and what attacks them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{ConsentId, OrgId, PatentId, PledgeId};

/// A pledgee consented to acts over pledged patents, or took its consent back: the consent's whole state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeConsentGiven {
    /// The consent.
    pub consent_id: ConsentId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee, who consents.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The pledgor, who may act.
    pub enterprise_id: OrgId,
    /// The patents that it is about.
    pub patents: Vec<PatentId>,
    /// What may be done: `transfer`, `licence`, `abandonment`.
    pub acts: Vec<String>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_until: NaiveDate,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// Proceedings that attack a patent or its ownership were opened or closed: all that are open after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatentChallenged {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// The kinds of proceedings that are open: `invalidation`, `ownership`, `preservation`. None once all are over.
    pub open: Vec<String>,
    /// The day on which the catalogue took note.
    pub noted_on: NaiveDate,
}

/// The catalogue refused to record an act over a pledged patent, because the pledgee had not consented to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposalRefused {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// The pledge that it lies under.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// `transfer`, `licence` or `abandonment`.
    pub act: String,
    /// Who asked for it to be recorded, for people.
    pub asked_by: String,
    /// The day.
    pub refused_on: NaiveDate,
}
