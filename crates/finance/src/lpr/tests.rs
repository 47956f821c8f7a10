//! Which fixing is in force, what a loan is priced at by it, and when it is priced anew.

use proptest::prelude::*;

use super::*;
use crate::{Arrangement, DayRange};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_shipped_fixings_read_and_miss_no_month() {
    let read = Fixings::parse(include_str!("../../data/lpr.csv")).unwrap();
    assert_eq!(&read, Fixings::china());
    assert_eq!(read.all()[0].date, date("2019-08-20"));
    for pair in read.all().windows(2) {
        let months = |date: NaiveDate| date.year() * 12 + i32::try_from(date.month()).unwrap();
        assert_eq!(months(pair[1].date), months(pair[0].date) + 1, "{}", pair[1].date);
    }
    for fixing in read.all() {
        assert!((20..=24).contains(&fixing.date.day()), "{}", fixing.date);
        assert!(fixing.one_year <= fixing.five_year, "{}", fixing.date);
    }
}

#[test]
fn a_loan_is_priced_at_the_rate_in_force_and_its_spread() {
    let rate = |tenor, spread, on: &str| {
        let term = LprTerm::for_tenor(tenor);
        Fixings::china().contract_rate(term, spread, date(on)).map(|rate| rate.annual_rate.to_string())
    };
    assert_eq!(rate(12, 0, "2024-10-20"), Ok("0.0335".into()));
    assert_eq!(rate(12, 0, "2024-10-21"), Ok("0.031".into()));
    assert_eq!(rate(12, 150, "2025-05-20"), Ok("0.045".into()));
    assert_eq!(rate(60, -20, "2025-05-20"), Ok("0.033".into()));
    let reference = "0.03".parse().unwrap();
    assert_eq!(rate(12, -301, "2025-05-20"), Err(LprError::BelowZero { basis_points: -301, reference }));
    assert_eq!(rate(12, 0, "2019-08-19"), Err(LprError::Missing(date("2019-08-19"))));
}

#[test]
fn the_last_known_fixing_is_not_taken_for_one_of_a_later_month() {
    let known = Fixings::parse("2025-05-20,0.03,0.035,x").unwrap();
    assert!(known.current(date("2025-06-19")).is_some());
    assert!(known.current(date("2025-06-20")).is_none());
    assert_eq!(known.last_before(date("2026-07-01")).unwrap().date, date("2025-05-20"));
    let june = Fixing { date: date("2025-06-20"), ..known.all()[0].clone() };
    let more = known.with([june.clone()]).unwrap();
    // 20 July 2025 is a Sunday.
    assert!(more.current(date("2025-07-20")).is_some());
    assert!(more.current(date("2025-07-21")).is_none());
    let twice = LprError::Order { date: june.date, before: june.date };
    assert_eq!(more.with([june]), Err(twice));
}

#[test]
fn a_line_that_is_no_fixing_is_named() {
    for line in ["2025-05-20,3.0,3.5,x", "2025-05-20,0.03,0.035", "20 May,0.03,0.035,x"] {
        let error = Fixings::parse(&format!("# head\n{line}")).unwrap_err();
        assert_eq!(error, LprError::Line { line: 2, text: line.into() });
    }
}

#[test]
fn a_rate_is_reset_on_anniversaries_in_january_or_never() {
    let next =
        |rule: RateReset, drawn, day| rule.next_after(date(drawn), date(day)).map(|date| date.to_string());
    let anniversary = RateReset::Anniversary;
    assert_eq!(next(anniversary, "2024-02-29", "2024-02-29"), Some("2025-02-28".into()));
    assert_eq!(next(anniversary, "2024-02-29", "2025-02-28"), Some("2026-02-28".into()));
    assert_eq!(next(anniversary, "2024-02-29", "2027-03-01"), Some("2028-02-29".into()));
    assert_eq!(next(anniversary, "2024-06-15", "2025-06-14"), Some("2025-06-15".into()));
    assert_eq!(next(RateReset::Monthly, "2024-01-31", "2024-01-31"), Some("2024-02-29".into()));
    assert_eq!(next(RateReset::Monthly, "2024-01-31", "2024-02-29"), Some("2024-03-31".into()));
    assert_eq!(next(RateReset::Quarterly, "2024-06-15", "2024-12-14"), Some("2024-12-15".into()));
    assert_eq!(next(RateReset::HalfYearly, "2024-06-15", "2024-12-15"), Some("2025-06-15".into()));
    assert_eq!(next(RateReset::January, "2024-06-15", "2025-01-01"), Some("2026-01-01".into()));
    assert_eq!(next(RateReset::Fixed, "2024-06-15", "2025-01-01"), None);
    for rule in RateReset::ALL {
        assert_eq!(rule.name().parse(), Ok(rule));
    }
}

#[test]
fn in_a_year_whose_holidays_were_recorded_the_fixing_is_waited_for_until_its_day_and_no_longer() {
    let known = Fixings::parse("2031-01-20,0.03,0.035,x").unwrap();
    // Nothing is known of 2031: ten days are allowed for holidays.
    assert!(known.current(date("2031-02-28")).is_some());
    let off = DayRange { from: date("2031-02-18"), to: date("2031-02-24"), name: "节日".into() };
    let year = Arrangement { year: 2031, source: "通知".into(), holidays: vec![off], working: vec![] };
    let calendar: &'static WorkingDays = Box::leak(Box::new(WorkingDays::china().with([&year])));
    let recorded = known.announced_by(calendar);
    assert!(recorded.current(date("2031-02-24")).is_some());
    assert!(
        recorded.current(date("2031-02-25")).is_none(),
        "it was announced on the first working day after them"
    );
}

proptest! {
    #[test]
    fn the_next_reset_is_the_first_of_its_kind_after_the_day(drawn in 0_u64..9_000, days in 0_u64..9_000) {
        let drawn = date("2000-01-01") + Days::new(drawn);
        let day = drawn + Days::new(days);
        for (rule, step) in RateReset::ALL.into_iter().zip([1, 3, 6, 12]) {
            let first = (1..)
                .map(|times| drawn.checked_add_months(Months::new(step * times)).unwrap())
                .find(|date| *date > day)
                .unwrap();
            prop_assert_eq!(rule.next_after(drawn, day), Some(first));
        }
        let january = RateReset::January.next_after(drawn, day).unwrap();
        prop_assert!(january > day && january.ordinal() == 1 && january.year() == day.year() + 1);
    }
}
