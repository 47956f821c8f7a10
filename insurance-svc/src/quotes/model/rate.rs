//! The premium of a risk, factor by factor: exact decimals, one rounding at the end.
//!
//! Premium = aggregate limit × base premium ÷ base cover × term × every multiplier, and at least the minimum
//! premium. Everything is multiplied first and divided last, so that a premium that should come out even does.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::term::Term;
use crate::products::model::{Factor, FactorKind, FactorValue, Product};

/// Digits shown of a base rate that does not end.
const RATE_DIGITS: u32 = 10;

/// What is to be rated.
#[derive(Debug, Clone)]
pub struct Risk {
    /// The most that the policy pays in all.
    pub aggregate_limit: Money,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover.
    pub ends_on: NaiveDate,
    /// Values of base and choice factors by code; a factor's default stands for what is missing.
    pub choices: BTreeMap<String, String>,
    /// Measures of band factors by code.
    pub measures: BTreeMap<&'static str, Decimal>,
}

/// One step of a rating, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatingLine {
    /// The factor's code.
    pub factor: String,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// The value that applies.
    pub value: String,
    /// What it does: a rate a year for the base, years for the term, a multiplier otherwise.
    #[schema(value_type = String)]
    pub multiplier_or_rate: Decimal,
    /// Why, in words.
    pub reason_zh: String,
    /// Why, in words.
    pub reason_en: String,
}

/// A premium with its explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The premium.
    pub premium: Money,
    /// Every step, in the order of the tables.
    pub lines: Vec<RatingLine>,
    /// Codes of factors whose value asks for a second underwriter.
    pub referred_by: Vec<String>,
}

/// Why a risk is not rated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateRefusal {
    /// A value that the factor's table does not have.
    #[error("factor {factor} knows no value {value}")]
    UnknownValue {
        /// The factor.
        factor: String,
        /// What was given.
        value: String,
        /// What the table has.
        known: Vec<String>,
    },
    /// Nothing says where a measure of the factor falls.
    #[error("factor {0} has no measure")]
    NoMeasure(String),
    /// The amounts are beyond the range.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}

/// The product so far: a numerator and a denominator, divided once.
struct Fraction {
    numerator: Decimal,
    denominator: Decimal,
}

impl Fraction {
    fn times(&mut self, numerator: Decimal, denominator: Decimal) -> Result<(), RateRefusal> {
        let product = |a: Decimal, b| a.checked_mul(b).ok_or(MoneyError::Overflow);
        self.numerator = product(self.numerator, numerator)?;
        self.denominator = product(self.denominator, denominator)?;
        Ok(())
    }
}

/// Rates a risk by the tables of a product.
///
/// # Errors
/// [`RateRefusal`]
pub fn rate(product: &Product, risk: &Risk) -> Result<Rated, RateRefusal> {
    let mut amount = Fraction { numerator: risk.aggregate_limit.yuan(), denominator: Decimal::ONE };
    let mut lines = Vec::with_capacity(product.rating_factors.len() + 1);
    let mut referred_by = Vec::new();
    for factor in &product.rating_factors {
        let line = match factor.kind {
            FactorKind::Term => term_line(factor, risk, &mut amount)?,
            FactorKind::Base => {
                let value = chosen(factor, risk)?;
                base_line(factor, value, &mut amount)?
            }
            FactorKind::Choice | FactorKind::Band => {
                let value = if factor.kind == FactorKind::Band {
                    banded(factor, risk)?
                } else {
                    chosen(factor, risk)?
                };
                let multiplier = value.multiplier.unwrap_or(Decimal::ONE);
                amount.times(multiplier, Decimal::ONE)?;
                if value.refer {
                    referred_by.push(factor.code.clone());
                }
                multiplier_line(factor, value, multiplier)
            }
        };
        lines.push(line);
    }
    let exact = amount.numerator.checked_div(amount.denominator).ok_or(MoneyError::Overflow)?;
    let calculated = Money::round_yuan(exact, Rounding::HalfUp)?;
    let premium = calculated.max(product.minimum_premium);
    if premium > calculated {
        lines.push(minimum_line(product, calculated));
    }
    Ok(Rated { premium, lines, referred_by })
}

fn chosen<'p>(factor: &'p Factor, risk: &Risk) -> Result<&'p FactorValue, RateRefusal> {
    let Some(wanted) = risk.choices.get(&factor.code).or(factor.default.as_ref()) else {
        return Err(RateRefusal::NoMeasure(factor.code.clone()));
    };
    factor.values.iter().find(|value| value.value == *wanted).ok_or_else(|| RateRefusal::UnknownValue {
        factor: factor.code.clone(),
        value: wanted.clone(),
        known: factor.values.iter().map(|value| value.value.clone()).collect(),
    })
}

/// The last band that begins at or below the measure.
fn banded<'p>(factor: &'p Factor, risk: &Risk) -> Result<&'p FactorValue, RateRefusal> {
    let missing = || RateRefusal::NoMeasure(factor.code.clone());
    let measure = risk.measures.get(factor.code.as_str()).ok_or_else(missing)?;
    factor
        .values
        .iter()
        .rev()
        .find(|value| value.from.is_some_and(|from| from <= *measure))
        .ok_or_else(missing)
}

fn base_line(factor: &Factor, value: &FactorValue, amount: &mut Fraction) -> Result<RatingLine, RateRefusal> {
    let (Some(premium), Some(cover)) = (value.premium, value.cover) else {
        return Err(RateRefusal::NoMeasure(factor.code.clone()));
    };
    amount.times(premium.yuan(), cover.yuan())?;
    let rate = premium.yuan().checked_div(cover.yuan()).ok_or(MoneyError::Overflow)?;
    Ok(RatingLine {
        factor: factor.code.clone(),
        name_zh: factor.name_zh.clone(),
        name_en: factor.name_en.clone(),
        value: value.value.clone(),
        multiplier_or_rate: rate.round_dp(RATE_DIGITS).normalize(),
        reason_zh: format!("{}：每年每{cover}元保额收取保费{premium}元。", value.name_zh),
        reason_en: format!("{}: {premium} yuan a year for {cover} yuan of cover.", value.name_en),
    })
}

fn term_line(factor: &Factor, risk: &Risk, amount: &mut Fraction) -> Result<RatingLine, RateRefusal> {
    let term = Term::between(risk.starts_on, risk.ends_on);
    let parts = term.in_365ths();
    amount.times(parts, Decimal::from(365))?;
    Ok(RatingLine {
        factor: factor.code.clone(),
        name_zh: factor.name_zh.clone(),
        name_en: factor.name_en.clone(),
        value: format!("{}/365", parts.normalize()),
        multiplier_or_rate: (parts / Decimal::from(365)).round_dp(RATE_DIGITS).normalize(),
        reason_zh: format!("保险期间{}年又{}天，不足一年部分按天数除以365计。", term.years, term.days),
        reason_en: format!(
            "{} years and {} days; days beyond whole years count as 365ths.",
            term.years, term.days
        ),
    })
}

fn multiplier_line(factor: &Factor, value: &FactorValue, multiplier: Decimal) -> RatingLine {
    RatingLine {
        factor: factor.code.clone(),
        name_zh: factor.name_zh.clone(),
        name_en: factor.name_en.clone(),
        value: value.value.clone(),
        multiplier_or_rate: multiplier,
        reason_zh: format!("{}：{}，系数{multiplier}。", factor.name_zh, value.name_zh),
        reason_en: format!("{}: {}, times {multiplier}.", factor.name_en, value.name_en),
    }
}

fn minimum_line(product: &Product, calculated: Money) -> RatingLine {
    let minimum = product.minimum_premium;
    RatingLine {
        factor: "minimum_premium".to_owned(),
        name_zh: "最低保费".to_owned(),
        name_en: "Minimum premium".to_owned(),
        value: minimum.to_string(),
        multiplier_or_rate: Decimal::ONE,
        reason_zh: format!("按系数计算为{calculated}元，低于最低保费，按{minimum}元收取。"),
        reason_en: format!(
            "The factors give {calculated} yuan; the minimum premium of {minimum} yuan applies."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::model::Catalogue;

    fn product(code: &str) -> Product {
        let on = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        Catalogue::load().unwrap().current(code, on).unwrap().clone()
    }

    fn risk(limit: &str, choices: &[(&str, &str)], measures: &[(&'static str, &str)]) -> Risk {
        Risk {
            aggregate_limit: limit.parse().unwrap(),
            starts_on: "2026-03-01".parse().unwrap(),
            ends_on: "2027-02-28".parse().unwrap(),
            choices: choices.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            measures: measures.iter().map(|(a, b)| (*a, b.parse().unwrap())).collect(),
        }
    }

    const PLAIN: [(&str, &str); 3] =
        [("remaining_years", "10"), ("deductible_share", "0"), ("coinsurance", "0.10")];

    /// Beijing's pilot: 25,000 buys 2.4 million for a champion's patent-year, 10,000 buys 850,000 for a small firm.
    #[test]
    fn the_beijing_pilot_premiums_come_out_to_the_fen() {
        let enforcement = product("enforcement");
        let kind = ("patent_kind", "invention");
        for (class, limit, premium) in [
            ("small", "850000", "10000.00"),
            ("champion", "2400000", "25000.00"),
            ("small", "1700000", "20000.00"),
        ] {
            let rated = rate(&enforcement, &risk(limit, &[kind, ("insured_class", class)], &PLAIN)).unwrap();
            assert_eq!(rated.premium.to_string(), premium, "{class} {limit}");
        }
    }

    #[test]
    fn every_factor_is_explained_and_their_product_is_the_premium() {
        let measures = [("remaining_years", "4"), ("deductible_share", "0.05"), ("coinsurance", "0")];
        let choices = [("patent_kind", "utility_model"), ("dispute_history", "resolved")];
        let rated = rate(&product("enforcement"), &risk("850000", &choices, &measures)).unwrap();
        // 10,000 × 1.20 × 1.15 × 1.25 × 0.92 × 1.08
        assert_eq!(rated.premium.to_string(), "17139.60");
        assert_eq!(rated.lines.len(), 8);
        assert!(rated.lines.iter().all(|line| !line.reason_zh.is_empty() && !line.reason_en.is_empty()));
    }

    #[test]
    fn a_guarantee_costs_one_percent_a_year_of_the_sum_insured() {
        let rated =
            rate(&product("pledge_loan_guarantee"), &risk("3000000", &[], &[("coinsurance", "0.20")]))
                .unwrap();
        assert_eq!(rated.premium.to_string(), "30000.00");
        let grade_d = risk("3000000", &[("credit_grade", "d")], &[("coinsurance", "0.20")]);
        let rated = rate(&product("pledge_loan_guarantee"), &grade_d).unwrap();
        assert_eq!((rated.premium.to_string().as_str(), rated.referred_by.len()), ("60000.00", 1));
    }

    #[test]
    fn a_small_risk_costs_the_minimum_premium_and_says_so() {
        let rated =
            rate(&product("enforcement"), &risk("1000", &[("patent_kind", "invention")], &PLAIN)).unwrap();
        assert_eq!(rated.premium.to_string(), "1000.00");
        assert_eq!(rated.lines.last().unwrap().factor, "minimum_premium");
    }

    #[test]
    fn a_value_that_the_table_does_not_have_is_refused_with_those_it_has() {
        let refusal = rate(&product("enforcement"), &risk("1000", &[("insured_class", "huge")], &PLAIN));
        let Err(RateRefusal::UnknownValue { known, .. }) = refusal else { panic!("{refusal:?}") };
        assert_eq!(known, ["small", "champion"]);
    }
}
