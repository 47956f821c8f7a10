//! Schedules that others have published, reproduced to the fen; and what holds for every schedule.
//!
//! "Fineract" is Apache Fineract: its end-to-end features on the calculation of equal instalments (C3152,
//! C3155 and others) and the tests of its calculator.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::Rounding;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn terms(principal: &str, rate: &str, drawn: &str, instalments: u32, day_count: DayCount) -> ScheduleTerms {
    let (principal, rate) = (principal.parse().unwrap(), rate.parse().unwrap());
    ScheduleTerms::monthly(principal, rate, date(drawn), instalments, Repayment::EqualInstalment, day_count)
}

fn fen(amounts: &str) -> Vec<Money> {
    amounts.split(' ').map(|amount| amount.parse().unwrap()).collect()
}

fn totals(schedule: &Schedule) -> Vec<Money> {
    schedule.instalments.iter().map(|instalment| instalment.total).collect()
}

fn interest(schedule: &Schedule) -> Vec<Money> {
    schedule.instalments.iter().map(|instalment| instalment.interest).collect()
}

#[test]
fn c3152_follows_isda_where_the_term_runs_into_a_leap_year() {
    let schedule = terms("10000", "0.12", "2023-12-12", 6, DayCount::ActualActual).schedule().unwrap();
    assert_eq!(totals(&schedule), fen("1725.56 1725.56 1725.56 1725.56 1725.56 1725.60"));
    assert_eq!(interest(&schedule), fen("101.82 85.14 64.05 51.58 33.45 17.36"));
    assert_eq!(schedule.totals.interest.to_string(), "353.40");
}

#[test]
fn c3155_pays_a_twelfth_of_the_rate_every_month() {
    let schedule = terms("100", "0.094822", "2024-01-01", 6, DayCount::Thirty360).schedule().unwrap();
    assert_eq!(totals(&schedule), fen("17.13 17.13 17.13 17.13 17.13 17.13"));
    assert_eq!(interest(&schedule), fen("0.79 0.66 0.53 0.40 0.27 0.13"));
    assert_eq!(schedule.totals.interest.to_string(), "2.78");
}

#[test]
fn a_second_draw_in_c3155_spreads_the_new_balance_over_the_instalments_left() {
    let first = terms("100", "0.094822", "2024-01-01", 6, DayCount::Thirty360).schedule().unwrap();
    let balance = first.instalments[1].balance.checked_add("100".parse().unwrap()).unwrap();
    let rest =
        ScheduleTerms { principal: balance, ..terms("1", "0.094822", "2024-03-01", 4, DayCount::Thirty360) };
    let rest = rest.schedule().unwrap();
    assert_eq!(totals(&rest), fen("42.63 42.63 42.63 42.61"));
    assert_eq!(interest(&rest), fen("1.32 0.99 0.67 0.33"));
}

#[test]
fn a_draw_within_a_period_bears_interest_for_its_days_of_it() {
    let loan = terms("100", "0.094822", "2024-01-01", 6, DayCount::Thirty360);
    let (start, drawn, due) = (date("2024-02-01"), date("2024-02-15"), date("2024-03-01"));
    let within = |balance: &str, from, to| {
        let exact = loan.interest_within(2, balance.parse().unwrap(), from, to).unwrap();
        Money::round_yuan(exact, Rounding::HalfUp).unwrap().to_string()
    };
    assert_eq!(within("83.66", start, drawn), "0.32");
    assert_eq!(within("183.66", drawn, due), "0.75");
    assert_eq!(
        loan.interest_within(2, Money::ZERO, start, date("2024-03-02")),
        Err(ScheduleError::OutsidePeriod(2))
    );
    assert_eq!(loan.interest_within(7, Money::ZERO, due, due), Err(ScheduleError::OutsidePeriod(7)));
}

#[test]
fn a_loan_paid_off_within_a_month_owes_interest_for_its_days() {
    let loan = terms("100", "0.07", "2024-01-01", 6, DayCount::Thirty360);
    let first = &loan.schedule().unwrap().instalments[0];
    assert_eq!(first.total.to_string(), "17.01");
    let exact = loan.interest_within(2, first.balance, date("2024-02-01"), date("2024-02-15")).unwrap();
    let owed = Money::round_yuan(exact, Rounding::HalfUp).unwrap();
    assert_eq!(owed.to_string(), "0.24");
    assert_eq!(owed.checked_add(first.balance).unwrap().to_string(), "83.81");
}

#[test]
fn the_bullet_of_thirty_per_cent_pays_interest_every_month_and_principal_with_the_last() {
    let loan = terms("100", "0.30", "2024-01-01", 8, DayCount::Thirty360);
    let schedule = ScheduleTerms { repayment: Repayment::InterestOnly, ..loan }.schedule().unwrap();
    assert_eq!(totals(&schedule), fen("2.50 2.50 2.50 2.50 2.50 2.50 2.50 102.50"));
    assert_eq!(schedule.totals.interest.to_string(), "20.00");
}

#[test]
fn actual_365_gives_each_month_its_own_days() {
    let schedule = terms("100", "0.15678", "2024-01-01", 6, DayCount::Actual365).schedule().unwrap();
    assert_eq!(totals(&schedule), fen("17.43 17.43 17.43 17.43 17.43 17.47"));
    assert_eq!(interest(&schedule), fen("1.33 1.05 0.90 0.66 0.46 0.22"));
}

#[test]
fn a_short_first_period_bears_its_share_of_a_month() {
    let loan = terms("192.22", "0.0999", "2024-01-15", 6, DayCount::Thirty360);
    let loan = ScheduleTerms { first_due: Some(date("2024-02-01")), ..loan };
    let schedule = loan.schedule().unwrap();
    assert_eq!(totals(&schedule), fen("32.85 32.85 32.85 32.85 32.85 32.87"));
    assert_eq!(schedule.instalments[0].due, date("2024-02-01"));
    assert_eq!(schedule.instalments[5].due, date("2024-07-01"));
}

#[test]
fn a_long_first_period_bears_its_whole_months_and_the_rest() {
    let loan = terms("1200", "0.12", "2024-01-15", 1, DayCount::Thirty360);
    let loan = ScheduleTerms { first_due: Some(date("2024-04-01")), ..loan };
    // 15 January → 1 February is 17/31 of a month, then two months: 12.00 × 2.548387…
    assert_eq!(loan.schedule().unwrap().totals.interest.to_string(), "30.58");
}

/// 等额本息 and 等额本金 with rate ÷ 12, as every bank's calculator shows them.
#[test]
fn the_everyday_chinese_loans_come_out_to_the_fen() {
    let loan = terms("1000000", "0.0435", "2024-01-01", 12, DayCount::Thirty360);
    let schedule = loan.schedule().unwrap();
    assert!(totals(&schedule)[..11].iter().all(|total| total.to_string() == "85309.90"));
    assert_eq!(totals(&schedule)[11].to_string(), "85309.89");
    assert_eq!(schedule.totals.interest.to_string(), "23718.79");

    let loan = terms("1000000", "0.0345", "2024-01-01", 36, DayCount::Thirty360);
    let schedule = ScheduleTerms { repayment: Repayment::EqualPrincipal, ..loan }.schedule().unwrap();
    assert_eq!(totals(&schedule)[0].to_string(), "30652.78");
    assert_eq!(totals(&schedule)[35].to_string(), "27857.56");
    assert_eq!(schedule.totals.interest.to_string(), "53187.50");
}

#[test]
fn a_bullet_is_one_payment_at_the_end_of_the_term() {
    let loan = terms("5000000", "0.0345", "2024-01-31", 3, DayCount::Actual360);
    let loan = ScheduleTerms { repayment: Repayment::Bullet, ..loan };
    let [only] = loan.schedule().unwrap().instalments.try_into().unwrap();
    assert_eq!((only.number, only.due, only.balance), (1, date("2024-04-30"), Money::ZERO));
    assert_eq!(only.interest.to_string(), "43125.00");
    let yearly = ScheduleTerms { instalments: 12, day_count: DayCount::Thirty360, ..loan };
    assert_eq!(yearly.schedule().unwrap().totals.interest.to_string(), "172500.00");
}

#[test]
fn due_dates_keep_to_the_end_of_the_month() {
    let dues = |loan: ScheduleTerms| -> Vec<String> {
        loan.schedule().unwrap().instalments.iter().map(|instalment| instalment.due.to_string()).collect()
    };
    let loan = terms("100", "0.05", "2024-01-31", 3, DayCount::Thirty360);
    assert_eq!(dues(loan.clone()), ["2024-02-29", "2024-03-31", "2024-04-30"]);
    let told = ScheduleTerms { first_due: Some(date("2024-02-29")), ..loan.clone() };
    assert_eq!(dues(told), ["2024-02-29", "2024-03-31", "2024-04-30"]);
    let half_yearly = ScheduleTerms { period: Period::Quarter, every: 2, ..loan.clone() };
    assert_eq!(dues(half_yearly), ["2024-07-31", "2025-01-31", "2025-07-31"]);
    let fortnights = ScheduleTerms { period: Period::Week, every: 2, ..loan };
    assert_eq!(dues(fortnights), ["2024-02-14", "2024-02-28", "2024-03-13"]);
}

#[test]
fn grace_pays_interest_only_and_then_repays_in_what_is_left() {
    let loan = terms("1200", "0.12", "2025-01-01", 5, DayCount::Thirty360);
    let loan = ScheduleTerms { repayment: Repayment::EqualPrincipal, grace: 2, ..loan };
    assert_eq!(totals(&loan.schedule().unwrap()), fen("12.00 12.00 412.00 408.00 404.00"));
    let equal = ScheduleTerms { repayment: Repayment::EqualInstalment, ..loan }.schedule().unwrap();
    assert_eq!(totals(&equal), fen("12.00 12.00 408.03 408.03 408.02"));
}

#[test]
fn a_loan_without_interest_repays_its_principal() {
    let schedule = terms("100", "0", "2025-01-01", 3, DayCount::Actual365).schedule().unwrap();
    assert_eq!(totals(&schedule), fen("33.33 33.33 33.34"));
}

#[test]
fn interest_beyond_the_equal_instalment_is_paid_and_never_added_to_principal() {
    let loan = terms("1000", "0.24", "2020-01-01", 12, DayCount::Actual365);
    let schedule = ScheduleTerms { first_due: Some(date("2025-01-01")), ..loan }.schedule().unwrap();
    assert_eq!(schedule.instalments[0].principal, Money::ZERO);
    assert_eq!(schedule.instalments[0].balance.to_string(), "1000.00");
}

#[test]
fn terms_out_of_range_are_refused() {
    let good = terms("100", "0.05", "2025-01-01", 12, DayCount::Actual360);
    let refused = |terms: ScheduleTerms| terms.schedule().unwrap_err();
    assert_eq!(refused(ScheduleTerms { principal: Money::ZERO, ..good.clone() }), ScheduleError::NoPrincipal);
    let negative = ScheduleTerms { principal: Money::from_fen(-1), ..good.clone() };
    assert_eq!(refused(negative), ScheduleError::NoPrincipal);
    let paid_to_borrow = ScheduleTerms { annual_rate: Rate::from_basis_points(-1), ..good.clone() };
    assert_eq!(refused(paid_to_borrow), ScheduleError::NegativeRate);
    for instalments in [0, 601] {
        let error = refused(ScheduleTerms { instalments, ..good.clone() });
        assert_eq!(error, ScheduleError::Instalments(instalments));
    }
    assert_eq!(refused(ScheduleTerms { every: 0, ..good.clone() }), ScheduleError::Every);
    for (every, period) in [(u32::MAX, Period::Year), (u32::MAX, Period::Week), (100_000, Period::Month)] {
        let error = refused(ScheduleTerms { every, period, ..good.clone() });
        assert_eq!(error, ScheduleError::BeyondCalendar);
    }
    let no_room = ScheduleTerms { grace: 12, ..good.clone() };
    assert_eq!(refused(no_room), ScheduleError::Grace { grace: 12, instalments: 12 });
    let before = ScheduleTerms { first_due: Some(good.first_drawdown), ..good.clone() };
    assert_eq!(refused(before), ScheduleError::FirstDue);
    for repayment in Repayment::ALL {
        let boundless = Rate::new(Decimal::MAX);
        let huge = ScheduleTerms { principal: Money::MAX, annual_rate: boundless, repayment, ..good.clone() };
        assert_eq!(refused(huge), ScheduleError::Amount(MoneyError::Overflow), "{repayment}");
    }
}

#[test]
fn names_are_the_same_in_json_and_in_text_and_terms_have_defaults() {
    for repayment in Repayment::ALL {
        assert_eq!(serde_json::to_string(&repayment).unwrap(), format!("\"{repayment}\""));
        assert_eq!(repayment.name().parse(), Ok(repayment));
    }
    for period in Period::ALL {
        assert_eq!(serde_json::to_string(&period).unwrap(), format!("\"{period}\""));
        assert_eq!(period.name().parse(), Ok(period));
    }
    let json = r#"{"principal":"100","annual_rate":"0.094822","first_drawdown":"2024-01-01","instalments":6,
        "period":"month","repayment":"equal_instalment","day_count":"30/360"}"#;
    let read: ScheduleTerms = serde_json::from_str(json).unwrap();
    assert_eq!(read, terms("100", "0.094822", "2024-01-01", 6, DayCount::Thirty360));
}

pub(super) fn any_terms() -> impl Strategy<Value = ScheduleTerms> {
    let money = (1_i64..1_000_000_000_000, 0_i64..10_000);
    let method = (prop::sample::select(&Repayment::ALL[..]), prop::sample::select(&DayCount::ALL[..]));
    let period = (prop::sample::select(&Period::ALL[..]), 1_u32..4);
    (
        money,
        method,
        period,
        1_u32..=600,
        0_u64..10_000,
        prop::option::of(1_u64..1_000),
        0_u32..600,
        (any::<bool>(), prop::sample::select(&Roll::ALL[..]), any::<bool>()),
    )
        .prop_map(
            |(
                (fen, points),
                (repayment, day_count),
                (period, every),
                instalments,
                day,
                due,
                grace,
                (level_last, roll, unadjusted),
            )| {
                let first_drawdown = date("2000-01-01") + chrono::Days::new(day);
                ScheduleTerms {
                    principal: Money::from_fen(fen),
                    annual_rate: Rate::from_basis_points(points),
                    first_drawdown,
                    instalments,
                    period,
                    every,
                    repayment,
                    day_count,
                    first_due: due.map(|days| first_drawdown + chrono::Days::new(days)),
                    grace: grace % instalments,
                    level_last,
                    roll,
                    unadjusted,
                }
            },
        )
}

proptest! {
    #[test]
    fn every_schedule_repays_its_principal_exactly_and_asks_for_no_negative_amount(terms in any_terms()) {
        let schedule = terms.schedule().unwrap();
        let mut balance = terms.principal;
        let mut due = terms.first_drawdown;
        for instalment in &schedule.instalments {
            prop_assert!(!instalment.principal.is_negative() && !instalment.interest.is_negative());
            prop_assert_eq!(instalment.principal.checked_add(instalment.interest), Ok(instalment.total));
            balance = balance.checked_sub(instalment.principal).unwrap();
            prop_assert_eq!(balance, instalment.balance);
            prop_assert!(instalment.due > due);
            due = instalment.due;
        }
        prop_assert_eq!(balance, Money::ZERO);
        prop_assert_eq!(schedule.totals.principal, terms.principal);
        let expected = if terms.repayment == Repayment::Bullet { 1 } else { terms.instalments };
        prop_assert_eq!(u32::try_from(schedule.instalments.len()), Ok(expected));
    }

    #[test]
    fn interest_within_a_period_agrees_with_the_schedule_at_its_due_date(terms in any_terms(), at in 0_u32..600) {
        prop_assume!(terms.repayment != Repayment::Bullet);
        let schedule = terms.schedule().unwrap();
        let index = usize::try_from(at % terms.instalments).unwrap();
        let (start, balance) = match index.checked_sub(1).map(|before| &schedule.instalments[before]) {
            Some(before) => (before.due, before.balance),
            None => (terms.first_drawdown, terms.principal),
        };
        let instalment = &schedule.instalments[index];
        let exact = terms.interest_within(instalment.number, balance, start, instalment.due).unwrap();
        let off = (exact - instalment.interest.yuan()).abs();
        prop_assert!(off <= Decimal::new(500_000_001, 11), "{}", off);
    }
}
