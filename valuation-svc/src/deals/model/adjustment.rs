//! What a comparable's price is multiplied by on its way to the patent that is valued: time, remaining life, scope of the
//! right, number of patents. Suggestions: every figure behind them is stated with its status, and a valuer may take others.

use finance::Rate;
use rust_decimal::{Decimal, MathematicalOps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::deal::{Deal, DealKind};

/// What an adjustment allows for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DealAdjustmentKind)]
pub enum AdjustmentKind {
    /// The market has moved since.
    Time,
    /// The right runs for longer or shorter, or was given for a term.
    Life,
    /// Another kind of right.
    Scope,
    /// Several patents at one price.
    Number,
}

/// A factor with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DealAdjustment)]
pub struct Adjustment {
    /// What it allows for.
    pub kind: AdjustmentKind,
    /// The price is multiplied by it.
    pub factor: Rate,
    /// How it was worked out, in Chinese.
    pub zh: String,
    /// How it was worked out, in English.
    pub en: String,
    /// Whether it could be worked out; where not, the factor is 1 and the text says what is missing.
    pub known: bool,
}

impl Adjustment {
    fn known(kind: AdjustmentKind, factor: Decimal, zh: String, en: String) -> Self {
        let factor = Rate::new(factor.clamp(FACTOR_MIN, FACTOR_MAX).round_dp(4));
        Self { kind, factor, zh, en, known: true }
    }

    fn missing(kind: AdjustmentKind, zh: &str, en: &str) -> Self {
        Self { kind, factor: Rate::ONE, zh: zh.to_owned(), en: en.to_owned(), known: false }
    }
}

/// No single factor moves a price further: beyond, the deal does not compare.
const FACTOR_MIN: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
const FACTOR_MAX: Decimal = Decimal::TEN;

/// What a kind of right is worth of the whole, platform default: no official figure is known.
#[must_use]
pub fn part_of_the_whole(kind: DealKind) -> Rate {
    Rate::new(Decimal::new(
        match kind {
            DealKind::Sale => 100,
            DealKind::ExclusiveLicence => 80,
            DealKind::SoleLicence => 60,
            DealKind::OrdinaryLicence => 35,
            DealKind::OpenLicence => 25,
        },
        2,
    ))
}

/// An index of the market on two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// On the day of the deal.
    pub then: Decimal,
    /// On the day of the valuation.
    pub now: Decimal,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The kind of right that is valued.
    pub kind: DealKind,
    /// Months for which the valued right still runs; `None` where that is not known.
    pub remaining_months: Option<u32>,
    /// Discount rate a year for the part of a life.
    pub discount_rate: Rate,
}

/// The four adjustments of a deal.
#[must_use]
pub fn adjustments(deal: &Deal, target: Target, moved: Option<Moved>) -> Vec<Adjustment> {
    vec![
        time(moved),
        life(deal, target),
        scope(deal.draft.kind, target.kind),
        number(deal.draft.patent_count),
    ]
}

/// The product of factors, six decimals: a share of many patents is small.
#[must_use]
pub fn product(adjustments: &[Adjustment]) -> Rate {
    let product = adjustments.iter().fold(Decimal::ONE, |product, one| product * one.factor.fraction());
    Rate::new(product.round_dp(6))
}

fn time(moved: Option<Moved>) -> Adjustment {
    let ratio = moved.and_then(|moved| Some((moved, moved.now.checked_div(moved.then)?)));
    let Some((Moved { then, now }, factor)) = ratio else {
        return Adjustment::missing(
            AdjustmentKind::Time,
            "没有该行业在成交时和评估时的市场指数，未作时间修正",
            "no market index of the industry for both days: not adjusted for time",
        );
    };
    Adjustment::known(
        AdjustmentKind::Time,
        factor,
        format!("市场指数 {now} ÷ {then}"),
        format!("market index {now} ÷ {then}"),
    )
}

/// Present value of one a year for some months: an annuity, continuous in the number of years.
fn annuity(months: u32, rate: Decimal) -> Option<Decimal> {
    let years = Decimal::from(months) / Decimal::from(12);
    if rate.is_zero() {
        return Some(years);
    }
    let grown = (Decimal::ONE + rate).checked_powd(years)?;
    (Decimal::ONE - Decimal::ONE.checked_div(grown)?).checked_div(rate)
}

fn life(deal: &Deal, target: Target) -> Adjustment {
    let dealt = match (deal.draft.term_months, deal.draft.remaining_months) {
        (Some(term), Some(remaining)) => Some(term.min(remaining)),
        (term, remaining) => term.or(remaining),
    };
    let factor = dealt.zip(target.remaining_months).and_then(|(dealt, valued)| {
        let rate = target.discount_rate.fraction();
        let factor = annuity(valued, rate)?.checked_div(annuity(dealt, rate)?)?;
        Some((dealt, valued, factor))
    });
    let Some((dealt, valued, factor)) = factor else {
        return Adjustment::missing(
            AdjustmentKind::Life,
            "一方的剩余年限未知，未作年限修正",
            "a remaining life is not known: not adjusted for it",
        );
    };
    let rate = target.discount_rate;
    Adjustment::known(
        AdjustmentKind::Life,
        factor,
        format!("年金现值之比：待估 {valued} 个月 ÷ 可比 {dealt} 个月，折现率 {rate}"),
        format!("ratio of annuities: {valued} months valued ÷ {dealt} months dealt in, at {rate} a year"),
    )
}

fn scope(dealt: DealKind, valued: DealKind) -> Adjustment {
    let (whole, part) = (part_of_the_whole(valued), part_of_the_whole(dealt));
    let factor = whole.fraction().checked_div(part.fraction()).unwrap_or(Decimal::ONE);
    Adjustment::known(
        AdjustmentKind::Scope,
        factor,
        format!("权利范围（平台默认）：{} {whole} ÷ {} {part}", valued.name_zh(), dealt.name_zh()),
        format!("scope of the right (platform default): {} {whole} ÷ {} {part}", valued.name(), dealt.name()),
    )
}

fn number(patents: u32) -> Adjustment {
    let factor = Decimal::ONE.checked_div(Decimal::from(patents)).unwrap_or(Decimal::ONE);
    // A price for a thousand patents says something about one; the bound on factors does not hold here.
    let factor = Rate::new(factor.round_dp(6));
    Adjustment {
        kind: AdjustmentKind::Number,
        factor,
        zh: format!("{patents} 件专利一并成交，按件均分"),
        en: format!("{patents} patents at one price, shared alike"),
        known: true,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::deal::{DealDraft, Known, SourceKind, deal},
        *,
    };

    fn dealt(kind: DealKind, term: Option<u32>, remaining: Option<u32>, patents: u32) -> Deal {
        let draft = DealDraft {
            kind,
            dealt_on: "2025-03-10".parse().unwrap(),
            patents: vec![],
            ipc: vec!["C22B".to_owned()],
            patent_count: Some(patents),
            seller: "甲".to_owned(),
            buyer: "乙".to_owned(),
            price: Some(finance::Money::from_yuan(100).unwrap()),
            royalty_rate: None,
            royalty_base: None,
            term_months: term,
            remaining_months: remaining,
            source: SourceKind::Auction,
            source_reference: "1".to_owned(),
            shared: false,
        };
        deal(&draft, &Known::default(), "2026-11-24".parse().unwrap()).unwrap()
    }

    fn target(months: u32) -> Target {
        let discount_rate = "0.12".parse().unwrap();
        Target { kind: DealKind::Sale, remaining_months: Some(months), discount_rate }
    }

    #[test]
    fn a_price_moves_with_the_market_the_life_the_right_and_the_number() {
        let deal = dealt(DealKind::OrdinaryLicence, Some(36), Some(120), 2);
        let moved = Moved { then: 100.into(), now: 110.into() };
        let factors: Vec<String> =
            adjustments(&deal, target(60), Some(moved)).iter().map(|a| a.factor.to_string()).collect();
        // Annuities at 12 %: 5 years 3.604776, 3 years 2.401831.
        assert_eq!(factors, ["1.1", "1.5008", "2.8571", "0.5"]);
    }

    #[test]
    fn what_is_like_the_patent_needs_no_adjustment() {
        let same = adjustments(
            &dealt(DealKind::Sale, None, Some(60), 1),
            target(60),
            Some(Moved { then: 7.into(), now: 7.into() }),
        );
        assert!(same.iter().all(|one| one.known));
        assert_eq!(product(&same), Rate::ONE);
    }

    #[test]
    fn what_is_not_known_is_said_and_moves_nothing() {
        let found = adjustments(&dealt(DealKind::Sale, None, None, 1), target(60), None);
        let unknown: Vec<AdjustmentKind> = found.iter().filter(|a| !a.known).map(|a| a.kind).collect();
        assert_eq!(unknown, [AdjustmentKind::Time, AdjustmentKind::Life]);
        assert_eq!(product(&found), Rate::ONE);
    }

    #[test]
    fn a_longer_life_is_never_worth_less() {
        let factor = |months| {
            let found = adjustments(&dealt(DealKind::Sale, None, Some(60), 1), target(months), None);
            found[1].factor
        };
        let all: Vec<Rate> = (1..=240).map(factor).collect();
        assert!(all.is_sorted());
    }
}
