//! The 27 leaves: what each reads from the facts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    evidence::{Basis, Counted},
    facts::{LegalStatus, PatentKind, ScoringFacts},
};

/// A leaf of the tree. The first letter is the first-level index: legal, technical, economic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum LeafCode {
    /// Examination and challenges survived.
    L11,
    /// Open challenges and lawsuits.
    L12,
    /// Claims.
    L21,
    /// Independent claims.
    L22,
    /// Countries of the family.
    L23,
    /// Detectability of infringement.
    L31,
    /// Reliance on earlier patents.
    L41,
    /// Co-owners.
    L42,
    /// Forward citations within five years of publication.
    T11,
    /// Science base.
    T12,
    /// Substitutability.
    T21,
    /// Technical fields covered.
    T31,
    /// Independence of complementary technology.
    T41,
    /// Technology readiness.
    T51,
    /// Depth of disclosure.
    T52,
    /// Trend of the field.
    T61,
    /// Age of the technology.
    T62,
    /// Remaining term.
    E11,
    /// Years kept in force.
    E12,
    /// Competition.
    E21,
    /// Market share.
    E22,
    /// Market size and outlook.
    E31,
    /// Patent-product filings.
    E32,
    /// Policy fit.
    E33,
    /// Licences.
    E41,
    /// Transfers.
    E42,
    /// Pledges.
    E43,
}

/// What a leaf's figure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeafBasis {
    /// A recorded fact.
    Recorded,
    /// Worked out from another fact because the direct one is unknown, or counted on evidence that is not whole.
    Derived,
    /// A person's grade.
    Judged,
    /// Unknown: left out, its weight shared by its siblings.
    Missing,
}

impl LeafCode {
    /// Whether the fact moves by itself as time passes.
    #[must_use]
    pub const fn ages(self) -> bool {
        matches!(self, Self::T62 | Self::E11 | Self::E12)
    }

    /// The number of the way in which the leaf reads its fact: it rises where the code comes to read another figure, so that
    /// figures of two readings are never compared. T11 read all citations in its first reading, in its second those within
    /// five years of publication.
    #[must_use]
    pub const fn reading(self) -> u8 {
        match self {
            Self::T11 => 2,
            _ => 1,
        }
    }

    /// The fact this leaf reads, with what it rests on; `None` where nothing is known.
    #[must_use]
    pub fn read(self, facts: &ScoringFacts, date: NaiveDate) -> Option<(f64, LeafBasis)> {
        let count = |fact: Option<u32>| fact.map(|n| (f64::from(n), LeafBasis::Recorded));
        let judged = |grade: Option<u8>| grade.map(|g| (f64::from(g), LeafBasis::Judged));
        let grades = &facts.grades;
        match self {
            Self::L11 => Some(examination_points(facts)),
            Self::L12 => open_matters(facts),
            Self::L21 => count(facts.claims),
            Self::L22 => count(facts.independent_claims),
            Self::L23 => count(facts.family_countries)
                .or_else(|| facts.family_size.map(|n| (f64::from(n), LeafBasis::Derived))),
            Self::L31 => judged(grades.detectability),
            Self::L41 => count(facts.backward_citations),
            Self::L42 => count(facts.applicants),
            Self::T11 => early_citations(facts),
            Self::T12 => count(facts.npl_citations),
            Self::T21 => judged(grades.substitutability),
            Self::T31 => count(facts.ipc_subclasses),
            Self::T41 => judged(grades.independence),
            Self::T51 => judged(grades.trl),
            Self::T52 => count(facts.description_pages),
            Self::T61 => judged(grades.trend),
            Self::T62 => facts.age_years(date).map(|years| (years, LeafBasis::Recorded)),
            Self::E11 => remaining_term(facts, date),
            Self::E12 => years_kept(facts, date),
            Self::E21 => judged(grades.competition),
            Self::E22 => judged(grades.market_share),
            Self::E31 => judged(grades.market),
            Self::E32 => count(facts.product_filings),
            Self::E33 => judged(grades.policy_fit),
            Self::E41 => count(facts.licences),
            Self::E42 => count(facts.transfers),
            Self::E43 => count(facts.pledges),
        }
    }
}

/// Points for having been examined (an invention 2, another registered right 1, nothing before grant) and
/// one for every challenge survived.
fn examination_points(facts: &ScoringFacts) -> (f64, LeafBasis) {
    let examined = match (facts.legal_status, facts.kind) {
        (LegalStatus::Pending, _) => 0.0,
        (_, PatentKind::Invention) => 2.0,
        _ => 1.0,
    };
    match facts.challenges_survived {
        Some(survived) => (examined + f64::from(survived), LeafBasis::Recorded),
        None => (examined, LeafBasis::Derived),
    }
}

/// Citations within five years of publication (OECD STI Working Paper 2013/03: the window makes patents of any age
/// comparable). As with the OECD's indicator what is not known to lie outside the window counts; then, and while the window
/// is open, the figure is derived.
fn early_citations(facts: &ScoringFacts) -> Option<(f64, LeafBasis)> {
    let of_total = || facts.forward_citations.map(|count| Counted { count, basis: Basis::TotalOnly });
    facts.early_citations.or_else(of_total).map(|cited| {
        let basis = if cited.basis == Basis::Recorded { LeafBasis::Recorded } else { LeafBasis::Derived };
        (f64::from(cited.count), basis)
    })
}

fn open_matters(facts: &ScoringFacts) -> Option<(f64, LeafBasis)> {
    match (facts.challenges_pending, facts.litigation) {
        (None, None) => None,
        (Some(a), Some(b)) => Some((f64::from(a) + f64::from(b), LeafBasis::Recorded)),
        (one, other) => Some((f64::from(one.or(other).unwrap_or(0)), LeafBasis::Derived)),
    }
}

fn remaining_term(facts: &ScoringFacts, date: NaiveDate) -> Option<(f64, LeafBasis)> {
    let basis = if facts.expiry_date.is_some() { LeafBasis::Recorded } else { LeafBasis::Derived };
    facts.remaining_years(date).map(|years| (years, basis))
}

/// Years since filing that the owner went on paying for; an unpaid annuity counts as none.
fn years_kept(facts: &ScoringFacts, date: NaiveDate) -> Option<(f64, LeafBasis)> {
    let years = facts.age_years(date)?;
    facts.annuities_paid.map(|paid| (if paid { years } else { 0.0 }, LeafBasis::Recorded))
}
