//! The checks: any bytes in, an answer or a refusal out; never a panic, never a figure that is no number. Calculators and
//! models are fed with an example whose figures, words and lists the bytes put out of order, so that most of what they
//! get is nearly sound.

use std::fmt::Debug;

use chrono::NaiveDate;
use finance::{DayCount, Money, Repayment, ScheduleTerms};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use valuation_svc::{
    appraisal::model::{
        collateral::{LtvTable, collateral},
        preview::{PreviewRequest, preview},
    },
    backtests::model::{Observations, report},
    catalogue::generated::generated_patents,
    deals::model::{
        adjustment::{Moved, Target},
        comparable::{Subject, compare, prices},
        deal::{DealDraft, DealKind, Known, deal},
    },
    models::model::{LiquidationParameters, ModelContent, diff, problems},
    portfolios::model::{Member, Spec, summarise},
    scoring::model::Scenario,
    valuations::model::{Inputs, NotAssessed, appraise, grounds},
};

/// Changes of one example at most.
const CHANGES_MAX: usize = 8;
/// Figures that calculators stumble over.
const FIGURES: [f64; 16] = [
    0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    0.1,
    1e-9,
    1e-300,
    1e9,
    1e15,
    1e300,
    -1e300,
    100.0,
    255.0,
    600.0,
    4_294_967_295.0,
];
/// Words where figures, days, names and codes are expected.
const WORDS: [&str; 16] = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "0.5",
    "1e3",
    "-0.0000000000000000000000000001",
    "79228162514264337593543950335",
    "92233720368547758.07",
    "nan",
    "inf",
    "1985-02-28",
    "2026-02-30",
    "2099-12-31",
    "名\u{0}\u{202e}=1+1",
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default()
}

/// Where every value of an example is, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// An example with up to eight of its values changed, each as four bytes say.
fn disordered(example: &Value, bytes: &[u8]) -> Value {
    let mut value = example.clone();
    for change in bytes.chunks_exact(4).take(CHANGES_MAX) {
        let (act, which) = (change[2], usize::from(change[3]));
        let mut found = Vec::new();
        places(&value, "", &mut found);
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % found.len();
        if let Some(place) = value.pointer_mut(&found[at]) {
            disorder(place, act, which);
        }
    }
    value
}

/// An example as bytes put it out of order, where it still reads; without a change it must.
fn nearly<T: DeserializeOwned>(example: &Value, bytes: &[u8]) -> Option<T> {
    let read = serde_json::from_value(disordered(example, bytes));
    assert!(read.is_ok() || changes(bytes), "the example itself does not read: {:?}", read.err());
    read.ok()
}

/// Whether bytes change an example at all.
fn changes(bytes: &[u8]) -> bool {
    bytes.len() >= 4
}

fn disorder(place: &mut Value, act: u8, which: usize) {
    match place {
        Value::Object(members) => {
            let name = members.keys().nth(which % members.len().max(1)).cloned();
            if let (0, Some(name)) = (act % 4, name) {
                members.remove(&name);
            }
        }
        Value::Array(items) => match (act % 4, items.first().cloned()) {
            (0, _) => items.clear(),
            (1, Some(first)) => items.extend(std::iter::repeat_n(first, which % 40)),
            (2, _) => items.reverse(),
            _ => drop(items.pop()),
        },
        Value::Number(_) if act % 8 == 7 => *place = json!(WORDS[which % WORDS.len()]),
        Value::Number(number) if number.is_u64() || number.is_i64() => {
            let figure = FIGURES[which % FIGURES.len()];
            *place = if figure.fract() == 0.0 && (0.0..1e16).contains(&figure) {
                json!(figure as u64)
            } else {
                json!(figure)
            };
        }
        Value::Number(_) => *place = json!(FIGURES[which % FIGURES.len()]),
        Value::Bool(flag) => *flag = !*flag,
        _ if act % 8 == 7 => *place = Value::Null,
        _ => *place = json!(WORDS[which % WORDS.len()]),
    }
}

/// Every figure of an answer is a number.
fn only_numbers(answer: &impl Debug) {
    let text = format!("{answer:?}");
    let odd = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| matches!(*word, "NaN" | "inf"));
    assert_eq!(odd, None, "{text}");
}

/// The content of a bank's model: what is wrong is told at its field, and what is not wrong values a patent.
pub fn any_model(bytes: &[u8]) {
    let default = ModelContent::platform_default();
    let Ok(example) = serde_json::from_str::<Value>(&default.text) else { return };
    let Some(content) = nearly::<ModelContent>(&example, bytes) else { return };
    assert!(diff(&default.content, &content).is_ok());
    let found = problems(&content);
    assert!(found.is_empty() || changes(bytes));
    assert!(found.iter().all(|one| !one.field.is_empty() && !one.zh.is_empty() && !one.en.is_empty()));
    if found.is_empty() {
        assert_eq!(content.tree.validate(), Ok(()));
        valued(&example_inputs(), content);
    }
}

/// The facts and figures of a valuation: an answer of numbers, or what it rests on is named.
pub fn any_valuation(bytes: &[u8]) {
    let Ok(example) = serde_json::to_value(example_inputs()) else { return };
    let Some(inputs) = nearly::<Inputs>(&example, bytes) else { return };
    if inputs.overrides.faults().is_empty() {
        valued(&inputs, ModelContent::clone(&ModelContent::platform_default().content));
    }
}

fn example_inputs() -> Inputs {
    let mut patents = generated_patents(7, 40, today(), &[]);
    patents.retain(|patent| grounds(patent, today()).is_empty());
    let patent = patents.remove(0);
    let mut inputs = Inputs::platform(patent, Scenario::Pledge, today(), 7);
    inputs.overrides.annual_revenue = Money::from_yuan(1_000_000).ok();
    inputs
}

fn valued(inputs: &Inputs, mut content: ModelContent) {
    // More paths find nothing that fewer do not.
    content.parameters.paths = 1_000;
    match appraise(inputs, &content) {
        Ok(found) => {
            only_numbers(&found);
            let (value, pledge) = (&found.value, &found.collateral);
            assert!(!value.low.is_negative() && value.low <= value.value && value.value <= value.high);
            assert!(!pledge.maximum_loan.is_negative() && pledge.maximum_loan <= pledge.collateral_value);
        }
        Err(NotAssessed::Grounds(grounds)) => assert!(!grounds.is_empty()),
        Err(NotAssessed::Figure(error)) => assert!(!error.field.is_empty()),
    }
}

/// A request of the trial calculator, of each method and each step around them in turn.
pub fn any_trial(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let examples = trials();
    let example = &examples[usize::from(*which) % examples.len()];
    let Some(mut request) = nearly::<PreviewRequest>(example, bytes) else { return };
    // A large tree or simulation takes seconds by design, and finds nothing that a small one does not.
    match &mut request {
        PreviewRequest::MonteCarlo(asked) => asked.paths = Some(asked.paths.unwrap_or(500).min(500)),
        PreviewRequest::RealOption(asked) => asked.steps = Some(asked.steps.unwrap_or(60).min(60)),
        _ => {}
    }
    match preview(&request) {
        Ok(answer) => only_numbers(&answer),
        Err(refusal) => {
            assert!(!refusal.field.is_empty() && !refusal.zh.is_empty());
            assert!(changes(bytes), "the example itself is refused: {refusal:?}");
        }
    }
}

fn trials() -> [Value; 13] {
    [
        json!({ "method": "relief_from_royalty", "revenue": ["1000000", "1100000", "900000"], "royalty_rate": "0.05",
            "discount_rate": "0.12", "tax_rate": "0.25", "timing": "mid_year", "tab": true, "tax_life_years": 10 }),
        json!({ "method": "excess_earnings", "earnings": ["500000", "400000"], "contributory_charges": ["90000", "80000"],
            "discount_rate": "0.14", "tax_rate": "0.25", "timing": "end_of_year", "tab": true }),
        json!({ "method": "with_and_without", "cash_flows_with": ["500000", "400000"],
            "cash_flows_without": ["300000", "350000"], "discount_rate": "0.12", "tab": false }),
        json!({ "method": "replacement_cost", "costs": ["300000", "200000"], "trend_factors": ["1.1", "1.05"],
            "margin": "0.1", "functional_obsolescence": "0.1", "technological_obsolescence": "0.2",
            "economic_obsolescence": "0.05" }),
        json!({ "method": "market_comparables", "summary": "weighted_mean", "comparables": [
            { "price": "800000", "adjustments": ["1.1", "0.9"], "weight": "2" },
            { "price": "600000", "adjustments": ["1.2"], "weight": "1" }] }),
        json!({ "method": "hedonic", "subject": ["2"], "transactions": [
            { "price": "100000", "features": ["1"] }, { "price": "210000", "features": ["2"] },
            { "price": "290000", "features": ["3"] }, { "price": "420000", "features": ["4"] },
            { "price": "480000", "features": ["5"] }, { "price": "630000", "features": ["6"] }] }),
        json!({ "method": "royalty_capitalisation", "royalty": "50000", "discount_rate": "0.12", "growth": "0.02",
            "tax_rate": "0.25", "years": 10 }),
        json!({ "method": "real_option", "model": "binomial", "exercise": "american", "kind": "put", "steps": 50,
            "underlying": "900", "strike": "1000", "years": "3", "volatility": "0.4", "risk_free_rate": "0.03",
            "cost_of_delay": "0.05" }),
        json!({ "method": "monte_carlo", "revenue": { "distribution": "triangular", "low": "800000", "mode": "1000000",
            "high": "1500000" }, "royalty_rate": { "distribution": "uniform", "low": "0.02", "high": "0.06" },
            "discount_rate": "0.12", "life_years": { "distribution": "pert", "low": "5", "mode": "8", "high": "12" },
            "tax_rate": "0.25", "rank_correlations": [{ "first": "revenue", "second": "royalty_rate",
            "coefficient": "0.4" }], "paths": 500, "seed": 7 }),
        json!({ "method": "profit_split", "low": "0.005", "high": "0.015", "factors": [{ "score": "0.8", "weight": "0.3" },
            { "score": "0.7", "weight": "0.7" }], "revenue": ["10000000", "11000000"], "discount_rate": "0.12",
            "tax_rate": "0.25", "timing": "mid_year", "tab": true, "tax_life_years": 10 }),
        json!({ "method": "remaining_life", "legal_years": "15", "half_life_years": "5", "floor": "0.25",
            "product_plan_years": "12" }),
        json!({ "method": "reconciliation", "indications": [{ "method": "income", "value": "1200000", "weight": "0.75" },
            { "method": "cost", "value": "300000", "weight": "0.25" }] }),
        json!({ "method": "collateral_value", "market_value": "1000.00", "forced_sale_discount": "0.45", "cost": "0.08",
            "months": "9", "rate": "0.12", "grade": "A" }),
    ]
}

/// Patents valued together, with any figures and any correlations.
pub fn any_portfolio(bytes: &[u8]) {
    let member = json!({ "position": 1, "patent_id": "019e0000-0000-7000-8000-000000000001",
        "patent_number": "CN1", "patent_title": "一种装置", "owner": "甲", "industry": "new_materials",
        "ipc_class": "C22B", "assessed": true, "reason_zh": null, "reason_en": null, "valuation_id": null,
        "score": "70", "grade": "B", "value": "1000000.00", "low": "500000.00", "high": "2000000.00",
        "collateral_value": "400000.00", "maximum_loan": "200000.00", "valid_until": "2027-11-24" });
    let example = json!({ "members": [member, member, member], "spec": { "purpose": "pledge",
        "market_correlation": "0.2", "industry_correlation": "0.15", "synergy_rate": "0.1",
        "synergy_reason": "同一生产线" } });
    let mut asked = disordered(&example, bytes);
    let Ok(members) = serde_json::from_value::<Vec<Member>>(asked["members"].take()) else { return };
    let Ok(spec) = serde_json::from_value::<Spec>(asked["spec"].take()) else { return };
    let ordered = |one: &Member| !one.low.is_negative() && one.low <= one.value && one.value <= one.high;
    if members.is_empty() || !members.iter().all(ordered) || !spec.faults().is_empty() {
        return;
    }
    if let Ok(found) = summarise(&members, &spec, 7, today()) {
        only_numbers(&found);
        assert!(found.p5 <= found.p50 && found.p50 <= found.p95);
    }
}

/// The value as a pledge and what may be lent on it, for every grade.
pub fn any_collateral(bytes: &[u8]) {
    let table = LtvTable::platform_default();
    let example = json!({ "market_value": "1000000.00", "liquidation": { "forced_sale_discount": 0.45, "cost": 0.08,
        "months": 9.0, "rate": 0.12 } });
    let mut asked = disordered(&example, bytes);
    let Ok(value) = serde_json::from_value::<Money>(asked["market_value"].take()) else { return };
    let Ok(terms) = serde_json::from_value::<LiquidationParameters>(asked["liquidation"].take()) else {
        return;
    };
    for (_, ltv) in &table.by_grade {
        match collateral(value, &terms.terms(), *ltv) {
            Ok(found) if !value.is_negative() => {
                assert!(found.maximum_loan <= found.collateral_value && found.collateral_value <= value);
            }
            Ok(_) => {}
            Err(error) => assert!(!error.field.is_empty()),
        }
    }
}

/// The observations of a back-test: every measure that can be told, none that is no number.
pub fn any_backtest(bytes: &[u8]) {
    let said = json!({ "score": "70.5", "value": "1000000.00" });
    let of = |n: u32| {
        json!({ "valuation_id": "019e0000-0000-7000-8000-000000000001", "valuation_number": "V1",
        "patent_id": "019e0000-0000-7000-8000-000000000001", "patent_number": "CN1", "model": said, "challenger": said,
        "realised": format!("{}00000.00", n + 5), "realised_on": "2026-05-01", "kind": "sale", "defaulted": n.is_multiple_of(2) })
    };
    let realised: Vec<Value> = (0..4).map(of).collect();
    let example = json!({ "realised": realised, "pledged": realised, "scores_before": ["50", "60", "70"],
        "scores": ["55", "65", "90"] });
    let Some(observations) = nearly::<Observations>(&example, bytes) else { return };
    only_numbers(&report(&observations, true));
}

/// A deal as evidence for a patent: parts from 0 to 1, prices in order, or what is wrong with it.
pub fn any_deal(bytes: &[u8]) {
    let example = json!({ "kind": "ordinary_licence", "dealt_on": "2025-03-10", "patents": ["CN103456789B"],
        "ipc": ["C22B7/00", "H01M10/54"], "patent_count": 3, "seller": "甲公司", "buyer": "乙公司", "price": "800000.00",
        "royalty_rate": null, "royalty_base": null, "term_months": 36, "remaining_months": 120, "source": "auction",
        "source_reference": "1", "shared": true });
    let Some(draft) = nearly::<DealDraft>(&example, bytes) else { return };
    let dealt = match deal(&draft, &Known::default(), today()) {
        Ok(dealt) => dealt,
        Err(flaws) => {
            assert!(flaws.iter().all(|(field, zh, en)| ![*field, zh.as_str(), en.as_str()].contains(&"")));
            assert!(changes(bytes), "the example itself is refused: {flaws:?}");
            return;
        }
    };
    let Ok(discount_rate) = "0.12".parse() else { return };
    let target = Target { kind: DealKind::Sale, remaining_months: Some(60), discount_rate };
    let subject = Subject { ipc: vec!["C22B7/00".to_owned()], target, on: today(), years: 5 };
    let found = compare(&dealt, &subject, Some(Moved { then: 100.into(), now: 110.into() }));
    let alike = &found.similarity;
    for part in [alike.total, alike.classes, alike.kind, alike.age, alike.size] {
        assert!((0.into()..=1.into()).contains(&part.fraction()), "{alike:?}");
    }
    let both = [found.adjusted_price, dealt.draft.price].map(|price| price.map(|price| (price, alike.total)));
    if let Some(found) = prices(&both.into_iter().flatten().collect::<Vec<_>>()) {
        assert!(found.low <= found.median && found.median <= found.high && !found.low.is_negative());
    }
}

/// The terms of a loan: a schedule whose principal is what was drawn, or the term at fault.
pub fn any_schedule(bytes: &[u8]) {
    let (Ok(principal), Ok(rate)) = ("1000000.00".parse::<Money>(), "0.045".parse()) else { return };
    for repayment in Repayment::ALL {
        let terms = ScheduleTerms::monthly(principal, rate, today(), 12, repayment, DayCount::Actual360);
        let Ok(example) = serde_json::to_value(&terms) else { return };
        let Some(terms) = nearly::<ScheduleTerms>(&example, bytes) else { continue };
        if let Ok(schedule) = terms.schedule() {
            assert_eq!(schedule.totals.principal, terms.principal);
            assert!(
                schedule.instalments.iter().all(|one| !one.total.is_negative() && !one.balance.is_negative())
            );
        }
    }
}
