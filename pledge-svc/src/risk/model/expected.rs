//! The loss that is expected of a loan: Σ PDₜ·LGDₜ·EADₜ·DFₜ over weighted scenarios.
//!
//! The life that is left is cut into years and a last part of one; the probability of a part is the year's by months.
//! What is owed in a later year is what the plan in force leaves outstanding at its beginning, and what is overdue: grace
//! years, agreed lists and a bullet after a restructuring leave all of it. Losses are discounted at the contract rate.
//!
//! Stage 1 looks at the first year only and is worked out here without allocating, for a million loans a night; the
//! crate's own formula is the slow and obvious twin that the test compares it with. Stages 2 and 3 use the crate's.

use chrono::{Months, NaiveDate};
use finance::{
    EclError, EclScenario, EclStage, Money, Rate, RiskPeriod, Rounding, expected_loss, impaired_loss,
};
use rust_decimal::Decimal;

use super::{
    LoanFacts, Tier,
    parameters::{Floors, Lgd, RiskParameters},
};

/// Months of a year.
const YEAR: u32 = 12;
/// Days of a month, as the expected loss counts them.
const MONTH_DAYS: i64 = 30;

/// What is expected to be lost, before the floor of the provision. What cannot be worked out is expected to be lost
/// whole: it is beyond any amount that is lent.
pub(super) fn expected(facts: &LoanFacts, parameters: &RiskParameters, tier: Tier, stage: EclStage) -> Money {
    let exposure = at_default(facts, parameters, stage);
    if !exposure.is_positive() {
        return Money::ZERO;
    }
    let made = match stage {
        EclStage::One => first_year(facts, parameters, exposure),
        EclStage::Two => lifetime(facts, parameters, exposure, curve(facts, parameters, tier)).ok(),
        EclStage::Three => impaired(facts, parameters, exposure).ok(),
    };
    made.map_or(exposure, |loss| loss.min(exposure))
}

/// The exposure at default: what is owed, and of what may still be drawn beside it what the bank reckons to be drawn by then. An
/// impaired loan's borrower draws nothing more. What a line has undrawn stands with the allowance of its loans, for it cannot be
/// told apart from them (IFRS 7 B8E); what members without a loan may draw is provided for by itself ([`super::commitment`]).
pub(super) fn at_default(facts: &LoanFacts, parameters: &RiskParameters, stage: EclStage) -> Money {
    let owed = facts.exposure();
    let conversion = parameters.commitments.conversion;
    if stage == EclStage::Three || !owed.is_positive() || conversion == Rate::ZERO {
        return owed;
    }
    let undrawn = facts.line.undrawn.scale(conversion, Rounding::HalfUp);
    undrawn.and_then(|undrawn| owed.checked_add(undrawn)).unwrap_or(Money::MAX)
}

/// The least provision for a tier: a part of the balance, rounded half up.
pub(super) fn floor(facts: &LoanFacts, floors: &Floors, tier: Tier) -> Money {
    let part = match tier {
        Tier::Normal => floors.normal,
        Tier::SpecialMention => floors.special_mention,
        Tier::Substandard => floors.substandard,
        Tier::Doubtful => floors.doubtful,
        Tier::Loss => floors.loss,
    };
    facts.outstanding.scale(part, Rounding::HalfUp).unwrap_or(facts.outstanding)
}

fn curve<'a>(facts: &LoanFacts, parameters: &'a RiskParameters, tier: Tier) -> &'a [Rate] {
    match tier {
        Tier::Normal if facts.watched => &parameters.pd.watched,
        Tier::Normal => &parameters.pd.normal,
        _ => &parameters.pd.special_mention,
    }
}

/// Months that begin within the life that is left, at least one.
fn months_left(facts: &LoanFacts) -> u32 {
    let days = (facts.matures_on - facts.on).num_days().max(1);
    u32::try_from((days + MONTH_DAYS - 1) / MONTH_DAYS).unwrap_or(u32::MAX)
}

/// What is lost of an exposure when it defaults, in yuan, before a scenario's factor: the guaranteed part by its rate;
/// of the rest what collateral does not bring, but never less than the floor.
fn lost(exposure: Decimal, facts: &LoanFacts, lgd: &Lgd) -> Option<Decimal> {
    let guaranteed = if facts.guaranteed == Rate::ZERO {
        Decimal::ZERO
    } else {
        exposure.checked_mul(facts.guaranteed.fraction())?
    };
    let bare = exposure.checked_sub(guaranteed)?;
    let collateral = facts.collateral.counting(facts.on);
    let mut lost = bare.checked_mul(lgd.unguaranteed.fraction())?;
    if collateral.is_positive() {
        let realised = collateral.yuan().checked_mul(lgd.collateral_realisation.fraction())?;
        lost = lost.checked_sub(realised)?.max(bare.checked_mul(lgd.floor.fraction())?);
    }
    if guaranteed.is_zero() {
        return Some(lost);
    }
    lost.checked_add(guaranteed.checked_mul(lgd.guaranteed.fraction())?)
}

/// Stage 1. One part of a year: PD by months, one discount.
fn first_year(facts: &LoanFacts, parameters: &RiskParameters, exposure: Money) -> Option<Money> {
    let months = Decimal::from(months_left(facts).min(YEAR));
    let yearly = parameters.pd.normal.first()?.fraction();
    let exposure = exposure.yuan();
    let lost = lost(exposure, facts, &parameters.lgd)?;
    let mut sum = Decimal::ZERO;
    for scenario in &parameters.scenarios.0 {
        let probability = yearly.checked_mul(scenario.pd_factor.fraction())?.min(Decimal::ONE);
        let lost = lost.checked_mul(scenario.lgd_factor.fraction())?.min(exposure);
        let weighted = probability.checked_mul(scenario.weight.fraction())?;
        sum = sum.checked_add(lost.checked_mul(weighted)?)?;
    }
    let twelve = Decimal::from(YEAR);
    let growth = facts.annual_rate.fraction().checked_mul(months)?.checked_div(twelve)?;
    let spread = sum.checked_mul(months)?.checked_div(twelve)?;
    Money::round_yuan(spread.checked_div(growth.checked_add(Decimal::ONE)?)?, Rounding::HalfUp).ok()
}

/// Stage 2, by the crate's formula.
fn lifetime(
    facts: &LoanFacts,
    parameters: &RiskParameters,
    exposure: Money,
    curve: &[Rate],
) -> Result<Money, EclError> {
    let mut scenarios = Vec::with_capacity(parameters.scenarios.0.len());
    for scenario in &parameters.scenarios.0 {
        let periods = periods(facts, parameters, exposure, curve, scenario.pd_factor, scenario.lgd_factor)?;
        scenarios.push(EclScenario { weight: scenario.weight, periods });
    }
    Ok(expected_loss(&scenarios, facts.annual_rate)?.lifetime)
}

fn periods(
    facts: &LoanFacts,
    parameters: &RiskParameters,
    exposure: Money,
    curve: &[Rate],
    pd_factor: Rate,
    lgd_factor: Rate,
) -> Result<Vec<RiskPeriod>, EclError> {
    let all = months_left(facts);
    let mut periods = Vec::new();
    let mut begun = 0;
    while begun < all {
        let months = (all - begun).min(YEAR);
        let begins = facts.on.checked_add_months(Months::new(begun)).unwrap_or(NaiveDate::MAX);
        let repaid = if begun == 0 { Money::ZERO } else { facts.repaid_until(begins) };
        let exposure = exposure.saturating_sub(repaid);
        let yearly = curve.get(periods.len()).or(curve.last()).copied().unwrap_or(Rate::ONE);
        let probability = times(yearly, pd_factor).fraction() * Decimal::from(months) / Decimal::from(YEAR);
        periods.push(RiskPeriod {
            months,
            exposure,
            default_probability: Rate::new(probability),
            loss_given_default: given_default(exposure, facts, &parameters.lgd, lgd_factor),
        });
        begun += months;
    }
    Ok(periods)
}

/// Stage 3: its own estimate where there is one, else what the model loses in a default.
pub(super) fn impaired(facts: &LoanFacts, set: &RiskParameters, exposure: Money) -> Result<Money, EclError> {
    if let Some(loss) = facts.judged.impairment {
        return Ok(exposure.scale(loss, Rounding::HalfUp)?);
    }
    let facts = &facts.left_by_its_case();
    let outcomes: Vec<(Rate, Rate)> = set
        .scenarios
        .0
        .iter()
        .map(|one| (one.weight, given_default(exposure, facts, &set.lgd, one.lgd_factor)))
        .collect();
    impaired_loss(exposure, &outcomes)
}

/// The loss given default as a part of the exposure, at most the whole.
fn given_default(exposure: Money, facts: &LoanFacts, lgd: &Lgd, factor: Rate) -> Rate {
    let whole = exposure.yuan();
    let part = lost(whole, facts, lgd)
        .and_then(|lost| lost.checked_mul(factor.fraction()))
        .and_then(|lost| lost.checked_div(whole));
    Rate::new(part.map_or(Decimal::ONE, |part| part.clamp(Decimal::ZERO, Decimal::ONE)))
}

/// A product of two shares that is one itself.
fn times(rate: Rate, factor: Rate) -> Rate {
    let product = rate.fraction().checked_mul(factor.fraction());
    Rate::new(product.map_or(Decimal::ONE, |product| product.min(Decimal::ONE)))
}

#[cfg(test)]
mod tests {
    use finance::Instalment;
    use proptest::prelude::*;

    use super::{super::samples, *};

    fn bare(exposure: i64, months: i64) -> LoanFacts<'static> {
        let facts = samples::performing();
        LoanFacts {
            outstanding: Money::from_yuan(exposure).unwrap(),
            not_due: Money::from_yuan(exposure).unwrap(),
            matures_on: facts.on + chrono::TimeDelta::days(30 * months),
            ..facts
        }
    }

    /// One scenario, the published conditional probabilities and LGD 45 %.
    fn published() -> RiskParameters {
        let mut set = RiskParameters::default();
        set.scenarios.0.truncate(1);
        set.scenarios.0[0].weight = Rate::ONE;
        let rates = [200, 300, 400].map(Rate::from_basis_points).to_vec();
        set.pd.normal.clone_from(&rates);
        set.pd.special_mention = rates;
        set.lgd.unguaranteed = Rate::from_basis_points(4_500);
        set
    }

    #[test]
    fn the_worked_example_of_the_first_year_comes_out_to_the_fen() {
        // EAD 1,000,000, PD 2 %, LGD 45 %, 5 %: 8,571.43.
        let facts = LoanFacts { annual_rate: "0.05".parse().unwrap(), ..bare(1_000_000, 36) };
        assert_eq!(expected(&facts, &published(), Tier::Normal, EclStage::One).to_string(), "8571.43");
        // The same over three years at a constant balance: 1,000,000 × 45 % × (0.02/1.05 + 0.98·0.03/1.05²
        // + 0.98·0.97·0.04/1.05³) = 8,571.4286 + 12,000.0000 + 14,780.9524.
        let whole = expected(&facts, &published(), Tier::SpecialMention, EclStage::Two);
        assert_eq!(whole.to_string(), "35352.38");
    }

    #[test]
    fn instalments_leave_less_to_lose_in_later_years() {
        let facts = LoanFacts { annual_rate: "0.05".parse().unwrap(), ..bare(1_000_000, 36) };
        let plan = yearly(facts.on, &["666666.67", "333333.33", "0.00"]);
        let instalments = LoanFacts { plan: &plan, ..facts };
        let loss = |facts: &LoanFacts| expected(facts, &published(), Tier::SpecialMention, EclStage::Two);
        // 8,571.4286 + 12,000 × 2/3 + 14,780.9524 × 1/3
        assert_eq!(loss(&instalments).to_string(), "21498.41");
        assert!(loss(&instalments) < loss(&facts));
    }

    /// A plan that leaves so much outstanding after each year.
    fn yearly(on: NaiveDate, balances: &[&str]) -> Vec<Instalment> {
        let mut before = Money::from_yuan(1_000_000).unwrap();
        (1_u32..)
            .zip(balances)
            .map(|(number, balance)| {
                let balance: Money = balance.parse().unwrap();
                let principal = before.checked_sub(balance).unwrap();
                before = balance;
                let due = on.checked_add_months(Months::new(12 * number)).unwrap();
                Instalment { number, due, principal, interest: Money::ZERO, total: principal, balance }
            })
            .collect()
    }

    #[test]
    fn the_published_example_of_a_life_comes_out_to_the_fen() {
        // EAD 1,000,000/700,000/400,000: 8,571.43 + 8,400.00 + 5,912.38 = 22,883.81.
        let facts = LoanFacts { annual_rate: "0.05".parse().unwrap(), ..bare(1_000_000, 36) };
        let plan = yearly(facts.on, &["700000.00", "400000.00", "0.00"]);
        let facts = LoanFacts { plan: &plan, ..facts };
        let loss = expected(&facts, &published(), Tier::SpecialMention, EclStage::Two);
        assert_eq!(loss.to_string(), "22883.81");
    }

    #[test]
    fn a_year_of_grace_and_a_bullet_leave_all_of_it_to_lose_and_what_is_overdue_stays() {
        let facts = LoanFacts { annual_rate: "0.05".parse().unwrap(), ..bare(1_000_000, 36) };
        let loss = |plan: &[Instalment], not_due: &str| {
            let facts = LoanFacts { plan, not_due: not_due.parse().unwrap(), ..facts };
            expected(&facts, &published(), Tier::SpecialMention, EclStage::Two).to_string()
        };
        let grace = yearly(facts.on, &["1000000.00", "500000.00", "0.00"]);
        // 8,571.4286 + 12,000.0000 + 14,780.9524 × 1/2
        assert_eq!(loss(&grace, "1000000"), "27961.90");
        let bullet = yearly(facts.on, &["1000000.00", "1000000.00", "0.00"]);
        assert_eq!(loss(&bullet, "1000000"), "35352.38");
        // Nothing is left to fall due: all of it is overdue and is not repaid by the plan.
        assert_eq!(loss(&yearly(facts.on, &["0.00", "0.00", "0.00"]), "0"), "35352.38");
    }

    #[test]
    fn collateral_lowers_the_loss_only_to_the_floor_and_only_while_it_counts() {
        let set = published();
        let loss = |facts: &LoanFacts| expected(facts, &set, Tier::Substandard, EclStage::Three);
        let facts = bare(1_000_000, 12);
        assert_eq!(loss(&facts).to_string(), "450000.00");
        let mut pledged = facts;
        pledged.collateral.value = Money::from_yuan(10_000_000).unwrap();
        pledged.collateral.valid_until = Some(facts.on);
        let mut set_low = published();
        set_low.lgd.floor = Rate::from_basis_points(2_000);
        let low = |facts: &LoanFacts| expected(facts, &set_low, Tier::Substandard, EclStage::Three);
        assert_eq!(low(&pledged).to_string(), "200000.00", "6.7 % of ten million would bring more");
        pledged.collateral.value = Money::from_yuan(1_000_000).unwrap();
        assert_eq!(low(&pledged).to_string(), "383000.00", "450,000 less 67,000");
        pledged.collateral.lost = true;
        assert_eq!(low(&pledged).to_string(), "450000.00");
        pledged.collateral.lost = false;
        pledged.collateral.valid_until = facts.on.pred_opt();
        assert_eq!(low(&pledged).to_string(), "450000.00", "the valuation has ended");
    }

    #[test]
    fn a_guaranteed_part_loses_by_its_own_rate_and_an_estimate_takes_the_models_place() {
        let set = published();
        let mut facts = bare(1_000_000, 12);
        facts.guaranteed = Rate::from_basis_points(8_000);
        // 800,000 × 20 % + 200,000 × 45 %
        assert_eq!(expected(&facts, &set, Tier::Loss, EclStage::Three).to_string(), "250000.00");
        facts.judged.impairment = Some(Rate::from_basis_points(6_000));
        assert_eq!(expected(&facts, &set, Tier::Doubtful, EclStage::Three).to_string(), "600000.00");
    }

    #[test]
    fn what_may_still_be_drawn_is_lost_by_its_conversion_until_the_loan_is_impaired() {
        let mut set = published();
        set.commitments.conversion = Rate::from_basis_points(4_000);
        let mut facts = LoanFacts { annual_rate: "0.05".parse().unwrap(), ..bare(1_000_000, 36) };
        facts.line.undrawn = Money::from_yuan(500_000).unwrap();
        // EAD 1,000,000 + 500,000 × 40 % = 1,200,000; × 2 % × 45 % / 1.05 = 10,285.71.
        let loss = |set: &RiskParameters, stage| expected(&facts, set, Tier::Normal, stage).to_string();
        assert_eq!(loss(&set, EclStage::One), "10285.71");
        assert_eq!(loss(&set, EclStage::Three), "450000.00");
        assert_eq!(loss(&published(), EclStage::One), "8571.43", "nothing unless the bank says so");
    }

    #[test]
    fn the_floor_follows_the_tier() {
        let floors = Floors::default();
        let facts = bare(1_000_000, 12);
        let of = |tier| floor(&facts, &floors, tier).to_string();
        assert_eq!(Tier::ALL.map(of), ["10000.00", "20000.00", "250000.00", "500000.00", "1000000.00"]);
    }

    proptest! {
        #[test]
        fn the_fast_first_year_is_the_crates_twelve_months(
            fen in 1_i64..1_000_000_000_000, days in -40_i64..4_000, points in 0_i64..2_400,
            guaranteed in 0_i64..=10_000, collateral in 0_i64..2_000_000_000_000, planned: bool,
        ) {
            let set = RiskParameters::default();
            let facts = samples::performing();
            let facts = LoanFacts {
                outstanding: Money::from_fen(fen),
                matures_on: facts.on + chrono::TimeDelta::days(days),
                annual_rate: Rate::from_basis_points(points),
                guaranteed: Rate::from_basis_points(guaranteed),
                plan: if planned { facts.plan } else { &[] },
                ..facts
            };
            let facts = LoanFacts {
                collateral: super::super::CollateralFacts {
                    value: Money::from_fen(collateral),
                    ..facts.collateral
                },
                ..facts
            };
            let scenarios: Vec<EclScenario> = set.scenarios.0.iter().map(|one| EclScenario {
                weight: one.weight,
                periods: periods(
                    &facts, &set, facts.exposure(), &set.pd.normal, one.pd_factor, one.lgd_factor,
                ).unwrap(),
            }).collect();
            let slow = expected_loss(&scenarios, facts.annual_rate).unwrap().twelve_months;
            let fast = first_year(&facts, &set, facts.exposure()).unwrap();
            prop_assert!((slow.fen() - fast.fen()).abs() <= 1, "{slow} {fast}");
        }

        #[test]
        fn no_more_is_expected_to_be_lost_than_is_owed_and_never_less_than_nothing(
            fen in 0_i64..1_000_000_000_000, days in -400_i64..4_000, loss in 0_i64..=10_000,
        ) {
            let set = RiskParameters::default();
            let facts = samples::performing();
            let mut facts = LoanFacts {
                outstanding: Money::from_fen(fen),
                matures_on: facts.on + chrono::TimeDelta::days(days),
                ..facts
            };
            for stage in EclStage::ALL {
                for tier in Tier::ALL {
                    let made = expected(&facts, &set, tier, stage);
                    prop_assert!(!made.is_negative() && made <= facts.exposure());
                }
            }
            let bare = expected(&facts, &set, Tier::Normal, EclStage::One);
            prop_assert!(bare <= expected(&facts, &set, Tier::SpecialMention, EclStage::Two));
            facts.judged.impairment = Some(Rate::from_basis_points(loss));
            let own = expected(&facts, &set, Tier::Loss, EclStage::Three);
            prop_assert_eq!(own, facts.outstanding.scale(Rate::from_basis_points(loss), Rounding::HalfUp).unwrap());
        }
    }
}
