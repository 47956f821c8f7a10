//! How a patent's score moves from run to run.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{FactRow, LeafChange, Scored, Scorer, changes},
    piece::fact_row,
    store::{history, score},
};

/// What changed since the score before, with its causes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreChange {
    /// The day of the score before; absent for the first.
    pub previous_on: Option<NaiveDate>,
    /// `assessed`, or why there was no score.
    pub previous_outcome: Option<String>,
    /// The total before; absent where there was none.
    pub previous_total: Option<Decimal>,
    /// The grade before; absent where there was none.
    pub previous_grade: Option<String>,
    /// Whether the scores were made by different versions of the tree. Leaves are compared by the version of their day; where
    /// the older one is no longer kept, none is.
    pub other_model: bool,
    /// The leaves that moved, the largest move first.
    pub leaves: Vec<LeafChange>,
}

/// Hundredths as a decimal.
pub(super) fn hundredths(whole: i64) -> Decimal {
    Decimal::new(whole, 2)
}

/// Ten-thousandths as a decimal.
pub(super) fn ten_thousandths(whole: i64) -> Decimal {
    Decimal::new(whole, 4)
}

impl ScoreChange {
    /// What changed between two scores; `None` where they say the same. `earlier` is the tree that the score before is by,
    /// where it is another than `scorer`'s and is kept.
    pub(super) fn between(
        (scorer, earlier): (&Scorer, Option<&Scorer>),
        before: Option<&score::Model>,
        now: &score::Model,
        facts: &FactRow,
    ) -> Result<Option<Self>, Fault> {
        let Some(before) = before else {
            return Ok(Some(Self {
                previous_on: None,
                previous_outcome: None,
                previous_total: None,
                previous_grade: None,
                other_model: false,
                leaves: Vec::new(),
            }));
        };
        let said = |row: &score::Model| {
            (row.outcome.clone(), row.total_hundredths, row.coverage_points, row.grade.clone())
        };
        let other_model = before.model_version != now.model_version;
        if said(before) == said(now) && !other_model {
            return Ok(None);
        }
        let old_scorer = if other_model { earlier } else { Some(scorer) };
        let both = before.total_hundredths.is_some() && now.total_hundredths.is_some();
        let leaves = match old_scorer.filter(|_| both) {
            Some(old_scorer) => {
                let known: Vec<Option<f64>> = serde_json::from_str(&before.facts)?;
                let old = fact_row(&known);
                let days = (now.scored_on - before.scored_on).num_days();
                let before = Scored { scorer: old_scorer, facts: &old };
                changes(before, Scored { scorer, facts }, !other_model, days)
            }
            None => Vec::new(),
        };
        Ok(Some(Self {
            previous_on: Some(before.scored_on),
            previous_outcome: Some(before.outcome.clone()),
            previous_total: before.total_hundredths.map(hundredths),
            previous_grade: before.grade.clone(),
            other_model,
            leaves,
        }))
    }
}

/// The row to write.
pub(super) fn active(row: score::Model) -> score::ActiveModel {
    score::ActiveModel {
        owner: Set(row.owner),
        scenario: Set(row.scenario),
        patent_id: Set(row.patent_id),
        run_id: Set(row.run_id),
        scored_on: Set(row.scored_on),
        outcome: Set(row.outcome),
        total_hundredths: Set(row.total_hundredths),
        coverage_points: Set(row.coverage_points),
        grade: Set(row.grade),
        percentile_points: Set(row.percentile_points),
        cohort: Set(row.cohort),
        citation_window_open: Set(row.citation_window_open),
        facts: Set(row.facts),
        indicators: Set(row.indicators),
        model_version: Set(row.model_version),
        change: Set(row.change),
    }
}

/// The line of the history.
pub(super) fn line(id: Uuid, at: DateTime<Utc>, row: &score::Model) -> history::ActiveModel {
    history::ActiveModel {
        id: Set(id),
        owner: Set(row.owner),
        patent_id: Set(row.patent_id),
        scenario: Set(row.scenario.clone()),
        run_id: Set(row.run_id),
        scored_on: Set(row.scored_on),
        at: Set(at),
        outcome: Set(row.outcome.clone()),
        total_hundredths: Set(row.total_hundredths),
        coverage_points: Set(row.coverage_points),
        grade: Set(row.grade.clone()),
        percentile_points: Set(row.percentile_points),
        model_version: Set(row.model_version.clone()),
        change: Set(row.change.clone()),
    }
}
