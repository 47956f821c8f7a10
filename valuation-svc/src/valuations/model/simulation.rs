//! The income method under uncertainty: revenue, growth, royalty, discount rate, life and the chance of success, drawn together
//! by rank. The paths are worked on in columns, several beside each other, with the bits that each has alone: what was valued
//! before is made again the same.

use super::{
    assumptions::{AssumptionSource, Note, Plan},
    inputs::Inputs,
    methods::tab_factor,
    report::{CorrelationReport, SimulationReport, TornadoReport},
};
use crate::{
    appraisal::model::{
        AppraisalError,
        correlations::{DRIVERS, placed},
        discount::Timing,
        distribution::Distribution,
        monte_carlo::{Simulation, Variable, simulate_columns},
        outcome::Outcome,
        preview::{BarAnswer, CorrelationInput},
        royalty_stream::RoyaltyStreams,
        to_decimal, to_money,
    },
    models::model::ModelContent,
};

/// Draws the paths. The less of the patent is known, the wider its revenue is spread; the chance of success is drawn where
/// the model says between which levels of readiness. `scale` multiplies every path; 1 leaves it as it is.
pub(super) fn run(
    plan: &Plan,
    (coverage, scale): (f64, f64),
    (seed, paths): (u64, u32),
    pairs: &[CorrelationInput],
) -> Result<Outcome, AppraisalError> {
    let benefit = tab_factor(plan)? * scale;
    let simulation = simulation(plan, coverage, (seed, paths), pairs)?;
    // Where it is not drawn every path has the same chance of success; no chunk is longer than all paths together.
    let certain = match plan.success_range {
        Some(_) => Vec::new(),
        None => vec![plan.success; simulation.paths as usize],
    };
    simulate_columns(&simulation, |drawn, values| match drawn {
        [revenue, growth, royalty_rate, discount_rate, life_years, success @ ..] => {
            RoyaltyStreams {
                revenue,
                growth,
                royalty_rate,
                discount_rate,
                life_years,
                success_probability: success.first().unwrap_or(&certain),
                kept_a_year: plan.kept_a_year,
                tax_rate: plan.tax_rate,
                timing: Timing::MidYear,
            }
            .values(values);
            values.iter_mut().for_each(|value| *value *= benefit);
        }
        _ => values.fill(f64::NAN),
    })
}

/// The rank correlations that hold: the request's with its reason, else the model's.
pub(super) fn correlations(inputs: &Inputs, content: &ModelContent) -> CorrelationReport {
    if let Some(stated) = &inputs.methods.correlations {
        return CorrelationReport {
            source: AssumptionSource::Request,
            note_zh: format!("由申请评估方改定，理由：{}", stated.reason.trim()),
            note_en: format!("set by the request; reason: {}", stated.reason.trim()),
            pairs: stated.pairs.clone(),
        };
    }
    let source = AssumptionSource::of_model(inputs.model.is_some());
    let note = Note::of(
        source,
        "模拟输入之间的秩相关系数",
        "rank correlations between the inputs of the simulation",
    );
    let pairs = content.parameters.simulation.rank_correlations.clone();
    CorrelationReport { source, note_zh: note.zh, note_en: note.en, pairs }
}

fn simulation(
    plan: &Plan,
    coverage: f64,
    (seed, paths): (u64, u32),
    pairs: &[CorrelationInput],
) -> Result<Simulation, AppraisalError> {
    let spread = 0.15 + 0.25 * (1.0 - coverage.clamp(0.0, 1.0));
    let around = |mode: f64, below: f64, above: f64| Distribution::Triangular {
        low: mode - below,
        mode,
        high: mode + above,
    };
    let life = plan.life.years;
    let longest = (1.15 * life).min(plan.legal_years).max(life);
    let mut distributions = vec![
        Distribution::Lognormal { mean: plan.revenue, standard_deviation: spread * plan.revenue },
        around(plan.growth, 0.04, 0.04),
        around(plan.royalty, 0.35 * plan.royalty, 0.35 * plan.royalty),
        around(plan.discount_rate, 0.3 * plan.discount_rate, 0.4 * plan.discount_rate),
        Distribution::Triangular { low: 0.7 * life, mode: life, high: longest },
    ];
    if let Some((low, high)) = plan.success_range {
        distributions.push(Distribution::Triangular { low, mode: plan.success, high });
    }
    let drawn = distributions.len();
    let named = DRIVERS.iter().zip(distributions);
    let mut rank_correlations = placed(pairs, &DRIVERS)?;
    // What is not drawn cannot be drawn together with anything.
    rank_correlations.retain(|pair| pair.first < drawn && pair.second < drawn);
    Ok(Simulation {
        paths,
        seed,
        variables: named
            .map(|(name, distribution)| Variable { name: (*name).to_owned(), distribution })
            .collect(),
        rank_correlations,
    })
}

/// The outcome as printed.
pub(super) fn report(
    outcome: &Outcome,
    correlations: CorrelationReport,
) -> Result<SimulationReport, AppraisalError> {
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
        histogram: BarAnswer::all(outcome, "simulation")?,
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
        correlations: Some(correlations),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::appraisal::model::{
        monte_carlo::simulate,
        remaining_life::{LifeLimit, RemainingLife},
        royalty_stream::RoyaltyStream,
    };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn the_paths_together_have_the_bits_of_each_path_alone(
            revenue in 1e4..1e8f64, royalty in 0.005..0.2f64, discount_rate in 0.05..0.3f64, years in 0.5..19.0f64,
            seed in any::<u64>(), paths in prop_oneof![Just(5_000_u32), 1..3_000_u32], drawn in any::<bool>(),
        ) {
            let plan = Plan {
                revenue,
                growth: 0.06,
                royalty,
                discount_rate,
                tax_rate: 0.25,
                development_cost: 1e6,
                legal_years: 20.0,
                life: RemainingLife { years, limited_by: LifeLimit::Legal },
                kept_a_year: 0.91,
                success: 0.72,
                success_range: drawn.then_some((0.56, 0.90)),
                volatility: 0.4,
                readiness: Some(7),
                tax_life_years: 10,
            };
            let pairs = &ModelContent::platform_default().content.parameters.simulation.rank_correlations;
            let benefit = tab_factor(&plan).unwrap();
            let alone = simulate(&simulation(&plan, 0.6, (seed, paths), pairs).unwrap(), |drawn| match *drawn {
                [revenue, growth, royalty_rate, discount_rate, life_years, ref success @ ..] => {
                    let stream = RoyaltyStream {
                        revenue,
                        growth,
                        kept_a_year: plan.kept_a_year,
                        royalty_rate,
                        tax_rate: plan.tax_rate,
                        discount_rate,
                        life_years,
                        success_probability: success.first().copied().unwrap_or(plan.success),
                        timing: Timing::MidYear,
                    };
                    stream.value() * benefit
                }
                _ => f64::NAN,
            });
            prop_assert_eq!(run(&plan, (0.6, 1.0), (seed, paths), pairs).unwrap(), alone.unwrap());
        }
    }
}
