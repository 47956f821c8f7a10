//! From several methods to one value: by the model's weights or by those that the request states with a reason. The range is
//! the simulation's.

use finance::Rate;
use rust_decimal::prelude::ToPrimitive;

use super::{
    method_inputs::StatedWeights,
    methods::Method,
    report::{MethodWeight, OverlayReport, SimulationReport, ValueReport},
};
use crate::{
    appraisal::model::{
        AppraisalError,
        outcome::Outcome,
        reconciliation::{Indication, reconcile},
        to_decimal, to_money,
    },
    models::model::Parameters,
};

/// Methods that move with revenue, growth, discount rate and the chance of success as the simulation draws them.
const INCOME: [&str; 4] =
    ["relief_from_royalty", "excess_earnings", "with_and_without", "royalty_capitalisation"];

/// What the methods weigh.
pub(super) struct Weights<'a> {
    /// The model's.
    pub parameters: &'a Parameters,
    /// The request's, which come first.
    pub stated: Option<&'a StatedWeights>,
    /// Whether the model is the bank's own.
    pub own: bool,
}

impl Weights<'_> {
    fn of(&self, method: &str) -> f64 {
        match self.stated {
            Some(stated) => stated.shares.get(method).and_then(|w| w.fraction().to_f64()).unwrap_or(0.0),
            None => self.parameters.weights.of(method),
        }
    }

    /// Who stated the weight of a method that counts, and how it became its share.
    fn reason(&self, method: &str) -> Result<(String, String), AppraisalError> {
        if let Some(stated) = self.stated {
            let reason = stated.reason.trim();
            return Ok((
                format!("申请评估方规定，理由：{reason}"),
                format!("stated in the request: {reason}"),
            ));
        }
        let weight = to_decimal("weight", self.of(method), 6)?.normalize();
        let (whose_zh, whose_en) = if self.own {
            ("本行模型", "the bank's model")
        } else {
            ("平台默认模型", "the platform's default model")
        };
        Ok((
            format!("{whose_zh}规定权重 {weight}，未采用方法的权重按比例分摊"),
            format!("{whose_en} states {weight}; the weights of methods not used are shared in proportion"),
        ))
    }

    /// The request weighs only methods that have a value: what it gives one is never shared among the others unsaid.
    fn all_count(&self, methods: &[Method]) -> Result<(), AppraisalError> {
        let none = |method: &&Method| method.value.is_none() && self.of(&method.report.method) > 0.0;
        match self.stated.and_then(|_| methods.iter().find(none)) {
            None => Ok(()),
            Some(method) => Err(AppraisalError::new(
                format!("methods.weights.shares.{}", method.report.method),
                format!("该方法未被采用，不能计权：{}", method.report.reason_zh),
                format!("the method is not used and cannot be weighed: {}", method.report.reason_en),
            )),
        }
    }

    /// Why a method with a value counts for nothing.
    fn nothing(&self) -> (&'static str, &'static str) {
        match self.stated {
            Some(_) => {
                ("；申请未给予权重，仅供参照", "; the request gives it no weight: shown for comparison")
            }
            None => ("；模型未给予权重，仅供参照", "; the model gives it no weight: shown for comparison"),
        }
    }
}

/// Weighs the methods that count; weights of the others are shared among them in proportion.
pub(super) fn reconciled(
    methods: &mut [Method],
    weights: &Weights<'_>,
    (outcome, simulation): (&Outcome, SimulationReport),
    overlays: Vec<OverlayReport>,
) -> Result<ValueReport, AppraisalError> {
    weights.all_count(methods)?;
    let counted: f64 =
        methods.iter().filter(|m| m.value.is_some()).map(|m| weights.of(&m.report.method)).sum();
    let indications: Vec<Indication> = methods
        .iter()
        .filter_map(|method| {
            let weight = weights.of(&method.report.method) / counted;
            (weight > 0.0).then_some(())?;
            Some(Indication { method: method.report.method.clone(), value: method.value?, weight })
        })
        .collect();
    let found = reconcile(&indications)?;
    let mut printed = Vec::with_capacity(indications.len());
    for method in methods.iter_mut().filter(|method| method.value.is_some()) {
        let code = &method.report.method;
        let Some(indication) = indications.iter().find(|one| one.method == *code) else {
            let (zh, en) = weights.nothing();
            method.report.reason_zh += zh;
            method.report.reason_en += en;
            continue;
        };
        let weight = Rate::new(to_decimal("weight", indication.weight, 6)?.normalize());
        let (reason_zh, reason_en) = weights.reason(code)?;
        printed.push(MethodWeight { method: code.clone(), weight, reason_zh, reason_en });
        method.report.weight = weight;
    }
    let royalty = methods.iter().find(|m| m.report.method == "relief_from_royalty").and_then(|m| m.value);
    let (low, high) = match range(&indications, royalty.unwrap_or(0.0), outcome) {
        Some((below, above)) => (found.value - below, found.value + above),
        None => (found.low, found.high),
    };
    let (low, high) = (low.clamp(0.0, found.value.max(0.0)), high.max(found.value));
    let moved: f64 =
        overlays.iter().map(|one| 1.0 + one.adjustment.fraction().to_f64().unwrap_or(0.0)).product();
    Ok(ValueReport {
        low: to_money("low", low * moved)?,
        value: to_money("value", found.value * moved)?,
        high: to_money("high", high * moved)?,
        currency: finance::Money::CURRENCY.to_owned(),
        weights: printed,
        methods: methods.iter().map(|m| m.report.clone()).collect(),
        simulation,
        overlays,
    })
}

/// How far the value moves down to the 5th and up to the 95th percentile of the simulation. The simulation is of the royalty;
/// the other income methods rest on the same revenue, rate and chance and move in the same proportion. Nothing where no
/// income method counts.
fn range(indications: &[Indication], centre: f64, outcome: &Outcome) -> Option<(f64, f64)> {
    let income = indications.iter().filter(|one| INCOME.contains(&one.method.as_str()));
    let share: f64 = income
        .map(|one| match one.method.as_str() {
            "relief_from_royalty" => one.weight,
            _ if centre > 0.0 => one.weight * one.value / centre,
            _ => 0.0,
        })
        .sum();
    (share > 0.0).then_some((share * (centre - outcome.p5), share * (outcome.p95 - centre)))
}
