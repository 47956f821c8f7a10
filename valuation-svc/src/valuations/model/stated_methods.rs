//! The methods that a request states the inputs of, by the trial calculator itself. What the request leaves open is taken from
//! the valuation's assumptions and from the model, and printed with what was stated.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    assumptions::{Assumed, Assumptions, Plan},
    method_inputs::{MethodInputs, Stated},
    methods::{Method, Names, Reason, considered, royalty_if_successful, set_aside},
};
use crate::{
    appraisal::model::{
        AppraisalError,
        cost::Obsolescence,
        discount::Timing,
        preview::{
            CapitalisationRequest, CostRequest, EarningsRequest, HedonicRequest, MarketRequest, OptionModel,
            OptionRequest, PreviewRequest, PreviewResponse, RoyaltyRequest, WithWithoutRequest, preview,
        },
        real_option::{Exercise, OptionKind},
        to_decimal,
    },
    models::model::{CostParameters, OptionParameters},
};

const EXCESS_EARNINGS: Names = ("excess_earnings", "多期超额收益法", "Excess earnings");
const WITH_AND_WITHOUT: Names = ("with_and_without", "有无对比法", "With and without");
const CAPITALISATION: Names = ("royalty_capitalisation", "许可费资本化法", "Royalty capitalisation");
const HEDONIC: Names = ("hedonic", "特征价格法", "Hedonic regression");

/// What a plan year by year may leave open: discount rate, tax rate, when cash arrives, whether the tax benefit is added, over
/// how many years.
type OpenInPlan<'a> = (
    &'a mut Option<Decimal>,
    &'a mut Option<Decimal>,
    &'a mut Option<Timing>,
    &'a mut Option<bool>,
    &'a mut Option<u32>,
);

/// What the request's methods take where it leaves something open.
pub(super) struct Given<'a> {
    pub plan: &'a Plan,
    pub assumptions: &'a Assumptions,
}

impl Given<'_> {
    /// The four methods that count only where a request states them; each without inputs is set aside with the reason.
    pub fn further(&self, stated: &MethodInputs) -> Result<Vec<Method>, AppraisalError> {
        Ok(vec![
            match &stated.excess_earnings {
                Some(stated) => self.excess_earnings(stated)?,
                None => set_aside(
                    EXCESS_EARNINGS,
                    (
                        "申请未提供企业分产品的盈利计划和贡献资产回报，未采用",
                        "the request states neither the enterprise's earnings by product nor the returns on \
                         contributory assets",
                    ),
                ),
            },
            match &stated.with_and_without {
                Some(stated) => self.with_and_without(stated)?,
                None => set_aside(
                    WITH_AND_WITHOUT,
                    (
                        "申请未提供有、无该专利两种情形的现金流计划，未采用",
                        "the request does not state two cash-flow plans, with the patent and without it",
                    ),
                ),
            },
            match &stated.royalty_capitalisation {
                Some(stated) => self.capitalisation(stated)?,
                None => set_aside(
                    CAPITALISATION,
                    (
                        "申请未提供许可合同约定的许可费，未采用",
                        "the request states no royalty agreed in a licence contract",
                    ),
                ),
            },
            match &stated.hedonic {
                Some(stated) => hedonic(stated)?,
                None => set_aside(
                    HEDONIC,
                    (
                        "申请未提供带特征的交易样本，未采用",
                        "the request states no transactions with their features",
                    ),
                ),
            },
        ])
    }

    /// 许可费节省法 on the request's revenue year by year. What the technology loses in time is for the plan to say.
    pub fn relief_from_royalty(&self, stated: &Stated<RoyaltyRequest>) -> Result<Method, AppraisalError> {
        let mut r = stated.inputs.clone();
        r.royalty_rate = r.royalty_rate.or(exact(&self.assumptions.royalty_rate));
        let open = (&mut r.discount_rate, &mut r.tax_rate, &mut r.timing, &mut r.tab, &mut r.tax_life_years);
        self.fill_plan(open);
        let asked = PreviewRequest::ReliefFromRoyalty(r);
        let reason = (
            "申请提供了逐年收入计划：按许可费率节省的许可费折现，并乘以成功概率",
            "the request states revenue year by year: the present value of the royalty saved, times the chance of success",
        );
        self.if_successful(
            ("relief_from_royalty", "许可费节省法", "Relief from royalty"),
            &asked,
            &stated.basis,
            reason,
        )
    }

    fn excess_earnings(&self, stated: &Stated<EarningsRequest>) -> Result<Method, AppraisalError> {
        let mut r = stated.inputs.clone();
        let open = (&mut r.discount_rate, &mut r.tax_rate, &mut r.timing, &mut r.tab, &mut r.tax_life_years);
        self.fill_plan(open);
        let asked = PreviewRequest::ExcessEarnings(r);
        self.if_successful(
            EXCESS_EARNINGS,
            &asked,
            &stated.basis,
            (
                "申请提供了盈利计划：税后收益扣除贡献资产回报后折现，并乘以成功概率",
                "the request states a plan of earnings: what is left after tax and the returns on contributory assets, \
                 times the chance of success",
            ),
        )
    }

    fn with_and_without(&self, stated: &Stated<WithWithoutRequest>) -> Result<Method, AppraisalError> {
        let mut r = stated.inputs.clone();
        let open = (&mut r.discount_rate, &mut r.tax_rate, &mut r.timing, &mut r.tab, &mut r.tax_life_years);
        self.fill_plan(open);
        let asked = PreviewRequest::WithAndWithout(r);
        self.if_successful(
            WITH_AND_WITHOUT,
            &asked,
            &stated.basis,
            (
                "申请提供了有、无该专利的现金流计划：两者之差折现，并乘以成功概率",
                "the request states the cash flows with the patent and without it: the present value of the difference, \
                 times the chance of success",
            ),
        )
    }

    /// The rates that a request leaves open are those of the assumptions.
    fn fill_rates(&self, discount: &mut Option<Decimal>, tax: &mut Option<Decimal>) {
        *discount = discount.or(exact(&self.assumptions.discount_rate));
        *tax = tax.or(exact(&self.assumptions.tax_rate));
    }

    /// What a plan year by year leaves open: the rates; cash that arrives in the middle of a year; the benefit of the write-off
    /// over the model's tax life.
    fn fill_plan(&self, (discount, tax, timing, tab, tax_life): OpenInPlan<'_>) {
        self.fill_rates(discount, tax);
        timing.get_or_insert(Timing::MidYear);
        tab.get_or_insert(true);
        tax_life.get_or_insert(self.plan.tax_life_years);
    }

    /// A plan is what is expected of a technology that reaches the market: it counts with the chance that it does.
    fn if_successful(
        &self,
        names: Names,
        asked: &PreviewRequest,
        basis: &str,
        reason: Reason<'_>,
    ) -> Result<Method, AppraisalError> {
        let answer = calculate(names.0, asked)?;
        let value = yuan(&answer) * self.plan.success;
        let mut made = method(names, value, asked, &answer, basis, reason)?;
        let chance = self.assumptions.success_probability.value.clone();
        made.report.inputs.insert("success_probability".to_owned(), chance);
        Ok(made)
    }

    fn capitalisation(&self, stated: &Stated<CapitalisationRequest>) -> Result<Method, AppraisalError> {
        let mut r = stated.inputs.clone();
        self.fill_rates(&mut r.discount_rate, &mut r.tax_rate);
        let asked = PreviewRequest::RoyaltyCapitalisation(r);
        let answer = calculate(CAPITALISATION.0, &asked)?;
        let reason = (
            "申请提供了许可合同约定的许可费：按稳定增长资本化，合同已生效，不再乘以成功概率",
            "the request states the royalty of a licence contract, capitalised at a steady growth; a contract in force has \
             reached the market",
        );
        method(CAPITALISATION, yuan(&answer), &asked, &answer, &stated.basis, reason)
    }

    /// 重置成本法 on what was spent; margin and obsolescence are the model's where the request leaves them open.
    pub fn replacement_cost(
        &self,
        stated: &Stated<CostRequest>,
        parameters: &CostParameters,
        found: Obsolescence,
    ) -> Result<Method, AppraisalError> {
        let r = &stated.inputs;
        let or = |own: Option<Decimal>, field: &str, default: f64| match own {
            Some(own) => Ok(Some(own)),
            None => to_decimal(field, default, 4).map(Some),
        };
        let (functional, technological) = ("functional_obsolescence", "technological_obsolescence");
        let asked = PreviewRequest::ReplacementCost(CostRequest {
            margin: or(r.margin, "margin", parameters.margin)?,
            functional_obsolescence: or(r.functional_obsolescence, functional, found.functional)?,
            technological_obsolescence: or(r.technological_obsolescence, technological, found.technological)?,
            economic_obsolescence: or(r.economic_obsolescence, "economic_obsolescence", found.economic)?,
            ..r.clone()
        });
        let names = ("replacement_cost", "重置成本法", "Replacement cost");
        let answer = calculate(names.0, &asked)?;
        let reason = (
            "申请提供了研发支出明细：重置成本减去各项贬值，作为价值的参照下限",
            "the request states what was spent: cost new less obsolescence, a floor to compare with",
        );
        method(names, yuan(&answer), &asked, &answer, &stated.basis, reason)
    }

    /// 实物期权法 on the request's terms: a call to develop counts with the chance of success, a put is the project with the
    /// right to give it up.
    pub fn real_option(
        &self,
        stated: &Stated<OptionRequest>,
        parameters: &OptionParameters,
    ) -> Result<Method, AppraisalError> {
        let (r, plan) = (&stated.inputs, self.plan);
        let develops = r.kind == OptionKind::Call;
        let worth = royalty_if_successful(plan)? * if develops { 1.0 } else { plan.success };
        let cost_of_delay = if plan.life.years > 0.0 { 1.0 / plan.life.years } else { 0.0 };
        let or = |own: Option<Decimal>, field: &str, default: f64, places: u32| match own {
            Some(own) => Ok(Some(own)),
            None => to_decimal(field, default, places).map(Some),
        };
        let asked = PreviewRequest::RealOption(OptionRequest {
            model: r.model.or(Some(OptionModel::Binomial)),
            exercise: if r.model.is_none() { Exercise::American } else { r.exercise },
            underlying: or(r.underlying, "underlying", worth, 2)?,
            strike: match r.strike {
                // What a project is given up for is nobody's default.
                None if develops => Some(to_decimal("strike", plan.development_cost, 2)?),
                own => own,
            },
            years: or(r.years, "years", plan.life.years.min(parameters.years_max), 2)?,
            volatility: or(r.volatility, "volatility", plan.volatility, 4)?,
            risk_free_rate: or(r.risk_free_rate, "risk_free_rate", parameters.risk_free_rate, 4)?,
            cost_of_delay: or(r.cost_of_delay, "cost_of_delay", cost_of_delay, 4)?,
            ..r.clone()
        });
        let names = ("real_option", "实物期权法", "Real option");
        let answer = calculate(names.0, &asked)?;
        let PreviewResponse::RealOption(found) = &answer else {
            return Err(AppraisalError::new("methods.real_option", "无法计算", "cannot be calculated"));
        };
        if develops {
            let reason = (
                "申请提供了开发选择权的条件：看涨期权乘以成功概率",
                "the request states the terms of the choice to develop: a call times the chance of success",
            );
            let value = yuan(&answer) * plan.success;
            let mut made = method(names, value, &asked, &answer, &stated.basis, reason)?;
            let chance = self.assumptions.success_probability.value.clone();
            made.report.inputs.insert("success_probability".to_owned(), chance);
            return Ok(made);
        }
        let kept = found.with_abandonment.ok_or_else(|| {
            let (zh, en) =
                ("该条件下二叉树无法计算放弃期权，请增加步数", "no tree fits these terms: use more steps");
            AppraisalError::new("methods.real_option.inputs.steps", zh, en)
        })?;
        let reason = (
            "申请提供了放弃选择权的条件：项目现值加美式看跌期权",
            "the request states the terms of the choice to give the project up: its present value and an American put",
        );
        method(names, number(kept.yuan()), &asked, &answer, &stated.basis, reason)
    }
}

/// 市场法 on the request's transactions, which come before the platform's deals and statistics.
pub(super) fn comparables(stated: &Stated<MarketRequest>) -> Result<Method, AppraisalError> {
    let names =
        ("market_comparables", "市场法（申请提供的交易）", "Market approach (transactions of the request)");
    let asked = PreviewRequest::MarketComparables(stated.inputs.clone());
    let answer = calculate(names.0, &asked)?;
    let reason = (
        "申请提供了可比交易及修正系数，先于平台的成交库和许可统计采用",
        "the request states comparable transactions with adjustments; they come before the platform's deals and statistics",
    );
    method(names, yuan(&answer), &asked, &answer, &stated.basis, reason)
}

fn hedonic(stated: &Stated<HedonicRequest>) -> Result<Method, AppraisalError> {
    let asked = PreviewRequest::Hedonic(stated.inputs.clone());
    let answer = calculate(HEDONIC.0, &asked)?;
    let reason = (
        "申请提供了带特征的交易样本：以回归求各特征的价格，取本专利的预测中值",
        "the request states transactions with their features: the middle of what the regression predicts",
    );
    method(HEDONIC, yuan(&answer), &asked, &answer, &stated.basis, reason)
}

/// The calculator's answer; what it refuses is told at the request's field.
fn calculate(method: &str, asked: &PreviewRequest) -> Result<PreviewResponse, AppraisalError> {
    preview(asked).map_err(|error| AppraisalError {
        field: format!("methods.{method}.inputs.{}", error.field),
        ..error
    })
}

/// The method as printed: the completed inputs by name, the calculator's answer as the steps between. A result below zero
/// counts as nothing; the answer shows what it was.
fn method(
    names: Names,
    value: f64,
    asked: &PreviewRequest,
    answer: &PreviewResponse,
    basis: &str,
    (zh, en): Reason<'_>,
) -> Result<Method, AppraisalError> {
    let (stated, steps) = (to_json(names, asked)?, to_json(names, answer)?);
    let mut inputs: BTreeMap<String, String> = stated
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "method")
        .filter_map(|(name, value)| Some((name.clone(), shown(value)?)))
        .collect();
    inputs.insert("basis".to_owned(), basis.trim().to_owned());
    let detail = json!({ "stated": stated, "answer": steps });
    let below = value < 0.0;
    let reason = if below {
        (format!("{zh}；结果为负，按零计"), format!("{en}; the result is below zero and counts as nothing"))
    } else {
        (zh.to_owned(), en.to_owned())
    };
    considered(names, value.max(0.0), (&reason.0, &reason.1), inputs, detail)
}

fn to_json(names: Names, value: &impl Serialize) -> Result<Value, AppraisalError> {
    let refused = |_| AppraisalError::new(format!("methods.{}", names.0), "无法计算", "cannot be calculated");
    serde_json::to_value(value).map_err(refused)
}

/// An input as one line of text; a list of transactions by their number, which the steps between show in full.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(rows) if rows.is_empty() => None,
        Value::Array(rows) if rows.iter().any(Value::is_object) => Some(rows.len().to_string()),
        Value::Array(rows) => Some(rows.iter().filter_map(shown).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

/// An assumption as an exact figure.
fn exact(assumed: &Assumed) -> Option<Decimal> {
    assumed.value.parse().ok()
}

fn yuan(answer: &PreviewResponse) -> f64 {
    answer.value().map_or(f64::NAN, |value| number(value.yuan()))
}

fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
