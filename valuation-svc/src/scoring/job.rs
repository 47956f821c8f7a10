//! The job that scores the whole catalogue.
//!
//! | phase | one chunk is | what it leaves |
//! |---|---|---|
//! | read | the next patents by id: facts read, scored, laid down as columns | a staged piece |
//! | compare | before the first piece is written, and again after a kill: all pieces' columns into cohorts | nothing |
//! | write | one piece: total, grade, coverage, percentile, indicators; what differs from the last score | scores, history |
//! | close | the cohorts in the place of the last run's; what was staged is thrown away | cohorts |
//!
//! No phase may begin before the one above it has ended: a percentile needs the whole cohort. Memory is bounded by the
//! columns of the compare phase, some three hundred bytes for a patent, eight for each citation and some twenty for one that
//! is told with its classes; every other chunk holds one piece with its citations. A run is by one tree, the platform's or a
//! bank's own, and its scores, history and cohorts are its owner's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{JobId, ScoringRunId};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};
use uuid::Uuid;

use super::{
    history::{self, ScoreChange},
    model::{
        CohortNorms, Indicator, IndicatorRow, SaidLeaves, Scenario, Scorer,
        citations::CitationIndicators,
        cohort::{CohortKey, Cohorts},
        evidence::Evidence,
        norms, whole_with, with_citations,
    },
    piece::{self, ASSESSED, Brief, Detail, fact_row},
    store::{self, Owner, PIECE, cohort, score},
    trees,
};
use crate::catalogue::store::patent;

/// The kind of job.
pub(crate) const KIND: &str = "scoring.run";
/// Runs whose compared catalogue is kept at a time: with several workers two runs take turns.
const COMPARED_KEPT: usize = 2;

/// What the job is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// What the score is for.
    pub scenario: Scenario,
    /// The day scored on.
    pub scored_on: NaiveDate,
    /// By whose tree.
    pub owner: Owner,
    /// The version of the tree, as scores name it.
    pub model_version: String,
    /// Hash of the bank's version; absent for the platform's tree.
    pub content_hash: Option<String>,
}

impl Payload {
    fn key(&self) -> (Owner, Scenario) {
        (self.owner, self.scenario)
    }
}

/// A patent's indicators as they are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct KeptIndicators {
    /// In the order of [`Indicator::ALL`]; absent where undefined.
    pub values: [Option<f64>; Indicator::ALL.len()],
    /// What those rest on that need days.
    pub evidence: Evidence,
}

/// Where the job stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// Patents in the catalogue when it began.
    patents: i64,
    /// Every piece is staged.
    read_through: bool,
    /// The next piece to stage, or to write.
    position: i64,
    /// The last patent that was read.
    last: Option<Uuid>,
    /// What came of it.
    counts: Counts,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// Patents read.
    pub read: i64,
    /// Patents written.
    pub written: i64,
    /// Patents that have a score.
    pub assessed: i64,
    /// Patents that also have a grade.
    pub graded: i64,
    /// Patents whose score is new or differs from the one before.
    pub changed: i64,
    /// Cohorts.
    pub cohorts: i64,
}

/// The whole catalogue compared.
struct Compared {
    norms: HashMap<CohortKey, CohortNorms>,
    /// In the order of the pieces.
    ranks: Vec<Option<u16>>,
    /// In the order of the pieces.
    citations: CitationIndicators,
}

/// Scores the catalogue.
#[derive(Default)]
pub struct ScoringJob {
    /// The compare phase's outcome for the runs under way, the newest last; made again where it is not there.
    compared: Mutex<Vec<(JobId, Arc<Compared>)>>,
}

#[async_trait]
impl JobHandler for ScoringJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let payload: Payload = serde_json::from_value(job.payload.clone())?;
        let cursor: Option<Cursor> = serde_json::from_value(job.cursor.clone())?;
        let cursor = match cursor {
            Some(cursor) => cursor,
            None => begin(tx).await?,
        };
        if !cursor.read_through {
            return read(tx, job, &payload, cursor).await;
        }
        let compared = self.compared(tx, job).await?;
        match store::piece(tx, job.id.uuid(), cursor.position).await? {
            Some(piece) => write(tx, job, &payload, cursor, &compared, piece).await,
            None => {
                let progress = close(tx, job, &payload, cursor, &compared).await?;
                self.kept().retain(|(id, _)| *id != job.id);
                Ok(progress)
            }
        }
    }
}

impl ScoringJob {
    async fn compared(&self, tx: &Tx, job: &Job) -> Result<Arc<Compared>, Fault> {
        let kept = self.kept().iter().find(|(id, _)| *id == job.id).map(|(_, compared)| Arc::clone(compared));
        if let Some(compared) = kept {
            return Ok(compared);
        }
        let mut all = Brief::default();
        let mut position = 0;
        while let Some(text) = store::brief(tx, job.id.uuid(), position).await? {
            let piece: Brief = serde_json::from_str(&text)?;
            all.cohorts.extend(piece.cohorts);
            all.totals.extend(piece.totals);
            all.indicators.extend(piece.indicators);
            all.parts.extend(piece.parts);
            all.citations.append(piece.citations);
            position += 1;
        }
        let compared = tokio::task::spawn_blocking(move || Arc::new(compare(&all)))
            .await
            .map_err(|error| Fault::Other(error.to_string()))?;
        let mut kept = self.kept();
        kept.push((job.id, Arc::clone(&compared)));
        if kept.len() > COMPARED_KEPT {
            kept.remove(0);
        }
        Ok(compared)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(JobId, Arc<Compared>)>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn compare(all: &Brief) -> Compared {
    let width = all.parts.len().checked_div(all.totals.len()).unwrap_or(0);
    let cohorts = Cohorts::of(&all.cohorts).widened(&all.totals);
    let citations = all.citations.indicators();
    let known = all.indicators.iter().map(|row| row.map(|value| value.unwrap_or(f64::NAN)));
    let mut rows: Vec<IndicatorRow> = known.collect();
    for (at, row) in rows.iter_mut().enumerate() {
        with_citations(row, &citations, at);
    }
    let norms = norms(&cohorts, &rows, &all.totals, &all.parts, width);
    Compared {
        ranks: cohorts.ranks(&all.totals),
        citations,
        norms: norms.into_iter().map(|norms| (norms.key, norms)).collect(),
    }
}

async fn begin(tx: &Tx) -> Result<Cursor, Fault> {
    let patents = patent::Entity::find().count(tx.conn()).await?;
    Ok(Cursor { patents: i64::try_from(patents).unwrap_or(i64::MAX), ..Cursor::default() })
}

fn progress(cursor: &Cursor, finished: bool) -> Result<Progress, Fault> {
    let done = cursor.counts.read + cursor.counts.written;
    Ok(Progress {
        done,
        // Patents may have come since it began.
        total: if finished { done } else { (2 * cursor.patents).max(done + 1) },
        cursor: serde_json::to_value(cursor)?,
        report: serde_json::to_value(cursor.counts)?,
        finished,
    })
}

async fn read(tx: &Tx, job: &Job, payload: &Payload, mut cursor: Cursor) -> Result<Progress, Fault> {
    let rows = store::patents_after(tx, cursor.last).await?;
    let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else {
        cursor.read_through = true;
        cursor.position = 0;
        cursor.patents = cursor.counts.read;
        return progress(&cursor, false);
    };
    let (last, count, on, scenario) = (*last, rows.len(), payload.scored_on, payload.scenario);
    let citations = store::citations_between(tx, (*first, last)).await?;
    let tree = trees::of_run(tx, payload).await?;
    let work = move || {
        let width = tree.indices.iter().map(|index| index.children.len()).sum();
        let (brief, detail) = piece::read(&Scorer::of(&tree, scenario), on, width, &rows, &citations)?;
        Ok::<_, Fault>((serde_json::to_string(&brief)?, serde_json::to_string(&detail)?))
    };
    let (brief, detail) =
        tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Other(error.to_string()))??;
    store::stage_piece(tx, job.id.uuid(), cursor.position, brief, detail).await?;
    cursor.position += 1;
    cursor.last = Some(last);
    cursor.counts.read += i64::try_from(count).unwrap_or(0);
    progress(&cursor, false)
}

async fn write(
    tx: &Tx,
    job: &Job,
    payload: &Payload,
    mut cursor: Cursor,
    compared: &Compared,
    piece: store::stage::Model,
) -> Result<Progress, Fault> {
    let brief: Brief = serde_json::from_str(&piece.brief)?;
    let detail: Detail = serde_json::from_str(&piece.detail)?;
    let (Some(first), Some(last)) = (detail.ids.first().copied(), detail.ids.last().copied()) else {
        return Err(Fault::Invariant("an empty piece was staged".to_owned()));
    };
    let before = store::scores_between(tx, payload.key(), (first, last)).await?;
    let before: HashMap<Uuid, score::Model> = before.into_iter().map(|row| (row.patent_id, row)).collect();
    let tree = trees::of_run(tx, payload).await?;
    let scorer = Scorer::of(&tree, payload.scenario);
    let offset = usize::try_from(piece.position).unwrap_or(0) * PIECE;
    let (mut scores, mut lines) = (Vec::with_capacity(detail.ids.len()), Vec::new());
    for (at, id) in detail.ids.iter().enumerate() {
        let Some(facts) = detail.facts.get(at).map(|facts| fact_row(facts)) else { continue };
        let row = row(job, payload, (&brief, &detail), at, (compared, offset + at))?;
        let Some(mut row) = row else { continue };
        if row.outcome == ASSESSED {
            row.leaves = serde_json::to_string(&SaidLeaves::of(&scorer, &facts))?;
        }
        cursor.counts.assessed += i64::from(row.outcome == ASSESSED);
        cursor.counts.graded += i64::from(row.grade.is_some());
        let old = before.get(id);
        match ScoreChange::between(&scorer, old, &row, &facts)? {
            None => {
                if let Some(old) = old {
                    row.change.clone_from(&old.change);
                }
            }
            Some(change) => {
                row.change = serde_json::to_string(&change)?;
                cursor.counts.changed += 1;
                lines.push(history::line(ScoringRunId::fresh(tx.now()).uuid(), tx.now(), &row));
            }
        }
        scores.push(history::active(row));
    }
    store::rewrite(tx, payload.key(), (first, last), scores, lines).await?;
    cursor.position += 1;
    cursor.counts.written += i64::try_from(detail.ids.len()).unwrap_or(0);
    progress(&cursor, false)
}

fn row(
    job: &Job,
    payload: &Payload,
    (brief, detail): (&Brief, &Detail),
    at: usize,
    (compared, place): (&Compared, usize),
) -> Result<Option<score::Model>, Fault> {
    let (Some(id), Some(outcome), Some(indicators)) =
        (detail.ids.get(at), detail.outcomes.get(at), brief.indicators.get(at))
    else {
        return Ok(None);
    };
    let grade = detail.grades.get(at).copied().flatten();
    let mut indicators = indicators.map(|value| value.unwrap_or(f64::NAN));
    with_citations(&mut indicators, &compared.citations, place);
    let kept = KeptIndicators {
        values: indicators.map(|value| value.is_finite().then_some(value)),
        evidence: whole_with(
            detail.evidence.get(at).copied().unwrap_or_default(),
            &compared.citations,
            place,
        ),
    };
    Ok(Some(score::Model {
        owner: payload.owner.uuid(),
        scenario: payload.scenario.as_str().to_owned(),
        patent_id: *id,
        run_id: job.id.uuid(),
        scored_on: payload.scored_on,
        outcome: outcome.clone(),
        total_hundredths: brief.totals.get(at).copied().flatten().map(i64::from),
        coverage_points: detail.coverage.get(at).copied().unwrap_or(0),
        grade: grade.map(|grade| grade.as_str().to_owned()),
        percentile_points: compared.ranks.get(place).copied().flatten().map(i64::from),
        cohort: brief.cohorts.get(at).copied().flatten().map(CohortKey::number),
        citation_window_open: detail.windows_open.get(at).copied().unwrap_or(true),
        leaves: "[]".to_owned(),
        indicators: serde_json::to_string(&kept)?,
        model_version: payload.model_version.clone(),
        change: "null".to_owned(),
    }))
}

async fn close(
    tx: &Tx,
    job: &Job,
    payload: &Payload,
    mut cursor: Cursor,
    compared: &Compared,
) -> Result<Progress, Fault> {
    let rows = compared.norms.values().map(|norms| {
        Ok(cohort::ActiveModel {
            owner: Set(payload.owner.uuid()),
            scenario: Set(payload.scenario.as_str().to_owned()),
            cohort: Set(norms.key.number()),
            run_id: Set(job.id.uuid()),
            norms: Set(serde_json::to_string(norms)?),
        })
    });
    let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    cursor.counts.cohorts = i64::try_from(rows.len()).unwrap_or(0);
    store::close(tx, job.id.uuid(), payload.key(), rows).await?;
    progress(&cursor, true)
}
