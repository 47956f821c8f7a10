//! A fixed settlement day (结息日): the 20th or 21st of the month, or of the last month of the quarter, half-year or year,
//! as working-capital contracts of Chinese banks have it. The first period is then shorter than the others; the last ends
//! where the loan does.

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use finance::{OpenPeriod, Position, Repayment, ReplanError, Roll, Schedule, ScheduleError, ScheduleTerms};
use rust_decimal::Decimal;

use super::{LoanTerms, maturity};

/// How far a due date may have been moved: longer than any run of holidays.
const MOVED_DAYS_MAX: i64 = 15;

/// The settlement days after a day, without end: on day `due_day` of each month, or of each third, sixth or twelfth.
/// `due_day` is 1 to 28, so that every month has it.
pub(super) fn settlement_days_after(
    day: NaiveDate,
    due_day: u32,
    every_months: u32,
) -> impl Iterator<Item = NaiveDate> {
    let every = every_months.max(1);
    let first = day.with_day(1).unwrap_or(day);
    (0_u32..)
        .map_while(move |month| first.checked_add_months(Months::new(month)))
        .filter(move |month| month.month().is_multiple_of(every))
        .filter_map(move |month| month.with_day(due_day))
        .filter(move |settled| *settled > day)
}

/// The due dates of a loan with a settlement day, as agreed: each settlement day within its term, and its end.
fn dues(terms: &LoanTerms, due_day: u32) -> Vec<NaiveDate> {
    let end = maturity(terms.drawn_on, terms.tenor_months);
    if terms.repayment == Repayment::Bullet {
        return vec![end];
    }
    let settled = settlement_days_after(terms.drawn_on, due_day, terms.every_months);
    settled.take_while(|day| *day < end).chain([end]).collect()
}

/// The schedule of a loan with a settlement day.
pub(super) fn schedule(terms: &LoanTerms, due_day: u32) -> Result<Schedule, ScheduleError> {
    let agreed = dues(terms, due_day);
    let count = u32::try_from(agreed.len()).unwrap_or(u32::MAX);
    if count > ScheduleTerms::MAX_INSTALMENTS {
        return Err(ScheduleError::Instalments(count));
    }
    plan(terms, &agreed).map_err(|error| match error {
        ReplanError::Schedule(error) => error,
        // Settlement days rise; a principal, a rate or a period out of range is all that is left.
        _ => ScheduleError::BeyondCalendar,
    })
}

fn plan(terms: &LoanTerms, agreed: &[NaiveDate]) -> Result<Schedule, ReplanError> {
    let moved = terms.rolled(terms.drawn_on, agreed)?;
    let position = Position {
        balance: terms.principal,
        annual_rate: terms.annual_rate,
        day_count: terms.day_count,
        repayment: terms.repayment,
        level_last: terms.level_last,
        grace: terms.grace,
        from: terms.drawn_on,
        accrued: Decimal::ZERO,
        periods: OpenPeriod::between(terms.day_count, terms.every_months, terms.drawn_on, &moved)?,
        next_number: 1,
    };
    position.respread()
}

/// The due dates that follow the due date `last` of the plan over `count` intervals: each settlement day, and the day on
/// which the last interval ends.
pub(super) fn agreed_after(
    terms: &LoanTerms,
    due_day: u32,
    last: NaiveDate,
    count: u32,
) -> Result<Vec<NaiveDate>, ReplanError> {
    let from = moved_from(terms, due_day, last);
    let months = terms.every_months.max(1).checked_mul(count).ok_or(ScheduleError::BeyondCalendar)?;
    let end = from.checked_add_months(Months::new(months)).ok_or(ScheduleError::BeyondCalendar)?;
    let settled = settlement_days_after(from, due_day, terms.every_months);
    Ok(settled.take_while(|day| *day < end).chain([end]).collect())
}

/// The settlement day, or the end of the term agreed at the draw, that a due date of the plan was moved from; itself where
/// it was not moved.
fn moved_from(terms: &LoanTerms, due_day: u32, due: NaiveDate) -> NaiveDate {
    if terms.roll == Roll::None {
        return due;
    }
    let end = maturity(terms.drawn_on, terms.tenor_months);
    if terms.roll.of(end, terms.calendar) == Some(due) {
        return end;
    }
    let before = due.checked_sub_signed(TimeDelta::days(MOVED_DAYS_MAX)).unwrap_or(due);
    let until = due.checked_add_signed(TimeDelta::days(MOVED_DAYS_MAX)).unwrap_or(due);
    settlement_days_after(before, due_day, terms.every_months)
        .take_while(|day| *day <= until)
        .find(|day| terms.roll.of(*day, terms.calendar) == Some(due))
        .unwrap_or(due)
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Money, Rate};
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(repayment: Repayment, (every, tenor): (u32, u32), drawn_on: &str) -> LoanTerms {
        LoanTerms {
            every_months: every,
            due_day: Some(20),
            ..LoanTerms::monthly(
                Money::from_yuan(1_200_000).unwrap(),
                Rate::from_basis_points(360),
                DayCount::Actual360,
                repayment,
                tenor,
                day(drawn_on),
            )
        }
    }

    fn dues_of(terms: &LoanTerms) -> Vec<String> {
        terms.schedule().unwrap().instalments.iter().map(|one| one.due.to_string()).collect()
    }

    #[test]
    fn interest_is_settled_on_the_20th_of_the_last_month_of_the_quarter_and_at_the_end() {
        let loan = terms(Repayment::InterestOnly, (3, 12), "2026-11-28");
        assert_eq!(dues_of(&loan), ["2026-12-20", "2027-03-20", "2027-06-20", "2027-09-20", "2027-11-28"]);
        assert_eq!(loan.first_due().unwrap(), Some(day("2026-12-20")), "the first period is short");
        let plan = loan.schedule().unwrap();
        // 1,200,000 at 3.6 % bear 120.00 a day by actual/360: 22 days, then 90, 92, 92 and 69.
        let interest: Vec<String> = plan.instalments.iter().map(|one| one.interest.to_string()).collect();
        assert_eq!(interest, ["2640.00", "10800.00", "11040.00", "11040.00", "8280.00"]);
        assert_eq!(plan.instalments[4].principal.to_string(), "1200000.00");
    }

    #[test]
    fn a_loan_drawn_on_its_settlement_day_is_settled_a_month_later_and_has_no_short_period() {
        let loan = terms(Repayment::EqualPrincipal, (1, 3), "2026-11-20");
        assert_eq!(dues_of(&loan), ["2026-12-20", "2027-01-20", "2027-02-20"]);
        let other = LoanTerms { due_day: None, ..loan };
        assert_eq!(loan.schedule().unwrap(), other.schedule().unwrap());
    }

    #[test]
    fn half_yearly_and_yearly_loans_settle_in_june_and_december() {
        let half = terms(Repayment::InterestOnly, (6, 12), "2026-11-28");
        assert_eq!(dues_of(&half), ["2026-12-20", "2027-06-20", "2027-11-28"]);
        let year = terms(Repayment::InterestOnly, (12, 24), "2026-11-28");
        assert_eq!(dues_of(&year), ["2026-12-20", "2027-12-20", "2028-11-28"]);
        let bullet = terms(Repayment::Bullet, (1, 6), "2026-11-28");
        assert_eq!(dues_of(&bullet), ["2027-05-28"]);
    }

    #[test]
    fn the_published_loan_with_a_short_first_period_is_planned_by_its_settlement_day() {
        // Apache Fineract: 192.22 at 9.99 % by 30/360, drawn on 15 January, first due on 1 February 2024.
        let loan = LoanTerms {
            due_day: Some(1),
            ..LoanTerms::monthly(
                "192.22".parse().unwrap(),
                "0.0999".parse().unwrap(),
                DayCount::Thirty360,
                Repayment::EqualInstalment,
                6,
                day("2024-01-15"),
            )
        };
        let plan = loan.schedule().unwrap();
        assert_eq!(plan.instalments.len(), 7, "six settlement days, and the rest of the term");
        assert_eq!(plan.instalments[0].due, day("2024-02-01"));
        assert_eq!(plan.instalments[6].due, day("2024-07-15"));
        assert_eq!(plan.totals.principal, loan.principal);
    }

    #[test]
    fn the_last_instalment_is_levelled_where_the_product_says_so() {
        // Apache Fineract, C3155: 100 at 9.4822 % by 30/360, six months: 17.13 five times and a last one of 17.13.
        let loan = LoanTerms::monthly(
            Money::from_yuan(100).unwrap(),
            "0.094822".parse().unwrap(),
            DayCount::Thirty360,
            Repayment::EqualInstalment,
            6,
            day("2024-01-01"),
        );
        let totals = |loan: LoanTerms| -> Vec<String> {
            loan.schedule().unwrap().instalments.iter().map(|one| one.total.to_string()).collect()
        };
        assert_eq!(totals(LoanTerms { level_last: true, ..loan }), ["17.13"; 6]);
        // 100 at 15.678 % by actual/365: a fen more each would miss the last by as much, so nothing is shifted.
        let far = LoanTerms {
            annual_rate: "0.15678".parse().unwrap(),
            day_count: DayCount::Actual365,
            level_last: true,
            ..loan
        };
        assert_eq!(totals(far), ["17.43", "17.43", "17.43", "17.43", "17.43", "17.47"]);
        // 1,000 at 3.6 % by 30/360 in three months: the last would be two fen less, and is one fen more.
        let near = LoanTerms {
            principal: Money::from_yuan(1_000).unwrap(),
            annual_rate: "0.036".parse().unwrap(),
            tenor_months: 3,
            ..loan
        };
        assert_eq!(totals(near), ["335.34", "335.34", "335.32"]);
        assert_eq!(totals(LoanTerms { level_last: true, ..near }), ["335.33", "335.33", "335.34"]);
    }

    #[test]
    fn a_moved_settlement_day_does_not_move_those_after_it() {
        // 20 December 2026 is a Sunday; so are 20 June 2027 and 28 November 2027.
        let loan =
            LoanTerms { roll: Roll::Following, ..terms(Repayment::InterestOnly, (3, 12), "2026-11-28") };
        let dues = dues_of(&loan);
        assert_eq!(
            (dues[0].as_str(), dues[2].as_str(), dues[4].as_str()),
            ("2026-12-21", "2027-06-21", "2027-11-29")
        );
        let later = loan.agreed_after(day("2026-12-21"), 1).unwrap();
        assert_eq!(later, [day("2027-03-20")]);
        let extended = loan.agreed_after(day("2027-11-29"), 1).unwrap();
        assert_eq!(extended, [day("2027-12-20"), day("2028-02-28")]);
    }

    proptest! {
        #[test]
        fn principal_sums_exactly_and_due_dates_rise_to_the_end_of_the_term(
            repayment in proptest::sample::select(Repayment::ALL.to_vec()),
            (every, times) in (proptest::sample::select(vec![1_u32, 3, 6, 12]), 1_u32..10),
            (due_day, drawn) in (1_u32..=28, 0_i64..1_000),
            (fen, points, level_last) in (100_i64..10_000_000_000, 0_i64..2_400, proptest::bool::ANY),
        ) {
            let drawn_on = day("2025-01-31") + TimeDelta::days(drawn);
            let loan = LoanTerms {
                every_months: every,
                due_day: Some(due_day),
                level_last,
                ..LoanTerms::monthly(
                    Money::from_fen(fen), Rate::from_basis_points(points), DayCount::Actual360, repayment,
                    every * times, drawn_on,
                )
            };
            let plan = loan.schedule().unwrap();
            let end = maturity(drawn_on, every * times);
            prop_assert_eq!(plan.totals.principal, loan.principal);
            prop_assert_eq!(plan.instalments.last().map(|one| one.due), Some(end));
            prop_assert!(plan.instalments.windows(2).all(|two| two[0].due < two[1].due));
            prop_assert!(plan.instalments.iter().all(|one| !one.total.is_negative() && !one.principal.is_negative()));
            let mut within = plan.instalments.iter().map(|one| one.due).filter(|due| *due != end);
            let settled = within.all(|due| due.day() == due_day && due.month().is_multiple_of(every));
            prop_assert!(settled);
        }
    }
}
