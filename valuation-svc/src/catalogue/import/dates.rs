//! Calendar days as exports write them.
//!
//! A form whose day and month could be taken for each other is not guessed: it is read only when a mapping, or
//! the other days of its column, say the order. A dotted form with the year last is day first (DIN 1355, and
//! how WIPO and the European offices write).

use calamine::ExcelDateTime;
use chrono::{Datelike, Days, NaiveDate};

use super::{reason::Reason, table::Cell};

/// Years in which a patent's day may lie: from the first patent laws to the end of terms not yet begun.
const YEARS: std::ops::RangeInclusive<i32> = 1790..=2199;

/// Serial dates of a workbook that are believed where nothing marks them as dates: 1927-05-18 to 2119-01-10.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=80_000;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// In which order the three numbers of a day stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `2019-03-07`
    YearMonthDay,
    /// `07/03/2019` for the seventh of March.
    DayMonthYear,
    /// `03/07/2019` for the seventh of March.
    MonthDayYear,
}

impl DateOrder {
    /// The order that a format such as `DD/MM/YYYY`, `%d.%m.%Y` or `ymd` states.
    pub(super) fn of_format(format: &str) -> Option<Self> {
        let mut order = String::new();
        for c in format.chars().map(|c| c.to_ascii_lowercase()) {
            let known = matches!(c, 'y' | 'm' | 'd');
            if known && !order.ends_with(c) {
                order.push(c);
            } else if c.is_alphabetic() && !known && !matches!(c, '年' | '月' | '日') {
                return None;
            }
        }
        match order.as_str() {
            "ymd" => Some(Self::YearMonthDay),
            "dmy" => Some(Self::DayMonthYear),
            "mdy" => Some(Self::MonthDayYear),
            _ => None,
        }
    }
}

/// What the days of one column have shown about their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct OrderSeen {
    /// A first number beyond twelve: it is a day.
    pub day_first: bool,
    /// A second number beyond twelve: the first is a month.
    pub month_first: bool,
    /// A day that can be read both ways.
    pub ambiguous: bool,
}

impl OrderSeen {
    /// The order, where the column shows exactly one.
    pub(super) fn order(self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::DayMonthYear),
            (false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }
}

/// The day of a workbook's date cell.
pub(super) fn of_stamp(stamp: &ExcelDateTime) -> Option<NaiveDate> {
    stamp.as_datetime().map(|moment| moment.date()).filter(|date| YEARS.contains(&date.year()))
}

/// Reads a cell as a day; `None` where it says that there is none.
///
/// # Errors
/// Not a day, one that does not exist, or one that may be two.
pub(super) fn of_cell(
    cell: &Cell<'_>,
    order: Option<DateOrder>,
    seen: &mut OrderSeen,
) -> Result<Option<NaiveDate>, Reason> {
    let text = match cell {
        Cell::Date(date) => return Ok(Some(*date)),
        Cell::Bad(reason) => return Err(reason.clone()),
        _ => cell.text(),
    };
    // Families listed in one row give a day for each of their documents; the first belongs to the first.
    let first = text.split(['\n', '\r', ';', '；', '|']).map(str::trim).find(|piece| !piece.is_empty());
    let Some(first) = first else { return Ok(None) };
    if first.chars().all(|c| matches!(c, '0' | '-' | '/' | '.')) {
        return Ok(None);
    }
    parse(first, order, seen).map(Some)
}

fn parse(text: &str, order: Option<DateOrder>, seen: &mut OrderSeen) -> Result<NaiveDate, Reason> {
    let bad = || Reason::BadDate { value: text.to_owned() };
    let pieces = pieces(text).ok_or_else(bad)?;
    let date = match pieces.as_slice() {
        [Piece::Number(digits)] => compact(digits),
        [Piece::Number(a), Piece::Number(b), Piece::Number(c)] => {
            let dotted = text.contains('.') && !text.contains(['/', '-']);
            triple([a, b, c], dotted, order, seen, text)?
        }
        [Piece::Number(day), Piece::Month(month), Piece::Number(year)]
        | [Piece::Month(month), Piece::Number(day), Piece::Number(year)]
            if year.len() == 4 =>
        {
            ymd(number(year), *month, number(day))
        }
        [Piece::Number(year), Piece::Month(month), Piece::Number(day)] if year.len() == 4 => {
            ymd(number(year), *month, number(day))
        }
        _ => None,
    };
    date.ok_or_else(bad)
}

#[derive(Debug)]
enum Piece {
    Number(String),
    Month(u32),
}

/// The numbers and the month's name of a day; what follows a third piece is the time of day and is left out.
/// `None` where something else stands in it.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if found.len() == 3 {
            return is_time(rest).then_some(found);
        }
        let class = |c: char| if c.is_ascii_digit() { 1 } else { 2 * u8::from(c.is_ascii_alphabetic()) };
        let length = if class(c) == 0 {
            c.len_utf8()
        } else {
            rest.find(|next| class(next) != class(c)).unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(length);
        match class(c) {
            1 if piece.len() <= 8 => found.push(Piece::Number(piece.to_owned())),
            2 => {
                let name = piece.to_ascii_lowercase();
                let index = MONTHS.iter().position(|month| name.starts_with(month))?;
                found.push(Piece::Month(u32::try_from(index).ok()? + 1));
            }
            0 if matches!(c, '-' | '/' | '.' | ' ' | ',' | '年' | '月' | '日' | '／' | '－' | '．') => {
            }
            _ => return None,
        }
        rest = after;
    }
    Some(found)
}

fn is_time(rest: &str) -> bool {
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '日' | '.'));
    rest.is_empty()
        || rest.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, 'T' | 'Z' | ':' | '.' | '+' | '-' | ' ' | 'A' | 'P' | 'M')
        }) && rest.contains(':')
}

/// `20190307`, or the serial number of a workbook's day.
fn compact(digits: &str) -> Option<NaiveDate> {
    match digits.len() {
        8 => ymd(number(&digits[..4]), number(&digits[4..6]), number(&digits[6..])),
        5 => of_serial(i64::from(number(digits))),
        _ => None,
    }
}

/// Days since 1899-12-30, which is how workbooks count from 1 March 1900 on.
fn of_serial(serial: i64) -> Option<NaiveDate> {
    if !SERIALS.contains(&serial) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(u64::try_from(serial).ok()?))
}

fn triple(
    [a, b, c]: [&str; 3],
    dotted: bool,
    order: Option<DateOrder>,
    seen: &mut OrderSeen,
    text: &str,
) -> Result<Option<NaiveDate>, Reason> {
    if a.len() == 4 {
        return Ok(ymd(number(a), number(b), number(c)));
    }
    if c.len() != 4 || a.len() > 2 || b.len() > 2 {
        return Ok(None);
    }
    let (first, second, year) = (number(a), number(b), number(c));
    seen.day_first |= first > 12;
    seen.month_first |= second > 12;
    let order = match order {
        Some(order) => order,
        None if dotted || first > 12 || first == second => DateOrder::DayMonthYear,
        None if second > 12 => DateOrder::MonthDayYear,
        None => {
            seen.ambiguous = true;
            return Err(Reason::AmbiguousDate { value: text.to_owned() });
        }
    };
    Ok(match order {
        DateOrder::MonthDayYear => ymd(year, first, second),
        _ => ymd(year, second, first),
    })
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// A run of at most eight ASCII digits.
fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn read(text: &str, order: Option<DateOrder>) -> Result<Option<String>, &'static str> {
        let cell = Cell::Text(Cow::Borrowed(text));
        of_cell(&cell, order, &mut OrderSeen::default())
            .map(|date| date.map(|d| d.to_string()))
            .map_err(|reason| reason.code())
    }

    #[test]
    fn one_day_is_written_in_many_ways() {
        for text in [
            "2019-03-07",
            "2019/3/7",
            "2019.03.07",
            "07.03.2019",
            "20190307",
            "2019年3月7日",
            "43531",
            "2019-03-07T00:00:00Z",
            "2019/3/7 0:00",
            "7 Mar 2019",
            "March 7, 2019",
            "2019年03月07日 10:00",
            "2019-03-07\n2020-01-01",
            "2019-03-07 00:00:00.000",
        ] {
            assert_eq!(read(text, None), Ok(Some("2019-03-07".into())), "{text}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused_and_one_that_is_not_stated_is_absent() {
        for text in ["2019-02-29", "2019-13-01", "soon", "2019", "07/03/19", "1492-01-01", "99999"] {
            assert_eq!(read(text, None), Err("bad-date"), "{text}");
        }
        for text in ["", "0000-00-00", "00000000"] {
            assert_eq!(read(text, None), Ok(None), "{text}");
        }
    }

    #[test]
    fn day_and_month_are_told_apart_or_asked_for() {
        assert_eq!(read("07/03/2019", None), Err("ambiguous-date"));
        assert_eq!(read("25/03/2019", None), Ok(Some("2019-03-25".into())));
        assert_eq!(read("03/25/2019", None), Ok(Some("2019-03-25".into())));
        assert_eq!(read("07/03/2019", Some(DateOrder::MonthDayYear)), Ok(Some("2019-07-03".into())));
        assert_eq!(read("07/03/2019", Some(DateOrder::DayMonthYear)), Ok(Some("2019-03-07".into())));
    }

    #[test]
    fn a_format_states_an_order() {
        assert_eq!(DateOrder::of_format("DD/MM/YYYY"), Some(DateOrder::DayMonthYear));
        assert_eq!(DateOrder::of_format("%m/%d/%Y"), Some(DateOrder::MonthDayYear));
        assert_eq!(DateOrder::of_format("yyyy年mm月dd日"), Some(DateOrder::YearMonthDay));
        assert_eq!(DateOrder::of_format("hh:mm"), None);
    }
}
