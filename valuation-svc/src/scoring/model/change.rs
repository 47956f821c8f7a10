//! What moved a score since the last one, leaf by leaf, with its cause.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    leaf::LeafCode,
    report::rounded,
    weigh::{FactRow, Scorer},
};

/// Points below which a leaf has not moved.
const MOVED: f64 = 0.005;
/// Days of a year, as ages and terms are counted.
const YEAR_DAYS: f64 = 365.25;

/// Why a leaf moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The fact changed.
    Fact,
    /// Time passed: the right is older, its term shorter.
    Time,
    /// The fact was unknown and is on record now.
    BecameKnown,
    /// The fact was on record and no longer is.
    BecameUnknown,
    /// Its own fact stood still; another leaf became known or unknown and the weights were shared out anew.
    Reweighted,
}

/// One leaf's part in a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeafChange {
    /// The leaf.
    pub code: LeafCode,
    /// Why.
    pub cause: Cause,
    /// The fact before; absent where unknown.
    pub before: Option<Decimal>,
    /// The fact now.
    pub after: Option<Decimal>,
    /// Points gained or lost, two decimals.
    pub points: Decimal,
}

/// The leaves that moved between two rows of facts, the largest move first. All moves together are the change of the
/// total. `days` have passed between the two.
#[must_use]
pub fn changes(scorer: &Scorer, before: &FactRow, after: &FactRow, days: i64) -> Vec<LeafChange> {
    let none = [0.0; super::weigh::LEAVES_MAX];
    let points = |facts| scorer.weigh(facts).map_or(none, |weighed| weighed.contributions);
    let (old, new) = (points(before), points(after));
    #[expect(clippy::cast_precision_loss, reason = "day counts are far below 2^52")]
    let years = days as f64 / YEAR_DAYS;
    let known = |fact: f64| (!fact.is_nan()).then(|| rounded(fact, 2));
    let mut found: Vec<(f64, LeafChange)> = scorer
        .codes()
        .zip(before.iter().zip(after))
        .zip(old.iter().zip(&new))
        .filter_map(|((code, (was, is)), (old, new))| {
            let moved = new - old;
            let cause = match (was.is_nan(), is.is_nan()) {
                (true, true) => return None,
                (true, false) => Cause::BecameKnown,
                (false, true) => Cause::BecameUnknown,
                (false, false) if (was - is).abs() < 1e-9 => Cause::Reweighted,
                (false, false) if code.ages() && (was - is).abs() <= years + 1e-6 => Cause::Time,
                (false, false) => Cause::Fact,
            };
            (moved.abs() >= MOVED).then(|| {
                let points = rounded(moved, 2);
                (moved.abs(), LeafChange { code, cause, before: known(*was), after: known(*is), points })
            })
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, change)| change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::model::{IndexTree, LegalStatus, Scenario, ScoringFacts};
    use chrono::NaiveDate;

    fn scored(countries: u32, claims: Option<u32>, on: &str) -> (Scorer, FactRow) {
        let scorer = Scorer::of(&IndexTree::platform_default(), Scenario::Pledge);
        let facts = ScoringFacts {
            legal_status: LegalStatus::Granted,
            family_countries: Some(countries),
            claims,
            filing_date: NaiveDate::from_ymd_opt(2018, 1, 1),
            ..ScoringFacts::default()
        };
        let row = scorer.read(&facts, on.parse().unwrap());
        (scorer, row)
    }

    #[test]
    fn every_move_has_its_cause_and_together_they_are_the_change_of_the_total() {
        let (scorer, before) = scored(1, None, "2025-01-01");
        let (_, after) = scored(8, Some(10), "2026-01-01");
        let found = changes(&scorer, &before, &after, 365);
        let cause = |code| found.iter().find(|c| c.code == code).map(|c| c.cause);
        assert_eq!(cause(LeafCode::L23), Some(Cause::Fact));
        assert_eq!(cause(LeafCode::L21), Some(Cause::BecameKnown));
        assert_eq!(cause(LeafCode::E11), Some(Cause::Time));
        let sum: Decimal = found.iter().map(|c| c.points).sum();
        let total = |row| scorer.weigh(row).unwrap().total;
        let moved = rounded(total(&after) - total(&before), 2);
        assert!((sum - moved).abs() <= Decimal::new(15, 2), "{sum} {moved}");
        assert!(changes(&scorer, &before, &before, 0).is_empty());
    }
}
