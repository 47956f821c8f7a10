//! The life over which a patent earns and the chance that its technology reaches the market: by the models, unless the request
//! states its own with a reason.

use super::{
    assumptions::{Assumed, AssumptionSource, Figures, Note, default_figure, exact, requested},
    inputs::Inputs,
};
use crate::{
    appraisal::model::{
        AppraisalError,
        remaining_life::{LifeLimit, RemainingLife, TechnologyCycle, remaining_life},
        success, to_decimal,
    },
    models::model::ModelContent,
    scoring::model::ScoringFacts,
};

/// A figure of the request with the reason stated for it.
fn reasoned(value: String, reason: Option<&str>) -> Assumed {
    let reason = reason.unwrap_or_default().trim();
    Assumed {
        value,
        source: AssumptionSource::Request,
        note_zh: format!("由申请评估方改定，理由：{reason}"),
        note_en: format!("set by the request; reason: {reason}"),
    }
}

/// The years of protection that are left, the life, and the life as an assumption. The shortest of protection, technology and
/// product plan counts; the note says which and what the others are.
pub(super) fn economic_life(
    inputs: &Inputs,
    content: &ModelContent,
    facts: &ScoringFacts,
    figures: &Figures,
) -> Result<(f64, RemainingLife, Assumed), AppraisalError> {
    let parameters = &content.parameters.life;
    let own = &inputs.overrides;
    let known = facts.remaining_years(inputs.valuation_date);
    let legal_years = known.unwrap_or(parameters.legal_years);
    let cycle =
        TechnologyCycle { half_life_years: figures.row.half_life_years, floor: parameters.advantage_floor };
    let stated = own.technology_life_years.map(exact);
    let technology_years = stated.map_or_else(|| cycle.life_years(), Ok)?;
    let plan = own.remaining_economic_life_years.map(exact);
    let mut found = remaining_life(legal_years, stated.is_none().then_some(cycle), plan)?;
    if stated.is_some() && technology_years < found.years {
        found = RemainingLife { years: technology_years, limited_by: LifeLimit::Technology };
    }
    let years = to_decimal("life_years", found.years, 2)?;
    let life = RemainingLife { years: exact(years), ..found };
    if life.years <= 0.0 {
        return Err(too_short(life.limited_by, stated.is_some()));
    }
    let floor = to_decimal("advantage_floor", parameters.advantage_floor, 2)?.normalize();
    let mut assumed = match (life.limited_by, known) {
        (LifeLimit::ProductPlan, _) => requested(years.to_string()),
        (LifeLimit::Technology, _) if stated.is_some() => {
            reasoned(years.to_string(), own.technology_life_reason.as_deref())
        }
        (LifeLimit::Technology, _) => default_figure(
            years.to_string(),
            &Note::of(
                figures.source,
                &format!("技术优势降至 {floor} 的年限，短于剩余保护期"),
                &format!("until {floor} of the technology's advantage is left, before protection ends"),
            ),
        ),
        (LifeLimit::Legal, Some(_)) => Assumed {
            value: years.to_string(),
            source: AssumptionSource::PatentRecord,
            note_zh: "剩余保护期".into(),
            note_en: "the remaining term of protection".into(),
        },
        (LifeLimit::Legal, None) => default_figure(
            years.to_string(),
            &Note::of(
                figures.source,
                "来源未载明申请日和届满日",
                "neither filing nor expiry date is on record",
            ),
        ),
    };
    let (legal, technology) =
        (to_decimal("legal", legal_years, 2)?, to_decimal("life", technology_years, 2)?);
    let planned = own.remaining_economic_life_years;
    let (plan_zh, plan_en) = planned.map_or_else(Default::default, |years| {
        (format!("、产品计划 {years} 年"), format!(", product plan {years} years"))
    });
    assumed.note_zh += &format!("（保护期 {legal} 年、技术寿命 {technology} 年{plan_zh}，取最短）");
    assumed.note_en +=
        &format!(" (protection {legal} years, technology {technology} years{plan_en}: the shortest counts)");
    Ok((legal_years, life, assumed))
}

/// The refusal of a life without a hundredth of a year, at what ends it: nothing is earned in it.
fn too_short(limited_by: LifeLimit, stated: bool) -> AppraisalError {
    let (field, zh, en) = match limited_by {
        LifeLimit::Legal => ("legal_years", "专利剩余保护期", "the term of protection that is left"),
        LifeLimit::ProductPlan => {
            ("assumptions.remaining_economic_life_years", "产品计划年限", "the life of the product plan")
        }
        LifeLimit::Technology if stated => {
            ("assumptions.technology_life_years", "技术寿命", "the technology's life")
        }
        LifeLimit::Technology => ("parameters.life", "模型的技术寿命", "the technology's life by the model"),
    };
    AppraisalError::new(
        field,
        format!("{zh}不足 0.01 年（约四天），没有可以折现的收益"),
        format!("{en} is shorter than 0.01 years (about four days): there is nothing to discount"),
    )
}

/// The chance of success.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chance {
    /// What the methods count with.
    pub expected: f64,
    /// The chances of the levels of readiness around, between which the simulation draws.
    pub range: Option<(f64, f64)>,
}

/// The chance by technology readiness, or the request's own with its reason.
pub(super) fn chance_of_success(
    inputs: &Inputs,
    content: &ModelContent,
    figures: &Figures,
) -> Result<(Chance, Assumed), AppraisalError> {
    let own = &inputs.overrides;
    if let Some(stated) = own.success_probability {
        let chance = Chance { expected: exact(stated.fraction()), range: None };
        return Ok((chance, reasoned(stated.to_string(), own.success_reason.as_deref())));
    }
    let parameters = &content.parameters.success;
    let readiness = inputs.patent.grades.trl;
    let level = readiness.unwrap_or(parameters.readiness_if_unknown);
    let expected = success::probability(&parameters.by_readiness, level)?;
    let within = content.parameters.simulation.success_levels;
    let within = if readiness.is_none() { within.saturating_mul(2) } else { within };
    let (below, above) = (level.saturating_sub(within).max(1), level.saturating_add(within).min(9));
    let low = success::probability(&parameters.by_readiness, below)?;
    let high = success::probability(&parameters.by_readiness, above)?;
    let (mut zh, mut en) = match readiness {
        Some(level) => {
            (format!("技术就绪度 {level} 级的成功概率"), format!("for technology readiness level {level}"))
        }
        None => (
            format!("技术就绪度未载明，按 {level} 级计"),
            format!("readiness is not on record, level {level} is taken"),
        ),
    };
    let range = (low < high).then_some((low, high));
    if range.is_some() {
        zh += &format!("；模拟在 {below} 至 {above} 级之间抽取");
        en += &format!("; the simulation draws between levels {below} and {above}");
    }
    let note = Note::of(figures.source, &zh, &en);
    let printed = to_decimal("success_probability", expected, 2)?.to_string();
    Ok((Chance { expected, range }, default_figure(printed, &note)))
}
