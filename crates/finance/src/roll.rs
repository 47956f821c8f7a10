//! Due dates on days that are not worked: whether they stay, or move to a working day after or before.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{UnknownChoice, WorkingDays, choice::choose};

/// What becomes of a due date that is no working day (ISDA 2006 §4.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// 不调整: it stays.
    #[default]
    None,
    /// 顺延: the next working day.
    Following,
    /// 修正顺延: the next working day; the last one before where the next lies in another month.
    ModifiedFollowing,
    /// 提前: the last working day before.
    Preceding,
}

impl Roll {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::None, Self::Following, Self::ModifiedFollowing, Self::Preceding];

    /// The name used in contracts and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Following => "following",
            Self::ModifiedFollowing => "modified_following",
            Self::Preceding => "preceding",
        }
    }

    /// Where a due date goes under this rule; `None` where no working day is within a year of it.
    #[must_use]
    pub fn of(self, day: NaiveDate, calendar: &WorkingDays) -> Option<NaiveDate> {
        match self {
            Self::None => Some(day),
            Self::Following => calendar.following(day),
            Self::Preceding => calendar.preceding(day),
            Self::ModifiedFollowing => {
                let next = calendar.following(day).filter(|next| month(*next) == month(day));
                next.or_else(|| calendar.preceding(day))
            }
        }
    }

    /// The same for the due date that follows another one, or the day of the draw. Where the rule leads to `before` or
    /// beyond it (weekly dates within one long holiday), the due date is the first working day after `before`, so that
    /// no two payments fall together and their order stays.
    #[must_use]
    pub fn after(self, before: NaiveDate, day: NaiveDate, calendar: &WorkingDays) -> Option<NaiveDate> {
        let rolled = self.of(day, calendar)?;
        if self == Self::None || rolled > before {
            return Some(rolled);
        }
        calendar.following(before.succ_opt()?)
    }
}

fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}

impl fmt::Display for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Roll {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        choose("roll rule", text, &Self::ALL, Self::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_rule_moves_a_holiday_its_own_way_and_no_working_day_at_all() {
        let of = |roll: Roll, day: &str| roll.of(date(day), WorkingDays::china()).unwrap().to_string();
        // The National Day holiday of 2026 runs from Thursday 1 to Wednesday 7 October.
        assert_eq!(of(Roll::None, "2026-10-03"), "2026-10-03");
        assert_eq!(of(Roll::Following, "2026-10-03"), "2026-10-08");
        assert_eq!(of(Roll::ModifiedFollowing, "2026-10-03"), "2026-10-08");
        assert_eq!(of(Roll::Preceding, "2026-10-03"), "2026-09-30");
        // Saturday 31 October: the next working day lies in November.
        assert_eq!(of(Roll::Following, "2026-10-31"), "2026-11-02");
        assert_eq!(of(Roll::ModifiedFollowing, "2026-10-31"), "2026-10-30");
        // Saturday 10 October 2026 is worked to make up for the holiday.
        for roll in Roll::ALL {
            assert_eq!(of(roll, "2026-10-10"), "2026-10-10", "{roll}");
        }
    }

    #[test]
    fn two_weekly_dates_of_one_holiday_keep_their_order() {
        let calendar = WorkingDays::china();
        // Spring Festival 2026 runs from 15 to 23 February; Saturday the 14th is worked.
        let first = Roll::Following.after(date("2026-02-09"), date("2026-02-16"), calendar).unwrap();
        let second = Roll::Following.after(first, date("2026-02-23"), calendar).unwrap();
        assert_eq!((first, second), (date("2026-02-24"), date("2026-02-25")));
        let first = Roll::Preceding.after(date("2026-02-09"), date("2026-02-16"), calendar).unwrap();
        let second = Roll::Preceding.after(first, date("2026-02-23"), calendar).unwrap();
        assert_eq!((first, second), (date("2026-02-14"), date("2026-02-24")));
    }

    #[test]
    fn names_are_the_same_in_json_and_in_text() {
        for roll in Roll::ALL {
            assert_eq!(serde_json::to_string(&roll).unwrap(), format!("\"{roll}\""));
            assert_eq!(roll.name().parse(), Ok(roll));
        }
        assert!("nearest".parse::<Roll>().is_err());
    }
}
