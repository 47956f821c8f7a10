//! The OECD patent quality indicators (M. Squicciarini, H. Dernis, C. Criscuolo, *Measuring Patent Quality*,
//! OECD STI Working Paper 2013/03).
//!
//! What is undefined is `None`, never zero. Each indicator is compared within its cohort (technology field ×
//! filing year), after winsorising at the 98th percentile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A cohort below this size is flagged: its maxima are not reliable.
pub const SMALL_COHORT: usize = 30;

/// The IPC subclass (four characters) of a symbol: `A61K31/00` → `A61K`.
#[must_use]
pub fn subclass(symbol: &str) -> Option<String> {
    let text: String = symbol.chars().filter(|c| !c.is_whitespace()).take(4).collect();
    (text.chars().count() == 4).then(|| text.to_uppercase())
}

fn subclasses<S: AsRef<str>>(symbols: &[S]) -> Vec<String> {
    symbols.iter().filter_map(|s| subclass(s.as_ref())).collect()
}

/// Patent scope: distinct subclasses. `None` without any class.
#[must_use]
pub fn scope<S: AsRef<str>>(symbols: &[S]) -> Option<usize> {
    let distinct: BTreeSet<_> = subclasses(symbols).into_iter().collect();
    (!distinct.is_empty()).then_some(distinct.len())
}

/// Grant-lag index `1 − Δt / max Δt`: how much faster than the slowest of the cohort.
#[must_use]
pub fn grant_lag_index(lag_days: u32, longest_lag_days: u32) -> Option<f64> {
    (longest_lag_days > 0 && lag_days <= longest_lag_days)
        .then(|| 1.0 - f64::from(lag_days) / f64::from(longest_lag_days))
}

/// Originality `1 − Σ sⱼ²` over the subclasses of all cited patents. `None` where nothing is cited.
#[must_use]
pub fn originality<S: AsRef<str>>(cited_classes: &[S]) -> Option<f64> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for class in subclasses(cited_classes) {
        *counts.entry(class).or_default() += 1;
    }
    let all: u32 = counts.values().sum();
    let squares: u32 = counts.values().map(|n| n * n).sum();
    (all > 0).then(|| f64::from(all * all - squares) / f64::from(all * all))
}

/// Generality `1 − Σⱼ (mean over citing patents of the share of their symbols in subclass j)²`.
#[must_use]
pub fn generality<S: AsRef<str>>(citing: &[Vec<S>]) -> Option<f64> {
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    let mut patents = 0.0;
    for symbols in citing {
        let classes = subclasses(symbols);
        if classes.is_empty() {
            continue;
        }
        patents += 1.0;
        #[expect(clippy::cast_precision_loss, reason = "a patent has few classes")]
        let each = 1.0 / classes.len() as f64;
        for class in classes {
            *sums.entry(class).or_default() += each;
        }
    }
    (patents > 0.0).then(|| 1.0 - sums.values().map(|s| (s / patents).powi(2)).sum::<f64>())
}

/// Radicalness: the share of the cited patents' subclasses that the patent itself is not in.
#[must_use]
pub fn radicalness<S: AsRef<str>>(focal: &[S], cited: &[Vec<S>]) -> Option<f64> {
    let own: BTreeSet<_> = subclasses(focal).into_iter().collect();
    let theirs: Vec<_> = cited.iter().flat_map(|c| subclasses(c)).collect();
    let outside = theirs.iter().filter(|c| !own.contains(*c)).count();
    #[expect(clippy::cast_precision_loss, reason = "class counts are small")]
    (!theirs.is_empty()).then(|| outside as f64 / theirs.len() as f64)
}

/// Claims ÷ backward citations. `None` where nothing is cited.
#[must_use]
pub fn claims_per_citation(claims: u32, backward_citations: u32) -> Option<f64> {
    (backward_citations > 0).then(|| f64::from(claims) / f64::from(backward_citations))
}

/// Years a right was renewed after filing, in whole years.
#[must_use]
pub fn renewal_years(filed: NaiveDate, kept_until: NaiveDate) -> Option<u32> {
    kept_until.years_since(filed)
}

/// Citations received within a window after publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardCitations {
    /// Citations within the window.
    pub count: usize,
    /// Whether the window had closed by the day looked at; an open one understates.
    pub window_closed: bool,
}

/// Forward citations within `years` (5 or 7) of publication, as seen on `today`.
#[must_use]
pub fn forward_citations(
    published: NaiveDate,
    citing: &[NaiveDate],
    years: u32,
    today: NaiveDate,
) -> ForwardCitations {
    let end = published.checked_add_months(Months::new(12 * years)).unwrap_or(NaiveDate::MAX);
    let count = citing.iter().filter(|day| **day >= published && **day <= end && **day <= today).count();
    ForwardCitations { count, window_closed: end <= today }
}

/// The percentile `p` (0–1) of ascending values, with linear interpolation between ranks.
#[must_use]
pub fn percentile(ascending: &[f64], p: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "positions are far below 2^52")]
    let position = p.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position within the slice"
    )]
    let below = position.floor() as usize;
    let (low, high) = (*ascending.get(below)?, *ascending.get((below + 1).min(last))?);
    Some(low + (high - low) * position.fract())
}

/// What a cohort says about one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// The maximum after winsorising at the 98th percentile.
    pub maximum: f64,
    /// How many patents it rests on.
    pub size: usize,
    /// Whether that is too few ([`SMALL_COHORT`]).
    pub small: bool,
}

impl Cohort {
    /// The cohort of the values that are defined. `None` where there is none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let maximum = percentile(&sorted, 0.98)?;
        Some(Self { maximum, size: sorted.len(), small: sorted.len() < SMALL_COHORT })
    }

    /// A value against the cohort, 0–1. `None` where the cohort's maximum is zero.
    #[must_use]
    pub fn normalise(&self, value: f64) -> Option<f64> {
        (self.maximum > 0.0).then(|| (value / self.maximum).clamp(0.0, 1.0))
    }
}

/// Breakthrough: within the top one per cent of its cohort by forward citations, and cited at all.
#[must_use]
pub fn is_breakthrough(citations: f64, cohort: &[f64]) -> Option<bool> {
    let mut sorted = cohort.to_vec();
    sorted.sort_by(f64::total_cmp);
    percentile(&sorted, 0.99).map(|top| citations > 0.0 && citations >= top)
}

/// The normalised components of the composite indices.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Components {
    /// Forward citations within five years.
    pub forward: Option<f64>,
    /// Family size.
    pub family: Option<f64>,
    /// Claims.
    pub claims: Option<f64>,
    /// Generality.
    pub generality: Option<f64>,
    /// Backward citations.
    pub backward: Option<f64>,
    /// Grant-lag index.
    pub grant_lag: Option<f64>,
}

impl Components {
    /// Quality 4: mean of forward citations, family size, claims, generality. `None` unless all are defined.
    #[must_use]
    pub fn quality_4(&self) -> Option<f64> {
        Some((self.forward? + self.family? + self.claims? + self.generality?) / 4.0)
    }

    /// Quality 6: the four of quality 4 with backward citations and grant lag.
    #[must_use]
    pub fn quality_6(&self) -> Option<f64> {
        Some((self.quality_4()? * 4.0 + self.backward? + self.grant_lag?) / 6.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: Option<f64>, expected: f64) {
        let value = value.unwrap();
        assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
    }

    #[test]
    fn originality_of_three_two_one_one_is_34_of_49() {
        close(originality(&["A61K", "A61K", "A61K", "A61P", "A61P", "C07D", "G01N"]), 34.0 / 49.0);
        assert_eq!(originality::<&str>(&[]), None);
    }

    #[test]
    fn radicalness_of_the_worked_example_is_3_of_7() {
        let cited = [vec!["A61K", "A61P"], vec!["A61K"], vec!["C07D", "A61K", "A61P"], vec!["G01N"]];
        close(radicalness(&["A61K", "C07D"], &cited), 3.0 / 7.0);
        assert_eq!(radicalness(&["A61K"], &[]), None);
    }

    #[test]
    fn generality_of_the_worked_example_is_71_of_162() {
        let citing =
            [vec!["A61K31/00", "A61K9/20", "A61P35/00"], vec!["A61K31/00"], vec!["G01N33/50", "A61K31/00"]];
        close(generality(&citing), 71.0 / 162.0);
        assert_eq!(generality::<&str>(&[]), None);
    }

    #[test]
    fn a_grant_after_730_of_2920_days_scores_three_quarters() {
        close(grant_lag_index(730, 2920), 0.75);
        assert_eq!(grant_lag_index(1, 0), None);
    }

    #[test]
    fn the_98th_percentile_of_1_to_100_is_98_02() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        close(percentile(&values, 0.98), 98.02);
        let cohort = Cohort::of(&values).unwrap();
        close(cohort.normalise(100.0), 1.0);
        assert!(!cohort.small);
        assert!(Cohort::of(&values[..29]).unwrap().small);
        assert_eq!(is_breakthrough(100.0, &values), Some(true));
        assert_eq!(is_breakthrough(98.0, &values), Some(false));
    }

    #[test]
    fn quality_4_and_6_of_the_worked_example() {
        let parts = Components {
            forward: Some(3.0 / 20.0),
            family: Some(3.0 / 8.0),
            claims: Some(12.0 / 30.0),
            generality: Some(0.5 / 0.75),
            backward: Some(5.0 / 16.0),
            grant_lag: grant_lag_index(1620, 2920),
        };
        assert!((parts.quality_4().unwrap() - 0.397_916_667).abs() < 5e-10);
        assert!((parts.quality_6().unwrap() - 0.391_562_024).abs() < 5e-10);
        assert_eq!(Components { family: None, ..parts }.quality_4(), None);
    }

    #[test]
    fn a_citation_window_that_is_still_open_is_flagged() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let citing = [day("2020-06-01"), day("2023-01-01"), day("2026-01-01")];
        let five = forward_citations(day("2020-01-01"), &citing, 5, day("2026-06-01"));
        assert_eq!(five, ForwardCitations { count: 2, window_closed: true });
        assert!(!forward_citations(day("2020-01-01"), &citing, 7, day("2026-06-01")).window_closed);
        assert_eq!(scope(&["A61K31/00", "A61K 9/20", "a61p"]), Some(2));
        assert_eq!(renewal_years(day("2015-05-01"), day("2025-04-30")), Some(9));
        close(claims_per_citation(12, 5), 2.4);
    }
}
