//! The trial calculator behind `POST /appraisals/preview`: one request, one method or one step around
//! the methods, nothing stored.

mod income;
mod method;
mod option;
mod request;
mod response;
mod simulation;
mod step_answers;
mod step_requests;
mod steps;

pub use method::PreviewMethod;
pub use request::*;
pub use response::*;
pub use step_answers::*;
pub use step_requests::*;

use rust_decimal::Decimal;

use super::{
    capitalisation,
    cost::{self, Obsolescence, ReplacementCost},
    error::{AppraisalError, number, to_decimal, to_money},
    hedonic::{self, Transaction},
    market_comparables::{self, Comparable},
};

/// Decimals of factors in answers.
const PLACES: u32 = 9;

/// Calculates. A large tree or simulation takes up to seconds: call it off the request threads.
///
/// # Errors
/// Names the input that is unusable.
pub fn preview(request: &PreviewRequest) -> Result<PreviewResponse, AppraisalError> {
    match request {
        PreviewRequest::ReliefFromRoyalty(r) => income::royalty(r).map(PreviewResponse::ReliefFromRoyalty),
        PreviewRequest::ExcessEarnings(r) => income::earnings(r).map(PreviewResponse::ExcessEarnings),
        PreviewRequest::WithAndWithout(r) => income::with_without(r).map(PreviewResponse::WithAndWithout),
        PreviewRequest::ReplacementCost(r) => replacement_cost(r).map(PreviewResponse::ReplacementCost),
        PreviewRequest::MarketComparables(r) => comparables(r).map(PreviewResponse::MarketComparables),
        PreviewRequest::Hedonic(r) => hedonic_value(r).map(PreviewResponse::Hedonic),
        PreviewRequest::RoyaltyCapitalisation(r) => {
            capitalised(r).map(PreviewResponse::RoyaltyCapitalisation)
        }
        PreviewRequest::RealOption(r) => option::value(r).map(PreviewResponse::RealOption),
        PreviewRequest::MonteCarlo(r) => {
            simulation::value(r).map(|answer| PreviewResponse::MonteCarlo(Box::new(answer)))
        }
        PreviewRequest::ProfitSplit(r) => steps::profit_split(r).map(PreviewResponse::ProfitSplit),
        PreviewRequest::RemainingLife(r) => steps::life(r).map(PreviewResponse::RemainingLife),
        PreviewRequest::Reconciliation(r) => steps::reconciliation(r).map(PreviewResponse::Reconciliation),
        PreviewRequest::CollateralValue(r) => {
            steps::collateral_value(r).map(PreviewResponse::CollateralValue)
        }
    }
}

fn replacement_cost(r: &CostRequest) -> Result<CostAnswer, AppraisalError> {
    let found = cost::value(&ReplacementCost {
        costs: numbers("costs", &r.costs)?,
        trend_factors: numbers("trend_factors", &r.trend_factors)?,
        margin: number("margin", r.margin.unwrap_or_default())?,
        obsolescence: Obsolescence {
            functional: number("functional_obsolescence", r.functional_obsolescence.unwrap_or_default())?,
            technological: number(
                "technological_obsolescence",
                r.technological_obsolescence.unwrap_or_default(),
            )?,
            economic: number("economic_obsolescence", r.economic_obsolescence.unwrap_or_default())?,
        },
    })?;
    Ok(CostAnswer {
        value: to_money("costs", found.value)?,
        cost_new: to_money("costs", found.cost_new)?,
        remaining: to_decimal("functional_obsolescence", found.remaining, PLACES)?,
    })
}

fn comparables(r: &MarketRequest) -> Result<MarketAnswer, AppraisalError> {
    let inputs = r
        .comparables
        .iter()
        .map(|c| {
            Ok(Comparable {
                price: number("price", c.price)?,
                adjustments: numbers("adjustments", &c.adjustments)?,
                weight: number("weight", c.weight)?,
            })
        })
        .collect::<Result<Vec<_>, AppraisalError>>()?;
    let found = market_comparables::value(&inputs, r.summary)?;
    Ok(MarketAnswer {
        value: to_money("comparables", found.value)?,
        low: to_money("comparables", found.low)?,
        high: to_money("comparables", found.high)?,
        adjusted: found.adjusted.iter().map(|p| to_money("comparables", *p)).collect::<Result<_, _>>()?,
    })
}

fn hedonic_value(r: &HedonicRequest) -> Result<HedonicAnswer, AppraisalError> {
    let transactions = r
        .transactions
        .iter()
        .map(|t| {
            Ok(Transaction { price: number("price", t.price)?, features: numbers("features", &t.features)? })
        })
        .collect::<Result<Vec<_>, AppraisalError>>()?;
    let found = hedonic::value(&transactions, &numbers("subject", &r.subject)?)?;
    let coefficients = found.coefficients.iter().map(|b| to_decimal("transactions", *b, PLACES));
    Ok(HedonicAnswer {
        value: to_money("transactions", found.value)?,
        low: to_money("transactions", found.low)?,
        high: to_money("transactions", found.high)?,
        coefficients: coefficients.collect::<Result<_, _>>()?,
        r_squared: to_decimal("transactions", found.r_squared, PLACES)?,
        residual_deviation: to_decimal("transactions", found.residual_deviation, PLACES)?,
    })
}

fn capitalised(r: &CapitalisationRequest) -> Result<CapitalisationAnswer, AppraisalError> {
    let (royalty, tax) = (number("royalty", r.royalty)?, number("tax_rate", r.tax_rate.unwrap_or_default())?);
    let (rate, growth) = (required("discount_rate", r.discount_rate)?, number("growth", r.growth)?);
    let value = capitalisation::value(royalty, tax, rate, growth, r.years)?;
    // The same royalty of one yuan after tax: the multiple does not depend on the amount.
    let multiple = capitalisation::value(1.0, 0.0, rate, growth, r.years)?;
    Ok(CapitalisationAnswer {
        value: to_money("royalty", value)?,
        multiple: to_decimal("discount_rate", multiple, PLACES)?,
    })
}

/// A figure that the calculator has nowhere else to take from.
fn required(field: &str, value: Option<Decimal>) -> Result<f64, AppraisalError> {
    number(field, value.ok_or_else(|| missing(field))?)
}

fn missing(field: &str) -> AppraisalError {
    AppraisalError::new(field, "必填", "is required")
}

fn numbers(field: &str, values: &[Decimal]) -> Result<Vec<f64>, AppraisalError> {
    values.iter().map(|v| number(field, *v)).collect()
}

#[cfg(test)]
mod any_request;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
