//! The rules of valuations whose request states more than a patent's record holds.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    tests::{day, inputs, patent, value},
    *,
};
use crate::{
    appraisal::model::preview::{PreviewRequest, preview},
    models::model::ModelContent,
};

fn stated(methods: Value) -> Inputs {
    Inputs { methods: serde_json::from_value(methods).unwrap(), ..inputs(patent()) }
}

fn method<'a>(found: &'a Appraised, code: &str) -> &'a MethodReport {
    found.value.methods.iter().find(|one| one.method == code).unwrap()
}

fn earnings() -> Value {
    json!({ "basis": "企业 2026 至 2028 年预算", "inputs": {
        "earnings": ["4000000.00", "4400000.00", "4800000.00"],
        "contributory_charges": ["1000000.00", "1000000.00", "1000000.00"] } })
}

fn plans() -> Value {
    json!({ "basis": "可行性研究报告", "inputs": {
        "cash_flows_with": ["3000000.00", "3300000.00"], "cash_flows_without": ["1800000.00", "1700000.00"] } })
}

#[test]
fn a_method_takes_from_the_assumptions_what_the_request_leaves_open_and_counts_as_the_calculator_does() {
    let found =
        value(&stated(json!({ "excess_earnings": earnings(), "with_and_without": plans() }))).unwrap();
    let a = &found.assumptions;
    let asked: PreviewRequest = serde_json::from_value(json!({ "method": "excess_earnings",
        "earnings": ["4000000.00", "4400000.00", "4800000.00"],
        "contributory_charges": ["1000000.00", "1000000.00", "1000000.00"],
        "discount_rate": a.discount_rate.value, "tax_rate": a.tax_rate.value, "timing": "mid_year", "tab": true,
        "tax_life_years": 10 }))
    .unwrap();
    let chance: finance::Rate = a.success_probability.value.parse().unwrap();
    let expected =
        preview(&asked).unwrap().value().unwrap().scale(chance, finance::Rounding::HalfUp).unwrap();
    let earned = method(&found, "excess_earnings");
    assert_eq!(earned.value, Some(expected));
    assert_eq!(earned.inputs["basis"], "企业 2026 至 2028 年预算");
    assert_eq!(earned.inputs["discount_rate"], a.discount_rate.value);
    assert_eq!(earned.detail["answer"]["periods"].as_array().unwrap().len(), 3);
    // The model's weights of the five methods that count, out of what they sum to.
    let weights = &ModelContent::platform_default().content.parameters.weights;
    let counted = [
        "relief_from_royalty",
        "replacement_cost",
        "market_comparables",
        "excess_earnings",
        "with_and_without",
    ];
    let sum: f64 = counted.iter().map(|code| weights.of(code)).sum();
    let share = Decimal::from_f64_retain(weights.excess_earnings / sum).unwrap().round_dp(6);
    assert_eq!(earned.weight.fraction(), share.normalize());
    assert_eq!(found.value.weights.len(), counted.len());
    assert!(found.value.weights.iter().all(|one| !one.reason_zh.is_empty() && !one.reason_en.is_empty()));
    assert!(found.value.low < found.value.value && found.value.value < found.value.high);
    for left_out in ["royalty_capitalisation", "hedonic", "real_option"] {
        let one = method(&found, left_out);
        assert!(!one.considered && !one.reason_zh.is_empty() && !one.reason_en.is_empty(), "{left_out}");
    }
}

#[test]
fn revenue_stated_year_by_year_takes_the_place_of_the_first_years_and_the_spread_goes_with_it() {
    let plan = |revenue: &str| {
        let royalty = json!({ "basis": "销售合同", "inputs": { "revenue": [revenue, revenue, revenue], "tab": false } });
        value(&stated(json!({ "relief_from_royalty": royalty }))).unwrap()
    };
    let (one, double) = (plan("50000000.00"), plan("100000000.00"));
    let of = |found: &Appraised| {
        found.value.simulation.p50.ratio_of(method(found, "relief_from_royalty").value.unwrap())
    };
    assert_eq!(of(&one).unwrap().fraction().round_dp(4), of(&double).unwrap().fraction().round_dp(4));
    assert!(double.value.value > one.value.value && one.value.low < one.value.value);
    let rate = &one.assumptions.royalty_rate.value;
    assert_eq!(&method(&one, "relief_from_royalty").inputs["royalty_rate"], rate);
}

#[test]
fn without_further_inputs_the_methods_weigh_as_they_did_before_there_were_any() {
    let found = value(&inputs(patent())).unwrap();
    let weights: Vec<(&str, String)> =
        found.value.weights.iter().map(|one| (one.method.as_str(), one.weight.to_string())).collect();
    // 0.60 : 0.15 : 0.15, the option of a ripe technology being left out.
    assert_eq!(
        weights,
        [
            ("relief_from_royalty", "0.666667".to_owned()),
            ("replacement_cost", "0.166667".to_owned()),
            ("market_comparables", "0.166667".to_owned()),
        ]
    );
}

#[test]
fn the_weights_of_the_request_come_first_with_their_reason_and_the_others_are_shown_beside() {
    let asked = stated(json!({ "excess_earnings": earnings(), "weights": { "reason": "盈利计划经审计",
        "shares": { "excess_earnings": "0.7", "relief_from_royalty": "0.3" } } }));
    let found = value(&asked).unwrap();
    assert_eq!(method(&found, "excess_earnings").weight.to_string(), "0.7");
    assert!(found.value.weights.iter().all(|one| one.reason_zh.contains("盈利计划经审计")));
    let beside = method(&found, "replacement_cost");
    assert!(
        beside.considered && beside.weight == finance::Rate::ZERO && beside.reason_zh.contains("仅供参照")
    );
    assert!(found.limits.iter().any(|limit| limit.zh.contains("盈利计划经审计")));
    let no_income = stated(json!({ "weights": { "reason": "x", "shares": {
        "replacement_cost": "0.5", "market_comparables": "0.5" } } }));
    let found = value(&no_income).unwrap();
    let (cost, market) = (method(&found, "replacement_cost"), method(&found, "market_comparables"));
    let ends = [cost.value.unwrap(), market.value.unwrap()];
    assert_eq!(Some(&found.value.low), ends.iter().min(), "the range spans the methods that count");
    assert_eq!(Some(&found.value.high), ends.iter().max());
}

#[test]
fn prices_costs_contracts_and_options_of_the_request_come_before_the_platforms() {
    let transactions: Vec<Value> =
        [("271.83", "1"), ("738.91", "2"), ("2008.55", "3"), ("5459.82", "4"), ("14841.32", "5")]
            .into_iter()
            .map(|(price, feature)| json!({ "price": price, "features": [feature] }))
            .collect();
    let found = value(&stated(json!({
        "market_comparables": { "basis": "三份转让合同", "inputs": { "comparables": [
            { "price": "900000.00" }, { "price": "1000000.00", "adjustments": ["1.2"] }, { "price": "4000000.00" }] } },
        "replacement_cost": { "basis": "研发支出台账", "inputs": { "costs": ["300000", "100000", "50000", "20000"],
            "margin": "0", "functional_obsolescence": "0.10", "technological_obsolescence": "0.20" } },
        "royalty_capitalisation": { "basis": "许可合同", "inputs": { "royalty": "100000", "tax_rate": "0.25",
            "discount_rate": "0.12", "growth": "0.02" } },
        "hedonic": { "basis": "交易库", "inputs": { "transactions": transactions, "subject": ["3.5"] } },
        "real_option": { "basis": "中试方案", "inputs": { "underlying": "3422", "strike": "2875", "years": "17",
            "volatility": "0.4732863826", "risk_free_rate": "0.067", "cost_of_delay": "0.0588235294",
            "model": "black_scholes" } },
    })))
    .unwrap();
    let of = |code: &str| method(&found, code).value.unwrap().to_string();
    assert_eq!(of("market_comparables"), "1200000.00");
    // The published example: the model's economic obsolescence is its 0.05.
    assert_eq!(of("replacement_cost"), "321480.00");
    assert_eq!(of("royalty_capitalisation"), "750000.00");
    // Avonex, times the chance of level 7.
    assert_eq!(of("real_option"), "507.85");
    assert!((of("hedonic").parse::<f64>().unwrap() - 3_311.55).abs() < 0.2);
    assert_eq!(found.value.weights.len(), 6);
}

#[test]
fn a_plan_that_loses_money_counts_as_nothing_and_a_wrong_figure_is_told_at_its_field() {
    let losing = json!({ "basis": "x", "inputs": {
        "cash_flows_with": ["1000000.00"], "cash_flows_without": ["9000000.00"] } });
    let found = value(&stated(json!({ "with_and_without": losing }))).unwrap();
    let one = method(&found, "with_and_without");
    assert!(one.value.unwrap().is_zero() && one.reason_zh.contains("按零计"));
    assert!(one.detail["answer"]["value"].as_str().unwrap().starts_with('-'));
    let refused = |methods: Value| match value(&stated(methods)) {
        Err(NotAssessed::Figure(error)) => error.field,
        other => panic!("{other:?}"),
    };
    let short = json!({ "basis": "x", "inputs": { "earnings": ["1", "2"], "contributory_charges": ["1"] } });
    assert_eq!(
        refused(json!({ "excess_earnings": short })),
        "methods.excess_earnings.inputs.contributory_charges"
    );
    let ripe = json!({ "reason": "x", "shares": { "relief_from_royalty": "0.5", "real_option": "0.5" } });
    assert_eq!(refused(json!({ "weights": ripe })), "methods.weights.shares.real_option");
    let put = json!({ "basis": "x", "inputs": { "kind": "put" } });
    assert_eq!(refused(json!({ "real_option": put })), "methods.real_option.inputs.strike");
}

#[test]
fn the_right_to_give_a_project_up_adds_to_what_it_is_worth() {
    let put = json!({ "basis": "意向受让函", "inputs": { "kind": "put", "strike": "500000.00", "underlying": "800000.00" } });
    let found = value(&stated(json!({ "real_option": put }))).unwrap();
    let one = method(&found, "real_option");
    assert!(one.value.unwrap() > "800000.00".parse().unwrap(), "{one:?}");
}

#[test]
fn the_simulation_draws_together_what_the_model_or_the_request_says() {
    let own = inputs(patent());
    let plain = value(&own).unwrap();
    let drawn = plain.value.simulation.correlations.as_ref().unwrap();
    assert_eq!(drawn.source, AssumptionSource::PlatformDefault);
    assert_eq!(drawn.pairs, ModelContent::platform_default().content.parameters.simulation.rank_correlations);
    assert!(plain.value.simulation.tornado.iter().any(|bar| bar.driver == "success_probability"));
    let with = |pairs: Value| {
        value(&stated(json!({ "correlations": { "reason": "本行历史数据", "pairs": pairs } }))).unwrap().value
    };
    let spread = |value: &ValueReport| value.simulation.standard_deviation;
    let alone = with(json!([]));
    let pair = |coefficient: &str| {
        with(json!([{ "first": "annual_revenue", "second": "royalty_rate", "coefficient": coefficient }]))
    };
    assert!(spread(&pair("0.8")) > spread(&alone) && spread(&alone) > spread(&pair("-0.8")));
    assert_eq!(alone.value, plain.value.value, "what is drawn together moves only the range");
    assert!(alone.simulation.correlations.unwrap().note_zh.contains("本行历史数据"));
    let mut content = ModelContent::clone(&ModelContent::platform_default().content);
    content.parameters.simulation = Default::default();
    let before = appraise(&own, &content).unwrap();
    assert!(before.value.simulation.tornado.iter().all(|bar| bar.driver != "success_probability"));
}

#[test]
fn life_and_chance_come_from_the_models_and_may_be_set_with_a_reason() {
    let plain = value(&inputs(patent())).unwrap().assumptions;
    assert_eq!(plain.success_probability.value, "0.56");
    assert!(plain.success_probability.note_zh.contains("6 至 8 级"));
    assert!(plain.remaining_economic_life_years.note_zh.contains("取最短"));
    let set = |overrides: Value| {
        value(&Inputs { overrides: serde_json::from_value(overrides).unwrap(), ..inputs(patent()) }).unwrap()
    };
    let found = set(json!({ "success_probability": "0.8", "success_reason": "已签订供货合同",
        "technology_life_years": "3", "technology_life_reason": "替代技术已量产" }));
    let a = &found.assumptions;
    assert_eq!(
        (a.success_probability.value.as_str(), a.success_probability.source),
        ("0.8", AssumptionSource::Request)
    );
    assert!(a.success_probability.note_zh.contains("已签订供货合同"));
    assert_eq!(a.remaining_economic_life_years.value, "3.00");
    assert!(a.remaining_economic_life_years.note_zh.contains("替代技术已量产"));
    assert!(found.value.simulation.tornado.iter().all(|bar| bar.driver != "success_probability"));
    let longer = set(json!({ "technology_life_years": "40", "technology_life_reason": "基础技术" }));
    let left = patent().scoring_facts(day("2026-11-24")).remaining_years(day("2026-11-24")).unwrap();
    let years: f64 = longer.assumptions.remaining_economic_life_years.value.parse().unwrap();
    assert!((years - left).abs() < 0.01, "protection ends it all the same");
    let silent: Overrides =
        serde_json::from_value(json!({ "success_probability": "0.8", "technology_life_reason": "x" }))
            .unwrap();
    let fields: Vec<_> = silent.faults().into_iter().map(|fault| fault.0).collect();
    assert_eq!(fields, ["technology_life_reason", "success_reason"]);
}

#[test]
fn what_was_stated_by_method_is_made_again_to_the_fen_after_a_journey_through_json() {
    let first = stated(json!({ "excess_earnings": earnings(), "with_and_without": plans(),
        "correlations": { "reason": "x", "pairs": [
            { "first": "revenue_growth", "second": "discount_rate", "coefficient": "0.5" }] } }));
    let again: Inputs = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
    let (one, two) = (value(&first).unwrap(), value(&again).unwrap());
    let printed: Appraised = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
    assert_eq!((&one, &printed), (&two, &one));
}
