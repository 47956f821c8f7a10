//! What changed terms keep within, and when a loan whose maturity moves is repriced next.

use chrono::{Days, NaiveDate};
use finance::{DayCount, Rate, RateReset, Repayment};
use proptest::prelude::*;

use super::{
    Change, ChangeBounds, FirmSize, Floating, Pricing, Refusal, Restructuring, Spread, adjust,
    samples::{Sample, day, terms},
};

fn refused(sample: &Sample, change: &Change) -> Refusal {
    adjust(&sample.now(), change).unwrap_err()
}

fn extension(months: u32) -> Change {
    Change::Extension { months, in_difficulty: false, security: None }
}

fn rollover(term_months: u32, size: FirmSize) -> Change {
    Change::Rollover { term_months, firm_size: Some(size), security: None }
}

fn spread(months: u32) -> Restructuring {
    let spread = Spread { repayment: Repayment::InterestOnly, months, grace: 0 };
    Restructuring { spread: Some(spread), ..Restructuring::default() }
}

/// Interest every month from 2025-01-20 for twelve months, so many paid, on a day.
fn sample(paid: usize, on: &str) -> Sample {
    Sample::of(terms(Repayment::InterestOnly, DayCount::Actual360), paid, day(on))
}

fn floats(sample: &mut Sample, reset_on: Option<&str>) {
    sample.around.floating =
        Some(Floating { spread_bp: 60, reset: RateReset::Anniversary, reset_on: reset_on.map(day) });
}

#[test]
fn a_loan_made_to_last_longer_is_reset_on_the_anniversary_that_its_old_maturity_left_out() {
    let mut sample = sample(11, "2026-01-05");
    floats(&mut sample, None);
    for change in [extension(6), rollover(12, FirmSize::Small), Change::Restructuring(spread(24))] {
        let made = adjust(&sample.now(), &change).unwrap();
        let floating = made.pricing.unwrap().unwrap();
        assert_eq!((floating.spread_bp, floating.reset_on), (60, Some(day("2026-01-20"))), "{change:?}");
    }
    // One that is due and waits for its fixing still waits.
    floats(&mut sample, Some("2026-01-02"));
    let made = adjust(&sample.now(), &extension(6)).unwrap();
    assert!(made.pricing.is_none(), "{:?}", made.pricing);
}

#[test]
fn a_rate_agreed_in_a_restructuring_is_fixed_and_a_spread_floats_on() {
    let mut sample = sample(3, "2025-05-20");
    let rate = Restructuring { annual_rate: Some(Rate::from_basis_points(200)), ..spread(24) };
    let points = Restructuring { spread_bp: Some(10), ..spread(24) };
    assert_eq!(refused(&sample, &Change::Restructuring(points.clone())), Refusal::NotFloating);
    floats(&mut sample, Some("2026-01-20"));
    let made = adjust(&sample.now(), &Change::Restructuring(rate.clone())).unwrap();
    assert_eq!((made.annual_rate, made.pricing), (Rate::from_basis_points(200), Some(None)));
    // 3.00 % was announced that morning.
    let made = adjust(&sample.now(), &Change::Restructuring(points.clone())).unwrap();
    assert_eq!(made.annual_rate, Rate::from_basis_points(310));
    let floating = made.pricing.unwrap().unwrap();
    assert_eq!((floating.spread_bp, floating.reset_on), (10, Some(day("2026-01-20"))));
    let both = Restructuring { annual_rate: rate.annual_rate, ..points };
    assert_eq!(refused(&sample, &Change::Restructuring(both)), Refusal::OnePrice);
}

#[test]
fn a_rate_is_agreed_within_the_banks_bounds_and_may_always_move_toward_them() {
    let mut sample = sample(3, "2025-05-20");
    sample.around.line_rate = Rate::from_basis_points(360);
    let fixed = |points| Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(points) });
    assert!(adjust(&sample.now(), &fixed(660)).is_ok());
    let (low, high) = (Rate::from_basis_points(100), Rate::from_basis_points(660));
    let asked = Rate::from_basis_points(661);
    assert_eq!(refused(&sample, &fixed(661)), Refusal::RateBounds { asked, low, high });
    let asked = Rate::from_basis_points(99);
    assert_eq!(refused(&sample, &fixed(99)), Refusal::RateBounds { asked, low, high });
    // LPR and 150 basis points: the product is tighter than the line.
    sample.around.product_rate_max = Some(Rate::from_basis_points(450));
    assert!(adjust(&sample.now(), &fixed(450)).is_ok());
    let (asked, high) = (Rate::from_basis_points(451), Rate::from_basis_points(450));
    assert_eq!(refused(&sample, &fixed(451)), Refusal::RateBounds { asked, low, high });
    // A loan that is dearer than the bounds is made cheaper.
    sample.around.line_rate = Rate::from_basis_points(10);
    assert!(adjust(&sample.now(), &fixed(350)).is_ok());
}

#[test]
fn while_the_lpr_that_the_products_bound_goes_by_is_not_known_no_rate_is_raised_and_any_is_lowered() {
    let mut sample = sample(3, "2025-05-20");
    sample.around.product_rate_unknown = true;
    // It stands at 3.60 %.
    let fixed = |points| Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(points) });
    let restructured = Restructuring { annual_rate: Some(Rate::from_basis_points(361)), ..spread(24) };
    for raised in [fixed(361), Change::Restructuring(restructured)] {
        assert_eq!(refused(&sample, &raised), Refusal::NoFixing { on: day("2025-05-20") });
    }
    assert!(adjust(&sample.now(), &fixed(359)).is_ok());
    assert!(adjust(&sample.now(), &Change::Restructuring(spread(24))).is_ok(), "its price stays");
    sample.around.product_rate_unknown = false;
    assert!(adjust(&sample.now(), &fixed(361)).is_ok());
}

#[test]
fn a_workout_keeps_to_the_banks_longest_plan() {
    let mut sample = sample(3, "2025-05-20");
    sample.around.bounds.restructuring_months_max = 24;
    assert!(adjust(&sample.now(), &Change::Restructuring(spread(24))).is_ok());
    let latest = day("2027-05-20");
    let asked = day("2027-06-20");
    let longer = Change::Restructuring(spread(25));
    assert_eq!(refused(&sample, &longer), Refusal::TermBound { asked, latest });
}

#[test]
fn beyond_the_debts_term_in_the_pledge_contract_the_renewed_security_is_stated() {
    let mut sample = sample(11, "2026-01-05");
    sample.around.debt_until = Some(day("2026-01-20"));
    let (asked, until) = (day("2026-07-20"), day("2026-01-20"));
    assert_eq!(refused(&sample, &extension(6)), Refusal::BeyondDebt { asked, until });
    let stated = Change::Extension { months: 6, in_difficulty: false, security: Some("补充协议".into()) };
    assert!(adjust(&sample.now(), &stated).is_ok());
    let blank = Change::Extension { months: 6, in_difficulty: false, security: Some("  ".into()) };
    assert_eq!(refused(&sample, &blank), Refusal::BeyondDebt { asked, until });
    // What does not last longer asks for nothing.
    let cheaper = Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(300) });
    assert!(adjust(&sample.now(), &cheaper).is_ok());
}

#[test]
fn a_rollover_meets_what_a_new_working_capital_loan_meets() {
    let good = sample(11, "2026-01-05");
    let asks = |change: fn(&mut Sample)| {
        let mut sample = sample(11, "2026-01-05");
        change(&mut sample);
        refused(&sample, &rollover(12, FirmSize::Small))
    };
    assert!(adjust(&good.now(), &rollover(12, FirmSize::Small)).is_ok());
    assert!(adjust(&good.now(), &rollover(12, FirmSize::Medium)).is_ok(), "until 2027-09-30");
    let large = rollover(12, FirmSize::Large);
    assert_eq!(refused(&good, &large), Refusal::FirmSize { size: FirmSize::Large });
    let unsaid = Change::Rollover { term_months: 12, firm_size: None, security: None };
    assert_eq!(refused(&good, &unsaid), Refusal::SizeUnknown);
    assert_eq!(asks(|one| one.around.product = "equipment".into()), Refusal::NotWorkingCapital);
    assert_eq!(asks(|one| one.around.blacklisted = true), Refusal::Blacklisted);
    let until = day("2026-01-04");
    assert_eq!(
        asks(|one| one.around.valued_until = Some(day("2026-01-04"))),
        Refusal::ValuationEnded { until }
    );
    assert_eq!(asks(|one| one.around.tenor_max_months = 11), Refusal::Tenor { asked: 12, most: 11 });
    let most = ChangeBounds::default().rollovers_in_a_row_max;
    let often = asks(|one| {
        one.around.bounds = ChangeBounds::default();
        one.around.past.rollovers = one.around.bounds.rollovers_in_a_row_max;
    });
    assert_eq!(often, Refusal::InARow { most });
}

proptest! {
    #[test]
    fn the_next_reset_is_the_next_anniversary_before_the_loan_ends(
        tenor in 2_u32..40, paid in 0_usize..40, days in 0_u64..28, months in 1_u32..30,
    ) {
        let twelve = terms(Repayment::InterestOnly, DayCount::Actual360);
        let agreed = crate::loan::LoanTerms { tenor_months: tenor, ..twelve };
        let paid = paid.min(usize::try_from(tenor).unwrap() - 1);
        let plan = agreed.schedule().unwrap();
        let since = paid.checked_sub(1).map_or(agreed.drawn_on, |last| plan.instalments[last].due);
        let on: NaiveDate = since + Days::new(days);
        let mut sample = Sample::of(agreed, paid, on);
        let before = RateReset::Anniversary.next_after(agreed.drawn_on, on);
        let reset_on = before.filter(|day| *day < plan.instalments.last().unwrap().due);
        sample.around.floating = Some(Floating { spread_bp: 60, reset: RateReset::Anniversary, reset_on });
        for change in [
            extension(months),
            rollover(months, FirmSize::Micro),
            Change::Restructuring(spread(months)),
        ] {
            let Ok(made) = adjust(&sample.now(), &change) else { continue };
            let floating = made.pricing.map_or(sample.around.floating, |priced| priced).unwrap();
            let ends = made.schedule.instalments.last().unwrap().due;
            prop_assert_eq!(floating.reset_on, before.filter(|day| *day < ends), "{:?}", change);
        }
    }
}
