//! The pledgee's consent to disposing of pledged patents: without it they cannot be transferred or
//! licensed (Civil Code, article 444), nor abandoned (专利权质押登记办法, CNIPA Announcement 461 of 2021).

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::{ConsentId, OrgId, PatentId, PledgeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Pledge, PledgeStatus, Refusal};

/// The longest that a consent may last, in days.
pub const LONGEST_DAYS: u64 = 366;

/// What may be done with a pledged patent once the pledgee consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatentDisposal)]
pub enum Disposal {
    /// 转让
    Transfer,
    /// 许可
    Licence,
    /// 放弃
    Abandonment,
}

impl Disposal {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Transfer, Self::Licence, Self::Abandonment];

    /// The name in JSON and in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Licence => "licence",
            Self::Abandonment => "abandonment",
        }
    }
}

impl fmt::Display for Disposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no disposal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such disposal")]
pub struct UnknownDisposal;

impl FromStr for Disposal {
    type Err = UnknownDisposal;

    fn from_str(text: &str) -> Result<Self, UnknownDisposal> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(UnknownDisposal)
    }
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PledgeConsent)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// The pledgor.
    pub enterprise_id: OrgId,
    /// The patents that it is about.
    pub patents: Vec<PatentId>,
    /// What may be done with them.
    pub acts: Vec<Disposal>,
    /// In favour of whom, or on which terms; in the bank's words.
    pub terms: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_until: NaiveDate,
    /// Who gave it, for people.
    pub given_by: String,
    /// When.
    pub given_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why it was taken back.
    pub revoke_reason: Option<String>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// What is consented to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The patents; all under the pledge where none is named.
    pub patents: Vec<PatentId>,
    /// What may be done.
    pub acts: Vec<Disposal>,
    /// In favour of whom, or on which terms.
    pub terms: String,
    /// The first day; the day it is given where none is named.
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    pub valid_until: NaiveDate,
}

/// Who gives a consent, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giver {
    /// For people.
    pub name: String,
    /// The instant.
    pub at: DateTime<Utc>,
    /// The business date.
    pub on: NaiveDate,
}

/// Gives a consent over a registered pledge.
///
/// # Errors
/// Not registered, patents that are not under the pledge, or days that make no term of at most
/// [`LONGEST_DAYS`] days.
pub fn give(pledge: &Pledge, scope: Extent, id: ConsentId, by: Giver) -> Result<Consent, Refusal> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    let held: Vec<PatentId> = pledge.held().map(|one| one.patent_id).collect();
    let strangers: Vec<PatentId> = scope.patents.iter().copied().filter(|one| !held.contains(one)).collect();
    if !strangers.is_empty() {
        return Err(Refusal::NotUnderPledge { patents: strangers });
    }
    let valid_from = scope.valid_from.unwrap_or(by.on).max(by.on);
    let latest = valid_from.checked_add_days(Days::new(LONGEST_DAYS)).unwrap_or(valid_from);
    if scope.valid_until < valid_from || scope.valid_until > latest {
        return Err(Refusal::ConsentTerm { earliest: valid_from, latest });
    }
    let mut acts = scope.acts;
    acts.sort_unstable();
    acts.dedup();
    Ok(Consent {
        id,
        pledge_id: pledge.id,
        bank_id: pledge.bank_id,
        enterprise_id: pledge.enterprise_id,
        patents: if scope.patents.is_empty() { held } else { scope.patents },
        acts,
        terms: scope.terms,
        valid_from,
        valid_until: scope.valid_until,
        given_by: by.name,
        given_at: by.at,
        revoked_at: None,
        revoke_reason: None,
        version: 1,
    })
}

/// Takes a consent back; what was done under it stays done.
///
/// # Errors
/// Taken back before, or over.
pub fn revoke(consent: Consent, reason: &str, by: &Giver) -> Result<Consent, Refusal> {
    if consent.revoked_at.is_some() || consent.valid_until < by.on {
        return Err(Refusal::ConsentEnded);
    }
    Ok(Consent {
        revoked_at: Some(by.at),
        revoke_reason: Some(reason.to_owned()),
        version: consent.version + 1,
        ..consent
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{day, patent_id, registered, submitted};

    fn id() -> ConsentId {
        ConsentId::from_uuid(uuid::Uuid::from_u128(77))
    }

    fn giver(on: &str) -> Giver {
        Giver { name: "审批人".into(), at: "2026-12-01T02:00:00Z".parse().unwrap(), on: day(on) }
    }

    fn scope(until: &str) -> Extent {
        Extent {
            patents: vec![],
            acts: vec![Disposal::Licence, Disposal::Transfer, Disposal::Licence],
            terms: "许可给乙公司".into(),
            valid_from: None,
            valid_until: day(until),
        }
    }

    #[test]
    fn a_consent_is_over_the_pledged_patents_from_today_to_its_last_day() {
        let consent = give(&registered(), scope("2027-01-31"), id(), giver("2026-12-01")).unwrap();
        assert_eq!(consent.patents, [patent_id(1), patent_id(2)]);
        assert_eq!(consent.acts, [Disposal::Transfer, Disposal::Licence]);
        assert_eq!((consent.valid_from, consent.valid_until), (day("2026-12-01"), day("2027-01-31")));
    }

    #[test]
    fn a_consent_is_not_backdated_not_endless_and_not_over_strangers() {
        let give_on = |scope| give(&registered(), scope, id(), giver("2026-12-01"));
        let early = Extent { valid_from: Some(day("2026-01-01")), ..scope("2026-12-31") };
        assert_eq!(give_on(early).unwrap().valid_from, day("2026-12-01"));
        for until in ["2026-11-30", "2027-12-03"] {
            assert!(matches!(give_on(scope(until)), Err(Refusal::ConsentTerm { .. })), "{until}");
        }
        let stranger = Extent { patents: vec![patent_id(9)], ..scope("2026-12-31") };
        assert_eq!(give_on(stranger), Err(Refusal::NotUnderPledge { patents: vec![patent_id(9)] }));
        let early = give(&submitted().pledge, scope("2026-12-31"), id(), giver("2026-12-01"));
        assert_eq!(early, Err(Refusal::NotInStatus { status: PledgeStatus::Submitted }));
    }

    #[test]
    fn a_consent_is_taken_back_once_and_not_after_its_end() {
        let consent = give(&registered(), scope("2027-01-31"), id(), giver("2026-12-01")).unwrap();
        assert_eq!(revoke(consent.clone(), "改变", &giver("2027-02-01")), Err(Refusal::ConsentEnded));
        let gone = revoke(consent, "改变", &giver("2027-01-31")).unwrap();
        assert_eq!((gone.version, gone.revoke_reason.as_deref()), (2, Some("改变")));
        assert_eq!(revoke(gone, "再次", &giver("2027-01-31")), Err(Refusal::ConsentEnded));
    }
}
