//! How a patent's score moves from run to run.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Cause, FactRow, LeafChange, SaidLeaves, Scorer, changes},
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
    /// Whether the scores were made by different versions of the tree. What the older one said of each leaf is kept with its
    /// score, so that leaves are compared all the same.
    pub other_model: bool,
    /// Points gained or lost; absent where there was no score before or is none now.
    #[serde(default)]
    pub points: Option<Decimal>,
    /// Those of them that another definition of the index brought: leaves, weights, bands. What a leaf brought that reads
    /// another figure is not among them: it cannot be told apart from a change of its fact.
    #[serde(default)]
    pub definition_points: Decimal,
    /// Whether nothing but the definition of the index moved the score: no fact changed, no day counted. Never where a leaf
    /// reads another figure than before.
    #[serde(default)]
    pub definition_only: bool,
    /// The leaves that moved, the largest move first; their points sum to `points`.
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

/// What the definition of the index brought for certain.
fn definition_points(leaves: &[LeafChange]) -> Decimal {
    let parts = leaves.iter().flat_map(|leaf| &leaf.parts);
    let of_definition = parts.filter(|part| part.cause.is_definition());
    of_definition.fold(hundredths(0), |sum, part| sum + part.points)
}

impl ScoreChange {
    /// What the first score of a patent has in the place of a change.
    const FIRST: Self = Self {
        previous_on: None,
        previous_outcome: None,
        previous_total: None,
        previous_grade: None,
        other_model: false,
        points: None,
        definition_points: Decimal::ZERO,
        definition_only: false,
        leaves: Vec::new(),
    };

    /// What changed between two scores; `None` where they say the same.
    pub(super) fn between(
        scorer: &Scorer,
        before: Option<&score::Model>,
        now: &score::Model,
        facts: &FactRow,
    ) -> Result<Option<Self>, Fault> {
        let Some(before) = before else { return Ok(Some(Self::FIRST)) };
        let said = |row: &score::Model| {
            (row.outcome.clone(), row.total_hundredths, row.coverage_points, row.grade.clone())
        };
        let other_model = before.model_version != now.model_version;
        if said(before) == said(now) && !other_model {
            return Ok(None);
        }
        let moved = before.total_hundredths.zip(now.total_hundredths).map(|(before, now)| now - before);
        let (leaves, read_otherwise) = match moved {
            Some(moved) => {
                let old: SaidLeaves = serde_json::from_str(&before.leaves)?;
                let days = (now.scored_on - before.scored_on).num_days();
                (changes(&old, (scorer, facts), moved, days), old.was_read_otherwise(scorer))
            }
            None => (Vec::new(), false),
        };
        let parts = || leaves.iter().flat_map(|leaf| &leaf.parts);
        let definition_only = moved.is_some()
            && !read_otherwise
            && (other_model || parts().next().is_some())
            && parts().all(|part| part.cause.is_definition());
        Ok(Some(Self {
            previous_on: Some(before.scored_on),
            previous_outcome: Some(before.outcome.clone()),
            previous_total: before.total_hundredths.map(hundredths),
            previous_grade: before.grade.clone(),
            other_model,
            points: moved.map(hundredths),
            definition_points: definition_points(&leaves),
            definition_only,
            leaves,
        }))
    }

    /// A change that was kept, claiming no more than can be told: older ones took what a leaf brought that reads another
    /// figure for the definition's.
    pub(super) fn with_what_can_be_told(mut self) -> Self {
        let mut parts = self.leaves.iter().flat_map(|leaf| &leaf.parts);
        if parts.any(|part| part.cause == Cause::ReadingChanged) {
            self.definition_points = definition_points(&self.leaves);
            self.definition_only = false;
        }
        self
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
        leaves: Set(row.leaves),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::model::Part;

    #[test]
    fn a_kept_change_claims_no_more_than_can_be_told() {
        let leaf = |cause, points| LeafChange {
            code: "T11".to_owned(),
            cause,
            before: None,
            after: None,
            value_before: None,
            value_after: None,
            weight_before: None,
            weight_after: None,
            contribution_before: hundredths(0),
            contribution_after: hundredths(points),
            points: hundredths(points),
            parts: vec![Part { cause, points: hundredths(points) }],
        };
        let kept = |leaves: Vec<LeafChange>| {
            let told = ScoreChange {
                other_model: true,
                points: Some(hundredths(150)),
                definition_points: hundredths(150),
                definition_only: true,
                leaves,
                ..ScoreChange::FIRST
            };
            let read = told.with_what_can_be_told();
            (read.definition_only, read.definition_points)
        };
        let weighed = leaf(Cause::WeightChanged, 50);
        assert_eq!(kept(vec![weighed.clone(), leaf(Cause::ReadingChanged, 100)]), (false, hundredths(50)));
        assert_eq!(kept(vec![weighed, leaf(Cause::BandChanged, 100)]), (true, hundredths(150)));
    }
}
