//! One piece of a run: some thousand patents read, scored and laid down as columns until the whole catalogue is known.

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::{
    FactRow, Grade, Indicator, IndicatorRow, LEAVES_MAX, Scorer, citation_window_open,
    citations::{Citations, document, subclass},
    cohort::CohortKey,
    decimal, indicators,
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
    document: u64,
    classes: Vec<u32>,
    cites: Vec<u64>,
    cited_by: Vec<u64>,
}

fn one(scorer: &Scorer, on: NaiveDate, id: Uuid, text: &str) -> Result<Read, Fault> {
    let record: PatentRecord = serde_json::from_str(text)?;
    let facts = record.scoring_facts(on);
    let own = &record.facts;
    let main_symbol = own.ipc.first().map(String::as_str);
    let published = own.publication_date.or(own.grant_date).or(own.filing_date);
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
        indicators: indicators(&facts),
        window_open: citation_window_open(published, on),
        document: document(&own.publication_number),
        classes: own.ipc.iter().filter_map(|symbol| subclass(symbol)).collect(),
        cites: record.cites.iter().map(|number| document(number)).collect(),
        cited_by: record.cited_by.iter().map(|number| document(number)).collect(),
    })
}

/// The hundredths of points, rounded as they are printed.
fn hundredths(points: f64) -> i32 {
    i32::try_from(decimal(points, 2).mantissa()).unwrap_or(0)
}

/// What is known of a row, in JSON: not a number has no place there.
pub(crate) fn known(row: &[f64]) -> Vec<Option<f64>> {
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
) -> Result<(Brief, Detail), Fault> {
    let read: Vec<Read> =
        rows.par_iter().map(|(id, text)| one(scorer, on, *id, text)).collect::<Result<_, Fault>>()?;
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
        detail.ids.push(patent.id);
        detail.outcomes.push(patent.outcome);
        detail.coverage.push(i64::from(hundredths(coverage * 100.0)));
        detail.grades.push(grade);
        detail.windows_open.push(patent.window_open);
        detail.facts.push(known(&patent.facts));
    }
    Ok((brief, detail))
}
