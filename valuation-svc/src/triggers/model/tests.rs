use super::*;
use crate::{
    catalogue::{
        PatentRecord,
        record::{Dispute, DisputeKind, DisputeStatus},
    },
    models::model::ChampionChange,
};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}

fn paid_to(text: &str) -> PatentRecord {
    let mut record = PatentRecord::default();
    record.facts.annuities_paid_to = Some(day(text));
    record
}

#[test]
fn the_defaults_name_every_cause_once_and_can_be_kept() {
    let rules = TriggerRules::default();
    assert_eq!(rules.faults(), []);
    assert_eq!(rules.rules.len(), Cause::ALL.len());
    let mut twice = rules.clone();
    twice.rules.push(rules.rules[0].clone());
    assert_eq!(twice.faults().len(), 1);
}

#[test]
fn a_rule_that_cannot_be_is_named_with_its_field() {
    let mut rules = TriggerRules::default();
    for rule in &mut rules.rules {
        match rule.cause {
            Cause::MarketMoved => rule.threshold = Some(number("0")),
            Cause::ValidityEnding => rule.threshold = Some(number("1.5")),
            Cause::Transferred => rule.threshold = Some(number("1")),
            Cause::Aged => rule.deadline_days = 0,
            _ => {}
        }
    }
    let fields: Vec<String> = rules.faults().into_iter().map(|(field, ..)| field).collect();
    assert_eq!(
        fields,
        [
            "rules.transferred.threshold",
            "rules.market_moved.threshold",
            "rules.validity_ending.threshold",
            "rules.aged.deadline_days"
        ]
    );
}

#[test]
fn a_missed_annuity_is_news_only_to_a_valuation_that_did_not_know() {
    let (valued, today) = (day("2026-05-01"), day("2026-11-24"));
    let known = paid_to("2026-10-08");
    assert!(annuity_missed(&known, valued, Some(day("2026-10-08")), today).is_some());
    assert!(annuity_missed(&known, valued, Some(day("2027-10-08")), today).is_none(), "it was paid");
    assert!(annuity_missed(&paid_to("2026-04-01"), valued, Some(day("2026-04-01")), today).is_none());
    assert!(annuity_missed(&PatentRecord::default(), valued, Some(day("2026-04-01")), today).is_some());
    assert!(annuity_missed(&known, valued, None, today).is_none());
}

#[test]
fn an_open_request_for_invalidation_is_news_once() {
    let fresh = PatentRecord::default();
    let found = disputed(&fresh, DisputeKind::Invalidation, day("2026-11-20")).unwrap();
    assert_eq!(found.cause, Cause::InvalidationFiled);
    let dispute =
        Dispute { kind: DisputeKind::Invalidation, status: DisputeStatus::Open, noted_on: day("2026-11-20") };
    let knew = PatentRecord { disputes: vec![dispute], ..PatentRecord::default() };
    assert_eq!(disputed(&knew, DisputeKind::Invalidation, day("2026-11-20")), None);
    assert_eq!(disputed(&fresh, DisputeKind::Litigation, day("2026-11-20")), None);
}

#[test]
fn the_market_moves_in_either_direction_by_the_threshold_or_more() {
    let moved = |then, now| market_moved(number(then), number(now), "2026-10", number("0.15"));
    assert!(moved("100", "114.99").is_none());
    assert_eq!(moved("100", "115").unwrap().key, "up");
    assert_eq!(moved("100", "85").unwrap().key, "down");
    assert!(moved("0", "85").is_none());
}

#[test]
fn validity_and_age_ask_from_their_day_on() {
    let until = day("2026-12-24");
    assert!(validity_ending(until, day("2026-11-23"), number("30")).is_none());
    let found = validity_ending(until, day("2026-11-24"), number("30")).unwrap();
    assert_eq!(found.deadline, Some(until));
    assert!(aged(day("2025-11-25"), day("2026-11-24"), number("12")).is_none());
    assert!(aged(day("2025-11-24"), day("2026-11-24"), number("12")).is_some());
}

#[test]
fn a_valuation_is_due_where_any_change_since_was_material_and_not_where_none_was() {
    let change = |day: &str, hash: &str, material| ChampionChange {
        from: day.parse().unwrap(),
        decided_at: format!("{day}T08:00:00Z").parse().unwrap(),
        hash: hash.to_owned(),
        material,
    };
    let made = |day: &str, hour: u32| {
        (
            day.parse().unwrap(),
            format!("{day}T{hour:02}:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap(),
        )
    };
    let light = [change("2026-01-01", "one", true), change("2026-03-01", "two", false)];
    assert!(
        !is_material_since(&light, "one", made("2026-02-01", 9)),
        "only the immaterial one came after it"
    );
    let heavy = [change("2026-03-01", "two", true), change("2026-04-01", "three", false)];
    assert!(is_material_since(&heavy, "one", made("2026-02-01", 9)), "a material one lies between");
    assert!(
        !is_material_since(&heavy, "two", made("2026-03-01", 9)),
        "made with it after it was put into use"
    );
    assert!(is_material_since(&heavy, "one", made("2026-03-01", 7)), "made the same day before it was");
}
