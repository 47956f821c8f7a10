//! What an indicator rests on, and the two indicators that need days: forward citations within a window, and renewal
//! (Squicciarini, Dernis, Criscuolo, OECD STI Working Paper 2013/03).
//!
//! Weak evidence lowers the confidence that is said beside the figure, never the figure: what is not known to lie outside
//! the window counts.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::{LegalStatus, ScoringFacts},
    oecd::{forward_citations, renewal_years},
};

/// What an indicator rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorBasis)]
pub enum Basis {
    /// Facts on record; citations each with its day.
    #[default]
    Recorded,
    /// The right is in force: the years may still grow.
    Running,
    /// Some citations have no day: they are counted as if within the window.
    PartlyDated,
    /// Only a total is known, no day: all of it is counted as if within the window.
    TotalOnly,
    /// The classes of some of the citing or cited documents are not known: it rests on the others.
    PartlyKnown,
    /// The window has not closed: citations may still come.
    WindowOpen,
}

impl Basis {
    /// How far a figure on this basis may be relied on, 0–1: platform defaults.
    #[must_use]
    pub const fn confidence(self) -> f64 {
        match self {
            Self::Recorded | Self::Running => 1.0,
            Self::PartlyDated => 0.75,
            Self::TotalOnly | Self::WindowOpen | Self::PartlyKnown => 0.5,
        }
    }
}

/// A count with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CountedOnBasis)]
pub struct Counted {
    /// The count.
    pub count: u32,
    /// What it rests on.
    pub basis: Basis,
}

/// The indicators of a patent that need days, and how whole its citations are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Forward citations within five years of publication.
    pub forward_5: Option<Counted>,
    /// The same within seven years.
    pub forward_7: Option<Counted>,
    /// Years for which the right was kept alive.
    pub renewal: Option<Counted>,
    /// Not every document that cites it is known with its classes.
    pub citing_partly: bool,
    /// Not every document that it cites is known with its classes.
    pub cited_partly: bool,
}

/// The citations of a patent: those whose day is known, and how many there are in all.
#[derive(Debug, Clone, Copy)]
pub struct Cited<'a> {
    /// The days.
    pub on: &'a [NaiveDate],
    /// All that are known of, with and without a day; `None` where nobody says.
    pub total: Option<u32>,
}

/// Forward citations within `years` of publication, as seen on a day.
///
/// Citations without a day are counted as if within the window, and the basis says so; while the window is open they all
/// are within it. `None` where nothing is known of citations.
#[must_use]
pub fn forward_within(
    published: Option<NaiveDate>,
    cited: Cited<'_>,
    years: u32,
    on: NaiveDate,
) -> Option<Counted> {
    let dated = u32::try_from(cited.on.len()).unwrap_or(u32::MAX);
    let total = cited.total.or((dated > 0).then_some(dated))?;
    let without_day = total.saturating_sub(dated);
    let Some(published) = published else {
        return Some(Counted { count: total, basis: Basis::TotalOnly });
    };
    let within = forward_citations(published, cited.on, years, on);
    let count = u32::try_from(within.count).unwrap_or(u32::MAX).saturating_add(without_day);
    let basis = match (within.window_closed, without_day, dated) {
        (false, ..) => Basis::WindowOpen,
        (true, 0, _) => Basis::Recorded,
        (true, _, 0) => Basis::TotalOnly,
        (true, ..) => Basis::PartlyDated,
    };
    Some(Counted { count, basis })
}

/// Years for which a granted right was kept alive, counted from filing: to the day up to which its annuities are paid, as
/// its timeline says, at most to the end of its term. `None` before grant, for a right that was never valid, and where
/// nobody says until when annuities are paid.
#[must_use]
pub fn renewal(facts: &ScoringFacts, paid_to: Option<NaiveDate>, on: NaiveDate) -> Option<Counted> {
    let filed = facts.filing_date?;
    let granted = facts.grant_date.is_some_and(|day| day <= on);
    let end = facts.end_of_protection();
    let (kept_until, basis) = match facts.legal_status {
        LegalStatus::Expired => (end.filter(|_| granted)?, Basis::Recorded),
        LegalStatus::Lapsed => (paid_to.filter(|_| granted)?, Basis::Recorded),
        LegalStatus::Granted | LegalStatus::Disputed => (paid_to?, Basis::Running),
        LegalStatus::Unknown => (paid_to.filter(|_| granted)?, Basis::Running),
        LegalStatus::Pending | LegalStatus::Invalidated => return None,
    };
    let kept_until = kept_until.min(on).min(end.unwrap_or(kept_until));
    renewal_years(filed, kept_until).map(|count| Counted { count, basis })
}

/// Whether citations may still come in within `years` of publication.
#[must_use]
pub fn window_open(published: Option<NaiveDate>, years: u32, on: NaiveDate) -> bool {
    published.and_then(|day| day.checked_add_months(Months::new(12 * years))).is_none_or(|end| end > on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn forward(on: &[&str], total: Option<u32>, today: &str) -> Option<(u32, Basis)> {
        let on: Vec<NaiveDate> = on.iter().map(|text| day(text)).collect();
        let cited = Cited { on: &on, total };
        forward_within(Some(day("2015-01-01")), cited, 7, day(today)).map(|one| (one.count, one.basis))
    }

    #[test]
    fn citations_count_within_the_window_and_those_without_a_day_lower_confidence_not_the_count() {
        let days = ["2016-01-01", "2021-12-31", "2023-05-01"];
        assert_eq!(forward(&days, Some(3), "2026-01-01"), Some((2, Basis::Recorded)));
        assert_eq!(forward(&days, None, "2026-01-01"), Some((2, Basis::Recorded)));
        assert_eq!(forward(&days, Some(10), "2026-01-01"), Some((9, Basis::PartlyDated)));
        assert_eq!(forward(&[], Some(10), "2026-01-01"), Some((10, Basis::TotalOnly)));
        assert_eq!(forward(&[], Some(0), "2026-01-01"), Some((0, Basis::Recorded)), "none at all is known");
        assert_eq!(forward(&days[..1], Some(4), "2020-01-01"), Some((4, Basis::WindowOpen)));
        assert_eq!(forward(&[], None, "2026-01-01"), None);
        let undated = Cited { on: &[], total: Some(4) };
        let unknown = forward_within(None, undated, 7, day("2026-01-01"));
        assert_eq!(unknown, Some(Counted { count: 4, basis: Basis::TotalOnly }));
        assert!(Basis::TotalOnly.confidence() < Basis::PartlyDated.confidence());
    }

    #[test]
    fn a_right_is_renewed_for_the_years_that_its_annuities_are_paid_for() {
        let facts = |legal_status| ScoringFacts {
            legal_status,
            filing_date: Some(day("2015-05-01")),
            grant_date: Some(day("2017-05-01")),
            ..ScoringFacts::default()
        };
        let on = day("2026-11-24");
        let years = |status, paid_to: Option<&str>| {
            renewal(&facts(status), paid_to.map(day), on).map(|one| (one.count, one.basis))
        };
        assert_eq!(years(LegalStatus::Granted, Some("2027-04-30")), Some((11, Basis::Running)));
        assert_eq!(years(LegalStatus::Granted, Some("2024-05-01")), Some((9, Basis::Running)));
        assert_eq!(years(LegalStatus::Lapsed, Some("2020-05-01")), Some((5, Basis::Recorded)));
        for status in [LegalStatus::Granted, LegalStatus::Lapsed] {
            assert_eq!(years(status, None), None, "{status:?}: nobody says until when annuities are paid");
        }
        assert_eq!(years(LegalStatus::Invalidated, Some("2027-04-30")), None);
        assert_eq!(years(LegalStatus::Pending, Some("2027-04-30")), None);
        let never = ScoringFacts { grant_date: None, ..facts(LegalStatus::Lapsed) };
        assert_eq!(renewal(&never, Some(day("2020-05-01")), on), None, "withdrawn before grant");
        let old = ScoringFacts { filing_date: Some(day("2001-01-01")), ..facts(LegalStatus::Expired) };
        assert_eq!(renewal(&old, None, on), Some(Counted { count: 20, basis: Basis::Recorded }));
    }

    #[test]
    fn a_citation_window_is_open_for_its_years() {
        assert!(window_open(Some(day("2022-01-01")), 5, day("2026-11-24")));
        assert!(!window_open(Some(day("2021-11-24")), 5, day("2026-11-24")));
        assert!(window_open(None, 5, day("2026-11-24")));
    }
}
