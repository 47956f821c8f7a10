//! One piece of a run: some thousand patents read, scored and laid down as columns until the whole catalogue is known.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::{
        CITATION_YEARS, CITATION_YEARS_LONG, FactRow, Grade, Indicator, IndicatorRow, LEAVES_MAX, Scorer,
        ScoringFacts,
        citations::{Citations, document, subclass},
        cohort::CohortKey,
        decimal,
        evidence::{Evidence, renewal, window_open},
        indicators,
    },
    store::Listed,
};
use crate::catalogue::PatentRecord;

/// The outcome of a patent that was scored; the others are the codes of why not.
pub(crate) const ASSESSED: &str = "assessed";

/// What the cohorts are made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Brief {
    pub cohorts: Vec<Option<CohortKey>>,
    /// Hundredths.
    pub totals: Vec<Option<i32>>,
    pub indicators: Vec<[Option<f64>; Indicator::ALL.len()]>,
    /// Points by second-level index, patent after patent.
    pub parts: Vec<f32>,
    /// Who cites whom.
    pub citations: Citations,
}

/// What the scores are written from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub ids: Vec<Uuid>,
    pub outcomes: Vec<String>,
    /// Ten-thousandths.
    pub coverage: Vec<i64>,
    pub grades: Vec<Option<Grade>>,
    pub windows_open: Vec<bool>,
    pub evidence: Vec<Evidence>,
    pub facts: Vec<Vec<Option<f64>>>,
}

struct Read {
    id: Uuid,
    cohort: Option<CohortKey>,
    outcome: String,
    scored: Option<(i32, f64, Option<Grade>, Vec<f32>)>,
    facts: FactRow,
    indicators: IndicatorRow,
    window_open: bool,
    evidence: Evidence,
    document: u64,
    classes: Vec<u32>,
    cites: BTreeSet<u64>,
    cited_by: BTreeSet<u64>,
    told: Vec<(u64, Vec<u32>)>,
}

/// The indicators that need days, from the catalogue's citations and annuities.
fn evidence(record: &PatentRecord, facts: &ScoringFacts, on: NaiveDate) -> Evidence {
    Evidence {
        forward_5: facts.early_citations,
        forward_7: record.citations_within(CITATION_YEARS_LONG, on),
        renewal: renewal(facts, record.facts.annuities_paid_to, on),
        ..Evidence::default()
    }
}

/// Whether a source counts more documents than are listed.
fn more_than(listed: &BTreeSet<u64>, counted: Option<u32>) -> bool {
    counted.is_some_and(|counted| counted as usize > listed.len())
}

/// The other documents of one direction, told by the record and by the catalogue's rows, each once.
fn others(numbers: &[String], listed: &[&Listed], forward: bool) -> BTreeSet<u64> {
    let rows = listed.iter().filter(|one| one.forward == forward).map(|one| document(&one.key));
    numbers.iter().map(|number| document(number)).chain(rows).collect()
}

fn subclasses<'a>(symbols: impl Iterator<Item = &'a str>) -> Vec<u32> {
    symbols.filter_map(subclass).collect()
}

fn one(scorer: &Scorer, on: NaiveDate, (id, text): (Uuid, &str), listed: &[&Listed]) -> Result<Read, Fault> {
    let record: PatentRecord = serde_json::from_str(text)?;
    let facts = record.scoring_facts(on);
    let own = &record.facts;
    let main_symbol = own.ipc.first().map(String::as_str);
    let (cites, cited_by) = (others(&record.cites, listed, false), others(&record.cited_by, listed, true));
    let evidence = Evidence {
        citing_partly: more_than(&cited_by, facts.forward_citations),
        cited_partly: more_than(&cites, facts.backward_citations),
        ..evidence(&record, &facts, on)
    };
    let told = listed
        .iter()
        .map(|one| (document(&one.key), subclasses(one.ipc.split('|'))))
        .filter(|(_, classes)| !classes.is_empty());
    let assessed = scorer.assess(&facts, on);
    let (outcome, row, scored) = match assessed {
        Ok((row, weighed)) => {
            let parts = scorer.by_subindex(&weighed.contributions);
            #[expect(clippy::cast_possible_truncation, reason = "points of 0 to 100, kept for a mean")]
            let parts = parts.into_iter().map(|points| points as f32).collect();
            let scored = (hundredths(weighed.total), weighed.coverage, weighed.grade, parts);
            (ASSESSED.to_owned(), row, Some(scored))
        }
        Err(refusal) => (refusal.code, scorer.read(&facts, on), None),
    };
    Ok(Read {
        id,
        cohort: main_symbol.zip(facts.filing_date).and_then(|(symbol, filed)| CohortKey::of(symbol, filed)),
        outcome,
        scored,
        facts: row,
        indicators: indicators(&facts, &evidence),
        window_open: window_open(record.citable_from(), CITATION_YEARS, on),
        evidence,
        document: document(&own.publication_number),
        classes: subclasses(own.ipc.iter().map(String::as_str)),
        cites,
        cited_by,
        told: told.collect(),
    })
}

/// The hundredths of points, rounded as they are printed.
fn hundredths(points: f64) -> i32 {
    i32::try_from(decimal(points, 2).mantissa()).unwrap_or(0)
}

/// What is known of a row, in JSON: not a number has no place there.
fn known(row: &[f64]) -> Vec<Option<f64>> {
    row.iter().map(|value| value.is_finite().then_some(*value)).collect()
}

/// The row again.
pub(crate) fn fact_row(known: &[Option<f64>]) -> FactRow {
    let mut row = [f64::NAN; LEAVES_MAX];
    row.iter_mut().zip(known).for_each(|(slot, value)| *slot = value.unwrap_or(f64::NAN));
    row
}

/// Reads and scores the patents of a piece, on all threads.
pub(crate) fn read(
    scorer: &Scorer,
    on: NaiveDate,
    width: usize,
    rows: &[(Uuid, String)],
    citations: &[Listed],
) -> Result<(Brief, Detail), Fault> {
    let mut listed: HashMap<Uuid, Vec<&Listed>> = HashMap::new();
    for citation in citations {
        listed.entry(citation.patent).or_default().push(citation);
    }
    let of = |id: &Uuid| listed.get(id).map_or(&[][..], Vec::as_slice);
    let read: Vec<Read> = rows
        .par_iter()
        .map(|(id, text)| one(scorer, on, (*id, text), of(id)))
        .collect::<Result<_, Fault>>()?;
    let (mut brief, mut detail) = (Brief::default(), Detail::default());
    for patent in read {
        let (total, coverage, grade, parts) = match patent.scored {
            Some((total, coverage, grade, parts)) => (Some(total), coverage, grade, parts),
            None => (None, 0.0, None, vec![0.0; width]),
        };
        brief.cohorts.push(patent.cohort);
        brief.totals.push(total);
        let mut values = [None; Indicator::ALL.len()];
        values
            .iter_mut()
            .zip(patent.indicators)
            .for_each(|(slot, value)| *slot = value.is_finite().then_some(value));
        brief.indicators.push(values);
        brief.parts.extend(parts);
        brief.citations.documents.push(patent.document);
        brief.citations.classes.push(patent.classes);
        brief.citations.cites.push(patent.cites);
        brief.citations.cited_by.push(patent.cited_by);
        for (document, classes) in patent.told {
            brief.citations.told.push(document);
            brief.citations.told_classes.push(classes);
        }
        detail.ids.push(patent.id);
        detail.outcomes.push(patent.outcome);
        detail.coverage.push(i64::from(hundredths(coverage * 100.0)));
        detail.grades.push(grade);
        detail.windows_open.push(patent.window_open);
        detail.evidence.push(patent.evidence);
        detail.facts.push(known(&patent.facts));
    }
    Ok((brief, detail))
}
