//! Trial simulations of a royalty stream.

use rust_decimal::Decimal;

use super::{
    BarAnswer, DistributionInput, MonteCarloAnswer, MonteCarloRequest, TornadoAnswer, UncertainInput,
};
use crate::appraisal::model::{
    correlations::placed,
    distribution::Distribution,
    error::{AppraisalError, number, share, tax_rate, to_decimal, to_money, within},
    monte_carlo::{Simulation, Variable, simulate_columns},
    royalty_stream::RoyaltyStreams,
};

/// Paths and seed where none are asked for.
const PATHS: u64 = 10_000;
const SEED: u64 = 20_230_901;
/// The longest life, years: as many as a plan may have.
const LIFE_YEARS_MAX: f64 = 600.0;

pub(super) fn value(r: &MonteCarloRequest) -> Result<MonteCarloAnswer, AppraisalError> {
    let tax = tax_rate("tax_rate", number("tax_rate", r.tax_rate)?)?;
    let certain = UncertainInput::Fixed(Decimal::ONE);
    let none = UncertainInput::Fixed(Decimal::ZERO);
    let inputs = [
        ("revenue", &r.revenue),
        ("royalty_rate", &r.royalty_rate),
        ("discount_rate", &r.discount_rate),
        ("life_years", &r.life_years),
        ("revenue_growth", r.revenue_growth.as_ref().unwrap_or(&none)),
        ("success_probability", r.success_probability.as_ref().unwrap_or(&certain)),
    ];
    let variables = inputs
        .iter()
        .map(|(name, input)| {
            let distribution = distribution(name, input)?;
            possible(name, &distribution)?;
            Ok(Variable { name: (*name).into(), distribution })
        })
        .collect::<Result<_, AppraisalError>>()?;
    let rank_correlations = placed(&r.rank_correlations, &inputs.map(|(name, _)| name))?;
    let paths = u32::try_from(r.paths.unwrap_or(PATHS)).unwrap_or(u32::MAX);
    let simulation = Simulation { paths, seed: r.seed.unwrap_or(SEED), variables, rank_correlations };
    let found = simulate_columns(&simulation, |drawn, values| match drawn {
        [revenue, royalty_rate, discount_rate, life_years, growth, success_probability] => RoyaltyStreams {
            revenue,
            growth,
            royalty_rate,
            discount_rate,
            life_years,
            success_probability,
            kept_a_year: 1.0,
            tax_rate: tax,
            timing: r.timing,
        }
        .values(values),
        _ => values.fill(f64::NAN),
    })
    // The model is no field of the request; that a path of its paths has no outcome is told there.
    .map_err(|error| match error.field.as_str() {
        "model" => AppraisalError { field: "paths".to_owned(), ..error },
        _ => error,
    })?;
    let money = |value: f64| to_money("revenue", value);
    Ok(MonteCarloAnswer {
        value: money(found.mean)?,
        standard_deviation: money(found.standard_deviation)?,
        standard_error: money(found.standard_error)?,
        p5: money(found.p5)?,
        p10: money(found.p10)?,
        p25: money(found.p25)?,
        p50: money(found.p50)?,
        p75: money(found.p75)?,
        p90: money(found.p90)?,
        p95: money(found.p95)?,
        paths: found.paths,
        seed: found.seed,
        histogram: BarAnswer::all(&found, "revenue")?,
        tornado: found
            .tornado
            .iter()
            .map(|bar| {
                Ok(TornadoAnswer {
                    name: bar.name.clone(),
                    input_low: to_decimal(&bar.name, bar.input_low, 6)?,
                    input_high: to_decimal(&bar.name, bar.input_high, 6)?,
                    at_low: money(bar.at_low)?,
                    at_high: money(bar.at_high)?,
                })
            })
            .collect::<Result<_, AppraisalError>>()?,
    })
}

/// Refuses known figures, and ends of bounded distributions, that cannot be: a chance beyond 0 to 1, growth below −1, a life
/// below nothing or beyond the longest. What a normal distribution draws out there is left to it.
fn possible(field: &str, shape: &Distribution) -> Result<(), AppraisalError> {
    let values: Vec<f64> = match shape {
        Distribution::Fixed { value } => vec![*value],
        Distribution::Normal { .. } | Distribution::Lognormal { .. } => Vec::new(),
        Distribution::Triangular { low, high, .. }
        | Distribution::Pert { low, high, .. }
        | Distribution::Uniform { low, high } => vec![*low, *high],
        Distribution::Discrete { outcomes } => outcomes.iter().map(|(value, _)| *value).collect(),
    };
    for value in values {
        match field {
            "success_probability" => {
                share(field, value)?;
            }
            "life_years" => {
                within(field, value, 0.0, LIFE_YEARS_MAX)?;
            }
            "revenue_growth" if value < -1.0 => {
                return Err(AppraisalError::new(field, "不得小于 -1", "must be at least -1"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn distribution(field: &str, input: &UncertainInput) -> Result<Distribution, AppraisalError> {
    let n = |value: Decimal| number(field, value);
    Ok(match input {
        UncertainInput::Fixed(value) => Distribution::Fixed { value: n(*value)? },
        UncertainInput::Distributed(shape) => match shape {
            DistributionInput::Normal { mean, standard_deviation } => {
                Distribution::Normal { mean: n(*mean)?, standard_deviation: n(*standard_deviation)? }
            }
            DistributionInput::Lognormal { mean, standard_deviation } => {
                Distribution::Lognormal { mean: n(*mean)?, standard_deviation: n(*standard_deviation)? }
            }
            DistributionInput::Triangular { low, mode, high } => {
                Distribution::Triangular { low: n(*low)?, mode: n(*mode)?, high: n(*high)? }
            }
            DistributionInput::Pert { low, mode, high } => {
                Distribution::Pert { low: n(*low)?, mode: n(*mode)?, high: n(*high)? }
            }
            DistributionInput::Uniform { low, high } => {
                Distribution::Uniform { low: n(*low)?, high: n(*high)? }
            }
            DistributionInput::Discrete { outcomes } => Distribution::Discrete {
                outcomes: outcomes.iter().map(|o| Ok((n(o.value)?, n(o.probability)?))).collect::<Result<
                    _,
                    AppraisalError,
                >>(
                )?,
            },
        },
    })
}
