//! Which OECD indicators a patent's record gives, and how they stand in its cohort.
//!
//! Generality, originality and radicalness need the classes of citing and cited documents: they come from the citations
//! within the catalogue ([`citations`](super::citations)) and are undefined (`None`, never zero) where it holds none of
//! them, and with generality the composites of four and of six. Forward citations are those within a window, renewal follows
//! the annuities ([`evidence`](super::evidence)). Formulas: [`oecd`](super::oecd).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    citations::CitationIndicators,
    cohort::{Breadth, CohortKey, Cohorts},
    evidence::{Basis, Counted, Evidence},
    facts::ScoringFacts,
    oecd::{Cohort, Components, SMALL_COHORT, claims_per_citation},
    report::rounded,
};

/// Years after publication in which citations count for the composites and for breakthroughs.
pub const CITATION_YEARS: u32 = 5;
/// The longer window.
pub const CITATION_YEARS_LONG: u32 = 7;
/// Decimals of printed indicators.
const PLACES: u32 = 6;

/// An indicator of the OECD's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// Forward citations within five years of publication.
    ForwardCitations,
    /// Size of the family.
    FamilySize,
    /// Claims.
    Claims,
    /// Generality of the citing documents.
    Generality,
    /// Patents cited.
    BackwardCitations,
    /// Days from filing to grant; its index is 1 less the share of the cohort's longest.
    GrantLag,
    /// Non-patent literature cited.
    NonPatentCitations,
    /// Distinct IPC subclasses.
    Scope,
    /// Claims ÷ patents cited.
    ClaimsPerCitation,
    /// Originality of the cited documents.
    Originality,
    /// Share of the cited documents' subclasses that the patent is not in.
    Radicalness,
    /// Forward citations within seven years of publication.
    #[serde(rename = "forward_citations_7")]
    ForwardCitationsLong,
    /// Years for which the right was kept alive by paying its annuities.
    Renewal,
}

impl Indicator {
    /// Every indicator, in the order of a row.
    pub const ALL: [Self; 13] = [
        Self::ForwardCitations,
        Self::FamilySize,
        Self::Claims,
        Self::Generality,
        Self::BackwardCitations,
        Self::GrantLag,
        Self::NonPatentCitations,
        Self::Scope,
        Self::ClaimsPerCitation,
        Self::Originality,
        Self::Radicalness,
        Self::ForwardCitationsLong,
        Self::Renewal,
    ];

    fn of(self, facts: &ScoringFacts, evidence: &Evidence) -> Option<f64> {
        match self {
            Self::ForwardCitations => evidence.forward_5.map(|counted| f64::from(counted.count)),
            Self::ForwardCitationsLong => evidence.forward_7.map(|counted| f64::from(counted.count)),
            Self::Renewal => evidence.renewal.map(|counted| f64::from(counted.count)),
            Self::FamilySize => facts.family_size.or(facts.family_countries).map(f64::from),
            Self::Claims => facts.claims.map(f64::from),
            // From the whole catalogue, not from one record.
            Self::Generality | Self::Originality | Self::Radicalness => None,
            Self::BackwardCitations => facts.backward_citations.map(f64::from),
            Self::GrantLag => {
                let days = (facts.grant_date? - facts.filing_date?).num_days();
                u32::try_from(days).ok().map(f64::from)
            }
            Self::NonPatentCitations => facts.npl_citations.map(f64::from),
            Self::Scope => facts.ipc_subclasses.map(f64::from),
            Self::ClaimsPerCitation => claims_per_citation(facts.claims?, facts.backward_citations?),
        }
    }

    /// What a defined indicator rests on.
    fn basis(self, evidence: &Evidence) -> Basis {
        let counted = |counted: Option<Counted>| counted.map_or(Basis::Recorded, |counted| counted.basis);
        match self {
            Self::ForwardCitations => counted(evidence.forward_5),
            Self::ForwardCitationsLong => counted(evidence.forward_7),
            Self::Renewal => counted(evidence.renewal),
            Self::Generality if evidence.citing_partly => Basis::PartlyKnown,
            Self::Originality | Self::Radicalness if evidence.cited_partly => Basis::PartlyKnown,
            _ => Basis::Recorded,
        }
    }
}

/// One patent's indicators in the order of [`Indicator::ALL`]; not a number where undefined.
pub type IndicatorRow = [f64; Indicator::ALL.len()];

/// Reads the indicators of a patent.
#[must_use]
pub fn indicators(facts: &ScoringFacts, evidence: &Evidence) -> IndicatorRow {
    Indicator::ALL.map(|indicator| indicator.of(facts, evidence).unwrap_or(f64::NAN))
}

/// What the catalogue's citations leave open of a patent, beside what is known already.
#[must_use]
pub fn whole_with(evidence: Evidence, found: &CitationIndicators, at: usize) -> Evidence {
    let partly = |column: &[bool]| !column.get(at).copied().unwrap_or(false);
    Evidence {
        citing_partly: evidence.citing_partly || partly(&found.citing_whole),
        cited_partly: evidence.cited_partly || partly(&found.cited_whole),
        ..evidence
    }
}

/// Puts what the catalogue's citations say of a patent into its row.
pub fn with_citations(row: &mut IndicatorRow, found: &CitationIndicators, at: usize) {
    let of = |column: &[f64]| column.get(at).copied().unwrap_or(f64::NAN);
    for (slot, indicator) in row.iter_mut().zip(Indicator::ALL) {
        match indicator {
            Indicator::Generality => *slot = of(&found.generality),
            Indicator::Originality => *slot = of(&found.originality),
            Indicator::Radicalness => *slot = of(&found.radicalness),
            _ => {}
        }
    }
}

/// What one cohort says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CohortNorms {
    /// Which one.
    pub key: CohortKey,
    /// How wide the group is that the figures below are of.
    #[serde(default)]
    pub breadth: Breadth,
    /// How many patents of it are scored.
    pub scored: u32,
    /// Patents in it.
    pub size: usize,
    /// Their mean total.
    pub mean_total: f64,
    /// Their mean points by second-level index, in the tree's order.
    pub mean_parts: Vec<f64>,
    /// The winsorised maximum of each indicator.
    pub maxima: [Option<Cohort>; Indicator::ALL.len()],
    /// Citations from which a patent is among the top hundredth.
    pub breakthrough: Option<f64>,
}

impl CohortNorms {
    /// Whether too few of it are scored for its percentiles to be relied on.
    #[must_use]
    pub const fn is_small(&self) -> bool {
        (self.scored as usize) < SMALL_COHORT
    }
}

/// An indicator as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorReport {
    /// Which one.
    pub indicator: Indicator,
    /// As recorded; absent where undefined.
    pub value: Option<Decimal>,
    /// The cohort's maximum after winsorising; absent where undefined for the whole cohort.
    pub cohort_maximum: Option<Decimal>,
    /// 0–1 against the cohort; absent where undefined.
    pub normalised: Option<Decimal>,
    /// Whether fewer than thirty patents of the cohort have it.
    pub small_cohort: bool,
    /// What the value rests on; absent where undefined.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// How far the value may be relied on, 0–1; 0 where undefined.
    #[serde(default)]
    pub confidence: Decimal,
}

/// A patent's indicators as printed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct OecdReport {
    /// Each indicator.
    pub indicators: Vec<IndicatorReport>,
    /// Mean of forward citations, family size, claims and generality; absent unless all are defined.
    pub quality_4: Option<Decimal>,
    /// The same with backward citations and grant lag.
    pub quality_6: Option<Decimal>,
    /// Among the top hundredth of the cohort by forward citations; absent where nothing is known of them.
    pub breakthrough: Option<bool>,
    /// The citation window of five years has not closed: citations understate.
    pub citation_window_open: bool,
    /// Mean confidence of all indicators, 0–1: what is undefined or rests on weak evidence lowers it, no figure is lowered.
    pub confidence: Decimal,
}

/// A patent's indicators against its cohort.
#[must_use]
pub fn oecd_report(
    row: &IndicatorRow,
    norms: Option<&CohortNorms>,
    evidence: &Evidence,
    window_open: bool,
) -> OecdReport {
    let mut trusted = 0.0;
    let mut normalised = [None; Indicator::ALL.len()];
    let mut reports = Vec::with_capacity(row.len());
    for ((at, indicator), value) in Indicator::ALL.into_iter().enumerate().zip(row) {
        let cohort = norms.and_then(|norms| norms.maxima.get(at).copied().flatten());
        let against = cohort.filter(|_| value.is_finite()).and_then(|cohort| cohort.normalise(*value));
        let index = against.map(|share| if indicator == Indicator::GrantLag { 1.0 - share } else { share });
        if let Some(slot) = normalised.get_mut(at) {
            *slot = index;
        }
        let basis = value.is_finite().then(|| indicator.basis(evidence));
        let confidence = basis.map_or(0.0, Basis::confidence);
        trusted += confidence / f64::from(u8::try_from(row.len()).unwrap_or(u8::MAX));
        reports.push(IndicatorReport {
            indicator,
            value: value.is_finite().then(|| rounded(*value, PLACES)),
            cohort_maximum: cohort.map(|cohort| rounded(cohort.maximum, PLACES)),
            normalised: index.map(|index| rounded(index, PLACES)),
            small_cohort: cohort.is_none_or(|cohort| cohort.small),
            basis,
            confidence: rounded(confidence, 2),
        });
    }
    let [forward, family, claims, generality, backward, grant_lag, ..] = normalised;
    let parts = Components { forward, family, claims, generality, backward, grant_lag };
    let [citations, ..] = *row;
    let breakthrough = norms.and_then(|norms| norms.breakthrough).filter(|_| citations.is_finite());
    OecdReport {
        indicators: reports,
        quality_4: parts.quality_4().map(|q| rounded(q, PLACES)),
        quality_6: parts.quality_6().map(|q| rounded(q, PLACES)),
        breakthrough: breakthrough.map(|top| citations > 0.0 && citations >= top),
        citation_window_open: window_open,
        confidence: rounded(trusted, 4),
    }
}

/// What every cohort of a catalogue says. `totals` are in hundredths, `parts` holds the points by second-level index of
/// each patent, one after the other, `width` of them for a patent.
#[must_use]
pub fn norms(
    cohorts: &Cohorts,
    rows: &[IndicatorRow],
    totals: &[Option<i32>],
    parts: &[f32],
    width: usize,
) -> Vec<CohortNorms> {
    let columns: Vec<Vec<Option<Cohort>>> = (0..Indicator::ALL.len())
        .map(|at| {
            let column: Vec<f64> = rows.iter().map(|row| row.get(at).copied().unwrap_or(f64::NAN)).collect();
            cohorts.maxima(&column)
        })
        .collect();
    let citations: Vec<f64> = rows.iter().map(|[citations, ..]| *citations).collect();
    let breakthroughs = cohorts.breakthroughs(&citations);
    let of_cohort = |(place, key): (usize, &CohortKey)| {
        let members = cohorts.compared(place);
        let (mut scored, mut sum, mut sums) = (0u32, 0.0, vec![0.0; width]);
        for at in members {
            let at = *at as usize;
            let Some(total) = totals.get(at).copied().flatten() else { continue };
            scored += 1;
            sum += f64::from(total) / 100.0;
            let own = parts.get(at * width..(at + 1) * width).unwrap_or(&[]);
            sums.iter_mut().zip(own).for_each(|(sum, part)| *sum += f64::from(*part));
        }
        let n = f64::from(scored.max(1));
        let mut maxima = [None; Indicator::ALL.len()];
        maxima
            .iter_mut()
            .zip(&columns)
            .for_each(|(slot, column)| *slot = column.get(place).copied().flatten());
        CohortNorms {
            key: *key,
            breadth: cohorts.breadth(place),
            scored,
            size: members.len(),
            mean_total: sum / n,
            mean_parts: sums.iter().map(|sum| sum / n).collect(),
            maxima,
            breakthrough: breakthroughs.get(place).copied().flatten(),
        }
    };
    cohorts.keys.iter().enumerate().map(of_cohort).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn facts(claims: u32) -> ScoringFacts {
        ScoringFacts {
            claims: Some(claims),
            filing_date: NaiveDate::from_ymd_opt(2020, 1, 1),
            grant_date: NaiveDate::from_ymd_opt(2021, 12, 31),
            ..ScoringFacts::default()
        }
    }

    fn cited(count: u32, basis: Basis) -> Evidence {
        let counted = Some(Counted { count, basis });
        Evidence { forward_5: counted, forward_7: counted, citing_partly: true, ..Evidence::default() }
    }

    #[test]
    fn a_patent_stands_against_the_maxima_of_its_cohort_and_what_is_undefined_stays_absent() {
        let key = CohortKey::of("C22B", NaiveDate::from_ymd_opt(2020, 1, 1).unwrap());
        let rows: Vec<IndicatorRow> =
            (1..=100).map(|n| indicators(&facts(n), &cited(n / 50, Basis::Recorded))).collect();
        let cohorts = Cohorts::of(&vec![key; 100]);
        let totals: Vec<Option<i32>> = (0..100).map(|n| Some(n * 100)).collect();
        let found = norms(&cohorts, &rows, &totals, &vec![1.0; 200], 2);
        assert_eq!(found.len(), 1);
        assert!((found[0].mean_total - 49.5).abs() < 1e-9 && found[0].mean_parts == [1.0, 1.0]);
        let total_only = cited(0, Basis::TotalOnly);
        let report = oecd_report(&rows[48], Some(&found[0]), &total_only, true);
        let claims = &report.indicators[2];
        assert_eq!(claims.cohort_maximum.unwrap().to_string(), "98.020000");
        assert_eq!(claims.normalised.unwrap().to_string(), "0.499898");
        assert!(!claims.small_cohort && report.citation_window_open);
        // Every lag of the cohort is the longest one.
        assert_eq!(report.indicators[5].normalised.unwrap().to_string(), "0.000000");
        assert_eq!(report.indicators[3].normalised, None);
        assert_eq!((report.quality_4, report.quality_6), (None, None));
        assert_eq!(report.breakthrough, Some(false));
        // Claims and grant lag are on record, twice a total counts for half; nine of thirteen are undefined.
        let basis: Vec<_> = report.indicators.iter().map(|one| one.basis).collect();
        assert_eq!((basis[0], basis[2], basis[3]), (Some(Basis::TotalOnly), Some(Basis::Recorded), None));
        assert_eq!(report.confidence.to_string(), "0.2308");
        let mut cited = rows[48];
        let of_catalogue = CitationIndicators {
            generality: vec![0.5],
            originality: vec![f64::NAN],
            radicalness: vec![0.25],
            citing_whole: vec![false],
            cited_whole: vec![true],
        };
        with_citations(&mut cited, &of_catalogue, 0);
        let report = oecd_report(&cited, Some(&found[0]), &total_only, true);
        let bases = (report.indicators[3].basis, report.indicators[10].basis);
        assert_eq!(bases, (Some(Basis::PartlyKnown), Some(Basis::Recorded)));
        let open = whole_with(Evidence::default(), &of_catalogue, 0);
        assert_eq!((open.citing_partly, open.cited_partly), (true, false));
        let shown = |at: usize| report.indicators[at].value.map(|value| value.to_string());
        assert_eq!((shown(3), shown(9), shown(10)), (Some("0.500000".into()), None, Some("0.250000".into())));
        assert_eq!(oecd_report(&rows[99], Some(&found[0]), &total_only, true).breakthrough, Some(true));
        assert_eq!(oecd_report(&rows[99], None, &total_only, true).indicators[2].normalised, None);
    }
}
