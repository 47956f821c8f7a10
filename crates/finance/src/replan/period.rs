//! Periods of a loan that are still to come.

use chrono::{Datelike, Months, NaiveDate};

use super::ReplanError;
use crate::{
    DayCount, MoneyError, Repayment, ScheduleError, ScheduleTerms, WorkingDays, day_count::YearFraction,
    schedule::periods::periods,
};

/// A period that has not fallen due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPeriod {
    start: NaiveDate,
    due: NaiveDate,
    part: YearFraction,
    /// Whether it is exactly its months, whatever its days.
    months: bool,
}

impl OpenPeriod {
    /// The first day; interest runs from it.
    #[must_use]
    pub const fn start(&self) -> NaiveDate {
        self.start
    }

    /// The due date.
    #[must_use]
    pub const fn due(&self) -> NaiveDate {
        self.due
    }

    /// The periods that terms have after the first `after` of them; for [`Repayment::Bullet`] the whole term is
    /// one period.
    ///
    /// # Errors
    /// As [`ScheduleTerms::schedule`].
    pub fn of(terms: &ScheduleTerms, after: u32) -> Result<Vec<Self>, ReplanError> {
        let all = periods(terms, WorkingDays::china())?.into_iter().map(|span| Self {
            start: span.start,
            due: span.due,
            part: span.part,
            months: span.shared,
        });
        let all: Vec<Self> = match terms.repayment {
            Repayment::Bullet => vec![Self::joined(&all.collect::<Vec<_>>())?],
            _ => all.collect(),
        };
        Ok(all.into_iter().skip(usize::try_from(after).unwrap_or(usize::MAX)).collect())
    }

    /// The periods that end with the due dates given, the first of them running from `start`. Under 30/360 one that
    /// spans `every_months`, or a multiple of it, is exactly that many months; any other is counted by its days.
    ///
    /// # Errors
    /// [`ReplanError::Order`] where the dates do not rise strictly.
    pub fn between(
        day_count: DayCount,
        every_months: u32,
        start: NaiveDate,
        dues: &[NaiveDate],
    ) -> Result<Vec<Self>, ReplanError> {
        let mut start = start;
        dues.iter()
            .map(|due| {
                if *due <= start {
                    return Err(ReplanError::Order { due: *due, after: start });
                }
                let months =
                    months_between(start, *due, every_months).filter(|_| day_count == DayCount::Thirty360);
                let part = months.map_or_else(|| day_count.fraction(start, *due), YearFraction::months);
                let period = Self { start, due: *due, part, months: months.is_some() };
                start = *due;
                Ok(period)
            })
            .collect()
    }

    /// Several periods as one.
    pub(super) fn joined(periods: &[Self]) -> Result<Self, ReplanError> {
        let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
            return Err(ReplanError::NoPeriods);
        };
        let parts = periods.iter().skip(1).map(|period| period.part);
        let part = parts.into_iter().try_fold(first.part, YearFraction::plus).ok_or(MoneyError::Overflow)?;
        // The days of a long period are counted as they are; only the whole of it is exactly its months.
        let months = periods.len() == 1 && first.months;
        Ok(Self { start: first.start, due: last.due, part, months })
    }

    /// The part of a year from `from` to `to`, both within this period.
    pub(super) fn part_between(&self, day_count: DayCount, from: NaiveDate, to: NaiveDate) -> YearFraction {
        if from == self.start && to == self.due {
            self.part
        } else if self.months {
            self.part.share((to - from).num_days(), (self.due - self.start).num_days())
        } else {
            day_count.fraction(from, to)
        }
    }
}

/// Whether a period is exactly so many months: forward from its start or back from its due date, so that one from
/// 29 February to 31 March, counted from the end of a month, is a month.
#[must_use]
pub fn spans_months(start: NaiveDate, due: NaiveDate, months: u32) -> bool {
    let months = Months::new(months);
    start.checked_add_months(months) == Some(due) || due.checked_sub_months(months) == Some(start)
}

/// How many months a period has that is a whole number of intervals of `every` months, forward from its start or back
/// from its due date; `None` for any other.
#[must_use]
pub fn months_between(start: NaiveDate, due: NaiveDate, every: u32) -> Option<u32> {
    let apart = (due.year() - start.year()) * 12 + i32::try_from(due.month()).unwrap_or(0)
        - i32::try_from(start.month()).unwrap_or(0);
    let months = u32::try_from(apart).ok().filter(|months| *months > 0 && every > 0)?;
    (months.is_multiple_of(every) && spans_months(start, due, months)).then_some(months)
}

/// `count` due dates after `last`, every so many months. They keep to the day of the month of `anchor` (the day of
/// the draw) where `last` does, and to that of `last` otherwise.
///
/// # Errors
/// When the interval is zero, there are more than [`ScheduleTerms::MAX_INSTALMENTS`], or a date is beyond the year
/// 9999.
pub fn due_dates_after(
    anchor: NaiveDate,
    last: NaiveDate,
    every_months: u32,
    count: u32,
) -> Result<Vec<NaiveDate>, ReplanError> {
    if every_months == 0 {
        return Err(ScheduleError::Every.into());
    }
    if count > ScheduleTerms::MAX_INSTALMENTS {
        return Err(ScheduleError::Instalments(count).into());
    }
    let apart = (last.year() - anchor.year()) * 12 + i32::try_from(last.month()).unwrap_or(0)
        - i32::try_from(anchor.month()).unwrap_or(0);
    let kept = u32::try_from(apart)
        .ok()
        .filter(|apart| anchor.checked_add_months(Months::new(*apart)).is_some_and(|date| date == last));
    let (base, offset) = kept.map_or((last, 0), |apart| (anchor, apart));
    (1..=count)
        .map(|number| {
            every_months
                .checked_mul(number)
                .and_then(|months| months.checked_add(offset))
                .and_then(|months| base.checked_add_months(Months::new(months)))
                .filter(|date| date.year() <= 9_999)
                .ok_or_else(|| ScheduleError::BeyondCalendar.into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn due_dates_go_on_at_the_day_of_the_draw_or_of_the_last() {
        let texts = |anchor, last, every, count| -> Vec<String> {
            let dates = due_dates_after(date(anchor), date(last), every, count).unwrap();
            dates.iter().map(NaiveDate::to_string).collect()
        };
        let end_of_month = ["2024-03-31", "2024-04-30", "2024-05-31"];
        assert_eq!(texts("2024-01-31", "2024-02-29", 1, 3), end_of_month);
        assert_eq!(texts("2024-01-15", "2024-02-20", 3, 2), ["2024-05-20", "2024-08-20"]);
        let none = due_dates_after(date("2024-01-31"), date("2024-02-29"), 0, 1);
        assert_eq!(none, Err(ReplanError::Schedule(ScheduleError::Every)));
    }

    #[test]
    fn a_month_is_a_month_from_the_end_of_february_too() {
        assert!(spans_months(date("2024-01-31"), date("2024-02-29"), 1));
        assert!(spans_months(date("2024-02-29"), date("2024-03-31"), 1));
        assert!(spans_months(date("2024-11-30"), date("2025-02-28"), 3));
        assert!(!spans_months(date("2024-02-15"), date("2024-03-16"), 1));
        assert_eq!(months_between(date("2024-08-31"), date("2025-02-28"), 1), Some(6));
        assert_eq!(months_between(date("2024-02-29"), date("2024-08-31"), 3), Some(6));
        assert_eq!(months_between(date("2024-08-31"), date("2025-02-28"), 4), None);
        assert_eq!(months_between(date("2024-02-15"), date("2024-04-16"), 1), None);
        assert_eq!(months_between(date("2024-02-15"), date("2024-02-15"), 1), None);
    }

    #[test]
    fn dates_that_do_not_rise_are_refused() {
        let (start, due) = (date("2024-01-31"), date("2024-02-29"));
        let twice = OpenPeriod::between(DayCount::Actual360, 1, start, &[due, due]);
        assert_eq!(twice, Err(ReplanError::Order { due, after: due }));
    }
}
