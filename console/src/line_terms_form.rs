//! The terms of a facility as fields of a form, and the API's body made from them: for a proposal, and for a change,
//! which sends only what is not as it stands.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    figures,
    form::{Field, Form, Kind},
    line_terms::say,
    value::Facts,
};

pub mod pricing;

const TIERS: &[&str] = &["special_mention", "substandard", "doubtful", "loss"];
const PERCENTS: &[&str] = &["over_allotment", "group_cap", "pool_cap"];

/// A fraction as one types percent: `0.0345` → `3.45`.
pub fn percent(rate: &str) -> String {
    Decimal::from_str(rate)
        .ok()
        .and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED))
        .map(|rate| rate.normalize().to_string())
        .unwrap_or_default()
}

fn choices(desk: &Desk, prefix: &str, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), say(desk, &format!("{prefix}{value}")))).collect()
}

/// The fields, with what stands, or with the defaults where nothing stands yet.
pub fn fields(desk: &Desk, form: Form, f: &Value) -> Form {
    let now = |path: &str, usual: &str| if f.has(path) { percent(f.text(path)) } else { usual.to_owned() };
    let share = |name: &str, key: &'static str, usual: &str| {
        Field::new(Kind::Percent, name, desk.t(key)).optional().half().value(now(name, usual))
    };
    let form = form
        .field(share("over_allotment", "fl-over-allotment", "100").help(desk.t("fl-over-allotment-help")))
        .field(share("group_cap", "fl-group-cap", "30").help(desk.t("fl-group-cap-help")))
        .field(share("pool_cap", "fl-pool-cap", "100").help(desk.t("fl-pool-cap-help")));
    let form = liability(desk, form, f, now("liability.rate", ""));
    let form = collateral(desk, form, f, &now);
    let tier = f.text("triggers.member_tier");
    let told = f.has("triggers");
    form.field(
        Field::new(Kind::Percent, "triggers.non_performing_ratio", desk.t("fl-npl-trigger"))
            .optional()
            .half()
            .value(if told { percent(f.text("triggers.non_performing_ratio")) } else { "3".to_owned() })
            .help(desk.t("fl-trigger-help")),
    )
    .field(
        Field::new(Kind::Percent, "triggers.overdue_ratio", desk.t("fl-overdue-trigger"))
            .optional()
            .half()
            .value(percent(f.text("triggers.overdue_ratio")))
            .help(desk.t("fl-trigger-help")),
    )
    .field(
        Field::new(Kind::Choice, "triggers.member_tier", desk.t("fl-tier-trigger"))
            .optional()
            .half()
            .options(choices(desk, "", TIERS))
            .value(if told { tier } else { "substandard" }),
    )
    .field(
        Field::new(Kind::Choice, "triggers.fund_exhausted", desk.t("fl-fund-trigger"))
            .options(choices(desk, "", &["true", "false"]))
            .value(if told && !f.flag("triggers.fund_exhausted") { "false" } else { "true" }),
    )
}

fn liability(desk: &Desk, form: Form, f: &Value, rate: String) -> Form {
    let kind = match (f.text("liability.kind"), f.text("liability.basis")) {
        ("joint", basis) => basis,
        _ => "several",
    };
    form.field(
        Field::new(Kind::Choice, "liability.kind", desk.t("fl-liability"))
            .half()
            .options(choices(desk, "liability-", &["several", "draw", "sub_limit"]))
            .value(kind),
    )
    .field(
        Field::new(Kind::Percent, "liability.rate", desk.t("fl-deposit-rate"))
            .optional()
            .half()
            .value(rate)
            .help(desk.t("fl-deposit-rate-help")),
    )
}

fn collateral(desk: &Desk, form: Form, f: &Value, now: &impl Fn(&str, &str) -> String) -> Form {
    let rule = if f.has("collateral.rule") { f.text("collateral.rule") } else { "own" };
    let days = if f.has("collateral.cure_days") { f.shown("collateral.cure_days") } else { "10".to_owned() };
    let share = |name: &str, key: &'static str, usual: &str| {
        Field::new(Kind::Percent, name, desk.t(key)).optional().half().value(now(name, usual))
    };
    let up_to = Field::new(Kind::Amount, "collateral.up_to", desk.t("fl-up-to")).optional().half();
    let uncured = match f.text("collateral.uncured") {
        "" => "line",
        uncured => uncured,
    };
    form.field(
        Field::new(Kind::Choice, "collateral.rule", desk.t("fl-collateral"))
            .half()
            .options(choices(desk, "", &["own", "pooled", "unsecured"]))
            .value(rule)
            .help(desk.t("fl-collateral-help")),
    )
    .field(if f.has("collateral.up_to") { up_to.yuan(f.text("collateral.up_to")) } else { up_to })
    .field(share("collateral.advance_rate", "fl-advance-rate", ""))
    .field(share("collateral.patent_cap", "fl-patent-cap", "25"))
    .field(share("collateral.owner_cap", "fl-owner-cap", "50"))
    .field(
        Field::new(Kind::Whole, "collateral.cure_days", desk.t("fl-cure-days")).optional().half().value(days),
    )
    .field(
        Field::new(Kind::Choice, "collateral.uncured", desk.t("fl-uncured"))
            .half()
            .options(choices(desk, "uncured-", &["line", "borrowers"]))
            .value(uncured),
    )
}

/// Sets the terms that were typed and are not as they stand in `f`.
pub fn set(draft: &mut Draft<'_>, input: &Input, f: &Value) {
    for name in PERCENTS {
        if let Some(rate) = typed(draft, input, name)
            && !same(f.text(name), &rate)
        {
            draft.set(name, rate);
        }
    }
    for (name, built) in [
        ("liability", liability_of(draft, input)),
        ("collateral", collateral_of(draft, input)),
        ("triggers", triggers_of(draft, input)),
    ] {
        if let Some(built) = built
            && !alike(f.at(name), &built)
        {
            draft.set(name, built);
        }
    }
}

/// What was typed as percent; nothing where nothing was, a fault noted where it does not read.
pub fn typed(draft: &mut Draft<'_>, input: &Input, name: &str) -> Option<String> {
    let text = input.text(name);
    if text.is_empty() {
        return None;
    }
    let rate = figures::typed_percent(text);
    if rate.is_none() {
        draft.bad(name, "form-bad-percent");
    }
    rate
}

/// Whether two decimals are the same number.
pub fn same(now: &str, then: &str) -> bool {
    match (Decimal::from_str(now), Decimal::from_str(then)) {
        (Ok(now), Ok(then)) => now == then,
        _ => now == then,
    }
}

/// Whether what was typed is what stands; members that stand and cannot be typed do not count.
pub fn alike(now: &Value, then: &Value) -> bool {
    then.as_object().is_some_and(|then| {
        then.iter().all(|(name, value)| match (now.at(name), value) {
            (Value::String(now), Value::String(then)) => same(now, then),
            (now, then) => now == then,
        })
    })
}

fn liability_of(draft: &mut Draft<'_>, input: &Input) -> Option<Value> {
    match input.text("liability.kind") {
        "" => None,
        "several" => Some(json!({ "kind": "several" })),
        basis => {
            let rate = typed(draft, input, "liability.rate").unwrap_or_else(|| "0".to_owned());
            Some(json!({ "kind": "joint", "basis": basis, "rate": rate }))
        }
    }
}

fn collateral_of(draft: &mut Draft<'_>, input: &Input) -> Option<Value> {
    match input.text("collateral.rule") {
        "" => None,
        "pooled" => {
            let mut pool = json!({ "rule": "pooled", "uncured": input.text("collateral.uncured") });
            for name in ["advance_rate", "patent_cap", "owner_cap"] {
                let rate = typed(draft, input, &format!("collateral.{name}"));
                pool[name] = rate.unwrap_or_else(|| "0".to_owned()).into();
            }
            match input.text("collateral.cure_days").parse::<u32>() {
                Ok(days) => pool["cure_days"] = days.into(),
                Err(_) => draft.bad("collateral.cure_days", "form-bad-whole"),
            }
            Some(pool)
        }
        "unsecured" => {
            let unit = input.text("collateral.up_to_unit");
            match figures::typed_amount(input.text("collateral.up_to"), unit) {
                Some(amount) => Some(json!({ "rule": "unsecured", "up_to": amount })),
                None => {
                    draft.bad("collateral.up_to", "form-bad-amount");
                    None
                }
            }
        }
        rule => Some(json!({ "rule": rule })),
    }
}

fn triggers_of(draft: &mut Draft<'_>, input: &Input) -> Option<Value> {
    input.get("triggers.fund_exhausted")?;
    let tier = input.text("triggers.member_tier");
    Some(json!({
        "non_performing_ratio": typed(draft, input, "triggers.non_performing_ratio"),
        "overdue_ratio": typed(draft, input, "triggers.overdue_ratio"),
        "member_tier": (!tier.is_empty()).then_some(tier),
        "fund_exhausted": input.text("triggers.fund_exhausted") != "false",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_and_what_is_typed_are_compared_as_numbers() {
        let now = json!({ "rule": "pooled", "advance_rate": "0.60", "cure_days": 10 });
        assert!(alike(&now, &json!({ "rule": "pooled", "advance_rate": "0.6", "cure_days": 10 })));
        assert!(!alike(&now, &json!({ "rule": "pooled", "advance_rate": "0.61", "cure_days": 10 })));
        assert!(!alike(&now, &json!({ "rule": "own" })));
        assert_eq!(percent("0.0345"), "3.45");
        assert_eq!(percent("1"), "100");
    }
}
