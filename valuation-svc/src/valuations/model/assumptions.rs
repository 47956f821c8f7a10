//! Which figures a valuation rests on, and where each comes from: the request, the patent's record, or the platform.

use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    defaults,
    inputs::{Inputs, RoyaltyEvidence},
    life_and_success::{chance_of_success, economic_life},
};
use crate::{
    appraisal::model::{
        AppraisalError, maths, profit_split, remaining_life::RemainingLife, to_decimal, to_money,
    },
    models::model::{IndustryParameters, ModelContent, RoyaltySource},
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
    /// The bank's own model.
    BankModel,
    /// A row of the imported statistics, which the note names.
    Statistics,
}

impl AssumptionSource {
    /// Where what a model says comes from.
    pub(super) const fn of_model(own: bool) -> Self {
        if own { Self::BankModel } else { Self::PlatformDefault }
    }
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
    /// The chances of the levels around, between which it is drawn; none where it is taken as it is.
    pub success_range: Option<(f64, f64)>,
    pub volatility: f64,
    pub readiness: Option<u8>,
    pub tax_life_years: u32,
}

/// Decides every figure. They are fixed to the digits printed, so that a reader recomputes with what they see.
pub(super) fn decide(
    inputs: &Inputs,
    content: &ModelContent,
    facts: &ScoringFacts,
    score: &Score,
) -> Result<(Plan, Assumptions), AppraisalError> {
    let parameters = &content.parameters;
    let own = &inputs.overrides;
    let figures = Figures::of(inputs, content);
    let (revenue, annual_revenue) = amount(
        "annual_revenue",
        own.annual_revenue,
        estimated_revenue(inputs, content, score),
        &by_industry(
            &figures,
            "首年收入，按专利类型和评分调整",
            "first-year revenue, adjusted for kind and score",
        ),
    )?;
    let (growth, revenue_growth) = rate(
        "revenue_growth",
        own.revenue_growth,
        figures.row.revenue_growth,
        &by_industry(&figures, "收入增长率", "growth of revenue"),
    )?;
    let (royalty, royalty_rate) = royalty(inputs, content, &figures, score)?;
    let (discount, discount_rate) = rate(
        "discount_rate",
        own.discount_rate,
        parameters.discount.rate(figures.row.discount_rate),
        &by_industry(&figures, "折现率", "discount rate"),
    )?;
    let (tax, tax_rate) = rate(
        "tax_rate",
        own.tax_rate,
        parameters.tax.rate,
        &Note::of(figures.source, "企业所得税税率", "rate of enterprise income tax"),
    )?;
    let (cost, development_cost) = amount(
        "development_cost",
        own.development_cost,
        figures.row.development_cost * defaults::kind_factor(inputs.patent.facts.kind),
        &by_industry(&figures, "重新研发成本，按专利类型调整", "cost of developing again, adjusted for kind"),
    )?;
    let (legal_years, life, remaining_economic_life_years) = economic_life(inputs, content, facts, &figures)?;
    let readiness = facts.grades.trl;
    let (chance, success_probability) = chance_of_success(inputs, content, &figures)?;
    let plan = Plan {
        revenue,
        growth,
        royalty,
        discount_rate: discount,
        tax_rate: tax,
        development_cost: cost,
        legal_years,
        life,
        kept_a_year: maths::pow(0.5, 1.0 / figures.row.half_life_years),
        success: chance.expected,
        success_range: chance.range,
        volatility: figures.row.volatility,
        readiness,
        tax_life_years: parameters.tax.life_years,
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
            to_decimal("half_life_years", figures.row.half_life_years, 1)?.to_string(),
            &by_industry(&figures, "技术半衰期", "half-life of the technology"),
        ),
        success_probability,
        volatility: default_figure(
            to_decimal("volatility", figures.row.volatility, 2)?.to_string(),
            &by_industry(&figures, "波动率", "volatility"),
        ),
    };
    Ok((plan, assumptions))
}

/// What a figure rests on, with where it comes from.
pub(super) struct Note {
    pub source: AssumptionSource,
    pub zh: String,
    pub en: String,
}

impl Note {
    pub fn of(source: AssumptionSource, zh: &str, en: &str) -> Self {
        let (whose_zh, whose_en) = match source {
            AssumptionSource::BankModel => ("本行模型", "the bank's model"),
            _ => ("平台默认值", "platform default"),
        };
        Self { source, zh: format!("{whose_zh}：{zh}"), en: format!("{whose_en}: {en}") }
    }
}

/// The row of the patent's industry with whose it is.
pub(super) struct Figures {
    pub row: IndustryParameters,
    pub source: AssumptionSource,
}

impl Figures {
    fn of(inputs: &Inputs, content: &ModelContent) -> Self {
        let source = AssumptionSource::of_model(inputs.model.is_some());
        Self { row: content.industry(inputs.patent.industry()), source }
    }
}

fn by_industry(figures: &Figures, zh: &str, en: &str) -> Note {
    let industry = figures.row.industry;
    Note::of(
        figures.source,
        &format!("{}行业{zh}", industry.name_zh()),
        &format!("{en} in {}", industry.name_en().to_lowercase()),
    )
}

/// The royalty: the request's, or a place in the range by the score. The range is the licence statistics' row where the
/// model rests on them and there is one, else the model's table.
fn royalty(
    inputs: &Inputs,
    content: &ModelContent,
    figures: &Figures,
    score: &Score,
) -> Result<(f64, Assumed), AppraisalError> {
    let statistics = content.parameters.royalty_source == RoyaltySource::LicenceStatistics;
    let evidence = inputs.evidence.as_ref().filter(|_| statistics);
    let evidence = evidence.and_then(|row| Some((row, row.range()?)));
    let (low, high) = evidence.map_or((figures.row.royalty_low, figures.row.royalty_high), |(_, range)| {
        (exact(range.0.fraction()), exact(range.1.fraction()))
    });
    let note = match evidence {
        Some((row, range)) => cited(row, range),
        None => by_industry(
            figures,
            "许可费率区间，按评分取值（分成率法）",
            "range of royalties, placed by the score (profit split)",
        ),
    };
    let split = profit_split::rate(low, high, score.total / 100.0)?;
    rate("royalty_rate", inputs.overrides.royalty_rate, split, &note)
}

fn cited(row: &RoyaltyEvidence, (low, high): (Rate, Rate)) -> Note {
    Note {
        source: AssumptionSource::Statistics,
        zh: format!(
            "许可统计 {}：费率区间 {low} 至 {high}，按评分取值（分成率法）；{}",
            row.row, row.source_zh
        ),
        en: format!(
            "licence statistics, row {}: royalties of {low} to {high}, placed by the score (profit split); {}",
            row.row, row.source_en
        ),
    }
}

pub(super) fn default_figure(value: String, note: &Note) -> Assumed {
    Assumed { value, source: note.source, note_zh: note.zh.clone(), note_en: note.en.clone() }
}

pub(super) fn requested(value: String) -> Assumed {
    Assumed {
        value,
        source: AssumptionSource::Request,
        note_zh: "由申请评估方提供".into(),
        note_en: "stated in the request".into(),
    }
}

/// The model's own figure for the first year's revenue, yuan.
pub(super) fn estimated_revenue(inputs: &Inputs, content: &ModelContent, score: &Score) -> f64 {
    let row = content.industry(inputs.patent.industry());
    row.first_year_revenue * defaults::kind_factor(inputs.patent.facts.kind) * revenue_quality(score)
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
            (money, default_figure(money.to_string(), note))
        }
    };
    Ok((exact(money.yuan()), assumed))
}

fn rate(field: &str, own: Option<Rate>, default: f64, note: &Note) -> Result<(f64, Assumed), AppraisalError> {
    let (rate, assumed) = match own {
        Some(rate) => (rate, requested(rate.to_string())),
        None => {
            let rate = Rate::new(to_decimal(field, default, 6)?.normalize());
            (rate, default_figure(rate.to_string(), note))
        }
    };
    Ok((exact(rate.fraction()), assumed))
}

/// Statistics begin where the exact figures end.
pub(super) fn exact(value: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    value.to_f64().unwrap_or(f64::NAN)
}
