//! The calculator as a client sees it: JSON in, JSON out.

use serde_json::{Value, json};

use super::*;

fn ask(request: Value) -> Result<Value, AppraisalError> {
    let request: PreviewRequest = serde_json::from_value(request).unwrap();
    Ok(serde_json::to_value(preview(&request)?).unwrap())
}

fn avonex() -> Value {
    json!({"method": "real_option", "model": "black_scholes", "underlying": "3422", "strike": "2875", "years": "17",
        "volatility": "0.4732863826", "risk_free_rate": "0.067", "cost_of_delay": "0.0588235294"})
}

#[test]
fn avonex_answers_european_american_and_npv_together() {
    let answer = ask(avonex()).unwrap();
    assert_eq!(answer["value"], "906.87");
    assert_eq!(answer["european"], "906.87");
    assert_eq!(answer["npv"], "547.00");
    let american: f64 = answer["american"].as_str().unwrap().parse().unwrap();
    assert!((american - 1_603.0).abs() < 5.0, "{american}");
}

#[test]
fn a_tree_takes_its_steps_as_number_or_digits() {
    let mut hull = json!({"method": "real_option", "model": "binomial", "exercise": "american", "kind": "put",
        "steps": 5, "underlying": "50", "strike": "50", "years": "0.4166666666666667", "volatility": "0.40",
        "risk_free_rate": "0.10", "cost_of_delay": "0"});
    assert_eq!(ask(hull.clone()).unwrap()["value"], "4.49");
    hull["steps"] = json!("5");
    assert_eq!(ask(hull.clone()).unwrap()["value"], "4.49");
    hull["steps"] = json!(10_001);
    assert_eq!(ask(hull).unwrap_err().field, "steps");
}

#[test]
fn one_year_of_royalty_is_4_55() {
    let answer = ask(json!({"method": "relief_from_royalty", "revenue": ["100.00"], "royalty_rate": "0.05",
        "discount_rate": "0.10", "tax_rate": "0", "timing": "end_of_year", "tab": false}))
    .unwrap();
    assert_eq!(answer["value"], "4.55");
    assert_eq!(answer["value_before_tab"], "4.55");
    assert_eq!(answer["tab_factor"], "1.000000000");
    assert_eq!(answer["method"], "relief_from_royalty");
}

#[test]
fn the_amortisation_benefit_is_shown_apart() {
    let answer = ask(
        json!({"method": "relief_from_royalty", "revenue": vec!["1000000.00"; 5], "royalty_rate": "0.05",
        "discount_rate": "0.12", "tax_rate": "0.25", "timing": "end_of_year", "tab": true}),
    )
    .unwrap();
    assert_eq!(answer["value_before_tab"], "135179.11");
    assert_eq!(answer["tab_factor"], "1.219867459");
    assert_eq!(answer["value"], "164900.59");
    assert_eq!(answer["periods"].as_array().unwrap().len(), 5);
}

#[test]
fn the_other_income_methods_and_cost_and_market() {
    let earnings = ask(json!({"method": "excess_earnings", "earnings": ["100", "120"],
        "contributory_charges": ["30", "30"], "discount_rate": "0.10", "tax_rate": "0.25", "timing": "end_of_year",
        "tab": false}));
    assert_eq!(earnings.unwrap()["value"], "90.50");
    let with =
        ask(json!({"method": "with_and_without", "cash_flows_with": ["100"], "cash_flows_without": ["60"],
        "discount_rate": "0.10", "tax_rate": "0", "timing": "mid_year", "tab": false}));
    assert_eq!(with.unwrap()["value"], "38.14");
    let cost = ask(json!({"method": "replacement_cost", "costs": ["300000", "100000", "50000", "20000"],
        "functional_obsolescence": "0.10", "technological_obsolescence": "0.20", "economic_obsolescence": "0.05"}));
    assert_eq!(cost.unwrap()["value"], "321480.00");
    let market = ask(json!({"method": "market_comparables", "comparables": [
        {"price": "100", "adjustments": ["1.1", "0.9"]}, {"price": "120"}, {"price": "9000"}]}));
    assert_eq!(market.unwrap()["value"], "120.00");
}

#[test]
fn a_regression_and_a_capitalised_royalty() {
    let transactions: Vec<Value> =
        [("271.83", "1"), ("738.91", "2"), ("2008.55", "3"), ("5459.82", "4"), ("14841.32", "5")]
            .into_iter()
            .map(|(price, feature)| json!({ "price": price, "features": [feature] }))
            .collect();
    let hedonic =
        ask(json!({"method": "hedonic", "transactions": transactions, "subject": ["3.5"]})).unwrap();
    let number = |field: &str| hedonic[field].as_str().unwrap().parse::<f64>().unwrap();
    // The prices are 100·e to the power of the feature, to the fen.
    assert!((number("value") - 3_311.55).abs() < 0.2, "{hedonic}");
    assert!(number("low") <= number("value") && number("value") <= number("high"));
    let few = ask(json!({"method": "hedonic", "transactions": transactions[..4], "subject": ["3.5"]}));
    assert_eq!(few.unwrap_err().field, "transactions");
    let royalty = json!({"method": "royalty_capitalisation", "royalty": "100", "tax_rate": "0.25",
        "discount_rate": "0.12", "growth": "0.02"});
    let for_ever = ask(royalty.clone()).unwrap();
    assert_eq!((&for_ever["value"], &for_ever["multiple"]), (&json!("750.00"), &json!("10.000000000")));
    let mut endless = royalty;
    endless["growth"] = json!("0.12");
    assert_eq!(ask(endless).unwrap_err().field, "growth");
}

#[test]
fn a_simulation_answers_percentiles_and_is_repeatable() {
    let request = json!({"method": "monte_carlo", "paths": 20_000, "seed": 42,
        "revenue": {"distribution": "normal", "mean": "1000000", "standard_deviation": "100000"},
        "royalty_rate": {"distribution": "triangular", "low": "0.03", "mode": "0.05", "high": "0.07"},
        "discount_rate": "0.12", "tax_rate": "0.25", "life_years": "5", "timing": "end_of_year",
        "rank_correlations": [{"first": "revenue", "second": "royalty_rate", "coefficient": "0"}]});
    let answer = ask(request.clone()).unwrap();
    let number = |field: &str| answer[field].as_str().unwrap().parse::<f64>().unwrap();
    assert!((number("value") - 135_179.107_588).abs() < 3.0 * number("standard_error"));
    assert!(number("p5") < number("p50") && number("p50") < number("p95"));
    assert_eq!(answer["tornado"].as_array().unwrap().len(), 2);
    assert_eq!(ask(request.clone()).unwrap(), answer);
    let mut wrong = request;
    wrong["rank_correlations"][0]["first"] = json!("weather");
    assert_eq!(ask(wrong).unwrap_err().field, "rank_correlations");
}

#[test]
fn a_simulation_refuses_figures_that_cannot_be_and_leaves_what_a_normal_draws() {
    let asked = |field: &str, value: Value| {
        let mut request = json!({"method": "monte_carlo", "paths": 200, "revenue": "1000000",
            "royalty_rate": "0.05", "discount_rate": "0.12", "life_years": "5"});
        request[field] = value;
        ask(request)
    };
    let uniform = |low: &str, high: &str| json!({"distribution": "uniform", "low": low, "high": high});
    let triangle = json!({"distribution": "triangular", "low": "-2", "mode": "0", "high": "1"});
    let pert = json!({"distribution": "pert", "low": "5", "mode": "8", "high": "601"});
    let discrete = json!({"distribution": "discrete", "outcomes": [
        {"value": "0.5", "probability": "0.5"}, {"value": "2", "probability": "0.5"}]});
    for (field, value) in [
        ("success_probability", json!("2")),
        ("success_probability", json!("-0.1")),
        ("success_probability", uniform("0.5", "1.5")),
        ("success_probability", discrete),
        ("revenue_growth", json!("-1.5")),
        ("revenue_growth", triangle),
        ("life_years", json!("-1")),
        ("life_years", json!("601")),
        ("life_years", pert),
    ] {
        assert_eq!(asked(field, value.clone()).unwrap_err().field, field, "{value}");
    }
    let normal = json!({"distribution": "normal", "mean": "0.5", "standard_deviation": "2"});
    for (field, value) in [
        ("success_probability", normal),
        ("success_probability", uniform("0", "1")),
        ("revenue_growth", json!("-1")),
        ("life_years", json!("600")),
    ] {
        assert!(asked(field, value.clone()).is_ok(), "{field} {value}");
    }
}

#[test]
fn no_input_may_carry_a_target_value() {
    let mut request = avonex();
    request["target_value"] = json!("1000000.00");
    assert!(serde_json::from_value::<PreviewRequest>(request).is_err());
    assert!(serde_json::from_value::<PreviewRequest>(json!({"method": "agreed_price"})).is_err());
}

#[test]
fn refusals_name_the_field() {
    let refused = |change: (&str, Value)| {
        let mut request = avonex();
        request[change.0] = change.1;
        ask(request).unwrap_err().field
    };
    assert_eq!(refused(("volatility", json!("0"))), "volatility");
    assert_eq!(refused(("underlying", json!("-1"))), "underlying");
    assert_eq!(refused(("exercise", json!("american"))), "exercise");
    assert_eq!(refused(("strike", Value::Null)), "strike");
    assert_eq!(refused(("model", Value::Null)), "model");
    let too_long = json!({"method": "relief_from_royalty", "revenue": vec!["1"; 601], "royalty_rate": "0.05",
        "discount_rate": "0.10"});
    assert_eq!(ask(too_long).unwrap_err().field, "revenue");
    let too_large = json!({"method": "replacement_cost", "costs": ["70000000000000000000000000000"]});
    assert_eq!(ask(too_large).unwrap_err().field, "costs");
}

#[test]
fn a_result_beyond_the_range_is_told_of_a_field_that_the_request_has() {
    let huge = "70000000000000000000000000000";
    let rates = json!({"royalty_rate": "0.5", "discount_rate": "0.1"});
    let of = |method: &str, fields: Value| {
        let mut request = json!({ "method": method });
        let members = request.as_object_mut().unwrap();
        members.extend(fields.as_object().unwrap().clone());
        let refused = ask(request.clone()).unwrap_err();
        assert!(request.get(&refused.field).is_some(), "{method}: {}", refused.field);
        refused.field
    };
    let mut royalty = rates.clone();
    royalty["revenue"] = json!([huge]);
    assert_eq!(of("relief_from_royalty", royalty), "revenue");
    let earnings = json!({"earnings": [huge], "discount_rate": "0.1"});
    assert_eq!(of("excess_earnings", earnings), "earnings");
    let flows = json!({"cash_flows_with": [huge], "cash_flows_without": ["1"], "discount_rate": "0.1"});
    assert_eq!(of("with_and_without", flows), "cash_flows_with");
    assert_eq!(of("market_comparables", json!({"comparables": [{"price": huge}]})), "comparables");
    let capitalised = json!({"royalty": huge, "discount_rate": "0.1", "growth": "0"});
    assert_eq!(of("royalty_capitalisation", capitalised), "royalty");
    for (underlying, strike, larger) in [(huge, "1", "underlying"), ("1", huge, "strike")] {
        let option = json!({"model": "black_scholes", "underlying": underlying, "strike": strike, "years": "1",
            "volatility": "0.4", "risk_free_rate": "0.05"});
        assert_eq!(of("real_option", option), larger);
    }
    let mut simulated = rates;
    for (field, value) in [("revenue", json!(huge)), ("life_years", json!("5")), ("paths", json!(100))] {
        simulated[field] = value;
    }
    assert_eq!(of("monte_carlo", simulated), "revenue");
}

#[test]
fn a_tax_life_of_no_years_is_told_of_the_tax_life() {
    for years in [0, 601] {
        let asked = json!({"method": "relief_from_royalty", "revenue": ["1000000"], "royalty_rate": "0.05",
            "discount_rate": "0.12", "tax_rate": "0.25", "tab": true, "tax_life_years": years});
        assert_eq!(ask(asked).unwrap_err().field, "tax_life_years", "{years}");
    }
}
