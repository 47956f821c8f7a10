//! The rules of classification and stages, case by case at their boundaries, and what holds for every loan.

use chrono::{Months, NaiveDate, TimeDelta};
use finance::{EclStage, Money, Rate};
use proptest::prelude::*;

use super::{Assessed, Disposed, LoanFacts, Reason, RiskParameters, Tier, assess, samples};

fn made(change: impl FnOnce(&mut LoanFacts)) -> Assessed {
    let mut facts = samples::performing();
    change(&mut facts);
    assess(&facts, &RiskParameters::default(), None)
}

fn tier(change: impl FnOnce(&mut LoanFacts)) -> Tier {
    made(change).tier
}

fn yuan(yuan: i64) -> Money {
    Money::from_yuan(yuan).unwrap()
}

fn articles(made: &Assessed) -> Vec<u8> {
    made.reasons.iter().map(Reason::article).collect()
}

/// Assesses a loan again on a later day, after what happened to it.
fn later(
    before: &Assessed,
    facts: &mut LoanFacts,
    months: u32,
    change: impl FnOnce(&mut LoanFacts),
) -> Assessed {
    let on = facts.on.checked_add_months(Months::new(months)).unwrap();
    facts.on = on;
    facts.matures_on = facts.matures_on.max(on + TimeDelta::days(360));
    change(facts);
    assess(facts, &RiskParameters::default(), Some(before))
}

#[test]
fn a_performing_loan_is_normal_in_stage_one_and_needs_no_reason() {
    let made = made(|_| {});
    assert_eq!((made.tier, made.own_tier, made.stage), (Tier::Normal, Tier::Normal, EclStage::One));
    assert!(made.reasons.is_empty() && made.flags.list().is_empty());
    assert!(made.provision.is_positive() && made.provision >= made.expected_loss);
}

#[test]
fn days_overdue_give_the_tier_at_exact_boundaries() {
    for (days, expected, article) in [
        (1, Tier::SpecialMention, 10),
        (90, Tier::SpecialMention, 10),
        (91, Tier::Substandard, 11),
        (270, Tier::Substandard, 11),
        (271, Tier::Doubtful, 12),
        (360, Tier::Doubtful, 12),
        (361, Tier::Loss, 13),
    ] {
        let made = made(|facts| facts.overdue_days = days);
        assert_eq!(made.tier, expected, "{days} days");
        assert_eq!(made.reasons.first().map(Reason::article), Some(article), "{days} days");
    }
    assert_eq!(tier(|facts| facts.overdue_days = 0), Tier::Normal);
}

#[test]
fn days_overdue_give_the_stage_at_exact_boundaries() {
    let stage = |days| made(|facts| facts.overdue_days = days).stage;
    // One day late is special-mention, which is stage 2 by itself.
    assert_eq!([0, 1, 30, 31, 90, 91].map(stage).map(EclStage::number), [1, 2, 2, 2, 2, 3]);
    let reasons = made(|facts| facts.overdue_days = 31).reasons;
    assert!(reasons.contains(&Reason::RiskIncreased { days: 31 }));
    let reasons = made(|facts| facts.overdue_days = 30).reasons;
    assert!(!reasons.iter().any(|reason| matches!(reason, Reason::RiskIncreased { .. })));
}

#[test]
fn a_watched_loan_stays_normal_and_is_provided_for_over_its_life() {
    let watched = made(|facts| facts.watched = true);
    assert_eq!((watched.tier, watched.stage), (Tier::Normal, EclStage::Two));
    assert_eq!(watched.reasons, [Reason::Watched]);
    assert!(watched.provision > made(|_| {}).provision);
}

#[test]
fn a_bank_that_sees_default_earlier_makes_such_a_loan_substandard() {
    let mut set = RiskParameters::default();
    set.staging.impaired_after_days = 60;
    let with = |days| {
        let facts = LoanFacts { overdue_days: days, ..samples::performing() };
        assess(&facts, &set, None)
    };
    assert_eq!((with(60).tier, with(60).stage), (Tier::SpecialMention, EclStage::Two));
    assert_eq!((with(61).tier, with(61).stage), (Tier::Substandard, EclStage::Three));
    assert_eq!(articles(&with(61)), [10, 11]);
}

#[test]
fn an_impairment_of_its_own_gives_the_tier_at_exact_boundaries() {
    for (points, expected) in [
        (1, Tier::Substandard),
        (4_999, Tier::Substandard),
        (5_000, Tier::Doubtful),
        (8_999, Tier::Doubtful),
        (9_000, Tier::Loss),
    ] {
        let made = made(|facts| facts.judged.impairment = Some(Rate::from_basis_points(points)));
        assert_eq!((made.tier, made.stage), (expected, EclStage::Three), "{points}");
    }
}

#[test]
fn more_than_a_tenth_of_the_debtors_claims_at_the_bank_makes_all_of_them_non_performing() {
    // This loan is 1,000,000; the others 1,000,000; a tenth of the whole is 200,000.
    let with = |fen: i64| {
        made(|facts| {
            facts.debtor.here = yuan(1_000_000);
            facts.debtor.own_here = facts.outstanding;
            facts.debtor.here_nonperforming = Money::from_fen(fen);
            facts.debtor.everywhere = facts.debtor.here;
            facts.debtor.everywhere_nonperforming = Money::from_fen(fen);
        })
    };
    assert_eq!(with(0).tier, Tier::Normal);
    let at = with(20_000_000);
    assert_eq!((at.tier, articles(&at)), (Tier::SpecialMention, vec![10]), "exactly a tenth");
    let above = with(20_000_001);
    assert_eq!((above.tier, above.stage), (Tier::Substandard, EclStage::Three));
    assert_eq!(above.own_tier, Tier::Normal, "its own tier is what other loans of the debtor count");
    assert_eq!(articles(&above), [10, 7]);
}

#[test]
fn more_than_a_fifth_late_across_banks_makes_a_loan_substandard_everywhere() {
    let with = |fen: i64| {
        made(|facts| {
            facts.debtor.everywhere = yuan(1_000_000);
            facts.debtor.everywhere_late = Money::from_fen(fen);
            facts.debtor.everywhere_nonperforming = Money::from_fen(fen);
        })
    };
    assert_eq!(with(40_000_000).tier, Tier::SpecialMention, "exactly a fifth");
    assert_eq!(with(40_000_001).tier, Tier::Substandard);
    assert_eq!(articles(&with(40_000_001)), [10, 11]);
}

#[test]
fn a_restructured_loan_is_observed_for_a_year_from_its_first_due_date() {
    let mut facts = samples::performing();
    let day = facts.on;
    facts.restructured_on = Some(day);
    facts.judged.solved_on = Some(day);
    let set = RiskParameters::default();
    let mut before = assess(&facts, &set, None);
    // The first due date is a month after the new terms.
    let until = day.checked_add_months(Months::new(13)).unwrap();
    assert_eq!(super::observation_ends(facts.plan, day, (12, 2)), Some(until), "as the change says");
    assert_eq!(before.tier, Tier::SpecialMention);
    assert_eq!(before.reasons, [Reason::Restructured { until }]);
    facts.on = until.pred_opt().unwrap();
    before = assess(&facts, &set, Some(&before));
    assert_eq!(before.tier, Tier::SpecialMention);
    facts.on = until;
    facts.unpaid = true;
    before = assess(&facts, &set, Some(&before));
    assert_eq!(before.tier, Tier::SpecialMention, "what falls due on the last day is not paid");
    facts.unpaid = false;
    before = assess(&facts, &set, Some(&before));
    assert_eq!(before.tier, Tier::Normal);
    // Over is over, though the loan's row still says when it was restructured.
    facts.on = until.succ_opt().unwrap();
    assert_eq!(assess(&facts, &set, Some(&before)).tier, Tier::Normal);
}

#[test]
fn quarterly_instalments_need_two_of_them_within_the_observation() {
    let mut set = RiskParameters::default();
    set.classification.observation_periods = 5;
    let plan = samples::interest_every(3);
    let facts =
        LoanFacts { plan: &plan, restructured_on: Some(samples::performing().on), ..samples::performing() };
    // Five quarters are longer than a year; the first due date is a quarter away.
    let until = facts.on.checked_add_months(Months::new(18)).unwrap();
    assert_eq!(assess(&facts, &set, None).reasons, [Reason::Restructured { until }]);
}

#[test]
fn arrears_under_observation_begin_it_anew_from_the_day_that_was_missed() {
    let mut facts = LoanFacts { restructured_on: Some(samples::performing().on), ..samples::performing() };
    let first = assess(&facts, &RiskParameters::default(), None);
    let late = later(&first, &mut facts, 6, |facts| facts.overdue_days = 20);
    let missed = facts.on - TimeDelta::days(20);
    let cleared = later(&late, &mut facts, 1, |facts| facts.overdue_days = 0);
    let until = missed.checked_add_months(Months::new(12)).unwrap();
    assert_eq!((cleared.past.cleared_on, cleared.past.observed_from), (Some(facts.on), Some(missed)));
    assert_eq!(cleared.reasons, [Reason::Restructured { until }]);
}

#[test]
fn new_terms_again_under_observation_are_substandard() {
    let mut facts = LoanFacts { restructured_on: Some(samples::performing().on), ..samples::performing() };
    let first = assess(&facts, &RiskParameters::default(), None);
    let again = later(&first, &mut facts, 6, |facts| facts.restructured_on = Some(facts.on));
    assert_eq!((again.tier, articles(&again)), (Tier::Substandard, vec![22]));
    // The next night it is still so.
    let next = later(&again, &mut facts, 1, |_| {});
    assert_eq!(next.tier, Tier::Substandard);
}

#[test]
fn what_was_non_performing_is_upgraded_only_after_six_months_without_arrears() {
    let mut facts = LoanFacts { overdue_days: 280, ..samples::performing() };
    let bad = assess(&facts, &RiskParameters::default(), None);
    assert_eq!(bad.tier, Tier::Doubtful);
    let better = later(&bad, &mut facts, 1, |facts| facts.overdue_days = 100);
    assert_eq!(better.tier, Tier::Doubtful, "a part was paid");
    assert!(better.reasons.contains(&Reason::Held { tier: Tier::Doubtful, until: None }));
    let cleared = later(&better, &mut facts, 1, |facts| facts.overdue_days = 0);
    let until = facts.on.checked_add_months(Months::new(6)).unwrap();
    assert_eq!(cleared.tier, Tier::Doubtful);
    assert_eq!(cleared.reasons, [Reason::Held { tier: Tier::Doubtful, until: Some(until) }]);
    let mut eve = LoanFacts { on: until.pred_opt().unwrap(), ..facts };
    assert_eq!(later(&cleared, &mut eve, 0, |_| {}).tier, Tier::Doubtful);
    let mut owing = LoanFacts { on: until, interest_due: Money::from_fen(1), ..facts };
    assert_eq!(later(&cleared, &mut owing, 0, |_| {}).tier, Tier::Doubtful, "a fen is still owed");
    let mut other = LoanFacts { on: until, ..facts };
    other.debtor.here = yuan(100_000_000);
    other.debtor.here_nonperforming = Money::from_fen(1);
    assert_eq!(later(&cleared, &mut other, 0, |_| {}).tier, Tier::Doubtful, "another claim is bad");
    let mut good = LoanFacts { on: until, ..facts };
    let good = later(&cleared, &mut good, 0, |_| {});
    assert_eq!((good.tier, good.stage), (Tier::Normal, EclStage::One));
    assert_eq!(good.past.bad_since, None);
}

#[test]
fn special_mention_ends_with_the_arrears() {
    let mut facts = LoanFacts { overdue_days: 90, ..samples::performing() };
    let late = assess(&facts, &RiskParameters::default(), None);
    assert_eq!(later(&late, &mut facts, 0, |facts| facts.overdue_days = 0).tier, Tier::Normal);
}

#[test]
fn a_loan_that_was_bad_only_for_its_debtors_other_debts_follows_them_back_at_once() {
    let mut facts = samples::performing();
    facts.debtor.here = yuan(1_000_000);
    facts.debtor.here_nonperforming = facts.debtor.here;
    facts.debtor.everywhere = facts.debtor.here;
    facts.debtor.everywhere_nonperforming = facts.debtor.here;
    let with = assess(&facts, &RiskParameters::default(), None);
    assert_eq!((with.tier, with.own_tier), (Tier::Substandard, Tier::Normal));
    let after = later(&with, &mut facts, 1, |facts| facts.debtor = super::DebtorClaims::default());
    assert_eq!(after.tier, Tier::Normal);
}

#[test]
fn a_judgement_that_is_lifted_leaves_the_loan_held_for_six_months() {
    let mut facts = samples::performing();
    facts.judged.tier = Some(Tier::Substandard);
    let judged = assess(&facts, &RiskParameters::default(), None);
    assert_eq!((judged.tier, judged.stage), (Tier::Substandard, EclStage::Three));
    let lifted = later(&judged, &mut facts, 1, |facts| facts.judged.tier = None);
    assert_eq!(lifted.tier, Tier::Substandard);
    let later_still = later(&lifted, &mut facts, 5, |_| {});
    assert_eq!(later_still.tier, Tier::Normal, "six months since it became non-performing");
}

#[test]
fn a_provision_is_never_below_the_floor_of_the_tier() {
    // Normal: 2 % × 75 % … expects more than 1 %; loss: the floor is the whole.
    let whole = made(|facts| facts.overdue_days = 361);
    assert_eq!(whole.provision, yuan(1_000_000));
    let substandard = made(|facts| {
        facts.overdue_days = 91;
        facts.guaranteed = Rate::ONE;
    });
    // 1,000,000 × 20 % × (0.6 + 0.15·0.95 + 0.25·1.15) = 206,000 expected; the floor is 25 %.
    assert_eq!(substandard.expected_loss.to_string(), "206000.00");
    assert_eq!(substandard.provision.to_string(), "250000.00");
}

#[test]
fn nothing_stands_of_a_loan_that_is_settled() {
    let settled = made(|facts| facts.overdue_days = 100).settled();
    assert_eq!((settled.provision, settled.expected_loss), (Money::ZERO, Money::ZERO));
    assert!(settled.reasons.is_empty() && settled.flags.list().is_empty());
    assert_eq!(settled.tier, Tier::Substandard, "what it was stays known");
}

fn day() -> NaiveDate {
    samples::performing().on
}

fn any_facts() -> impl Strategy<Value = LoanFacts<'static>> {
    let money = 0_i64..10_000_000_000;
    let claims = (money.clone(), 0_i64..=100, 0_i64..=100);
    let judged = (prop::option::of(0_usize..5), prop::option::of(1_i64..=10_000));
    (
        money.clone(),
        0_i64..400,
        -100_i64..2_000,
        claims,
        judged,
        any::<bool>(),
        0_i64..1_000_000,
        prop::option::of(0_i64..800),
        (0_u8..3, money),
    )
        .prop_map(
            |(fen, late, left, (here, bad, very_late), (tier, loss), watched, due, terms, case)| {
                let mut facts = samples::performing();
                facts.outstanding = Money::from_fen(fen);
                facts.overdue_days = late;
                facts.matures_on = facts.on + TimeDelta::days(left);
                facts.debtor.here = Money::from_fen(here);
                facts.debtor.own_here = facts.outstanding;
                facts.debtor.here_nonperforming = Money::from_fen(here / 100 * bad);
                facts.debtor.everywhere = facts.debtor.here;
                facts.debtor.everywhere_nonperforming = facts.debtor.here_nonperforming;
                facts.debtor.everywhere_late = Money::from_fen(here / 100 * very_late.min(bad));
                facts.judged.tier = tier.map(|index| Tier::ALL[index]);
                facts.judged.impairment = loss.map(Rate::from_basis_points);
                facts.watched = watched;
                facts.interest_due = Money::from_fen(if late > 0 { due } else { 0 });
                facts.restructured_on = terms.map(|days| day() - TimeDelta::days(days));
                facts.disposed = match case {
                    (0, _) => Disposed::Nothing,
                    (1, _) => Disposed::SoldOut,
                    (_, awaited) => Disposed::LossFound { awaited: Money::from_fen(awaited) },
                };
                facts
            },
        )
}

fn bare(facts: &LoanFacts<'static>) -> LoanFacts<'static> {
    LoanFacts { judged: super::Judged::default(), ..*facts }
}

proptest! {
    #[test]
    fn a_judgement_never_makes_a_loan_better(facts in any_facts(), later in any_facts()) {
        let set = RiskParameters::default();
        let (rule, with) = (assess(&bare(&facts), &set, None), assess(&facts, &set, None));
        prop_assert!(with.tier >= rule.tier);
        prop_assert!(with.tier >= facts.judged.tier.unwrap_or_default());
        let next = LoanFacts { on: later.on + TimeDelta::days(1), ..later };
        let (rule, with) =
            (assess(&bare(&next), &set, Some(&with)), assess(&next, &set, Some(&with)));
        prop_assert!(with.tier >= rule.tier);
    }

    #[test]
    fn tier_stage_and_provision_agree(facts in any_facts(), earlier in prop::option::of(any_facts())) {
        let set = RiskParameters::default();
        let previous = earlier.map(|earlier| assess(&earlier, &set, None));
        let facts = LoanFacts { on: facts.on + TimeDelta::days(30), ..facts };
        let made = assess(&facts, &set, previous.as_ref());
        prop_assert!(made.tier >= made.own_tier);
        prop_assert_eq!(made.tier.is_nonperforming(), made.stage == EclStage::Three);
        prop_assert_eq!(made.stage == EclStage::One, made.reasons.is_empty());
        prop_assert!(made.provision <= facts.exposure() && !made.provision.is_negative());
        prop_assert!(made.provision >= super::expected::floor(&facts, &set.provision_floor, made.tier));
        if facts.overdue_days > 0 {
            prop_assert!(made.tier > Tier::Normal);
        }
        // The same morning again finds the same.
        let again = assess(&facts, &set, Some(&made));
        prop_assert_eq!(again.tier, made.tier);
        prop_assert_eq!(again.provision, made.provision);
        prop_assert_eq!(again.past, made.past);
    }

    #[test]
    fn more_days_overdue_never_make_a_loan_better(facts in any_facts(), more in 1_i64..300) {
        let set = RiskParameters::default();
        let worse = LoanFacts { overdue_days: facts.overdue_days + more, ..facts };
        let (one, two) = (assess(&facts, &set, None), assess(&worse, &set, None));
        prop_assert!(two.tier >= one.tier && two.stage >= one.stage);
    }
}
