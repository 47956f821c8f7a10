//! The periods of a schedule: from when to when each runs, and which part of a year it is.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Period, Repayment, ScheduleError, ScheduleTerms};
use crate::{DayCount, Roll, WorkingDays, day_count::YearFraction, replan::spans_months};

/// One period.
pub(crate) struct Span {
    /// Its first day; interest runs from it.
    pub(crate) start: NaiveDate,
    /// Its due date.
    pub(crate) due: NaiveDate,
    /// The part of a year it is.
    pub(crate) part: YearFraction,
    /// Whether a part of it is its share of the whole by days, not a count of its own.
    pub(crate) shared: bool,
}

impl Span {
    /// The part of a year from `from` to `to`, both within this period.
    pub(super) fn part_of(&self, terms: &ScheduleTerms, from: NaiveDate, to: NaiveDate) -> YearFraction {
        if self.shared {
            self.part.share((to - from).num_days(), (self.due - self.start).num_days())
        } else {
            terms.day_count.fraction(from, to)
        }
    }
}

/// The periods of a schedule, in order. Due dates are counted from one anchor day, so that 31 January is
/// followed by 29 February and then by 31 March; only then is each moved to a working day, so that one that was moved
/// does not move those after it.
pub(crate) fn periods(terms: &ScheduleTerms, calendar: &WorkingDays) -> Result<Vec<Span>, ScheduleError> {
    let drawn = terms.first_drawdown;
    let regular = after(terms, drawn, 1)?;
    let (anchor, offset) = match terms.first_due {
        Some(due) if due != regular => (due, 0),
        _ => (drawn, 1),
    };
    let mut spans: Vec<Span> = Vec::new();
    let mut agreed = drawn;
    for index in 0..terms.instalments {
        let start = spans.last().map_or(drawn, |span| span.due);
        let from = std::mem::replace(&mut agreed, after(terms, anchor, index + offset)?);
        // Of a loan that is repaid at once, only the last date is one, and the draw is what comes before it.
        let bullet = terms.repayment == Repayment::Bullet;
        let roll = if bullet && index + 1 < terms.instalments { Roll::None } else { terms.roll };
        let before = if bullet { drawn } else { start };
        let due = roll.after(before, agreed, calendar).filter(|due| due.year() <= 9_999);
        let due = due.ok_or(ScheduleError::BeyondCalendar)?;
        let broken = index == 0 && offset == 0;
        let unadjusted = terms.unadjusted && terms.roll != Roll::None;
        spans.push(if unadjusted || (start, due) == (from, agreed) {
            let part = part(terms, (from, agreed), broken)?;
            Span { start, due, part, shared: counts_months(terms) || unadjusted }
        } else {
            moved(terms, start, due)
        });
    }
    Ok(spans)
}

/// The part of a year that lies between two due dates as they were agreed.
fn part(
    terms: &ScheduleTerms,
    (start, due): (NaiveDate, NaiveDate),
    broken: bool,
) -> Result<YearFraction, ScheduleError> {
    match months_of(terms) {
        Some(months) if counts_months(terms) && broken => broken_months(terms, months, due),
        Some(months) if counts_months(terms) => Ok(YearFraction::months(months)),
        _ => Ok(terms.day_count.fraction(start, due)),
    }
}

/// A period whose ends were moved and whose interest runs between them as they are: counted by its days, unless it is
/// still exactly its months.
fn moved(terms: &ScheduleTerms, start: NaiveDate, due: NaiveDate) -> Span {
    let months = months_of(terms).filter(|months| counts_months(terms) && spans_months(start, due, *months));
    let part = months.map_or_else(|| terms.day_count.fraction(start, due), YearFraction::months);
    Span { start, due, part, shared: months.is_some() }
}

/// Whether a period is exactly its months, whatever its days: 30/360 with monthly, quarterly or yearly
/// periods. A month then bears rate ÷ 12, as in everyday Chinese practice.
fn counts_months(terms: &ScheduleTerms) -> bool {
    terms.day_count == DayCount::Thirty360 && terms.period != Period::Week
}

/// Months in a period; none for weeks.
fn months_of(terms: &ScheduleTerms) -> Option<u32> {
    match terms.period {
        Period::Week => None,
        Period::Month => Some(terms.every),
        Period::Quarter => terms.every.checked_mul(3),
        Period::Year => terms.every.checked_mul(12),
    }
}

/// A first period that is shorter or longer than the others: the whole periods in it, and the rest by its
/// share of the days of the period it is cut from (17 of 31 days of January are 17/31 of a month).
fn broken_months(terms: &ScheduleTerms, months: u32, due: NaiveDate) -> Result<YearFraction, ScheduleError> {
    let drawn = terms.first_drawdown;
    let (mut whole, mut end) = (0_u32, due);
    loop {
        let start = months
            .checked_mul(whole + 1)
            .and_then(|back| due.checked_sub_months(Months::new(back)))
            .ok_or(ScheduleError::BeyondCalendar)?;
        if start <= drawn {
            let rest = YearFraction::months(months).share((end - drawn).num_days(), (end - start).num_days());
            return YearFraction::months(months * whole).plus(rest).ok_or(ScheduleError::BeyondCalendar);
        }
        whole += 1;
        end = start;
    }
}

/// The date `count` periods after `anchor`.
fn after(terms: &ScheduleTerms, anchor: NaiveDate, count: u32) -> Result<NaiveDate, ScheduleError> {
    let date = match terms.period {
        Period::Week => {
            let days = u64::from(terms.every) * u64::from(count) * 7;
            anchor.checked_add_days(Days::new(days))
        }
        _ => months_of(terms)
            .and_then(|months| months.checked_mul(count))
            .and_then(|months| anchor.checked_add_months(Months::new(months))),
    };
    date.filter(|date| date.year() <= 9_999).ok_or(ScheduleError::BeyondCalendar)
}
