use finance::Money;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::scoring::model::{Grade, Scenario};

fn member(position: i64, owner: &str, industry: &str, (low, value, high): (i64, i64, i64)) -> Member {
    let yuan = |amount| Money::from_yuan(amount).unwrap();
    Member {
        position,
        patent_id: uuid::Uuid::from_u128(u128::try_from(position).unwrap()).into(),
        patent_number: format!("CN{position}"),
        patent_title: "一种装置".into(),
        owner: owner.into(),
        industry: industry.into(),
        ipc_class: "C22B".into(),
        assessed: true,
        reason_zh: None,
        reason_en: None,
        valuation_id: None,
        score: Some(Decimal::from(70)),
        grade: Some("B".into()),
        value: yuan(value),
        low: yuan(low),
        high: yuan(high),
        collateral_value: yuan(value / 2),
        maximum_loan: yuan(value / 4),
        valid_until: Some("2027-11-24".parse().unwrap()),
    }
}

fn spec() -> Spec {
    Spec {
        purpose: Scenario::Pledge,
        market_correlation: "0.2".parse().unwrap(),
        industry_correlation: "0.15".parse().unwrap(),
        synergy_rate: None,
        synergy_reason: String::new(),
    }
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn today() -> chrono::NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn twenty() -> Vec<Member> {
    (1..=20)
        .map(|at| {
            let industry = if at % 2 == 0 { "agriculture" } else { "new_materials" };
            member(at, "甲", industry, (500_000, 1_000_000, 2_000_000))
        })
        .collect()
}

#[test]
fn sums_are_exact_and_a_synergy_stands_beside_them() {
    let stated =
        Spec { synergy_rate: Some("0.1".parse().unwrap()), synergy_reason: "互补".into(), ..spec() };
    let found = summarise(&twenty(), &stated, 7, today()).unwrap();
    assert_eq!(found.value, Money::from_yuan(20_000_000).unwrap());
    assert_eq!(found.collateral_value, Money::from_yuan(10_000_000).unwrap());
    assert_eq!(found.synergy.unwrap().value, Money::from_yuan(22_000_000).unwrap());
    assert_eq!((found.patents, found.assessed, found.valuations), (20, 20, 0));
}

#[test]
fn the_simulated_spread_agrees_with_the_exact_one() {
    let found = spread(&twenty(), (0.2, 0.15), 7);
    let ratio = found.outcome.standard_deviation / found.deviation;
    assert!((0.93..1.07).contains(&ratio), "{ratio}");
    assert!((found.outcome.mean / 20_000_000.0 - 1.0).abs() < 0.03, "{}", found.outcome.mean);
    assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn values_that_move_together_are_riskier_and_as_one_at_most() {
    let at = |market, industry| spread(&twenty(), (market, industry), 7).deviation;
    let free = spread(&twenty(), (0.0, 0.0), 7);
    assert!((free.deviation - free.independent).abs() < 1e-6 * free.independent);
    assert!(at(0.1, 0.0) > free.deviation && at(0.4, 0.0) > at(0.1, 0.0) && at(0.4, 0.2) > at(0.4, 0.0));
    assert!(at(0.8, 0.15) < free.comonotonic);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    assert_eq!(summarise(&twenty(), &spec(), 7, today()), summarise(&twenty(), &spec(), 7, today()));
}

#[test]
fn concentration_is_one_for_a_single_owner_and_the_mean_share_for_equal_ones() {
    let found = summarise(&twenty(), &spec(), 7, today()).unwrap();
    let by = |name: &str| found.concentration.iter().find(|one| one.by == name).unwrap().herfindahl;
    assert_eq!((by("owner"), by("industry")), (Decimal::ONE, number("0.5")));
    assert_eq!((found.top_1, found.top_5, found.gini), (number("0.05"), number("0.25"), Decimal::ZERO));
    let mut uneven = twenty();
    uneven.push(member(21, "乙", "agriculture", (50_000_000, 80_000_000, 120_000_000)));
    let found = summarise(&uneven, &spec(), 7, today()).unwrap();
    assert_eq!(found.top_1, number("0.8"));
    assert!(found.gini > number("0.7") && found.lorenz.len() == 11);
}

#[test]
fn what_is_not_valued_counts_nothing_and_is_named_first() {
    let mut members = twenty();
    members[3] = Member {
        assessed: false,
        reason_zh: Some("专利权已终止".into()),
        grade: None,
        value: Money::ZERO,
        low: Money::ZERO,
        high: Money::ZERO,
        collateral_value: Money::ZERO,
        maximum_loan: Money::ZERO,
        valid_until: Some("2026-12-01".parse().unwrap()),
        ..members[3].clone()
    };
    let found = summarise(&members, &spec(), 7, today()).unwrap();
    assert_eq!((found.patents, found.assessed), (20, 19));
    assert_eq!(found.weak_links[0].patent_number, "CN4");
    assert_eq!(found.weak_links[0].why, ["not_assessed", "short_validity"]);
    assert_eq!(found.weak_links.len(), 1);
}

#[test]
fn a_patent_of_the_lowest_grade_is_a_weak_link() {
    let mut members = twenty();
    members[6].grade = Some(Grade::C.as_str().into());
    let found = summarise(&members, &spec(), 7, today()).unwrap();
    assert_eq!(found.weak_links.len(), 1);
    assert_eq!(
        (found.weak_links[0].patent_number.as_str(), found.weak_links[0].why.clone()),
        ("CN7", vec!["lowest_grade".to_owned()])
    );
}

#[test]
fn what_cannot_be_asked_is_named() {
    let bad = Spec {
        market_correlation: "0.9".parse().unwrap(),
        industry_correlation: "0.2".parse().unwrap(),
        synergy_rate: Some("0.6".parse().unwrap()),
        ..spec()
    };
    let fields: Vec<&str> = bad.faults().into_iter().map(|(field, ..)| field).collect();
    assert_eq!(fields, ["industry_correlation", "synergy_rate", "synergy_reason"]);
    assert_eq!(spec().faults(), []);
}

proptest! {
    #[test]
    fn figures_are_in_order_whatever_the_members(
        values in proptest::collection::vec((0_i64..1_000, 0_i64..5_000, 0_i64..9_000), 0..12),
        seed in 0_u64..1_000,
    ) {
        let members: Vec<Member> = (1..)
            .zip(values)
            .map(|(at, (low, more, most))| member(at, "甲", "agriculture", (low, low + more, low + more + most)))
            .collect();
        let found = summarise(&members, &spec(), seed, today()).unwrap();
        prop_assert!(found.p5 <= found.p25 && found.p25 <= found.p50 && found.p50 <= found.p75 && found.p75 <= found.p95);
        prop_assert!(found.diversification >= Decimal::ZERO && found.diversification <= Decimal::ONE);
        for one in &found.concentration {
            prop_assert!(one.herfindahl >= Decimal::ZERO && one.herfindahl <= Decimal::ONE);
        }
        prop_assert!(found.gini >= Decimal::ZERO && found.gini < Decimal::ONE);
    }
}
