//! Which sales of a product count as more than their filer's own word: those that stood when another person recorded the
//! product's recognition. What is told or raised afterwards is again nobody else's word. Pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use finance::Money;

/// An act on a filing: its name and who did it.
pub type ActBy<'a> = (&'a str, &'a str);

/// Sales by year.
pub type Sales = BTreeMap<i32, Money>;

/// Whether a recognition is in force on a day.
#[must_use]
pub fn in_force((valid_until, ended_on): (Option<NaiveDate>, Option<NaiveDate>), on: NaiveDate) -> bool {
    ended_on.is_none() && valid_until.is_none_or(|until| on <= until)
}

/// The place, among the acts on a filing in order, of the newest recognition; none where whoever recorded it had filed or
/// changed what it confirms.
#[must_use]
pub fn confirmed_at(acts: &[ActBy<'_>]) -> Option<usize> {
    let at = acts.iter().rposition(|(act, _)| *act == "recognise")?;
    let (_, recorder) = acts.get(at)?;
    let told = |(act, by): &ActBy<'_>| matches!(*act, "file" | "change") && by == recorder;
    (!acts.iter().take(at).any(told)).then_some(at)
}

/// Of sales that were confirmed those that are still told, each at the lower of the two figures.
#[must_use]
pub fn still_told(confirmed: &Sales, now: &Sales) -> Sales {
    let lower = |(year, sum): (&i32, &Money)| now.get(year).map(|told| (*year, (*sum).min(*told)));
    confirmed.iter().filter_map(lower).collect()
}

/// The newest year of the sales of some products with their sum, at most what an amount can be: a row can be as large as
/// money, and a valuation is not to fail by what others filed.
#[must_use]
pub fn newest_year(products: &[Sales]) -> Option<(i32, Money)> {
    let year = products.iter().filter_map(|sales| sales.keys().next_back()).max().copied()?;
    let of_year = products.iter().filter_map(|sales| sales.get(&year).copied());
    Some((year, Money::total(of_year).unwrap_or(Money::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sales(years: &[(i32, i64)]) -> Sales {
        years.iter().map(|(year, fen)| (*year, Money::from_fen(*fen))).collect()
    }

    #[test]
    fn sales_are_confirmed_by_somebody_who_did_not_tell_them() {
        let filed = ("file", "甲");
        assert_eq!(confirmed_at(&[filed]), None);
        assert_eq!(confirmed_at(&[filed, ("recognise", "甲")]), None, "by the same person");
        assert_eq!(confirmed_at(&[filed, ("recognise", "乙")]), Some(1));
        assert_eq!(confirmed_at(&[filed, ("change", "乙"), ("recognise", "乙")]), None);
        assert_eq!(confirmed_at(&[filed, ("recognise", "乙"), ("change", "乙")]), Some(1));
        let anew = [filed, ("recognise", "乙"), ("end_recognition", "甲"), ("recognise", "甲")];
        assert_eq!(confirmed_at(&anew), None, "the newest recognition counts");
    }

    #[test]
    fn a_recognition_is_in_force_up_to_its_last_day_unless_it_ended() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for (until, ended, holds) in [
            (None, None, true),
            (day("2026-11-24"), None, true),
            (day("2026-11-23"), None, false),
            (None, day("2026-11-24"), false),
        ] {
            assert_eq!(in_force((until, ended), on), holds, "{until:?} {ended:?}");
        }
    }

    #[test]
    fn what_is_told_or_raised_after_the_recognition_is_not_confirmed() {
        let confirmed = sales(&[(2024, 100), (2025, 200), (2023, 50)]);
        let now = sales(&[(2024, 90), (2025, 900), (2026, 1_000)]);
        assert_eq!(still_told(&confirmed, &now), sales(&[(2024, 90), (2025, 200)]));
    }

    #[test]
    fn the_newest_year_is_summed_and_the_sum_stays_an_amount() {
        assert_eq!(newest_year(&[]), None);
        assert_eq!(newest_year(&[Sales::new()]), None);
        let found = newest_year(&[sales(&[(2024, 9), (2025, 1)]), sales(&[(2025, 2)]), sales(&[(2024, 7)])]);
        assert_eq!(found, Some((2025, Money::from_fen(3))));
        let huge = newest_year(&[sales(&[(2025, i64::MAX)]), sales(&[(2025, 1)])]);
        assert_eq!(huge, Some((2025, Money::MAX)));
    }
}
