//! Trial calculations of real options.

use super::{OptionAnswer, OptionModel, OptionRequest, PLACES, missing, required};
use crate::appraisal::model::{
    error::{AppraisalError, STEPS_MAX, number, to_decimal, to_money},
    real_option::{Exercise, OptionKind, OptionTerms},
};

/// Steps where none are asked for.
const STEPS: u32 = 500;

pub(super) fn value(r: &OptionRequest) -> Result<OptionAnswer, AppraisalError> {
    let terms = OptionTerms {
        kind: r.kind,
        underlying: required("underlying", r.underlying)?,
        strike: required("strike", r.strike)?,
        years: required("years", r.years)?,
        volatility: required("volatility", r.volatility)?,
        risk_free_rate: required("risk_free_rate", r.risk_free_rate)?,
        cost_of_delay: number("cost_of_delay", r.cost_of_delay.unwrap_or_default())?,
    };
    let closed = terms.black_scholes()?;
    let model = r.model.ok_or_else(|| missing("model"))?;
    let (european, american, value, steps) = match model {
        OptionModel::BlackScholes => {
            if r.exercise == Exercise::American {
                return Err(AppraisalError::new(
                    "exercise",
                    "布莱克－斯科尔斯公式只适用于欧式行权，美式请用二叉树",
                    "the Black–Scholes formula values European exercise only: use the binomial model",
                ));
            }
            let (american, steps) = american_beside(&terms, asked(r)?)?;
            // The tree may fall short of the closed form by its step; the right to exercise early never costs.
            (closed.value, american.map(|a| a.max(closed.value)), closed.value, steps)
        }
        OptionModel::Binomial => {
            let steps = asked(r)?.unwrap_or(STEPS);
            let european = terms.binomial(Exercise::European, steps)?;
            let american = terms.binomial(Exercise::American, steps)?;
            let value = if r.exercise == Exercise::American { american } else { european };
            (european, Some(american), value, steps)
        }
    };
    // What is beyond the range of amounts comes from the larger of the two.
    let larger = if terms.strike > terms.underlying { "strike" } else { "underlying" };
    Ok(OptionAnswer {
        value: to_money(larger, value)?,
        european: to_money(larger, european)?,
        american: american.map(|a| to_money(larger, a)).transpose()?,
        npv: to_money(larger, terms.net_present_value())?,
        // The project with the right to give it up at any time: the project and the American put.
        with_abandonment: american
            .filter(|_| terms.kind == OptionKind::Put)
            .map(|put| to_money(larger, terms.underlying + put))
            .transpose()?,
        d1: to_decimal("volatility", closed.d1, PLACES)?,
        d2: to_decimal("volatility", closed.d2, PLACES)?,
        steps,
    })
}

fn asked(r: &OptionRequest) -> Result<Option<u32>, AppraisalError> {
    let too_many = || AppraisalError::new("steps", "必须为 1 至 10000", "must be 1 to 10000");
    r.steps
        .map(|steps| u32::try_from(steps).ok().filter(|s| (1..=STEPS_MAX).contains(s)).ok_or_else(too_many))
        .transpose()
}

/// The American value beside a closed form, on the steps asked for or on as many as the terms need.
fn american_beside(terms: &OptionTerms, asked: Option<u32>) -> Result<(Option<f64>, u32), AppraisalError> {
    if let Some(steps) = asked {
        return Ok((Some(terms.binomial(Exercise::American, steps)?), steps));
    }
    let found = [STEPS, 2_500, STEPS_MAX]
        .into_iter()
        .find_map(|steps| terms.binomial(Exercise::American, steps).ok().map(|value| (Some(value), steps)));
    Ok(found.unwrap_or((None, STEPS_MAX)))
}
