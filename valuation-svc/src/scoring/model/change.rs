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
    /// Its own fact stood still; another version of the model weighs or bands it otherwise.
    Model,
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
    /// Points that it gave before, two decimals.
    #[serde(default)]
    pub contribution_before: Decimal,
    /// Points that it gives now, two decimals.
    #[serde(default)]
    pub contribution_after: Decimal,
    /// Points gained or lost, two decimals.
    pub points: Decimal,
}

/// One score to compare: the tree that it is by, and the facts.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// The tree.
    pub scorer: &'a Scorer,
    /// The facts in its order.
    pub facts: &'a FactRow,
}

impl Scored<'_> {
    /// Each leaf with its fact and its points.
    fn leaves(&self) -> Vec<(LeafCode, f64, f64)> {
        let none = [0.0; super::weigh::LEAVES_MAX];
        let points = self.scorer.weigh(self.facts).map_or(none, |weighed| weighed.contributions);
        let figures = self.facts.iter().zip(points);
        self.scorer.codes().zip(figures).map(|(code, (fact, points))| (code, *fact, points)).collect()
    }
}

/// The leaves that moved between two scores, the largest move first. All moves together are the change of the total.
/// `days` have passed between the two, and `same_model` says whether they are by one tree.
#[must_use]
pub fn changes(before: Scored<'_>, after: Scored<'_>, same_model: bool, days: i64) -> Vec<LeafChange> {
    let (old, new) = (before.leaves(), after.leaves());
    #[expect(clippy::cast_precision_loss, reason = "day counts are far below 2^52")]
    let years = days as f64 / YEAR_DAYS;
    let of = |leaves: &[(LeafCode, f64, f64)], code| {
        let found = leaves.iter().find(|(other, ..)| *other == code);
        found.map_or((f64::NAN, 0.0), |(_, fact, points)| (*fact, *points))
    };
    let gone = old.iter().filter(|(code, ..)| !new.iter().any(|(other, ..)| other == code));
    let mut found: Vec<(f64, LeafChange)> = new
        .iter()
        .chain(gone)
        .filter_map(|(code, ..)| {
            let ((was, before), (is, after)) = (of(&old, *code), of(&new, *code));
            let cause = cause(*code, (was, is), same_model, years)?;
            let moved = after - before;
            (moved.abs() >= MOVED).then(|| {
                let known = |fact: f64| (!fact.is_nan()).then(|| rounded(fact, 2));
                let change = LeafChange {
                    code: *code,
                    cause,
                    before: known(was),
                    after: known(is),
                    contribution_before: rounded(before, 2),
                    contribution_after: rounded(after, 2),
                    points: rounded(moved, 2),
                };
                (moved.abs(), change)
            })
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, change)| change).collect()
}

/// Why a leaf moved; `None` where nothing is known of it on either side.
fn cause(code: LeafCode, (was, is): (f64, f64), same_model: bool, years: f64) -> Option<Cause> {
    Some(match (was.is_nan(), is.is_nan()) {
        (true, true) => return None,
        (true, false) => Cause::BecameKnown,
        (false, true) => Cause::BecameUnknown,
        (false, false) if (was - is).abs() < 1e-9 && same_model => Cause::Reweighted,
        (false, false) if (was - is).abs() < 1e-9 => Cause::Model,
        (false, false) if code.ages() && (was - is).abs() <= years + 1e-6 => Cause::Time,
        (false, false) => Cause::Fact,
    })
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
        let (scorer, old) = scored(1, None, "2025-01-01");
        let (_, new) = scored(8, Some(10), "2026-01-01");
        let (before, after) =
            (Scored { scorer: &scorer, facts: &old }, Scored { scorer: &scorer, facts: &new });
        let found = changes(before, after, true, 365);
        let cause = |code| found.iter().find(|c| c.code == code).map(|c| c.cause);
        assert_eq!(cause(LeafCode::L23), Some(Cause::Fact));
        assert_eq!(cause(LeafCode::L21), Some(Cause::BecameKnown));
        assert_eq!(cause(LeafCode::E11), Some(Cause::Time));
        let sum: Decimal = found.iter().map(|c| c.points).sum();
        let total = |row| scorer.weigh(row).unwrap().total;
        let moved = rounded(total(&new) - total(&old), 2);
        assert!((sum - moved).abs() <= Decimal::new(15, 2), "{sum} {moved}");
        for one in &found {
            let apart = one.contribution_after - one.contribution_before - one.points;
            assert!(apart.abs() <= Decimal::new(1, 2), "{one:?}");
        }
        assert!(changes(before, before, true, 0).is_empty());
    }

    #[test]
    fn another_version_of_the_model_is_compared_leaf_by_leaf() {
        let (scorer, facts) = scored(4, Some(10), "2026-01-01");
        let mut tree = IndexTree::platform_default();
        tree.scenarios.iter_mut().for_each(|one| one.weights = [1.0, 0.0, 0.0]);
        let other = Scorer::of(&tree, Scenario::Pledge);
        let (before, after) =
            (Scored { scorer: &scorer, facts: &facts }, Scored { scorer: &other, facts: &facts });
        let found = changes(before, after, false, 0);
        let total = |scorer: &Scorer| scorer.weigh(&facts).unwrap().total;
        let sum: Decimal = found.iter().map(|c| c.points).sum();
        let moved = rounded(total(&other) - total(&scorer), 2);
        assert!(!found.is_empty() && found.iter().all(|c| c.cause == Cause::Model));
        assert!((sum - moved).abs() <= Decimal::new(15, 2), "{sum} {moved}");
    }
}
