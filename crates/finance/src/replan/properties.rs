//! What holds for every plan made anew, whatever happened when.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::{Instalment, Schedule, split};

/// Terms and how many instalments are paid.
fn any_loan() -> impl Strategy<Value = (ScheduleTerms, u32)> {
    let method = (prop::sample::select(&Repayment::ALL[..]), prop::sample::select(&DayCount::ALL[..]));
    (
        1_000_000_i64..1_000_000_000_000,
        method,
        1_u32..120,
        0_u64..4_000,
        0_i64..3_000,
        0_u32..120,
        any::<bool>(),
    )
        .prop_map(|(fen, (repayment, day_count), instalments, day, points, paid, level_last)| {
            let drawn = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(day);
            let (principal, rate) = (Money::from_fen(fen), Rate::from_basis_points(points));
            let terms = ScheduleTerms::monthly(principal, rate, drawn, instalments, repayment, day_count);
            let paid = if repayment == Repayment::Bullet { 0 } else { paid % instalments };
            (ScheduleTerms { level_last, ..terms }, paid)
        })
}

/// A day of the running period, by thousandths of it, not the due date itself.
fn day_within(position: &Position, thousandths: u64) -> NaiveDate {
    let running = &position.periods[0];
    let days = u64::try_from((running.due() - running.start()).num_days()).unwrap();
    running.start() + Days::new((days * thousandths / 1_000).min(days - 1))
}

fn holds(position: &Position, plan: &Schedule) -> Result<(), TestCaseError> {
    let mut balance = position.balance;
    let mut due = position.from;
    for (number, one) in (position.next_number..).zip(&plan.instalments) {
        prop_assert!(!one.principal.is_negative() && !one.interest.is_negative());
        prop_assert_eq!(one.principal.checked_add(one.interest), Ok(one.total));
        balance = balance.checked_sub(one.principal).unwrap();
        prop_assert_eq!((one.balance, one.number), (balance, number));
        prop_assert!(one.due > due);
        due = one.due;
    }
    prop_assert_eq!(balance, Money::ZERO);
    prop_assert_eq!(plan.totals.principal, position.balance);
    Ok(())
}

fn discount(position: &Position) -> Decimal {
    Decimal::ONE / (Decimal::ONE + position.annual_rate.fraction() / Decimal::from(12))
}

/// What `count` payments of one yuan, a month apart, are worth.
fn annuity(per_month: Decimal, count: usize) -> Decimal {
    let mut worth = Decimal::ONE;
    (0..count).fold(Decimal::ZERO, |sum, _| {
        worth *= per_month;
        sum + worth
    })
}

proptest! {
    #[test]
    fn whatever_happens_the_new_plan_repays_the_balance_exactly(
        (terms, paid) in any_loan(),
        at in 0_u64..1_000,
        part in 1_i64..1_000,
        points in 0_i64..3_000,
        later in 0_u32..40,
    ) {
        let position = Position::after(&terms, paid).unwrap();
        prop_assume!(position.balance.fen() >= 1_000);
        let on = day_within(&position, at);
        let amount = Money::from_fen(position.balance.fen() / 1_000 * part);
        let last = position.periods.last().unwrap().due();
        let dues = due_dates_after(terms.first_drawdown, last, 1, later).unwrap();
        for after in [
            position.prepaid(amount, Money::ZERO, on).unwrap(),
            position.drawn(amount, on).unwrap(),
            position.repriced(Rate::from_basis_points(points), on).unwrap(),
            position.extended(&dues, 1).unwrap(),
        ] {
            holds(&after, &after.respread().unwrap())?;
            if matches!(terms.repayment, Repayment::EqualInstalment | Repayment::EqualPrincipal) {
                holds(&after, &after.keep_instalment(amount).unwrap())?;
            }
        }
    }

    #[test]
    fn an_agreed_list_conserves_principal_and_pays_interest_on_what_is_owed(
        (terms, paid) in any_loan(),
        weights in prop::collection::vec((0_i64..100, any::<bool>()), 120),
        at in 0_u64..1_000,
    ) {
        let start = Position::after(&terms, paid).unwrap();
        prop_assume!(start.balance.is_positive());
        let position = start.repriced(terms.annual_rate, day_within(&start, at)).unwrap();
        let count = position.periods.len();
        let mut shares: Vec<Rate> =
            weights[..count].iter().map(|(weight, _)| Rate::from_basis_points(*weight)).collect();
        shares[count - 1] = Rate::ONE;
        let planned: Vec<Planned> = split(position.balance, &shares)
            .unwrap()
            .into_iter()
            .zip(&weights)
            .map(|(principal, (_, pays_interest))| Planned { principal, pays_interest: *pays_interest })
            .collect();
        let plan = position.with_principal(&planned).unwrap();
        holds(&position, &plan)?;
        // Deferring interest bears none: it costs the same whenever it is paid, but for a half fen at each payment.
        // (Under 30/360 a month is thirty days whatever its days, and a longer stretch is counted by its days.)
        prop_assume!(terms.day_count != DayCount::Thirty360);
        let at_once: Vec<Planned> = planned.iter().map(|one| Planned { pays_interest: true, ..*one }).collect();
        let plain = position.with_principal(&at_once).unwrap();
        let off = plan.totals.interest.fen() - plain.totals.interest.fen();
        prop_assert!(off.unsigned_abs() <= u64::try_from(count).unwrap(), "{}", off);
    }

    #[test]
    fn a_rollover_repays_before_the_end_what_was_planned_and_the_rest_after_it(
        (terms, paid) in any_loan(), months in 1_u32..40,
    ) {
        let schedule = terms.schedule().unwrap();
        let position = Position::after(&terms, paid).unwrap();
        let planned: Vec<Money> =
            schedule.instalments.iter().filter(|one| one.number > paid).map(|one| one.principal).collect();
        prop_assume!(planned.last().unwrap().is_positive());
        let end = position.periods.last().unwrap().due();
        let dues = due_dates_after(terms.first_drawdown, end, 1, months).unwrap();
        let term = OpenPeriod::between(terms.day_count, 1, end, &dues).unwrap();
        let plan = position.rolled_over(&planned, term).unwrap();
        holds(&position, &plan)?;
        let until_the_end: Vec<&Instalment> =
            plan.instalments.iter().filter(|one| one.due <= end).collect();
        prop_assert_eq!(until_the_end.len(), planned.len());
        prop_assert!(until_the_end.last().unwrap().principal.is_zero());
        for (one, principal) in until_the_end.iter().zip(&planned[..planned.len() - 1]) {
            prop_assert_eq!(one.principal, *principal);
        }
    }

    #[test]
    fn a_rate_that_does_not_change_changes_no_interest((terms, paid) in any_loan(), at in 0_u64..1_000) {
        prop_assume!(matches!(terms.repayment, Repayment::InterestOnly | Repayment::EqualPrincipal));
        let position = Position::after(&terms, paid).unwrap();
        prop_assume!(position.balance.is_positive());
        let cut = position.repriced(terms.annual_rate, day_within(&position, at)).unwrap();
        let (whole, cut) = (position.respread().unwrap(), cut.respread().unwrap());
        for (one, other) in whole.instalments.iter().zip(&cut.instalments) {
            prop_assert_eq!(one.principal, other.principal);
            // Under actual/actual the parts are divided apart: an exact half fen may fall either way.
            prop_assert!((one.interest.fen() - other.interest.fen()).abs() <= 1);
        }
    }

    #[test]
    fn a_loan_without_events_keeps_its_schedule((terms, paid) in any_loan()) {
        prop_assume!(terms.repayment != Repayment::EqualInstalment || paid == 0);
        let schedule = terms.schedule().unwrap();
        let position = Position::after(&terms, paid).unwrap();
        prop_assume!(position.balance.is_positive());
        let plan = position.respread().unwrap();
        if terms.repayment == Repayment::EqualPrincipal && paid > 0 {
            // A twelfth of the whole and an eleventh of the rest differ by rounding alone.
            for (one, other) in plan.instalments.iter().zip(&schedule.instalments[paid as usize..]) {
                let off = one.principal.fen() - other.principal.fen();
                prop_assert!(off.unsigned_abs() <= u64::from(terms.instalments), "{}", off);
            }
        } else {
            prop_assert_eq!(&plan.instalments[..], &schedule.instalments[paid as usize..]);
        }
    }

    #[test]
    fn prepaying_and_then_finishing_is_what_the_closed_form_says(
        fen in 10_000_000_i64..1_000_000_000_000,
        points in 1_i64..2_400,
        instalments in 2_u32..120,
        paid in 0_u32..119,
        part in 1_i64..900,
    ) {
        let drawn = NaiveDate::from_ymd_opt(2025, 1, 15).unwrap();
        let terms = ScheduleTerms::monthly(
            Money::from_fen(fen),
            Rate::from_basis_points(points),
            drawn,
            instalments,
            Repayment::EqualInstalment,
            DayCount::Thirty360,
        );
        let paid = paid % instalments;
        let level = terms.schedule().unwrap().instalments[0].total;
        let position = Position::after(&terms, paid).unwrap();
        let principal = Money::from_fen(position.balance.fen() / 1_000 * part);
        let prepaid = position.prepaid(principal, Money::ZERO, position.from).unwrap();
        let per_month = discount(&prepaid);
        let left = usize::try_from(instalments - paid).unwrap();

        let lower = prepaid.respread().unwrap();
        let closed = prepaid.balance.yuan() / annuity(per_month, left);
        if left > 1 {
            let off = (lower.instalments[0].total.yuan() - closed).abs();
            prop_assert!(off <= Decimal::new(500_001, 8), "{} {}", lower.instalments[0].total, closed);
        }

        // Every fen that interest is rounded by moves the end by as much: one for each instalment.
        let shorter = prepaid.keep_instalment(level).unwrap();
        let slack = Decimal::new(i64::from(instalments), 2);
        let count = shorter.instalments.len();
        prop_assert!(count <= left);
        let worth = level.yuan() * annuity(per_month, count);
        if count < left {
            prop_assert!(worth + slack >= prepaid.balance.yuan());
        }
        let one_less = level.yuan() * annuity(per_month, count - 1);
        prop_assert!(one_less <= prepaid.balance.yuan() + slack);
        for one in &shorter.instalments[..count - 1] {
            prop_assert_eq!(one.total, level);
        }
    }

    #[test]
    fn a_loan_paid_off_costs_its_balance_and_no_more_interest_than_the_period(
        (terms, paid) in any_loan(), at in 0_u64..1_000,
    ) {
        let position = Position::after(&terms, paid).unwrap();
        prop_assume!(position.balance.is_positive());
        let payoff = position.payoff(day_within(&position, at)).unwrap();
        let due = position.payoff(position.periods[0].due()).unwrap();
        prop_assert_eq!(payoff.total.checked_sub(payoff.interest), Ok(position.balance));
        prop_assert!(payoff.interest <= due.interest && !payoff.interest.is_negative());
    }
}
