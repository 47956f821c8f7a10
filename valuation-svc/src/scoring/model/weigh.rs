//! The score without its words: a tree laid flat once, then thousands of patents against it.
//!
//! The same figures as [`assess`](super::assess), bit for bit (held by a test): the same sums in the same order. No
//! allocation for a patent, so that a million of them take seconds.

use chrono::NaiveDate;
use rayon::prelude::*;

use super::{
    facts::ScoringFacts,
    grade::{Grade, GradeBand},
    leaf::LeafCode,
    score::{NotAssessable, bar},
    tree::{IndexTree, Scenario},
};

/// The most leaves of a tree: one for each [`LeafCode`].
pub const LEAVES_MAX: usize = 27;
/// Patents that one thread takes at a time.
const BLOCK: usize = 4_096;

/// The facts of one patent in the order of the tree's leaves; not a number where unknown.
pub type FactRow = [f64; LEAVES_MAX];

/// A score without words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// 0–100.
    pub total: f64,
    /// Share of the tree's weight that rests on facts, 0–1.
    pub coverage: f64,
    /// `None` below the tree's coverage floor.
    pub grade: Option<Grade>,
    /// Points of each leaf; they sum to the total.
    pub contributions: FactRow,
}

struct FlatLeaf {
    code: LeafCode,
    weight: f64,
    points: Vec<(f64, f64)>,
}

struct Branch {
    weight: f64,
    leaves: Vec<FlatLeaf>,
}

/// A tree for one scenario, ready to weigh with.
pub struct Scorer {
    first_weights: [f64; 3],
    indices: Vec<Vec<Branch>>,
    coverage_floor: f64,
    grades: Vec<GradeBand>,
}

impl Scorer {
    /// Lays a tree flat. Leaves beyond [`LEAVES_MAX`] cannot be: a tree names each code once.
    #[must_use]
    pub fn of(tree: &IndexTree, scenario: Scenario) -> Self {
        let indices = tree.indices.iter().map(|index| {
            let branch = |child: &super::tree::SecondLevel| Branch {
                weight: child.weight,
                leaves: child
                    .leaves
                    .iter()
                    .map(|l| FlatLeaf { code: l.code, weight: l.weight, points: l.band.points.clone() })
                    .collect(),
            };
            index.children.iter().map(branch).collect()
        });
        Self {
            first_weights: tree.weights(scenario),
            indices: indices.collect(),
            coverage_floor: tree.coverage_floor,
            grades: tree.grades.clone(),
        }
    }

    fn leaves(&self) -> impl Iterator<Item = &FlatLeaf> {
        self.indices.iter().flatten().flat_map(|branch| &branch.leaves)
    }

    /// The leaves in the tree's order.
    pub fn codes(&self) -> impl Iterator<Item = LeafCode> {
        self.leaves().map(|leaf| leaf.code)
    }

    /// Reads the facts that the tree looks at.
    #[must_use]
    pub fn read(&self, facts: &ScoringFacts, date: NaiveDate) -> FactRow {
        let mut row = [f64::NAN; LEAVES_MAX];
        for (slot, leaf) in row.iter_mut().zip(self.leaves()) {
            if let Some((fact, _)) = leaf.code.read(facts, date) {
                *slot = fact;
            }
        }
        row
    }

    /// Reads and weighs one patent; or why it is not assessed.
    ///
    /// # Errors
    /// [`NotAssessable`] as in [`assess`](super::assess).
    pub fn assess(&self, facts: &ScoringFacts, date: NaiveDate) -> Result<(FactRow, Weighed), NotAssessable> {
        if let Some(refusal) = bar(facts, date) {
            return Err(refusal);
        }
        let row = self.read(facts, date);
        self.weigh(&row).map(|weighed| (row, weighed)).ok_or_else(NotAssessable::no_facts)
    }

    /// Points of each leaf before weighing, 0–100; not a number where the fact is unknown.
    #[must_use]
    pub fn values(&self, facts: &FactRow) -> FactRow {
        let mut values = [f64::NAN; LEAVES_MAX];
        for ((slot, leaf), fact) in values.iter_mut().zip(self.leaves()).zip(facts) {
            if !fact.is_nan() {
                *slot = banded(&leaf.points, *fact);
            }
        }
        values
    }

    /// Weighs one patent's facts up the tree; `None` where every leaf is unknown.
    #[must_use]
    pub fn weigh(&self, facts: &FactRow) -> Option<Weighed> {
        self.weigh_up(facts, |leaf, fact| banded(&leaf.points, fact))
    }

    /// Each leaf's share of the total after what is unknown was shared out; 0 where unknown.
    #[must_use]
    pub fn shares(&self, facts: &FactRow) -> FactRow {
        self.weigh_up(facts, |_, _| 1.0).map_or([0.0; LEAVES_MAX], |weighed| weighed.contributions)
    }

    /// Sums up the tree what a leaf's fact is worth.
    fn weigh_up(&self, facts: &FactRow, worth: impl Fn(&FlatLeaf, f64) -> f64) -> Option<Weighed> {
        // At most 27 second-level indices, one for each leaf.
        let mut known = [0.0; LEAVES_MAX];
        let mut child_sums = [0.0; 3];
        let (mut coverage, mut first_sum) = (0.0, 0.0);
        let mut fact = facts.iter();
        let mut slots = known.iter_mut();
        for ((index, first_weight), child_sum) in
            self.indices.iter().zip(self.first_weights).zip(&mut child_sums)
        {
            for branch in index {
                let mut share = 0.0;
                for (leaf, fact) in branch.leaves.iter().zip(&mut fact) {
                    share += if fact.is_nan() { 0.0 } else { leaf.weight };
                }
                coverage += first_weight * branch.weight * share;
                *child_sum += if share > 0.0 { branch.weight } else { 0.0 };
                if let Some(slot) = slots.next() {
                    *slot = share;
                }
            }
            first_sum += if *child_sum > 0.0 { first_weight } else { 0.0 };
        }
        if first_sum <= 0.0 {
            return None;
        }
        let mut contributions = [0.0; LEAVES_MAX];
        let mut total = 0.0;
        let mut rows = facts.iter().zip(&mut contributions);
        let mut known = known.iter();
        for ((index, first_weight), child_sum) in self.indices.iter().zip(self.first_weights).zip(child_sums)
        {
            let index_weight = if child_sum > 0.0 { first_weight / first_sum } else { 0.0 };
            for (branch, leaf_sum) in index.iter().zip(&mut known) {
                let child_weight =
                    if *leaf_sum > 0.0 { shared(index_weight * branch.weight, child_sum) } else { 0.0 };
                for (leaf, (fact, contribution)) in branch.leaves.iter().zip(&mut rows) {
                    if !fact.is_nan() {
                        *contribution = worth(leaf, *fact) * shared(child_weight * leaf.weight, *leaf_sum);
                        total += *contribution;
                    }
                }
            }
        }
        let total = total.clamp(0.0, 100.0);
        let graded = coverage + 1e-12 >= self.coverage_floor;
        let grade = self.grades.iter().find(|g| graded && total >= g.from).map(|g| g.grade);
        Some(Weighed { total, coverage, grade, contributions })
    }

    /// Weighs many patents on all threads of the pool; the same figures on any number of them.
    #[must_use]
    pub fn weigh_all(&self, facts: &[FactRow]) -> Vec<Option<Weighed>> {
        facts.par_iter().with_min_len(BLOCK).map(|row| self.weigh(row)).collect()
    }

    /// Points by second-level index, in the tree's order.
    #[must_use]
    pub fn by_subindex(&self, contributions: &FactRow) -> Vec<f64> {
        let mut points = contributions.iter();
        let branch = |branch: &Branch| points.by_ref().take(branch.leaves.len()).sum();
        self.indices.iter().flatten().map(branch).collect()
    }
}

/// A part of what is known; nothing where only what weighs nothing is known.
pub(super) fn shared(part: f64, known: f64) -> f64 {
    if known > 0.0 { part / known } else { 0.0 }
}

/// As [`Band::score`](super::Band::score).
fn banded(points: &[(f64, f64)], fact: f64) -> f64 {
    let mut previous: Option<(f64, f64)> = None;
    for &(x, y) in points {
        if fact <= x {
            return previous.map_or(y, |(x0, y0)| y0 + (y - y0) * (fact - x0) / (x - x0));
        }
        previous = Some((x, y));
    }
    previous.map_or(0.0, |(_, y)| y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::model::{Assessment, HumanGrades, LegalStatus, assess};
    use proptest::{option, prelude::*};

    fn facts() -> impl Strategy<Value = ScoringFacts> {
        let counts = proptest::collection::vec(option::of(0u32..60), 14);
        let grades = proptest::collection::vec(option::of(1u8..6), 9);
        (counts, grades, option::of(2000i32..2026), option::of(any::<bool>())).prop_map(
            |(n, g, year, paid)| ScoringFacts {
                legal_status: LegalStatus::Granted,
                claims: n[0],
                independent_claims: n[1],
                description_pages: n[2],
                family_countries: n[3],
                family_size: n[4],
                forward_citations: n[5],
                backward_citations: n[6],
                npl_citations: n[7],
                ipc_subclasses: n[8],
                applicants: n[9],
                challenges_pending: n[10],
                licences: n[11],
                transfers: n[12],
                pledges: n[13],
                filing_date: year.and_then(|y| NaiveDate::from_ymd_opt(y.max(2010), 3, 1)),
                annuities_paid: paid,
                grades: HumanGrades {
                    trl: g[0],
                    substitutability: g[1],
                    detectability: g[2],
                    independence: g[3],
                    trend: g[4],
                    market: g[5],
                    market_share: g[6],
                    competition: g[7],
                    policy_fit: g[8],
                },
                ..ScoringFacts::default()
            },
        )
    }

    proptest! {
        #[test]
        fn the_flat_score_is_the_explained_one_bit_for_bit(facts in facts()) {
            let tree = IndexTree::platform_default();
            let date = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            for scenario in [Scenario::Pledge, Scenario::Licence, Scenario::Stocktake] {
                let scorer = Scorer::of(&tree, scenario);
                let Assessment::Assessed(slow) = assess(&tree, scenario, &facts, date) else {
                    prop_assert!(scorer.assess(&facts, date).is_err());
                    continue;
                };
                let (row, fast) = scorer.assess(&facts, date).unwrap();
                prop_assert_eq!(fast.total.to_bits(), slow.total.to_bits());
                prop_assert_eq!(fast.coverage.to_bits(), slow.coverage.to_bits());
                prop_assert_eq!(fast.grade, slow.grade);
                for (leaf, points) in slow.leaves.iter().zip(fast.contributions) {
                    prop_assert_eq!(leaf.contribution.to_bits(), points.to_bits());
                }
                let sum: f64 = fast.contributions.iter().sum();
                prop_assert!((sum - fast.total).abs() < 1e-9);
                prop_assert!((scorer.shares(&row).iter().sum::<f64>() - 1.0).abs() < 1e-9);
                let parts: f64 = scorer.by_subindex(&fast.contributions).iter().sum();
                prop_assert!((parts - fast.total).abs() < 1e-9);
                prop_assert_eq!(scorer.weigh_all(&[row, row])[1], Some(fast));
            }
        }
    }
}
