//! Working days: Monday to Friday, less public holidays, plus the weekend days worked to make up for them.
//!
//! Holidays are data (`data/working_days.csv`), because the State Council arranges them anew every year. A
//! year without an arrangement knows weekends only; [`WorkingDays::covers`] tells which.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chrono::{Datelike, NaiveDate, Weekday};

/// A calendar of working days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkingDays {
    /// Days whose kind the weekday does not tell: whether they are worked.
    exceptions: BTreeMap<NaiveDate, bool>,
    /// Years with an arrangement.
    years: BTreeSet<i32>,
}

/// A line of a calendar that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{text}` is not `year|holiday|working,from,to,name` with dates such as 2026-05-01")]
pub struct CalendarError {
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

static CHINA: LazyLock<WorkingDays> = LazyLock::new(|| {
    // The shipped file is read by a test; a release can therefore not hold one that does not parse.
    WorkingDays::parse(include_str!("../data/working_days.csv")).unwrap_or_default()
});

/// The most days one addition may walk: forty years.
const LONGEST_WALK: u32 = 15_000;

impl WorkingDays {
    /// Mainland China, as shipped: the arrangements of 2024, 2025 and 2026.
    #[must_use]
    pub fn china() -> &'static Self {
        &CHINA
    }

    /// Weekends only.
    #[must_use]
    pub fn weekends_only() -> Self {
        Self::default()
    }

    /// Reads a calendar: lines `kind,from,to,name` where the kind is `year` (the arrangement of that year is
    /// known), `holiday` or `working`; both ends are included. Empty lines, `#` lines and the heading are
    /// passed over.
    ///
    /// # Errors
    /// [`CalendarError`] for the first line that is none of these.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with("kind,") {
                continue;
            }
            calendar.read(line).ok_or_else(|| CalendarError { line: index + 1, text: line.to_owned() })?;
        }
        Ok(calendar)
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let mut cells = line.split(',');
        let kind = cells.next()?;
        let from: NaiveDate = cells.next()?.parse().ok()?;
        let to: NaiveDate = cells.next()?.parse().ok()?;
        if to < from || (to - from).num_days() > 366 {
            return None;
        }
        match kind {
            "year" => self.years.extend(from.year()..=to.year()),
            "holiday" | "working" => {
                let days = from.iter_days().take_while(|day| *day <= to);
                self.exceptions.extend(days.map(|day| (day, kind == "working")));
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether the arrangement of that year is known; otherwise only its weekends are.
    #[must_use]
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether people work on that day.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.exceptions.get(&day).copied().unwrap_or(!weekend)
    }

    /// The `count`-th working day after `day`, which itself does not count (民法典 §201); with zero, `day`
    /// itself or the first working day after it (§203). `None` beyond fifteen thousand working days or the
    /// end of the calendar.
    #[must_use]
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        if count == 0 {
            return self.following(day);
        }
        if count > LONGEST_WALK {
            return None;
        }
        let index = usize::try_from(count).ok()? - 1;
        day.iter_days().skip(1).filter(|next| self.is_working_day(*next)).nth(index)
    }

    /// `day`, or the first working day after it: the rule for a due date on a holiday.
    #[must_use]
    pub fn following(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.iter_days().take(366).find(|next| self.is_working_day(*next))
    }

    /// Working days after `from` up to and including `to`; zero when `to` is not after `from`.
    #[must_use]
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> usize {
        from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| self.is_working_day(*day)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_shipped_calendar_reads_and_covers_three_years() {
        let read = WorkingDays::parse(include_str!("../data/working_days.csv")).unwrap();
        assert_eq!(&read, WorkingDays::china());
        let covered: Vec<i32> = (2020..2035).filter(|year| read.covers(*year)).collect();
        assert_eq!(covered, [2024, 2025, 2026]);
    }

    /// A year has its days less its weekend days and its statutory holidays (eleven, from 2025 on thirteen:
    /// 国务院令第795号), because a holiday on a weekend is made up for.
    #[test]
    fn a_year_has_as_many_working_days_as_the_law_leaves() {
        for (year, statutory) in [(2024, 11), (2025, 13), (2026, 13)] {
            let days =
                || NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|d| d.year() == year);
            let weekdays = days().filter(|day| WorkingDays::weekends_only().is_working_day(*day)).count();
            let working = days().filter(|day| WorkingDays::china().is_working_day(*day)).count();
            assert_eq!(working, weekdays - statutory, "{year}");
        }
    }

    #[test]
    fn an_online_pledge_registration_is_due_two_working_days_later() {
        let china = WorkingDays::china();
        // Spring Festival 2026 runs from 15 to 23 February; Saturday the 14th and the 28th are worked.
        assert_eq!(china.add_working_days(date("2026-02-13"), 2), Some(date("2026-02-24")));
        assert_eq!(china.add_working_days(date("2026-02-27"), 1), Some(date("2026-02-28")));
        assert_eq!(china.add_working_days(date("2025-09-30"), 5), Some(date("2025-10-14")));
        assert_eq!(china.following(date("2025-10-01")), Some(date("2025-10-09")));
        assert_eq!(china.add_working_days(date("2025-10-01"), 0), Some(date("2025-10-09")));
        assert_eq!(china.working_days_between(date("2025-09-30"), date("2025-10-14")), 5);
    }

    #[test]
    fn a_year_without_an_arrangement_knows_weekends_only() {
        let china = WorkingDays::china();
        assert!(!china.covers(2031) && china.is_working_day(date("2031-10-01")));
        assert!(!china.is_working_day(date("2031-10-04")));
        assert_eq!(china.add_working_days(NaiveDate::MAX, 1), None);
        assert_eq!(china.add_working_days(date("2025-01-01"), u32::MAX), None);
    }

    #[test]
    fn a_line_that_is_no_calendar_is_named() {
        let error = WorkingDays::parse("# head\nholiday,2026-05-05,2026-05-01,劳动节").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(WorkingDays::parse("feast,2026-05-01,2026-05-01,x").is_err());
    }
}
