//! By which plan a loan is observed and upgraded: the one in force, whatever its interval.

use chrono::{Months, NaiveDate};
use finance::{EclStage, Instalment};

use super::{LoanFacts, Reason, RiskParameters, Tier, assess, observation_ends, samples};

/// The loan restructured on the day of the sample, on a plan of so many months from one due date to the next.
fn restructured(plan: &[Instalment]) -> LoanFacts<'_> {
    let facts = samples::performing();
    LoanFacts { plan, restructured_on: Some(facts.on), matures_on: plan.last().unwrap().due, ..facts }
}

#[test]
fn a_restructured_loan_is_not_released_before_its_new_plan_asks_for_anything() {
    let set = RiskParameters::default();
    let day = samples::performing().on;
    let months = |count: u32| day.checked_add_months(Months::new(count)).unwrap();
    // A bullet after three years, a list whose first payment is two years away, a year without any payment.
    let bullet = samples::interest_every(36)[..1].to_vec();
    let far = [samples::interest_every(24)[..1].to_vec(), samples::interest_every(30)[..1].to_vec()].concat();
    let grace = samples::interest_every(1)[11..].to_vec();
    for (plan, ends) in [(bullet, months(48)), (far, months(36)), (grace, months(24))] {
        let facts = restructured(&plan);
        let first = assess(&facts, &set, None);
        assert_eq!(first.reasons, [Reason::Restructured { until: ends }]);
        assert_eq!(observation_ends(&plan, day, (12, 2)), Some(ends));
        let eve = LoanFacts { on: ends.pred_opt().unwrap(), ..facts };
        let eve = assess(&eve, &set, Some(&first));
        assert_eq!((eve.tier, eve.stage), (Tier::SpecialMention, EclStage::Two));
        let mut end = LoanFacts { on: ends, ..facts };
        end.judged.solved_on = Some(day);
        assert_eq!(assess(&end, &set, Some(&eve)).tier, Tier::Normal);
    }
}

#[test]
fn a_debtor_whose_difficulties_are_not_solved_at_the_end_is_observed_anew() {
    let set = RiskParameters::default();
    let plan = samples::interest_every(1);
    let facts = restructured(&plan);
    let months = |count: u32| facts.on.checked_add_months(Months::new(count)).unwrap();
    let first = assess(&facts, &set, None);
    assert_eq!(first.reasons, [Reason::Restructured { until: months(13) }]);
    // Nobody has found that they are solved: another year from the end.
    let end = LoanFacts { on: months(13), ..facts };
    let anew = assess(&end, &set, Some(&first));
    assert_eq!((anew.tier, anew.past.observed_from), (Tier::SpecialMention, Some(months(13))));
    assert_eq!(anew.reasons, [Reason::Restructured { until: months(25) }]);
    // Found within that year, it is released at its end and not before; what was found before the new terms is of others.
    let mut eve = LoanFacts { on: months(25).pred_opt().unwrap(), ..facts };
    eve.judged.solved_on = Some(months(20));
    assert_eq!(assess(&eve, &set, Some(&anew)).tier, Tier::SpecialMention);
    let mut over = LoanFacts { on: months(25), ..facts };
    over.judged.solved_on = facts.on.pred_opt();
    assert_eq!(assess(&over, &set, Some(&anew)).tier, Tier::SpecialMention);
    over.judged.solved_on = Some(months(20));
    assert_eq!(assess(&over, &set, Some(&anew)).tier, Tier::Normal);
}

#[test]
fn what_was_non_performing_is_upgraded_only_after_two_due_dates_were_met() {
    let set = RiskParameters::default();
    // Due every year: six months pass without anything to meet.
    let plan = samples::interest_every(12);
    let facts = LoanFacts { plan: &plan, matures_on: plan[9].due, ..samples::performing() };
    let bad = assess(&LoanFacts { overdue_days: 91, ..facts }, &set, None);
    let cleared = assess(&facts, &set, Some(&bad));
    let until = plan[1].due;
    assert_eq!(cleared.reasons, [Reason::Held { tier: Tier::Substandard, until: Some(until) }]);
    let on = |day: NaiveDate, unpaid: bool| LoanFacts { on: day, unpaid, ..facts };
    assert_eq!(assess(&on(until.pred_opt().unwrap(), false), &set, Some(&cleared)).tier, Tier::Substandard);
    assert_eq!(assess(&on(until, true), &set, Some(&cleared)).tier, Tier::Substandard, "not met yet");
    assert_eq!(assess(&on(until, false), &set, Some(&cleared)).tier, Tier::Normal);
}
