//! What is wrong with the fields of a request, collected.

use chrono::{Months, NaiveDate};

use crate::{
    Problem,
    problem::{FieldProblem, Text},
};

/// How far ahead a day can be meant, years: no term of a right, a contract or a task reaches further. Days after the year
/// 9999 are written with a sign and no longer sort as text, which SQLite compares them by.
const AHEAD_YEARS_MAX: u32 = 100;

/// Collects what is wrong with the fields of a request, so that the caller hears of all at once.
#[derive(Debug, Default)]
pub struct Fields {
    found: Vec<FieldProblem>,
}

impl Fields {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes the field unless `holds`.
    pub fn require(&mut self, holds: bool, field: &str, zh: impl Into<String>, en: impl Into<String>) {
        if !holds {
            self.found.push(FieldProblem { field: field.to_owned(), text: Text::new(zh, en) });
        }
    }

    /// The amount must be positive and at most `max`.
    pub fn amount(&mut self, amount: finance::Money, max: finance::Money, field: &str) {
        self.require(amount.is_positive(), field, "金额必须大于零。", "The amount must be more than zero.");
        self.require(
            amount <= max,
            field,
            format!("金额不得超过 {max} 元。"),
            format!("The amount may be at most {max} yuan."),
        );
    }

    /// The text must have 1 to `chars_max` characters and no control characters.
    pub fn text(&mut self, text: &str, chars_max: usize, field: &str) {
        let length = text.trim().chars().count();
        self.require(
            (1..=chars_max).contains(&length)
                && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t'),
            field,
            format!("必填，最多 {chars_max} 个字符。"),
            format!("Required, at most {chars_max} characters."),
        );
    }

    /// The day must have come: nothing is known as of a day after `today`.
    pub fn has_come(&mut self, day: Option<NaiveDate>, today: NaiveDate, field: &str) {
        let Some(day) = day else { return };
        self.require(
            day <= today,
            field,
            format!("{day} 尚未到来；今日为 {today}，请选择今日或更早的日期。"),
            format!("{day} has not come yet; today is {today}. Choose today or a day before."),
        );
    }

    /// A day ahead must be one that can be meant: at most a hundred years from `today`.
    pub fn in_reach(&mut self, day: Option<NaiveDate>, today: NaiveDate, field: &str) {
        let (Some(day), Some(last)) = (day, today.checked_add_months(Months::new(12 * AHEAD_YEARS_MAX)))
        else {
            return;
        };
        self.require(
            day <= last,
            field,
            format!("日期过远，最晚为 {last}。"),
            format!("Too far ahead; {last} is the last day that is taken."),
        );
    }

    /// Everything holds, or the problem with every field named.
    ///
    /// # Errors
    /// [`Problem::bad_fields`].
    pub fn finish(self) -> Result<(), Problem> {
        if self.found.is_empty() { Ok(()) } else { Err(Problem::bad_fields(self.found)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_as_of_a_day_that_has_not_come() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        for (day, known) in
            [(None, true), (Some(today), true), (today.pred_opt(), true), (today.succ_opt(), false)]
        {
            let mut fields = Fields::new();
            fields.has_come(day, today, "as_of");
            assert_eq!(fields.finish().is_ok(), known, "{day:?}");
        }
    }

    #[test]
    fn a_day_that_nobody_can_mean_is_refused_and_one_within_a_hundred_years_is_taken() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        let (last, after) = (NaiveDate::from_ymd_opt(2126, 5, 1), NaiveDate::from_ymd_opt(2126, 5, 2));
        for (day, taken) in [(None, true), (last, true), (after, false), (Some(NaiveDate::MAX), false)] {
            let mut fields = Fields::new();
            fields.in_reach(day, today, "deadline");
            assert_eq!(fields.finish().is_ok(), taken, "{day:?}");
        }
    }
}
