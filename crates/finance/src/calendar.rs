//! Working days: Monday to Friday, less public holidays, plus the weekend days worked to make up for them.
//!
//! Holidays are data (`data/working_days.csv`), because the State Council arranges them anew every year; a year's
//! [`Arrangement`] that came later is laid over what is shipped. A year without an arrangement knows weekends only;
//! [`WorkingDays::covers`] tells which.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days from one to another, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayRange {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// The holiday that they belong to: 春节
    pub name: String,
}

/// The arrangement of one year: its public holidays and the weekend days that are worked to make up for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    /// The year.
    pub year: i32,
    /// The notice that arranges it: 国办发明电〔2025〕7号
    pub source: String,
    /// Days off.
    pub holidays: Vec<DayRange>,
    /// Weekend days that are worked.
    pub working: Vec<DayRange>,
}

impl Arrangement {
    /// Its days whose kind the weekday does not tell, and whether they are worked; where a day is in both lists, it is
    /// worked.
    fn days(&self) -> impl Iterator<Item = (NaiveDate, bool)> {
        let off = self.holidays.iter().map(|range| (range, false));
        let worked = self.working.iter().map(|range| (range, true));
        off.chain(worked).flat_map(|(range, worked)| {
            let days = range.from.iter_days().take(DAYS_OF_A_YEAR);
            days.take_while(|day| *day <= range.to).map(move |day| (day, worked))
        })
    }
}

/// A calendar of working days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkingDays {
    /// Days whose kind the weekday does not tell: whether they are worked.
    exceptions: BTreeMap<NaiveDate, bool>,
    /// Years with an arrangement.
    years: BTreeSet<i32>,
}

/// The most days that one range may have.
const DAYS_OF_A_YEAR: usize = 366;

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

    /// This calendar with the arrangements of some years, each in place of what is known of its year.
    #[must_use]
    pub fn with<'a>(&self, arrangements: impl IntoIterator<Item = &'a Arrangement>) -> Self {
        let mut calendar = self.clone();
        for arrangement in arrangements {
            calendar.exceptions.retain(|day, _| day.year() != arrangement.year);
            calendar.exceptions.extend(arrangement.days().filter(|(day, _)| day.year() == arrangement.year));
            calendar.years.insert(arrangement.year);
        }
        calendar
    }

    /// The years whose arrangement is known, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }

    /// The days of a year whose kind the weekday does not tell, in order, and whether they are worked.
    pub fn exceptions(&self, year: i32) -> impl Iterator<Item = (NaiveDate, bool)> {
        self.exceptions.iter().filter(move |(day, _)| day.year() == year).map(|(day, worked)| (*day, *worked))
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
        day.iter_days().take(DAYS_OF_A_YEAR).find(|next| self.is_working_day(*next))
    }

    /// `day`, or the last working day before it.
    #[must_use]
    pub fn preceding(&self, day: NaiveDate) -> Option<NaiveDate> {
        std::iter::successors(Some(day), |day| day.pred_opt())
            .take(DAYS_OF_A_YEAR)
            .find(|before| self.is_working_day(*before))
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
    fn the_arrangement_of_a_year_takes_the_place_of_what_was_known_of_it() {
        let range = |from: &str, to: &str| DayRange { from: date(from), to: date(to), name: "春节".into() };
        let arranged = Arrangement {
            year: 2026,
            source: "国办发明电".into(),
            holidays: vec![range("2026-02-16", "2026-02-20"), range("2025-12-31", "2026-01-01")],
            working: vec![range("2026-02-22", "2026-02-22")],
        };
        let later =
            Arrangement { year: 2031, holidays: vec![range("2031-10-01", "2031-10-07")], ..arranged.clone() };
        let calendar = WorkingDays::china().with([&arranged, &later]);
        assert!(calendar.is_working_day(date("2026-02-22")) && !calendar.is_working_day(date("2026-02-20")));
        assert!(
            !calendar.is_working_day(date("2026-01-01")),
            "the part of a range that lies in the year counts"
        );
        assert!(calendar.is_working_day(date("2025-12-31")), "another year stays as it was");
        assert!(calendar.is_working_day(date("2026-10-05")), "what was known of the year before is gone");
        assert!(calendar.covers(2031) && !calendar.is_working_day(date("2031-10-01")));
        assert_eq!(calendar.years().collect::<Vec<_>>(), [2024, 2025, 2026, 2031]);
        assert_eq!(calendar.exceptions(2026).count(), 7);
        assert_eq!(WorkingDays::china().with([]), *WorkingDays::china());
    }

    #[test]
    fn the_last_working_day_before_a_holiday_is_found() {
        let china = WorkingDays::china();
        assert_eq!(china.preceding(date("2025-10-05")), Some(date("2025-09-30")));
        assert_eq!(china.preceding(date("2025-09-30")), Some(date("2025-09-30")));
        assert_eq!(
            china.preceding(date("2026-02-15")),
            Some(date("2026-02-14")),
            "a Saturday that is worked"
        );
    }

    #[test]
    fn a_line_that_is_no_calendar_is_named() {
        let error = WorkingDays::parse("# head\nholiday,2026-05-05,2026-05-01,劳动节").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(WorkingDays::parse("feast,2026-05-01,2026-05-01,x").is_err());
    }
}
