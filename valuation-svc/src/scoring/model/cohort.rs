//! The OECD indicators of a whole catalogue, compared within cohorts: technology field × filing year, winsorised at the
//! 98th percentile with linear interpolation (Squicciarini, Dernis, Criscuolo, OECD STI Working Paper 2013/03).
//!
//! Columns, not rows: a million patents are six arrays and one array of cohorts. What is undefined is not a number and
//! stays so. A field is one of the 35 of Schmoch's concordance ([`CohortKey`]); a cohort too small to compare in is widened
//! ([`Breadth`]).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::cohort_key::CohortKey;
use super::oecd::{Cohort, SMALL_COHORT};

/// Cohorts that one thread takes at a time.
const COHORTS_AT_A_TIME: usize = 32;
/// Share of a cohort above which citations make a breakthrough, and the one at which indicators are winsorised.
const BREAKTHROUGH: f64 = 0.99;
const WINSORISED: f64 = 0.98;
/// Filing years on either side of a small cohort's that are taken with it.
const YEARS_AROUND: u32 = 2;

/// How wide the group is that a patent is compared with. A cohort is a field and a filing year; where fewer than
/// [`SMALL_COHORT`] of it have a score, the five filing years around it are taken together, and where these are still too
/// few, all years of the field. Which one it was is said with every figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breadth {
    /// The field and the filing year.
    #[default]
    FieldYear,
    /// The field and the filing years from two before to two after.
    FieldFiveYears,
    /// The field, whatever the filing year.
    FieldAllYears,
}

/// The cohorts that one is compared with: itself, or its neighbours of the same field with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pool {
    breadth: Breadth,
    from: usize,
    to: usize,
}

/// Patents by cohort: the cohorts as they stand in the catalogue, and who is in which.
#[derive(Debug, Clone, Default)]
pub struct Cohorts {
    /// In ascending order.
    pub keys: Vec<CohortKey>,
    /// Where each cohort begins in `order`, one more than there are cohorts.
    starts: Vec<usize>,
    /// Positions of patents, cohort by cohort.
    order: Vec<u32>,
    /// The cohort of each patent; [`NO_COHORT`] where it has none.
    of: Vec<u32>,
    /// Which cohorts each is compared with; itself where none is told.
    pools: Vec<Pool>,
}

/// Stands for a patent without a cohort.
const NO_COHORT: u32 = u32::MAX;

impl Cohorts {
    /// Groups patents by their cohorts.
    #[must_use]
    pub fn of(patents: &[Option<CohortKey>]) -> Self {
        let mut keys: Vec<CohortKey> = patents.iter().flatten().copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let place = |key: &CohortKey| keys.binary_search(key).ok().and_then(|at| u32::try_from(at).ok());
        let of: Vec<u32> =
            patents.iter().map(|key| key.as_ref().and_then(place).unwrap_or(NO_COHORT)).collect();
        Self::dense(keys, of)
    }

    /// The same where each patent's cohort is already a position in `keys`.
    #[must_use]
    pub fn dense(keys: Vec<CohortKey>, of: Vec<u32>) -> Self {
        let mut starts = vec![0; keys.len() + 1];
        for cohort in &of {
            if let Some(count) = starts.get_mut(*cohort as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut order = vec![0; sum];
        for (patent, cohort) in (0u32..).zip(&of) {
            if let Some(slot) = next.get_mut(*cohort as usize).filter(|_| *cohort != NO_COHORT) {
                if let Some(place) = order.get_mut(*slot) {
                    *place = patent;
                }
                *slot += 1;
            }
        }
        Self { keys, starts, order, of, pools: Vec::new() }
    }

    /// The same, with cohorts too small to compare in widened: small is where fewer than [`SMALL_COHORT`] of a cohort have a
    /// figure.
    #[must_use]
    pub fn widened(mut self, figures: &[Option<i32>]) -> Self {
        let known = |at: &&u32| figures.get(**at as usize).is_some_and(Option::is_some);
        let counts: Vec<usize> =
            (0..self.keys.len()).map(|cohort| self.members(cohort).iter().filter(known).count()).collect();
        self.pools = self.keys.iter().enumerate().map(|(at, key)| self.pool_for(at, *key, &counts)).collect();
        self
    }

    fn pool_for(&self, at: usize, key: CohortKey, counts: &[usize]) -> Pool {
        let own = Pool { breadth: Breadth::FieldYear, from: at, to: at + 1 };
        let many = |pool: Pool| {
            counts.get(pool.from..pool.to).is_some_and(|counts| counts.iter().sum::<usize>() >= SMALL_COHORT)
        };
        let between = |breadth, first: CohortKey, last: CohortKey| Pool {
            breadth,
            from: self.keys.partition_point(|other| *other < first),
            to: self.keys.partition_point(|other| *other <= last),
        };
        let (first, last) = (key.year().saturating_sub(YEARS_AROUND), key.year() + YEARS_AROUND);
        let around = between(Breadth::FieldFiveYears, key.in_year(first), key.in_year(last));
        let all = between(Breadth::FieldAllYears, key.in_year(0), key.last_of_field());
        [own, around].into_iter().find(|pool| many(*pool)).unwrap_or(all)
    }

    fn pool(&self, cohort: usize) -> Pool {
        let own = Pool { breadth: Breadth::FieldYear, from: cohort, to: cohort + 1 };
        self.pools.get(cohort).copied().unwrap_or(own)
    }

    /// How wide the group is that a cohort is compared with.
    #[must_use]
    pub fn breadth(&self, cohort: usize) -> Breadth {
        self.pool(cohort).breadth
    }

    /// The patents that those of a cohort are compared with, by their positions: its own, or those of the wider group.
    #[must_use]
    pub fn compared(&self, cohort: usize) -> &[u32] {
        let pool = self.pool(cohort);
        match (self.starts.get(pool.from), self.starts.get(pool.to)) {
            (Some(&from), Some(&to)) => self.order.get(from..to).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// The patents of a cohort, by their positions.
    #[must_use]
    pub fn members(&self, cohort: usize) -> &[u32] {
        match (self.starts.get(cohort), self.starts.get(cohort + 1)) {
            (Some(&from), Some(&to)) => self.order.get(from..to).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// The cohort of a patent, as a position in `keys`.
    #[must_use]
    pub fn place(&self, patent: usize) -> Option<usize> {
        self.of.get(patent).filter(|cohort| **cohort != NO_COHORT).map(|cohort| *cohort as usize)
    }

    /// What each cohort says about an indicator; `None` where it is undefined for all of them. The same figures on any
    /// number of threads.
    #[must_use]
    pub fn maxima(&self, column: &[f64]) -> Vec<Option<Cohort>> {
        self.percentiles(column, WINSORISED)
    }

    /// The number of citations at which a patent of each cohort is a breakthrough.
    #[must_use]
    pub fn breakthroughs(&self, citations: &[f64]) -> Vec<Option<f64>> {
        self.percentiles(citations, BREAKTHROUGH).into_iter().map(|c| c.map(|c| c.maximum)).collect()
    }

    fn percentiles(&self, column: &[f64], p: f64) -> Vec<Option<Cohort>> {
        (0..self.keys.len())
            .into_par_iter()
            .with_min_len(COHORTS_AT_A_TIME)
            .map_init(Vec::new, |defined: &mut Vec<f64>, cohort| {
                defined.clear();
                let values = self.compared(cohort).iter().filter_map(|at| column.get(*at as usize));
                defined.extend(values.filter(|value| value.is_finite()));
                let maximum = percentile_of(defined, p)?;
                Some(Cohort { maximum, size: defined.len(), small: defined.len() < SMALL_COHORT })
            })
            .collect()
    }

    /// An indicator against its cohort, 0–1; not a number where it is undefined or the cohort's maximum is zero.
    #[must_use]
    pub fn normalised(&self, column: &[f64], maxima: &[Option<Cohort>]) -> Vec<f64> {
        // One table of a few thousand numbers stays in the cache; the columns are read in their order.
        let table: Vec<f64> =
            maxima.iter().map(|c| c.filter(|c| c.maximum > 0.0).map_or(f64::NAN, |c| c.maximum)).collect();
        let one = |(value, cohort): (&f64, &u32)| {
            let maximum = table.get(*cohort as usize).copied().unwrap_or(f64::NAN);
            (value / maximum).clamp(0.0, 1.0)
        };
        column.par_iter().zip(&self.of).with_min_len(1 << 14).map(one).collect()
    }

    /// Where each patent stands among those it is compared with, in hundredths of a percent: those below it and half of its
    /// equals. `None` without a figure or a cohort.
    #[must_use]
    pub fn ranks(&self, figures: &[Option<i32>]) -> Vec<Option<u16>> {
        let mut ranks = vec![None; figures.len()];
        let mut sorted: Vec<i32> = Vec::new();
        for cohort in 0..self.keys.len() {
            let compared = self.compared(cohort).iter();
            sorted.clear();
            sorted.extend(compared.filter_map(|at| figures.get(*at as usize).copied().flatten()));
            sorted.sort_unstable();
            for at in self.members(cohort) {
                let at = *at as usize;
                let rank = figures.get(at).copied().flatten().and_then(|figure| rank(&sorted, figure));
                if let Some(slot) = ranks.get_mut(at) {
                    *slot = rank;
                }
            }
        }
        ranks
    }
}

fn rank(sorted: &[i32], figure: i32) -> Option<u16> {
    let below = sorted.partition_point(|other| *other < figure);
    let not_above = sorted.partition_point(|other| *other <= figure);
    u16::try_from((below + not_above) * 5_000 / sorted.len().max(1)).ok()
}

/// As [`percentile`](super::oecd::percentile), of values in any order: two of them are found, none is sorted.
fn percentile_of(values: &mut [f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^52")]
    let position = p.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position within the slice"
    )]
    let below = position.floor() as usize;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (high - low) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::model::oecd;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_cohort_too_small_to_compare_in_is_widened_to_five_years_and_then_to_its_field() {
        let of = |symbol: &str, year: i32, count: usize| {
            vec![CohortKey::of(symbol, NaiveDate::from_ymd_opt(year, 6, 1).unwrap()); count]
        };
        let patents: Vec<Option<CohortKey>> = [
            of("C22B", 2010, 1),
            of("C22B", 2018, 29),
            of("C22B", 2020, 1),
            of("C22B", 2021, 30),
            of("H01M", 2018, 3),
        ]
        .concat();
        let figures: Vec<Option<i32>> = (0..64).map(Some).collect();
        let cohorts = Cohorts::of(&patents).widened(&figures);
        let said = |symbol: &str, year: i32| {
            let key = of(symbol, year, 1)[0].unwrap();
            let place = cohorts.keys.iter().position(|other| *other == key).unwrap();
            (cohorts.breadth(place), cohorts.compared(place).len())
        };
        assert_eq!(said("C22B", 2021), (Breadth::FieldYear, 30));
        assert_eq!(said("C22B", 2018), (Breadth::FieldFiveYears, 30));
        assert_eq!(said("C22B", 2020), (Breadth::FieldFiveYears, 60));
        assert_eq!(said("C22B", 2010), (Breadth::FieldAllYears, 61));
        assert_eq!(said("H01M", 2018), (Breadth::FieldAllYears, 3), "no wider group of the field is there");
        let ranks = cohorts.ranks(&figures);
        assert_eq!(ranks[0], Some(81), "the lowest of sixty-one, half of itself counted");
        let unknown = Cohorts::of(&patents).widened(&[None; 64]);
        assert!((0..unknown.keys.len()).all(|place| unknown.breadth(place) == Breadth::FieldAllYears));
    }

    #[test]
    fn a_patent_is_ranked_among_its_cohort_with_half_of_its_equals() {
        let a = CohortKey::of("A01", day("2020-01-01"));
        let b = CohortKey::of("B01", day("2020-01-01"));
        let cohorts = Cohorts::of(&[a, b, a, a, None, a]);
        assert_eq!(cohorts.members(0), [0, 2, 3, 5]);
        let ranks = cohorts.ranks(&[Some(10), Some(1), Some(20), Some(20), Some(9), None]);
        assert_eq!(ranks, [Some(1_666), Some(5_000), Some(6_666), Some(6_666), None, None]);
    }

    proptest! {
        /// The columnar way against the plain one, patent by patent.
        #[test]
        fn columns_say_what_each_cohort_alone_says(
            rows in proptest::collection::vec((0u32..5, proptest::option::of(0u32..40)), 1..300),
        ) {
            let key = |n: u32| CohortKey::of(&format!("A{n:02}"), day("2020-01-01"));
            let keys: Vec<_> = rows.iter().map(|(n, _)| if *n == 4 { None } else { key(*n) }).collect();
            let column: Vec<f64> = rows.iter().map(|(_, v)| v.map_or(f64::NAN, f64::from)).collect();
            let cohorts = Cohorts::of(&keys);
            let maxima = cohorts.maxima(&column);
            let normalised = cohorts.normalised(&column, &maxima);
            for (at, own) in keys.iter().enumerate() {
                let alone: Vec<f64> = keys
                    .iter()
                    .zip(&column)
                    .filter(|(other, _)| own.is_some() && *other == own)
                    .map(|(_, value)| *value)
                    .collect();
                let plain = oecd::Cohort::of(&alone);
                let expected = plain.filter(|_| column[at].is_finite()).and_then(|c| c.normalise(column[at]));
                match expected {
                    Some(expected) => prop_assert_eq!(normalised[at].to_bits(), expected.to_bits()),
                    None => prop_assert!(normalised[at].is_nan()),
                }
                if let Some(place) = cohorts.place(at) {
                    prop_assert_eq!(maxima[place], plain);
                }
            }
        }
    }
}
