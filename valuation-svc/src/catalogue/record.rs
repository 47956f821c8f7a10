//! A patent as the platform knows it: the facts of its document, and what was recorded here beside them.
//!
//! A pure value. Pledges are not in it: they have their own table, kept by events.

use chrono::{Months, NaiveDate};
use contracts::OrgId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    industry::Industry,
    patent::{LegalStatus, PatentFacts, PatentKind},
    timeline::model::annuity::{AnnuityPosition, GRACE_MONTHS, NextAnnuity},
};
use crate::{
    reference::{Concordance, Scheme, shipped_concordance},
    scoring::model::{self as scoring, HumanGrades, ScoringFacts},
};

/// What kind of dispute is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeKind {
    /// 权属纠纷
    Ownership,
    /// 财产保全
    Preservation,
    /// 无效宣告请求
    Invalidation,
    /// 侵权诉讼
    Litigation,
}

/// Whether a dispute is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// 未决
    Open,
    /// 已结，权利维持
    Upheld,
    /// 已结，其他结果
    Closed,
}

/// A dispute over the patent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Dispute {
    /// Its kind.
    pub kind: DisputeKind,
    /// Where it stands.
    pub status: DisputeStatus,
    /// The day it was noted.
    pub noted_on: NaiveDate,
}

/// Where the annuities stand on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnuityStatus {
    /// 已缴
    Paid,
    /// 滞纳期内，可补缴
    Due,
    /// 欠缴
    Unpaid,
    /// 来源未载明
    Unknown,
}

/// One patent of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PatentRecord {
    /// The facts of the document.
    pub facts: PatentFacts,
    /// The organisation of the platform that owns it, where that is known.
    pub owner: Option<OrgId>,
    /// What people judged, technology readiness among it.
    pub grades: HumanGrades,
    /// Products filed as made under the patent.
    pub product_filings: Option<u32>,
    /// Disputes on record.
    pub disputes: Vec<Dispute>,
    /// Whether it is known to be put to use, by the owner or a licensee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implemented: Option<bool>,
    /// Prizes of the statistical definition of high-value patents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awards: Option<u32>,
    /// Documents that are listed as citing it, kept by the catalogue: see [`PatentRecord::forward_citations`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_forward: Option<u32>,
    /// The days of those of them whose day is known, ascending, kept by the catalogue.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listed_forward_on: Vec<NaiveDate>,
    /// Numbers of the simple family's other members, where the source lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<String>,
    /// Numbers of the patents that it cites, where the source lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<String>,
    /// The literature that it cites, where the source lists it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub literature: Vec<String>,
    /// Numbers of the patents that cite it, where the source lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cited_by: Vec<String>,
    /// The industry that the catalogue keeps it under, where the record was taken from the catalogue for a valuation: by
    /// the concordance that was in force then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classified: Option<Industry>,
    /// Whether the record was generated for demonstration and is no real patent.
    pub generated: bool,
    /// Where the record came from, for people.
    pub source: String,
}

impl PatentRecord {
    /// A record of facts from a source, with nothing else known.
    #[must_use]
    pub fn of(facts: PatentFacts, source: impl Into<String>) -> Self {
        Self { facts, source: source.into(), ..Self::default() }
    }

    /// The industry that the catalogue keeps it under, else that by the concordance which the platform ships.
    #[must_use]
    pub fn industry(&self) -> Industry {
        self.classified.unwrap_or_else(|| shipped_concordance().industry(&self.facts))
    }

    /// The status on a day: a right whose term has ended is expired, whatever the source still says.
    #[must_use]
    pub fn legal_status(&self, on: NaiveDate) -> LegalStatus {
        match self.facts.legal_status {
            LegalStatus::Granted | LegalStatus::Unknown
                if self.facts.expiry_date.is_some_and(|end| end <= on) =>
            {
                LegalStatus::Expired
            }
            stated => stated,
        }
    }

    /// Where the annuities stand on a day.
    #[must_use]
    pub fn annuity_status(&self, on: NaiveDate) -> AnnuityStatus {
        let Some(paid_to) = self.facts.annuities_paid_to else { return AnnuityStatus::Unknown };
        let due = self.annuities_in_time_until(paid_to);
        let grace_ends = due.checked_add_months(Months::new(GRACE_MONTHS));
        if on <= due {
            AnnuityStatus::Paid
        } else if grace_ends.is_some_and(|end| on <= end) {
            AnnuityStatus::Due
        } else {
            AnnuityStatus::Unpaid
        }
    }

    /// The last day on which no annuity is late, where they are paid to a day: the day on which the next one is due, or that
    /// day itself where annuities cannot be counted. Whoever asks whether one is late asks here, or is told this day.
    #[must_use]
    pub fn annuities_in_time_until(&self, paid_to: NaiveDate) -> NaiveDate {
        AnnuityPosition::of(&self.facts).map_or(paid_to, |position| position.in_time_until(paid_to))
    }

    /// The next annuity of a Chinese patent in force, on a day; `None` where none is due any more, or cannot be counted.
    #[must_use]
    pub fn next_annuity(&self, on: NaiveDate) -> Option<NextAnnuity> {
        let in_force = matches!(self.facts.legal_status, LegalStatus::Granted | LegalStatus::Unknown);
        let position = AnnuityPosition::of(&self.facts).filter(|_| in_force)?;
        position.next(self.facts.annuities_paid_to, on)
    }

    /// The day on which the next annuity is due, where it is on record until when they are paid.
    #[must_use]
    pub fn annuity_due_on(&self) -> Option<NaiveDate> {
        let paid_to = self.facts.annuities_paid_to?;
        (self.facts.legal_status == LegalStatus::Granted)
            .then(|| self.next_annuity(paid_to))?
            .map(|n| n.due_on)
    }

    /// Whether it is known to be put to use: products are filed under it, it is licensed, or that it is implemented stands
    /// in its timeline.
    #[must_use]
    pub fn is_implemented(&self) -> bool {
        self.implemented == Some(true)
            || self.product_filings.is_some_and(|filings| filings > 0)
            || self.facts.licences.is_some_and(|licences| licences > 0)
    }

    /// Whether its facts meet a criterion of the statistical definition of high-value inventions that no day, no pledge and
    /// no other document decides: a strategic emerging industry, a prize.
    #[must_use]
    pub fn has_high_value_mark(&self, concordance: &Concordance) -> bool {
        self.awards.is_some_and(|awards| awards > 0)
            || !concordance.shares(Scheme::StrategicEmerging, &self.facts).is_empty()
    }

    /// Whether a dispute of this kind is open.
    #[must_use]
    pub fn has_open(&self, kind: DisputeKind) -> bool {
        self.disputes.iter().any(|d| d.kind == kind && d.status == DisputeStatus::Open)
    }

    /// The facts that scoring reads, on a day. An open dispute over ownership, or a court's preservation, makes
    /// the right disputed.
    #[must_use]
    pub fn scoring_facts(&self, on: NaiveDate) -> ScoringFacts {
        let facts = &self.facts;
        let disputed = self.has_open(DisputeKind::Ownership) || self.has_open(DisputeKind::Preservation);
        let subclasses: std::collections::BTreeSet<String> =
            facts.ipc.iter().filter_map(|symbol| symbol.get(..4)).map(str::to_owned).collect();
        let owners = if facts.current_owners.is_empty() { &facts.applicants } else { &facts.current_owners };
        ScoringFacts {
            kind: match facts.kind {
                PatentKind::Invention => scoring::PatentKind::Invention,
                PatentKind::UtilityModel => scoring::PatentKind::UtilityModel,
                PatentKind::Design => scoring::PatentKind::Design,
                PatentKind::Other => scoring::PatentKind::Other,
            },
            legal_status: if disputed { scoring::LegalStatus::Disputed } else { self.scoring_status(on) },
            claims: facts.claims,
            independent_claims: facts.independent_claims,
            description_pages: facts.description_pages,
            family_countries: count(&facts.family_countries),
            family_size: facts.simple_family_size,
            forward_citations: self.forward_citations(),
            early_citations: self.early_citations(on),
            backward_citations: facts.backward_citations,
            npl_citations: facts.non_patent_citations,
            ipc_subclasses: u32::try_from(subclasses.len()).ok().filter(|n| *n > 0),
            applicants: count(owners),
            filing_date: facts.filing_date,
            grant_date: facts.grant_date,
            expiry_date: facts.expiry_date,
            annuities_paid: match self.annuity_status(on) {
                AnnuityStatus::Unknown => None,
                status => Some(status == AnnuityStatus::Paid),
            },
            challenges_survived: self.challenges(DisputeStatus::Upheld),
            challenges_pending: self.challenges(DisputeStatus::Open),
            litigation: self.litigation(),
            licences: facts.licences,
            transfers: facts.transfers,
            pledges: facts.pledges,
            product_filings: self.product_filings,
            grades: self.grades,
        }
    }

    fn scoring_status(&self, on: NaiveDate) -> scoring::LegalStatus {
        match self.legal_status(on) {
            LegalStatus::Granted => scoring::LegalStatus::Granted,
            LegalStatus::Pending => scoring::LegalStatus::Pending,
            LegalStatus::Lapsed | LegalStatus::Withdrawn | LegalStatus::Rejected => {
                scoring::LegalStatus::Lapsed
            }
            LegalStatus::Expired => scoring::LegalStatus::Expired,
            LegalStatus::Invalidated => scoring::LegalStatus::Invalidated,
            LegalStatus::Unknown => scoring::LegalStatus::Unknown,
        }
    }

    /// Invalidation requests in a state; unknown where neither the source nor the platform says anything.
    fn challenges(&self, status: DisputeStatus) -> Option<u32> {
        let recorded = self
            .disputes
            .iter()
            .filter(|d| d.kind == DisputeKind::Invalidation && d.status == status)
            .count();
        let known = self.facts.invalidation_requests.is_some() || !self.disputes.is_empty();
        known.then(|| u32::try_from(recorded).unwrap_or(u32::MAX))
    }

    fn litigation(&self) -> Option<u32> {
        let open = self
            .disputes
            .iter()
            .filter(|d| d.kind == DisputeKind::Litigation && d.status == DisputeStatus::Open)
            .count();
        let known = self.facts.litigations.is_some() || !self.disputes.is_empty();
        known.then(|| u32::try_from(open).unwrap_or(u32::MAX))
    }

    /// This record brought up to date by a newer one of the same document. What the newer one does not say
    /// stays as it was: one export knows the citations, another the annuities.
    ///
    /// # Errors
    /// When a record does not serialise.
    pub fn updated_by(&self, newer: &Self) -> Result<Self, serde_json::Error> {
        let mut merged = serde_json::to_value(self)?;
        overlay(&mut merged, serde_json::to_value(newer)?);
        serde_json::from_value(merged)
    }
}

/// Lays what is said over what was said, member by member.
fn overlay(under: &mut serde_json::Value, over: serde_json::Value) {
    use serde_json::Value;
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                match under.get_mut(&name) {
                    Some(slot) => overlay(slot, value),
                    None => {
                        under.insert(name, value);
                    }
                }
            }
        }
        (slot, over) if says_something(&over) => *slot = over,
        _ => {}
    }
}

fn says_something(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !matches!(text.as_str(), "" | "unknown" | "other"),
        _ => true,
    }
}

fn count<T>(items: &[T]) -> Option<u32> {
    u32::try_from(items.len()).ok().filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn record(status: LegalStatus) -> PatentRecord {
        PatentRecord::of(
            PatentFacts {
                publication_number: "CN115000000B".into(),
                jurisdiction: "CN".into(),
                title: "一种锂盐的制备方法".into(),
                legal_status: status,
                expiry_date: Some(day("2030-01-01")),
                annuities_paid_to: Some(day("2026-03-01")),
                claims: Some(9),
                ..PatentFacts::default()
            },
            "test",
        )
    }

    #[test]
    fn a_right_whose_term_has_ended_is_expired_whatever_the_source_says() {
        let granted = record(LegalStatus::Granted);
        assert_eq!(granted.legal_status(day("2029-12-31")), LegalStatus::Granted);
        assert_eq!(granted.legal_status(day("2030-01-01")), LegalStatus::Expired);
        assert_eq!(record(LegalStatus::Lapsed).legal_status(day("2030-01-01")), LegalStatus::Lapsed);
    }

    #[test]
    fn an_annuity_can_be_paid_late_for_six_months() {
        let r = record(LegalStatus::Granted);
        assert_eq!(r.annuity_status(day("2026-03-01")), AnnuityStatus::Paid);
        assert_eq!(r.annuity_status(day("2026-09-01")), AnnuityStatus::Due);
        assert_eq!(r.annuity_status(day("2026-09-02")), AnnuityStatus::Unpaid);
        assert_eq!(PatentRecord::default().annuity_status(day("2026-09-02")), AnnuityStatus::Unknown);
    }

    #[test]
    fn what_a_later_file_does_not_say_does_not_erase_what_an_earlier_one_said() {
        let old = record(LegalStatus::Granted);
        let mut newer = record(LegalStatus::Unknown);
        newer.facts.claims = None;
        newer.facts.forward_citations = Some(12);
        let merged = old.updated_by(&newer).unwrap();
        assert_eq!(merged.facts.claims, Some(9));
        assert_eq!(merged.facts.forward_citations, Some(12));
        assert_eq!(merged.facts.legal_status, LegalStatus::Granted);
        assert_eq!(merged.updated_by(&newer).unwrap(), merged);
    }

    #[test]
    fn an_open_dispute_over_ownership_makes_the_right_disputed() {
        let mut r = record(LegalStatus::Granted);
        let noted_on = day("2026-01-01");
        r.disputes = vec![Dispute { kind: DisputeKind::Ownership, status: DisputeStatus::Open, noted_on }];
        assert_eq!(r.scoring_facts(noted_on).legal_status, scoring::LegalStatus::Disputed);
        r.disputes[0].status = DisputeStatus::Closed;
        assert_eq!(r.scoring_facts(noted_on).legal_status, scoring::LegalStatus::Granted);
    }
}
