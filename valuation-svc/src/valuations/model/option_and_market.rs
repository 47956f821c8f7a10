//! The market method on the published licence statistics, and the real option of a technology still to be developed.

use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use super::{
    assumptions::Plan,
    defaults::{self, licences_2022},
    inputs::RoyaltyEvidence,
    methods::{Method, considered, named, royalty_if_successful, set_aside},
};
use crate::{
    appraisal::model::{
        AppraisalError,
        market_comparables::{self, Comparable, Summary},
        real_option::{Exercise, OptionKind, OptionTerms},
        to_decimal, to_money,
    },
    catalogue::patent::PatentKind,
    models::model::OptionParameters,
    scoring::model::Score,
};

/// Steps of the tree that shows the American value beside the European.
const STEPS: u32 = 200;

/// The figures of the licence statistics that the method rests on: each from the cited row where that has it, else from the
/// row of 2022.
struct LicenceMarket<'a> {
    /// Mean fee of a contract for a fixed fee, yuan.
    mean_fee: f64,
    /// Patents in a contract on the mean.
    patents_per_contract: f64,
    /// Mean term of the contracts for a fixed fee, years.
    mean_term_years: f64,
    /// The row, where any figure is its.
    cited: Option<&'a RoyaltyEvidence>,
    /// The figures that are the row's, in Chinese and in English.
    of_row: Vec<(&'static str, &'static str)>,
}

/// How many figures there are.
const MARKET_FIGURES: usize = 3;

impl<'a> LicenceMarket<'a> {
    fn of(evidence: Option<&'a RoyaltyEvidence>) -> Self {
        let fee = evidence.and_then(|row| row.fee_mean?.yuan().to_f64());
        let patents = evidence.and_then(|row| row.patents_per_contract()?.to_f64());
        let term = evidence.and_then(|row| row.mean_term_years()?.to_f64());
        let figures = [
            (fee.is_some(), ("固定许可费均值", "mean fixed fee")),
            (patents.is_some(), ("每份合同专利数", "patents a contract")),
            (term.is_some(), ("平均期限", "mean term")),
        ];
        let of_row: Vec<_> = figures.into_iter().filter_map(|(known, name)| known.then_some(name)).collect();
        Self {
            mean_fee: fee.unwrap_or(licences_2022::MEAN_FEE_YUAN),
            patents_per_contract: patents.unwrap_or(licences_2022::PATENTS / licences_2022::CONTRACTS),
            mean_term_years: term.unwrap_or(licences_2022::MEAN_TERM_YEARS),
            cited: evidence.filter(|_| !of_row.is_empty()),
            of_row,
        }
    }

    /// Where the figures are published, in Chinese and in English.
    fn sources(&self) -> (String, String) {
        let (rest_zh, rest_en) = (licences_2022::SOURCE_ZH, licences_2022::SOURCE_EN);
        let Some(row) = self.cited else { return (rest_zh.to_owned(), rest_en.to_owned()) };
        let (zh, en): (Vec<_>, Vec<_>) = self.of_row.iter().copied().unzip();
        let zh = format!("{}：{}，引用行 {}", zh.join("、"), row.source_zh, row.row);
        let en = format!("{}: {}, row {}", en.join(", "), row.source_en, row.row);
        if self.of_row.len() == MARKET_FIGURES {
            return (zh, en);
        }
        (format!("{zh}；其余：{rest_zh}"), format!("{en}; the rest: {rest_en}"))
    }
}

/// 市场法: the mean fixed licence fee for one patent, adjusted to this patent's quality, term and kind.
pub(super) fn licence_market(
    plan: &Plan,
    kind: PatentKind,
    score: &Score,
    evidence: Option<&RoyaltyEvidence>,
) -> Result<Method, AppraisalError> {
    let market = LicenceMarket::of(evidence);
    let per_patent = market.mean_fee / market.patents_per_contract;
    let quality = (score.total / 60.0).clamp(0.25, 1.6);
    let term = (plan.life.years / market.mean_term_years).clamp(0.25, 2.0);
    let kind = defaults::kind_factor(kind);
    let comparable =
        Comparable { price: per_patent, adjustments: vec![quality, term, kind, plan.success], weight: 1.0 };
    let found = market_comparables::value(&[comparable], Summary::Median)?;
    let factor = |name: &str, value: f64| Ok::<_, AppraisalError>(to_decimal(name, value, 4)?.to_string());
    let mut inputs = named([
        ("mean_fee", to_money("mean_fee", market.mean_fee)?.to_string()),
        ("patents_per_contract", factor("patents", market.patents_per_contract)?),
        ("quality_adjustment", factor("quality", quality)?),
        ("term_adjustment", factor("term", term)?),
        ("kind_adjustment", factor("kind", kind)?),
        ("success_probability", factor("success", plan.success)?),
    ]);
    if let Some(row) = market.cited {
        inputs.insert("fee_evidence".to_owned(), row.row.clone());
    }
    let (source_zh, source_en) = market.sources();
    let detail = json!({
        "fee_per_patent": to_money("fee_per_patent", per_patent)?,
        "source_zh": source_zh,
        "source_en": source_en,
    });
    considered(
        ("market_comparables", "市场法（许可统计）", "Market approach (licence statistics)"),
        found.value,
        (
            "以公布的许可费统计为市场证据，按评分、期限、类型调整；均值受少数高额合同影响，故权重较低",
            "published licence fees as market evidence, adjusted for score, term and kind; a few large contracts pull \
             the mean up, hence the low weight",
        ),
        inputs,
        detail,
    )
}

const OPTION: super::methods::Names = ("real_option", "实物期权法", "Real option");

/// 实物期权法, for a technology whose development is still a choice.
pub(super) fn development_option(
    plan: &Plan,
    parameters: &OptionParameters,
) -> Result<Method, AppraisalError> {
    let Some(readiness) = plan.readiness else {
        return Ok(set_aside(OPTION, ("技术就绪度未载明，未采用", "technology readiness is not on record")));
    };
    if readiness > parameters.readiness_max {
        return Ok(set_aside(
            OPTION,
            (
                "技术已接近或进入应用，不存在待决的开发选择权，未采用",
                "the technology is at or near the market: there is no choice left to develop it or not",
            ),
        ));
    }
    // A cost of delay above 10 a year is none that the formula takes.
    if plan.life.years < 0.1 {
        let reason = (
            "剩余寿命不足 0.1 年，来不及开发，未采用",
            "less than 0.1 years are left: too short to develop it",
        );
        return Ok(set_aside(OPTION, reason));
    }
    // What is still to be spent falls in equal steps from the first level to the ninth.
    let strike = plan.development_cost * f64::from(9 - readiness.min(9)) / 8.0;
    let terms = OptionTerms {
        kind: OptionKind::Call,
        underlying: royalty_if_successful(plan)?,
        strike,
        years: plan.life.years.min(parameters.years_max),
        volatility: plan.volatility,
        risk_free_rate: parameters.risk_free_rate,
        cost_of_delay: 1.0 / plan.life.years,
    };
    let european = terms.black_scholes()?;
    let american = terms.binomial(Exercise::American, STEPS).unwrap_or(european.value).max(european.value);
    let inputs = named([
        ("underlying", to_money("underlying", terms.underlying)?.to_string()),
        ("strike", to_money("strike", terms.strike)?.to_string()),
        ("years", to_decimal("years", terms.years, 2)?.to_string()),
        ("volatility", to_decimal("volatility", terms.volatility, 2)?.to_string()),
        ("risk_free_rate", to_decimal("risk_free_rate", terms.risk_free_rate, 4)?.to_string()),
        ("cost_of_delay", to_decimal("cost_of_delay", terms.cost_of_delay, 4)?.to_string()),
        ("success_probability", to_decimal("success_probability", plan.success, 2)?.to_string()),
    ]);
    let detail = json!({
        "european": to_money("european", european.value)?,
        "american": to_money("american", american)?,
        "npv": to_money("npv", terms.net_present_value())?,
        "d1": to_decimal("d1", european.d1, 6)?,
        "d2": to_decimal("d2", european.d2, 6)?,
    });
    considered(
        OPTION,
        american * plan.success,
        (
            "技术仍需开发，权利人可视市场情况决定是否投入，按美式看涨期权并乘以成功概率计",
            "the technology is still to be developed and the owner may choose when: an American call times the chance \
             of success",
        ),
        inputs,
        detail,
    )
}
