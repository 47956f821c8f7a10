//! The bodies of trial appraisals, from what was typed.

use serde_json::{Value, json};

use super::forms::{DRAWN, Unit, shape_of};
use crate::{
    desk::Desk,
    draft::{Draft, Input},
    failure::Refusal,
    figures,
};

/// The parts of what was typed in several lines or with separators.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | '、')).filter(|part| !part.is_empty())
}

/// The body of a method.
///
/// # Errors
/// The fields that do not read.
pub fn body(desk: &Desk, method: &str, input: &Input) -> Result<Value, Refusal> {
    let unit = input.text("revenue_unit");
    let mut draft = Draft::new(desk, input).with("method", method);
    let amounts: &[&str] = match method {
        "relief_from_royalty" => &["revenue"],
        "excess_earnings" => &["earnings", "contributory_charges"],
        "with_and_without" => &["cash_flows_with", "cash_flows_without"],
        "replacement_cost" => &["costs"],
        "profit_split" => &["revenue"],
        _ => &[],
    };
    for name in amounts {
        let read: Option<Vec<String>> =
            parts(input.text(name)).map(|part| figures::typed_amount(part, unit)).collect();
        match read {
            Some(read) => draft.set(name, read),
            None => draft.bad(name, "form-bad-amount"),
        }
    }
    match method {
        "replacement_cost" => {
            draft = draft.percents(&[
                "margin",
                "functional_obsolescence",
                "technological_obsolescence",
                "economic_obsolescence",
            ]);
            draft.set("trend_factors", parts(input.text("trend_factors")).collect::<Vec<_>>());
        }
        "market_comparables" => {
            draft = draft.texts(&["summary"]);
            match read_comparables(input.text("comparables"), unit) {
                Some(read) => draft.set("comparables", read),
                None => draft.bad("comparables", "tr-bad-comparables"),
            }
        }
        "hedonic" => {
            match read_transactions(input.text("transactions"), unit) {
                Some(read) => draft.set("transactions", read),
                None => draft.bad("transactions", "tr-bad-transactions"),
            }
            draft.set("subject", parts(input.text("subject")).collect::<Vec<_>>());
        }
        "royalty_capitalisation" => {
            draft = draft
                .amounts(&["royalty"])
                .percents(&["tax_rate", "discount_rate", "growth"])
                .wholes(&["years"]);
        }
        "real_option" => {
            draft = draft
                .texts(&["kind", "model", "exercise", "years"])
                .amounts(&["underlying", "strike"])
                .percents(&["volatility", "risk_free_rate", "cost_of_delay"])
                .wholes(&["steps"]);
        }
        "monte_carlo" => {
            draft = draft.texts(&["timing"]).percents(&["tax_rate"]).wholes(&["paths", "seed"]);
            for (name, kind, ..) in DRAWN {
                match read_drawn(input.text(&shape_of(name)), input.text(name), kind, unit) {
                    Some(read) => draft.set(name, read),
                    None => draft.bad(name, "tr-bad-parameters"),
                }
            }
            match read_correlations(desk, &DRAWN.map(|(name, ..)| name), input.text("rank_correlations")) {
                Some(read) => draft.set("rank_correlations", read),
                None => draft.bad("rank_correlations", "tr-bad-correlations"),
            }
        }
        "remaining_life" => {
            draft =
                draft.texts(&["legal_years", "half_life_years", "product_plan_years"]).percents(&["floor"]);
        }
        "reconciliation" => match read_indications(input.text("indications"), unit) {
            Some(read) => draft.set("indications", read),
            None => draft.bad("indications", "tr-bad-indications"),
        },
        "collateral_value" => {
            draft = draft
                .amounts(&["market_value"])
                .percents(&["forced_sale_discount", "cost", "rate", "ltv"])
                .texts(&["months"]);
            // A cap of one's own is typed to be used; a grade stands in the form from the start.
            if input.text("ltv").is_empty() {
                draft = draft.texts(&["grade"]);
            }
        }
        _ => {
            if method == "profit_split" {
                draft = draft.percents(&["low", "high"]);
                match read_factors(input.text("factors")) {
                    Some(read) => draft.set("factors", read),
                    None => draft.bad("factors", "tr-bad-factors"),
                }
            }
            draft = draft.wholes(&["tax_life_years"]);
            // What stands in the form from the start is not meant where no plan is: the rate alone is asked for.
            if method != "profit_split" || parts(input.text("revenue")).next().is_some() {
                draft = draft
                    .percents(&["royalty_rate", "discount_rate", "tax_rate"])
                    .texts(&["timing"])
                    .with("tab", input.text("tab") == "true");
            }
        }
    }
    draft.finish()
}

/// One transaction a line: price, then factors, then `@weight`.
fn read_comparables(text: &str, unit: &str) -> Option<Vec<Value>> {
    let line = |line: &str| {
        let mut parts = parts(line);
        let price = figures::typed_amount(parts.next()?, unit)?;
        let (mut factors, mut weight) = (Vec::new(), None);
        for part in parts {
            match part.strip_prefix('@') {
                Some(given) => weight = Some(given.parse::<f64>().is_ok().then(|| given.to_owned())?),
                None => factors.push(part.parse::<f64>().is_ok().then(|| part.to_owned())?),
            }
        }
        Some(
            json!({ "price": price, "adjustments": factors, "weight": weight.unwrap_or_else(|| "1".to_owned()) }),
        )
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// One transaction a line: price, then features.
fn read_transactions(text: &str, unit: &str) -> Option<Vec<Value>> {
    let line = |line: &str| {
        let mut parts = parts(line);
        let price = figures::typed_amount(parts.next()?, unit)?;
        let features: Option<Vec<&str>> =
            parts.map(|part| part.parse::<f64>().is_ok().then_some(part)).collect();
        Some(json!({ "price": price, "features": features? }))
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// One factor a line: its score in percent, then `@weight`, with or without a space between.
fn read_factors(text: &str) -> Option<Vec<Value>> {
    let line = |line: &str| {
        let (score, weight) = line.split_once('@').unwrap_or((line, "1"));
        let (scores, weights): (Vec<&str>, Vec<&str>) = (parts(score).collect(), parts(weight).collect());
        let ([score], [weight]) = (&scores[..], &weights[..]) else { return None };
        weight.parse::<f64>().ok()?;
        Some(json!({ "score": figures::typed_percent(score)?, "weight": weight }))
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// One method a line: its name, which may have spaces, its value, its weight in percent.
fn read_indications(text: &str, unit: &str) -> Option<Vec<Value>> {
    let line = |line: &str| {
        let words: Vec<&str> = parts(line).collect();
        let [name @ .., value, weight] = &words[..] else { return None };
        if name.is_empty() {
            return None;
        }
        Some(json!({ "method": name.join(" "), "value": figures::typed_amount(value, unit)?,
            "weight": figures::typed_percent(weight)? }))
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// A figure or a distribution by its parameters.
fn read_drawn(shape: &str, text: &str, kind: Unit, unit: &str) -> Option<Value> {
    let figure = |part: &str| match kind {
        Unit::Amount => figures::typed_amount(part, unit),
        Unit::Percent => figures::typed_percent(part),
        Unit::Plain => part.parse::<f64>().is_ok().then(|| part.to_owned()),
    };
    if shape == "discrete" {
        let outcomes: Option<Vec<Value>> = parts(text)
            .map(|part| {
                let (value, probability) = part.split_once('@')?;
                Some(json!({ "value": figure(value)?, "probability": figures::typed_percent(probability)? }))
            })
            .collect();
        return outcomes.map(|outcomes| json!({ "distribution": shape, "outcomes": outcomes }));
    }
    let read: Vec<String> = parts(text).map(figure).collect::<Option<_>>()?;
    match (shape, &read[..]) {
        ("fixed" | "", [value]) => Some(json!(value)),
        ("normal" | "lognormal", [mean, deviation]) => {
            Some(json!({ "distribution": shape, "mean": mean, "standard_deviation": deviation }))
        }
        ("triangular" | "pert", [low, mode, high]) => {
            Some(json!({ "distribution": shape, "low": low, "mode": mode, "high": high }))
        }
        ("uniform", [low, high]) => Some(json!({ "distribution": shape, "low": low, "high": high })),
        _ => None,
    }
}

/// What the API calls the first year's revenue, in a calculation and in a valuation; it understands both in both.
const REVENUE: [&str; 2] = ["revenue", "annual_revenue"];

/// One pair a line: two of the drawn figures, by their name on the page or in the API, and the coefficient.
pub fn read_correlations(desk: &Desk, drawn: &[&str], text: &str) -> Option<Vec<Value>> {
    let labels =
        |name: &str, word: &str| name == word || desk.word(&format!("as-{name}")).replace(' ', "") == word;
    let named = |word: &str| {
        let of_revenue = REVENUE.iter().any(|name| labels(name, word));
        drawn.iter().find(|name| labels(name, word) || (of_revenue && REVENUE.contains(*name)))
    };
    let line = |line: &str| {
        let words: Vec<&str> = parts(line).collect();
        let [first, second, coefficient] = words[..] else { return None };
        coefficient.parse::<f64>().ok()?;
        Some(json!({ "first": named(first)?, "second": named(second)?, "coefficient": coefficient }))
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_for_a_distribution_is_exact() {
        let read = |shape, text, kind| read_drawn(shape, text, kind, "wan");
        assert_eq!(read("fixed", "1000", Unit::Amount), Some(json!("10000000.00")));
        let normal =
            json!({ "distribution": "normal", "mean": "10000000.00", "standard_deviation": "1000000.00" });
        assert_eq!(read("normal", "1000 100", Unit::Amount), Some(normal));
        let triangle = json!({ "distribution": "triangular", "low": "0.03", "mode": "0.05", "high": "0.07" });
        assert_eq!(read("triangular", "3、5%；7", Unit::Percent), Some(triangle));
        let success = json!({ "distribution": "discrete", "outcomes": [
            { "value": "0", "probability": "0.44" }, { "value": "1", "probability": "0.56" }] });
        assert_eq!(read("discrete", "0@44 100@56", Unit::Percent), Some(success));
        assert_eq!(read("triangular", "3 5", Unit::Percent), None);
        assert_eq!(read("normal", "三 五", Unit::Percent), None);
    }

    #[test]
    fn a_transaction_is_a_price_with_factors_and_a_weight() {
        let read = read_comparables("100 1.1 0.9\n\n150 @2\n", "wan").unwrap();
        assert_eq!(read[0], json!({ "price": "1000000.00", "adjustments": ["1.1", "0.9"], "weight": "1" }));
        assert_eq!(read[1]["weight"], "2");
        assert_eq!(read_comparables("x", "wan"), None);
        assert_eq!(read_comparables("1 y", "wan"), None);
    }

    #[test]
    fn a_factor_is_a_score_in_percent_with_a_weight() {
        let read = read_factors("80 @30\n\n71%").unwrap();
        assert_eq!(read[0], json!({ "score": "0.8", "weight": "30" }));
        assert_eq!(read[1], json!({ "score": "0.71", "weight": "1" }));
        let close = read_factors("80@0").unwrap();
        assert_eq!(
            close[0],
            json!({ "score": "0.8", "weight": "0" }),
            "what it weighs is for the API to judge"
        );
        for wrong in ["x", "80 30", "80 @x", "80 @", "@30", "80 @30 1", "80 @30 @1"] {
            assert_eq!(read_factors(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_methods_value_stands_between_its_name_and_its_weight() {
        let read = read_indications("许可费节省法 1200 60\nReplacement cost 321.48 40%", "wan").unwrap();
        assert_eq!(read[0], json!({ "method": "许可费节省法", "value": "12000000.00", "weight": "0.6" }));
        assert_eq!(read[1], json!({ "method": "Replacement cost", "value": "3214800.00", "weight": "0.4" }));
        for wrong in ["1200 60", "成本法 x 60", "成本法 1200 y", "成本法"] {
            assert_eq!(read_indications(wrong, "wan"), None, "{wrong}");
        }
    }
}
