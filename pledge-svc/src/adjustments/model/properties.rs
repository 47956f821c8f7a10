//! What changes make of loans: the rules with their figures, and what holds whatever is changed when.

use chrono::{Days, NaiveDate};
use finance::{DayCount, Money, Rate, RateReset, Repayment};
use proptest::prelude::*;

use super::{
    Adjusted, Change, FirmSize, Listed, Past, Pricing, Refusal, Restructuring, Shape, Spread, adjust,
    samples::{Sample, day, money, paid_out, terms, to_come},
};
use crate::{
    loan::{LoanStatus, LoanTerms, model::owing},
    risk::model::Tier,
};

fn refused(sample: &Sample, change: &Change) -> Refusal {
    adjust(&sample.now(), change).unwrap_err()
}

fn extension(months: u32) -> Change {
    Change::Extension { months, in_difficulty: false, security: None }
}

fn rollover(term_months: u32) -> Change {
    Change::Rollover { term_months, firm_size: Some(FirmSize::Small), security: None }
}

fn spread(repayment: Repayment, months: u32, grace: u32) -> Change {
    Change::Restructuring(Restructuring {
        spread: Some(Spread { repayment, months, grace }),
        ..Restructuring::default()
    })
}

fn list(instalments: &[(&str, &str, bool)]) -> Change {
    let instalments = instalments
        .iter()
        .map(|(due, principal, pays_interest)| Listed {
            due: day(due),
            principal: money(principal),
            pays_interest: *pays_interest,
        })
        .collect();
    Change::Restructuring(Restructuring { instalments: Some(instalments), ..Restructuring::default() })
}

fn monthly() -> LoanTerms {
    terms(Repayment::EqualPrincipal, DayCount::Actual360)
}

#[test]
fn a_prepayment_lowers_the_instalments_or_shortens_the_tenor() {
    // Two of twelve paid; on 1 April the interest of twelve days and 400,000 more.
    let sample = Sample::of(monthly(), 2, day("2025-04-01")).paying(money("401200.00"));
    let lower = adjust(&sample.now(), &Change::PrepaymentLower).unwrap();
    let rest = to_come(&lower.schedule, sample.on);
    assert_eq!((rest.len(), rest[0].principal, rest[0].number), (10, money("60000"), 3));
    // Nineteen days of 60.00.
    assert_eq!(rest[0].interest, money("1140"));
    let shorter = adjust(&sample.now(), &Change::PrepaymentShorten).unwrap();
    let rest = to_come(&shorter.schedule, sample.on);
    assert_eq!((rest.len(), rest[0].principal), (6, money("100000")));
    assert_eq!(rest[5].due, day("2025-09-20"));
    assert!(!lower.restructured && lower.observed_until.is_none() && lower.pricing.is_none());
}

#[test]
fn a_plan_is_not_made_anew_for_a_prepayment_that_was_not_made() {
    let on_plan = Sample::of(monthly(), 2, day("2025-04-01"));
    assert_eq!(refused(&on_plan, &Change::PrepaymentLower), Refusal::NothingAhead);
    let late = Sample::of(monthly(), 1, day("2025-04-01"));
    assert!(matches!(refused(&late, &Change::PrepaymentShorten), Refusal::DueUnpaid { .. }));
    let at_the_end = terms(Repayment::InterestOnly, DayCount::Actual360);
    let ahead = Sample::of(at_the_end, 2, day("2025-03-20")).paying(money("200000"));
    assert_eq!(refused(&ahead, &Change::PrepaymentShorten), Refusal::NothingToShorten);
    let lower = adjust(&ahead.now(), &Change::PrepaymentLower).unwrap();
    assert_eq!(lower.schedule.instalments.last().unwrap().principal, money("1000000"));
}

#[test]
fn a_short_loan_is_extended_by_its_own_term_at_most() {
    let interest_only = terms(Repayment::InterestOnly, DayCount::Actual360);
    let sample = Sample::of(interest_only, 11, day("2026-01-05"));
    let longest = adjust(&sample.now(), &extension(12)).unwrap();
    assert_eq!(longest.schedule.instalments.last().unwrap().due, day("2027-01-20"));
    assert_eq!(longest.schedule.instalments[11].principal, Money::ZERO);
    let beyond = Refusal::TooLong { asked: day("2027-02-20"), latest: day("2027-01-20") };
    assert_eq!(refused(&sample, &extension(13)), beyond);
    assert_eq!(refused(&sample, &extension(0)), Refusal::Months { months: 0, every: 1 });
    // Extensions count together.
    let Adjusted { schedule, account, .. } = adjust(&sample.now(), &extension(8)).unwrap();
    let again = Sample::at(sample.terms, schedule, account, day("2026-01-06"), sample.around.clone());
    assert!(adjust(&again.now(), &extension(4)).is_ok());
    assert!(matches!(refused(&again, &extension(5)), Refusal::TooLong { .. }));
}

#[test]
fn a_loan_is_not_made_to_outlive_the_first_of_its_patents() {
    let interest_only = terms(Repayment::InterestOnly, DayCount::Actual360);
    let mut sample = Sample::of(interest_only, 11, day("2026-01-05"));
    let asked = day("2027-01-20");
    for change in [extension(12), rollover(12)] {
        sample.around.rights_end_on = Some(asked);
        assert!(adjust(&sample.now(), &change).is_ok(), "the last day of the right is in time");
        let ends = day("2027-01-19");
        sample.around.rights_end_on = Some(ends);
        assert_eq!(refused(&sample, &change), Refusal::BeyondRights { asked, ends });
    }
    sample.around.rights_end_on = Some(day("2026-06-01"));
    let in_difficulty = spread(Repayment::EqualPrincipal, 24, 0);
    assert!(matches!(refused(&sample, &in_difficulty), Refusal::BeyondRights { .. }));
    let Change::Restructuring(mut new) = in_difficulty else { unreachable!() };
    new.security = Some("补充质押一件专利".into());
    assert!(adjust(&sample.now(), &Change::Restructuring(new)).is_ok(), "a workout with renewed security");
}

#[test]
fn an_extension_comes_before_the_loan_is_overdue() {
    let interest_only = terms(Repayment::InterestOnly, DayCount::Actual360);
    let last_day = Sample::of(interest_only, 11, day("2026-01-20"));
    let made = adjust(&last_day.now(), &extension(6)).unwrap();
    // The principal that falls due that day is taken along, the interest of that day stays due.
    assert_eq!(made.account.not_due(), Ok(money("1200000")));
    assert_eq!(made.account.arrears.dues.len(), 1);
    assert_eq!(made.account.arrears.dues[0].principal, Money::ZERO);
    assert_eq!(made.schedule.instalments[11].principal, Money::ZERO);
    assert_eq!(made.schedule.instalments[11].balance, money("1200000"));
    assert_eq!(made.schedule.totals.principal, money("1200000"));
    let late = Sample::of(interest_only, 11, day("2026-01-21"));
    assert!(matches!(refused(&late, &extension(6)), Refusal::Overdue { days: 1, .. }));
    let troubled =
        adjust(&last_day.now(), &Change::Extension { months: 6, in_difficulty: true, security: None })
            .unwrap();
    assert!(troubled.restructured);
    assert_eq!(troubled.observed_until, Some(day("2027-02-20")));
}

#[test]
fn a_rollover_is_for_a_normal_loan_whose_interest_is_paid() {
    let interest_only = terms(Repayment::InterestOnly, DayCount::Actual360);
    let rollover = rollover(12);
    let mut sample = Sample::of(interest_only, 11, day("2026-01-05"));
    let made = adjust(&sample.now(), &rollover).unwrap();
    assert_eq!(made.schedule.instalments.len(), 24);
    assert_eq!(made.schedule.instalments[11].principal, Money::ZERO);
    assert_eq!(made.schedule.instalments[23].due, day("2027-01-20"));
    let past = Past::of(&sample.terms, [(&rollover, day("2027-01-20"))]);
    assert_eq!((past.agreed_maturity, past.agreed_months), (day("2027-01-20"), 12));
    for tier in [Tier::SpecialMention, Tier::Substandard, Tier::Doubtful, Tier::Loss] {
        sample.around.tier = tier;
        assert_eq!(refused(&sample, &rollover), Refusal::Classified { tier });
    }
    sample.around.tier = Tier::Normal;
    sample.around.restructured_on = Some(day("2025-06-01"));
    assert_eq!(refused(&sample, &rollover), Refusal::Restructured { since: day("2025-06-01") });
    let last_day = Sample::of(interest_only, 11, day("2026-01-20"));
    let unpaid = refused(&last_day, &rollover);
    // 31 days of 120.00.
    assert_eq!(unpaid, Refusal::DueUnpaid { amount: money("3720") });
    let paid = last_day.paying(money("3720"));
    let made = adjust(&paid.now(), &rollover).unwrap();
    assert_eq!(to_come(&made.schedule, paid.on).len(), 12);
    assert_eq!(made.schedule.totals.principal, money("1200000"));
}

#[test]
fn a_restructuring_takes_what_is_overdue_into_the_new_plan() {
    // Nothing paid since the draw: four instalments of 100,000 are overdue by 10 June.
    let sample = Sample::of(monthly(), 0, day("2025-06-10"));
    assert_eq!(sample.owed.overdue_days, 110);
    let change = spread(Repayment::EqualPrincipal, 24, 6);
    let made = adjust(&sample.now(), &change).unwrap();
    assert!(made.restructured);
    assert_eq!(made.account.not_due(), Ok(money("1200000")));
    assert!(made.account.arrears.dues.is_empty());
    assert!(!made.account.arrears.penalty.is_zero());
    let rest = to_come(&made.schedule, sample.on);
    assert_eq!((rest.len(), rest[0].due, rest[23].due), (24, day("2025-06-20"), day("2027-05-20")));
    assert!(rest[..6].iter().all(|one| one.principal.is_zero()));
    assert_eq!(rest[6].principal, money("66666.67"));
    // All interest since the draw falls due with the first: what was billed, what ran, and ten days on the whole.
    let overdue = money("3720").fen() + money("3080").fen() + money("3100").fen() + money("2700").fen();
    let running = 21 * 8_000 + 10 * 12_000;
    assert_eq!(rest[0].interest.fen(), overdue + running);
    // A year from the first payment, which is later than two periods.
    assert_eq!(made.observed_until, Some(day("2026-06-20")));
    let later = owing(&sample.terms, &made.schedule, &made.account, day("2025-06-19")).unwrap();
    assert_eq!(later.overdue_days, 0);
    let past = Past::of(&sample.terms, [(&change, day("2027-05-20"))]);
    assert_eq!(past.shape, Shape::Method(Repayment::EqualPrincipal));
}

#[test]
fn a_list_repays_exactly_what_is_owed_on_days_that_are_ahead() {
    let sample = Sample::of(monthly(), 0, day("2025-06-10"));
    let agreed =
        list(&[("2025-09-30", "0", false), ("2025-12-31", "200000", false), ("2026-12-31", "1000000", true)]);
    let made = adjust(&sample.now(), &agreed).unwrap();
    let rest = to_come(&made.schedule, sample.on);
    assert_eq!((rest.len(), rest[0].total), (3, Money::ZERO));
    assert!(rest[1].interest.is_positive(), "what repays principal pays interest");
    // A year of 365 days at 100.00 a day.
    assert_eq!(rest[2].interest, money("36500"));
    assert_eq!(Past::of(&sample.terms, [(&agreed, day("2026-12-31"))]).shape, Shape::Listed);
    let short = list(&[("2025-09-30", "1199999.99", true)]);
    let sum = Refusal::Sum { planned: money("1199999.99"), balance: money("1200000") };
    assert_eq!(refused(&sample, &short), sum);
    let past = list(&[("2025-06-10", "1200000", true)]);
    assert_eq!(refused(&sample, &past), Refusal::Dates { due: day("2025-06-10"), after: day("2025-06-10") });
    let back = list(&[("2025-09-30", "1", true), ("2025-09-30", "1199999", true)]);
    assert!(matches!(refused(&sample, &back), Refusal::Dates { .. }));
    let minus = list(&[("2025-09-30", "-1", true), ("2025-10-30", "1200001", true)]);
    assert_eq!(refused(&sample, &minus), Refusal::Negative(money("-1")));
    assert_eq!(refused(&sample, &list(&[])), Refusal::Count(0));
    assert_eq!(refused(&sample, &Change::Restructuring(Restructuring::default())), Refusal::OnePlan);
    let no_room = spread(Repayment::EqualPrincipal, 6, 6);
    assert_eq!(refused(&sample, &no_room), Refusal::Grace { grace: 6, instalments: 6 });
}

#[test]
fn a_floating_loan_takes_the_rate_in_force_and_its_spread() {
    let interest_only = terms(Repayment::InterestOnly, DayCount::Actual360);
    let sample = Sample::of(interest_only, 3, day("2025-05-20"));
    let floating = Pricing::Floating { spread_bp: 60, reset: RateReset::January };
    let made = adjust(&sample.now(), &Change::Repricing(floating)).unwrap();
    // 3.00 % was announced that morning.
    assert_eq!(made.annual_rate, Rate::from_basis_points(360));
    let pricing = made.pricing.unwrap().unwrap();
    assert_eq!((pricing.spread_bp, pricing.reset_on), (60, Some(day("2026-01-01"))));
    let dearer = Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(400) });
    let made = adjust(&sample.now(), &dearer).unwrap();
    assert_eq!(made.pricing, Some(None));
    // Thirty-one days at 4 %: 133.33… a day.
    assert_eq!(to_come(&made.schedule, sample.on)[0].interest, money("4133.33"));
    let same = Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(360) });
    assert_eq!(refused(&sample, &same), Refusal::Unchanged);
    let below = Change::Repricing(Pricing::Floating { spread_bp: -400, reset: RateReset::Fixed });
    assert_eq!(refused(&sample, &below), Refusal::Rate);
    let unknown = Sample::of(interest_only, 3, day("2031-05-20"));
    assert!(matches!(refused(&unknown, &Change::Repricing(floating)), Refusal::NoFixing { .. }));
}

#[test]
fn a_loan_that_is_over_is_not_changed() {
    let mut sample = Sample::of(monthly(), 2, day("2025-04-01"));
    for status in [LoanStatus::Repaid, LoanStatus::WrittenOff] {
        sample.status = status;
        assert_eq!(refused(&sample, &extension(1)), Refusal::NotActive { status });
    }
}

/// Terms drawn on the 20th, so that a month has thirty days by either reading of 30/360.
fn any_terms() -> impl Strategy<Value = LoanTerms> {
    let method = (prop::sample::select(&Repayment::ALL[..]), prop::sample::select(&DayCount::ALL[..]));
    (method, 1_000_000_i64..20_000_000, 100_i64..1_500, 2_u32..48).prop_map(
        |((repayment, day_count), yuan, points, months)| {
            let principal = Money::from_yuan(yuan).unwrap();
            let rate = Rate::from_basis_points(points);
            LoanTerms::monthly(principal, rate, day_count, repayment, months, day("2025-01-20"))
        },
    )
}

/// A day so many days after the last instalment that was paid, and how many were.
fn some_time(terms: &LoanTerms, paid: u32, days: u64) -> (usize, NaiveDate) {
    let plan = terms.schedule().unwrap();
    let paid = usize::try_from(paid).unwrap() % plan.instalments.len();
    let since = paid.checked_sub(1).map_or(terms.drawn_on, |last| plan.instalments[last].due);
    (paid, since + Days::new(days))
}

/// A plan that keeps what has fallen due, repays what has not, and asks for what it says when it is followed.
fn holds(sample: &Sample, made: &Adjusted) -> Result<(), TestCaseError> {
    let plan = &made.schedule;
    for pair in plan.instalments.windows(2) {
        prop_assert!(pair[0].due < pair[1].due);
        prop_assert_eq!(pair[0].number + 1, pair[1].number);
    }
    for (kept, before) in plan.instalments.iter().zip(&sample.plan.instalments) {
        if kept.number <= sample.account.billed {
            prop_assert_eq!((kept.number, kept.due), (before.number, before.due));
        }
    }
    prop_assert!(
        plan.instalments.iter().all(|one| !one.principal.is_negative() && !one.interest.is_negative())
    );
    let rest = to_come(plan, sample.on);
    let principal = Money::total(rest.iter().map(|one| one.principal)).unwrap();
    prop_assert_eq!(Ok(principal), made.account.not_due());
    prop_assert_eq!(made.account.outstanding, sample.account.outstanding);
    let terms = LoanTerms { annual_rate: made.annual_rate, ..sample.terms };
    let again = Sample::at(terms, plan.clone(), made.account.clone(), sample.on, sample.around.clone());
    let due = again.now().due().unwrap();
    let clear = again.paying(due);
    let (asked, left) = paid_out(&terms, plan, clear.account, sample.on);
    prop_assert_eq!(asked, rest.iter().map(|one| one.total).collect::<Vec<_>>());
    prop_assert!(left.is_settled(), "{:?}", left);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_changed_when_the_new_plan_is_what_the_account_asks_for(
        terms in any_terms(),
        paid in 0_u32..48,
        days in 0_u64..29,
        months in 1_u32..30,
        points in 100_i64..1_500,
    ) {
        let (paid, on) = some_time(&terms, paid, days);
        let sample = Sample::of(terms, paid, on);
        let fixed = Pricing::Fixed { annual_rate: Rate::from_basis_points(points) };
        for change in [
            extension(months),
            rollover(months),
            Change::Repricing(fixed),
            spread(Repayment::EqualInstalment, months + 1, months / 2),
            spread(Repayment::Bullet, months, 0),
        ] {
            match adjust(&sample.now(), &change) {
                Ok(made) => holds(&sample, &made)?,
                Err(refusal) => prop_assert!(
                    matches!(refusal, Refusal::TooLong { .. } | Refusal::Unchanged | Refusal::DueUnpaid { .. }),
                    "{:?}: {}", change, refusal
                ),
            }
        }
    }

    #[test]
    fn a_prepayment_on_any_day_gives_a_plan_that_the_account_follows(
        terms in any_terms(), paid in 0_u32..48, days in 1_u64..27, hundredths in 1_i64..90,
    ) {
        let (paid, on) = some_time(&terms, paid, days);
        let sample = Sample::of(terms, paid, on);
        let not_due = sample.account.not_due().unwrap();
        let interest = sample.owed.total().unwrap().saturating_sub(not_due);
        let amount = Money::from_fen(not_due.fen() / 100 * hundredths);
        prop_assume!(amount.is_positive());
        let sample = sample.paying(amount.checked_add(interest).unwrap());
        for change in [Change::PrepaymentLower, Change::PrepaymentShorten] {
            match adjust(&sample.now(), &change) {
                Ok(made) => holds(&sample, &made)?,
                Err(refusal) => prop_assert_eq!(refusal, Refusal::NothingToShorten),
            }
        }
    }

    #[test]
    fn a_restructuring_conserves_what_is_owed_however_late_the_loan_is(
        terms in any_terms(),
        paid in 0_u32..48,
        days in 30_u64..900,
        months in 2_u32..36,
        parts in prop::collection::vec((20_i64..100, 10_u64..200, any::<bool>()), 1..12),
    ) {
        let (paid, on) = some_time(&terms, paid, days);
        let sample = Sample::of(terms, paid, on);
        let weights: Vec<Rate> =
            parts.iter().map(|(weight, ..)| Rate::from_basis_points(*weight)).collect();
        let mut due = on;
        let instalments = finance::split(sample.account.outstanding, &weights)
            .unwrap()
            .into_iter()
            .zip(&parts)
            .map(|(principal, (_, days, pays_interest))| {
                due = due + Days::new(*days);
                Listed { due, principal, pays_interest: *pays_interest }
            })
            .collect();
        let listed = Restructuring { instalments: Some(instalments), ..Restructuring::default() };
        for change in [
            Change::Restructuring(listed),
            spread(Repayment::InterestOnly, months, 0),
            spread(Repayment::EqualPrincipal, months, months / 3),
        ] {
            let made = adjust(&sample.now(), &change).unwrap();
            prop_assert_eq!(made.account.not_due(), Ok(sample.account.outstanding));
            holds(&sample, &made)?;
        }
    }
}
