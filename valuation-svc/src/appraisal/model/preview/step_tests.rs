//! The steps around the methods as a client sees them: JSON in, JSON out.

use proptest::prelude::*;
use serde_json::{Value, json};
use utoipa::PartialSchema;

use super::*;

fn ask(request: Value) -> Result<Value, AppraisalError> {
    let request: PreviewRequest = serde_json::from_value(request).unwrap();
    Ok(serde_json::to_value(preview(&request)?).unwrap())
}

fn with(mut request: Value, field: &str, value: Value) -> Result<Value, AppraisalError> {
    request[field] = value;
    ask(request)
}

fn split() -> Value {
    json!({"method": "profit_split", "low": "0.005", "high": "0.015", "score": "0.71"})
}

fn sale() -> Value {
    json!({"method": "collateral_value", "market_value": "1000.00", "forced_sale_discount": "0.45", "cost": "0.08",
        "months": "9", "rate": "0.12"})
}

fn number(answer: &Value, field: &str) -> f64 {
    answer[field].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_score_of_71_between_half_and_one_and_a_half_per_cent_is_a_rate_of_1_21_per_cent() {
    let answer = ask(split()).unwrap();
    assert_eq!((&answer["rate"], &answer["score"]), (&json!("0.012100"), &json!("0.710000000")));
    assert_eq!((&answer["value"], &answer["periods"]), (&Value::Null, &json!([])));
    let factors = json!([{"score": "0.8", "weight": "0.3"}, {"score": "0.7", "weight": "0.5"},
        {"score": "0.6", "weight": "0.2"}]);
    let mut weighed = split();
    weighed["score"] = Value::Null;
    assert_eq!(with(weighed, "factors", factors).unwrap()["rate"], "0.012100");
}

#[test]
fn a_plan_is_worth_what_relief_from_royalty_at_the_split_rate_is() {
    let mut plan = split();
    for (name, value) in [
        ("revenue", json!(vec!["1000000.00"; 5])),
        ("discount_rate", json!("0.12")),
        ("tax_rate", json!("0.25")),
        ("tab", json!(true)),
    ] {
        plan[name] = value;
    }
    let mut royalty = plan.clone();
    royalty["method"] = json!("relief_from_royalty");
    royalty["royalty_rate"] = json!("0.0121");
    for name in ["low", "high", "score"] {
        royalty.as_object_mut().unwrap().remove(name);
    }
    let (found, expected) = (ask(plan.clone()).unwrap(), ask(royalty).unwrap());
    for name in ["value", "value_before_tab", "tab_factor", "periods"] {
        assert_eq!(found[name], expected[name], "{name}");
    }
    // 1,000,000 · 1.21 % · 0.75 · 3.604776202 over five years at 12 %.
    assert_eq!(found["value_before_tab"], "32713.34");
    assert_eq!(with(plan, "discount_rate", Value::Null).unwrap_err().field, "discount_rate");
}

#[test]
fn a_market_value_of_1000_leaves_550_forced_and_464_768836_net() {
    let answer = ask(sale()).unwrap();
    assert_eq!((&answer["forced"], &answer["net"]), (&json!("550.00"), &json!("464.768836")));
    assert_eq!((&answer["net_realisable"], &answer["value"]), (&json!("506.00"), &json!("464.76")));
    assert_eq!(answer["liquidation_factor"], "0.464769");
    assert_eq!((&answer["ltv_cap"], &answer["maximum_loan"]), (&json!("0"), &json!("0.00")), "no grade");
}

#[test]
fn a_grade_or_a_cap_of_ones_own_says_what_may_be_lent_rounded_down() {
    let graded = with(sale(), "grade", json!("A")).unwrap();
    assert_eq!((&graded["grade"], &graded["maximum_loan"]), (&json!("A"), &json!("325.33")));
    assert_eq!(number(&graded, "ltv_cap"), 0.70);
    assert_eq!(with(sale(), "ltv", json!("0.333")).unwrap()["maximum_loan"], "154.76");
    let mut both = sale();
    both["grade"] = json!("A");
    assert_eq!(with(both, "ltv", json!("0.5")).unwrap_err().field, "ltv");
}

#[test]
fn a_cap_of_the_whole_lends_no_more_than_the_net_though_the_factor_is_stated_upwards() {
    let mut large = sale();
    large["market_value"] = json!("1000000000.00");
    let answer = with(large, "ltv", json!("1")).unwrap();
    assert_eq!((&answer["net"], &answer["value"]), (&json!("464768836.097654"), &json!("464768836.09")));
    assert_eq!(answer["maximum_loan"], answer["value"]);
    assert_eq!(answer["liquidation_factor"], "0.464769");
}

#[test]
fn an_amount_that_is_too_large_is_not_called_negative_or_finer_than_a_fen() {
    let said = |value: &str| with(sale(), "market_value", json!(value)).unwrap_err();
    for large in ["92233720368547758.08", "79228162514264337593543950335"] {
        let refused = said(large);
        assert_eq!(refused.en, "is too large an amount: at most 92233720368547758.07 yuan", "{large}");
        assert_eq!(refused.zh, "金额过大，不得超过 92233720368547758.07 元", "{large}");
    }
    for wrong in ["-0.01", "0.001", "-79228162514264337593543950335"] {
        assert_eq!(said(wrong).en, "must be an amount of at least zero with at most two decimals", "{wrong}");
    }
    assert!(with(sale(), "market_value", json!("0.010")).is_ok(), "zeros at the end are none");
    assert!(with(sale(), "market_value", json!("92233720368547758.07")).is_ok());
}

#[test]
fn the_shortest_of_protection_technology_and_plan_is_the_life() {
    let asked = json!({"method": "remaining_life", "legal_years": "15", "half_life_years": "5", "floor": "0.25",
        "product_plan_years": "12"});
    let answer = ask(asked.clone()).unwrap();
    assert_eq!((&answer["years"], &answer["limited_by"]), (&json!("10.000000000"), &json!("technology")));
    assert_eq!(answer["legal_years"], "15.000000000");
    assert_eq!(with(asked.clone(), "product_plan_years", json!("4")).unwrap()["limited_by"], "product_plan");
    assert_eq!(with(asked, "legal_years", json!("8")).unwrap()["limited_by"], "legal");
    let protection = ask(json!({"method": "remaining_life", "legal_years": "7.5"})).unwrap();
    assert_eq!(
        (&protection["years"], &protection["technology_years"]),
        (&json!("7.500000000"), &Value::Null)
    );
}

#[test]
fn several_values_become_one_by_their_weights() {
    let asked = json!({"method": "reconciliation", "indications": [
        {"method": "income", "value": "100", "weight": "0.75"}, {"method": "cost", "value": "60", "weight": "0.25"},
        {"method": "market", "value": "1", "weight": "0"}]});
    let answer = ask(asked.clone()).unwrap();
    assert_eq!(answer["value"], "90.00");
    assert_eq!((&answer["low"], &answer["high"]), (&json!("60.00"), &json!("100.00")), "what has no weight");
    assert_eq!(answer["indications"][0]["part"], "75.00");
    assert_eq!(answer["indications"][2]["part"], "0.00");
    let mut short = asked;
    short["indications"][0]["weight"] = json!("0.7");
    assert_eq!(ask(short).unwrap_err().field, "indications");
    assert_eq!(ask(json!({"method": "reconciliation", "indications": []})).unwrap_err().field, "indications");
}

#[test]
fn the_parts_of_a_reconciled_value_sum_to_it_to_the_fen() {
    let indication = |value: &str, weight: &str| json!({"method": "m", "value": value, "weight": weight});
    let found = |indications: Vec<Value>| {
        let answer = ask(json!({"method": "reconciliation", "indications": indications})).unwrap();
        let parts = answer["indications"].as_array().unwrap().iter().map(|one| one["part"].clone()).collect();
        (answer["value"].clone(), Value::Array(parts))
    };
    let halves = found(vec![indication("10.01", "0.5"), indication("10.01", "0.5")]);
    assert_eq!(halves, (json!("10.01"), json!(["5.01", "5.00"])), "each half is 5.005");
    let thirds = ["0.333333333", "0.333333333", "0.333333334"].map(|weight| indication("100.00", weight));
    assert_eq!(found(thirds.to_vec()), (json!("100.00"), json!(["33.33", "33.33", "33.34"])));
    let nothing = found(vec![indication("0", "0.4"), indication("0.00", "0.6")]);
    assert_eq!(nothing, (json!("0.00"), json!(["0.00", "0.00"])));
    // More digits than a double has.
    let large = found(vec![indication("90000000000000000.07", "1"), indication("1", "0")]);
    assert_eq!(large, (json!("90000000000000000.07"), json!(["90000000000000000.07", "0.00"])));
}

#[test]
fn what_only_a_plan_can_use_is_refused_without_one() {
    for (field, value) in [
        ("discount_rate", json!("0.12")),
        ("tax_rate", json!("0.25")),
        ("timing", json!("mid_year")),
        ("tab", json!(true)),
        ("tab", json!(false)),
        ("tax_life_years", json!(10)),
    ] {
        assert_eq!(with(split(), field, value.clone()).unwrap_err().field, field, "{value}");
        let mut planned = split();
        planned["revenue"] = json!(["1000000.00"]);
        if field != "discount_rate" {
            planned["discount_rate"] = json!("0.12");
        }
        assert!(with(planned, field, value).is_ok(), "{field}");
    }
}

#[test]
fn a_bound_has_no_more_decimals_than_the_rate_so_that_rounding_cannot_leave_it() {
    let bounded = |low: &str, high: &str| {
        ask(json!({"method": "profit_split", "low": low, "high": high, "score": "0"}))
    };
    assert_eq!(bounded("0.0000001", "0.015").unwrap_err().field, "low");
    assert_eq!(bounded("0", "0.0000009").unwrap_err().field, "high");
    assert_eq!(bounded("0.0000010", "0.0150000").unwrap()["rate"], "0.000001", "zeros at the end are none");
}

#[test]
fn refusals_name_the_field() {
    let refused = |request, field: &str, value| with(request, field, value).unwrap_err().field;
    for (field, value) in
        [("low", "-0.1"), ("high", "0.001"), ("high", "1.5"), ("score", "1.01"), ("score", "-1")]
    {
        assert_eq!(refused(split(), field, json!(value)), field, "{field} {value}");
    }
    assert_eq!(refused(split(), "score", Value::Null), "score");
    assert_eq!(refused(split(), "factors", json!([{"score": "0.5"}])), "score", "one of the two");
    let mut factored = split();
    factored["score"] = Value::Null;
    let factors = json!([{"score": "0.5"}, {"score": "2"}]);
    assert_eq!(refused(factored, "factors", factors), "factors[1].score");
    for (field, value) in [
        ("market_value", "-1"),
        ("market_value", "0.001"),
        ("market_value", "79228162514264337593543950335"),
        ("forced_sale_discount", "1.01"),
        ("cost", "-0.01"),
        ("months", "121"),
        ("rate", "-0.01"),
        ("rate", "1.01"),
        ("ltv", "1.01"),
    ] {
        assert_eq!(refused(sale(), field, json!(value)), field, "{field} {value}");
    }
    let life = json!({"method": "remaining_life", "legal_years": "10"});
    for (field, value) in [("legal_years", "-1"), ("legal_years", "101"), ("product_plan_years", "-0.5")] {
        assert_eq!(refused(life.clone(), field, json!(value)), field, "{field} {value}");
    }
    assert_eq!(refused(life.clone(), "half_life_years", json!("5")), "floor");
    assert_eq!(refused(life.clone(), "floor", json!("0.25")), "half_life_years");
    let mut fading = life;
    fading["floor"] = json!("0");
    assert_eq!(refused(fading, "half_life_years", json!("5")), "floor");
    let weighed = |method: &str, value: &str, weight: &str| {
        ask(json!({"method": "reconciliation", "indications": [
            {"method": "income", "value": "1", "weight": "0"},
            {"method": method, "value": value, "weight": weight}]}))
    };
    assert_eq!(weighed("cost", "1", "1.5").unwrap_err().field, "indications[1].weight");
    for value in ["-1", "10.005", "79228162514264337593543950335"] {
        assert_eq!(weighed("cost", value, "1").unwrap_err().field, "indications[1].value", "{value}");
    }
    assert_eq!(weighed(" ", "1", "1").unwrap_err().field, "indications[1].method");
    assert!(weighed("cost", "1", "1").is_ok());
}

#[test]
fn the_examples_of_the_schema_are_answered() {
    for schema in [
        ProfitSplitRequest::schema(),
        RemainingLifeRequest::schema(),
        ReconciliationRequest::schema(),
        CollateralValueRequest::schema(),
    ] {
        let schema = serde_json::to_value(schema).unwrap();
        let example = schema["example"].clone();
        assert!(ask(example.clone()).is_ok(), "{example}");
    }
}

proptest! {
    #[test]
    fn a_split_rate_lies_between_its_bounds_and_a_better_score_never_lowers_it(
        low in 0.0..0.2f64, wide in 0.0..0.2f64, score in 0.0..0.5f64, better in 0.0..0.5f64,
    ) {
        let (low, high) = (format!("{low:.6}"), format!("{:.6}", low + wide + 0.000_001));
        let rate = |score: f64| {
            let asked = json!({"method": "profit_split", "low": low, "high": high, "score": format!("{score:.6}")});
            number(&ask(asked).unwrap(), "rate")
        };
        prop_assert!(low.parse::<f64>().unwrap() <= rate(score) && rate(score) <= rate(score + better));
        prop_assert!(rate(score + better) <= high.parse::<f64>().unwrap());
    }

    #[test]
    fn a_life_is_no_longer_than_anything_that_ends_it(
        legal in 0.0..20.0f64, half_life in 0.5..30.0f64, floor in 0.05..0.9f64, plan in 0.0..30.0f64,
    ) {
        let answer = ask(json!({"method": "remaining_life", "legal_years": format!("{legal:.4}"),
            "half_life_years": format!("{half_life:.4}"), "floor": format!("{floor:.4}"),
            "product_plan_years": format!("{plan:.4}")})).unwrap();
        let ends = ["legal_years", "technology_years", "product_plan_years"].map(|name| number(&answer, name));
        let shortest = ends.into_iter().fold(f64::INFINITY, f64::min);
        prop_assert_eq!(number(&answer, "years"), shortest, "{}", answer);
    }

    #[test]
    fn a_reconciled_value_lies_between_its_methods(
        values in prop::collection::vec(0u32..100_000_000, 2..6), first in 0u32..=100,
    ) {
        // The first method has so many hundredths and the last the rest.
        let last = values.len() - 1;
        let weight = |at: usize| match at {
            0 => first,
            at if at == last => 100 - first,
            _ => 0,
        };
        let indications: Vec<Value> = values.iter().enumerate().map(|(at, value)| {
            let weight = format!("{:.2}", f64::from(weight(at)) / 100.0);
            let value = format!("{}.{:02}", value / 100, value % 100);
            json!({"method": format!("m{at}"), "value": value, "weight": weight})
        }).collect();
        let answer = ask(json!({"method": "reconciliation", "indications": indications})).unwrap();
        prop_assert!(number(&answer, "low") <= number(&answer, "value"), "{}", answer);
        prop_assert!(number(&answer, "value") <= number(&answer, "high"), "{}", answer);
        let fen = |shown: &Value| shown.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let parts: i64 = answer["indications"].as_array().unwrap().iter().map(|one| fen(&one["part"])).sum();
        prop_assert_eq!(parts, fen(&answer["value"]), "{}", answer);
    }

    #[test]
    fn no_more_is_lent_than_a_sale_leaves_and_a_longer_wait_leaves_less(
        market in 0u64..1_000_000_000, discount in 0.0..1.0f64, cost in 0.0..1.0f64, months in 0u32..60,
        longer in 0u32..60, rate in 0.0..0.5f64, ltv in 0.0..1.0f64,
    ) {
        let after = |months: u32| ask(json!({"method": "collateral_value", "market_value": market.to_string(),
            "forced_sale_discount": format!("{discount:.4}"), "cost": format!("{cost:.4}"),
            "months": months.to_string(), "rate": format!("{rate:.4}"), "ltv": format!("{ltv:.4}")})).unwrap();
        let answer = after(months);
        prop_assert!(number(&answer, "maximum_loan") <= number(&answer, "value"), "{}", answer);
        prop_assert!(number(&answer, "value") <= number(&answer, "net"), "{}", answer);
        prop_assert!(number(&answer, "net_realisable") <= number(&answer, "forced"), "{}", answer);
        prop_assert!(number(&answer, "net") <= number(&answer, "net_realisable") + 0.005 + 1e-6, "{}", answer);
        prop_assert!(number(&after(months + longer), "value") <= number(&answer, "value"), "{}", answer);
    }
}
