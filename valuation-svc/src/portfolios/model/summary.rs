//! Patents valued together, in order: sums, range, concentration, weak links, a stated synergy.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Concentration, LorenzPoint, Member, Spec, Spread, WeakLink, concentration, member::fraction, spread,
    weak_links,
};
use crate::appraisal::model::{AppraisalError, preview::BarAnswer, to_money};

/// What a synergy would make of it. Stated, not found: it is never part of what is lent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PortfolioSynergy)]
pub struct Synergy {
    /// As stated.
    pub rate: Rate,
    /// As stated.
    pub reason: String,
    /// The sum with it.
    pub value: Money,
}

/// What patents come to together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PortfolioSummary)]
pub struct Summary {
    /// Patents.
    pub patents: u32,
    /// Of them valued.
    pub assessed: u32,
    /// Of them with the figures of a valuation in force; the others are indicative.
    pub valuations: u32,
    /// The sum of the values.
    pub value: Money,
    /// The sum of the values as pledges.
    pub collateral_value: Money,
    /// The sum of what may be lent on each alone.
    pub maximum_loan: Money,
    /// Seed of the simulation.
    pub seed: u64,
    /// Paths of the simulation.
    pub paths: u32,
    /// 5th percentile of the sum.
    pub p5: Money,
    /// 25th.
    pub p25: Money,
    /// Median.
    pub p50: Money,
    /// 75th.
    pub p75: Money,
    /// 95th.
    pub p95: Money,
    /// Standard deviation of the sum, exact.
    pub deviation: Money,
    /// The same if values did not move together.
    pub deviation_independent: Money,
    /// The same if they moved as one.
    pub deviation_as_one: Money,
    /// 1 − deviation ÷ deviation as one: what holding them together takes off the risk, 0–1.
    pub diversification: Decimal,
    /// Twenty bars of the simulated sum.
    pub histogram: Vec<BarAnswer>,
    /// By owner, industry, class, grade.
    pub concentration: Vec<Concentration>,
    /// Share of the most valuable patent.
    pub top_1: Decimal,
    /// Of the five most valuable.
    pub top_5: Decimal,
    /// Of the ten most valuable.
    pub top_10: Decimal,
    /// The Lorenz curve.
    pub lorenz: Vec<LorenzPoint>,
    /// Gini coefficient of the values, 0–1.
    pub gini: Decimal,
    /// The weak links.
    pub weak_links: Vec<WeakLink>,
    /// The synergy, where one was stated.
    pub synergy: Option<Synergy>,
}

/// Sums up.
///
/// # Errors
/// A sum beyond the range of amounts.
pub fn summarise(
    members: &[Member],
    spec: &Spec,
    seed: u64,
    today: NaiveDate,
) -> Result<Summary, AppraisalError> {
    let total =
        |of: fn(&Member) -> Money| Money::total(members.iter().map(of)).map_err(|error| beyond(&error));
    let assessed: Vec<Member> = members.iter().filter(|one| one.assessed).cloned().collect();
    let correlation = |rate: Rate| rate.fraction().to_f64().unwrap_or(0.0);
    let drawn = spread(
        &assessed,
        (correlation(spec.market_correlation), correlation(spec.industry_correlation)),
        seed,
    );
    let value = total(|one| one.value)?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (lorenz, gini) = concentration::lorenz(&assessed);
    let by_place = risk_by_place(members, &drawn.shares);
    let by = |name: &str, key: fn(&Member) -> String| concentration::by(name, &assessed, key);
    Ok(Summary {
        patents: count(members.len()),
        assessed: count(assessed.len()),
        valuations: count(assessed.iter().filter(|one| one.valuation_id.is_some()).count()),
        collateral_value: total(|one| one.collateral_value)?,
        maximum_loan: total(|one| one.maximum_loan)?,
        concentration: vec![
            by("owner", |one| one.owner.clone()),
            by("industry", |one| one.industry.clone()),
            by("ipc_class", |one| one.ipc_class.clone()),
            by("grade", |one| one.grade.clone().unwrap_or_default()),
        ],
        top_1: concentration::top(&assessed, 1),
        top_5: concentration::top(&assessed, 5),
        top_10: concentration::top(&assessed, 10),
        lorenz,
        gini,
        weak_links: weak_links(members, &by_place, today),
        synergy: synergy(spec, value)?,
        value,
        ..of_spread(&drawn)?
    })
}

/// The part of the summary that the simulation gives; the rest is empty.
fn of_spread(drawn: &Spread) -> Result<Summary, AppraisalError> {
    let money = |value: f64| to_money("portfolio", value);
    let found = &drawn.outcome;
    let off = if drawn.comonotonic > 0.0 { 1.0 - drawn.deviation / drawn.comonotonic } else { 0.0 };
    Ok(Summary {
        patents: 0,
        assessed: 0,
        valuations: 0,
        value: Money::ZERO,
        collateral_value: Money::ZERO,
        maximum_loan: Money::ZERO,
        seed: found.seed,
        paths: found.paths,
        p5: money(found.p5)?,
        p25: money(found.p25)?,
        p50: money(found.p50)?,
        p75: money(found.p75)?,
        p95: money(found.p95)?,
        deviation: money(drawn.deviation)?,
        deviation_independent: money(drawn.independent)?,
        deviation_as_one: money(drawn.comonotonic)?,
        diversification: fraction(off.clamp(0.0, 1.0)),
        histogram: BarAnswer::all(found, "portfolio")?,
        concentration: Vec::new(),
        top_1: Decimal::ZERO,
        top_5: Decimal::ZERO,
        top_10: Decimal::ZERO,
        lorenz: Vec::new(),
        gini: Decimal::ZERO,
        weak_links: Vec::new(),
        synergy: None,
    })
}

/// Each member's share of the variance; one that was not valued has none.
fn risk_by_place(members: &[Member], shares: &[f64]) -> Vec<f64> {
    let mut next = shares.iter();
    members.iter().map(|one| if one.assessed { next.next().copied().unwrap_or(0.0) } else { 0.0 }).collect()
}

fn synergy(spec: &Spec, value: Money) -> Result<Option<Synergy>, AppraisalError> {
    let Some(rate) = spec.synergy_rate else { return Ok(None) };
    let with = Rate::new(Decimal::ONE + rate.fraction());
    let value = value.scale(with, Rounding::HalfUp).map_err(|error| beyond(&error))?;
    Ok(Some(Synergy { rate, reason: spec.synergy_reason.trim().to_owned(), value }))
}

fn beyond(error: &MoneyError) -> AppraisalError {
    AppraisalError::new(
        "portfolio",
        format!("合计超出金额范围：{error}"),
        format!("a sum is out of range: {error}"),
    )
}
