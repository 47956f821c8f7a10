//! Which figures a valuation rests on, and where each comes from: the request, the patent's record, or the platform.

use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    defaults::{self, IndustryFigures},
    inputs::Inputs,
};
use crate::{
    appraisal::model::{
        AppraisalError, maths, profit_split,
        remaining_life::{LifeLimit, RemainingLife, TechnologyCycle, remaining_life},
        success, to_decimal, to_money,
    },
    scoring::model::{Score, ScoringFacts},
};

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssumptionSource {
    /// The request stated it.
    Request,
    /// The patent's record says so, or it follows from it.
    PatentRecord,
    /// The platform's default.
    PlatformDefault,
}

/// A figure with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assumed {
    /// The figure: an amount in yuan, a rate, years.
    pub value: String,
    /// Where it comes from.
    pub source: AssumptionSource,
    /// What it rests on, in Chinese.
    pub note_zh: String,
    /// What it rests on, in English.
    pub note_en: String,
}

/// Every figure that the valuation rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assumptions {
    /// Revenue of the first year, yuan.
    pub annual_revenue: Assumed,
    /// Growth a year.
    pub revenue_growth: Assumed,
    /// Royalty on revenue.
    pub royalty_rate: Assumed,
    /// Discount rate a year.
    pub discount_rate: Assumed,
    /// Income tax rate.
    pub tax_rate: Assumed,
    /// Cost of developing the technology again, yuan.
    pub development_cost: Assumed,
    /// Years over which the patent earns.
    pub remaining_economic_life_years: Assumed,
    /// Years in which half of the technology's advantage is lost.
    pub technology_half_life_years: Assumed,
    /// Chance that the technology reaches the market.
    pub success_probability: Assumed,
    /// Spread of the project's value a year, for the option.
    pub volatility: Assumed,
}

/// The same figures to calculate with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub revenue: f64,
    pub growth: f64,
    pub royalty: f64,
    pub discount_rate: f64,
    pub tax_rate: f64,
    pub development_cost: f64,
    pub legal_years: f64,
    pub life: RemainingLife,
    pub kept_a_year: f64,
    pub success: f64,
    pub volatility: f64,
    pub readiness: Option<u8>,
}

/// Decides every figure. They are fixed to the digits printed, so that a reader recomputes with what they see.
pub(super) fn decide(
    inputs: &Inputs,
    facts: &ScoringFacts,
    score: &Score,
) -> Result<(Plan, Assumptions), AppraisalError> {
    let figures = defaults::figures(inputs.patent.industry());
    let own = &inputs.overrides;
    let (revenue, annual_revenue) = amount(
        "annual_revenue",
        own.annual_revenue,
        figures.first_year_revenue * defaults::kind_factor(inputs.patent.facts.kind) * revenue_quality(score),
        &by_industry(
            &figures,
            "首年收入，按专利类型和评分调整",
            "first-year revenue, adjusted for kind and score",
        ),
    )?;
    let (growth, revenue_growth) = rate(
        "revenue_growth",
        own.revenue_growth,
        figures.revenue_growth,
        &by_industry(&figures, "收入增长率", "growth of revenue"),
    )?;
    let split = profit_split::rate(figures.royalty_low, figures.royalty_high, score.total / 100.0)?;
    let (royalty, royalty_rate) = rate(
        "royalty_rate",
        own.royalty_rate,
        split,
        &by_industry(
            &figures,
            "许可费率区间，按评分取值（分成率法）",
            "range of royalties, placed by the score (profit split)",
        ),
    )?;
    let (discount, discount_rate) = rate(
        "discount_rate",
        own.discount_rate,
        figures.discount_rate,
        &by_industry(&figures, "折现率", "discount rate"),
    )?;
    let (tax, tax_rate) = rate(
        "tax_rate",
        own.tax_rate,
        defaults::TAX_RATE,
        &("企业所得税法定税率".into(), "statutory rate of enterprise income tax".into()),
    )?;
    let (cost, development_cost) = amount(
        "development_cost",
        own.development_cost,
        figures.development_cost * defaults::kind_factor(inputs.patent.facts.kind),
        &by_industry(&figures, "重新研发成本，按专利类型调整", "cost of developing again, adjusted for kind"),
    )?;
    let (legal_years, life, remaining_economic_life_years) = economic_life(inputs, facts, &figures)?;
    let readiness = facts.grades.trl;
    let (chance, success_probability) = chance_of_success(readiness)?;
    let plan = Plan {
        revenue,
        growth,
        royalty,
        discount_rate: discount,
        tax_rate: tax,
        development_cost: cost,
        legal_years,
        life,
        kept_a_year: maths::pow(0.5, 1.0 / figures.half_life_years),
        success: chance,
        volatility: figures.volatility,
        readiness,
    };
    let assumptions = Assumptions {
        annual_revenue,
        revenue_growth,
        royalty_rate,
        discount_rate,
        tax_rate,
        development_cost,
        remaining_economic_life_years,
        technology_half_life_years: default_figure(
            to_decimal("half_life_years", figures.half_life_years, 1)?.to_string(),
            by_industry(&figures, "技术半衰期", "half-life of the technology"),
        ),
        success_probability,
        volatility: default_figure(
            to_decimal("volatility", figures.volatility, 2)?.to_string(),
            by_industry(&figures, "波动率", "volatility"),
        ),
    };
    Ok((plan, assumptions))
}

type Note = (String, String);

fn by_industry(figures: &IndustryFigures, zh: &str, en: &str) -> Note {
    (
        format!("平台默认值：{}行业{zh}", figures.industry.name_zh()),
        format!("platform default: {en} in {}", figures.industry.name_en().to_lowercase()),
    )
}

fn default_figure(value: String, (note_zh, note_en): Note) -> Assumed {
    Assumed { value, source: AssumptionSource::PlatformDefault, note_zh, note_en }
}

fn requested(value: String) -> Assumed {
    Assumed {
        value,
        source: AssumptionSource::Request,
        note_zh: "由申请评估方提供".into(),
        note_en: "stated in the request".into(),
    }
}

/// Products of a better patent sell more: the square of the score against 60, within a third and two and a half.
fn revenue_quality(score: &Score) -> f64 {
    let relative = score.total / 60.0;
    (relative * relative).clamp(1.0 / 3.0, 2.5)
}

fn amount(
    field: &str,
    own: Option<Money>,
    default: f64,
    note: &Note,
) -> Result<(f64, Assumed), AppraisalError> {
    let (money, assumed) = match own {
        Some(money) => (money, requested(money.to_string())),
        None => {
            let money = to_money(field, default)?;
            (money, default_figure(money.to_string(), note.clone()))
        }
    };
    Ok((exact(money.yuan()), assumed))
}

fn rate(field: &str, own: Option<Rate>, default: f64, note: &Note) -> Result<(f64, Assumed), AppraisalError> {
    let (rate, assumed) = match own {
        Some(rate) => (rate, requested(rate.to_string())),
        None => {
            let rate = Rate::new(to_decimal(field, default, 6)?.normalize());
            (rate, default_figure(rate.to_string(), note.clone()))
        }
    };
    Ok((exact(rate.fraction()), assumed))
}

/// Statistics begin where the exact figures end.
fn exact(value: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    value.to_f64().unwrap_or(f64::NAN)
}

fn economic_life(
    inputs: &Inputs,
    facts: &ScoringFacts,
    figures: &IndustryFigures,
) -> Result<(f64, RemainingLife, Assumed), AppraisalError> {
    let known = facts.remaining_years(inputs.valuation_date);
    let legal_years = known.unwrap_or(defaults::LEGAL_YEARS);
    let cycle =
        TechnologyCycle { half_life_years: figures.half_life_years, floor: defaults::ADVANTAGE_FLOOR };
    let plan = inputs.overrides.remaining_economic_life_years.map(exact);
    let found = remaining_life(legal_years, Some(cycle), plan)?;
    let years = to_decimal("life_years", found.years, 2)?;
    let life = RemainingLife { years: exact(years), ..found };
    let (source, zh, en) = match (life.limited_by, known) {
        (LifeLimit::ProductPlan, _) => {
            (AssumptionSource::Request, "由申请评估方提供", "stated in the request")
        }
        (LifeLimit::Technology, _) => (
            AssumptionSource::PlatformDefault,
            "平台默认值：技术优势降至四分之一的年限，短于剩余保护期",
            "platform default: until a quarter of the technology's advantage is left, before protection ends",
        ),
        (LifeLimit::Legal, Some(_)) => {
            (AssumptionSource::PatentRecord, "剩余保护期", "the remaining term of protection")
        }
        (LifeLimit::Legal, None) => (
            AssumptionSource::PlatformDefault,
            "平台默认值：来源未载明申请日和届满日",
            "platform default: neither filing nor expiry date is on record",
        ),
    };
    let assumed =
        Assumed { value: years.to_string(), source, note_zh: zh.to_owned(), note_en: en.to_owned() };
    Ok((legal_years, life, assumed))
}

fn chance_of_success(readiness: Option<u8>) -> Result<(f64, Assumed), AppraisalError> {
    let level = readiness.unwrap_or(defaults::READINESS);
    let chance = success::probability(&success::BY_READINESS, level)?;
    let (zh, en) = match readiness {
        Some(level) => (
            format!("平台默认值：技术就绪度 {level} 级的成功概率"),
            format!("platform default for technology readiness level {level}"),
        ),
        None => (
            format!("平台默认值：技术就绪度未载明，按 {level} 级计"),
            format!("platform default: readiness is not on record, level {level} is taken"),
        ),
    };
    Ok((chance, default_figure(to_decimal("success_probability", chance, 2)?.to_string(), (zh, en))))
}
