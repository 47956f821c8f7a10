//! The methods of the income and cost approaches, and which methods are not considered and why.

use std::collections::BTreeMap;

use finance::Rate;
use serde_json::json;

use super::{
    assumptions::{AssumptionSource, Assumptions, Plan},
    inputs::RoyaltyEvidence,
    report::MethodReport,
};
use crate::{
    appraisal::model::{
        AppraisalError,
        cost::{self, Obsolescence, ReplacementCost},
        discount::Timing,
        maths,
        relief_from_royalty::{self, ReliefFromRoyalty},
        tab::{self, Benefit},
        to_decimal, to_money,
    },
    models::model::CostParameters,
    scoring::model::{Score, ScoringFacts},
};

/// A method with its value as a statistic; `None` where it is not considered.
pub(super) struct Method {
    pub value: Option<f64>,
    pub report: MethodReport,
}

pub(super) type Names = (&'static str, &'static str, &'static str);
pub(super) type Reason<'a> = (&'a str, &'a str);

/// A method that counts.
pub(super) fn considered(
    (method, name_zh, name_en): Names,
    value: f64,
    reason: Reason<'_>,
    inputs: BTreeMap<String, String>,
    detail: serde_json::Value,
) -> Result<Method, AppraisalError> {
    Ok(Method {
        value: Some(value),
        report: MethodReport {
            method: method.into(),
            name_zh: name_zh.into(),
            name_en: name_en.into(),
            value: Some(to_money(method, value)?),
            weight: Rate::ZERO,
            considered: true,
            reason_zh: reason.0.into(),
            reason_en: reason.1.into(),
            inputs,
            detail,
        },
    })
}

/// A method that does not, with the reason.
pub(super) fn set_aside((method, name_zh, name_en): Names, reason: Reason<'_>) -> Method {
    Method {
        value: None,
        report: MethodReport {
            method: method.into(),
            name_zh: name_zh.into(),
            name_en: name_en.into(),
            value: None,
            weight: Rate::ZERO,
            considered: false,
            reason_zh: reason.0.into(),
            reason_en: reason.1.into(),
            inputs: BTreeMap::new(),
            detail: json!({}),
        },
    }
}

/// Inputs by name.
pub(super) fn named<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The factor of the tax amortisation benefit that the income method adds.
pub(super) fn tab_factor(plan: &Plan) -> Result<f64, AppraisalError> {
    tab::factor(plan.tax_rate, plan.tax_life_years, plan.discount_rate, Timing::MidYear)
}

/// Revenue year by year: it grows with the market, fades with the technology, and comes with the chance of success.
fn revenue(plan: &Plan, success: f64) -> Vec<f64> {
    let step = (1.0 + plan.growth) * plan.kept_a_year;
    let (mut years, mut earned, mut left) = (Vec::new(), plan.revenue * success, plan.life.years);
    while left > 0.0 && years.len() < 100 {
        years.push(earned * left.min(1.0));
        earned *= step;
        left -= 1.0;
    }
    years
}

/// 许可费节省法.
pub(super) fn royalty(
    plan: &Plan,
    assumptions: &Assumptions,
    evidence: Option<&RoyaltyEvidence>,
) -> Result<Method, AppraisalError> {
    let years = revenue(plan, plan.success);
    let found = relief_from_royalty::value(&ReliefFromRoyalty {
        revenue: years.clone(),
        royalty_rate: plan.royalty,
        discount_rate: plan.discount_rate,
        tax_rate: plan.tax_rate,
        timing: Timing::MidYear,
        benefit: Benefit::OverYears(plan.tax_life_years),
    })?;
    let periods = found
        .periods
        .iter()
        .zip(&years)
        .map(|(period, revenue)| {
            Ok(json!({
                "number": period.number,
                "revenue": to_money("revenue", *revenue)?,
                "cash_flow": to_money("cash_flow", period.cash_flow)?,
                "discount_factor": to_decimal("discount_factor", period.discount_factor, 6)?,
                "present_value": to_money("present_value", period.present_value)?,
            }))
        })
        .collect::<Result<Vec<_>, AppraisalError>>()?;
    let mut inputs = named([
        ("annual_revenue", assumptions.annual_revenue.value.clone()),
        ("revenue_growth", assumptions.revenue_growth.value.clone()),
        ("royalty_rate", assumptions.royalty_rate.value.clone()),
        ("discount_rate", assumptions.discount_rate.value.clone()),
        ("tax_rate", assumptions.tax_rate.value.clone()),
        ("life_years", assumptions.remaining_economic_life_years.value.clone()),
        ("half_life_years", assumptions.technology_half_life_years.value.clone()),
        ("success_probability", assumptions.success_probability.value.clone()),
        ("tax_life_years", plan.tax_life_years.to_string()),
    ]);
    let cited = evidence.filter(|_| assumptions.royalty_rate.source == AssumptionSource::Statistics);
    if let Some((row, (low, high))) = cited.and_then(|row| Some((row, row.range()?))) {
        inputs.insert("royalty_evidence".to_owned(), row.row.clone());
        inputs.insert("royalty_low".to_owned(), low.to_string());
        inputs.insert("royalty_high".to_owned(), high.to_string());
    }
    let detail = json!({
        "timing": "mid_year",
        "value_before_tab": to_money("value_before_tab", found.value_before_tab)?,
        "tab_factor": to_decimal("tab_factor", found.tab_factor, 6)?,
        "periods": periods,
    });
    considered(
        ("relief_from_royalty", "许可费节省法", "Relief from royalty"),
        found.value,
        (
            "收益法的首选方法：收入与许可费率可取得或可合理估计",
            "the income method of first choice: revenue and royalty are known or can be estimated",
        ),
        inputs,
        detail,
    )
}

/// The present value of the royalty were success certain: what the real option is written on.
pub(super) fn royalty_if_successful(plan: &Plan) -> Result<f64, AppraisalError> {
    let found = relief_from_royalty::value(&ReliefFromRoyalty {
        revenue: revenue(plan, 1.0),
        royalty_rate: plan.royalty,
        discount_rate: plan.discount_rate,
        tax_rate: plan.tax_rate,
        timing: Timing::MidYear,
        benefit: Benefit::OverYears(plan.tax_life_years),
    })?;
    Ok(found.value)
}

/// What the technology has lost against one made new today, by its age, its score and the model.
pub(super) fn obsolescence(
    plan: &Plan,
    facts: &ScoringFacts,
    score: &Score,
    (parameters, date): (&CostParameters, chrono::NaiveDate),
) -> Obsolescence {
    let technological = facts.age_years(date).map_or(parameters.technological_if_unknown, |age| {
        (1.0 - maths::pow(plan.kept_a_year, age)).clamp(0.0, parameters.technological_max)
    });
    let technical = score.indices.iter().find(|i| i.code == "T").and_then(|i| i.score).unwrap_or(50.0);
    let functional = parameters.functional_obsolescence_max * (1.0 - technical / 100.0);
    Obsolescence { functional, technological, economic: parameters.economic_obsolescence }
}

/// 重置成本法.
pub(super) fn replacement_cost(
    plan: &Plan,
    assumptions: &Assumptions,
    obsolescence: Obsolescence,
    parameters: &CostParameters,
) -> Result<Method, AppraisalError> {
    let found = cost::value(&ReplacementCost {
        costs: vec![plan.development_cost],
        trend_factors: Vec::new(),
        margin: parameters.margin,
        obsolescence,
    })?;
    let share = |name: &str, value: f64| Ok::<_, AppraisalError>(to_decimal(name, value, 4)?.to_string());
    let inputs = named([
        ("development_cost", assumptions.development_cost.value.clone()),
        ("margin", share("margin", parameters.margin)?),
        ("functional_obsolescence", share("functional", obsolescence.functional)?),
        ("technological_obsolescence", share("technological", obsolescence.technological)?),
        ("economic_obsolescence", share("economic", parameters.economic_obsolescence)?),
    ]);
    let detail = json!({
        "cost_new": to_money("cost_new", found.cost_new)?,
        "remaining": to_decimal("remaining", found.remaining, 6)?,
    });
    considered(
        ("replacement_cost", "重置成本法", "Replacement cost"),
        found.value,
        (
            "重新取得同等技术的成本减去各项贬值，作为价值的参照下限",
            "the cost of having the same technology again less obsolescence, a floor to compare with",
        ),
        inputs,
        detail,
    )
}
