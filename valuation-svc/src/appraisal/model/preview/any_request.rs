//! Any request is answered: no panic, nothing that is not a number, no endless loop. `PROPTEST_CASES` makes the run long;
//! the same under a fuzzer is `fuzz/fuzz_targets/appraisal.rs`.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{PreviewRequest, preview};

fn number() -> impl Strategy<Value = Value> {
    let extreme = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "0.5",
        "1e3",
        "-0.0000000000000000000000000001",
        "0.0000000000000000000000000001",
        "99999999999999999999",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "NaN",
        "inf",
    ]);
    prop_oneof![
        4 => (0.0..1.0f64).prop_map(|x| json!(format!("{x:.6}"))),
        2 => (-100.0..100_000.0f64).prop_map(|x| json!(format!("{x:.2}"))),
        1 => extreme.prop_map(|text| json!(text)),
    ]
}

fn list() -> impl Strategy<Value = Value> {
    prop::collection::vec(number(), 0..6).prop_map(Value::Array)
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(|word| json!(word))
}

fn distribution() -> impl Strategy<Value = Value> {
    let three = |shape: &'static str| {
        (number(), number(), number()).prop_map(
            move |(low, mode, high)| json!({ "distribution": shape, "low": low, "mode": mode, "high": high }),
        )
    };
    let two = |shape: &'static str| {
        (number(), number()).prop_map(
            move |(mean, sd)| json!({ "distribution": shape, "mean": mean, "standard_deviation": sd }),
        )
    };
    prop_oneof![
        3 => number(),
        1 => two("normal"),
        1 => two("lognormal"),
        1 => three("triangular"),
        1 => three("pert"),
        1 => (number(), number())
            .prop_map(|(low, high)| json!({ "distribution": "uniform", "low": low, "high": high })),
        1 => prop::collection::vec((number(), number()), 0..4).prop_map(|outcomes| {
            let outcomes: Vec<Value> =
                outcomes.into_iter().map(|(v, p)| json!({ "value": v, "probability": p })).collect();
            json!({ "distribution": "discrete", "outcomes": outcomes })
        }),
    ]
}

fn absent_or(some: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 2 => some].boxed()
}

/// Values whose weights are anything, or sum to 1.
fn indications() -> impl Strategy<Value = Value> {
    let list = |all: Vec<(Value, Value)>| -> Value {
        all.into_iter()
            .map(|(value, weight)| json!({ "method": "income", "value": value, "weight": weight }))
            .collect()
    };
    let quarters = [json!("0.25"), json!("0.5"), json!("0"), json!("0.25")];
    prop_oneof![
        prop::collection::vec((number(), number()), 0..4).prop_map(list),
        prop::collection::vec(number(), 4)
            .prop_map(move |values| list(values.into_iter().zip(quarters.clone()).collect())),
    ]
}

/// The value of a field by its name.
fn value(name: &'static str) -> BoxedStrategy<Value> {
    match name {
        "revenue*"
        | "royalty_rate*"
        | "discount_rate*"
        | "life_years*"
        | "revenue_growth*"
        | "success_probability*" => distribution().boxed(),
        "revenue"
        | "earnings"
        | "contributory_charges"
        | "cash_flows_with"
        | "cash_flows_without"
        | "costs"
        | "trend_factors" => list().boxed(),
        "timing" => word(&["end_of_year", "mid_year"]).boxed(),
        "tab" => any::<bool>().prop_map(Value::Bool).boxed(),
        "tax_life_years" => (0u32..700).prop_map(|n| json!(n)).boxed(),
        "summary" => word(&["median", "weighted_mean"]).boxed(),
        "model" => word(&["black_scholes", "binomial"]).boxed(),
        "exercise" => word(&["european", "american"]).boxed(),
        "kind" => word(&["call", "put"]).boxed(),
        "steps" => (0u32..120).prop_map(|n| json!(n)).boxed(),
        "paths" => (0u32..300).prop_map(|n| json!(n)).boxed(),
        "seed" => any::<u64>().prop_map(|n| json!(n)).boxed(),
        "subject" => list().boxed(),
        "score" | "half_life_years" | "floor" | "product_plan_years" | "ltv" => absent_or(number()),
        "grade" => absent_or(word(&["AAA", "A", "BBB", "C", "D"])),
        "market_value" | "months" | "legal_years" => {
            prop_oneof![3 => (0u32..100).prop_map(|n| json!(n.to_string())), 1 => number()].boxed()
        }
        "factors" => prop::collection::vec((number(), number()), 0..3)
            .prop_map(|all| {
                all.into_iter().map(|(score, weight)| json!({ "score": score, "weight": weight })).collect()
            })
            .boxed(),
        "indications" => indications().boxed(),
        "years*" => (0u32..700).prop_map(|n| json!(n)).boxed(),
        "transactions" => prop::collection::vec((number(), list()), 0..9)
            .prop_map(|all| {
                all.into_iter()
                    .map(|(price, features)| json!({ "price": price, "features": features }))
                    .collect()
            })
            .boxed(),
        "comparables" => prop::collection::vec((number(), list(), number()), 0..4)
            .prop_map(|all| {
                all.into_iter()
                    .map(|(price, adjustments, weight)| {
                        json!({ "price": price, "adjustments": adjustments, "weight": weight })
                    })
                    .collect()
            })
            .boxed(),
        "rank_correlations" => prop::collection::vec(
            (
                word(&["revenue", "royalty_rate", "discount_rate", "weather"]),
                word(&["revenue", "life_years", "royalty_rate"]),
                number(),
            ),
            0..3,
        )
        .prop_map(|all| {
            all.into_iter().map(|(a, b, c)| json!({ "first": a, "second": b, "coefficient": c })).collect()
        })
        .boxed(),
        _ => number().boxed(),
    }
}

/// Each method with its fields; a star marks one that may be a distribution.
const METHODS: [(&str, &[&str]); 13] = [
    (
        "relief_from_royalty",
        &["revenue", "royalty_rate", "discount_rate", "tax_rate", "timing", "tab", "tax_life_years"],
    ),
    (
        "excess_earnings",
        &["earnings", "contributory_charges", "discount_rate", "tax_rate", "timing", "tab", "tax_life_years"],
    ),
    (
        "with_and_without",
        &["cash_flows_with", "cash_flows_without", "discount_rate", "tax_rate", "timing", "tab"],
    ),
    (
        "replacement_cost",
        &[
            "costs",
            "trend_factors",
            "margin",
            "functional_obsolescence",
            "technological_obsolescence",
            "economic_obsolescence",
        ],
    ),
    ("market_comparables", &["comparables", "summary"]),
    ("hedonic", &["transactions", "subject"]),
    ("royalty_capitalisation", &["royalty", "tax_rate", "discount_rate", "growth", "years*"]),
    (
        "real_option",
        &[
            "model",
            "exercise",
            "kind",
            "steps",
            "underlying",
            "strike",
            "years",
            "volatility",
            "risk_free_rate",
            "cost_of_delay",
        ],
    ),
    (
        "monte_carlo",
        &[
            "revenue*",
            "royalty_rate*",
            "discount_rate*",
            "life_years*",
            "revenue_growth*",
            "success_probability*",
            "tax_rate",
            "timing",
            "rank_correlations",
            "paths",
            "seed",
        ],
    ),
    (
        "profit_split",
        &[
            "low",
            "high",
            "score",
            "factors",
            "revenue",
            "discount_rate",
            "tax_rate",
            "timing",
            "tab",
            "tax_life_years",
        ],
    ),
    ("remaining_life", &["legal_years", "half_life_years", "floor", "product_plan_years"]),
    ("reconciliation", &["indications"]),
    ("collateral_value", &["market_value", "forced_sale_discount", "cost", "months", "rate", "grade", "ltv"]),
];

fn request() -> impl Strategy<Value = Value> {
    prop::sample::select(METHODS.to_vec()).prop_flat_map(|(method, fields)| {
        let values: Vec<BoxedStrategy<Value>> = fields.iter().map(|name| value(name)).collect();
        values.prop_map(move |values| {
            let mut request: Map<String, Value> = fields
                .iter()
                .zip(values)
                .map(|(name, value)| (name.trim_end_matches('*').to_owned(), value))
                .collect();
            request.insert("method".to_owned(), json!(method));
            Value::Object(request)
        })
    })
}

proptest! {
    #[test]
    fn any_request_is_answered_or_refused_by_its_field(asked in request()) {
        let Ok(request) = serde_json::from_value::<PreviewRequest>(asked.clone()) else { return Ok(()) };
        match preview(&request) {
            Ok(answer) => {
                let answer = serde_json::to_value(&answer).unwrap();
                let of = |name: &str| answer[name].as_str().map(|text| text.parse::<f64>().unwrap());
                // A life is in years, and a profit split without a plan is a rate.
                let found = ["value", "years", "rate"].into_iter().find_map(of);
                prop_assert!(found.is_some_and(f64::is_finite), "{answer}");
                if let (Some(loan), Some(left)) = (of("maximum_loan"), of("value")) {
                    let market: f64 = asked["market_value"].as_str().unwrap().parse().unwrap();
                    prop_assert!(0.0 <= loan && loan <= left && left <= market, "{answer}");
                }
                if let (Some(low), Some(middle), Some(high)) = (of("p5"), of("p50"), of("p95")) {
                    prop_assert!(low <= middle && middle <= high, "{answer}");
                }
                if let (Some(european), Some(american)) = (of("european"), of("american")) {
                    prop_assert!(american >= european - 0.01 - 1e-9 * american.abs(), "{answer}");
                }
                prop_assert_eq!(serde_json::to_value(preview(&request).unwrap()).unwrap(), answer);
            }
            Err(refusal) => prop_assert!(!refusal.field.is_empty() && !refusal.zh.is_empty()),
        }
    }
}
