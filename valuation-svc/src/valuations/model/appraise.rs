//! The whole valuation in order: may it be assessed, score, assumptions, methods, reconciliation, range, collateral.

use chrono::{Months, NaiveDate};
use finance::{Money, Rate};
use rust_decimal::prelude::ToPrimitive;

use super::{
    assumptions::{Plan, decide, estimated_revenue},
    deals_market,
    inputs::{Ground, Inputs, LeafMoved, grounds},
    limits::limits,
    methods::{self, Method},
    option_and_market,
    report::{Appraised, CollateralReport, OverlayReport, ValueReport},
    score_report, simulation,
    stated_methods::{self, Given},
    weighing::{self, Weights},
};
use crate::{
    appraisal::model::{AppraisalError, collateral, to_decimal, to_money},
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
    let score = scored(inputs, tree, &facts)?;
    let (plan, assumptions) = decide(inputs, content, &facts, &score)?;
    let mut methods = all_methods(inputs, content, &plan, &assumptions, &facts, &score)?;
    let parameters = &content.parameters;
    let correlations = simulation::correlations(inputs, content);
    let drawn = (inputs.seed, parameters.paths);
    let scale = match &inputs.methods.relief_from_royalty {
        Some(_) => simulation_scale(&plan, &methods)?,
        None => 1.0,
    };
    let outcome = simulation::run(&plan, (score.coverage, scale), drawn, &correlations.pairs)?;
    let weights =
        Weights { parameters, stated: inputs.methods.weights.as_ref(), own: inputs.model.is_some() };
    let simulated = simulation::report(&outcome, correlations)?;
    let value =
        weighing::reconciled(&mut methods, &weights, (&outcome, simulated), overlays(inputs, content))?;
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

fn scored(inputs: &Inputs, tree: &IndexTree, facts: &ScoringFacts) -> Result<Score, NotAssessed> {
    match assess(tree, inputs.purpose, facts, inputs.valuation_date) {
        Assessment::Assessed(score) if inputs.leaves.is_empty() => Ok(score),
        Assessment::Assessed(score) => Ok(moved(tree, &score, &inputs.leaves).unwrap_or(score)),
        Assessment::NotAssessable(refusal) => {
            let ground = Ground::new(&refusal.code, &refusal.reason_zh, &refusal.reason_en);
            Err(NotAssessed::Grounds(vec![ground]))
        }
    }
}

/// The model's own figure for the first year's revenue, whatever the request states; that of a valuation that states none.
pub(super) fn own_revenue(inputs: &Inputs, content: &ModelContent) -> Result<Money, NotAssessed> {
    let facts = inputs.patent.scoring_facts(inputs.valuation_date);
    let score = scored(inputs, &content.tree, &facts)?;
    Ok(to_money("annual_revenue", estimated_revenue(inputs, content, &score))?)
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

/// What the paths are multiplied by where the request states revenue year by year: the simulation draws around the assumptions,
/// and its spread is laid around the value of that plan.
fn simulation_scale(plan: &Plan, methods: &[Method]) -> Result<f64, AppraisalError> {
    let assumed = methods::royalty_if_successful(plan)? * plan.success;
    let royalty = methods.iter().find(|method| method.report.method == "relief_from_royalty");
    let planned = royalty.and_then(|method| method.value).filter(|_| assumed > 0.0);
    Ok(planned.map_or(1.0, |value| value / assumed))
}

/// Every method with its value or with the reason why it has none: what the request states comes before what the platform has.
fn all_methods(
    inputs: &Inputs,
    content: &ModelContent,
    plan: &Plan,
    assumptions: &super::Assumptions,
    facts: &ScoringFacts,
    score: &Score,
) -> Result<Vec<Method>, AppraisalError> {
    let (parameters, stated) = (&content.parameters, &inputs.methods);
    let given = Given { plan, assumptions };
    let lost = methods::obsolescence(plan, facts, score, (&parameters.cost, inputs.valuation_date));
    let evidence = inputs.evidence.as_ref();
    let mut methods = vec![
        match &stated.relief_from_royalty {
            Some(own) => given.relief_from_royalty(own)?,
            None => methods::royalty(plan, assumptions, evidence)?,
        },
        match &stated.replacement_cost {
            Some(own) => given.replacement_cost(own, &parameters.cost, lost)?,
            None => methods::replacement_cost(plan, assumptions, lost, &parameters.cost)?,
        },
        match &stated.market_comparables {
            Some(own) => stated_methods::comparables(own)?,
            None if inputs.deals.is_empty() => {
                option_and_market::licence_market(plan, inputs.patent.facts.kind, score, evidence)?
            }
            None => deals_market::value(&inputs.deals)?,
        },
        match &stated.real_option {
            Some(own) => given.real_option(own, &parameters.option)?,
            None => option_and_market::development_option(plan, &parameters.option)?,
        },
    ];
    methods.extend(given.further(stated)?);
    Ok(methods)
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
