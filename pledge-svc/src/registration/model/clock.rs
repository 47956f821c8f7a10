//! How long the register may take: five working days from acceptance, two for papers filed online (CNIPA
//! Announcement 461 of 2021). A correction starts the clock again. Holidays are data (`finance::WorkingDays`).

use chrono::NaiveDate;
use finance::WorkingDays;

/// Working days for papers filed online.
pub const ONLINE_DAYS: u32 = 2;
/// Working days for other papers.
pub const PAPER_DAYS: u32 = 5;

/// The last day for the register's answer to what it accepted on a day. Beyond the end of the calendar, the day
/// itself.
#[must_use]
pub fn due(accepted_on: NaiveDate, online: bool, calendar: &WorkingDays) -> NaiveDate {
    let days = if online { ONLINE_DAYS } else { PAPER_DAYS };
    calendar.add_working_days(accepted_on, days).unwrap_or(accepted_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_register_has_two_working_days_online_and_five_on_paper() {
        // A Tuesday, and the Friday before the Spring Festival of 2026 (15 to 23 February; the 14th is worked).
        let due = |on: &str, online| due(day(on), online, WorkingDays::china());
        assert_eq!(due("2026-11-24", true), day("2026-11-26"));
        assert_eq!(due("2026-11-24", false), day("2026-12-01"));
        assert_eq!(due("2026-02-13", true), day("2026-02-24"));
    }
}
