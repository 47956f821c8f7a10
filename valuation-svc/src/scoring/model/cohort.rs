//! The OECD indicators of a whole catalogue, compared within cohorts: technology field × filing year, winsorised at the
//! 98th percentile with linear interpolation (Squicciarini, Dernis, Criscuolo, OECD STI Working Paper 2013/03).
//!
//! Columns, not rows: a million patents are six arrays and one array of cohorts. What is undefined is not a number and
//! stays so. The OECD's fields are the 35 of Schmoch's concordance; here a field is the class of the main IPC symbol
//! (three characters: `C22`), a platform default.

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::oecd::{Cohort, SMALL_COHORT};

/// Cohorts that one thread takes at a time.
const COHORTS_AT_A_TIME: usize = 32;
/// Share of a cohort above which citations make a breakthrough, and the one at which indicators are winsorised.
const BREAKTHROUGH: f64 = 0.99;
const WINSORISED: f64 = 0.98;

/// A technology field and a filing year, in one number: letter, two digits, year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CohortKey(u32);

impl CohortKey {
    /// The cohort of a patent by its main IPC symbol; `None` where the symbol has no class.
    #[must_use]
    pub fn of(main_ipc: &str, filed: NaiveDate) -> Option<Self> {
        let mut letters = main_ipc.trim().bytes();
        let section = letters.next()?.to_ascii_uppercase();
        let (tens, ones) = (letters.next()?, letters.next()?);
        if !section.is_ascii_uppercase() || !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        let class = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        let year = u32::try_from(filed.year()).ok().filter(|year| *year < 10_000)?;
        Some(Self((u32::from(section - b'A') * 100 + class) * 10_000 + year))
    }

    /// The number that stands for it in the store.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The cohort that a stored number stands for; `None` where it is none.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|number| *number < 26 * 100 * 10_000).map(Self)
    }

    /// The numbers of all cohorts of a class, as in a list's filter; `None` where it is no class.
    #[must_use]
    pub fn numbers_of_field(field: &str) -> Option<std::ops::RangeInclusive<i64>> {
        let first = Self::of(field, NaiveDate::from_ymd_opt(1, 1, 1)?)?.number() / 10_000 * 10_000;
        Some(first..=first + 9_999)
    }

    /// The IPC class: `C22`.
    #[must_use]
    pub fn field(self) -> String {
        let class = self.0 / 10_000;
        let section = u8::try_from(class / 100).map_or('?', |letter| char::from(b'A' + letter % 26));
        format!("{section}{:02}", class % 100)
    }

    /// The filing year.
    #[must_use]
    pub const fn year(self) -> u32 {
        self.0 % 10_000
    }
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
        Self { keys, starts, order, of }
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
                let values = self.members(cohort).iter().filter_map(|at| column.get(*at as usize));
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

    /// Where each patent stands in its cohort, in hundredths of a percent: those below it and half of its equals. `None`
    /// without a figure or a cohort.
    #[must_use]
    pub fn ranks(&self, figures: &[Option<i32>]) -> Vec<Option<u16>> {
        let mut ranks = vec![None; figures.len()];
        let mut sorted: Vec<i32> = Vec::new();
        for cohort in 0..self.keys.len() {
            let members = self.members(cohort);
            sorted.clear();
            sorted.extend(members.iter().filter_map(|at| figures.get(*at as usize).copied().flatten()));
            sorted.sort_unstable();
            for at in members {
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
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_cohort_is_the_class_of_the_main_symbol_and_the_filing_year() {
        let key = CohortKey::of("C22B 26/12", day("2019-05-01")).unwrap();
        assert_eq!((key.field().as_str(), key.year()), ("C22", 2019));
        assert!(key < CohortKey::of("H01M", day("2001-01-01")).unwrap());
        assert_eq!(CohortKey::of_number(key.number()), Some(key));
        assert!(CohortKey::numbers_of_field("c22").unwrap().contains(&key.number()));
        assert!(!CohortKey::numbers_of_field("C23").unwrap().contains(&key.number()));
        for none in ["", "C2", "22B", "CCC"] {
            assert_eq!(CohortKey::of(none, day("2019-05-01")), None, "{none}");
        }
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
