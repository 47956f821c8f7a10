//! The whole valuation in order: may it be assessed, score, assumptions, methods, reconciliation, range, collateral.

use chrono::{Months, NaiveDate};
use finance::Rate;
use rust_decimal::prelude::ToPrimitive;

use super::{
    assumptions::{Plan, decide},
    deals_market,
    inputs::{Ground, Inputs, LeafMoved, grounds},
    limits::limits,
    methods::{self, Method},
    option_and_market,
    report::{Appraised, CollateralReport, MethodWeight, OverlayReport, ValueReport},
    score_report, simulation,
};
use crate::{
    appraisal::model::{
        AppraisalError, collateral,
        outcome::Outcome,
        reconciliation::{Indication, reconcile},
        to_decimal, to_money,
    },
    models::model::{ModelContent, Parameters},
    scoring::model::{
        Assessment, IndexTree, LeafBasis, LeafValue, Score, ScoringFacts, assess, score_leaves,
    },
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

/// Values a patent with the content of a model version. The same inputs and content give the same answer, bit for bit, on
/// every machine.
///
/// # Errors
/// [`NotAssessed`] names the grounds or the figure.
pub fn appraise(inputs: &Inputs, content: &ModelContent) -> Result<Appraised, NotAssessed> {
    let date = inputs.valuation_date;
    let found = grounds(&inputs.patent, date);
    if !found.is_empty() {
        return Err(NotAssessed::Grounds(found));
    }
    let tree = &content.tree;
    let facts = inputs.patent.scoring_facts(date);
    let score = match assess(tree, inputs.purpose, &facts, date) {
        Assessment::Assessed(score) if inputs.leaves.is_empty() => score,
        Assessment::Assessed(score) => moved(tree, &score, &inputs.leaves).unwrap_or(score),
        Assessment::NotAssessable(refusal) => {
            let ground = Ground::new(&refusal.code, &refusal.reason_zh, &refusal.reason_en);
            return Err(NotAssessed::Grounds(vec![ground]));
        }
    };
    let (plan, assumptions) = decide(inputs, content, &facts, &score)?;
    let mut methods = all_methods(inputs, content, &plan, &assumptions, &facts, &score)?;
    let parameters = &content.parameters;
    let outcome = simulation::run(&plan, score.coverage, (inputs.seed, parameters.paths))?;
    let overlays = overlays(inputs, content);
    let value = reconciled(&mut methods, &outcome, parameters, overlays)?;
    let collateral = pledge_value(&value, &score, parameters)?;
    let external_report_required = parameters.pilot.passed_by(collateral.maximum_loan, date);
    Ok(Appraised {
        valid_until: valid_until(date, &facts, &score, parameters),
        limits: limits(inputs, content, &score, &assumptions),
        score: score_report::view(tree, inputs.purpose, &facts, date, &score)?,
        value,
        collateral,
        assumptions,
        external_report_required,
    })
}

/// The score with the leaves that a person scored otherwise; a leaf without a fact gets the person's score too.
fn moved(tree: &IndexTree, score: &Score, leaves: &[LeafMoved]) -> Option<Score> {
    let values: Vec<LeafValue> = score
        .leaves
        .iter()
        .map(|leaf| match leaves.iter().find(|own| own.leaf == leaf.code) {
            Some(own) => {
                let value = own.score.to_f64()?;
                let zh = format!("{}：人工调整为 {} 分", leaf.name_zh, own.score);
                let en = format!("{}: set to {} points by a person", leaf.name_en, own.score);
                Some((value, LeafBasis::Judged, zh, en))
            }
            None => Some((leaf.value?, leaf.basis, leaf.reason_zh.clone(), leaf.reason_en.clone())),
        })
        .collect();
    score_leaves(tree, score.scenario, &values)
}

/// The management adjustments in force for the patent on the day.
fn overlays(inputs: &Inputs, content: &ModelContent) -> Vec<OverlayReport> {
    let (industry, on) = (inputs.patent.industry(), inputs.valuation_date);
    content
        .overlays
        .iter()
        .filter(|overlay| overlay.fits(industry, on))
        .map(|overlay| OverlayReport {
            code: overlay.code.clone(),
            reason: overlay.reason.clone(),
            adjustment: overlay.adjustment,
            until: overlay.until,
        })
        .collect()
}

fn all_methods(
    inputs: &Inputs,
    content: &ModelContent,
    plan: &Plan,
    assumptions: &super::Assumptions,
    facts: &ScoringFacts,
    score: &Score,
) -> Result<Vec<Method>, AppraisalError> {
    let parameters = &content.parameters;
    let mut methods = vec![
        methods::royalty(plan, assumptions, inputs.evidence.as_ref())?,
        methods::replacement_cost(
            plan,
            assumptions,
            facts,
            score,
            (&parameters.cost, inputs.valuation_date),
        )?,
        if inputs.deals.is_empty() {
            option_and_market::licence_market(
                plan,
                inputs.patent.facts.kind,
                score,
                inputs.evidence.as_ref(),
            )?
        } else {
            deals_market::value(&inputs.deals)?
        },
        option_and_market::development_option(plan, &parameters.option)?,
    ];
    methods.extend(methods::not_considered());
    Ok(methods)
}

/// Weighs the methods that count; weights of the others are shared among them in proportion.
fn reconciled(
    methods: &mut [Method],
    outcome: &Outcome,
    parameters: &Parameters,
    overlays: Vec<OverlayReport>,
) -> Result<ValueReport, AppraisalError> {
    let stated = |code: &str| parameters.weights.of(code);
    let counted: f64 = methods.iter().filter(|m| m.value.is_some()).map(|m| stated(&m.report.method)).sum();
    let indications: Vec<Indication> = methods
        .iter()
        .filter_map(|method| {
            let weight = stated(&method.report.method) / counted;
            (weight > 0.0).then_some(())?;
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
    let moved: f64 =
        overlays.iter().map(|one| 1.0 + one.adjustment.fraction().to_f64().unwrap_or(0.0)).product();
    Ok(ValueReport {
        low: to_money("low", low * moved)?,
        value: to_money("value", found.value * moved)?,
        high: to_money("high", high * moved)?,
        currency: finance::Money::CURRENCY.to_owned(),
        weights,
        methods: methods.iter().map(|m| m.report.clone()).collect(),
        simulation: simulation::report(outcome)?,
        overlays,
    })
}

fn pledge_value(
    value: &ValueReport,
    score: &Score,
    parameters: &Parameters,
) -> Result<CollateralReport, AppraisalError> {
    let cap = parameters.ltv.cap(score.grade);
    let liquidation = parameters.liquidation.terms();
    let found = collateral::collateral(value.value, &liquidation, cap)?;
    let sold = (1.0 - liquidation.forced_sale_discount) * (1.0 - liquidation.cost);
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

/// The model's months from the valuation date, fewer without a grade, never beyond the term.
fn valid_until(date: NaiveDate, facts: &ScoringFacts, score: &Score, parameters: &Parameters) -> NaiveDate {
    let validity = &parameters.validity;
    let months = if score.grade.is_some() { validity.months } else { validity.months_ungraded };
    let planned = date.checked_add_months(Months::new(months)).unwrap_or(date);
    facts.end_of_protection().map_or(planned, |end| planned.min(end))
}
