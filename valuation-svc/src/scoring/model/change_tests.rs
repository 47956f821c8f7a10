//! Tests of what moved a score.

use chrono::NaiveDate;
use proptest::{option, prelude::*};

use super::*;
use crate::scoring::model::{IndexTree, LEAVES_MAX, LegalStatus, Scenario, ScoringFacts};

fn read(scorer: &Scorer, countries: u32, claims: Option<u32>, on: &str) -> FactRow {
    let facts = ScoringFacts {
        legal_status: LegalStatus::Granted,
        family_countries: Some(countries),
        claims,
        filing_date: NaiveDate::from_ymd_opt(2018, 1, 1),
        ..ScoringFacts::default()
    };
    scorer.read(&facts, on.parse().unwrap())
}

fn platform() -> Scorer {
    Scorer::of(&IndexTree::platform_default(), Scenario::Pledge)
}

/// The change of the printed total, in hundredths.
fn moved((before, old): (&Scorer, &FactRow), (after, new): (&Scorer, &FactRow)) -> i64 {
    let printed = |scorer: &Scorer, facts: &FactRow| {
        let total = rounded(scorer.weigh(facts).unwrap().total, 2);
        i64::try_from(total.mantissa()).unwrap()
    };
    printed(after, new) - printed(before, old)
}

fn sums(found: &[LeafChange], hundredths: i64) {
    let sum: Decimal = found.iter().map(|one| one.points).sum();
    assert_eq!(sum, Decimal::new(hundredths, 2), "{found:?}");
    for one in found {
        let parts: Decimal = one.parts.iter().map(|part| part.points).sum();
        assert_eq!(parts, one.points, "{one:?}");
        let apart = one.contribution_after - one.contribution_before - one.points;
        assert!(apart.abs() <= Decimal::new(2, 2), "{one:?}");
    }
}

#[test]
fn every_move_has_its_cause_and_together_they_are_the_change_of_the_total() {
    let scorer = platform();
    let old = read(&scorer, 1, None, "2025-01-01");
    let new = read(&scorer, 8, Some(10), "2026-01-01");
    let change = moved((&scorer, &old), (&scorer, &new));
    let found = changes(&SaidLeaves::of(&scorer, &old), (&scorer, &new), change, 365);
    sums(&found, change);
    let of = |code: &str| found.iter().find(|one| one.code == code).unwrap();
    let has = |code: &str, cause| of(code).parts.iter().any(|part| part.cause == cause);
    assert_eq!(of("L21").cause, Cause::BecameKnown);
    assert!(has("L23", Cause::Fact) && has("L23", Cause::Reweighted), "{found:?}");
    assert_eq!((of("L23").before, of("L23").after), (Some(Decimal::new(100, 2)), Some(Decimal::new(800, 2))));
    assert!(has("E11", Cause::Time));
    assert!(found.iter().flat_map(|one| &one.parts).all(|part| !part.cause.is_definition()));
    assert!(changes(&SaidLeaves::of(&scorer, &old), (&scorer, &old), 0, 0).is_empty());
}

#[test]
fn a_leaf_that_comes_or_goes_or_is_weighed_or_scored_otherwise_is_told_without_the_older_tree() {
    let scorer = platform();
    let facts = read(&scorer, 4, Some(10), "2026-01-01");
    let mut older = SaidLeaves::of(&scorer, &facts);
    for (key, said) in &mut older.0 {
        match key.as_str() {
            // A leaf that today's tree does not know, in the place of one that it has.
            "L11" => "L99".clone_into(key),
            "L21" => *said = said.map(|one| Said { share: one.share / 2, ..one }),
            "L23" => *said = said.map(|one| Said { value: one.value - 2_000_000, ..one }),
            // The first reading of this leaf counted something else.
            "T11.2" => {
                "T11".clone_into(key);
                *said = Some(Said { fact: 40.0, value: 10_000_000, share: 300_000 });
            }
            _ => {}
        }
    }
    let exact = |leaves: &SaidLeaves| leaves.0.iter().map(|(_, one)| points(*one)).sum::<i64>();
    let change = (exact(&SaidLeaves::of(&scorer, &facts)) - exact(&older)).div_euclid(HUNDREDTH);
    let found = changes(&older, (&scorer, &facts), change, 0);
    sums(&found, change);
    let cause = |code: &str| found.iter().find(|one| one.code == code).map(|one| one.cause);
    assert_eq!(cause("L99"), Some(Cause::LeafRemoved));
    assert_eq!(cause("L11"), Some(Cause::LeafAdded));
    assert_eq!(cause("L21"), Some(Cause::WeightChanged));
    assert_eq!(cause("L23"), Some(Cause::BandChanged));
    assert_eq!(cause("T11"), Some(Cause::ReadingChanged));
    let of_definition = |one: &LeafChange| one.parts.iter().all(|part| part.cause.is_definition());
    assert!(found.iter().all(|one| of_definition(one) == (one.code != "T11")), "{found:?}");
    assert!(older.was_read_otherwise(&scorer));
}

#[test]
fn a_leaf_that_reads_another_figure_is_known_even_where_it_moved_nothing() {
    let scorer = platform();
    let facts = read(&scorer, 4, Some(10), "2026-01-01");
    let mut older = SaidLeaves::of(&scorer, &facts);
    assert!(!older.was_read_otherwise(&scorer));
    for (key, _) in older.0.iter_mut().filter(|(key, _)| key == "T11.2") {
        "T11".clone_into(key);
    }
    assert!(changes(&older, (&scorer, &facts), 0, 0).is_empty());
    assert!(older.was_read_otherwise(&scorer));
    for (key, _) in older.0.iter_mut().filter(|(key, _)| key == "T11") {
        "T99".clone_into(key);
    }
    assert!(!older.was_read_otherwise(&scorer), "a leaf that is gone reads nothing");
}

#[test]
fn hundredths_are_apportioned_by_the_largest_remainders() {
    let third = HUNDREDTH / 3;
    assert_eq!(apportioned(&[third, third, third], 1), [1, 0, 0]);
    let tenth = HUNDREDTH / 10;
    assert_eq!(apportioned(&[7 * tenth, -4 * tenth, 0], 0), [1, -1, 0]);
    assert_eq!(apportioned(&[0, 0], 1), [1, 0], "a move too small to be kept");
    assert_eq!(apportioned(&[], 0), Vec::<i64>::new());
}

/// The default tree otherwise: other weights of the first level, other leaves within a parent, another band, and perhaps
/// without a leaf.
fn another((first, leaf, floor, without): (f64, f64, f64, bool)) -> IndexTree {
    let mut tree = IndexTree::platform_default();
    tree.scenarios.iter_mut().for_each(|one| one.weights = [first, 0.9 - first, 0.1]);
    let technical = &mut tree.indices[1].children[0];
    technical.leaves[0].weight = leaf;
    technical.leaves[1].weight = 1.0 - leaf;
    tree.indices[0].children[1].leaves[0].band.points[0].1 = floor;
    if without {
        let scope = &mut tree.indices[0].children[1].leaves;
        let gone = scope.remove(2).weight;
        scope[0].weight += gone;
    }
    assert_eq!(tree.validate(), Ok(()));
    tree
}

fn trees() -> impl Strategy<Value = IndexTree> {
    (0.1..0.8f64, 0.1..0.9f64, 0.0..45.0f64, any::<bool>()).prop_map(another)
}

fn facts() -> impl Strategy<Value = FactRow> {
    prop::collection::vec(option::weighted(0.7, 0.0..40.0f64), LEAVES_MAX).prop_map(|facts| {
        let mut row = [f64::NAN; LEAVES_MAX];
        row.iter_mut().zip(facts).for_each(|(slot, fact)| *slot = fact.unwrap_or(f64::NAN));
        // Never wholly unknown.
        row[0] = 2.0;
        row
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_parts_of_any_change_sum_to_the_whole(
        (tree, other, old, new) in (trees(), trees(), facts(), facts()), days in 0i64..2_000,
    ) {
        let (before, after) = (Scorer::of(&tree, Scenario::Pledge), Scorer::of(&other, Scenario::Pledge));
        let said = SaidLeaves::of(&before, &old);
        let change = moved((&before, &old), (&after, &new));
        let found = changes(&said, (&after, &new), change, days);
        sums(&found, change);
        // Read again from what is kept, it is the same.
        let kept: SaidLeaves = serde_json::from_str(&serde_json::to_string(&said).unwrap()).unwrap();
        prop_assert_eq!(&changes(&kept, (&after, &new), change, days), &found);
    }

    #[test]
    fn one_tree_is_never_blamed_for_a_change(tree in trees(), old in facts(), new in facts()) {
        let scorer = Scorer::of(&tree, Scenario::Licence);
        let change = moved((&scorer, &old), (&scorer, &new));
        let found = changes(&SaidLeaves::of(&scorer, &old), (&scorer, &new), change, 30);
        sums(&found, change);
        prop_assert!(found.iter().flat_map(|one| &one.parts).all(|part| !part.cause.is_definition()));
    }
}
