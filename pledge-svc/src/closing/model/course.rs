//! How the interest of a quiet loan runs, in whole numbers: a database then tells its days as exactly as the rule does.

use chrono::NaiveDate;
use finance::DayCount;

use super::Quiet;

/// The interest of a loan for as long as nothing happens on it. On a morning `step × days / per` fen have run since `from`,
/// rounded half up: `(2 × step × days + per) / (2 × per)` in whole numbers, none of which passes 64 bits before `until` is
/// over.
///
/// That is [`Quiet::receivable`] to the fen. The rule divides last and keeps 28 digits. What it divides has at most 19, so
/// that its quotient is either exact or further from half a fen than its last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// From when interest runs.
    pub from: NaiveDate,
    /// The last morning on which nothing has fallen due.
    pub until: NaiveDate,
    /// What a day brings, in parts of a fen.
    pub step: i64,
    /// How many of these parts are a fen.
    pub per: i64,
}

impl Course {
    /// The course of a loan that is not late. `None` where a day does not bring the same as every other (by the calendar's
    /// years, or by the plan), where interest is carried that is no whole part of a fen, or where the numbers would be too
    /// long: the rule is asked about such a loan every day.
    #[must_use]
    pub fn of(quiet: &Quiet, next_due_on: NaiveDate) -> Option<Self> {
        let days_of_year: i128 = match quiet.day_count {
            DayCount::Actual360 => 360,
            DayCount::Actual365 => 365,
            DayCount::ActualActual | DayCount::Thirty360 => return None,
        };
        let rate = quiet.annual_rate.fraction().normalize();
        if !quiet.carried.is_zero() || rate.is_sign_negative() || quiet.outstanding.is_negative() {
            return None;
        }
        let step = i128::from(quiet.outstanding.fen()).checked_mul(rate.mantissa())?;
        let per = 10_i128.checked_pow(rate.scale())?.checked_mul(days_of_year)?;
        let until = next_due_on.pred_opt()?;
        let days = i128::from((until - quiet.interest_from).num_days().max(0));
        let longest = step.checked_mul(2 * days.max(1))?.checked_add(per)?.max(2 * per);
        i64::try_from(longest).ok()?;
        Some(Self {
            from: quiet.interest_from,
            until,
            step: i64::try_from(step).ok()?,
            per: i64::try_from(per).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use finance::{Money, Rate};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn quiet(fen: i64, rate: Rate, day_count: DayCount) -> Quiet {
        Quiet {
            outstanding: Money::from_fen(fen),
            annual_rate: rate,
            day_count,
            interest_from: "2026-01-31".parse().unwrap(),
            carried: Decimal::ZERO,
        }
    }

    /// As the statement works it out: every step of it within 64 bits.
    fn told(course: &Course, morning: NaiveDate) -> i64 {
        let days = (morning - course.from).num_days().max(0);
        let parts = 2_i64.checked_mul(course.step).unwrap().checked_mul(days).unwrap();
        parts.checked_add(course.per).unwrap() / 2_i64.checked_mul(course.per).unwrap()
    }

    proptest! {
        #[test]
        fn a_course_tells_every_morning_what_the_rule_tells(
            number in 0_i64..i64::MAX, digits in 1_u32..=16, rate in 0_i64..=2_000_000, scale in 4_u32..=8,
            by_360: bool, term in 1_i64..=1_200,
        ) {
            let fen = number % 10_i64.pow(digits);
            let rate = Rate::new(Decimal::new(rate, scale));
            let quiet = quiet(fen, rate, if by_360 { DayCount::Actual360 } else { DayCount::Actual365 });
            let due = quiet.interest_from + TimeDelta::days(term);
            if let Some(course) = Course::of(&quiet, due) {
                prop_assert_eq!(course.until.succ_opt(), Some(due));
                for days in -1..term {
                    let morning = quiet.interest_from + TimeDelta::days(days);
                    prop_assert_eq!(told(&course, morning), quiet.receivable(morning).unwrap().fen());
                }
            } else {
                prop_assert!(fen > 100_000_000, "a loan of a million has a course");
            }
        }
    }

    #[test]
    fn half_a_fen_is_rounded_up() {
        // 1.00 at 1.8 % over 360 days is half of a hundredth of a fen a day: half a fen after a hundred days.
        let quiet = quiet(100, "0.018".parse().unwrap(), DayCount::Actual360);
        let course = Course::of(&quiet, quiet.interest_from + TimeDelta::days(200)).unwrap();
        let after = |days| told(&course, quiet.interest_from + TimeDelta::days(days));
        assert_eq!((course.step, course.per), (1_800, 360_000));
        assert_eq!((after(99), after(100), after(101)), (0, 1, 1));
        assert_eq!(quiet.receivable(quiet.interest_from + TimeDelta::days(100)).unwrap().fen(), 1);
    }

    #[test]
    fn a_loan_of_a_usual_size_and_rate_has_a_course_and_one_whose_days_differ_has_none() {
        let due = "2027-01-31".parse().unwrap();
        let usual: Rate = "0.0345".parse().unwrap();
        let course = |quiet: &Quiet| Course::of(quiet, due);
        assert!(
            course(&quiet(10_000_000_000_000, usual, DayCount::Actual360)).is_some(),
            "a hundred billion"
        );
        assert!(course(&quiet(10_000_000, usual, DayCount::ActualActual)).is_none());
        assert!(course(&quiet(10_000_000, usual, DayCount::Thirty360)).is_none());
        let carrying = Quiet { carried: Decimal::new(1, 3), ..quiet(10_000_000, usual, DayCount::Actual365) };
        assert!(course(&carrying).is_none());
    }
}
