//! Due dates on holidays: what each rule does to a schedule, and what holds under every rule.

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::{published::any_terms, *};
use crate::{Arrangement, DayRange};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// 1,200,000 at 3.6 %, from 31 July 2026, repaid in equal principal: due on 31 August (a Monday), 30 September,
/// 31 October (a Saturday) and 30 November.
fn terms(roll: Roll, day_count: DayCount) -> ScheduleTerms {
    let (principal, rate) = ("1200000".parse().unwrap(), "0.036".parse().unwrap());
    let loan =
        ScheduleTerms::monthly(principal, rate, date("2026-07-31"), 4, Repayment::EqualPrincipal, day_count);
    ScheduleTerms { roll, ..loan }
}

fn dues(terms: &ScheduleTerms) -> Vec<String> {
    terms.schedule().unwrap().instalments.iter().map(|one| one.due.to_string()).collect()
}

fn interest(terms: &ScheduleTerms) -> Vec<String> {
    terms.schedule().unwrap().instalments.iter().map(|one| one.interest.to_string()).collect()
}

#[test]
fn a_due_date_on_a_saturday_moves_and_those_after_it_keep_their_day() {
    let dues = |roll| dues(&terms(roll, DayCount::Actual360));
    assert_eq!(dues(Roll::None), ["2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30"]);
    assert_eq!(dues(Roll::Following), ["2026-08-31", "2026-09-30", "2026-11-02", "2026-11-30"]);
    for roll in [Roll::ModifiedFollowing, Roll::Preceding] {
        assert_eq!(dues(roll), ["2026-08-31", "2026-09-30", "2026-10-30", "2026-11-30"], "{roll}");
    }
}

/// Interest of 120.00 a day on the whole, 90.00, 60.00 and 30.00 as it is repaid.
#[test]
fn interest_runs_to_the_day_moved_to_or_as_was_agreed() {
    let adjusted = terms(Roll::Following, DayCount::Actual360);
    assert_eq!(interest(&adjusted), ["3720.00", "2700.00", "1980.00", "840.00"]);
    let unadjusted = ScheduleTerms { unadjusted: true, ..adjusted };
    assert_eq!(interest(&unadjusted), ["3720.00", "2700.00", "1860.00", "900.00"]);
    assert_eq!(dues(&unadjusted)[2], "2026-11-02");
    let earlier = terms(Roll::Preceding, DayCount::Actual360);
    assert_eq!(interest(&earlier), ["3720.00", "2700.00", "1800.00", "930.00"]);
}

/// A month is a twelfth while neither of its ends is moved; one that was moved has its days of thirty.
#[test]
fn under_30_360_only_a_month_that_was_moved_is_counted_by_its_days() {
    let adjusted = terms(Roll::Following, DayCount::Thirty360);
    assert_eq!(interest(&adjusted), ["3600.00", "2700.00", "1920.00", "840.00"]);
    let unadjusted = ScheduleTerms { unadjusted: true, ..adjusted };
    assert_eq!(interest(&unadjusted), ["3600.00", "2700.00", "1800.00", "900.00"]);
}

#[test]
fn of_a_loan_repaid_at_once_only_the_day_of_repayment_moves() {
    let loan = terms(Roll::Following, DayCount::Actual360);
    let loan = ScheduleTerms { repayment: Repayment::Bullet, instalments: 3, ..loan };
    assert_eq!(dues(&loan), ["2026-11-02"]);
    assert_eq!(interest(&loan), ["11280.00"], "94 days");
}

#[test]
fn the_holidays_of_another_calendar_move_what_the_shipped_one_leaves() {
    let loan = terms(Roll::Following, DayCount::Actual360);
    let mourning = DayRange { from: date("2026-09-30"), to: date("2026-10-07"), name: "国庆节".into() };
    let arranged =
        Arrangement { year: 2026, source: "通知".into(), holidays: vec![mourning], working: vec![] };
    let schedule = loan.schedule_by(&WorkingDays::china().with([&arranged])).unwrap();
    assert_eq!(schedule.instalments[1].due, date("2026-10-08"));
}

#[test]
fn terms_that_say_nothing_of_holidays_move_nothing() {
    let json = r#"{"principal":"100","annual_rate":"0.05","first_drawdown":"2026-07-31","instalments":3,
        "period":"month","repayment":"equal_instalment","day_count":"30/360"}"#;
    let read: ScheduleTerms = serde_json::from_str(json).unwrap();
    assert_eq!((read.roll, read.unadjusted), (Roll::None, false));
    let told = json.replace(r#""period""#, r#""roll":"modified_following","unadjusted":true,"period""#);
    let told: ScheduleTerms = serde_json::from_str(&told).unwrap();
    assert_eq!((told.roll, told.unadjusted), (Roll::ModifiedFollowing, true));
}

proptest! {
    /// That principal sums exactly and due dates keep their order is held, under every rule, by the properties in
    /// `published`; whether or not interest is adjusted, the days are the same.
    #[test]
    fn under_a_rule_no_payment_is_due_on_a_holiday_whatever_becomes_of_interest(terms in any_terms()) {
        let schedule = terms.schedule().unwrap();
        let plain = ScheduleTerms { roll: Roll::None, ..terms.clone() }.schedule().unwrap();
        let other = ScheduleTerms { unadjusted: !terms.unadjusted, ..terms.clone() }.schedule().unwrap();
        let calendar = WorkingDays::china();
        prop_assert_eq!(schedule.instalments.len(), plain.instalments.len());
        let mut before = terms.first_drawdown;
        for ((one, agreed), other) in schedule.instalments.iter().zip(&plain.instalments).zip(&other.instalments) {
            prop_assert_eq!(one.due, other.due);
            prop_assert!(terms.roll == Roll::None || calendar.is_working_day(one.due), "{}", one.due);
            // The rule alone tells the day, but for dates that would fall together.
            if let Some(day) = terms.roll.of(agreed.due, calendar).filter(|day| *day > before) {
                prop_assert_eq!(one.due, day);
                let stays = (day.year(), day.month()) == (agreed.due.year(), agreed.due.month());
                prop_assert!(terms.roll != Roll::ModifiedFollowing || stays, "{} left its month", day);
            }
            before = one.due;
        }
    }

    #[test]
    fn unadjusted_interest_on_a_balance_that_stays_is_that_of_the_dates_agreed(terms in any_terms()) {
        let terms = ScheduleTerms { repayment: Repayment::InterestOnly, unadjusted: true, ..terms };
        let plain = ScheduleTerms { roll: Roll::None, ..terms.clone() }.schedule().unwrap();
        let schedule = terms.schedule().unwrap();
        for (one, agreed) in schedule.instalments.iter().zip(&plain.instalments) {
            prop_assert_eq!(one.interest, agreed.interest);
        }
    }
}
