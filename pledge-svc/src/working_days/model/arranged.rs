//! The arrangements of years that a bank has recorded after those that ship.

use chrono::{Datelike, NaiveDate, Weekday};
use finance::{Arrangement, DayRange, WorkingDays};
use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit};

/// The most years that a bank records.
const YEARS_MAX: usize = 40;
/// The years that may be recorded.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;
/// The most ranges of a year, of either kind.
const RANGES_MAX: usize = 60;
/// The longest holiday, in days.
const DAYS_MAX: i64 = 31;
/// The longest name of a holiday, in characters.
const NAME_CHARS_MAX: usize = 40;
/// The longest source, in characters.
const SOURCE_CHARS_MAX: usize = 200;

const NOTICE: (&str, &str) = (
    "国务院办公厅每年发布的部分节假日安排通知（依据《全国年节及纪念日放假办法》）",
    "the yearly notice of the General Office of the State Council on public holidays",
);

/// The arrangements of years that a bank has recorded; each takes the place of what ships for its year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArrangedYears {
    /// In order of the years.
    pub years: Vec<Arrangement>,
}

impl ArrangedYears {
    /// The shipped calendar with these years in it.
    #[must_use]
    pub fn calendar(&self) -> WorkingDays {
        WorkingDays::china().with(&self.years)
    }
}

const fn doc(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: NOTICE.0, source_en: NOTICE.1 }
}

impl ParameterSet for ArrangedYears {
    const KIND: &'static str = "working_days";
    const ZH: &'static str = "工作日历";
    const EN: &'static str = "Working days";
    const FIELDS: &'static [FieldDoc] = &[
        doc(
            "years",
            "平台内置年度之外的放假安排，按年度先后；与内置年度相同的，以此为准",
            "arrangements of years beside those that ship, in order; one of the same year takes its place",
            Unit::Count,
        ),
        doc("years[].year", "年度", "the year", Unit::Years),
        doc("years[].source", "通知文号", "the notice that arranges it", Unit::Text),
        doc("years[].holidays", "放假", "days off", Unit::Count),
        doc("years[].holidays[].from", "放假首日", "first day off", Unit::Text),
        doc("years[].holidays[].to", "放假末日", "last day off", Unit::Text),
        doc("years[].holidays[].name", "节日", "the holiday", Unit::Text),
        doc("years[].working", "调休上班", "weekend days that are worked", Unit::Count),
        doc("years[].working[].from", "调休上班首日", "first weekend day worked", Unit::Text),
        doc("years[].working[].to", "调休上班末日", "last weekend day worked", Unit::Text),
        doc("years[].working[].name", "因何节日调休", "the holiday it makes up for", Unit::Text),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.years.len() > YEARS_MAX {
            let (zh, en) = (format!("最多 {YEARS_MAX} 个年度。"), format!("At most {YEARS_MAX} years."));
            flaws.push(Flaw::new("years", zh, en));
        }
        let mut before: Option<i32> = None;
        for (index, arranged) in self.years.iter().enumerate() {
            let at = format!("years[{index}]");
            if !YEARS.contains(&arranged.year) || before.is_some_and(|before| arranged.year <= before) {
                flaws.push(Flaw::new(
                    format!("{at}.year"),
                    "年度须为 2000 至 2100，且晚于上一条。",
                    "A year is 2000 to 2100 and comes after the one before.",
                ));
            }
            before = Some(arranged.year);
            flaws.extend(flaws_of(&at, arranged));
        }
        flaws
    }
}

fn flaws_of(at: &str, arranged: &Arrangement) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let source = arranged.source.trim();
    if source.is_empty() || source.chars().count() > SOURCE_CHARS_MAX {
        flaws.push(Flaw::new(
            format!("{at}.source"),
            "请注明通知文号，200 字以内。",
            "Name the notice, in at most 200 characters.",
        ));
    }
    if arranged.holidays.is_empty() {
        flaws.push(Flaw::new(
            format!("{at}.holidays"),
            "每年均有法定节假日，请逐一填写。",
            "Every year has public holidays: name them.",
        ));
    }
    for (list, ranges) in [("holidays", &arranged.holidays), ("working", &arranged.working)] {
        if ranges.len() > RANGES_MAX {
            let (zh, en) = (format!("最多 {RANGES_MAX} 条。"), format!("At most {RANGES_MAX} entries."));
            flaws.push(Flaw::new(format!("{at}.{list}"), zh, en));
        }
        for (index, range) in ranges.iter().enumerate() {
            flaws.extend(flaws_of_range(&format!("{at}.{list}[{index}]"), arranged.year, range));
        }
    }
    for (index, range) in arranged.working.iter().enumerate() {
        let path = format!("{at}.working[{index}].from");
        if !days(range).all(|day| matches!(day.weekday(), Weekday::Sat | Weekday::Sun)) {
            flaws.push(Flaw::new(
                path,
                "调休上班日须为周六或周日。",
                "A day worked to make up is a Saturday or Sunday.",
            ));
        } else if days(range)
            .any(|day| arranged.holidays.iter().any(|off| (off.from..=off.to).contains(&day)))
        {
            flaws.push(Flaw::new(path, "同一日不能既放假又上班。", "One day cannot be both off and worked."));
        }
    }
    flaws
}

fn flaws_of_range(at: &str, year: i32, range: &DayRange) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if range.from.year() != year || range.to.year() != year {
        flaws.push(Flaw::new(
            format!("{at}.from"),
            format!("日期须在 {year} 年内；跨年的，分别填入各自年度。"),
            format!("The days lie in {year}; those of another year belong to that year."),
        ));
    }
    let length = (range.to - range.from).num_days() + 1;
    if !(1..=DAYS_MAX).contains(&length) {
        flaws.push(Flaw::new(
            format!("{at}.to"),
            format!("末日不得早于首日，且最长 {DAYS_MAX} 天。"),
            format!("The last day is not before the first; at most {DAYS_MAX} days."),
        ));
    }
    let name = range.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        flaws.push(Flaw::new(
            format!("{at}.name"),
            "请注明节日，40 字以内。",
            "Name the holiday, in at most 40 characters.",
        ));
    }
    flaws
}

fn days(range: &DayRange) -> impl Iterator<Item = NaiveDate> {
    let most = usize::try_from(DAYS_MAX).unwrap_or(0);
    range.from.iter_days().take(most).take_while(|day| *day <= range.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> DayRange {
        DayRange { from: from.parse().unwrap(), to: to.parse().unwrap(), name: "元旦".into() }
    }

    fn year_2031() -> Arrangement {
        Arrangement {
            year: 2031,
            source: "国办发明电〔2030〕1号".into(),
            holidays: vec![range("2031-01-01", "2031-01-03")],
            // A Sunday.
            working: vec![range("2031-01-05", "2031-01-05")],
        }
    }

    #[test]
    fn a_year_that_was_recorded_is_known_and_counts() {
        let set = ArrangedYears { years: vec![year_2031()] };
        assert_eq!(set.flaws(), []);
        let calendar = set.calendar();
        assert!(calendar.covers(2031) && calendar.covers(2026));
        assert_eq!(calendar.following("2031-01-01".parse().unwrap()), "2031-01-05".parse().ok());
        assert_eq!(ArrangedYears::default().calendar(), *WorkingDays::china());
    }

    #[test]
    fn what_no_notice_can_have_said_is_named_at_its_field() {
        let at = |change: fn(&mut Arrangement)| {
            let mut year = year_2031();
            change(&mut year);
            let flaws = ArrangedYears { years: vec![year] }.flaws();
            assert_eq!(flaws.len(), 1, "{flaws:?}");
            flaws[0].field.clone()
        };
        assert_eq!(at(|year| year.source = " ".into()), "years[0].source");
        assert_eq!(at(|year| year.holidays.clear()), "years[0].holidays");
        assert_eq!(at(|year| year.holidays[0].name.clear()), "years[0].holidays[0].name");
        assert_eq!(
            at(|year| year.holidays[0] = range("2030-12-31", "2031-01-01")),
            "years[0].holidays[0].from"
        );
        assert_eq!(
            at(|year| year.holidays[0] = range("2031-01-03", "2031-01-01")),
            "years[0].holidays[0].to"
        );
        // A Monday.
        assert_eq!(
            at(|year| year.working[0] = range("2031-01-06", "2031-01-06")),
            "years[0].working[0].from"
        );
        assert_eq!(
            at(|year| year.holidays[0] = range("2031-01-01", "2031-01-05")),
            "years[0].working[0].from"
        );
        let twice = ArrangedYears { years: vec![year_2031(), year_2031()] };
        assert_eq!(twice.flaws()[0].field, "years[1].year");
    }
}
