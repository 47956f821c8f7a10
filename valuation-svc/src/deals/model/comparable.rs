//! Which deals compare with a patent, and how well: by classes, kind of right, age and number of patents.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::MarketDealId;
use finance::{Money, Rate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    adjustment::{Adjustment, AdjustmentKind, Moved, Target, adjustments, product},
    deal::{Deal, DealKind},
};

/// What each part of the similarity counts, platform default: classes, kind, age, number of patents.
pub const WEIGHTS: [Decimal; 4] = [
    Decimal::from_parts(5, 0, 0, false, 1),
    Decimal::from_parts(2, 0, 0, false, 1),
    Decimal::from_parts(2, 0, 0, false, 1),
    Decimal::from_parts(1, 0, 0, false, 1),
];

/// How alike a deal and a patent are, each part from 0 to 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DealSimilarity)]
pub struct Similarity {
    /// The weighted sum of the parts.
    pub total: Rate,
    /// Classes in common: half by subclass, three tenths by main group, two tenths by symbol (Jaccard).
    pub classes: Rate,
    /// Kinds of right: 1 for the same, a quarter less for each step of the ladder from sale to open licence.
    pub kind: Rate,
    /// Age: 1 for today, 0 at the end of the window.
    pub age: Rate,
    /// One over the number of patents dealt in together.
    pub size: Rate,
}

/// The patent that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its IPC symbols.
    pub ipc: Vec<String>,
    /// What is valued.
    pub target: Target,
    /// The day of the valuation.
    pub on: NaiveDate,
    /// How far back deals are looked for, years.
    pub years: u32,
}

/// A deal's figures as evidence for a patent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// How alike.
    pub similarity: Similarity,
    /// What its price is multiplied by.
    pub adjustments: Vec<Adjustment>,
    /// The product of the factors.
    pub factor: Rate,
    /// The price after adjustment, half up to the fen; absent where only a royalty was agreed.
    pub adjusted_price: Option<Money>,
    /// The royalty for the right that is valued: adjusted for its scope alone, since a rate on revenue moves neither with
    /// the market nor with the life; at most 1.
    pub adjusted_royalty: Option<Rate>,
}

/// The levels of a symbol: subclass, main group, symbol.
fn levels(symbols: &[String]) -> [BTreeSet<&str>; 3] {
    let mut levels = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
    for symbol in symbols {
        let subclass = symbol.get(..4).unwrap_or(symbol);
        let main = symbol.split_once('/').map_or(symbol.as_str(), |(main, _)| main);
        for (level, part) in levels.iter_mut().zip([subclass, main, symbol.as_str()]) {
            level.insert(part);
        }
    }
    levels
}

fn ratio(part: usize, whole: usize) -> Decimal {
    let decimal = |count: usize| Decimal::from(u64::try_from(count).unwrap_or(u64::MAX));
    decimal(part).checked_div(decimal(whole)).unwrap_or_default()
}

fn classes(a: &[String], b: &[String]) -> Decimal {
    let tenths = [5, 3, 2].map(|tenths| Decimal::new(tenths, 1));
    levels(a)
        .iter()
        .zip(&levels(b))
        .zip(tenths)
        .map(|((a, b), weight)| ratio(a.intersection(b).count(), a.union(b).count()) * weight)
        .sum()
}

fn kinds(a: DealKind, b: DealKind) -> Decimal {
    let rung = |kind| DealKind::ALL.iter().position(|one| *one == kind).unwrap_or_default();
    Decimal::ONE - ratio(rung(a).abs_diff(rung(b)), DealKind::ALL.len() - 1)
}

fn age(dealt_on: NaiveDate, on: NaiveDate, years: u32) -> Decimal {
    let days = Decimal::from((on - dealt_on).num_days().max(0));
    let window = Decimal::from(years) * Decimal::new(36_525, 2);
    (Decimal::ONE - days.checked_div(window).unwrap_or(Decimal::ONE)).max(Decimal::ZERO)
}

/// How alike a deal and a patent are.
#[must_use]
pub fn similarity(deal: &Deal, subject: &Subject) -> Similarity {
    let parts = [
        classes(&deal.draft.ipc, &subject.ipc),
        kinds(deal.draft.kind, subject.target.kind),
        age(deal.draft.dealt_on, subject.on, subject.years),
        ratio(1, deal.draft.patent_count as usize),
    ];
    let total: Decimal = parts.iter().zip(WEIGHTS).map(|(part, weight)| part * weight).sum();
    let [classes, kind, age, size] = parts.map(|part| Rate::new(part.round_dp(4)));
    Similarity { total: Rate::new(total.round_dp(4)), classes, kind, age, size }
}

/// A deal as evidence for a patent.
#[must_use]
pub fn compare(deal: &Deal, subject: &Subject, moved: Option<Moved>) -> Compared {
    let adjustments = adjustments(deal, subject.target, moved);
    let factor = product(&adjustments);
    let scope = adjustments.iter().find(|one| one.kind == AdjustmentKind::Scope).map(|one| one.factor);
    let adjusted_royalty =
        deal.draft.royalty_rate.zip(scope).map(|(rate, scope)| {
            Rate::new((rate.fraction() * scope.fraction()).round_dp(6).min(Decimal::ONE))
        });
    let adjusted_price = deal.draft.price.and_then(|price| {
        let exact =
            adjustments.iter().try_fold(price.yuan(), |yuan, one| yuan.checked_mul(one.factor.fraction()))?;
        Money::round_yuan(exact, Rounding::HalfUp).ok()
    });
    Compared { similarity: similarity(deal, subject), adjustments, factor, adjusted_price, adjusted_royalty }
}

/// A deal as a valuation keeps it among its inputs, so that it can be made again whatever happens to the deal later. It
/// names no party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DealEvidence {
    /// The deal.
    pub deal_id: MarketDealId,
    /// Which version of it.
    pub revision: i32,
    /// What was agreed.
    pub kind: DealKind,
    /// The day of the contract.
    pub dealt_on: NaiveDate,
    /// The price.
    pub price: Money,
    /// What it is multiplied by: time, life, scope, number.
    pub factors: Vec<Rate>,
    /// The price after adjustment.
    pub adjusted_price: Money,
    /// How alike.
    pub similarity: Rate,
}

/// Fewer deals than these are no market, platform default.
pub const EVIDENCE_MIN: usize = 3;
/// Deals less alike than this are no evidence, platform default.
pub const SIMILARITY_MIN: Rate = Rate::new(Decimal::from_parts(5, 0, 0, false, 1));

/// The deals that a value may rest on: alike enough, and enough of them; none otherwise.
#[must_use]
pub fn enough(found: Vec<DealEvidence>) -> Vec<DealEvidence> {
    let alike: Vec<DealEvidence> = found
        .into_iter()
        .filter(|deal| deal.similarity >= SIMILARITY_MIN && deal.adjusted_price.is_positive())
        .collect();
    if alike.len() < EVIDENCE_MIN { Vec::new() } else { alike }
}

/// What the adjusted prices come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparablePrices)]
pub struct Prices {
    /// How many deals have a price.
    pub count: usize,
    /// The lowest.
    pub low: Money,
    /// The middle one; of an even number the mean of the middle two, half up to the fen.
    pub median: Money,
    /// The highest.
    pub high: Money,
    /// The mean by similarity, half up to the fen.
    pub weighted_mean: Money,
}

/// Sums up adjusted prices with their similarity; `None` without any.
#[must_use]
pub fn prices(found: &[(Money, Rate)]) -> Option<Prices> {
    let mut sorted: Vec<Money> = found.iter().map(|(price, _)| *price).collect();
    sorted.sort_unstable();
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let (upper, lower) = (sorted.get(sorted.len() / 2)?, sorted.get((sorted.len() - 1) / 2)?);
    let median = Money::round_yuan((upper.yuan() + lower.yuan()) / Decimal::TWO, Rounding::HalfUp).ok()?;
    let weight: Decimal = found.iter().map(|(_, weight)| weight.fraction()).sum();
    let sum = found.iter().try_fold(Decimal::ZERO, |sum, (price, weight)| {
        sum.checked_add(price.yuan().checked_mul(weight.fraction())?)
    })?;
    let mean = sum
        .checked_div(weight)
        .map_or(Some(median), |mean| Money::round_yuan(mean, Rounding::HalfUp).ok())?;
    Some(Prices { count: sorted.len(), low, median, high, weighted_mean: mean })
}

#[cfg(test)]
mod tests {
    use super::{
        super::deal::{DealDraft, Known, RoyaltyBase, SourceKind, deal, subclasses},
        *,
    };

    fn dealt(ipc: &str, on: &str, kind: DealKind, count: u32) -> Deal {
        let draft = DealDraft {
            kind,
            dealt_on: on.parse().unwrap(),
            patents: vec![],
            ipc: ipc.split(';').map(str::to_owned).collect(),
            patent_count: Some(count),
            seller: "甲".to_owned(),
            buyer: "乙".to_owned(),
            price: Some(Money::from_yuan(1_000_000).unwrap()),
            royalty_rate: Some("0.02".parse().unwrap()),
            royalty_base: Some(RoyaltyBase::NetSales),
            term_months: (kind != DealKind::Sale).then_some(60),
            remaining_months: Some(60),
            source: SourceKind::Auction,
            source_reference: "1".to_owned(),
            shared: false,
        };
        deal(&draft, &Known::default(), "2026-11-24".parse().unwrap()).unwrap()
    }

    fn subject() -> Subject {
        Subject {
            ipc: vec!["C22B26/12".to_owned(), "C01D15/08".to_owned()],
            target: Target {
                kind: DealKind::Sale,
                remaining_months: Some(60),
                discount_rate: "0.12".parse().unwrap(),
            },
            on: "2026-11-24".parse().unwrap(),
            years: 5,
        }
    }

    #[test]
    fn the_nearer_a_deal_the_more_alike() {
        let alike = |deal: &Deal| similarity(deal, &subject()).total;
        let same = dealt("C22B26/12;C01D15/08", "2026-11-24", DealKind::Sale, 1);
        assert_eq!(alike(&same), Rate::ONE);
        let ordered = [
            &same,
            &dealt("C22B26/12;C01D15/08", "2024-11-24", DealKind::Sale, 1),
            &dealt("C22B26/12", "2024-11-24", DealKind::Sale, 1),
            &dealt("C22B26/12", "2024-11-24", DealKind::ExclusiveLicence, 1),
            &dealt("C22B15/00", "2024-11-24", DealKind::ExclusiveLicence, 1),
            &dealt("C22B15/00", "2024-11-24", DealKind::ExclusiveLicence, 10),
        ];
        assert!(ordered.windows(2).all(|pair| alike(pair[0]) > alike(pair[1])));
    }

    #[test]
    fn of_a_deal_that_is_shown_by_subclass_nothing_finer_counts() {
        let mut shown = dealt("C22B26/12;C01D15/08", "2026-11-24", DealKind::Sale, 1);
        shown.draft.ipc = subclasses(&shown.draft.ipc);
        let other = Subject { ipc: vec!["C22B3/00".to_owned(), "C01D1/00".to_owned()], ..subject() };
        let half: Rate = "0.5".parse().unwrap();
        assert_eq!(similarity(&shown, &subject()).classes, half);
        assert_eq!(similarity(&shown, &other), similarity(&shown, &subject()), "groups are not found out");
    }

    #[test]
    fn a_price_is_adjusted_by_every_factor_and_a_royalty_by_scope_alone() {
        let licence = dealt("C22B26/12", "2025-11-24", DealKind::ExclusiveLicence, 2);
        let found = compare(&licence, &subject(), Some(Moved { then: 100.into(), now: 90.into() }));
        // 1,000,000 × 0.9 × 1 × 1.25 × 0.5
        assert_eq!(found.adjusted_price, Some(Money::from_yuan(562_500).unwrap()));
        assert_eq!(found.factor, "0.5625".parse().unwrap());
        assert_eq!(found.adjusted_royalty, Some("0.025".parse().unwrap()));
    }

    #[test]
    fn prices_are_summed_up_by_median_and_by_similarity() {
        let yuan = |n| Money::from_yuan(n).unwrap();
        let half: Rate = "0.5".parse().unwrap();
        let found =
            prices(&[(yuan(300), half), (yuan(100), Rate::ONE), (yuan(200), half), (yuan(900), Rate::ZERO)])
                .unwrap();
        assert_eq!((found.low, found.median, found.high), (yuan(100), yuan(250), yuan(900)));
        assert_eq!(found.weighted_mean, yuan(175));
        assert_eq!(prices(&[]), None);
    }

    #[test]
    fn a_value_rests_on_deals_that_are_alike_and_on_three_at_least() {
        let deal = |similarity: &str| DealEvidence {
            deal_id: MarketDealId::from_uuid(uuid::Uuid::from_u128(1)),
            revision: 1,
            kind: DealKind::Sale,
            dealt_on: "2026-01-01".parse().unwrap(),
            price: Money::from_yuan(10).unwrap(),
            factors: vec![Rate::ONE],
            adjusted_price: Money::from_yuan(10).unwrap(),
            similarity: similarity.parse().unwrap(),
        };
        assert_eq!(enough(["0.9", "0.5", "0.6", "0.49"].map(deal).to_vec()).len(), 3);
        assert!(enough(["0.9", "0.8", "0.4"].map(deal).to_vec()).is_empty());
    }
}
