//! Plans made anew that others have published (Apache Fineract's tests of its calculator), and everyday cases.

use chrono::NaiveDate;

use super::*;
use crate::Schedule;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn terms(principal: &str, rate: &str, drawn: &str, instalments: u32, day_count: DayCount) -> ScheduleTerms {
    let (principal, rate) = (money(principal), rate.parse().unwrap());
    ScheduleTerms::monthly(principal, rate, date(drawn), instalments, Repayment::EqualInstalment, day_count)
}

/// C3155 after so many instalments.
fn c3155(paid: u32) -> Position {
    Position::after(&terms("100", "0.094822", "2024-01-01", 6, DayCount::Thirty360), paid).unwrap()
}

fn totals(schedule: &Schedule) -> Vec<String> {
    schedule.instalments.iter().map(|instalment| instalment.total.to_string()).collect()
}

fn interest(schedule: &Schedule) -> Vec<String> {
    schedule.instalments.iter().map(|instalment| instalment.interest.to_string()).collect()
}

#[test]
fn a_second_draw_on_a_due_date_spreads_over_the_instalments_left() {
    let plan = c3155(2).drawn(money("100"), date("2024-03-01")).unwrap().respread().unwrap();
    assert_eq!(totals(&plan), ["42.63", "42.63", "42.63", "42.61"]);
    assert_eq!(interest(&plan), ["1.32", "0.99", "0.67", "0.33"]);
    assert_eq!(plan.instalments[0].number, 3);
    assert_eq!(plan.instalments[3].due, date("2024-07-01"));
}

#[test]
fn a_draw_within_a_month_raises_the_instalment_of_that_month() {
    let before = c3155(1);
    let after = before.drawn(money("100"), date("2024-02-15")).unwrap();
    assert_eq!(Money::round_yuan(after.accrued, Rounding::HalfUp).unwrap(), money("0.32"));
    let rest = after.accrued_until(date("2024-03-01")).unwrap() - after.accrued;
    assert_eq!(Money::round_yuan(rest, Rounding::HalfUp).unwrap(), money("0.75"));
    let plan = after.respread().unwrap();
    assert_eq!(totals(&plan)[..4], ["37.53", "37.53", "37.53", "37.53"]);
    assert_eq!(plan.instalments[0].interest, money("1.07"));
    assert_eq!(plan.totals.principal, money("183.66"));
}

#[test]
fn a_loan_is_paid_off_within_a_month_with_the_interest_of_its_days() {
    let position = Position::after(&terms("100", "0.07", "2024-01-01", 6, DayCount::Thirty360), 1).unwrap();
    let payoff = position.payoff(date("2024-02-15")).unwrap();
    assert_eq!((payoff.interest, payoff.total), (money("0.24"), money("83.81")));
    assert_eq!(position.payoff(date("2024-02-01")).unwrap().total, money("83.57"));
}

#[test]
fn repricing_counts_from_its_day_and_never_before() {
    let loan = terms("1200000", "0.036", "2025-01-20", 12, DayCount::Actual360);
    let loan = ScheduleTerms { repayment: Repayment::InterestOnly, ..loan };
    let position = Position::after(&loan, 2).unwrap();
    let plan = position.repriced("0.03".parse().unwrap(), date("2025-04-01")).unwrap().respread().unwrap();
    // Twelve days of 120.00 and nineteen of 100.00, then thirty of 100.00.
    assert_eq!(interest(&plan)[..2], ["3340.00", "3000.00"]);
    let backwards = position.repriced("0.03".parse().unwrap(), date("2025-03-19"));
    assert_eq!(backwards, Err(ReplanError::Backwards { on: date("2025-03-19"), from: date("2025-03-20") }));
    let late = position.repriced("0.03".parse().unwrap(), date("2025-04-21"));
    assert_eq!(late, Err(ReplanError::AfterDue { on: date("2025-04-21"), due: date("2025-04-20") }));
}

#[test]
fn a_prepayment_shortens_the_tenor_or_lowers_the_instalment() {
    let loan = terms("1200000", "0.036", "2025-01-20", 12, DayCount::Thirty360);
    let loan = ScheduleTerms { repayment: Repayment::EqualPrincipal, ..loan };
    let position = Position::after(&loan, 3).unwrap();
    let prepaid = position.prepaid(money("450000"), Money::ZERO, date("2025-04-20")).unwrap();
    let lower = prepaid.respread().unwrap();
    assert_eq!(lower.instalments.len(), 9);
    assert_eq!(lower.instalments[0].principal, money("50000"));
    let shorter = prepaid.keep_instalment(money("100000")).unwrap();
    let principal: Vec<String> = shorter.instalments.iter().map(|one| one.principal.to_string()).collect();
    assert_eq!(principal, ["100000.00", "100000.00", "100000.00", "100000.00", "50000.00"]);
    assert_eq!(shorter.instalments[4].due, date("2025-09-20"));
    // All that follow the early end cost nothing: 1,350 + 1,050 + 750 + 450 + 150.
    assert_eq!(shorter.totals.interest, money("3750"));
    let bullet = Position { repayment: Repayment::InterestOnly, ..prepaid };
    assert_eq!(bullet.keep_instalment(money("1")), Err(ReplanError::NothingToShorten));
}

#[test]
fn interest_paid_with_a_prepayment_is_not_asked_for_again() {
    let loan = terms("1200000", "0.036", "2025-01-20", 12, DayCount::Actual360);
    let loan = ScheduleTerms { repayment: Repayment::InterestOnly, ..loan };
    let position = Position::after(&loan, 0).unwrap();
    let on = date("2025-01-30");
    let with_interest = position.prepaid(money("600000"), money("1200"), on).unwrap();
    // Twenty-one days of 60.00.
    assert_eq!(with_interest.respread().unwrap().instalments[0].interest, money("1260"));
    let without = position.prepaid(money("600000"), Money::ZERO, on).unwrap();
    assert_eq!(without.respread().unwrap().instalments[0].interest, money("2460"));
    let too_much = position.prepaid(money("600000"), money("1200.01"), on);
    assert_eq!(too_much, Err(ReplanError::AboveAccrued { accrued: money("1200") }));
    let beyond = position.prepaid(money("1200000.01"), Money::ZERO, on);
    assert_eq!(beyond, Err(ReplanError::AboveBalance { balance: money("1200000") }));
}

#[test]
fn an_extension_moves_the_principal_to_the_new_end() {
    let loan = terms("1200000", "0.036", "2025-01-31", 6, DayCount::Actual360);
    let loan = ScheduleTerms { repayment: Repayment::InterestOnly, ..loan };
    let position = Position::after(&loan, 4).unwrap();
    let later = due_dates_after(loan.first_drawdown, date("2025-07-31"), 1, 3).unwrap();
    let plan = position.extended(&later, 1).unwrap().respread().unwrap();
    assert_eq!(plan.instalments.len(), 5);
    assert_eq!(plan.instalments[1].principal, Money::ZERO);
    let last = plan.instalments.last().unwrap();
    assert_eq!((last.due, last.principal, last.number), (date("2025-10-31"), money("1200000"), 9));
    let bullet = Position { repayment: Repayment::Bullet, ..position };
    let plan = bullet.extended(&later, 1).unwrap().respread().unwrap();
    // 31 May to 31 October: 153 days of 120.00.
    assert_eq!((plan.instalments.len(), plan.totals.interest), (1, money("18360")));
}

#[test]
fn a_restructured_loan_pays_by_the_list_agreed_and_defers_interest_where_it_says_so() {
    let loan = terms("1000", "0.12", "2025-01-15", 3, DayCount::Thirty360);
    let position = Position::after(&loan, 0).unwrap();
    let pays = |principal: &str, pays_interest| Planned { principal: money(principal), pays_interest };
    let list = [pays("0", false), pays("400", true), pays("600", false)];
    let plan = position.with_principal(&list).unwrap();
    assert_eq!(interest(&plan), ["0.00", "20.00", "6.00"]);
    let short = position.with_principal(&list[..2]);
    assert_eq!(short, Err(ReplanError::Length { planned: 2, periods: 3 }));
    let less = [pays("0", true), pays("400", true), pays("599", true)];
    let sum = ReplanError::PrincipalSum { planned: money("999"), balance: money("1000") };
    assert_eq!(position.with_principal(&less), Err(sum));
    let negative = [pays("-1", true), pays("401", true), pays("600", true)];
    assert_eq!(position.with_principal(&negative), Err(ReplanError::NegativePrincipal(money("-1"))));
}

#[test]
fn a_rollover_repays_nothing_at_the_end_and_runs_on_for_a_new_term() {
    let loan = terms("1000", "0.12", "2025-01-15", 3, DayCount::Thirty360);
    let loan = ScheduleTerms { repayment: Repayment::InterestOnly, ..loan };
    let position = Position::after(&loan, 1).unwrap();
    let end = date("2025-04-15");
    let dues = due_dates_after(loan.first_drawdown, end, 1, 12).unwrap();
    let term = OpenPeriod::between(loan.day_count, 1, end, &dues).unwrap();
    let plan = position.rolled_over(&[Money::ZERO, money("1000")], term.clone()).unwrap();
    assert_eq!(plan.instalments.len(), 14);
    assert_eq!(plan.instalments[1].principal, Money::ZERO);
    let last = plan.instalments.last().unwrap();
    assert_eq!((last.number, last.due, last.principal), (15, date("2026-04-15"), money("1000")));
    assert!(plan.instalments.iter().all(|one| one.interest == money("10")));
    // On the last day itself nothing is left to come but the new term.
    let ended = Position { from: end, periods: Vec::new(), next_number: 4, ..position };
    let plan = ended.rolled_over(&[], term).unwrap();
    assert_eq!((plan.instalments.len(), plan.instalments[0].number), (12, 4));
}
