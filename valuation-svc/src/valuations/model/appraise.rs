//! The whole valuation in order: may it be assessed, score, assumptions, methods, reconciliation, range, collateral.

use chrono::{Months, NaiveDate};
use finance::Rate;

use super::{
    assumptions::{Plan, decide},
    defaults,
    inputs::{Ground, Inputs, grounds},
    limits::limits,
    methods::{self, Method},
    option_and_market,
    report::{Appraised, CollateralReport, MethodWeight, ValueReport},
    score_report, simulation,
};
use crate::{
    appraisal::model::{
        AppraisalError,
        collateral::{self, LtvTable},
        outcome::Outcome,
        reconciliation::{Indication, reconcile},
        to_decimal, to_money,
    },
    scoring::model::{Assessment, IndexTree, Score, ScoringFacts, assess},
};

/// Why there is no valuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAssessed {
    /// The right cannot be assessed at all.
    Grounds(Vec<Ground>),
    /// A figure cannot be calculated with.
    Figure(AppraisalError),
}

impl From<AppraisalError> for NotAssessed {
    fn from(error: AppraisalError) -> Self {
        Self::Figure(error)
    }
}

/// Values a patent. The same inputs give the same answer, bit for bit, on every machine.
///
/// # Errors
/// [`NotAssessed`] names the grounds or the figure.
pub fn appraise(inputs: &Inputs) -> Result<Appraised, NotAssessed> {
    let date = inputs.valuation_date;
    let found = grounds(&inputs.patent, date);
    if !found.is_empty() {
        return Err(NotAssessed::Grounds(found));
    }
    let tree = IndexTree::platform_default();
    let facts = inputs.patent.scoring_facts(date);
    let score = match assess(&tree, inputs.purpose, &facts, date) {
        Assessment::Assessed(score) => score,
        Assessment::NotAssessable(refusal) => {
            let ground = Ground::new(&refusal.code, &refusal.reason_zh, &refusal.reason_en);
            return Err(NotAssessed::Grounds(vec![ground]));
        }
    };
    let (plan, assumptions) = decide(inputs, &facts, &score)?;
    let mut methods = all_methods(inputs, &plan, &assumptions, &facts, &score)?;
    let outcome = simulation::run(&plan, &score, inputs.seed)?;
    let value = reconciled(&mut methods, &outcome)?;
    let collateral = pledge_value(&value, &score)?;
    Ok(Appraised {
        valid_until: valid_until(date, &facts, &score),
        limits: limits(inputs, &score, &assumptions),
        score: score_report::view(&tree, inputs.purpose, &facts, date, &score)?,
        value,
        collateral,
        assumptions,
    })
}

fn all_methods(
    inputs: &Inputs,
    plan: &Plan,
    assumptions: &super::Assumptions,
    facts: &ScoringFacts,
    score: &Score,
) -> Result<Vec<Method>, AppraisalError> {
    let mut methods = vec![
        methods::royalty(plan, assumptions)?,
        methods::replacement_cost(plan, assumptions, facts, score, inputs.valuation_date)?,
        option_and_market::licence_market(plan, inputs.patent.facts.kind, score)?,
        option_and_market::development_option(plan)?,
    ];
    methods.extend(methods::not_considered());
    Ok(methods)
}

/// Weighs the methods that count; weights of the others are shared among them in proportion.
fn reconciled(methods: &mut [Method], outcome: &Outcome) -> Result<ValueReport, AppraisalError> {
    let stated = |code: &str| {
        defaults::WEIGHTS.iter().find(|(method, _)| *method == code).map_or(0.0, |(_, weight)| *weight)
    };
    let counted: f64 = methods.iter().filter(|m| m.value.is_some()).map(|m| stated(&m.report.method)).sum();
    let indications: Vec<Indication> = methods
        .iter()
        .filter_map(|method| {
            let weight = stated(&method.report.method) / counted;
            Some(Indication { method: method.report.method.clone(), value: method.value?, weight })
        })
        .collect();
    let found = reconcile(&indications)?;
    let mut weights = Vec::with_capacity(indications.len());
    for indication in &indications {
        let weight = Rate::new(to_decimal("weight", indication.weight, 6)?.normalize());
        weights.push(MethodWeight { method: indication.method.clone(), weight });
        if let Some(method) = methods.iter_mut().find(|m| m.report.method == indication.method) {
            method.report.weight = weight;
        }
    }
    // Only the income method is uncertain here: the range moves with its percentiles, by its weight.
    let income = indications.iter().find(|i| i.method == "relief_from_royalty");
    let (share, centre) = income.map_or((0.0, 0.0), |i| (i.weight, i.value));
    let low = (found.value - share * (centre - outcome.p5)).clamp(0.0, found.value);
    let high = (found.value + share * (outcome.p95 - centre)).max(found.value);
    Ok(ValueReport {
        low: to_money("low", low)?,
        value: to_money("value", found.value)?,
        high: to_money("high", high)?,
        currency: finance::Money::CURRENCY.to_owned(),
        weights,
        methods: methods.iter().map(|m| m.report.clone()).collect(),
        simulation: simulation::report(outcome)?,
    })
}

fn pledge_value(value: &ValueReport, score: &Score) -> Result<CollateralReport, AppraisalError> {
    let cap = LtvTable::platform_default().cap(score.grade);
    let found = collateral::collateral(value.value, &defaults::LIQUIDATION, cap)?;
    let sold = (1.0 - defaults::LIQUIDATION.forced_sale_discount) * (1.0 - defaults::LIQUIDATION.cost);
    let sold = Rate::new(to_decimal("net_realisable", sold, 6)?);
    let net_realisable = value.value.scale(sold, finance::Rounding::HalfUp).map_err(|_| {
        AppraisalError::new("net_realisable", "结果超出金额范围", "the result is out of range")
    })?;
    Ok(CollateralReport {
        collateral_value: found.collateral_value,
        liquidation_factor: found.liquidation_factor,
        ltv_cap: found.ltv,
        maximum_loan: found.maximum_loan,
        net_realisable,
        grade: score.grade,
    })
}

/// A year from the valuation date, half a year without a grade, never beyond the term.
fn valid_until(date: NaiveDate, facts: &ScoringFacts, score: &Score) -> NaiveDate {
    let months = if score.grade.is_some() { defaults::VALID_MONTHS } else { defaults::VALID_MONTHS_UNGRADED };
    let planned = date.checked_add_months(Months::new(months)).unwrap_or(date);
    facts.end_of_protection().map_or(planned, |end| planned.min(end))
}
