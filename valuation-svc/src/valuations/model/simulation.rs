//! The income method under uncertainty: revenue, growth, royalty, discount rate and life drawn together.

use super::{
    assumptions::Plan,
    defaults,
    methods::tab_factor,
    report::{SimulationReport, TornadoReport},
};
use crate::{
    appraisal::model::{
        AppraisalError,
        discount::Timing,
        distribution::Distribution,
        monte_carlo::{Simulation, Variable, simulate},
        outcome::Outcome,
        preview::BarAnswer,
        royalty_stream::RoyaltyStream,
        to_decimal, to_money,
    },
    scoring::model::Score,
};

/// Draws the paths. The less of the patent is known, the wider its revenue is spread.
pub(super) fn run(plan: &Plan, score: &Score, seed: u64) -> Result<Outcome, AppraisalError> {
    let benefit = tab_factor(plan)?;
    let spread = 0.15 + 0.25 * (1.0 - score.coverage.clamp(0.0, 1.0));
    let around = |mode: f64, below: f64, above: f64| Distribution::Triangular {
        low: mode - below,
        mode,
        high: mode + above,
    };
    let life = plan.life.years;
    let longest = (1.15 * life).min(plan.legal_years).max(life);
    let variables = [
        (
            "annual_revenue",
            Distribution::Lognormal { mean: plan.revenue, standard_deviation: spread * plan.revenue },
        ),
        ("revenue_growth", around(plan.growth, 0.04, 0.04)),
        ("royalty_rate", around(plan.royalty, 0.35 * plan.royalty, 0.35 * plan.royalty)),
        ("discount_rate", around(plan.discount_rate, 0.3 * plan.discount_rate, 0.4 * plan.discount_rate)),
        ("life_years", Distribution::Triangular { low: 0.7 * life, mode: life, high: longest }),
    ];
    let simulation = Simulation {
        paths: defaults::PATHS,
        seed,
        variables: variables
            .into_iter()
            .map(|(name, distribution)| Variable { name: name.to_owned(), distribution })
            .collect(),
        rank_correlations: Vec::new(),
    };
    simulate(&simulation, |drawn| match *drawn {
        [revenue, growth, royalty_rate, discount_rate, life_years] => {
            let stream = RoyaltyStream {
                revenue,
                growth,
                kept_a_year: plan.kept_a_year,
                royalty_rate,
                tax_rate: plan.tax_rate,
                discount_rate,
                life_years,
                success_probability: plan.success,
                timing: Timing::MidYear,
            };
            stream.value() * benefit
        }
        _ => f64::NAN,
    })
}

/// The outcome as printed.
pub(super) fn report(outcome: &Outcome) -> Result<SimulationReport, AppraisalError> {
    let money = |value: f64| to_money("simulation", value);
    Ok(SimulationReport {
        paths: outcome.paths,
        seed: outcome.seed,
        mean: money(outcome.mean)?,
        standard_deviation: money(outcome.standard_deviation)?,
        p5: money(outcome.p5)?,
        p25: money(outcome.p25)?,
        p50: money(outcome.p50)?,
        p75: money(outcome.p75)?,
        p95: money(outcome.p95)?,
        histogram: outcome
            .histogram
            .iter()
            .map(|bar| Ok(BarAnswer { from: money(bar.from)?, to: money(bar.to)?, count: bar.count }))
            .collect::<Result<_, AppraisalError>>()?,
        tornado: outcome
            .tornado
            .iter()
            .map(|bar| {
                Ok(TornadoReport {
                    driver: bar.name.clone(),
                    low: money(bar.at_low)?,
                    high: money(bar.at_high)?,
                    input_low: to_decimal(&bar.name, bar.input_low, 6)?,
                    input_high: to_decimal(&bar.name, bar.input_high, 6)?,
                })
            })
            .collect::<Result<_, AppraisalError>>()?,
    })
}
