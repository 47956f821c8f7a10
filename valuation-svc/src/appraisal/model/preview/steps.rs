//! Trial calculations of the steps around the methods: profit split, life, reconciliation, collateral value.

use finance::{Money, Rate, Rounding, split};
use rust_decimal::Decimal;

use super::{
    CollateralValueAnswer, CollateralValueRequest, IndicationAnswer, PLACES, ProfitSplitAnswer,
    ProfitSplitRequest, ReconciliationAnswer, ReconciliationRequest, RemainingLifeAnswer,
    RemainingLifeRequest, RoyaltyRequest, income, missing,
};
use crate::appraisal::model::{
    collateral::{Liquidation, LtvTable, collateral},
    error::{AppraisalError, ENTRIES_MAX, number, share, to_decimal, within},
    profit_split::{self, Factor},
    reconciliation::{Indication, reconcile},
    remaining_life::{TechnologyCycle, remaining_life},
};

/// Decimals of a royalty, in a stored valuation as here, and of what a forced sale leaves.
const RATE_PLACES: u32 = 6;
/// Decimals of a method's part before the value is split: enough for every fen, few enough to stay exact for any amount.
const PART_PLACES: u32 = 10;
/// Decimals of an amount.
const FEN_PLACES: u32 = 2;
/// The most years of protection or of a plan.
const YEARS_MAX: f64 = 100.0;
/// The most months that a sale may take.
const MONTHS_MAX: f64 = 120.0;
/// The most characters of a method's name.
const NAME_CHARS_MAX: usize = 100;

pub(super) fn profit_split(r: &ProfitSplitRequest) -> Result<ProfitSplitAnswer, AppraisalError> {
    let score = split_score(r)?;
    let exact = profit_split::rate(bound("low", r.low)?, bound("high", r.high)?, score)?;
    let rate = to_decimal("high", exact, RATE_PLACES)?;
    let mut answer = ProfitSplitAnswer {
        rate,
        score: to_decimal("score", score, PLACES)?,
        value: None,
        value_before_tab: None,
        tab_factor: None,
        periods: Vec::new(),
    };
    if r.revenue.is_empty() {
        return no_plan(r).map(|()| answer);
    }
    let found = income::royalty(&RoyaltyRequest {
        revenue: r.revenue.clone(),
        royalty_rate: Some(rate),
        discount_rate: r.discount_rate,
        tax_rate: r.tax_rate,
        timing: r.timing,
        tab: r.tab,
        tax_life_years: r.tax_life_years,
    })?;
    answer.value = Some(found.value);
    answer.value_before_tab = Some(found.value_before_tab);
    answer.tab_factor = Some(found.tab_factor);
    answer.periods = found.periods;
    Ok(answer)
}

/// A bound with the decimals of the rate itself: of a finer one, the rounded rate could lie outside.
fn bound(field: &str, value: Decimal) -> Result<f64, AppraisalError> {
    if value.normalize().scale() > RATE_PLACES {
        return Err(AppraisalError::new(
            field,
            format!("最多 {RATE_PLACES} 位小数"),
            format!("must have at most {RATE_PLACES} decimals"),
        ));
    }
    number(field, value)
}

/// The rate alone is asked for: what only a plan can use would change nothing, so it was meant for a plan that is missing.
fn no_plan(r: &ProfitSplitRequest) -> Result<(), AppraisalError> {
    let stated = [
        ("discount_rate", r.discount_rate.is_some()),
        ("tax_rate", r.tax_rate.is_some()),
        ("timing", r.timing.is_some()),
        ("tab", r.tab.is_some()),
        ("tax_life_years", r.tax_life_years.is_some()),
    ];
    match stated.into_iter().find(|(_, stated)| *stated) {
        None => Ok(()),
        Some((field, _)) => Err(AppraisalError::new(
            field,
            "只有填写 revenue（逐年计划）时才可填写",
            "must not be stated without a plan in revenue",
        )),
    }
}

fn split_score(r: &ProfitSplitRequest) -> Result<f64, AppraisalError> {
    match (r.score, r.factors.is_empty()) {
        (Some(own), true) => number("score", own),
        (Some(_), false) => Err(AppraisalError::new(
            "score",
            "不得与 factors 同时填写",
            "must not be stated together with factors",
        )),
        (None, true) => Err(missing("score")),
        (None, false) => {
            let read = r.factors.iter().map(|factor| {
                Ok(Factor {
                    score: number("factors", factor.score)?,
                    weight: number("factors", factor.weight)?,
                })
            });
            profit_split::weighted_score(&read.collect::<Result<Vec<_>, AppraisalError>>()?)
        }
    }
}

pub(super) fn life(r: &RemainingLifeRequest) -> Result<RemainingLifeAnswer, AppraisalError> {
    let years = |field: &str, value: Decimal| within(field, number(field, value)?, 0.0, YEARS_MAX);
    let legal_years = years("legal_years", r.legal_years)?;
    let plan = r.product_plan_years.map(|plan| years("product_plan_years", plan)).transpose()?;
    let cycle = match (r.half_life_years, r.floor) {
        (None, None) => None,
        (Some(half_life), Some(floor)) => Some(TechnologyCycle {
            half_life_years: number("half_life_years", half_life)?,
            floor: number("floor", floor)?,
        }),
        (None, Some(_)) => return Err(missing("half_life_years")),
        (Some(_), None) => return Err(missing("floor")),
    };
    let found = remaining_life(legal_years, cycle, plan)?;
    let technology = cycle.map(|cycle| cycle.life_years()).transpose()?;
    let shown = |field: &str, value: f64| to_decimal(field, value, PLACES);
    Ok(RemainingLifeAnswer {
        years: shown("legal_years", found.years)?,
        limited_by: found.limited_by,
        legal_years: shown("legal_years", legal_years)?,
        technology_years: technology.map(|value| shown("half_life_years", value)).transpose()?,
        product_plan_years: plan.map(|value| shown("product_plan_years", value)).transpose()?,
    })
}

pub(super) fn reconciliation(r: &ReconciliationRequest) -> Result<ReconciliationAnswer, AppraisalError> {
    if r.indications.len() > ENTRIES_MAX {
        return Err(AppraisalError::new(
            "indications",
            format!("最多 {ENTRIES_MAX} 项"),
            format!("must have at most {ENTRIES_MAX} entries"),
        ));
    }
    let read = r.indications.iter().enumerate().map(|(at, one)| {
        let field = |name: &str| format!("indications[{at}].{name}");
        if one.method.trim().is_empty() || one.method.chars().count() > NAME_CHARS_MAX {
            return Err(AppraisalError::new(
                field("method"),
                format!("须为 1 至 {NAME_CHARS_MAX} 个字符"),
                format!("must have 1 to {NAME_CHARS_MAX} characters"),
            ));
        }
        let (value, weight) = (field("value"), field("weight"));
        let amount = to_the_fen(&value, one.value)?;
        let read = Indication {
            method: one.method.clone(),
            value: number(&value, one.value)?,
            weight: share(&weight, number(&weight, one.weight)?)?,
        };
        Ok((amount, read))
    });
    let (amounts, indications): (Vec<Money>, Vec<Indication>) =
        read.collect::<Result<Vec<_>, AppraisalError>>()?.into_iter().unzip();
    // What the rule tells of all weights or of all methods is told at the list.
    reconcile(&indications).map_err(|error| AppraisalError { field: "indications".to_owned(), ..error })?;
    // The amounts are exact, so that a reader who weighs the values by hand finds the same fen.
    let (value, parts) = weighed(&amounts, r)?;
    let counted = || {
        amounts.iter().zip(&r.indications).filter(|(_, one)| !one.weight.is_zero()).map(|(amount, _)| *amount)
    };
    let indications = amounts.iter().zip(&r.indications).zip(parts).map(|((amount, one), part)| {
        IndicationAnswer { method: one.method.clone(), value: *amount, weight: one.weight, part }
    });
    Ok(ReconciliationAnswer {
        value,
        low: counted().min().unwrap_or_default(),
        high: counted().max().unwrap_or_default(),
        indications: indications.collect(),
    })
}

/// Σ weight × value, rounded once, and each method's part of it by the largest remainder: parts that are rounded one by
/// one need not sum to the value.
fn weighed(amounts: &[Money], r: &ReconciliationRequest) -> Result<(Money, Vec<Money>), AppraisalError> {
    let out_of_range = || {
        AppraisalError::new("indications", "结果超出金额范围", "the result is beyond the range of amounts")
    };
    let products = amounts
        .iter()
        .zip(&r.indications)
        .map(|(amount, one)| amount.yuan().checked_mul(one.weight))
        .collect::<Option<Vec<Decimal>>>()
        .ok_or_else(out_of_range)?;
    let exact = products
        .iter()
        .try_fold(Decimal::ZERO, |sum, product| sum.checked_add(*product))
        .ok_or_else(out_of_range)?;
    let value = Money::round_yuan(exact, Rounding::HalfUp).map_err(|_| out_of_range())?;
    if value.is_zero() {
        return Ok((value, vec![Money::ZERO; amounts.len()]));
    }
    let weight = |product: Decimal| {
        Rate::new(product.round_dp_with_strategy(PART_PLACES, Rounding::HalfUp.strategy()))
    };
    let weights: Vec<Rate> = products.into_iter().map(weight).collect();
    Ok((value, split(value, &weights).map_err(|_| out_of_range())?))
}

pub(super) fn collateral_value(r: &CollateralValueRequest) -> Result<CollateralValueAnswer, AppraisalError> {
    let market = to_the_fen("market_value", r.market_value)?;
    let terms = Liquidation {
        forced_sale_discount: share(
            "forced_sale_discount",
            number("forced_sale_discount", r.forced_sale_discount)?,
        )?,
        cost: share("cost", number("cost", r.cost)?)?,
        months: within("months", number("months", r.months)?, 0.0, MONTHS_MAX)?,
        rate: share("rate", number("rate", r.rate)?)?,
    };
    let cap = match (r.ltv, r.grade) {
        (Some(_), Some(_)) => {
            return Err(AppraisalError::new(
                "ltv",
                "不得与等级同时填写",
                "must not be stated together with a grade",
            ));
        }
        (Some(own), None) => Rate::new(own),
        (None, grade) => LtvTable::platform_default().cap(grade),
    };
    let found = collateral(market, &terms, cap)?;
    // The amounts between are exact shares of the market value, so that a reader finds the same fen.
    let out_of_range =
        || AppraisalError::new("market_value", "结果超出金额范围", "the result is out of range");
    let sold = Decimal::ONE.saturating_sub(r.forced_sale_discount);
    let kept = Decimal::ONE.saturating_sub(r.cost).checked_mul(sold).ok_or_else(out_of_range)?;
    let net = market.yuan().checked_mul(terms.factor()?.fraction()).ok_or_else(out_of_range)?;
    let mut net = net.round_dp_with_strategy(RATE_PLACES, Rounding::HalfUp.strategy());
    net.rescale(RATE_PLACES);
    let left = |part| market.scale(Rate::new(part), Rounding::HalfUp).map_err(|_| out_of_range());
    Ok(CollateralValueAnswer {
        value: found.collateral_value,
        forced: left(sold)?,
        net_realisable: left(kept)?,
        net,
        liquidation_factor: found.liquidation_factor,
        grade: r.grade,
        ltv_cap: found.ltv,
        maximum_loan: found.maximum_loan,
    })
}

/// An amount that is owed or lent on is never rounded in silence.
fn to_the_fen(field: &str, yuan: Decimal) -> Result<Money, AppraisalError> {
    let refused = || {
        AppraisalError::new(
            field,
            "必须是不为负、最多两位小数的金额",
            "must be an amount of at least zero with at most two decimals",
        )
    };
    if yuan < Decimal::ZERO || yuan.normalize().scale() > FEN_PLACES {
        return Err(refused());
    }
    Money::round_yuan(yuan, Rounding::HalfUp).map_err(|_| {
        AppraisalError::new(
            field,
            format!("金额过大，不得超过 {} 元", Money::MAX),
            format!("is too large an amount: at most {} yuan", Money::MAX),
        )
    })
}
